/** softmax, logSoftmax, logSumExp over the last axis: checks. The loops are in softmax.simd.cpp. */
#include <limits>

#include "attributes.h"
#include "fill.h"
#include "softmax-job.h"

namespace gfn {

namespace {

template <RowOp op>
bool overRows(const Call& call, Failure& failure) {
  if (call.nIn != 1 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (out.dtype != x.dtype) return fail(failure, Status::Internal);
  if (x.dtype != DType::Float32 && x.dtype != DType::Float64) return fail(failure, Status::Unsupported);
  if (x.rank < 1) return fail(failure, Status::Shape);
  const int64_t rows = countOf(x, 0, x.rank - 1);
  const int64_t n = x.dims[x.rank - 1];
  if (out.size != (op == RowOp::LogSumExp ? rows : x.size)) return fail(failure, Status::Shape);
  if (out.size == 0) return true;
  // No element: the sum is 0, its logarithm −∞. Only logSumExp has results there.
  if (n == 0) fillView(out, -std::numeric_limits<double>::infinity());
  else GFN_AT_LEVEL(rowLoops)(op, {x.data, out.data, x.dtype, rows, n});
  return true;
}

const KernelRow kRows[] = {
    {"softmax", overRows<RowOp::Softmax>},
    {"logSoftmax", overRows<RowOp::LogSoftmax>},
    {"logSumExp", overRows<RowOp::LogSumExp>},
};

}  // namespace

const KernelRow* softmaxKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
