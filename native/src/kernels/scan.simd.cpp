/**
 * Loops along one axis of x [outer, n, inner]: argMax, argMin, cumsum, cumprod. Running floats accumulate in double precision
 * and are rounded at each store, one element after the other, as the definition says. Lines are shared out over threads.
 */
#include "../threads/pool.h"
#include "reduce-job.h"
#include "reduce-rules.h"

namespace gfn::GFN_LEVEL {

namespace {

constexpr int64_t kChunk = 32768;
/** Columns worked on together when the axis is not the last. */
constexpr int64_t kLine = 256;

constexpr int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/** v takes the place of best: NaN beats all but NaN. */
template <class T, bool largest>
GFN_INLINE bool beats(T v, T best) {
  return (largest ? v > best : v < best) | ((v != v) & (best == best));
}

/** Elements of which the peak is known before a place is looked for: a few lines of the first-level cache. */
constexpr int64_t kPeak = 512;

/** What beats all others of a run: one comparison per vector, then the lanes. */
template <class T, bool largest>
T peakOf(const T* x, int64_t n) {
  constexpr int lanes = kLanes<T>;
  T best = x[0];
  int64_t i = 0;
  if (n >= 2 * lanes) {
    Reg<T> a = loadVec<Reg<T>>(x), b = loadVec<Reg<T>>(x + lanes);
    const auto better = [](Reg<T> v, Reg<T> best) { return ((largest ? v > best : v < best) | ((v != v) & (best == best))) ? v : best; };
    for (i = 2 * lanes; i + 2 * lanes <= n; i += 2 * lanes) {
      a = better(loadVec<Reg<T>>(x + i), a);
      b = better(loadVec<Reg<T>>(x + i + lanes), b);
    }
    T lane[lanes];
    storeVec(lane, better(a, b));
    best = lane[0];
    for (int l = 1; l < lanes; l++) best = beats<T, largest>(lane[l], best) ? lane[l] : best;
  }
  for (; i < n; i++) best = beats<T, largest>(x[i], best) ? x[i] : best;
  return best;
}

/** The axis is the last: the piece with the peak, then the first place in it. */
template <class T, bool largest>
int32_t placeInRun(const T* x, int64_t n) {
  T best = x[0];
  int64_t at = 0;
  for (int64_t i = 0; i < n; i += kPeak) {
    const T peak = peakOf<T, largest>(x + i, least(kPeak, n - i));
    if (i > 0 && !beats<T, largest>(peak, best)) continue;
    best = peak;
    at = i;
  }
  // NaN is no number's equal, but all of them are the same peak.
  while (x[at] != best && x[at] == x[at]) at++;
  return static_cast<int32_t>(at);
}

template <class T, bool largest>
void placesInColumns(const T* x, int64_t n, int64_t inner, int64_t width, int32_t* out) {
  T best[kLine];
  int32_t at[kLine];
  for (int64_t j = 0; j < width; j++) {
    best[j] = x[j];
    at[j] = 0;
  }
  for (int64_t k = 1; k < n; k++) {
    const T* row = x + k * inner;
    const int32_t place = static_cast<int32_t>(k);
    for (int64_t j = 0; j < width; j++) {
      const bool better = beats<T, largest>(row[j], best[j]);
      best[j] = better ? row[j] : best[j];
      at[j] = better ? place : at[j];
    }
  }
  for (int64_t j = 0; j < width; j++) out[j] = at[j];
}

template <class T, bool largest>
void places(const ArgJob& job) {
  const T* x = static_cast<const T*>(job.x);
  const int64_t tile = least(job.inner, kLine);
  const int64_t tiles = (job.inner + tile - 1) / tile;
  const int64_t tasks = job.outer * tiles;
  const int64_t each = 1 + kChunk / (job.n * tile);
  parallelFor((tasks + each - 1) / each, [&](int64_t chunk) {
    const int64_t last = least(tasks, (chunk + 1) * each);
    for (int64_t task = chunk * each; task < last; task++) {
      const int64_t o = task / tiles;
      const int64_t column = task % tiles * tile;
      const T* from = x + o * job.n * job.inner + column;
      int32_t* to = job.out + o * job.inner + column;
      if (job.inner == 1) *to = placeInRun<T, largest>(from, job.n);
      else placesInColumns<T, largest>(from, job.n, job.inner, least(tile, job.inner - column), to);
    }
  });
}

template <class T>
void placesOf(const ArgJob& job) {
  return job.largest ? places<T, true>(job) : places<T, false>(job);
}

/** Acc: double for floats, unsigned for integers. Rows of `width` neighbours advance together. */
template <class T, class Acc, bool product>
void runLine(const T* x, T* out, int64_t n, int64_t inner, int64_t width, bool exclusive, bool reverse) {
  Acc acc[kLine];
  for (int64_t j = 0; j < width; j++) acc[j] = product ? 1 : 0;
  for (int64_t k = 0; k < n; k++) {
    const int64_t row = (reverse ? n - 1 - k : k) * inner;
    const T* from = x + row;
    T* to = out + row;
    if (exclusive) {
      for (int64_t j = 0; j < width; j++) {
        const Acc next = product ? acc[j] * static_cast<Acc>(from[j]) : acc[j] + static_cast<Acc>(from[j]);
        to[j] = static_cast<T>(acc[j]);
        acc[j] = next;
      }
    } else {
      for (int64_t j = 0; j < width; j++) {
        acc[j] = product ? acc[j] * static_cast<Acc>(from[j]) : acc[j] + static_cast<Acc>(from[j]);
        to[j] = static_cast<T>(acc[j]);
      }
    }
  }
}

/** Lines that advance together where the axis is the last: each waits for its own sum only. */
constexpr int64_t kTogether = 8;

/** As runLine, of kTogether lines, one behind the other, whose elements are neighbours. */
template <class T, class Acc, bool product, bool exclusive>
void runTogether(const T* x, T* out, int64_t n, bool reverse) {
  Acc acc[kTogether];
  for (int64_t j = 0; j < kTogether; j++) acc[j] = product ? 1 : 0;
  for (int64_t k = 0; k < n; k++) {
    const int64_t at = reverse ? n - 1 - k : k;
    for (int64_t j = 0; j < kTogether; j++) {
      const Acc before = acc[j];
      const Acc value = static_cast<Acc>(x[j * n + at]);
      acc[j] = product ? before * value : before + value;
      out[j * n + at] = static_cast<T>(exclusive ? before : acc[j]);
    }
  }
}

template <class T, class Acc, bool product>
void scanRows(const ScanJob& job) {
  const T* x = static_cast<const T*>(job.x);
  T* out = static_cast<T*>(job.out);
  const int64_t tasks = (job.outer + kTogether - 1) / kTogether;
  const int64_t each = 1 + kChunk / (job.n * kTogether);
  parallelFor((tasks + each - 1) / each, [&](int64_t chunk) {
    const int64_t last = least(tasks, (chunk + 1) * each);
    for (int64_t task = chunk * each; task < last; task++) {
      const int64_t first = task * kTogether;
      const T* from = x + first * job.n;
      T* to = out + first * job.n;
      if (first + kTogether <= job.outer) {
        if (job.exclusive) runTogether<T, Acc, product, true>(from, to, job.n, job.reverse);
        else runTogether<T, Acc, product, false>(from, to, job.n, job.reverse);
        continue;
      }
      for (int64_t row = first; row < job.outer; row++, from += job.n, to += job.n)
        runLine<T, Acc, product>(from, to, job.n, 1, 1, job.exclusive, job.reverse);
    }
  });
}

template <class T, class Acc, bool product>
void scanLines(const ScanJob& job) {
  if (job.inner == 1) return scanRows<T, Acc, product>(job);
  const T* x = static_cast<const T*>(job.x);
  T* out = static_cast<T*>(job.out);
  const int64_t tile = least(job.inner, kLine);
  const int64_t tiles = (job.inner + tile - 1) / tile;
  const int64_t tasks = job.outer * tiles;
  const int64_t each = 1 + kChunk / (job.n * tile);
  parallelFor((tasks + each - 1) / each, [&](int64_t chunk) {
    const int64_t last = least(tasks, (chunk + 1) * each);
    for (int64_t task = chunk * each; task < last; task++) {
      const int64_t column = task % tiles * tile;
      const int64_t start = task / tiles * job.n * job.inner + column;
      const int64_t width = least(tile, job.inner - column);
      runLine<T, Acc, product>(x + start, out + start, job.n, job.inner, width, job.exclusive, job.reverse);
    }
  });
}

template <class T, class Acc>
void scanOf(const ScanJob& job) {
  return job.product ? scanLines<T, Acc, true>(job) : scanLines<T, Acc, false>(job);
}

}  // namespace

void argLoops(const ArgJob& job) {
  switch (job.dtype) {
    case DType::Int32: return placesOf<int32_t>(job);
    case DType::UInt8: return placesOf<uint8_t>(job);
    case DType::Int64: return placesOf<int64_t>(job);
    case DType::Float32: return placesOf<float>(job);
    default: return placesOf<double>(job);
  }
}

void scanLoops(const ScanJob& job) {
  switch (job.dtype) {
    case DType::Int32: return scanOf<uint32_t, uint32_t>(job);
    case DType::Int64: return scanOf<uint64_t, uint64_t>(job);
    case DType::Float32: return scanOf<float, double>(job);
    default: return scanOf<double, double>(job);
  }
}

}  // namespace gfn::GFN_LEVEL
