#include "sweeps.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "../core/cpu.h"
#include "ranges.h"
#include "regions.h"

namespace gfn {

namespace {

/** Steps of a sweep at most, fused ops counted one by one, and arrays. */
constexpr size_t kMostSteps = 400;
constexpr size_t kMostArrays = 48;
/** Between places that code alone has. */
constexpr int64_t kApart = jit::kMostLanes * 8;

Ref refOf(const View& view) { return rangeOf(view).ref; }

/**
 * How a scalar of the whole loop comes from those of the blocks at the same round: they are all the same, or it is true where one is true,
 * or where all are. The latter two grow with the mask, or shrink.
 */
enum class Kind : uint8_t { Same, Or, And, Neither };

Kind joined(Kind a, Kind b) {
  if (a == b || b == Kind::Same) return a;
  return a == Kind::Same ? b : Kind::Neither;
}

/** What is known of scalars at a step; by slot. */
struct Known {
  std::map<int64_t, Kind> kinds;
  std::set<int64_t> written;

  Kind of(int64_t slot) const {
    const auto found = kinds.find(slot);
    return found == kinds.end() ? Kind::Same : found->second;
  }
  void join(const Known& other) {
    for (const auto& [slot, kind] : other.kinds) kinds[slot] = joined(of(slot), kind);
    for (auto& [slot, kind] : kinds) kind = joined(kind, other.of(slot));
    std::erase_if(written, [&](int64_t slot) { return other.written.count(slot) == 0; });
  }
};

struct NoSweep {
  const char* why;
};

class Finder {
 public:
  Finder(const Program& program, const CodeRegion& region) : program_(program), first_(region.first), last_(region.last) {
    loop().region.first = first_;
    loop().region.last = last_;
  }

  /** False: there are no large arrays in the loop. */
  bool run() {
    for (int i = first_; i <= last_; i++) {
      for (const View& out : noteOf(i).out) sweep_->n = std::max(sweep_->n, out.size);
    }
    if (sweep_->n <= jit::kMostLanes) return false;
    chooseLanes();
    for (int i = first_; i < last_; i++) step(i);
    wayBack();
    finish();
    return true;
  }

  std::shared_ptr<Sweep> take() { return sweep_; }

 private:
  struct Array {
    FusedOperand operand;
    Range range;
    jit::Place place;
    bool loaded, written;
    /** Memory would hold it. */
    bool valid;
    /** Written behind a branch, in this stretch of steps without jumps, and read nowhere else; else -1. */
    int stretch = -1;
  };

  [[noreturn]] static void refuse(const char* why) { throw NoSweep{why}; }
  static void require(bool condition, const char* why) {
    if (!condition) refuse(why);
  }

  const StepNote& noteOf(int step) const { return program_.notes[static_cast<size_t>(step)]; }
  jit::SweepLoop& loop() { return sweep_->loop; }

  /** Blocks of four vectors of the widest elements hide how long an op takes, and leave registers for a loop's state. */
  void chooseLanes() {
    int64_t widest = 1;
    for (int i = first_; i <= last_; i++) {
      for (const View& out : noteOf(i).out) {
        if (out.size > 1) widest = std::max<int64_t>(widest, sizeOf(out.dtype));
      }
    }
    const int64_t vector = GFN_X86 && cpuLevel() == CpuLevel::Avx512 ? 64 : 32;
    loop().lanes = static_cast<int>(std::clamp<int64_t>(4 * vector / widest, 16, jit::kMostLanes));
  }

  jit::RegionStep& add(jit::RegionStep::Kind kind) {
    require(loop().region.steps.size() < kMostSteps, "it has too many steps");
    jit::RegionStep step = {};
    step.kind = kind;
    step.step = step_;
    loop().region.steps.push_back(std::move(step));
    return loop().region.steps.back();
  }

  // ---- steps

