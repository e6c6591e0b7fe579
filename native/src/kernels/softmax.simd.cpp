/**
 * Loops of softmax, logSoftmax and logSumExp. Rows are worked on in blocks that lie in L1: short rows together, so that the
 * exponentials run over whole blocks whatever the length of a row is, long rows piece by piece.
 *
 *   largest of each row → x − largest → eˣ over the block → sums (of float: eight in single precision, those in double) → the result, by row
 *
 * Sums are added in an order that the row's length alone decides: neither threads nor level change a bit.
 */
#include "../simd/vec.h"
#include "../threads/pool.h"
#include "elementwise-math.h"
#include "softmax-job.h"

namespace gfn::GFN_LEVEL {

namespace {

/** Elements of a block. */
constexpr int64_t kBlock = 1024;
/** Rows up to here share blocks. */
constexpr int64_t kShort = 128;
/** Elements that are worth a chunk of their own. */
constexpr int64_t kChunk = 16384;

constexpr int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/** NaN wins. */
template <class V>
GFN_INLINE V larger(V a, V v) {
  return (v > a) | (v != v) ? v : a;
}

template <class T>
T largestOf(const T* x, int64_t n) {
  constexpr int lanes = 64 / sizeof(T);
  using V = Vec<T, lanes>;
  T largest = -m::infinity(T());
  int64_t i = 0;
  if (n >= lanes) {
    // Four at a time: each waits for the one before it.
    V a = splat<V, lanes>(largest), b = a, c = a, d = a;
    for (; i + 4 * lanes <= n; i += 4 * lanes) {
      a = larger(a, loadVec<V>(x + i));
      b = larger(b, loadVec<V>(x + i + lanes));
      c = larger(c, loadVec<V>(x + i + 2 * lanes));
      d = larger(d, loadVec<V>(x + i + 3 * lanes));
    }
    for (; i + lanes <= n; i += lanes) a = larger(a, loadVec<V>(x + i));
    T lane[4 * lanes];
    storeVec(lane, a);
    storeVec(lane + lanes, b);
    storeVec(lane + 2 * lanes, c);
    storeVec(lane + 3 * lanes, d);
    for (const T value : lane) largest = (value > largest) | (value != value) ? value : largest;
  }
  for (; i < n; i++) largest = (x[i] > largest) | (x[i] != x[i]) ? x[i] : largest;
  return largest;
}

/** Eight neighbours each in single precision, which is as exact as one rounding of the result, then in double. */
inline double sumOf(const float* x, int64_t n) {
  constexpr int lanes = 16;
  using V = Vec<float, lanes>;
  using Wide = Vec<double, lanes>;
  double sum = 0;
  int64_t i = 0;
  if (n >= 8 * lanes) {
    Wide a = splat<Wide, lanes>(0.0);
    for (; i + 8 * lanes <= n; i += 8 * lanes) {
      const V v = (loadVec<V>(x + i) + loadVec<V>(x + i + lanes)) + (loadVec<V>(x + i + 2 * lanes) + loadVec<V>(x + i + 3 * lanes));
      const V w = (loadVec<V>(x + i + 4 * lanes) + loadVec<V>(x + i + 5 * lanes)) + (loadVec<V>(x + i + 6 * lanes) + loadVec<V>(x + i + 7 * lanes));
      a += __builtin_convertvector(v + w, Wide);
    }
    double lane[lanes];
    storeVec(lane, a);
    for (int half = lanes / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) lane[l] += lane[l + half];
    }
    sum = lane[0];
  }
  for (; i < n; i++) sum += static_cast<double>(x[i]);
  return sum;
}
inline double sumOf(const double* x, int64_t n) {
  constexpr int lanes = 8;
  using V = Vec<double, lanes>;
  double sum = 0;
  int64_t i = 0;
  if (n >= 2 * lanes) {
    V a = splat<V, lanes>(0.0), b = a;
    for (; i + 2 * lanes <= n; i += 2 * lanes) {
      a += loadVec<V>(x + i);
      b += loadVec<V>(x + i + lanes);
    }
    a += b;
    sum = ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
  }
  for (; i < n; i++) sum += x[i];
  return sum;
}

/** to[i] = e^(x[i] − shift). */
template <class T>
void shifted(const T* x, T* to, int64_t n, T shift) {
  for (int64_t i = 0; i < n; i++) to[i] = x[i] - shift;
}
inline void expAll(double* x, int64_t n) {
  for (int64_t i = 0; i < n; i++) x[i] = m::exp(x[i]);
}
/** Where no exponential leaves the normal range, in the shorter form; the bits are the same. */
inline void expAll(float* x, int64_t n) {
  int unusual = 0;
  for (int64_t i = 0; i < n; i++) unusual |= !m::isUsualExponent(x[i]);
  if (unusual == 0) {
    for (int64_t i = 0; i < n; i++) x[i] = m::expUsual(x[i]);
  } else {
    for (int64_t i = 0; i < n; i++) x[i] = m::exp(x[i]);
  }
}

/** The result of one row from its elements, exponentials (softmax: in `out` already), largest element and sum. */
template <RowOp op, class T>
void finish(const T* x, T* out, int64_t n, T largest, double sum) {
  if constexpr (op == RowOp::Softmax) {
    const T inverse = static_cast<T>(1 / sum);
    for (int64_t i = 0; i < n; i++) out[i] *= inverse;
  } else if constexpr (op == RowOp::LogSoftmax) {
    const double total = static_cast<double>(largest) + m::log(sum);
    for (int64_t i = 0; i < n; i++) out[i] = static_cast<T>(static_cast<double>(x[i]) - total);
  } else {
    const bool finite = largest - largest == 0;
    *out = finite ? static_cast<T>(static_cast<double>(largest) + m::log(sum)) : largest;
  }
}

/** Rows of at most kShort elements. */
template <RowOp op, class T>
void shortRows(const T* x, T* out, int64_t rows, int64_t n) {
  T buffer[op == RowOp::Softmax ? 1 : kBlock];
  T largest[kBlock];
  const int64_t step = op == RowOp::LogSumExp ? 1 : n;
  const int64_t group = kBlock / n;
  for (int64_t first = 0; first < rows; first += group) {
    const int64_t count = least(group, rows - first);
    const T* from = x + first * n;
    T* to = out + first * step;
    T* e = op == RowOp::Softmax ? to : buffer;
    for (int64_t r = 0; r < count; r++) {
      largest[r] = largestOf(from + r * n, n);
      shifted(from + r * n, e + r * n, n, largest[r]);
    }
    expAll(e, count * n);
    for (int64_t r = 0; r < count; r++) finish<op>(from + r * n, to + r * step, n, largest[r], sumOf(e + r * n, n));
  }
}

template <RowOp op, class T>
void longRow(const T* x, T* out, int64_t n) {
  T buffer[op == RowOp::Softmax ? 1 : kBlock];
  const T largest = largestOf(x, n);
  double sum = 0;
  for (int64_t i = 0; i < n; i += kBlock) {
    const int64_t count = least(kBlock, n - i);
    T* e = op == RowOp::Softmax ? out + i : buffer;
    shifted(x + i, e, count, largest);
    expAll(e, count);
    sum += sumOf(e, count);
  }
  finish<op>(x, out, n, largest, sum);
}

template <RowOp op, class T>
void run(const RowJob& job) {
  const T* x = static_cast<const T*>(job.x);
  T* out = static_cast<T*>(job.out);
  const int64_t n = job.n;
  const int64_t step = op == RowOp::LogSumExp ? 1 : n;
  const int64_t each = 1 + kChunk / n;
  parallelFor((job.rows + each - 1) / each, [&](int64_t chunk) {
    const int64_t first = chunk * each;
    const int64_t last = least(job.rows, first + each);
    if (n <= kShort) return shortRows<op>(x + first * n, out + first * step, last - first, n);
    for (int64_t r = first; r < last; r++) longRow<op>(x + r * n, out + r * step, n);
  });
}

template <RowOp op>
void runOf(const RowJob& job) {
  return job.dtype == DType::Float64 ? run<op, double>(job) : run<op, float>(job);
}

}  // namespace

void rowLoops(RowOp op, const RowJob& job) {
  switch (op) {
    case RowOp::Softmax: return runOf<RowOp::Softmax>(job);
    case RowOp::LogSoftmax: return runOf<RowOp::LogSoftmax>(job);
    case RowOp::LogSumExp: return runOf<RowOp::LogSumExp>(job);
  }
}

}  // namespace gfn::GFN_LEVEL
