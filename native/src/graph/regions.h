/**
 * Loops of a program that become code, or all of a program without one: found when a plan is decoded, described for the compiler
 * (jit/region.h) once one has run for long enough. Code is entered at the first step, whenever the machine comes by there: all state lies in
 * the frame.
 */
#pragma once
#include <memory>
#include <vector>

#include "../jit/compiler.h"
#include "../jit/region.h"
#include "program.h"
#include "sweeps.h"

namespace gfn {

struct Frame;
struct Watch;

/** What a step does, beside how the machine does it: for the compiler. */
struct StepNote {
  enum class Kind : uint8_t { Op, Copy, Jump, Unless, When, Print, Push, Pop, Fused };
  Kind kind = Kind::Op;
  const char* op = nullptr;
  Loop loop = nullptr;
  int numbers = 0;
  uint8_t numberCount = 0;
  Check check = Check::NONE;
  /** `data` of these views is a Ref. */
  std::vector<View> in, out;
  int target = 0;
  int stack = 0;
  /** Of an op with attributes: words of the plan. */
  Kernel kernel = nullptr;
  int firstWord = 0, wordCount = 0;
};

struct CodeRegion {
  int first, last;
  bool isLoop;
  /** Handler of the first step. */
  const void* go;
  /** Rough cost of a round in 1/16 ns, without what its steps call. */
  int64_t cost;
  std::shared_ptr<jit::Slot> slot;
  /** Where its rounds may be run block by block. */
  std::shared_ptr<Sweep> sweep;
  /** Why not, of a loop over large arrays. */
  const char* notSwept = nullptr;
};

/** Describes an elementwise op whose operands have the result's shape or one element, but for its places; false where it is none. */
bool describeElement(const Program& program, const StepNote& note, const View* in, const View& out, jit::RegionStep& step);
/** Notes the elements of a place that is a constant's. */
void noteConstant(const Program& program, const jit::Place& place, jit::Region& region);

/** Notes the loops of a program, or all of it where it has none, and has the machine look for their code. */
void findRegions(Program& program, int steps);

/** Null: not compiled, or not yet. Counts a round. */
jit::RegionCode codeOf(const Program& program, const CodeRegion& region);

/** What becomes of a region, and why nothing better. */
std::string describeRegion(const Program& program, const CodeRegion& region);

/** A run that code is a part of. */
struct RegionRun {
  const Program* program;
  Frame* frame;
  /** Null where nobody watches. */
  Watch* watch;
};

}  // namespace gfn
