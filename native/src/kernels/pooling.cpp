/** maxPool, avgPool and their gradients (runtime/src/ops/pooling.ts): checks. The loops are in pooling.simd.cpp. */
#include "pooling.h"


#include "attributes.h"

namespace gfn {

namespace {

bool sameDims(const View& a, const View& b) {
  for (int i = 0; i < a.rank; i++) {
    if (a.dims[i] != b.dims[i]) return false;
  }
  return a.rank == b.rank;
}

/** Axis `i` of `count`; in front of the axes of an image stands one plane. */
PoolAxis axisOf(int i, int count, const View& x, const View& y, const IntList& window, const IntList& strides, const IntList& pads,
                const IntList& dilations) {
  const int at = i - (3 - count);
  if (at < 0) return {1, 1, 1, 1, 1, 0};
  return {x.dims[1 + at], y.dims[1 + at], window[at], strides[at], dilations[at], pads[2 * at]};
}

/** Elements of x that ArgMax can name. */
constexpr int64_t kMostIndices = 2147483647;

template <Pool pool>
bool poolKernel(const Call& call, Failure& failure) {
  constexpr bool two = pool == Pool::MaxGrad || pool == Pool::MaxGradGrad;
  Attributes attrs(call.attrs);
  if (pool == Pool::AvgGrad) attrs.ints();
  const bool wholeBatch = pool == Pool::ArgMax && attrs.flag();
  const IntList window = attrs.ints();
  const IntList strides = attrs.ints();
  const IntList pads = attrs.ints();
  const IntList dilations = attrs.ints();
  const int axes = window.count;
  if (!attrs.complete() || strides.count != axes || pads.count != 2 * axes || dilations.count != axes) return fail(failure, Status::Internal);
  if (call.nIn != (two ? 2 : 1) || call.nOut != 1) return fail(failure, Status::Internal);
  if (axes != 2 && axes != 3) return fail(failure, Status::Shape);
  const View& out = call.out[0];
  const DType dtype = call.in[0].dtype;
  for (int i = 0; i < call.nIn; i++) {
    if (call.in[i].dtype != dtype) return fail(failure, Status::Internal);
    if (call.in[i].rank != axes + 2) return fail(failure, Status::Shape);
  }
  if (out.dtype != (pool == Pool::ArgMax ? DType::Int32 : dtype)) return fail(failure, Status::Internal);
  if (!isUsualNumber(dtype) || (dtype == DType::Int32 && pool != Pool::Max && pool != Pool::ArgMax)) return fail(failure, Status::Unsupported);
  if (out.rank != axes + 2) return fail(failure, Status::Shape);

  const View& x = pool == Pool::AvgGrad ? out : call.in[0];
  const View& y = pool == Pool::AvgGrad ? call.in[0] : pool == Pool::MaxGrad ? call.in[1] : out;
  if (pool == Pool::MaxGrad && !sameDims(x, out)) return fail(failure, Status::Shape);
  if (pool == Pool::MaxGradGrad && !sameDims(x, call.in[1])) return fail(failure, Status::Shape);
  const auto axis = [&](int i) { return axisOf(i, axes, x, y, window, strides, pads, dilations); };
  const PoolJob job{dtype, x.dims[0], x.dims[axes + 1], axis(0), axis(1), axis(2), wholeBatch, call.in[0].data, two ? call.in[1].data : nullptr, out.data};
  const bool right = x.dims[0] == y.dims[0] && x.dims[axes + 1] == y.dims[axes + 1] && (axes == 2 || fits(job.z, pads[1])) &&
                     fits(job.y, pads[2 * axes - 3]) && fits(job.x, pads[2 * axes - 1]);
  if (!right) return fail(failure, Status::Shape);
  if (pool == Pool::ArgMax && x.size > kMostIndices) return fail(failure, Status::Shape);
  if (out.size == 0) return true;
  GFN_AT_LEVEL(poolLoops)(pool, job);
  return true;
}

const KernelRow kRows[] = {
    {"maxPool", poolKernel<Pool::Max>},   {"maxPoolGrad", poolKernel<Pool::MaxGrad>}, {"maxPoolGradGrad", poolKernel<Pool::MaxGradGrad>},
    {"avgPool", poolKernel<Pool::Avg>},   {"avgPoolGrad", poolKernel<Pool::AvgGrad>}, {"maxPoolArgMax", poolKernel<Pool::ArgMax>},
};

}  // namespace

const KernelRow* poolingKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
