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

/** Elements of a leaf of the tree in which a run is joined. */
constexpr int64_t kReduceLeaf = 4096;
/** Pieces of a run are multiples of so many elements, but for the last. */
constexpr int64_t kReduceUnit = 128;

/** A run whose elements come in pieces. */
struct alignas(64) ReduceRun {
  unsigned char bytes[1024];
};

/** A reduction of contiguous runs for those that have them piece by piece: the bits are those of reduceLoops. */
struct RunReducer {
  void (*begin)(ReduceRun& run);
  void (*add)(ReduceRun& run, const void* x, int64_t n);
  /** All that has come so far, as `join` and `finish` take it. */
  uint64_t (*root)(ReduceRun& run);
  /** In the place of `add`: what others have accumulated of the next elements, each of 2^k leaves but for the last. */
  void (*join)(ReduceRun& run, uint64_t root);
  void (*finish)(uint64_t root, void* out, int64_t divisor);
  /** Whole rows of x [rows, n] on this thread, which is what reduceLoops does with them. */
  void (*rows)(const void* x, void* out, int64_t rows, int64_t n, int64_t divisor);
};

/** Of reductions that take the dtype. */
GFN_DECLARE_LEVELS(const RunReducer& runReducer(Reduction op, DType dtype))
/** False: no scratch memory. */
GFN_DECLARE_LEVELS(bool reduceLoops(Reduction op, const ReduceJob& job))
GFN_DECLARE_LEVELS(void argLoops(const ArgJob& job))
GFN_DECLARE_LEVELS(void scanLoops(const ScanJob& job))

}  // namespace gfn
