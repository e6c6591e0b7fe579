/**
 * What code for steps of a plan is written with: values of the frame and of the code's own as variables on the stack, elementwise ops on
 * them, movements of elements, branches. A class derived from it writes a whole function: region.cpp, sweep.cpp.
 */
#pragma once
#include <set>
#include <string>
#include <vector>

#include "emitter.h"
#include "region.h"

namespace gfn::jit {

/** On the stack at most: threads may have few megabytes of it. */
constexpr int64_t kMostBytes = 256 << 10;

/** Bytes of the frame (or of the code's own values) that belong together: a variable on the stack, which LLVM turns into registers. */
struct Variable {
  int64_t from, to;
  /** One type for all uses: `float`, `<16 x float>`; "i64" for scalars of several types; empty for plain bytes. */
  std::string type;
  bool mixed = false;
  bool written = false;
  std::string name;
};

class StepWriter {
 protected:
  explicit StepWriter(const Region& region) : region_(region), recording_(e_) {}
  virtual ~StepWriter() = default;

  /** Finds out what is used, and makes the variables; false where they would take too much of the stack. */
  bool declare();
  /** All steps, and a branch to the one behind them. */
  void steps();

  /** A step's block has begun. */
  virtual void opened(int /* step */) {}
  /** Steps of the kinds that only some code has: what they use, and themselves. */
  virtual void collectOther(const RegionStep& step) = 0;
  virtual bool writeOther(const RegionStep& step) = 0;
  /** What a failure in a step does, given the number that it reports: lines that end a block. `name` is one for its values. */
  virtual std::string failing(const RegionStep& step, Status status, const std::string& value, const std::string& name) = 0;
  /** An op on more than kMostScalars elements. */
  virtual void vectors(const RegionStep& step);

  void use(const Place& place, bool write);

  bool isTarget(int step) const { return targets_.count(step) > 0; }
  /** A block of the region, or the way out. */
  std::string labelOf(int step);

  std::string inFrame(int64_t at) { return e_.fresh("getelementptr inbounds i8, ptr %frame, i64 " + std::to_string(at)); }
  void copyIn(const Variable& v);
  void copyOut(const Variable& v);

  /** Element i of a place. */
  std::string element(const Place& place, int64_t i);
  void setElement(const Place& place, int64_t i, const std::string& value);
  /** All elements of a place of more than kMostScalars. */
  std::string vector(const Place& place);
  void setVector(const Place& place, const std::string& value);
  /** The same for an operand of which there may be one for all. */
  std::string spread(const Place& place);

  virtual void branch(const RegionStep& step, const std::string& yes, const std::string& no);
  /** Goes on only where `condition` (an i1) holds. */
  void passOnlyIf(const std::string& condition, const RegionStep& step, Status status, const std::string& value);

  const Region& region_;
  Emitter e_;
  const Recording recording_;
  std::vector<Variable> variables_;
  std::set<int> targets_, exits_;
  std::vector<std::string> failures_;

 private:
  struct Use {
    int64_t from, to;
    std::string type;
    bool vector;
    bool write;
  };

  void collect();
  void layOut();
  const Variable& variableOf(int64_t at) const;
  void copyBytes(const std::string& to, const std::string& from, int64_t bytes);
  std::string addressOf(const Variable& v, int64_t at);
  const Region::Constant* constantOf(const Place& place) const;
  std::string widened(const std::string& type, const std::string& value);
  std::string narrowed(const std::string& type, const std::string& value);

  bool write(const RegionStep& step);
  void elements(const RegionStep& step);
  void require(const RegionStep& step, const std::string& y);
  std::string exactly(const RegionStep& step, const std::string* in);
  void move(const RegionStep& step);

  std::vector<Use> uses_;
};

/** `add`, `sub` or `mul` of an op whose result int32 must hold. */
const char* exactInstruction(const char* op);

}  // namespace gfn::jit
