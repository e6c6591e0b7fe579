/** What the loops of softmax, logSoftmax and logSumExp are told (softmax.cpp → softmax.simd.cpp): plain data, checked. */
#pragma once
#include "../core/cpu.h"
#include "../core/kernel.h"

namespace gfn {

enum class RowOp : int { Softmax, LogSoftmax, LogSumExp };

/** x [rows, n], both at least 1; out [rows, n], or [rows] of logSumExp. x and out may be the same memory. */
struct RowJob {
  const void* x;
  void* out;
  DType dtype;
  int64_t rows, n;
};

GFN_DECLARE_LEVELS(void rowLoops(RowOp op, const RowJob& job))

}  // namespace gfn