  void step(int i) {
    step_ = i;
    const auto pending = pending_.find(i);
    if (pending != pending_.end()) {
      if (reached_) known_.join(pending->second);
      else known_ = pending->second;
      reached_ = true;
      stretch_++;
    }
    require(reached_, "a step in it is never reached");
    const StepNote& note = noteOf(i);
    switch (note.kind) {
      case StepNote::Kind::Jump:
        add(jit::RegionStep::Kind::Jump).target = note.target;
        jump(note.target);
        reached_ = false;
        return;
      case StepNote::Kind::Unless:
      case StepNote::Kind::When: {
        const jit::Place condition = readScalar(note.in[0]);
        require(known_.of(slotOf(note.in[0])) == Kind::Same, "a branch in it depends on an array");
        jit::RegionStep& step = add(note.kind == StepNote::Kind::Unless ? jit::RegionStep::Kind::Unless : jit::RegionStep::Kind::When);
        step.target = note.target;
        step.in[0] = condition;
        jump(note.target);
        return;
      }
      case StepNote::Kind::Copy: return copy(note.in[0], note.out[0]);
      case StepNote::Kind::Fused: return fused(note);
      case StepNote::Kind::Op: return op(note);
      case StepNote::Kind::Print: refuse("it prints");
      case StepNote::Kind::Push:
      case StepNote::Kind::Pop: refuse("it keeps values for a gradient");
    }
  }

  void jump(int target) {
    require(target > step_, "there is a loop inside");
    require(target <= last_, "it is left in the middle");
    behindBranch_ = std::max(behindBranch_, target);
    stretch_++;
    const auto [at, isNew] = pending_.emplace(target, known_);
    if (!isNew) at->second.join(known_);
  }

  bool isConditional() const { return step_ < behindBranch_; }
  bool isScalar(const View& view) const { return view.size == 1; }

  void copy(const View& from, const View& to) {
    if (isScalar(to)) {
      const jit::Place source = readScalar(from);
      const Kind kind = known_.of(slotOf(from));
      const jit::Place place = writeScalar(to, kind);
      jit::RegionStep& step = add(jit::RegionStep::Kind::Move);
      step.sources = {{source, 0}};
      step.out = place;
      return;
    }
    whole(from, to);
  }

  void whole(const View& from, const View& to) {
    const jit::Place source = read(from, to);
    const jit::Place place = write(to);
    jit::RegionStep& step = add(jit::RegionStep::Kind::Whole);
    step.in[0] = source;
    step.out = place;
  }

  void op(const StepNote& note) {
    require(note.out.size() == 1 && !note.in.empty() && note.in.size() <= kMaxOperands, "an op in it is not elementwise");
    const View& out = note.out[0];
    if (isScalar(out)) {
      if (std::all_of(note.in.begin(), note.in.end(), [&](const View& view) { return isScalar(view); })) return scalar(note);
      return reduction(note);
    }
    // One element for all, or all of them in their order.
    const bool isWhole = std::strcmp(note.op, "reshape") == 0 || (std::strcmp(note.op, "broadcastTo") == 0 && (isScalar(note.in[0]) || note.in[0].size == out.size));
    if (isWhole && note.in.size() == 1 && note.in[0].dtype == out.dtype) return whole(note.in[0], out);
    // As if each operand had the result's shape: how it lies along it is another matter.
    View views[kMaxOperands];
    jit::Place in[kMaxOperands];
    for (size_t k = 0; k < note.in.size(); k++) {
      const View& view = note.in[k];
      views[k] = out;
      views[k].dtype = view.dtype;
      in[k] = read(view, out);
      if (in[k].n == 1) views[k].size = 1, views[k].rank = 0;
    }
    jit::RegionStep described = {};
    require(out.dtype != DType::Complex64 && describeElement(program_, note, views, out, described), "an op in it is not elementwise");
    mayFail_ = mayFail_ || described.exact || described.check != Check::NONE;
    const ElementwiseRow* row = findElementwiseRow(note.op);
    sweep_->cost += row == nullptr || row->cost == 0 ? 4 : row->cost;
    const jit::Place place = write(out);
    element(std::move(described), in, place);
  }

  void element(jit::RegionStep&& described, const jit::Place* in, const jit::Place& out) {
    jit::RegionStep& step = add(jit::RegionStep::Kind::Element);
    described.kind = step.kind;
    described.step = step.step;
    std::copy(in, in + described.op.operands, described.in);
    described.out = out;
    step = std::move(described);
  }

