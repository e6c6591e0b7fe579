#include "regions.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>

#include "machine.h"
#include "opcodes.h"

namespace gfn {

Program::Program() = default;
Program::~Program() = default;

const void* Program::handlerOf(int step) const {
  const int32_t region = regionAt.empty() ? -1 : regionAt[static_cast<size_t>(step)];
  if (region >= 0) return regions[static_cast<size_t>(region)].go;
  return handlers.empty() ? code[static_cast<size_t>(step)].go : handlers[static_cast<size_t>(step)];
}

namespace {

/** Steps of the machine take about a nanosecond. */
constexpr int64_t kStepCost = 16;
/** Larger loops stay with the machine: making code of them takes longer than it is worth. */
constexpr size_t kMostSteps = 1500;
/** Between values that code alone has. */
constexpr int64_t kApart = jit::kMostLanes * 8;

/** Results that are elements of the operands, whatever those are. */
bool isMovement(const char* op) {
  constexpr const char* kMovements[] = {"slice", "concat", "reshape", "transpose", "reverse", "tile", "broadcastTo", "stridedSlice"};
  return std::any_of(std::begin(kMovements), std::end(kMovements), [&](const char* name) { return std::strcmp(op, name) == 0; });
}

Ref refOf(const View& view) { return static_cast<Ref>(reinterpret_cast<intptr_t>(view.data)); }
jit::Place placeOf(const View& view) { return {refOf(view), view.dtype, view.size}; }
/** In the frame, and few enough. */
bool isSmall(const View& view) { return refOf(view) >= 0 && view.size >= 1 && view.size <= jit::kMostLanes && view.dtype != DType::Complex64; }
bool areSmall(const std::vector<View>& views) { return std::all_of(views.begin(), views.end(), isSmall); }

}  // namespace

void noteConstant(const Program& program, const jit::Place& place, jit::Region& region) {
  for (const Program::SmallConstant& c : program.smallConstants) {
    if (c.at != place.at || c.bytes != place.bytes()) continue;
    const auto known = std::find_if(region.constants.begin(), region.constants.end(), [&](const jit::Region::Constant& other) {
      return other.place.at == place.at && other.place.dtype == place.dtype && other.place.n == place.n;
    });
    if (known == region.constants.end()) {
      const char* data = static_cast<const char*>(c.data);
      region.constants.push_back({place, std::vector<char>(data, data + c.bytes)});
    }
  }
}

bool describeElement(const Program& program, const StepNote& note, const View* in, const View& out, jit::RegionStep& step) {
  const size_t count = note.in.size();
  // One element is one, whatever its rank.
  std::vector<View> operands(in, in + count);
  View result = out;
  for (View& view : operands) {
    if (view.size == 1) view.rank = 0;
  }
  if (result.size == 1) result.rank = 0;
  const ElementwiseRow* row = findElementwiseRow(note.op);
  const DType dtype = operands[0].dtype;
  DirectLoop direct;
  step.check = Check::NONE;
  if (findDirectLoop(note.op, operands.data(), static_cast<int>(count), result, direct)) {
    step.op.loop = direct.loop;
    step.op.numberCount = direct.numbers;
  } else {
    // Checked divisors: int32 only.
    if (row == nullptr || row->check == Check::NONE || dtype != DType::Int32 || count != 2 || result.dtype != DType::Int32) return false;
    if (operands[1].dtype != DType::Int32) return false;
    for (const View& view : operands) {
      if (view.size != 1 && (view.rank != result.rank || std::memcmp(view.dims, result.dims, sizeof(int64_t) * static_cast<size_t>(result.rank)) != 0)) return false;
    }
    step.op.loop = row->loops[static_cast<int>(dtype)];
    step.op.numberCount = row->numbers;
    step.check = row->check;
  }
  step.exact = row != nullptr && row->cost == 0;
  if (step.op.numberCount > note.wordCount) return false;
  for (int k = 0; k < step.op.numberCount; k++) step.op.numbers[k] = program.numbers[static_cast<size_t>(program.words[static_cast<size_t>(note.firstWord + k)])];
  step.op.op = note.op;
  step.op.result = result.dtype;
  step.op.operands = static_cast<uint8_t>(count);
  for (size_t k = 0; k < count; k++) step.op.dtypes[k] = operands[k].dtype;
  return true;
}

namespace {

class Describer {
 public:
  Describer(const Program& program, const CodeRegion& loop) : program_(program) {
    region_.first = loop.first;
    region_.last = loop.last;
    region_.watched = program.watched;
    for (const Program::Head& head : program.heads) {
      if (head.step < loop.first || head.step > loop.last) continue;
      region_.heads.push_back({head.step, head.outermost});
    }
    isLoop_ = loop.isLoop;
  }

