/**
 * Reads attribute words in schema order. A word that is missing or a list longer than what is left makes `ok` false once and for
 * all and reads as 0 or empty, so that a kernel asks `ok` once, after its last read.
 *
 *   Attributes attrs(call.attrs);
 *   const IntList axes = attrs.ints();
 *   const bool keepDims = attrs.flag();
 *   if (!attrs.complete()) return fail(failure, Status::Internal);
 */
#pragma once
#include "../core/kernel.h"

namespace gfn {

struct IntList {
  const int32_t* values;
  int count;

  const int32_t* begin() const { return values; }
  const int32_t* end() const { return values + count; }
  int32_t operator[](int i) const { return values[i]; }
};

class Attributes {
 public:
  explicit Attributes(const Attrs& attrs) : attrs_(attrs) {}

  int32_t integer() {
    if (next_ < attrs_.count) return attrs_.words[next_++];
    ok_ = false;
    return 0;
  }

  bool flag() { return integer() != 0; }

  IntList ints() {
    const int32_t count = integer();
    if (count < 0 || count > attrs_.count - next_) {
      ok_ = false;
      return {nullptr, 0};
    }
    const IntList list{attrs_.words + next_, count};
    next_ += count;
    return list;
  }

  /** A `number` attribute: its word is the index in `numbers`. */
  double number() {
    const int32_t at = integer();
    if (!ok_ || at < 0 || at >= attrs_.numberCount) {
      ok_ = false;
      return 0;
    }
    return attrs_.numbers[at];
  }

  bool complete() const { return ok_; }

 private:
  const Attrs& attrs_;
  int next_ = 0;
  bool ok_ = true;
};

/** Axis in 0..rank-1 from one that may be negative; -1 where there is no such axis. */
inline int normalAxis(int32_t axis, int rank) {
  if (axis < -rank || axis >= rank) return -1;
  return axis < 0 ? axis + rank : axis;
}

/** Product of dims[first..last). */
inline int64_t countOf(const View& view, int first, int last) {
  int64_t n = 1;
  for (int i = first; i < last; i++) n *= view.dims[i];
  return n;
}

}  // namespace gfn
