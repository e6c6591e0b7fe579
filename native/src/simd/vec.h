/**
 * Fixed-length vectors in the compilers' own notation (GCC and Clang): arithmetic, comparison and `mask ? a : b` work lane by
 * lane at every level; a vector wider than the machine's is split by the compiler, so that lane structure, and with it every
 * rounding, is the same at every level. For use in *.simd.cpp only: everything lies in the level's namespace.
 */
#pragma once
#include <cstdint>

#ifndef GFN_LEVEL
#define GFN_LEVEL baseline
#endif

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpsabi"
#pragma GCC diagnostic ignored "-Wignored-attributes"
#endif

namespace gfn::GFN_LEVEL {

#define GFN_INLINE inline __attribute__((always_inline))

template <class T, int N>
struct VecOf {
  typedef T type __attribute__((vector_size(N * sizeof(T))));
};
template <class T, int N>
using Vec = typename VecOf<T, N>::type;

/** One register of the level. */
#if defined(__AVX512F__)
constexpr int kVectorBytes = 64;
#elif defined(__AVX2__)
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif
template <class T>
constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(T));
template <class T>
using Reg = Vec<T, kLanes<T>>;

/** The signed integer of a number of bytes: lanes of masks. */
template <int bytes>
struct MaskOf;
template <>
struct MaskOf<4> {
  using type = int32_t;
};
template <>
struct MaskOf<8> {
  using type = int64_t;
};

template <class V, class T>
GFN_INLINE V loadVec(const T* from) {
  V v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

template <class V, class T>
GFN_INLINE void storeVec(T* to, V v) {
  __builtin_memcpy(to, &v, sizeof v);
}

template <class V, int N, class T>
GFN_INLINE V splat(T value) {
  V v;
  for (int i = 0; i < N; i++) v[i] = value;
  return v;
}

}  // namespace gfn::GFN_LEVEL