  /** Why it cannot be compiled, or would be calls for the most part and nothing comes round again; null where it can. */
  const char* run() {
    for (int i = region_.first; i <= region_.last; i++) {
      step_ = i;
      const StepNote& note = program_.notes[static_cast<size_t>(i)];
      if (note.kind == StepNote::Kind::Print) return "it prints";
      if (!describe(note)) return "one of its steps cannot be called";
      if (region_.steps.size() > kMostSteps) return "it has more than 1500 steps";
    }
    const auto isCall = [](const jit::RegionStep& step) { return step.kind == jit::RegionStep::Kind::Call; };
    const auto calls = std::count_if(region_.steps.begin(), region_.steps.end(), isCall);
    return isLoop_ || 2 * calls < static_cast<std::ptrdiff_t>(region_.steps.size()) ? nullptr : "most of it would be calls";
  }

  jit::Region take() { return std::move(region_); }

 private:
  jit::RegionStep& add(jit::RegionStep::Kind kind) {
    jit::RegionStep step = {};
    step.kind = kind;
    step.step = step_;
    region_.steps.push_back(std::move(step));
    return region_.steps.back();
  }

  bool describe(const StepNote& note) {
    using Kind = jit::RegionStep::Kind;
    switch (note.kind) {
      case StepNote::Kind::Print: return false;
      case StepNote::Kind::Jump: add(Kind::Jump).target = note.target; return true;
      case StepNote::Kind::Unless:
      case StepNote::Kind::When: {
        if (!isSmall(note.in[0])) return false;
        jit::RegionStep& step = add(note.kind == StepNote::Kind::Unless ? Kind::Unless : Kind::When);
        step.target = note.target;
        step.in[0] = operand(note.in[0]);
        return true;
      }
      case StepNote::Kind::Push:
      case StepNote::Kind::Pop: {
        const bool isPush = note.kind == StepNote::Kind::Push;
        const View& value = isPush ? note.in[0] : note.out[0];
        if (value.size != 1 || !isSmall(value)) return call(note);
        jit::RegionStep& step = add(isPush ? Kind::Push : Kind::Pop);
        step.stack = note.stack;
        (isPush ? step.in[0] : step.out) = isPush ? operand(value) : placeOf(value);
        return true;
      }
      case StepNote::Kind::Copy: {
        if (!isSmall(note.in[0]) || !isSmall(note.out[0])) return call(note);
        const jit::Place from = operand(note.in[0]);
        jit::RegionStep& step = add(Kind::Move);
        step.out = placeOf(note.out[0]);
        for (int64_t i = 0; i < from.n; i++) step.sources.push_back({from, i});
        return true;
      }
      case StepNote::Kind::Fused: return fused(note) || call(note);
      case StepNote::Kind::Op: return element(note) || movement(note) || call(note);
    }
    return false;
  }

  /** As the place of an operand. */
  jit::Place operand(const View& view) {
    const jit::Place place = placeOf(view);
    noteConstant(program_, place, region_);
    return place;
  }

  bool element(const StepNote& note) {
    if (note.out.size() != 1 || note.in.empty() || note.in.size() > kMaxOperands || !areSmall(note.in) || !areSmall(note.out)) return false;
    jit::RegionStep described = {};
    if (!describeElement(program_, note, note.in.data(), note.out[0], described)) return false;
    // What is written out for each element.
    if ((described.exact || described.check != Check::NONE) && note.out[0].size > jit::kMostScalars) return false;
    for (size_t k = 0; k < note.in.size(); k++) described.in[k] = operand(note.in[k]);
    described.out = placeOf(note.out[0]);
    jit::RegionStep& step = add(jit::RegionStep::Kind::Element);
    described.kind = step.kind;
    described.step = step.step;
    step = described;
    return true;
  }

