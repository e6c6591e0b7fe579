#include "sweep.h"

#include <algorithm>

#include "elements.h"
#include "writer.h"

namespace gfn::jit {

namespace {

/**
 *   block:    scalars from the frame, arrays from memory, rounds = 0
 *   round:    the steps, up to the branch back
 *   turn:     rounds + 1; back to `round`, or on
 *   leave:    arrays to memory; scalars, where no block had as many rounds before
 *   compare:  after the round that shows whether a block has settled: what it left in memory against what it has now
 *   next:     the next block
 */
class SweepWriter : StepWriter {
 public:
  explicit SweepWriter(const SweepLoop& loop) : StepWriter(loop.region), loop_(loop) {}

  std::string text() {
    for (const SweepLoop::Array& array : loop_.arrays) use(array.place, array.loaded);
    if (!declare()) return "";
    for (const char* const name : {"at", "rounds", "checking", "live", "bad"}) own_.push_back(e_.early("alloca i64 ; " + std::string(name)));
    for (size_t k = 0; k < loop_.arrays.size(); k++) {
      where_.push_back(e_.early("load ptr, ptr " + e_.early("getelementptr inbounds ptr, ptr %where, i64 " + std::to_string(k)) + ", align 8"));
    }
    set(kAt, "0");
    e_.line("br label %block");
    e_.block("block");
    for (const Variable& v : variables_) copyIn(v);
    for (size_t k = 0; k < loop_.arrays.size(); k++) {
      if (loop_.arrays[k].loaded) load(k);
    }
    set(kRounds, "0");
    set(kChecking, "0");
    e_.line("br label %round");
    e_.block("round");
    set(kLive, "1");
    set(kBad, "0");
    e_.line("br label %" + labelOf(region_.first));
    steps();
    e_.block(labelOf(region_.last + 1));
    if (loop_.settles) {
      e_.line("br i1 " + isSet(kChecking) + ", label %compare, label %leave");
      e_.block("leave");
    }
    leave();
    if (loop_.settles) compare();
    e_.block("next");
    const std::string next = e_.fresh("add i64 " + get(kAt) + ", " + std::to_string(loop_.lanes));
    set(kAt, next);
    e_.line("br i1 " + e_.fresh("icmp ult i64 " + next + ", %n") + ", label %block, label %done");
    e_.raw("done:\n  ret i64 0\n");
    // What fails in a round that the machine may not run says nothing.
    e_.block("failed");
    e_.line("ret i64 " + e_.fresh("select i1 " + isSet(kChecking) + ", i64 " + code(Swept::Unsettled) + ", i64 " + code(Swept::Failed)));
    for (const std::string& block : failures_) e_.raw(block);
    return e_.text("i64 @kernel(ptr %frame, ptr %where, i64 %n, ptr %scalars)");
  }

 private:
  enum Own { kAt, kRounds, kChecking, kLive, kBad };

  static std::string code(Swept swept) { return std::to_string(static_cast<int64_t>(swept)); }
  std::string get(Own which) { return e_.fresh("load i64, ptr " + own_[which] + ", align 8"); }
  void set(Own which, const std::string& value) { e_.line("store i64 " + value + ", ptr " + own_[which] + ", align 8"); }
  std::string isSet(Own which) { return e_.fresh("icmp ne i64 " + get(which) + ", 0"); }

  // ---- arrays

  std::string inMemory(size_t k) {
    const Place& place = loop_.arrays[k].place;
    if (place.n == 1) return where_[k];
    return e_.fresh("getelementptr inbounds " + std::string(storedType(place.dtype)) + ", ptr " + where_[k] + ", i64 " + get(kAt));
  }

  void load(size_t k) {
    const Place& place = loop_.arrays[k].place;
    const std::string type = storedType(place.dtype);
    if (place.n == 1) return setElement(place, 0, e_.fresh("load " + type + ", ptr " + inMemory(k) + ", align 1"));
    setVector(place, e_.fresh("load <" + std::to_string(place.n) + " x " + type + ">, ptr " + inMemory(k) + ", align 1"));
  }

  void leave() {
    for (size_t k = 0; k < loop_.arrays.size(); k++) {
      const Place& place = loop_.arrays[k].place;
      if (!loop_.arrays[k].stored) continue;
      const std::string type = "<" + std::to_string(place.n) + " x " + storedType(place.dtype) + ">";
      e_.line("store " + type + " " + vector(place) + ", ptr " + inMemory(k) + ", align 1");
    }
    const std::string rounds = get(kRounds);
    const std::string most = e_.fresh("load i64, ptr %scalars, align 8");
    e_.line("br i1 " + e_.fresh("icmp ugt i64 " + rounds + ", " + most) + ", label %keep, label %kept");
    e_.block("keep");
    e_.line("store i64 " + rounds + ", ptr %scalars, align 8");
    for (const Variable& v : variables_) {
      if (v.from < 0 || !v.written) continue;
      const auto slot = std::lower_bound(loop_.slots.begin(), loop_.slots.end(), v.from / 8) - loop_.slots.begin();
      const std::string to = e_.fresh("getelementptr inbounds i8, ptr %scalars, i64 " + std::to_string(8 + 8 * slot));
      e_.line("store " + v.type + " " + e_.fresh("load " + v.type + ", ptr " + v.name + ", align 8") + ", ptr " + to + ", align 8");
    }
    e_.line("br label %kept");
    e_.block("kept");
    if (!loop_.settles) {
      e_.line("br label %next");
      return;
    }
    e_.line("br i1 " + isSet(kLive) + ", label %next, label %again");
    e_.block("again");
    set(kChecking, "1");
    e_.line("br label %round");
  }

