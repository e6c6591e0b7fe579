/**
 * What functions of elements are written in: numbers (float, double, int32_t, uint8_t, int64_t), or records of what is done with them
 * (jit/lane.h), from which the compiler makes code. So a function is there once, for the loops, the machine and compiled code.
 *
 * Written that way, a choice is select(c, a, b), a conversion to<T>(x), and bits are looked at by bitsOf and floatOf or doubleOf.
 */
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#define GFN_INLINE inline __attribute__((always_inline))

// A copy per level: a function that is not inlined must not be shared between levels by the linker.
#ifdef GFN_LEVEL
#define GFN_MATH_LEVEL GFN_LEVEL
#else
#define GFN_MATH_LEVEL plain
#endif

namespace gfn::m {
inline namespace GFN_MATH_LEVEL {

using i32 = int32_t;
using u32 = uint32_t;
using u8 = uint8_t;
using i64 = int64_t;
using u64 = uint64_t;

/** The number that V stands for; and T where V is a number, the record of a T where V is a record. */
template <class V>
struct Elements {
  using Number = V;
  template <class T>
  using Of = T;
};
template <class V>
using NumberOf = typename Elements<V>::Number;
template <class V, class T>
using Like = typename Elements<V>::template Of<T>;

template <class V>
concept Single = std::is_same_v<NumberOf<V>, float>;
template <class V>
concept Double = std::is_same_v<NumberOf<V>, double>;
template <class V>
concept Floating = Single<V> || Double<V>;
template <class V>
concept Int = std::is_same_v<NumberOf<V>, i32>;
template <class V>
concept Byte = std::is_same_v<NumberOf<V>, u8>;
template <class V>
concept Long = std::is_same_v<NumberOf<V>, i64>;
template <class V>
concept Whole = Int<V> || Byte<V> || Long<V>;
template <class V>
concept Real = Floating<V> || Whole<V>;
/** No record: for functions that have loops or calls inside. */
template <class V>
concept Number = std::is_arithmetic_v<V>;

template <class T>
GFN_INLINE T select(bool c, T a, T b) {
  return c ? a : b;
}
template <class T, Number V>
GFN_INLINE T to(V x) {
  return static_cast<T>(x);
}
GFN_INLINE u32 bitsOf(float x) { return std::bit_cast<u32>(x); }
GFN_INLINE u64 bitsOf(double x) { return std::bit_cast<u64>(x); }
GFN_INLINE float floatOf(u32 x) { return std::bit_cast<float>(x); }
GFN_INLINE double doubleOf(u64 x) { return std::bit_cast<double>(x); }
GFN_INLINE float valueOf(u32 x) { return floatOf(x); }
GFN_INLINE double valueOf(u64 x) { return doubleOf(x); }

template <class T>
GFN_INLINE NumberOf<T> infinity(T) {
  return std::numeric_limits<NumberOf<T>>::infinity();
}
template <class T>
constexpr NumberOf<T> kNaN = std::numeric_limits<NumberOf<T>>::quiet_NaN();

}  // namespace GFN_MATH_LEVEL
}  // namespace gfn::m
