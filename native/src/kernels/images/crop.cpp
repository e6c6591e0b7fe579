/** cropAndResize (runtime/src/ops/image/crop.ts): rows of the result on the pool. */
#include "../attributes.h"
#include "sampling.h"

namespace gfn {

namespace {

/** Place i of `steps` between two ends, which count from 0 at the first pixel to 1 at the last. */
double placeOf(double from, double to, int64_t i, int64_t steps, int64_t length) {
  const double last = static_cast<double>(length - 1);
  if (steps == 1) return 0.5 * (from + to) * last;
  return from * last + static_cast<double>(i) * ((to - from) * last) / static_cast<double>(steps - 1);
}

template <class T>
void crop(const Call& call, bool bilinear, double outside) {
  const View& x = call.in[0];
  const View& out = call.out[0];
  const T* boxes = static_cast<const T*>(call.in[1].data);
  const int32_t* owners = static_cast<const int32_t*>(call.in[2].data);
  const int64_t rows = out.dims[1], columns = out.dims[2], channels = x.dims[3];
  eachImageRow(out.dims[0] * rows, columns * channels, [&](int64_t number) {
    const int64_t box = number / rows;
    const T* ends = boxes + 4 * box;
    const T* data = static_cast<const T*>(x.data) + owners[box] * x.dims[1] * x.dims[2] * channels;
    const Image<T> image{data, x.dims[1], x.dims[2], channels, outside};
    T* to = static_cast<T*>(out.data) + number * columns * channels;
    const double y = placeOf(ends[0], ends[2], number % rows, rows, image.height);
    const bool inRows = y >= 0 && y <= static_cast<double>(image.height - 1);
    for (int64_t j = 0; j < columns; j++, to += channels) {
      const double at = placeOf(ends[1], ends[3], j, columns, image.width);
      if (inRows && at >= 0 && at <= static_cast<double>(image.width - 1)) image.read(y, at, bilinear, to);
      else image.fill(to);
    }
  });
}

bool cropAndResize(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const IntList size = attrs.ints();
  const bool bilinear = attrs.flag();
  const double outside = attrs.number();
  if (!attrs.complete() || size.count != 2 || call.nIn != 3 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& boxes = call.in[1];
  const View& owners = call.in[2];
  const View& out = call.out[0];
  if (boxes.dtype != x.dtype || out.dtype != x.dtype || owners.dtype != DType::Int32) return fail(failure, Status::Internal);
  if (x.dtype != DType::Float32 && x.dtype != DType::Float64) return fail(failure, Status::Unsupported);
  if (x.rank != 4 || boxes.rank != 2 || owners.rank != 1 || out.rank != 4) return fail(failure, Status::Shape);
  if (x.dims[1] < 1 || x.dims[2] < 1 || boxes.dims[1] != 4 || owners.dims[0] != boxes.dims[0]) return fail(failure, Status::Shape);
  if (out.dims[0] != boxes.dims[0] || out.dims[1] != size[0] || out.dims[2] != size[1] || out.dims[3] != x.dims[3]) {
    return fail(failure, Status::Shape);
  }
  const int32_t* owner = static_cast<const int32_t*>(owners.data);
  for (int64_t i = 0; i < owners.size; i++) {
    if (owner[i] < 0 || owner[i] >= x.dims[0]) return fail(failure, Status::Index, owner[i], x.dims[0]);
  }
  if (out.size == 0) return true;
  if (x.dtype == DType::Float32) crop<float>(call, bilinear, outside);
  else crop<double>(call, bilinear, outside);
  return true;
}

const KernelRow kRows[] = {{"cropAndResize", cropAndResize}};

}  // namespace

const KernelRow* cropKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
