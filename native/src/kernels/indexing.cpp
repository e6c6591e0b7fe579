/**
 * Ops that read or write parts of a tensor at int32 positions: index, setIndex, gather, oneHot.
 * A position outside 0..n-1 is Status::Index with the first bad one, found before anything is written.
 */
#include <cstring>

#include "../threads/pool.h"
#include "attributes.h"
#include "copy-box.h"
#include "fill.h"

namespace gfn {

namespace {

/** Rows copied below this many bytes stay on the calling thread. */
constexpr int64_t kPieceBytes = 512 * 1024;

bool isScalarIndex(const View& view) { return view.dtype == DType::Int32 && view.size == 1; }

/** out[...S] = x[i, ...S]. */
bool index(const Call& call, Failure& failure) {
  if (call.nIn != 2 || call.nOut != 1 || !isScalarIndex(call.in[1])) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (x.rank < 1 || out.dtype != x.dtype || out.size != countOf(x, 1, x.rank)) return fail(failure, Status::Shape);
  const int32_t i = *static_cast<const int32_t*>(call.in[1].data);
  if (i < 0 || i >= x.dims[0]) return fail(failure, Status::Index, i, x.dims[0]);
  const int64_t bytes = out.size * sizeOf(x.dtype);
  if (bytes > 0) std::memcpy(out.data, static_cast<const char*>(x.data) + i * bytes, static_cast<size_t>(bytes));
  return true;
}

/** out = x with slice i replaced by v; x and out may be the same memory, and then only the slice is written. */
bool setIndex(const Call& call, Failure& failure) {
  if (call.nIn != 3 || call.nOut != 1 || !isScalarIndex(call.in[1])) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& v = call.in[2];
  const View& out = call.out[0];
  if (x.rank < 1 || out.dtype != x.dtype || v.dtype != x.dtype) return fail(failure, Status::Shape);
  if (out.size != x.size || v.size != countOf(x, 1, x.rank)) return fail(failure, Status::Shape);
  const int32_t i = *static_cast<const int32_t*>(call.in[1].data);
  if (i < 0 || i >= x.dims[0]) return fail(failure, Status::Index, i, x.dims[0]);
  const int64_t bytes = sizeOf(x.dtype);
  const int64_t row = v.size * bytes;
  if (row == 0) return true;
  if (out.data != x.data) std::memcpy(out.data, x.data, static_cast<size_t>(x.size * bytes));
  std::memcpy(static_cast<char*>(out.data) + i * row, v.data, static_cast<size_t>(row));
  return true;
}

/** x [B, O, n, I] and picks [B, P] → out [B, O, P, I]. */
struct Gather {
  const char* x;
  const int32_t* picks;
  char* out;
  int64_t outer, n, perBatch, inner, bytes;

  /** The picks first..last of line `line` of B·O. */
  template <class T>
  void elements(int64_t line, int64_t first, int64_t last) const {
    const T* from = reinterpret_cast<const T*>(x) + line * n;
    const int32_t* at = picks + line / outer * perBatch;
    T* to = reinterpret_cast<T*>(out) + line * perBatch;
    for (int64_t k = first; k < last; k++) to[k] = from[at[k]];
  }

  void slices(int64_t line, int64_t first, int64_t last) const {
    const int64_t width = inner * bytes;
    const char* from = x + line * n * width;
    const int32_t* at = picks + line / outer * perBatch;
    char* to = out + line * perBatch * width;
    for (int64_t k = first; k < last; k++) std::memcpy(to + k * width, from + at[k] * width, static_cast<size_t>(width));
  }

  void run(int64_t line, int64_t first, int64_t last) const {
    if (inner != 1) return slices(line, first, last);
    switch (bytes) {
      case 1: return elements<uint8_t>(line, first, last);
      case 4: return elements<uint32_t>(line, first, last);
      default: return elements<uint64_t>(line, first, last);
    }
  }
};

bool gather(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const int32_t given = attrs.integer();
  const int32_t batch = attrs.integer();
  if (!attrs.complete() || call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& at = call.in[1];
  const View& out = call.out[0];
  const int axis = normalAxis(given, x.rank);
  if (at.dtype != DType::Int32 || out.dtype != x.dtype) return fail(failure, Status::Internal);
  if (axis < 0 || batch < 0 || batch > axis || batch > at.rank) return fail(failure, Status::Shape);
  for (int i = 0; i < batch; i++) {
    if (x.dims[i] != at.dims[i]) return fail(failure, Status::Shape);
  }
  const int64_t lines = countOf(x, 0, axis);
  const int64_t perBatch = countOf(at, batch, at.rank);
  const int64_t inner = countOf(x, axis + 1, x.rank);
  const int64_t n = x.dims[axis];
  if (out.size != lines * perBatch * inner) return fail(failure, Status::Shape);
  const int32_t* picks = static_cast<const int32_t*>(at.data);
  for (int64_t i = 0; i < at.size; i++) {
    if (picks[i] < 0 || picks[i] >= n) return fail(failure, Status::Index, picks[i], n);
  }
  if (out.size == 0) return true;
  const int64_t bytes = sizeOf(x.dtype);
  const Gather job{static_cast<const char*>(x.data), picks,    static_cast<char*>(out.data), countOf(x, batch, axis), n,
                   perBatch,                         inner,    bytes};
  const int64_t rows = lines * perBatch;
  const int64_t wanted = 1 + kPieceBytes / (inner * bytes);
  if (rows < 2 * wanted) {
    for (int64_t line = 0; line < lines; line++) job.run(line, 0, perBatch);
    return true;
  }
  // Pieces of `wanted` rows; a piece may begin and end inside a line.
  parallelFor((rows + wanted - 1) / wanted, [&](int64_t piece) {
    int64_t row = piece * wanted;
    const int64_t end = row + wanted < rows ? row + wanted : rows;
    while (row < end) {
      const int64_t line = row / perBatch;
      const int64_t first = row - line * perBatch;
      const int64_t last = end - line * perBatch < perBatch ? end - line * perBatch : perBatch;
      job.run(line, first, last);
      row = line * perBatch + last;
    }
  });
  return true;
}

/** out [...S, depth]: onValue at the position, offValue elsewhere; a position outside sets nothing. */
bool oneHot(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const int32_t depth = attrs.integer();
  const double on = attrs.number();
  const double off = attrs.number();
  if (!attrs.complete() || call.nIn != 1 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (x.dtype != DType::Int32) return fail(failure, Status::Internal);
  if (depth < 0 || out.size != x.size * depth) return fail(failure, Status::Shape);
  fillView(out, off);
  const uint64_t bits = elementBits(on, out.dtype);
  const int64_t bytes = sizeOf(out.dtype);
  const int32_t* at = static_cast<const int32_t*>(x.data);
  for (int64_t row = 0; row < x.size; row++) {
    if (at[row] >= 0 && at[row] < depth) storeElement(out.data, row * depth + at[row], bits, bytes);
  }
  return true;
}

const KernelRow kRows[] = {{"index", index}, {"setIndex", setIndex}, {"gather", gather}, {"oneHot", oneHot}};

}  // namespace

const KernelRow* indexingKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
