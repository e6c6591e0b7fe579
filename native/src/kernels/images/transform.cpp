/** transform (runtime/src/ops/image/transform.ts): rows of the result on the pool. */
#include "../attributes.h"
#include "sampling.h"

namespace gfn {

namespace {

enum class Fill : int32_t { Constant = 0, Reflect = 1, Wrap = 2, Nearest = 3 };

/** A place among `length` pixels for one that may lie outside; NaN for an infinite one that goes round. */
double placeInside(double at, int64_t length, Fill fill) {
  const double size = static_cast<double>(length), last = size - 1;
  const auto clamp = [&](double v) { return v < 0 ? 0 : v > last ? last : v; };
  if (fill == Fill::Constant || (at >= 0 && at <= last)) return at;
  if (fill == Fill::Nearest || length <= 1) return clamp(at);
  if (fill == Fill::Wrap) return clamp(at < 0 ? at + size * (std::trunc(-at / last) + 1) : at - size * std::trunc(at / last));
  const double period = 2 * size;
  if (at < 0) {
    const double near = period * std::trunc(-at / period) + at;
    return clamp(near < -size ? near + period : -near - 1);
  }
  const double near = at - period * std::trunc(at / period);
  return clamp(near >= size ? period - near - 1 : near);
}

template <class T>
void run(const Call& call, bool bilinear, Fill fill, double value) {
  const View& x = call.in[0];
  const View& own = call.in[1];
  const View& out = call.out[0];
  const int64_t rows = out.dims[1], columns = out.dims[2], channels = x.dims[3], height = x.dims[1], width = x.dims[2];
  eachImageRow(out.dims[0] * rows, columns * channels, [&](int64_t number) {
    const int64_t n = number / rows;
    const T* t = static_cast<const T*>(own.data) + (own.dims[0] == 1 ? 0 : 8 * n);
    const double a0 = t[0], a1 = t[1], a2 = t[2], b0 = t[3], b1 = t[4], b2 = t[5], c0 = t[6], c1 = t[7];
    const Image<T> image{static_cast<const T*>(x.data) + n * height * width * channels, height, width, channels, value};
    T* to = static_cast<T*>(out.data) + number * columns * channels;
    const double i = static_cast<double>(number % rows);
    for (int64_t column = 0; column < columns; column++, to += channels) {
      const double j = static_cast<double>(column);
      const double k = c0 * j + c1 * i + 1;
      const double at = placeInside((a0 * j + a1 * i + a2) / k, width, fill);
      const double y = placeInside((b0 * j + b1 * i + b2) / k, height, fill);
      const bool seen = k != 0 && at > -1 && at < static_cast<double>(width) && y > -1 && y < static_cast<double>(height);
      if (seen) image.read(y, at, bilinear, to);
      else image.fill(to);
    }
  });
}

bool transform(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const IntList size = attrs.ints();
  const bool bilinear = attrs.flag();
  const int32_t fill = attrs.integer();
  const double value = attrs.number();
  if (!attrs.complete() || size.count != 2 || fill < 0 || fill > static_cast<int32_t>(Fill::Nearest)) return fail(failure, Status::Internal);
  if (call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& own = call.in[1];
  const View& out = call.out[0];
  if (own.dtype != x.dtype || out.dtype != x.dtype) return fail(failure, Status::Internal);
  if (x.dtype != DType::Float32 && x.dtype != DType::Float64) return fail(failure, Status::Unsupported);
  if (x.rank != 4 || own.rank != 2 || out.rank != 4 || own.dims[1] != 8) return fail(failure, Status::Shape);
  if (own.dims[0] != 1 && own.dims[0] != x.dims[0]) return fail(failure, Status::Shape);
  if (out.dims[0] != x.dims[0] || out.dims[1] != size[0] || out.dims[2] != size[1] || out.dims[3] != x.dims[3]) {
    return fail(failure, Status::Shape);
  }
  if (out.size == 0) return true;
  if (x.dtype == DType::Float32) run<float>(call, bilinear, static_cast<Fill>(fill), value);
  else run<double>(call, bilinear, static_cast<Fill>(fill), value);
  return true;
}

const KernelRow kRows[] = {{"transform", transform}};

}  // namespace

const KernelRow* transformKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
