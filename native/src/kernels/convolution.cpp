/**
 * conv2d, conv2dInputGrad and conv2dFilterGrad (runtime/src/ops/convolution.ts): checks, and each as sights of an image. The loops
 * are in convolution.simd.cpp.
 *
 * The gradient of the input is a convolution of dy with the taps exchanged. With strides, an input's row sees only those taps whose
 * distance is a multiple of the stride: rows and columns are taken by their remainders, each with the taps it has.
 */
#include "convolution.h"

#include <cstring>
#include <numeric>

#include "../linalg/gemm.h"
#include "../linalg/onednn.h"
#include "attributes.h"

namespace gfn {

namespace {

/** One convolution: x [images, height, width, channels], filter [kh, kw, channels, outputs], y [images, rows, columns, outputs]. */
struct Convolution {
  int64_t images, height, width, channels;
  int64_t kh, kw, outputs;
  int64_t rows, columns;
  int64_t strideY, strideX, top, bottom, left, right, dilationY, dilationX;

  /** A product of matrices over all pixels. */
  bool pointwise() const { return kh == 1 && kw == 1 && strideY == 1 && strideX == 1 && (top | bottom | left | right) == 0; }
};

/** ⌊(length + pads − span) / stride⌋ + 1 = places, and 1 place at least. */
bool placesFit(int64_t length, int64_t size, int64_t stride, int64_t dilation, int64_t pads, int64_t places) {
  const int64_t room = length + pads - ((size - 1) * dilation + 1);
  return room >= 0 && room / stride + 1 == places;
}

/** Reads strides, pads and dilations, and checks all lengths; `ownSize`: an attribute of two numbers comes first. */
bool readConvolution(const Call& call, bool ownSize, const View& x, const View& filter, const View& y, Convolution& c, Failure& failure) {
  Attributes attrs(call.attrs);
  if (ownSize) attrs.ints();
  const IntList strides = attrs.ints();
  const IntList pads = attrs.ints();
  const IntList dilations = attrs.ints();
  if (!attrs.complete() || strides.count != 2 || pads.count != 4 || dilations.count != 2) return fail(failure, Status::Internal);
  if (x.dtype != filter.dtype || x.dtype != y.dtype) return fail(failure, Status::Internal);
  if (x.dtype != DType::Float32 && x.dtype != DType::Float64) return fail(failure, Status::Unsupported);
  if (x.rank != 4 || filter.rank != 4 || y.rank != 4) return fail(failure, Status::Shape);
  c = {x.dims[0],  x.dims[1], x.dims[2], x.dims[3], filter.dims[0], filter.dims[1], filter.dims[3], y.dims[1], y.dims[2],
       strides[0], strides[1], pads[0],  pads[1],   pads[2],        pads[3],        dilations[0],   dilations[1]};
  const bool positive = c.strideY > 0 && c.strideX > 0 && c.dilationY > 0 && c.dilationX > 0 && c.kh > 0 && c.kw > 0 && c.channels > 0;
  if (!positive || c.top < 0 || c.bottom < 0 || c.left < 0 || c.right < 0) return fail(failure, Status::Shape);
  const bool fits = filter.dims[2] == c.channels && y.dims[0] == c.images && y.dims[3] == c.outputs &&
                    placesFit(c.height, c.kh, c.strideY, c.dilationY, c.top + c.bottom, c.rows) &&
                    placesFit(c.width, c.kw, c.strideX, c.dilationX, c.left + c.right, c.columns);
  return fits || fail(failure, Status::Shape);
}

void zero(const View& out) { std::memset(out.data, 0, static_cast<size_t>(out.size * sizeOf(out.dtype))); }

bool product(DType dtype, const Gemm& job, Failure& failure) {
  if (dtype == DType::Float32 && oneDnnGemm(job)) return true;
  return GFN_AT_LEVEL(gemm)(dtype, job) || fail(failure, Status::Memory, 0, job.k * job.n * sizeOf(dtype));
}

/** Places of the convolution over its input. */
Sight forward(const Convolution& c, const View& x) {
  return {x.data,       c.images,  c.height,  c.width,
          c.channels,   c.rows,    c.columns, c.strideY,
          c.strideX,    {c.kh, -c.top, c.dilationY, 0, 1}, {c.kw, -c.left, c.dilationX, 0, 1}, c.kw};
}

bool conv2d(const Call& call, Failure& failure) {
  if (call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& filter = call.in[1];
  const View& out = call.out[0];
  Convolution c{};
  if (!readConvolution(call, false, x, filter, out, c, failure)) return false;
  if (out.size == 0) return true;
  if (c.pointwise()) {
    return product(out.dtype, {c.images * c.height * c.width, c.outputs, c.channels, x.data, c.channels, 1, filter.data, c.outputs, 1, out.data, c.outputs},
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
  job.outRow = c.columns * c.outputs;
  job.outImage = c.rows * job.outRow;
  return GFN_AT_LEVEL(correlate)(job) || fail(failure, Status::Memory, 0, filter.size * sizeOf(out.dtype));
}

/** The taps that cells first, first + stride, … of the input see in dy: taps k with first + pad − k·dilation a multiple of the stride. */
bool tapsOf(int64_t first, int64_t size, int64_t stride, int64_t dilation, int64_t pad, Taps& taps) {
  int64_t cell = 0;
  while (cell < size && cell < stride && (first + pad - cell * dilation) % stride != 0) cell++;
  if (cell == size || cell == stride) return false;
  const int64_t every = stride / std::gcd(dilation, stride);
  // The last one sees dy's first place: taps go upwards in dy.
  const int64_t count = (size - 1 - cell) / every + 1;
  const int64_t last = cell + (count - 1) * every;
  taps = {count, (first + pad - last * dilation) / stride, every * dilation / stride, last, -every};
  return true;
}

/** Cells of the input that no tap reaches. */
void zeroPlaces(const CorrelateJob& job) {
  const Sight& s = job.sight;
  const int64_t bytes = sizeOf(job.dtype);
  for (int64_t row = 0; row < s.images * s.rows; row++) {
    char* const at = static_cast<char*>(job.out) + (row / s.rows * job.outImage + row % s.rows * job.outRow) * bytes;
    for (int64_t column = 0; column < s.columns; column++) {
      std::memset(at + column * job.outColumn * bytes, 0, static_cast<size_t>(job.outputs * bytes));
    }
  }
}

bool conv2dInputGrad(const Call& call, Failure& failure) {
  if (call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& dy = call.in[0];
  const View& filter = call.in[1];
  const View& out = call.out[0];
  Convolution c{};
  if (!readConvolution(call, true, out, filter, dy, c, failure)) return false;
  if (out.size == 0) return true;
  if (c.outputs == 0) {
    zero(out);
    return true;
  }
  if (c.pointwise()) {
    return product(out.dtype, {c.images * c.height * c.width, c.channels, c.outputs, dy.data, c.outputs, 1, filter.data, 1, c.outputs, out.data, c.channels},
                   failure);
  }
  CorrelateJob job{};
  job.dtype = out.dtype;
  job.weights = filter.data;
  job.cellStep = c.channels * c.outputs;
  job.channelStep = 1;
  job.outputStep = c.outputs;
  job.outputs = c.channels;
  job.outColumn = c.strideX * c.channels;
  job.outRow = c.strideY * c.width * c.channels;
  job.outImage = c.height * c.width * c.channels;
  for (int64_t y = 0; y < c.strideY && y < c.height; y++) {
    for (int64_t x = 0; x < c.strideX && x < c.width; x++) {
      Sight& s = job.sight;
      s = {dy.data, c.images, c.rows, c.columns, c.outputs, (c.height - 1 - y) / c.strideY + 1, (c.width - 1 - x) / c.strideX + 1, 1, 1, {}, {}, c.kw};
      job.out = static_cast<char*>(out.data) + (y * c.width + x) * c.channels * sizeOf(out.dtype);
      if (!tapsOf(y, c.kh, c.strideY, c.dilationY, c.top, s.y) || !tapsOf(x, c.kw, c.strideX, c.dilationX, c.left, s.x)) zeroPlaces(job);
      else if (!GFN_AT_LEVEL(correlate)(job)) return fail(failure, Status::Memory, 0, filter.size * sizeOf(out.dtype));
    }
  }
  return true;
}

bool conv2dFilterGrad(const Call& call, Failure& failure) {
  if (call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& dy = call.in[1];
  const View& out = call.out[0];
  Convolution c{};
  if (!readConvolution(call, true, x, out, dy, c, failure)) return false;
  if (out.size == 0) return true;
  if (dy.size == 0) {
    zero(out);
    return true;
  }
  const FilterGradJob job{out.dtype, forward(c, x), dy.data, c.outputs, out.data};
  return GFN_AT_LEVEL(filterGradient)(job) || fail(failure, Status::Memory, 0, out.size * sizeOf(out.dtype));
}

const KernelRow kRows[] = {{"conv2d", conv2d}, {"conv2dInputGrad", conv2dInputGrad}, {"conv2dFilterGrad", conv2dFilterGrad}};

}  // namespace

const KernelRow* convolutionKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
