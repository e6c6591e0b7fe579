/** What kernels of convolutions read from a call: lengths, checked, and the sights of both directions (convolution.h). */
#pragma once
#include <algorithm>
#include <numeric>

#include "attributes.h"
#include "convolution.h"

namespace gfn {

/** One axis: cell k of the window at place o is x's cell o·stride + k·dilation − before. */
struct WindowAxis {
  int64_t length, places;
  int64_t size, stride, dilation, before, after;
};

/** One convolution: x [images, …lengths, channels], filter [window, channels, outputs], y [images, …places, outputs]. */
struct Convolution {
  int64_t images, channels, outputs;
  /** Planes, rows, columns; images have one plane. */
  WindowAxis z, y, x;

  int64_t pixels() const { return z.length * y.length * x.length; }
  /** Of one image. */
  int64_t places() const { return z.places * y.places * x.places; }
  int64_t weights() const { return z.size * y.size * x.size * channels * outputs; }

  /** A product of matrices over all pixels. */
  bool pointwise() const {
    const auto plain = [](const WindowAxis& axis) { return axis.size == 1 && axis.stride == 1 && (axis.before | axis.after) == 0; };
    return plain(z) && plain(y) && plain(x);
  }
};

/** ⌊(length + pads − span) / stride⌋ + 1 = places, and 1 place at least. */
inline bool placesFit(const WindowAxis& axis) {
  if (axis.stride < 1 || axis.dilation < 1 || axis.size < 1 || axis.before < 0 || axis.after < 0) return false;
  const int64_t room = axis.length + axis.before + axis.after - ((axis.size - 1) * axis.dilation + 1);
  return room >= 0 && room / axis.stride + 1 == axis.places;
}

/**
 * Reads strides, pads and dilations of `axes` axes, and checks all lengths; `ownSize`: an attribute of lengths comes first;
 * `depthwise`: y has `outputs` channels for each of x.
 */
template <int axes>
bool readConvolution(const Call& call, bool ownSize, bool depthwise, const View& x, const View& filter, const View& y, Convolution& c,
                     Failure& failure) {
  Attributes attrs(call.attrs);
  if (ownSize) attrs.ints();
  const IntList strides = attrs.ints();
  const IntList pads = attrs.ints();
  const IntList dilations = attrs.ints();
  if (!attrs.complete() || strides.count != axes || pads.count != 2 * axes || dilations.count != axes) return fail(failure, Status::Internal);
  if (x.dtype != filter.dtype || x.dtype != y.dtype) return fail(failure, Status::Internal);
  if (x.dtype != DType::Float32 && x.dtype != DType::Float64) return fail(failure, Status::Unsupported);
  if (x.rank != axes + 2 || filter.rank != axes + 2 || y.rank != axes + 2) return fail(failure, Status::Shape);
  const auto axis = [&](int i) -> WindowAxis {
    if (i < 0) return {1, 1, 1, 1, 1, 0, 0};
    // A stride beyond the axis has one place, whatever it is: scratch memory goes by strides.
    const int64_t padded = x.dims[1 + i] + pads[2 * i] + pads[2 * i + 1];
    const int64_t stride = std::min<int64_t>(strides[i], std::max<int64_t>(padded, 1));
    return {x.dims[1 + i], y.dims[1 + i], filter.dims[i], stride, dilations[i], pads[2 * i], pads[2 * i + 1]};
  };
  c = {x.dims[0], x.dims[axes + 1], filter.dims[axes + 1], axis(axes - 3), axis(axes - 2), axis(axes - 1)};
  const bool fits = c.channels > 0 && filter.dims[axes] == c.channels && y.dims[0] == c.images &&
                    y.dims[axes + 1] == (depthwise ? c.channels * c.outputs : c.outputs) && placesFit(c.z) && placesFit(c.y) && placesFit(c.x);
  return fits || fail(failure, Status::Shape);
}

/** The cells of the window in order. */
inline Taps allOf(const WindowAxis& axis) { return {axis.size, -axis.before, axis.dilation, 0, 1}; }

/** Places of the convolution over its input. */
inline Sight forward(const Convolution& c, const View& x) {
  return {x.data,     c.images,   c.z.length, c.y.length,  c.x.length,  c.channels,  c.z.places, c.y.places, c.x.places,
          c.z.stride, c.y.stride, c.x.stride, allOf(c.z), allOf(c.y), allOf(c.x), c.y.size,   c.x.size};
}

/** The taps that cells first, first + stride, … of the input see in dy: taps k with first + pad − k·dilation a multiple of the stride. */
inline bool tapsOf(int64_t first, int64_t size, int64_t stride, int64_t dilation, int64_t pad, Taps& taps) {
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

/** The taps of cells first, first + stride, … of the input along one axis, and the number of these cells. */
inline bool sightOf(const WindowAxis& axis, int64_t first, int64_t& places, Taps& taps) {
  places = (axis.length - 1 - first) / axis.stride + 1;
  return tapsOf(first, axis.size, axis.stride, axis.dilation, axis.before, taps);
}

}  // namespace gfn
