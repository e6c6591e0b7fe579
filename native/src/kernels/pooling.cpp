/** maxPool, avgPool and their gradients (runtime/src/ops/pooling.ts): checks. The loops are in pooling.simd.cpp. */
#include "pooling.h"


#include "attributes.h"

namespace gfn {

namespace {

bool sameDims(const View& a, const View& b) {
  for (int i = 0; i < 4; i++) {
    if (a.dims[i] != b.dims[i]) return false;
  }
  return true;
}

/** Every window within the padded image and over one cell of the image at least. */
bool fits(int64_t length, int64_t window, int64_t stride, int64_t before, int64_t after, int64_t places) {
  if (window < 1 || stride < 1 || before < 0 || after < 0 || before >= window || after >= window || length < 1) return false;
  const int64_t room = length + before + after - window;
  return room >= 0 && room / stride + 1 == places;
}

template <Pool pool>
bool poolKernel(const Call& call, Failure& failure) {
  constexpr bool two = pool == Pool::MaxGrad || pool == Pool::MaxGradGrad;
  Attributes attrs(call.attrs);
  if (pool == Pool::AvgGrad) attrs.ints();
  const IntList window = attrs.ints();
  const IntList strides = attrs.ints();
  const IntList pads = attrs.ints();
  if (!attrs.complete() || window.count != 2 || strides.count != 2 || pads.count != 4) return fail(failure, Status::Internal);
  if (call.nIn != (two ? 2 : 1) || call.nOut != 1) return fail(failure, Status::Internal);
  const View& out = call.out[0];
  for (int i = 0; i < call.nIn; i++) {
    if (call.in[i].dtype != out.dtype) return fail(failure, Status::Internal);
    if (call.in[i].rank != 4) return fail(failure, Status::Shape);
  }
  if (out.dtype == DType::Bool || (out.dtype == DType::Int32 && pool != Pool::Max)) return fail(failure, Status::Unsupported);
  if (out.rank != 4) return fail(failure, Status::Shape);

  const View& x = pool == Pool::AvgGrad ? out : call.in[0];
  const View& y = pool == Pool::AvgGrad ? call.in[0] : pool == Pool::MaxGrad ? call.in[1] : out;
  if (pool == Pool::MaxGrad && !sameDims(x, out)) return fail(failure, Status::Shape);
  if (pool == Pool::MaxGradGrad && !sameDims(x, call.in[1])) return fail(failure, Status::Shape);
  const PoolJob job{out.dtype,  x.dims[0], x.dims[1],  x.dims[2],  x.dims[3],  y.dims[1], y.dims[2],       window[0], window[1],
                    strides[0], strides[1], pads[0], pads[2], call.in[0].data, two ? call.in[1].data : nullptr, out.data};
  const bool right = x.dims[0] == y.dims[0] && x.dims[3] == y.dims[3] && fits(job.height, job.windowY, job.strideY, pads[0], pads[1], job.rows) &&
                     fits(job.width, job.windowX, job.strideX, pads[2], pads[3], job.columns);
  if (!right) return fail(failure, Status::Shape);
  if (out.size == 0) return true;
  GFN_AT_LEVEL(poolLoops)(pool, job);
  return true;
}

const KernelRow kRows[] = {
    {"maxPool", poolKernel<Pool::Max>}, {"maxPoolGrad", poolKernel<Pool::MaxGrad>}, {"maxPoolGradGrad", poolKernel<Pool::MaxGradGrad>},
    {"avgPool", poolKernel<Pool::Avg>}, {"avgPoolGrad", poolKernel<Pool::AvgGrad>},
};

}  // namespace

const KernelRow* poolingKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
