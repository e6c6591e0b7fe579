/**
 * Copies of parts of A and B in the order tiles read them: `width` elements side by side for each step of k, zeros where the
 * matrix has ended.
 *
 *   packLines   source lines lie along k's neighbours: to[p·width + j] = from[p·step + j]      (B, or a transposed A)
 *   packAcross  source lines lie along k:              to[p·width + j] = from[j·step + p]      (A, or a transposed B)
 */
#pragma once
#include "../simd/vec.h"

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace gfn::GFN_LEVEL {

template <class T, int width>
void packLines(T* to, const T* from, int64_t step, int64_t count, int64_t depth) {
  if (count == width) {
    for (int64_t p = 0; p < depth; p++) __builtin_memcpy(to + p * width, from + p * step, width * sizeof(T));
    return;
  }
  for (int64_t p = 0; p < depth; p++) {
    for (int64_t j = 0; j < count; j++) to[p * width + j] = from[p * step + j];
    for (int64_t j = count; j < width; j++) to[p * width + j] = 0;
  }
}

/** Rows and columns of a 4 × 4 block swapped. */
template <class V>
GFN_INLINE void turn(V& a, V& b, V& c, V& d) {
#if defined(__clang__)
#define GFN_MIX(x, y, i, j, k, l) __builtin_shufflevector(x, y, i, j, k, l)
#else
  using Mask = Vec<typename MaskOf<sizeof(a[0])>::type, 4>;
#define GFN_MIX(x, y, i, j, k, l) __builtin_shuffle(x, y, Mask{i, j, k, l})
#endif
  const V ab = GFN_MIX(a, b, 0, 4, 1, 5), abHigh = GFN_MIX(a, b, 2, 6, 3, 7);
  const V cd = GFN_MIX(c, d, 0, 4, 1, 5), cdHigh = GFN_MIX(c, d, 2, 6, 3, 7);
  a = GFN_MIX(ab, cd, 0, 1, 4, 5);
  b = GFN_MIX(ab, cd, 2, 3, 6, 7);
  c = GFN_MIX(abHigh, cdHigh, 0, 1, 4, 5);
  d = GFN_MIX(abHigh, cdHigh, 2, 3, 6, 7);
#undef GFN_MIX
}

#if defined(__AVX512F__)
/** The 16 × 16 block at `from` turned: lines of 16 floats, `width` apart. Quarters of lines are gathered as they are read, then turned. */
template <int width, class T>
GFN_INLINE void turn16(T* to, const T* from, int64_t step) {
  // Shuffles without a mask start from what is not set, in some compilers' headers, and are warned of.
#pragma GCC unroll 4
  for (int part = 0; part < 4; part++) {
    __m512 x[4];
#pragma GCC unroll 4
    for (int g = 0; g < 4; g++) {
      const float* line = reinterpret_cast<const float*>(from + g * step + 4 * part);
      x[g] = _mm512_zextps128_ps512(_mm_loadu_ps(line));
      x[g] = _mm512_insertf32x4(x[g], _mm_loadu_ps(line + 4 * step), 1);
      x[g] = _mm512_insertf32x4(x[g], _mm_loadu_ps(line + 8 * step), 2);
      x[g] = _mm512_insertf32x4(x[g], _mm_loadu_ps(line + 12 * step), 3);
    }
    const __m512d a = _mm512_castps_pd(_mm512_maskz_unpacklo_ps(0xffff, x[0], x[1])), b = _mm512_castps_pd(_mm512_maskz_unpackhi_ps(0xffff, x[0], x[1]));
    const __m512d c = _mm512_castps_pd(_mm512_maskz_unpacklo_ps(0xffff, x[2], x[3])), d = _mm512_castps_pd(_mm512_maskz_unpackhi_ps(0xffff, x[2], x[3]));
    T* out = to + 4 * part * width;
    _mm512_storeu_pd(out, _mm512_maskz_unpacklo_pd(0xff, a, c));
    _mm512_storeu_pd(out + width, _mm512_maskz_unpackhi_pd(0xff, a, c));
    _mm512_storeu_pd(out + 2 * width, _mm512_maskz_unpacklo_pd(0xff, b, d));
    _mm512_storeu_pd(out + 3 * width, _mm512_maskz_unpackhi_pd(0xff, b, d));
  }
}
#endif

template <class T, int width>
void packAcross(T* to, const T* from, int64_t step, int64_t count, int64_t depth) {
  using V = Vec<T, 4>;
  int64_t j = 0;
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) {
    for (; j + 16 <= count; j += 16) {
      const T* line = from + j * step;
      int64_t p = 0;
      for (; p + 16 <= depth; p += 16) turn16<width>(to + j + p * width, line + p, step);
      for (; p < depth; p++) {
        for (int i = 0; i < 16; i++) to[j + p * width + i] = line[i * step + p];
      }
    }
  }
#endif
  for (; j + 4 <= count; j += 4) {
    const T* line = from + j * step;
    T* out = to + j;
    int64_t p = 0;
    for (; p + 4 <= depth; p += 4, out += 4 * width) {
      V a = loadVec<V>(line + p), b = loadVec<V>(line + step + p);
      V c = loadVec<V>(line + 2 * step + p), d = loadVec<V>(line + 3 * step + p);
      turn(a, b, c, d);
      storeVec(out, a);
      storeVec(out + width, b);
      storeVec(out + 2 * width, c);
      storeVec(out + 3 * width, d);
    }
    for (; p < depth; p++, out += width) {
      for (int i = 0; i < 4; i++) out[i] = line[i * step + p];
    }
  }
  for (; j < count; j++) {
    for (int64_t p = 0; p < depth; p++) to[p * width + j] = from[j * step + p];
  }
  for (; j < width; j++) {
    for (int64_t p = 0; p < depth; p++) to[p * width + j] = 0;
  }
}

}  // namespace gfn::GFN_LEVEL
