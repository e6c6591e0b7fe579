/** depthwiseConv2d and its gradients (runtime/src/ops/convolution.ts): checks. The loops are in depthwise.simd.cpp. */
#include "depthwise.h"

#include <cstring>

#include "convolution-read.h"

namespace gfn {

namespace {

bool noMemory(const View& out, Failure& failure) { return fail(failure, Status::Memory, 0, out.size * sizeOf(out.dtype)); }

bool depthwiseConv2d(const Call& call, Failure& failure) {
  if (call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& filter = call.in[1];
  const View& out = call.out[0];
  Convolution c{};
  if (!readConvolution<2>(call, false, true, x, filter, out, c, failure)) return false;
  if (out.size == 0) return true;
  const int64_t wide = c.channels * c.outputs, row = c.x.places * wide;
  const DepthwiseJob job{out.dtype, forward(c, x), c.outputs, false, filter.data, out.data, c.y.places * row, row, wide};
  return GFN_AT_LEVEL(depthwise)(job) || noMemory(out, failure);
}

bool depthwiseConv2dInputGrad(const Call& call, Failure& failure) {
  if (call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& dy = call.in[0];
  const View& filter = call.in[1];
  const View& out = call.out[0];
  Convolution c{};
  if (!readConvolution<2>(call, true, true, out, filter, dy, c, failure)) return false;
  if (out.size == 0) return true;
  if (c.outputs == 0) {
    std::memset(out.data, 0, static_cast<size_t>(out.size * sizeOf(out.dtype)));
    return true;
  }
  DepthwiseJob job{};
  job.dtype = out.dtype;
  job.multiplier = c.outputs;
  job.fold = true;
  job.weights = filter.data;
  job.outColumn = c.x.stride * c.channels;
  job.outRow = c.y.stride * c.x.length * c.channels;
  job.outImage = c.pixels() * c.channels;
  for (int64_t y = 0; y < c.y.stride && y < c.y.length; y++) {
    for (int64_t x = 0; x < c.x.stride && x < c.x.length; x++) {
      Sight& s = job.sight;
      const Taps one{1, 0, 1, 0, 1};
      s = {dy.data, c.images, 1, c.y.places, c.x.places, c.channels * c.outputs, 1, 0, 0, 1, 1, 1, one, {}, {}, c.y.size, c.x.size};
      job.out = static_cast<char*>(out.data) + (y * c.x.length + x) * c.channels * sizeOf(out.dtype);
      // Without taps along one axis there are none at all, and results are zero.
      if (!sightOf(c.y, y, s.rows, s.y)) s.y = {0, 0, 1, 0, 1};
      if (!sightOf(c.x, x, s.columns, s.x)) s.x = {0, 0, 1, 0, 1};
      if (!GFN_AT_LEVEL(depthwise)(job)) return noMemory(out, failure);
    }
  }
  return true;
}

bool depthwiseConv2dFilterGrad(const Call& call, Failure& failure) {
  if (call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& dy = call.in[1];
  const View& out = call.out[0];
  Convolution c{};
  if (!readConvolution<2>(call, true, true, x, out, dy, c, failure)) return false;
  if (out.size == 0) return true;
  if (dy.size == 0) {
    std::memset(out.data, 0, static_cast<size_t>(out.size * sizeOf(out.dtype)));
    return true;
  }
  return GFN_AT_LEVEL(depthwiseFilter)({out.dtype, forward(c, x), c.outputs, dy.data, out.data}) || noMemory(out, failure);
}

const KernelRow kRows[] = {
    {"depthwiseConv2d", depthwiseConv2d},
    {"depthwiseConv2dInputGrad", depthwiseConv2dInputGrad},
    {"depthwiseConv2dFilterGrad", depthwiseConv2dFilterGrad},
};

}  // namespace

const KernelRow* depthwiseKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
