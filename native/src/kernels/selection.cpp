/**
 * Ops that compare elements with each other: topk, searchSorted, bincount, uniqueSlices. NaN is larger than all other elements;
 * of equal ones the first comes first.
 */
#include <algorithm>
#include <cstring>

#include "../core/memory.h"
#include "../threads/pool.h"
#include "attributes.h"
#include "fill.h"

namespace gfn {

namespace {

/** Elements that one thread looks at, at least. */
constexpr int64_t kPiece = 32768;

/** Calls body(first, last) over 0..count-1, in pieces of about kPiece elements, `width` per step. */
template <class Body>
void inPieces(int64_t count, int64_t width, const Body& body) {
  const int64_t piece = 1 + kPiece / (width < 1 ? 1 : width);
  parallelFor((count + piece - 1) / piece, [&](int64_t chunk) {
    const int64_t first = chunk * piece;
    body(first, first + piece < count ? first + piece : count);
  });
}

template <class T>
bool isNan(T x) {
  return x != x;
}

/** The k best of a row of n: a heap of their indices, the worst on top, in the memory of the result. */
template <class T>
void topOfRow(const T* x, int64_t n, int64_t k, T* values, int32_t* indices) {
  const auto before = [x](int32_t i, int32_t j) {
    const T a = x[i], b = x[j];
    if (isNan(a) || isNan(b)) return isNan(a) != isNan(b) ? isNan(a) : i < j;
    return a != b ? a > b : i < j;
  };
  for (int64_t i = 0; i < k; i++) indices[i] = static_cast<int32_t>(i);
  std::make_heap(indices, indices + k, before);
  for (int64_t i = k; i < n; i++) {
    const int32_t next = static_cast<int32_t>(i);
    if (!before(next, indices[0])) continue;
    std::pop_heap(indices, indices + k, before);
    indices[k - 1] = next;
    std::push_heap(indices, indices + k, before);
  }
  std::sort_heap(indices, indices + k, before);
  for (int64_t i = 0; i < k; i++) values[i] = x[indices[i]];
}

template <class T>
void topOfRows(const View& x, int64_t k, const View& values, const View& indices) {
  const int64_t n = x.dims[x.rank - 1];
  inPieces(countOf(x, 0, x.rank - 1), n, [&](int64_t first, int64_t last) {
    for (int64_t row = first; row < last; row++) {
      topOfRow(static_cast<const T*>(x.data) + row * n, n, k, static_cast<T*>(values.data) + row * k,
               static_cast<int32_t*>(indices.data) + row * k);
    }
  });
}

bool topk(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const int64_t k = attrs.integer();
  if (!attrs.complete() || call.nIn != 1 || call.nOut != 2) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& values = call.out[0];
  const View& indices = call.out[1];
  if (values.dtype != x.dtype || indices.dtype != DType::Int32) return fail(failure, Status::Internal);
  if (x.rank < 1 || k < 0 || k > x.dims[x.rank - 1]) return fail(failure, Status::Shape);
  const int64_t size = countOf(x, 0, x.rank - 1) * k;
  if (values.size != size || indices.size != size) return fail(failure, Status::Shape);
  if (size == 0) return true;
  switch (x.dtype) {
    case DType::Int32: topOfRows<int32_t>(x, k, values, indices); return true;
    case DType::UInt8: topOfRows<uint8_t>(x, k, values, indices); return true;
    case DType::Int64: topOfRows<int64_t>(x, k, values, indices); return true;
    case DType::Float32: topOfRows<float>(x, k, values, indices); return true;
    case DType::Float64: topOfRows<double>(x, k, values, indices); return true;
    default: return fail(failure, Status::Unsupported);
  }
}

template <class T>
bool isLess(T a, T b) {
  return a < b || (isNan(b) && !isNan(a));
}

template <class T>
void places(const View& sorted, const View& values, int32_t* out, bool right) {
  const int64_t n = sorted.dims[sorted.rank - 1];
  const int64_t m = values.dims[values.rank - 1];
  inPieces(values.size, 16, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; i++) {
      const T* row = static_cast<const T*>(sorted.data) + i / m * n;
      const T v = static_cast<const T*>(values.data)[i];
      const T* at = right ? std::upper_bound(row, row + n, v, isLess<T>) : std::lower_bound(row, row + n, v, isLess<T>);
      out[i] = static_cast<int32_t>(at - row);
    }
  });
}