  /** Where elements come from: the kernel itself says so, of elements that are numbered. */
  bool movement(const StepNote& note) {
    if (!isMovement(note.op) || note.out.size() != 1 || !areSmall(note.in) || !areSmall(note.out)) return false;
    std::vector<std::vector<int32_t>> numbers(note.in.size());
    std::vector<View> in = note.in;
    std::vector<std::pair<size_t, int64_t>> origins;
    for (size_t k = 0; k < in.size(); k++) {
      for (int64_t i = 0; i < in[k].size; i++) {
        numbers[k].push_back(static_cast<int32_t>(origins.size()));
        origins.emplace_back(k, i);
      }
      in[k].data = numbers[k].data();
      in[k].dtype = DType::Int32;
    }
    std::vector<int32_t> moved(static_cast<size_t>(note.out[0].size), -1);
    View out = note.out[0];
    out.data = moved.data();
    out.dtype = DType::Int32;
    Failure failure = {};
    const Attrs attrs = {program_.words.data() + note.firstWord, note.wordCount, program_.numbers.data(), static_cast<int>(program_.numbers.size())};
    if (!note.kernel({in.data(), static_cast<int>(in.size()), &out, 1, attrs}, failure)) return false;
    std::vector<jit::RegionStep::Source> sources;
    for (const int32_t number : moved) {
      if (number < 0 || static_cast<size_t>(number) >= origins.size()) return false;
      const auto [k, i] = origins[static_cast<size_t>(number)];
      sources.push_back({operand(note.in[k]), i});
    }
    jit::RegionStep& step = add(jit::RegionStep::Kind::Move);
    step.out = placeOf(note.out[0]);
    step.sources = std::move(sources);
    return true;
  }

  jit::Place inside(DType dtype, int64_t n) { return {-kApart * ++inside_, dtype, n}; }

  /** Fused ops one after the other: what they hand to each other is the code's own. */
  bool fused(const StepNote& note) {
    const FusedCall& call = program_.fused[program_.code[static_cast<size_t>(step_)].a];
    if (call.run != 0 || call.head.product.m > 0 || call.n > jit::kMostLanes || call.n < 1 || !areSmall(note.in) || !areSmall(note.out)) return false;
    std::vector<jit::Place> values;
    for (size_t k = 0; k < note.in.size(); k++) values.push_back(repeated(call, call.inputs[k], operand(note.in[k])));
    for (const View& out : note.out) values.push_back(placeOf(out));
    const size_t fixed = values.size();
    values.resize(fixed + static_cast<size_t>(call.room));
    for (const FusedOp& op : call.ops) {
      jit::RegionStep& step = add(jit::RegionStep::Kind::Element);
      step.op = pieceOf(op, program_.ownNumbers.data());
      for (int k = 0; k < op.operands; k++) step.in[k] = values[op.in[k]];
      if (op.out >= fixed) values[op.out] = inside(op.result, call.n);
      step.out = values[op.out];
    }
    return true;
  }

  /** An operand that is repeated along rows or columns, written out. */
  jit::Place repeated(const FusedCall& call, const FusedOperand& operand, const jit::Place& place) {
    if (operand.pattern != Pattern::Row && operand.pattern != Pattern::Column) return place;
    const jit::Place whole = inside(place.dtype, call.n);
    jit::RegionStep& step = add(jit::RegionStep::Kind::Move);
    step.out = whole;
    for (int64_t i = 0; i < call.n; i++) {
      step.sources.push_back({place, operand.pattern == Pattern::Row ? i % operand.period : i / operand.period});
    }
    return whole;
  }

  bool call(const StepNote& note) {
    const void* go = program_.handlerOf(step_);
    constexpr Opcode kCalled[] = {OpCallScalar, OpCallLoop, OpCallKernel, OpCallFused, OpCopyBytes, OpPushBytes, OpPopBytes};
    if (std::none_of(std::begin(kCalled), std::end(kCalled), [&](Opcode opcode) { return handler(opcode) == go; })) return false;
    jit::RegionStep& step = add(jit::RegionStep::Kind::Call);
    for (const View& view : note.in) {
      if (refOf(view) >= 0 && view.size > 0) step.reads.push_back(placeOf(view));
    }
    for (const View& view : note.out) {
      if (refOf(view) >= 0 && view.size > 0) step.writes.push_back(placeOf(view));
    }
    return true;
  }

