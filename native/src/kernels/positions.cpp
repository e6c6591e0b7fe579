/**
 * Ops over positions of several axes: gatherND, scatterND, scatterUpdate. All positions are checked before anything is written.
 * Scattering goes through the updates in their order, whatever the number of threads: those take columns of their own.
 */
#include "positions.h"

#include <cstring>

#include "../threads/pool.h"
#include "fill.h"

namespace gfn {

namespace {

/** Bytes that one thread copies at least. */
constexpr int64_t kPieceBytes = 512 * 1024;
/** Columns of a chunk: whole cache lines. */
constexpr int64_t kColumns = 256;
/** Elements below which one thread does all. */
constexpr int64_t kSmall = 65536;

template <class T>
void pickElements(const Positions& at, const void* x, void* out, int64_t first, int64_t last) {
  for (int64_t i = first; i < last; i++) static_cast<T*>(out)[i] = static_cast<const T*>(x)[at.at(i)];
}

void pick(const Positions& at, int64_t bytes, const void* x, void* out, int64_t first, int64_t last) {
  if (at.inner == 1 && bytes == 4) return pickElements<uint32_t>(at, x, out, first, last);
  if (at.inner == 1 && bytes == 8) return pickElements<uint64_t>(at, x, out, first, last);
  const int64_t width = at.inner * bytes;
  for (int64_t i = first; i < last; i++) {
    std::memcpy(static_cast<char*>(out) + i * width, static_cast<const char*>(x) + at.at(i) * width, static_cast<size_t>(width));
  }
}

bool gatherND(const Call& call, Failure& failure) {
  if (call.nIn != 2 || call.nOut != 1 || call.out[0].dtype != call.in[0].dtype) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  Positions at;
  if (!at.read(call.in[1], x, failure)) return false;
  if (out.size != at.count * at.inner) return fail(failure, Status::Shape);
  if (out.size == 0) return true;
  const int64_t bytes = sizeOf(x.dtype);
  const int64_t piece = 1 + kPieceBytes / (at.inner * bytes);
  parallelFor((at.count + piece - 1) / piece, [&](int64_t chunk) {
    const int64_t first = chunk * piece;
    pick(at, bytes, x.data, out.data, first, first + piece < at.count ? first + piece : at.count);
  });
  return true;
}

/** Calls body(first column, last column): once, or by chunks of columns on all threads. */
template <class Body>
void byColumns(const Positions& at, const Body& body) {
  if (at.count * at.inner < kSmall || at.inner < 2 * kColumns) return body(int64_t{0}, at.inner);
  parallelFor((at.inner + kColumns - 1) / kColumns, [&](int64_t chunk) {
    const int64_t first = chunk * kColumns;
    body(first, first + kColumns < at.inner ? first + kColumns : at.inner);
  });
}

/** uint32_t for int32: sums wrap around. */
template <class T>
void add(const Positions& at, const void* updates, void* out) {
  byColumns(at, [&](int64_t first, int64_t last) {
    for (int64_t i = 0; i < at.count; i++) {
      const T* from = static_cast<const T*>(updates) + i * at.inner;
      T* to = static_cast<T*>(out) + at.at(i) * at.inner;
      for (int64_t k = first; k < last; k++) to[k] += from[k];
    }
  });
}

bool scatterND(const Call& call, Failure& failure) {
  if (call.nIn != 2 || call.nOut != 1 || call.out[0].dtype != call.in[1].dtype) return fail(failure, Status::Internal);
  const View& updates = call.in[1];
  const View& out = call.out[0];
  Positions at;
  if (!at.read(call.in[0], out, failure)) return false;
  if (updates.size != at.count * at.inner) return fail(failure, Status::Shape);
  fillView(out, 0);
  if (updates.size == 0) return true;
  switch (out.dtype) {
    case DType::Int32: add<uint32_t>(at, updates.data, out.data); return true;
    case DType::Float32: add<float>(at, updates.data, out.data); return true;
    case DType::Int64: add<uint64_t>(at, updates.data, out.data); return true;
    case DType::Complex64:
      at.inner *= 2;
      add<float>(at, updates.data, out.data);
      return true;
    case DType::Float64: add<double>(at, updates.data, out.data); return true;
    default: return fail(failure, Status::Unsupported);
  }
}

/** x and out may be the same memory, and then only what is updated is written. */
bool scatterUpdate(const Call& call, Failure& failure) {
  if (call.nIn != 3 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& updates = call.in[2];
  const View& out = call.out[0];
  if (out.dtype != x.dtype || updates.dtype != x.dtype) return fail(failure, Status::Internal);
  Positions at;
  if (!at.read(call.in[1], x, failure)) return false;
  if (out.size != x.size || updates.size != at.count * at.inner) return fail(failure, Status::Shape);
  const int64_t bytes = sizeOf(x.dtype);
  if (x.size == 0) return true;
  if (out.data != x.data) std::memcpy(out.data, x.data, static_cast<size_t>(x.size * bytes));
  byColumns(at, [&](int64_t first, int64_t last) {
    for (int64_t i = 0; i < at.count; i++) {
      std::memcpy(static_cast<char*>(out.data) + (at.at(i) * at.inner + first) * bytes,
                  static_cast<const char*>(updates.data) + (i * at.inner + first) * bytes, static_cast<size_t>((last - first) * bytes));
    }
  });
  return true;
}

const KernelRow kRows[] = {{"gatherND", gatherND}, {"scatterND", scatterND}, {"scatterUpdate", scatterUpdate}};

}  // namespace

const KernelRow* positionsKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