bool searchSorted(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const bool right = attrs.flag();
  if (!attrs.complete() || call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& sorted = call.in[0];
  const View& values = call.in[1];
  const View& out = call.out[0];
  if (sorted.dtype != values.dtype || out.dtype != DType::Int32) return fail(failure, Status::Internal);
  if (sorted.rank < 1 || sorted.rank != values.rank || out.size != values.size) return fail(failure, Status::Shape);
  for (int i = 0; i < sorted.rank - 1; i++) {
    if (sorted.dims[i] != values.dims[i]) return fail(failure, Status::Shape);
  }
  if (out.size == 0) return true;
  int32_t* to = static_cast<int32_t*>(out.data);
  switch (sorted.dtype) {
    case DType::Int32: places<int32_t>(sorted, values, to, right); return true;
    case DType::UInt8: places<uint8_t>(sorted, values, to, right); return true;
    case DType::Int64: places<int64_t>(sorted, values, to, right); return true;
    case DType::Float32: places<float>(sorted, values, to, right); return true;
    case DType::Float64: places<double>(sorted, values, to, right); return true;
    default: return fail(failure, Status::Unsupported);
  }
}

/** Rows are bins of their own, so threads take rows. uint32_t for int32: sums wrap around. */
template <class T>
void countRows(const View& x, const View& weights, void* out, int64_t size, bool binary) {
  const int64_t n = x.dims[x.rank - 1];
  inPieces(countOf(x, 0, x.rank - 1), n, [&](int64_t first, int64_t last) {
    for (int64_t row = first; row < last; row++) {
      const int32_t* from = static_cast<const int32_t*>(x.data) + row * n;
      const T* weight = weights.size == 0 ? nullptr : static_cast<const T*>(weights.data) + row * n;
      T* bins = static_cast<T*>(out) + row * size;
      for (int64_t i = 0; i < n; i++) {
        if (from[i] >= size) continue;
        if (binary) bins[from[i]] = 1;
        else bins[from[i]] += weight == nullptr ? 1 : weight[i];
      }
    }
  });
}

bool bincount(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const int64_t size = attrs.integer();
  const bool binary = attrs.flag();
  if (!attrs.complete() || call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& weights = call.in[1];
  const View& out = call.out[0];
  if (x.dtype != DType::Int32 || out.dtype != weights.dtype) return fail(failure, Status::Internal);
  if (x.rank < 1 || size < 0 || (weights.size != 0 && weights.size != x.size)) return fail(failure, Status::Shape);
  if (out.size != countOf(x, 0, x.rank - 1) * size) return fail(failure, Status::Shape);
  const int32_t* values = static_cast<const int32_t*>(x.data);
  for (int64_t i = 0; i < x.size; i++) {
    if (values[i] < 0) return fail(failure, Status::Index, values[i], size);
  }
  fillView(out, 0);
  switch (out.dtype) {
    case DType::Int32: countRows<uint32_t>(x, weights, out.data, size, binary); return true;
    case DType::Float32: countRows<float>(x, weights, out.data, size, binary); return true;
    case DType::Float64: countRows<double>(x, weights, out.data, size, binary); return true;
    default: return fail(failure, Status::Unsupported);
  }
}

/** Bits that are the same for elements that count as equal: one NaN, one zero. */
uint64_t bitsOf(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return isNan(x) ? 0x7fc00000u : x == 0 ? 0 : bits;
}
uint64_t bitsOf(double x) {
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return isNan(x) ? 0x7ff8000000000000u : x == 0 ? 0 : bits;
}
uint64_t bitsOf(uint8_t x) { return x; }
uint64_t bitsOf(uint32_t x) { return x; }
uint64_t bitsOf(uint64_t x) { return x; }

template <class T>
uint64_t hashOf(const T* row, int64_t inner) {
  uint64_t hash = 0x9e3779b97f4a7c15u;
  for (int64_t k = 0; k < inner; k++) {
    hash = (hash ^ bitsOf(row[k])) * 0xff51afd7ed558ccdu;
    hash ^= hash >> 32;
  }
  return hash;
}

template <class T>
bool isSameRow(const T* a, const T* b, int64_t inner) {
  for (int64_t k = 0; k < inner; k++) {
    if (bitsOf(a[k]) != bitsOf(b[k])) return false;
  }
  return true;
}

/** A table of numbers of slices, open at the next place; `places` is a power of two and at least twice the slices. */
template <class T>
int32_t number(const T* x, int64_t n, int64_t inner, int32_t* table, int64_t places, int32_t* ids, int32_t* firsts) {
  int32_t known = 0;
  for (int64_t i = 0; i < n; i++) {
    const T* row = x + i * inner;
    uint64_t place = hashOf(row, inner) & static_cast<uint64_t>(places - 1);
    // 0 is free; id + 1 otherwise.
    while (table[place] != 0 && !isSameRow(x + firsts[table[place] - 1] * inner, row, inner)) place = (place + 1) & static_cast<uint64_t>(places - 1);
    if (table[place] == 0) {
      firsts[known] = static_cast<int32_t>(i);
      table[place] = ++known;
    }
    ids[i] = table[place] - 1;
  }
  return known;
}

bool uniqueSlices(const Call& call, Failure& failure) {
  if (call.nIn != 1 || call.nOut != 3) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  for (int i = 0; i < 3; i++) {
    if (call.out[i].dtype != DType::Int32) return fail(failure, Status::Internal);
  }
  if (x.rank < 1 || call.out[0].size != x.dims[0] || call.out[1].size != x.dims[0] || call.out[2].size != 1) return fail(failure, Status::Shape);
  const int64_t n = x.dims[0];
  const int64_t inner = countOf(x, 1, x.rank);
  int32_t* ids = static_cast<int32_t*>(call.out[0].data);
  int32_t* firsts = static_cast<int32_t*>(call.out[1].data);
  int32_t* total = static_cast<int32_t*>(call.out[2].data);
  for (int64_t i = 0; i < n; i++) firsts[i] = -1;
  *total = 0;
  if (n == 0) return true;
  int64_t places = 16;
  while (places < 2 * n) places *= 2;
  const Memory table(places * 4);
  if (table.data == nullptr) return fail(failure, Status::Memory, 0, places * 4);
  int32_t* slots = reinterpret_cast<int32_t*>(table.data);
  switch (x.dtype) {
    case DType::Int64: *total = number(static_cast<const uint64_t*>(x.data), n, inner, slots, places, ids, firsts); return true;
    case DType::Complex64: *total = number(static_cast<const float*>(x.data), n, 2 * inner, slots, places, ids, firsts); return true;
    case DType::UInt8:
    case DType::Bool: *total = number(static_cast<const uint8_t*>(x.data), n, inner, slots, places, ids, firsts); return true;
    case DType::Int32: *total = number(static_cast<const uint32_t*>(x.data), n, inner, slots, places, ids, firsts); return true;
    case DType::Float32: *total = number(static_cast<const float*>(x.data), n, inner, slots, places, ids, firsts); return true;
    case DType::Float64: *total = number(static_cast<const double*>(x.data), n, inner, slots, places, ids, firsts); return true;
    default: return fail(failure, Status::Unsupported);
  }
}

const KernelRow kRows[] = {{"topk", topk}, {"searchSorted", searchSorted}, {"bincount", bincount}, {"uniqueSlices", uniqueSlices}};

}  // namespace

const KernelRow* selectionKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
