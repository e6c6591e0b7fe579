/** mirrorPad: x with margins that mirror it. Rows of the result are copied from rows of x; the last axis is written in three parts. */
#include <cstring>

#include "../threads/pool.h"
#include "attributes.h"
#include "copy-box.h"

namespace gfn {

namespace {

constexpr int64_t kPieceBytes = 512 * 1024;

struct Mirror {
  const View& x;
  const View& out;
  IntList paddings;
  bool edge;
  int64_t from[kMaxRank];

  /** Where place i of an axis of the result comes from. */
  int64_t source(int axis, int64_t i) const {
    const int64_t n = x.dims[axis];
    const int64_t t = i - paddings[2 * axis];
    if (t < 0) return edge ? -1 - t : -t;
    return t < n ? t : 2 * n - t - (edge ? 1 : 2);
  }

  template <class T>
  void row(int64_t number) const {
    const int last = x.rank - 1;
    int64_t start = 0;
    int64_t rest = number;
    for (int axis = last - 1; axis >= 0; axis--) {
      start += source(axis, rest % out.dims[axis]) * from[axis];
      rest /= out.dims[axis];
    }
    const T* in = static_cast<const T*>(x.data) + start;
    const int64_t width = out.dims[last];
    T* to = static_cast<T*>(out.data) + number * width;
    const int64_t before = paddings[2 * last];
    const int64_t n = x.dims[last];
    for (int64_t i = 0; i < before; i++) to[i] = in[source(last, i)];
    std::memcpy(to + before, in, static_cast<size_t>(n) * sizeof(T));
    for (int64_t i = before + n; i < width; i++) to[i] = in[source(last, i)];
  }

  template <class T>
  void run() const {
    const int64_t width = out.dims[out.rank - 1];
    const int64_t rows = out.size / width;
    const int64_t piece = 1 + kPieceBytes / (width * static_cast<int64_t>(sizeof(T)));
    parallelFor((rows + piece - 1) / piece, [&](int64_t chunk) {
      const int64_t end = (chunk + 1) * piece < rows ? (chunk + 1) * piece : rows;
      for (int64_t i = chunk * piece; i < end; i++) row<T>(i);
    });
  }
};

bool mirrorPad(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const IntList paddings = attrs.ints();
  const bool edge = attrs.flag();
  if (!attrs.complete() || call.nIn != 1 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (out.dtype != x.dtype) return fail(failure, Status::Internal);
  if (out.rank != x.rank || paddings.count != 2 * x.rank) return fail(failure, Status::Shape);
  for (int i = 0; i < x.rank; i++) {
    const int64_t before = paddings[2 * i], after = paddings[2 * i + 1];
    const int64_t most = edge || x.dims[i] == 0 ? x.dims[i] : x.dims[i] - 1;
    if (before < 0 || after < 0 || before > most || after > most || out.dims[i] != x.dims[i] + before + after) {
      return fail(failure, Status::Shape);
    }
  }
  if (out.size == 0) return true;
  const int64_t bytes = sizeOf(x.dtype);
  if (x.rank == 0) {
    std::memcpy(out.data, x.data, static_cast<size_t>(bytes));
    return true;
  }
  Mirror job{x, out, paddings, edge, {}};
  stepsOf(x, job.from);
  switch (bytes) {
    case 1: job.run<uint8_t>(); return true;
    case 4: job.run<uint32_t>(); return true;
    default: job.run<uint64_t>(); return true;
  }
}

const KernelRow kRows[] = {{"mirrorPad", mirrorPad}};

}  // namespace

const KernelRow* mirrorPadKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
