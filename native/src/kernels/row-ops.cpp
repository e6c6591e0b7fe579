#include "row-ops.h"

#include <cstring>

namespace gfn {

namespace {

constexpr uint8_t kReduceCost = 1;
constexpr uint8_t kSoftmaxCost = 12;

}  // namespace

bool findRowKernel(const char* op, DType dtype, RowKernel& found) {
  found = {};
  found.dtype = dtype;
  found.reducer = findRunReducer(op, dtype, found.isMean);
  if (found.reducer != nullptr) {
    found.reduces = true;
    found.cost = kReduceCost;
    return true;
  }
  if (dtype != DType::Float32 && dtype != DType::Float64) return false;
  constexpr struct {
    const char* op;
    RowOp row;
  } kSoftmax[] = {{"softmax", RowOp::Softmax}, {"logSoftmax", RowOp::LogSoftmax}, {"logSumExp", RowOp::LogSumExp}};
  for (const auto& each : kSoftmax) {
    if (std::strcmp(op, each.op) != 0) continue;
    found.softmax = each.row;
    found.reduces = each.row == RowOp::LogSumExp;
    found.cost = kSoftmaxCost;
    return true;
  }
  return false;
}

void runRows(const RowKernel& kernel, const void* x, void* out, int64_t rows, int64_t n) {
  if (kernel.reducer != nullptr) return kernel.reducer->rows(x, out, rows, n, kernel.isMean ? n : 1);
  GFN_AT_LEVEL(rowLoops)(kernel.softmax, {x, out, kernel.dtype, rows, n});
}

}  // namespace gfn
