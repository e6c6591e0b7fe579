/**
 * What the loops of reductions are told (reduce.cpp → reduce.simd.cpp): plain data, checked.
 *
 * The operand's axes are joined and ordered so that only two forms are left, with x read in row-major order:
 *   rows      the last axis is reduced: each result is made of `segments` contiguous runs of `run` elements
 *   columns   the last axis, of length `inner`, is kept: each of its elements is made of `segments` × `run` rows of x
 * `kept` and `segment` are the outer axes of either kind; `run` is always the innermost reduced axis.
 */
#pragma once
#include "../core/cpu.h"
#include "../core/kernel.h"

namespace gfn {

enum class Reduction : int { Sum, Mean, Prod, Max, Min, Any, All };

struct OuterAxes {
  int rank;
  int64_t count;
  int64_t lengths[kMaxRank];
  int64_t steps[kMaxRank];
};

struct ReduceJob {
  const void* x;
  void* out;
  DType dtype;
  OuterAxes kept;
  OuterAxes segment;
  int64_t run;
  /** 0: rows. */
  int64_t inner;
  /** Elements behind each result for a mean, else 1. */
  int64_t divisor;
};

struct ArgJob {
  const void* x;
  int32_t* out;
  DType dtype;
  bool largest;
  int64_t outer, n, inner;
};

struct ScanJob {
  const void* x;
  void* out;
  DType dtype;
  bool product, exclusive, reverse;
  int64_t outer, n, inner;
};

/** False: no scratch memory. */
GFN_DECLARE_LEVELS(bool reduceLoops(Reduction op, const ReduceJob& job))
GFN_DECLARE_LEVELS(void argLoops(const ArgJob& job))
GFN_DECLARE_LEVELS(void scanLoops(const ScanJob& job))

}  // namespace gfn
