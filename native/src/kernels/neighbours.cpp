/** neighbourSum (runtime/src/ops/neighbours.ts). Blocks of a row's sums are kept in double precision while terms are added in order. */
#include <algorithm>

#include "../threads/pool.h"
#include "attributes.h"

namespace gfn {

namespace {

constexpr int64_t kBlock = 256;
/** Terms of one chunk. */
constexpr int64_t kChunk = 32768;

template <class T>
void sumRow(const T* x, T* out, int64_t channels, int64_t radius) {
  double sums[kBlock];
  for (int64_t first = 0; first < channels; first += kBlock) {
    const int64_t last = std::min(channels, first + kBlock);
    std::fill(sums, sums + (last - first), 0.0);
    // Term c + shift of each c of the block, where there is one: each sum gets its terms in order.
    const int64_t from = std::max(-radius, 1 - last), to = std::min(radius, channels - 1 - first);
    for (int64_t shift = from; shift <= to; shift++) {
      const int64_t begin = std::max(first, -shift), end = std::min(last, channels - shift);
      for (int64_t c = begin; c < end; c++) sums[c - first] += static_cast<double>(x[c + shift]);
    }
    for (int64_t c = first; c < last; c++) out[c] = static_cast<T>(sums[c - first]);
  }
}

template <class T>
void sumRows(const View& x, const View& out, int64_t radius) {
  const int64_t channels = x.dims[x.rank - 1];
  const int64_t rows = x.size / channels;
  const int64_t perRow = channels * std::min(channels, 2 * radius + 1);
  const int64_t each = 1 + kChunk / perRow;
  parallelFor((rows + each - 1) / each, [&](int64_t chunk) {
    for (int64_t row = chunk * each; row < std::min(rows, (chunk + 1) * each); row++) {
      sumRow(static_cast<const T*>(x.data) + row * channels, static_cast<T*>(out.data) + row * channels, channels, radius);
    }
  });
}

bool neighbourSum(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const int64_t radius = attrs.integer();
  if (!attrs.complete() || call.nIn != 1 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (x.dtype != out.dtype) return fail(failure, Status::Internal);
  if (x.dtype != DType::Float32 && x.dtype != DType::Float64) return fail(failure, Status::Unsupported);
  if (radius < 0 || x.rank < 1 || x.rank != out.rank) return fail(failure, Status::Shape);
  for (int i = 0; i < x.rank; i++) {
    if (x.dims[i] != out.dims[i]) return fail(failure, Status::Shape);
  }
  if (x.size == 0) return true;
  if (x.dtype == DType::Float32) sumRows<float>(x, out, radius);
  else sumRows<double>(x, out, radius);
  return true;
}

const KernelRow kRows[] = {{"neighbourSum", neighbourSum}};

}  // namespace

const KernelRow* neighboursKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