  void scalar(const StepNote& note) {
    jit::RegionStep described = {};
    require(describeElement(program_, note, note.in.data(), note.out[0], described), "an op in it is not elementwise");
    mayFail_ = mayFail_ || described.exact || described.check != Check::NONE;
    jit::Place in[kMaxOperands];
    Kind kind = Kind::Same;
    for (size_t k = 0; k < note.in.size(); k++) {
      in[k] = readScalar(note.in[k]);
      kind = joined(kind, known_.of(slotOf(note.in[k])));
    }
    if (kind != Kind::Same) {
      const auto is = [&](const char* name) { return std::strcmp(note.op, name) == 0; };
      const bool keeps = (is("logicalAnd") && (kind == Kind::And || isOne(note))) || (is("logicalOr") && (kind == Kind::Or || isOne(note)));
      if (is("logicalNot") && kind != Kind::Neither) kind = kind == Kind::Or ? Kind::And : Kind::Or;
      else require(kind != Kind::Neither && keeps, "a scalar is computed from an array, and not only to end it");
    }
    const jit::Place out = writeScalar(note.out[0], kind);
    element(std::move(described), in, out);
  }

  /** One of two operands alone depends on arrays. */
  bool isOne(const StepNote& note) const {
    return note.in.size() == 2 && (known_.of(slotOf(note.in[0])) == Kind::Same || known_.of(slotOf(note.in[1])) == Kind::Same);
  }

  void reduction(const StepNote& note) {
    const bool isAny = std::strcmp(note.op, "any") == 0;
    const bool isMask = note.in.size() == 1 && note.in[0].dtype == DType::Bool && note.out[0].dtype == DType::Bool;
    require(isMask && (isAny || std::strcmp(note.op, "all") == 0), "a scalar is computed from an array, and not only to end it");
    // Whether it takes these shapes the kernel itself says.
    std::vector<char> mask(static_cast<size_t>(note.in[0].size));
    char result[8];
    View in = note.in[0], out = note.out[0];
    in.data = mask.data();
    out.data = result;
    Failure failure = {};
    const Attrs attrs = {program_.words.data() + note.firstWord, note.wordCount, program_.numbers.data(), static_cast<int>(program_.numbers.size())};
    require(note.kernel({&in, 1, &out, 1, attrs}, failure), "an op in it is not elementwise");
    reduced(note.op, read(note.in[0], note.in[0]), note.out[0]);
  }

  /** Any or all of a mask. */
  void reduced(const char* op, const jit::Place& source, const View& result) {
    const bool isAny = std::strcmp(op, "any") == 0;
    require(isAny || std::strcmp(op, "all") == 0, "a scalar is computed from an array, and not only to end it");
    require(result.dtype == DType::Bool && source.n == loop().lanes, "an op in it is not elementwise");
    require(!loop().settles, "more than one scalar is computed from arrays");
    loop().settles = true;
    const jit::Place place = writeScalar(result, isAny ? Kind::Or : Kind::And);
    jit::RegionStep& step = add(isAny ? jit::RegionStep::Kind::Any : jit::RegionStep::Kind::All);
    step.in[0] = source;
    step.out = place;
    sweep_->cost += 1;
  }

  void fused(const StepNote& note) {
    const FusedCall& call = program_.fused[program_.code[static_cast<size_t>(step_)].a];
    require(call.head.product.m == 0, "a product stands in it");
    require(call.n == sweep_->n, "its arrays differ in size");
    require(call.run == 0 || call.run == call.n, "rows of its arrays are reduced");
    std::vector<jit::Place> values;
    for (size_t k = 0; k < note.in.size(); k++) values.push_back(read(note.in[k], call.inputs[k]));
    const size_t inputs = values.size();
    values.resize(inputs + note.out.size() + static_cast<size_t>(call.room + call.columns));
    for (const FusedOp& op : call.ops) {
      if (op.kind != FusedOp::Kind::Elements) {
        // One row of all elements: its reduction is a scalar, which nobody in the group reads.
        const size_t out = op.out - inputs;
        const bool isLast = op.kind == FusedOp::Kind::Row && op.row.reduces && op.out >= inputs && out < note.out.size();
        require(isLast && op.dtypes[0] == DType::Bool, "a scalar is computed from an array, and not only to end it");
        reduced(op.op, values[op.in[0]], note.out[out]);
        continue;
      }
      for (int k = 0; k < op.operands; k++) require(values[op.in[k]].n > 0, "a scalar is computed from an array, and not only to end it");
      jit::RegionStep described = {};
      described.op = pieceOf(op, program_.ownNumbers.data());
      jit::Place in[kMaxOperands] = {};
      for (int k = 0; k < op.operands; k++) in[k] = values[op.in[k]];
      for (int k = 0; k < op.operands; k++) require(op.dtypes[k] != DType::Complex64, "it computes with complex numbers");
      require(op.result != DType::Complex64, "it computes with complex numbers");
      // Values are the code's own until all ops are done: what a result lies over may be an operand of the next op.
      const jit::Place out = inside(op.result);
      values[op.out] = out;
      element(std::move(described), in, out);
    }
    sweep_->cost += call.cost;
    for (size_t k = 0; k < note.out.size(); k++) {
      if (isScalar(note.out[k])) continue;
      const jit::Place place = write(note.out[k]);
      jit::RegionStep& step = add(jit::RegionStep::Kind::Whole);
      step.in[0] = values[inputs + k];
      step.out = place;
    }
  }

