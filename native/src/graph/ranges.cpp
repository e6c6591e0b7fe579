#include "ranges.h"

#include <algorithm>

#include "regions.h"

namespace gfn {

bool isReadAfter(const Program& program, int last, const Range& range) {
  const int steps = static_cast<int>(program.notes.size());
  if (range.ref < 0 && ~range.ref >= static_cast<Ref>(program.firstVariable()) &&
      ~range.ref < static_cast<Ref>(program.firstVariable() + program.variables.size())) {
    return true;
  }
  std::vector<char> seen(static_cast<size_t>(steps) + 1);
  std::vector<int> open = {last + 1};
  const auto touches = [&](const View& view) { return rangeOf(view).overlaps(range); };
  while (!open.empty()) {
    const int step = open.back();
    open.pop_back();
    if (seen[static_cast<size_t>(step)]++ != 0) continue;
    if (step == steps) {
      for (const Port& port : program.outputs) {
        if (Range{port.ref, port.bytes}.overlaps(range)) return true;
      }
      continue;
    }
    const StepNote& note = program.notes[static_cast<size_t>(step)];
    if (std::any_of(note.in.begin(), note.in.end(), touches)) return true;
    if (std::any_of(note.out.begin(), note.out.end(), [&](const View& view) { return rangeOf(view).covers(range); })) continue;
    const bool jumps = note.kind == StepNote::Kind::Jump || note.kind == StepNote::Kind::Unless || note.kind == StepNote::Kind::When;
    if (jumps) open.push_back(note.target);
    if (note.kind != StepNote::Kind::Jump) open.push_back(step + 1);
  }
  return false;
}

}  // namespace gfn
