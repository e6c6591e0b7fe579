/**
 * Text of a function in LLVM's language, instruction by instruction. Values are known by their names ("%12"). What was computed in a block
 * already is not written a second time.
 *
 *   entry:  what the whole function needs: constants, room on the stack
 *   …       blocks in the order of `block` calls; the current one gets what is written
 */
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>

// GCC 12 sees an overlap in `"text" + std::string` that is not there (its bug 105651).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wrestrict"
#endif

namespace gfn::jit {

class Emitter {
 public:
  /** Elements that values have at present: 1 is a number, more a vector. */
  int lanes = 1;

  /** The result of an instruction without effects. */
  std::string value(const std::string& instruction);
  /** A splat: `literal` of a scalar type, once per function. */
  std::string constant(const std::string& type, const std::string& literal);
  /** All lanes of a scalar value; `early` for one from there. */
  std::string splat(const std::string& type, const std::string& value) { return splatBy(&Emitter::fresh, type, value); }
  std::string earlySplat(const std::string& type, const std::string& value) { return splatBy(&Emitter::early, type, value); }
  /** Memory on the stack for one use at a time: the same for equal names and sizes. */
  const std::string& room(const std::string& name, int64_t bytes);
  /** A line that is not a value, or has effects. */
  void line(const std::string& text) { body_ += "  " + text + "\n"; }
  /** A value with effects, or one that may differ from time to time: loads, calls. */
  std::string fresh(const std::string& instruction);
  /** What follows belongs to another block; the one before must have ended by a branch. */
  void block(const std::string& label);
  std::string label(const char* what) { return std::string(what) + std::to_string(next_++); }
  /** A whole block, behind all others. */
  void raw(const std::string& block) { body_ += block; }
  /** Code in front of everything, such as loads of addresses. */
  std::string early(const std::string& instruction);
  /** A function that the code calls, declared once. */
  void declare(const std::string& declaration);

  /** `<16 x float>`, or `float` for one lane. */
  std::string vector(const std::string& type) const { return lanes == 1 ? type : "<" + std::to_string(lanes) + " x " + type + ">"; }
  /** In names of functions: `v16f32`, or `f32`. */
  std::string suffix(const char* scalar) const { return lanes == 1 ? scalar : "v" + std::to_string(lanes) + scalar; }

  /** Everything, of a function with the given head: `void @kernel(i64 %n, ptr %where)`. */
  std::string text(const std::string& head) const;

 private:
  std::string splatBy(std::string (Emitter::*write)(const std::string&), const std::string& type, const std::string& value);

  std::string entry_, body_;
  std::unordered_map<std::string, std::string> known_, constants_, rooms_, declared_;
  int next_ = 0;
};

/** Something of ours at a fixed place, as an operand. */
std::string addressOf(const void* address);

/** What records of elements (lane.h) are written to. */
Emitter& emitter();

/** Makes an emitter the current one of this thread. */
class Recording {
 public:
  explicit Recording(Emitter& to);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

 private:
  Emitter* before_;
};

}  // namespace gfn::jit
