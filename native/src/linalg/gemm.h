/**
 * C = A·B for one matrix each, by our own kernels. Elements may lie at any steps in A and B, so that transposed operands need no
 * copy; C is row-major.
 *
 * Sums over k are formed by one accumulator per element of C in order of k, in blocks of kDepth joined in order; with FMA where
 * the level has it. They depend on the shapes and the level, never on threads.
 */
#pragma once
#include "../core/cpu.h"
#include "../core/kernel.h"
#include "../core/scratch.h"

namespace gfn {

struct Gemm {
  int64_t m, n, k;
  const void* a;
  int64_t aRow, aColumn;
  const void* b;
  int64_t bRow, bColumn;
  void* c;
  /** Step between rows of C. */
  int64_t cRow;
};

/** False: no scratch memory. dtype Int32, Int64 (both wrap around), Float32 or Float64; m, n, k ≥ 1. */
GFN_DECLARE_LEVELS(bool gemm(DType dtype, const Gemm& job))

}  // namespace gfn
