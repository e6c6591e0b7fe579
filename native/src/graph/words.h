/** Reading the words of a plan with suspicion: what does not fit throws PlanError, which decode() turns into its result. */
#pragma once
#include <cstdint>
#include <string>

namespace gfn {

/** More elements than any address space holds: products of dims stay far from overflow. */
constexpr int64_t kMaxElements = int64_t{1} << 47;

struct PlanError {
  std::string message;
};

[[noreturn]] inline void refuse(const std::string& message) { throw PlanError{message}; }
inline void require(bool condition, const char* message) {
  if (!condition) refuse(message);
}

class Words {
 public:
  Words(const int32_t* words, int64_t count) : words_(words), count_(count) {}
  int32_t next() {
    if (at_ >= count_) refuse("the words end too early");
    return words_[at_++];
  }
  /** A count of things of which each takes at least one word from here on, so that no count makes us allocate much. */
  int32_t count(const char* what) {
    const int32_t n = next();
    if (n < 0 || n > count_) refuse(std::string("a wrong number of ") + what + ": " + std::to_string(n));
    return n;
  }
  int32_t below(int64_t bound, const char* what) {
    const int32_t value = next();
    if (value < 0 || value >= bound) {
      refuse(std::string(what) + " " + std::to_string(value) + " is not below " + std::to_string(bound));
    }
    return value;
  }
  const int32_t* take(int64_t n) {
    if (n > count_ - at_) refuse("the words end too early");
    const int32_t* from = words_ + at_;
    at_ += n;
    return from;
  }
  bool done() const { return at_ == count_; }

 private:
  const int32_t* words_;
  int64_t count_;
  int64_t at_ = 0;
};

}  // namespace gfn