  // ---- scalars

  static int64_t slotOf(const View& view) { return refOf(view) / kSlot; }

  jit::Place scalarPlace(const View& view) {
    require(isScalar(view) && refOf(view) >= 0 && refOf(view) % kSlot == 0, "a scalar in it is a variable, or lies in an array");
    require(view.dtype != DType::Complex64, "it computes with complex numbers");
    scalars_.insert(slotOf(view));
    return {refOf(view), view.dtype, 1};
  }

  jit::Place readScalar(const View& view) {
    const jit::Place place = scalarPlace(view);
    noteConstant(program_, place, loop().region);
    if (known_.written.count(slotOf(view)) == 0) readFirst_.insert(slotOf(view));
    return place;
  }

  jit::Place writeScalar(const View& view, Kind kind) {
    const jit::Place place = scalarPlace(view);
    known_.kinds[slotOf(view)] = kind;
    known_.written.insert(slotOf(view));
    written_.insert(slotOf(view));
    return place;
  }

  // ---- arrays

  jit::Place inside(DType dtype) { return {-kApart * ++inside_, dtype, loop().lanes}; }

  jit::Place read(const View& view, const View& shape) {
    FusedOperand operand = {refOf(view), 1, Pattern::One, view.dtype, static_cast<uint8_t>(sizeOf(view.dtype))};
    require(shape.size == sweep_->n, "its arrays differ in size");
    if (view.size != 1) {
      const bool isSame = view.size == shape.size && (view.rank != shape.rank || std::memcmp(view.dims, shape.dims, sizeof(int64_t) * static_cast<size_t>(view.rank)) != 0);
      if (isSame) operand.pattern = Pattern::Full;  // of a reshape
      else require(patternOf(shape, view, operand), "an operand in it has no pattern");
    }
    return read(view, operand);
  }

  jit::Place read(const View& view, const FusedOperand& operand) {
    require(view.dtype != DType::Complex64, "it computes with complex numbers");
    if (operand.pattern == Pattern::One && refOf(view) >= 0 && view.size == 1 && refOf(view) % kSlot == 0) {
      spread_.insert(slotOf(view));
      return readScalar(view);
    }
    Array& array = arrayOf(view, operand);
    if (!array.written && !array.loaded) array.loaded = true;
    if (array.stretch >= 0 && array.stretch != stretch_) mayStay(array);
    require(array.valid, "its arrays share memory");
    return {array.place.at, view.dtype, array.place.n};
  }

  jit::Place write(const View& view) {
    require(view.size == sweep_->n, "its arrays differ in size");
    require(view.dtype != DType::Complex64, "it computes with complex numbers");
    FusedOperand operand = {refOf(view), 1, Pattern::Full, view.dtype, static_cast<uint8_t>(sizeOf(view.dtype))};
    Array& array = arrayOf(view, operand);
    if (!isConditional()) array.stretch = -1;
    else if (!array.written && !array.loaded) array.stretch = stretch_;
    else if (array.stretch >= 0) array.stretch = array.stretch == stretch_ ? stretch_ : (mayStay(array), -1);
    else isConditionalWrite_ = true;
    for (Array& other : arrays_) {
      if (&other == &array || !other.range.overlaps(array.range)) continue;
      other.valid = false;
      isOverlap_ = true;
    }
    array.valid = array.written = true;
    return {array.place.at, view.dtype, array.place.n};
  }

  /** An array that a branch may leave alone has the value from the round before. */
  void mayStay(Array& array) {
    array.stretch = -1;
    array.loaded = isConditionalWrite_ = true;
  }

