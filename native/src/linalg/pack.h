/**
 * Copies of parts of A and B in the order tiles read them: `width` elements side by side for each step of k, zeros where the
 * matrix has ended.
 *
 *   packLines   source lines lie along k's neighbours: to[p·width + j] = from[p·step + j]      (B, or a transposed A)
 *   packAcross  source lines lie along k:              to[p·width + j] = from[j·step + p]      (A, or a transposed B)
 */
#pragma once
#include "../simd/vec.h"

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

template <class T, int width>
void packAcross(T* to, const T* from, int64_t step, int64_t count, int64_t depth) {
  using V = Vec<T, 4>;
  int64_t j = 0;
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
