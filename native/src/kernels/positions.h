/** Indices [...B, K], int32: one position for each of the first K axes of a shape, as numbers of slices in row-major order. */
#pragma once
#include "attributes.h"

namespace gfn {

class Positions {
 public:
  /** False: they do not fit together (Status::Shape), or one is outside (Status::Index with its axis). */
  bool read(const View& at, const View& x, Failure& failure) {
    if (at.dtype != DType::Int32) return fail(failure, Status::Internal);
    if (at.rank < 1 || at.dims[at.rank - 1] > x.rank) return fail(failure, Status::Shape);
    depth_ = static_cast<int>(at.dims[at.rank - 1]);
    count = countOf(at, 0, at.rank - 1);
    inner = countOf(x, depth_, x.rank);
    values_ = static_cast<const int32_t*>(at.data);
    for (int k = 0; k < depth_; k++) dims_[k] = x.dims[k];
    // Indices without entries: no loop over axes that may be longer than any memory.
    if (depth_ == 0) return true;
    const int32_t* next = values_;
    for (int64_t i = 0; i < count; i++) {
      for (int k = 0; k < depth_; k++, next++) {
        if (*next < 0 || *next >= dims_[k]) return fail(failure, Status::Index, *next, dims_[k], k);
      }
    }
    return true;
  }

  /** Number of the slice that index i names. */
  int64_t at(int64_t i) const {
    const int32_t* entry = values_ + i * depth_;
    int64_t n = 0;
    for (int k = 0; k < depth_; k++) n = n * dims_[k] + entry[k];
    return n;
  }

  /** How many indices there are, and the elements of a slice. */
  int64_t count = 0;
  int64_t inner = 0;

 private:
  const int32_t* values_ = nullptr;
  int depth_ = 0;
  int64_t dims_[kMaxRank] = {};
};

}  // namespace gfn
