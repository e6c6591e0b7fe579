/**
 * segmentSum: slices of x [N, I] added to the rows of out [count, I] that their ids name, in the order of x; those of negative ids
 * are left out. Threads take columns of their own, so that the order, and with it every rounding, is the same for any number of them.
 */
#include "../threads/pool.h"
#include "attributes.h"
#include "fill.h"

namespace gfn {

namespace {

/** Columns of a chunk: whole cache lines. */
constexpr int64_t kColumns = 256;
/** Elements below which one thread does all. */
constexpr int64_t kSmall = 65536;

/** uint32_t for int32, uint64_t for int64: sums wrap around. */
template <class T>
void addColumns(const T* x, const int32_t* ids, T* out, int64_t n, int64_t inner, int64_t first, int64_t last) {
  for (int64_t i = 0; i < n; i++) {
    const T* from = x + i * inner;
    if (ids[i] < 0) continue;
    T* to = out + ids[i] * inner;
    for (int64_t k = first; k < last; k++) to[k] += from[k];
  }
}

template <class T>
void addSlices(const View& x, const int32_t* ids, const View& out, int64_t inner) {
  const T* from = static_cast<const T*>(x.data);
  T* to = static_cast<T*>(out.data);
  const int64_t n = x.dims[0];
  if (x.size < kSmall || inner < 2 * kColumns) return addColumns(from, ids, to, n, inner, 0, inner);
  parallelFor((inner + kColumns - 1) / kColumns, [&](int64_t chunk) {
    const int64_t first = chunk * kColumns;
    addColumns(from, ids, to, n, inner, first, first + kColumns < inner ? first + kColumns : inner);
  });
}

bool segmentSum(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const int32_t count = attrs.integer();
  if (!attrs.complete() || call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& at = call.in[1];
  const View& out = call.out[0];
  if (at.dtype != DType::Int32 || out.dtype != x.dtype) return fail(failure, Status::Internal);
  if (x.dtype == DType::Bool || x.dtype == DType::UInt8) return fail(failure, Status::Unsupported);
  if (x.rank < 1 || count < 0 || at.size != x.dims[0]) return fail(failure, Status::Shape);
  const int64_t inner = countOf(x, 1, x.rank);
  if (out.size != count * inner) return fail(failure, Status::Shape);
  const int32_t* ids = static_cast<const int32_t*>(at.data);
  for (int64_t i = 0; i < at.size; i++) {
    if (ids[i] >= count) return fail(failure, Status::Index, ids[i], count);
  }
  fillView(out, 0);
  switch (x.dtype) {
    case DType::Complex64: addSlices<float>(x, ids, out, 2 * inner); break;
    case DType::Int64: addSlices<uint64_t>(x, ids, out, inner); break;
    case DType::Int32: addSlices<uint32_t>(x, ids, out, inner); break;
    case DType::Float32: addSlices<float>(x, ids, out, inner); break;
    default: addSlices<double>(x, ids, out, inner); break;
  }
  return true;
}

const KernelRow kRows[] = {{"segmentSum", segmentSum}};

}  // namespace

const KernelRow* segmentKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
