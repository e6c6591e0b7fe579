/** dilation2d and dilation2dArgMax (runtime/src/ops/dilation.ts): checks. The loops are in dilation.simd.cpp. */
#include "dilation.h"

#include "attributes.h"

namespace gfn {

namespace {

/** Elements that an index can name. */
constexpr int64_t kMostIndices = 2147483647;

bool run(const Call& call, bool indices, Failure& failure) {
  Attributes attrs(call.attrs);
  const bool ofFilter = indices && attrs.flag();
  const IntList strides = attrs.ints();
  const IntList pads = attrs.ints();
  const IntList dilations = attrs.ints();
  if (!attrs.complete() || strides.count != 2 || pads.count != 4 || dilations.count != 2) return fail(failure, Status::Internal);
  if (call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& filter = call.in[1];
  const View& out = call.out[0];
  if (x.dtype != filter.dtype || out.dtype != (indices ? DType::Int32 : x.dtype)) return fail(failure, Status::Internal);
  if (!isUsualNumber(x.dtype)) return fail(failure, Status::Unsupported);
  if (x.rank != 4 || filter.rank != 3 || out.rank != 4) return fail(failure, Status::Shape);
  const auto axis = [&](int i) -> PoolAxis {
    return {x.dims[1 + i], out.dims[1 + i], filter.dims[i], strides[i], dilations[i], pads[2 * i]};
  };
  const DilationJob job{x.dtype, x.dims[0], x.dims[3], axis(0), axis(1), x.data, filter.data, out.data};
  const bool right = filter.dims[2] == x.dims[3] && out.dims[0] == x.dims[0] && out.dims[3] == x.dims[3] && fits(job.y, pads[1]) && fits(job.x, pads[3]);
  if (!right || (indices && (ofFilter ? filter.size : x.size) > kMostIndices)) return fail(failure, Status::Shape);
  if (out.size == 0) return true;
  GFN_AT_LEVEL(dilation)(!indices ? Dilated::Sum : ofFilter ? Dilated::OfFilter : Dilated::OfX, job);
  return true;
}

bool dilation2d(const Call& call, Failure& failure) { return run(call, false, failure); }
bool dilation2dArgMax(const Call& call, Failure& failure) { return run(call, true, failure); }

const KernelRow kRows[] = {{"dilation2d", dilation2d}, {"dilation2dArgMax", dilation2dArgMax}};

}  // namespace

const KernelRow* dilationKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
