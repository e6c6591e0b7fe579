/**
 * conv2d, conv3d and their gradients (runtime/src/ops/convolution.ts): checks, and each as sights of an image or a volume. The loops
 * are in convolution.simd.cpp.
 *
 * The gradient of the input is a convolution of dy with the taps exchanged. With strides, an input's row sees only those taps whose
 * distance is a multiple of the stride: planes, rows and columns are taken by their remainders, each with the taps it has.
 */
#include "convolution.h"

#include <cstring>

#include "../linalg/gemm.h"
#include "../linalg/onednn.h"
#include "convolution-onednn.h"

namespace gfn {

namespace {

void zero(const View& out) { std::memset(out.data, 0, static_cast<size_t>(out.size * sizeOf(out.dtype))); }

bool product(DType dtype, const Gemm& job, Failure& failure) {
  if (dtype == DType::Float32 && oneDnnGemm(job)) return true;
  return GFN_AT_LEVEL(gemm)(dtype, job) || fail(failure, Status::Memory, 0, job.k * job.n * sizeOf(dtype));
}

/** Whether oneDNN has computed it. */
bool faster(ConvolutionSum sum, int axes, const Convolution& c, const View& x, const View& filter, const View& y) {
  return x.dtype == DType::Float32 && oneDnnConvolution(sum, axes, c, x.data, filter.data, y.data);
}

template <int axes>
bool convolve(const Call& call, Failure& failure) {
  if (call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& filter = call.in[1];
  const View& out = call.out[0];
  Convolution c{};
  if (!readConvolution<axes>(call, false, false, x, filter, out, c, failure)) return false;
  if (out.size == 0) return true;
  if (faster(ConvolutionSum::Output, axes, c, x, filter, out)) return true;
  if (c.pointwise()) {
    return product(out.dtype, {c.images * c.pixels(), c.outputs, c.channels, x.data, c.channels, 1, filter.data, c.outputs, 1, out.data, c.outputs},
                   failure);
  }
  CorrelateJob job{};
  job.dtype = out.dtype;
  job.sight = forward(c, x);
  job.weights = filter.data;
  job.cellStep = c.channels * c.outputs;
  job.channelStep = c.outputs;
  job.outputStep = 1;
  job.outputs = c.outputs;
  job.out = out.data;
  job.outColumn = c.outputs;
  job.outRow = c.x.places * job.outColumn;
  job.outPlane = c.y.places * job.outRow;
  job.outImage = c.z.places * job.outPlane;
  return GFN_AT_LEVEL(correlate)(job) || fail(failure, Status::Memory, 0, filter.size * sizeOf(out.dtype));
}

/** Cells of the input that no tap reaches. */
void zeroPlaces(const CorrelateJob& job) {
  const Sight& s = job.sight;
  const int64_t bytes = sizeOf(job.dtype);
  for (int64_t row = 0; row < s.images * s.planes * s.rows; row++) {
    const int64_t plane = row / s.rows;
    const int64_t first = plane / s.planes * job.outImage + plane % s.planes * job.outPlane + row % s.rows * job.outRow;
    char* const at = static_cast<char*>(job.out) + first * bytes;
    for (int64_t column = 0; column < s.columns; column++) {
      std::memset(at + column * job.outColumn * bytes, 0, static_cast<size_t>(job.outputs * bytes));
    }
  }
}

template <int axes>
bool convolveInputGrad(const Call& call, Failure& failure) {
  if (call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& dy = call.in[0];
  const View& filter = call.in[1];
  const View& out = call.out[0];
  Convolution c{};
  if (!readConvolution<axes>(call, true, false, out, filter, dy, c, failure)) return false;
  if (out.size == 0) return true;
  if (c.outputs == 0) {
    zero(out);
    return true;
  }
  if (faster(ConvolutionSum::Input, axes, c, out, filter, dy)) return true;
  if (c.pointwise()) {
    return product(out.dtype, {c.images * c.pixels(), c.channels, c.outputs, dy.data, c.outputs, 1, filter.data, 1, c.outputs, out.data, c.channels},
                   failure);
  }
  CorrelateJob job{};
  job.dtype = out.dtype;
  job.weights = filter.data;
  job.cellStep = c.channels * c.outputs;
  job.channelStep = 1;
  job.outputStep = c.outputs;
  job.outputs = c.channels;
  job.outColumn = c.x.stride * c.channels;
  job.outRow = c.y.stride * c.x.length * c.channels;
  job.outPlane = c.z.stride * c.y.length * c.x.length * c.channels;
  job.outImage = c.pixels() * c.channels;
  for (int64_t z = 0; z < c.z.stride && z < c.z.length; z++) {
    for (int64_t y = 0; y < c.y.stride && y < c.y.length; y++) {
      for (int64_t x = 0; x < c.x.stride && x < c.x.length; x++) {
        Sight& s = job.sight;
        s = {dy.data, c.images, c.z.places, c.y.places, c.x.places, c.outputs, 0, 0, 0, 1, 1, 1, {}, {}, {}, c.y.size, c.x.size};
        job.out = static_cast<char*>(out.data) + ((z * c.y.length + y) * c.x.length + x) * c.channels * sizeOf(out.dtype);
        const bool planes = sightOf(c.z, z, s.planes, s.z);
        const bool rows = sightOf(c.y, y, s.rows, s.y);
        const bool columns = sightOf(c.x, x, s.columns, s.x);
        if (!planes || !rows || !columns) zeroPlaces(job);
        else if (!GFN_AT_LEVEL(correlate)(job)) return fail(failure, Status::Memory, 0, filter.size * sizeOf(out.dtype));
      }
    }
  }
  return true;
}

template <int axes>
bool convolveFilterGrad(const Call& call, Failure& failure) {
  if (call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& dy = call.in[1];
  const View& out = call.out[0];
  Convolution c{};
  if (!readConvolution<axes>(call, true, false, x, out, dy, c, failure)) return false;
  if (out.size == 0) return true;
  if (dy.size == 0) {
    zero(out);
    return true;
  }
  if (faster(ConvolutionSum::Filter, axes, c, x, out, dy)) return true;
  const FilterGradJob job{out.dtype, forward(c, x), dy.data, c.outputs, out.data};
  return GFN_AT_LEVEL(filterGradient)(job) || fail(failure, Status::Memory, 0, out.size * sizeOf(out.dtype));
}

const KernelRow kRows[] = {
    {"conv2d", convolve<2>}, {"conv2dInputGrad", convolveInputGrad<2>}, {"conv2dFilterGrad", convolveFilterGrad<2>},
    {"conv3d", convolve<3>}, {"conv3dInputGrad", convolveInputGrad<3>}, {"conv3dFilterGrad", convolveFilterGrad<3>},
};

}  // namespace

const KernelRow* convolutionKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