  Array& arrayOf(const View& view, const FusedOperand& operand) {
    for (Array& array : arrays_) {
      const FusedOperand& known = array.operand;
      if (known.ref == operand.ref && known.bytes == operand.bytes && known.pattern == operand.pattern && known.period == operand.period) return array;
    }
    require(arrays_.size() < kMostArrays, "it has too many arrays");
    jit::Place place = inside(operand.dtype);
    if (operand.pattern == Pattern::One) place.n = 1;
    // Another value in its memory is there first.
    const Range range = rangeOf(view);
    const bool valid = std::none_of(arrays_.begin(), arrays_.end(), [&](const Array& other) { return other.written && other.range.overlaps(range); });
    arrays_.push_back({operand, range, place, false, false, valid, -1});
    return arrays_.back();
  }

  // ---- the end

  void wayBack() {
    step_ = last_;
    const auto pending = pending_.find(last_);
    if (pending != pending_.end()) {
      if (reached_) known_.join(pending->second);
      else known_ = pending->second;
      reached_ = true;
    }
    const StepNote& note = noteOf(last_);
    require(reached_ && note.kind == StepNote::Kind::When && note.target == first_, "its test does not stand at its end");
    const jit::Place condition = readScalar(note.in[0]);
    const Kind kind = known_.of(slotOf(note.in[0]));
    require(kind == (loop().settles ? Kind::Or : Kind::Same), "what ends it is not whether a mask has elements");
    jit::RegionStep& step = add(jit::RegionStep::Kind::When);
    step.target = first_;
    step.in[0] = condition;
    for (const auto& [slot, known] : known_.kinds) {
      if (known == Kind::Same) continue;
      require(readFirst_.count(slot) == 0, "a scalar of an array is carried to the next round");
      // What the branch read is false whenever the loop ends.
      if (slot != slotOf(note.in[0])) require(!isReadAfter(program_, last_, {slot * kSlot, kSlot}), "a scalar of an array is used behind it");
    }
  }

  void finish() {
    for (Array& array : arrays_) {
      if (array.stretch >= 0 && isReadAfter(program_, last_, array.range)) mayStay(array);
    }
    if (loop().settles) {
      require(!isConditionalWrite_, "arrays are written behind a branch");
      for (const int64_t slot : spread_) require(written_.count(slot) == 0, "arrays are computed from a scalar that changes, and a mask ends it");
    }
    require(!isConditionalWrite_ || !isOverlap_, "its arrays share memory");
    for (const int64_t slot : scalars_) {
      for (const Array& array : arrays_) require(!array.range.overlaps({slot * kSlot, kSlot}), "a scalar in it is a variable, or lies in an array");
    }
    loop().slots.assign(written_.begin(), written_.end());
    for (const Array& array : arrays_) {
      require(!array.loaded || array.valid, "its arrays share memory");
      const bool isLeft = array.written && array.valid && ((loop().settles && array.loaded) || isReadAfter(program_, last_, array.range));
      if (!array.loaded && !isLeft) continue;
      sweep_->arrays.push_back({array.operand, array.loaded, isLeft, isLeft && array.loaded && (mayFail_ || loop().settles)});
      loop().arrays.push_back({array.place, array.loaded, isLeft});
    }
  }

  const Program& program_;
  const int first_, last_;
  std::shared_ptr<Sweep> sweep_ = std::make_shared<Sweep>();
  std::vector<Array> arrays_;
  int step_ = 0;
  int64_t inside_ = 0;
  bool mayFail_ = false;

  /** At the current step, if it is reached from the one before; and at targets of jumps. */
  Known known_;
  bool reached_ = true;
  std::map<int, Known> pending_;
  int behindBranch_ = 0;
  int stretch_ = 0;
  /** Slots: all, written, read in a round before it has written them, spread over arrays. */
  std::set<int64_t> scalars_, written_, readFirst_, spread_;
  bool isConditionalWrite_ = false, isOverlap_ = false;
};

}  // namespace

std::shared_ptr<Sweep> findSweep(const Program& program, const CodeRegion& region, const char*& why) {
  Finder finder(program, region);
  try {
    return finder.run() ? finder.take() : nullptr;
  } catch (const NoSweep& refused) {
    why = refused.why;
    return nullptr;
  }
}

}  // namespace gfn
