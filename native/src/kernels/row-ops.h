/** Ops that make of each row of [rows, n] one element, or a row, and look at no other row: what groups of fused ops do with rows. */
#pragma once
#include "reduce-job.h"
#include "softmax-job.h"

namespace gfn {

struct RowKernel {
  /** Null: one of softmax's kin. */
  const RunReducer* reducer;
  bool isMean;
  RowOp softmax;
  DType dtype;
  /** One element per row. */
  bool reduces;
  /** Rough cost of an element, as in ElementwiseRow. */
  uint8_t cost;
};

/** Null: there is none for this dtype. */
const RunReducer* findRunReducer(const char* op, DType dtype, bool& isMean);

bool findRowKernel(const char* op, DType dtype, RowKernel& found);

/** On this thread, with the bits of the op's kernel. Rows made of rows may be the same memory. */
void runRows(const RowKernel& kernel, const void* x, void* out, int64_t rows, int64_t n);

}  // namespace gfn