  const Program& program_;
  jit::Region region_;
  bool isLoop_ = false;
  int step_ = 0;
  int64_t inside_ = 0;
};

RegionRun& runOf(void* run) { return *static_cast<RegionRun*>(run); }

bool hostCall(void* run, int64_t step, Failure* failure) {
  return callStep(*runOf(run).program, *runOf(run).frame, static_cast<int>(step), *failure);
}
bool hostPush(void* run, int64_t stack, const void* value, int64_t bytes, Failure* failure) {
  const int64_t asked = runOf(run).frame->stacks[static_cast<size_t>(stack)].push(value, bytes);
  return asked == 0 || fail(*failure, Status::Memory, 0, asked);
}
bool hostPop(void* run, int64_t stack, void* value, int64_t bytes, Failure* failure) {
  return runOf(run).frame->stacks[static_cast<size_t>(stack)].pop(value, bytes) || fail(*failure, Status::Internal);
}
static_assert(offsetof(RegionRun, watch) == jit::kWatchAt && offsetof(Watch, stop) == 0 && offsetof(Watch, rounds) == jit::kRoundsAt);
constexpr jit::RegionHost kHost = {hostCall, hostPush, hostPop};

}  // namespace

void findRegions(Program& program, int steps) {
  std::map<int, int> loops;  // first → last
  for (int i = 0; i < steps; i++) {
    const StepNote& note = program.notes[static_cast<size_t>(i)];
    const bool jumps = note.kind == StepNote::Kind::Jump || note.kind == StepNote::Kind::Unless || note.kind == StepNote::Kind::When;
    if (jumps && note.target <= i) loops[note.target] = std::max(loops[note.target], i);
  }
  for (const auto& [first, last] : loops) {
    const auto holds = [first = first, last = last](const auto& other) { return other.first <= first && last <= other.second; };
    program.heads.push_back({first, std::count_if(loops.begin(), loops.end(), holds) == 1});
  }
  const bool isStraight = loops.empty();
  if (isStraight && steps > 1) loops[0] = steps - 1;
  if (loops.empty() || jit::mode() == jit::Mode::Off) {
    program.notes.clear();
    return;
  }
  program.regionAt.assign(static_cast<size_t>(steps) + 1, -1);
  for (const auto& [first, last] : loops) {
    const Instruction& head = program.code[static_cast<size_t>(first)];
    program.regionAt[static_cast<size_t>(first)] = static_cast<int32_t>(program.regions.size());
    program.regions.push_back({first, last, !isStraight, head.go, kStepCost * (last - first + 1), std::make_shared<jit::Slot>(), nullptr});
    CodeRegion& region = program.regions.back();
    if (region.isLoop) region.sweep = findSweep(program, region, region.notSwept);
  }
  for (const CodeRegion& region : program.regions) program.code[static_cast<size_t>(region.first)].go = handler(OpRegion);
}

namespace {

/** Code of a loop around would have to run all of its steps. */
bool hasSweepInside(const Program& program, const CodeRegion& region) {
  return std::any_of(program.regions.begin(), program.regions.end(), [&](const CodeRegion& other) {
    return other.sweep != nullptr && !other.sweep->isOff && other.first >= region.first && other.last <= region.last;
  });
}

}  // namespace

jit::RegionCode codeOf(const Program& program, const CodeRegion& region) {
  if (hasSweepInside(program, region)) return nullptr;
  if (!region.slot->compiled() && region.slot->worthwhile(region.cost)) {
    Describer describer(program, region);
    if (describer.run() == nullptr) {
      jit::request(region.slot, [description = describer.take()] { return jit::writeRegion(description, kHost); });
    }
  }
  return reinterpret_cast<jit::RegionCode>(const_cast<void*>(region.slot->address()));
}

std::string describeRegion(const Program& program, const CodeRegion& region) {
  const bool isSwept = region.sweep != nullptr && !region.sweep->isOff;
  if (isSwept) return "runs by blocks, a block of elements through all rounds before the next one";
  const char* why = region.sweep != nullptr ? "blocks did not stay as they were when their part of the mask was empty" : region.notSwept;
  const std::string notSwept = why == nullptr ? "" : std::string("; not by blocks: ") + why;
  const char* notCompiled = hasSweepInside(program, region) ? "a loop inside of it runs by blocks" : nullptr;
  if (notCompiled == nullptr) {
    Describer describer(program, region);
    notCompiled = describer.run();
    if (notCompiled == nullptr && jit::writeRegion(describer.take(), kHost).empty()) notCompiled = "it would take more than 256 KB of the stack";
  }
  return (notCompiled == nullptr ? "becomes machine code" : std::string("runs step by step: ") + notCompiled) + notSwept;
}

}  // namespace gfn
