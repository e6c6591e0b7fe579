/** Loops over channels by vectors, then what is left of them one by one: written once for a vector and for one element. */
#pragma once
#include <type_traits>

#include "../simd/vec.h"

namespace gfn::GFN_LEVEL {

constexpr int kLanesOfPool = 8;

/** One number as a vector of one lane would be. */
template <class V, class T>
GFN_INLINE V load(const T* from) {
  if constexpr (sizeof(V) == sizeof(T)) return *from;
  else return loadVec<V>(from);
}
template <class V, class T>
GFN_INLINE void store(T* to, V v) {
  if constexpr (sizeof(V) == sizeof(T)) *to = v;
  else storeVec(to, v);
}
template <class To, class V>
GFN_INLINE To convert(V v) {
  if constexpr (sizeof(V) <= 8) return static_cast<To>(v);
  else return __builtin_convertvector(v, To);
}
/** `mask ? a : b`, lane by lane. */
template <class M, class V>
GFN_INLINE V choose(M mask, V a, V b) {
  return mask ? a : b;
}

/** What one lane or a vector of them is made of. */
template <class T, bool vector>
struct Kinds {
  static constexpr int kCount = vector ? kLanesOfPool : 1;
  using Bits = typename MaskOf<sizeof(T)>::type;
  template <class E>
  using Of = std::conditional_t<vector, Vec<E, kLanesOfPool>, E>;
  using V = Of<T>;
  using Mask = Of<Bits>;
  using Wide = Of<double>;
  static GFN_INLINE V zero() { return V{}; }
  static GFN_INLINE Bits lane(Mask mask, int i) {
    if constexpr (vector) return mask[i];
    else return mask;
  }
  static GFN_INLINE Mask all(Bits bits) {
    if constexpr (vector) return splat<Mask, kLanesOfPool>(bits);
    else return bits;
  }
};

/** Calls step(vector of channels?, first channel) over all of [from, to). */
template <class T, class Step>
GFN_INLINE void eachChannel(int64_t from, int64_t to, const Step& step) {
  int64_t c = from;
  for (; c + kLanesOfPool <= to; c += kLanesOfPool) step(Kinds<T, true>{}, c);
  for (; c < to; c++) step(Kinds<T, false>{}, c);
}

}  // namespace gfn::GFN_LEVEL
