/**
 * The innermost part of matrix products: one tile of C, M rows × V vectors, in registers.
 *
 *   for p in 0..k:  row r of the tile += a[r, p] · b[p, tile]
 *
 * A is read element by element (each spread over a vector), B by vectors. The sizes fill the registers of a level: 24 accumulators
 * of 32 registers with AVX-512 (and on Arm), 12 of 16 with AVX2 and SSE2.
 */
#pragma once
#include <type_traits>

#include "../simd/vec.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace gfn::GFN_LEVEL {

#if defined(__AVX512F__)
constexpr int kTileRows = 12;
#elif defined(__AVX2__)
constexpr int kTileRows = 6;
#elif defined(__aarch64__)
constexpr int kTileRows = 12;
#else
constexpr int kTileRows = 6;
#endif

/** Columns of the standard tile: two vectors. */
template <class T>
constexpr int kTileColumns = 2 * kLanes<T>;

/** a·b + c, rounded once where the level has an instruction for it. */
GFN_INLINE Reg<uint32_t> multiplyAdd(Reg<uint32_t> a, Reg<uint32_t> b, Reg<uint32_t> c) { return a * b + c; }
GFN_INLINE Reg<uint64_t> multiplyAdd(Reg<uint64_t> a, Reg<uint64_t> b, Reg<uint64_t> c) { return a * b + c; }
#if defined(__AVX512F__)
GFN_INLINE Reg<float> multiplyAdd(Reg<float> a, Reg<float> b, Reg<float> c) { return (Reg<float>)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
GFN_INLINE Reg<double> multiplyAdd(Reg<double> a, Reg<double> b, Reg<double> c) {
  return (Reg<double>)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}
GFN_INLINE Reg<float> spread(float x) { return (Reg<float>)_mm512_set1_ps(x); }
GFN_INLINE Reg<double> spread(double x) { return (Reg<double>)_mm512_set1_pd(x); }
GFN_INLINE Reg<uint32_t> spread(uint32_t x) { return (Reg<uint32_t>)_mm512_set1_epi32(static_cast<int>(x)); }
GFN_INLINE Reg<uint64_t> spread(uint64_t x) { return (Reg<uint64_t>)_mm512_set1_epi64(static_cast<long long>(x)); }
#elif defined(__AVX2__)
GFN_INLINE Reg<float> multiplyAdd(Reg<float> a, Reg<float> b, Reg<float> c) { return (Reg<float>)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
GFN_INLINE Reg<double> multiplyAdd(Reg<double> a, Reg<double> b, Reg<double> c) {
  return (Reg<double>)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
}
GFN_INLINE Reg<float> spread(float x) { return (Reg<float>)_mm256_set1_ps(x); }
GFN_INLINE Reg<double> spread(double x) { return (Reg<double>)_mm256_set1_pd(x); }
GFN_INLINE Reg<uint32_t> spread(uint32_t x) { return (Reg<uint32_t>)_mm256_set1_epi32(static_cast<int>(x)); }
GFN_INLINE Reg<uint64_t> spread(uint64_t x) { return (Reg<uint64_t>)_mm256_set1_epi64x(static_cast<long long>(x)); }
#else
#if defined(__aarch64__)
GFN_INLINE Reg<float> multiplyAdd(Reg<float> a, Reg<float> b, Reg<float> c) { return (Reg<float>)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b); }
GFN_INLINE Reg<double> multiplyAdd(Reg<double> a, Reg<double> b, Reg<double> c) {
  return (Reg<double>)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
}
#else
GFN_INLINE Reg<float> multiplyAdd(Reg<float> a, Reg<float> b, Reg<float> c) { return a * b + c; }
GFN_INLINE Reg<double> multiplyAdd(Reg<double> a, Reg<double> b, Reg<double> c) { return a * b + c; }
#endif
template <class T>
GFN_INLINE Reg<T> spread(T x) {
  return splat<Reg<T>, kLanes<T>>(x);
}
#endif

/**
 * Where a tile reads and writes. One of A's steps is 1, but for whole numbers. `columns` ≤ V vectors:
 * what lies beyond is computed, but not stored.
 */
template <class T>
struct TileJob {
  int64_t depth;
  const T* a;
  int64_t aRow, aColumn;
  const T* b;
  int64_t bRow;
  T* c;
  int64_t cRow;
  int64_t columns;
  /** Add to what C holds. */
  bool accumulate;
};

template <class T, int V>
GFN_INLINE void storeRow(const Reg<T>* row, T* c, int64_t columns, bool accumulate) {
  constexpr int lanes = kLanes<T>;
  if (columns == V * lanes) {
    for (int v = 0; v < V; v++) storeVec(c + v * lanes, accumulate ? loadVec<Reg<T>>(c + v * lanes) + row[v] : row[v]);
    return;
  }
  T all[V * lanes];
  for (int v = 0; v < V; v++) storeVec(all + v * lanes, row[v]);
  if (accumulate) {
    for (int64_t j = 0; j < columns; j++) c[j] += all[j];
  } else {
    for (int64_t j = 0; j < columns; j++) c[j] = all[j];
  }
}

/** How A lies: neighbours along its rows, along its columns (transposed, or packed), or at any steps. */
enum class Lines { Along, Across, Any };

/** Whole numbers have one tile for every A: no need to be as fast. */
template <class T>
constexpr bool kAnyLines = std::is_integral_v<T>;

/** Element r of a column of A for M rows; moves to the next column. Few registers hold where rows begin, so that none of them is spilled. */
template <class T, int M, Lines lines>
class Column {
 public:
  GFN_INLINE Column(const T* a, int64_t row, int64_t column) : row_(row), column_(column) {
#pragma GCC unroll 4
    for (int g = 0; g < kGroups; g++) {
      at_[g] = a + 3 * g * row;
      hide(g);
    }
  }
  GFN_INLINE Reg<T> operator[](int r) const { return spread(lines == Lines::Across ? at_[0][r] : at_[r / 3][r % 3 * row_]); }
  GFN_INLINE void next() {
#pragma GCC unroll 4
    for (int g = 0; g < (lines == Lines::Across ? 1 : kGroups); g++) {
      at_[g] += lines == Lines::Along ? 1 : column_;
      hide(g);
    }
  }

 private:
  static constexpr int kGroups = (M + 2) / 3;
  /** The compiler would compute all of them from one, and hold the distances instead. */
  GFN_INLINE void hide([[maybe_unused]] int g) {
#if defined(__GNUC__)
    __asm__("" : "+r"(at_[g]));
#endif
  }
  const T* at_[kGroups];
  const int64_t row_, column_;
};

template <class T, int M, int V, Lines lines>
void tileOf(const TileJob<T>& job) {
  constexpr int lanes = kLanes<T>;
  Reg<T> sum[M][V];
#pragma GCC unroll 16
  for (int r = 0; r < M; r++) {
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) sum[r][v] = Reg<T>{};
  }
  // Rows of a large C lie pages apart: their lines are on the way while the sums form.
  if (V == 2 && job.depth >= 64) {
#pragma GCC unroll 16
    for (int r = 0; r < M; r++) {
      __builtin_prefetch(job.c + r * job.cRow, 1);
      __builtin_prefetch(job.c + r * job.cRow + lanes, 1);
    }
  }
  Column<T, M, lines> a(job.a, job.aRow, job.aColumn);
  const T* b = job.b;
  const int64_t bRow = job.bRow;
  for (int64_t p = 0; p < job.depth; p++) {
    Reg<T> line[V];
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) line[v] = loadVec<Reg<T>>(b + v * lanes);
#pragma GCC unroll 16
    for (int r = 0; r < M; r++) {
      const Reg<T> x = a[r];
#pragma GCC unroll 8
      for (int v = 0; v < V; v++) sum[r][v] = multiplyAdd(x, line[v], sum[r][v]);
    }
    a.next();
    b += bRow;
  }
#pragma GCC unroll 16
  for (int r = 0; r < M; r++) storeRow<T, V>(sum[r], job.c + r * job.cRow, job.columns, job.accumulate);
}

template <class T, int M, int V>
GFN_INLINE void tile(const TileJob<T>& job) {
  if constexpr (kAnyLines<T>) tileOf<T, M, V, Lines::Any>(job);
  else if (job.aColumn == 1) tileOf<T, M, V, Lines::Along>(job);
  else tileOf<T, M, V, Lines::Across>(job);
}

/** The tile of `rows` rows (1 to kTileRows) and V vectors: V is 1 or 2, 4 with at most 4 rows, 8 with one. */
template <class T, int V, int M = V == 8 ? 1 : V == 4 ? 4 : kTileRows>
GFN_INLINE void runTile(int64_t rows, const TileJob<T>& job) {
  if constexpr (M > 1) {
    if (rows < M) return runTile<T, V, M - 1>(rows, job);
  }
  tile<T, M, V>(job);
}

}  // namespace gfn::GFN_LEVEL