  void compare() {
    e_.block("compare");
    std::string differs = "false";
    for (size_t k = 0; k < loop_.arrays.size(); k++) {
      const SweepLoop::Array& array = loop_.arrays[k];
      // Those, too, that a round writes before it reads them: they are a round behind those that it carries on.
      if (!array.stored) continue;
      constexpr DType kWords[] = {DType::UInt8, DType::Int32, DType::Int64};
      const int64_t bytes = sizeOf(array.place.dtype);
      const Place words = {array.place.at, kWords[bytes == 1 ? 0 : bytes == 4 ? 1 : 2], array.place.n};
      const std::string type = "<" + std::to_string(words.n) + " x " + storedType(words.dtype) + ">";
      const std::string before = e_.fresh("load " + type + ", ptr " + inMemory(k) + ", align 1");
      const std::string mask = e_.fresh("icmp ne " + type + " " + vector(words) + ", " + before);
      differs = e_.fresh("or i1 " + differs + ", " + some(mask));
    }
    e_.line("br i1 " + differs + ", label %unsettled, label %next");
    e_.raw("unsettled:\n  ret i64 " + code(Swept::Unsettled) + "\n");
  }

  /** Whether there is an element in a mask of bits. */
  std::string some(const std::string& mask) {
    const std::string lanes = std::to_string(loop_.lanes);
    const std::string bits = e_.fresh("bitcast <" + lanes + " x i1> " + mask + " to i" + lanes);
    return e_.fresh("icmp ne i" + lanes + " " + bits + ", 0");
  }
  /** Of stored bools, those that are what `predicate` says of 0. */
  std::string someOf(const Place& place, const char* predicate) {
    const std::string type = "<" + std::to_string(place.n) + " x i8>";
    return some(e_.fresh("icmp " + std::string(predicate) + " " + type + " " + vector(place) + ", zeroinitializer"));
  }

  // ---- steps

  void collectOther(const RegionStep& step) override {
    use(step.in[0], false);
    use(step.out, true);
  }

  bool writeOther(const RegionStep& step) override {
    if (step.kind == RegionStep::Kind::Whole) {
      e_.lanes = loop_.lanes;
      setVector(step.out, spread(step.in[0]));
      e_.lanes = 1;
      return true;
    }
    const bool isAny = step.kind == RegionStep::Kind::Any;
    const std::string some = someOf(step.in[0], isAny ? "ne" : "eq");
    if (loop_.settles) set(kLive, e_.fresh("zext i1 " + some + " to i64"));
    setElement(step.out, 0, e_.fresh("zext i1 " + (isAny ? some : e_.fresh("xor i1 " + some + ", true")) + " to i8"));
    return true;
  }

  void vectors(const RegionStep& step) override {
    if (!step.exact && step.check == Check::NONE) return StepWriter::vectors(step);
    e_.lanes = loop_.lanes;
    const std::string lanes = std::to_string(loop_.lanes);
    std::string in[kMaxOperands];
    for (int k = 0; k < step.op.operands; k++) in[k] = spread(step.in[k]);
    const std::string type = "<" + lanes + " x i32>";
    std::string bad, result;
    if (step.exact) {
      const std::string function = "@llvm.s" + std::string(exactInstruction(step.op.op)) + ".with.overflow.v" + lanes + "i32";
      const std::string both = "{" + type + ", <" + lanes + " x i1>}";
      e_.declare(both + " " + function + "(" + type + ", " + type + ")");
      const std::string called = e_.fresh("call " + both + " " + function + "(" + type + " " + in[0] + ", " + type + " " + in[1] + ")");
      result = e_.fresh("extractvalue " + both + " " + called + ", 0");
      bad = e_.fresh("extractvalue " + both + " " + called + ", 1");
    } else {
      const bool isDivisor = step.check == Check::NON_ZERO;
      bad = e_.fresh(std::string(isDivisor ? "icmp eq " : "icmp slt ") + type + " " + in[1] + ", zeroinitializer");
      // What comes of it is thrown away, but may not end the process.
      in[1] = e_.fresh("select <" + lanes + " x i1> " + bad + ", " + type + " " + e_.constant("i32", "1") + ", " + type + " " + in[1]);
      result = writeOp(step.op, in);
    }
    setVector(step.out, result);
    set(kBad, e_.fresh("or i64 " + get(kBad) + ", " + e_.fresh("zext i1 " + some(bad) + " to i64")));
    checks_ = true;
    e_.lanes = 1;
  }

  bool isWayBack(const RegionStep& step) const { return step.step == region_.last; }

  std::string failing(const RegionStep&, Status, const std::string&, const std::string&) override { return "  br label %failed\n"; }

  void branch(const RegionStep& step, const std::string& yes, const std::string& no) override {
    if (!isWayBack(step)) return StepWriter::branch(step, yes, no);
    set(kRounds, e_.fresh("add i64 " + get(kRounds) + ", 1"));
    if (checks_) {
      e_.line("br i1 " + isSet(kBad) + ", label %failed, label %fine");
      e_.block("fine");
    }
    std::string more = e_.fresh("icmp ne i8 " + element(step.in[0], 0) + ", 0");
    if (loop_.settles) more = e_.fresh("and i1 " + more + ", " + e_.fresh("icmp eq i64 " + get(kChecking) + ", 0"));
    e_.line("br i1 " + more + ", label %round, label %" + no);
  }

  const SweepLoop& loop_;
  std::vector<std::string> own_, where_;
  /** Some op on vectors may fail. */
  bool checks_ = false;
};

}  // namespace

std::string writeSweep(const SweepLoop& loop) { return SweepWriter(loop).text(); }

}  // namespace gfn::jit
