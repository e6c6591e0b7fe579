/**
 * Arithmetic, rounding, selection and casts of single elements, overloaded for int32_t, int64_t, uint8_t, float and double (complex
 * numbers: complex-math.h): see elementwise-math.h, which
 * most files include instead.
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

template <class T>
GFN_INLINE T infinity(T) {
  return std::numeric_limits<T>::infinity();
}

// ---- arithmetic

GFN_INLINE float add(float x, float y) { return x + y; }
GFN_INLINE double add(double x, double y) { return x + y; }
GFN_INLINE i32 add(i32 x, i32 y) { return static_cast<i32>(static_cast<u32>(x) + static_cast<u32>(y)); }
GFN_INLINE float sub(float x, float y) { return x - y; }
GFN_INLINE double sub(double x, double y) { return x - y; }
GFN_INLINE i32 sub(i32 x, i32 y) { return static_cast<i32>(static_cast<u32>(x) - static_cast<u32>(y)); }
GFN_INLINE float mul(float x, float y) { return x * y; }
GFN_INLINE double mul(double x, double y) { return x * y; }
GFN_INLINE i32 mul(i32 x, i32 y) { return static_cast<i32>(static_cast<u32>(x) * static_cast<u32>(y)); }
GFN_INLINE u8 add(u8 x, u8 y) { return static_cast<u8>(x + y); }
GFN_INLINE u8 sub(u8 x, u8 y) { return static_cast<u8>(x - y); }
GFN_INLINE u8 mul(u8 x, u8 y) { return static_cast<u8>(x * y); }
GFN_INLINE i64 add(i64 x, i64 y) { return static_cast<i64>(static_cast<u64>(x) + static_cast<u64>(y)); }
GFN_INLINE i64 sub(i64 x, i64 y) { return static_cast<i64>(static_cast<u64>(x) - static_cast<u64>(y)); }
GFN_INLINE i64 mul(i64 x, i64 y) { return static_cast<i64>(static_cast<u64>(x) * static_cast<u64>(y)); }

template <class T>
GFN_INLINE T neg(T x) {
  if constexpr (std::is_integral_v<T>) return sub(T(0), x);
  else return -x;
}
GFN_INLINE float abs(float x) { return __builtin_fabsf(x); }
GFN_INLINE double abs(double x) { return __builtin_fabs(x); }
GFN_INLINE i32 abs(i32 x) { return x < 0 ? neg(x) : x; }
GFN_INLINE i64 abs(i64 x) { return x < 0 ? neg(x) : x; }
GFN_INLINE u8 abs(u8 x) { return x; }
template <class T>
GFN_INLINE T square(T x) {
  return mul(x, x);
}
template <class T>
GFN_INLINE T sign(T x) {
  return x > 0 ? T(1) : x < 0 ? T(-1) : x;
}
/**
 * x·y + z, rounded once. Without the instruction: the product is exact in double precision, and a sum that is rounded to odd can be rounded
 * to float as if it were exact (Boldo, Melquiond: Emulation of FMA and correctly rounded sums, 2008).
 */
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
GFN_INLINE float fma(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
#else
GFN_INLINE float fma(float x, float y, float z) {
  const double product = static_cast<double>(x) * static_cast<double>(y);
  const double sum = product + static_cast<double>(z);
  const double back = sum - product;
  const double lost = (product - (sum - back)) + (static_cast<double>(z) - back);
  const u64 bits = std::bit_cast<u64>(sum);
  const u64 even = ~bits & 1;
  const u64 outwards = (lost > 0) == (sum > 0) ? even : 0 - even;
  return static_cast<float>(std::bit_cast<double>(bits + (lost > 0 || lost < 0 ? outwards : 0)));
}
#endif

GFN_INLINE float sqrt(float x) { return __builtin_sqrtf(x); }
GFN_INLINE double sqrt(double x) { return __builtin_sqrt(x); }

// Of equal numbers only zeros differ in bits: "and" of the bits is +0 unless both are −0, "or" is −0 unless both are +0.
GFN_INLINE i32 maximum(i32 x, i32 y) { return x > y ? x : y; }
GFN_INLINE i32 minimum(i32 x, i32 y) { return x < y ? x : y; }
GFN_INLINE i64 maximum(i64 x, i64 y) { return x > y ? x : y; }
GFN_INLINE i64 minimum(i64 x, i64 y) { return x < y ? x : y; }
GFN_INLINE u8 maximum(u8 x, u8 y) { return x > y ? x : y; }
GFN_INLINE u8 minimum(u8 x, u8 y) { return x < y ? x : y; }
template <class T, class Bits>
GFN_INLINE T maximumOf(T x, T y) {
  const T equal = std::bit_cast<T>(static_cast<Bits>(std::bit_cast<Bits>(x) & std::bit_cast<Bits>(y)));
  return x > y ? x : x < y ? y : x == y ? equal : x + y;
}
template <class T, class Bits>
GFN_INLINE T minimumOf(T x, T y) {
  const T equal = std::bit_cast<T>(static_cast<Bits>(std::bit_cast<Bits>(x) | std::bit_cast<Bits>(y)));
  return x < y ? x : x > y ? y : x == y ? equal : x + y;
}
GFN_INLINE float maximum(float x, float y) { return maximumOf<float, u32>(x, y); }
GFN_INLINE double maximum(double x, double y) { return maximumOf<double, uint64_t>(x, y); }
GFN_INLINE float minimum(float x, float y) { return minimumOf<float, u32>(x, y); }
GFN_INLINE double minimum(double x, double y) { return minimumOf<double, uint64_t>(x, y); }

// ---- division. Divisors of integers are not zero: checked before. 2^31 / −1 wraps around.

GFN_INLINE float floorDiv(float x, float y) { return static_cast<float>(__builtin_floor(static_cast<double>(x) / y)); }
GFN_INLINE double floorDiv(double x, double y) { return __builtin_floor(x / y); }
/** Quotients of int32 in double precision, where they are rounded to the right side of every whole number; |x / y| < 2^31. */
GFN_INLINE double quotient(i32 x, i32 y) { return static_cast<double>(x) / static_cast<double>(y == 0 ? 1 : y); }
GFN_INLINE i32 floorDiv(i32 x, i32 y) {
  return y == -1 ? sub(0, x) : static_cast<i32>(__builtin_floor(quotient(x, y == -1 ? 1 : y)));
}
GFN_INLINE float truncMod(float x, float y) { return __builtin_fmodf(x, y); }
GFN_INLINE double truncMod(double x, double y) { return __builtin_fmod(x, y); }
GFN_INLINE i32 truncMod(i32 x, i32 y) {
  // Of whole numbers: dropping the fraction is what the conversion does.
  const i32 q = static_cast<i32>(quotient(x, y == -1 ? 1 : y));
  return y == -1 ? 0 : sub(x, mul(q, y));
}
GFN_INLINE i64 truncMod(i64 x, i64 y) { return y == -1 || y == 0 ? 0 : x % y; }
GFN_INLINE i64 floorDiv(i64 x, i64 y) {
  if (y == -1 || y == 0) return neg(x);
  const i64 q = x / y;
  return x % y != 0 && (x < 0) != (y < 0) ? q - 1 : q;
}
GFN_INLINE u8 truncMod(u8 x, u8 y) { return y == 0 ? 0 : static_cast<u8>(x % y); }
GFN_INLINE u8 floorDiv(u8 x, u8 y) { return y == 0 ? 0 : static_cast<u8>(x / y); }
template <class T>
GFN_INLINE T mod(T x, T y) {
  const T r = truncMod(x, y);
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

// ---- powers

/** x · x is what the C library gives too; said here so that a loop with a constant exponent 2 becomes a loop of products. */
GFN_INLINE double pow(double x, double y) { return y == 2 ? x * x : std::pow(x, y); }
/** ECMAScript: an exponent NaN gives NaN, and so does ±1 to an infinite power. */
inline double jsPowOf(double x, double y) {
  if (y != y || (abs(x) == 1 && abs(y) == infinity(y))) return std::numeric_limits<double>::quiet_NaN();
  return std::pow(x, y);
}
GFN_INLINE double jsPow(double x, double y) { return y == 2 ? x * x : jsPowOf(x, y); }
GFN_INLINE float pow(float x, float y) { return y == 2 ? x * x : static_cast<float>(std::pow(static_cast<double>(x), static_cast<double>(y))); }
GFN_INLINE float jsPow(float x, float y) { return y == 2 ? x * x : static_cast<float>(jsPowOf(static_cast<double>(x), static_cast<double>(y))); }
template <class T, class Bits>
inline T wholePow(T x, T y) {
  T result = 1;
  for (Bits n = static_cast<Bits>(y); n != 0; n >>= 1, x = mul(x, x)) {
    if (n & 1) result = mul(result, x);
  }
  return result;
}
inline i32 pow(i32 x, i32 y) { return wholePow<i32, u32>(x, y); }
inline i64 pow(i64 x, i64 y) { return wholePow<i64, u64>(x, y); }
inline u8 pow(u8 x, u8 y) { return wholePow<u8, u8>(x, y); }
inline i32 jsPow(i32 x, i32 y) { return pow(x, y); }
inline i64 jsPow(i64 x, i64 y) { return pow(x, y); }
inline u8 jsPow(u8 x, u8 y) { return pow(x, y); }

// ---- shifts, by amounts modulo the width

GFN_INLINE i32 shiftLeft(i32 x, i32 y) { return static_cast<i32>(static_cast<u32>(x) << (y & 31)); }
GFN_INLINE i32 shiftRight(i32 x, i32 y) { return x >> (y & 31); }
GFN_INLINE i64 shiftLeft(i64 x, i64 y) { return static_cast<i64>(static_cast<u64>(x) << (y & 63)); }
GFN_INLINE i64 shiftRight(i64 x, i64 y) { return x >> (y & 63); }
GFN_INLINE u8 shiftLeft(u8 x, u8 y) { return static_cast<u8>(x << (y & 7)); }
GFN_INLINE u8 shiftRight(u8 x, u8 y) { return static_cast<u8>(x >> (y & 7)); }

// ---- rounding

GFN_INLINE float floor(float x) { return __builtin_floorf(x); }
GFN_INLINE double floor(double x) { return __builtin_floor(x); }
GFN_INLINE float ceil(float x) { return __builtin_ceilf(x); }
GFN_INLINE double ceil(double x) { return __builtin_ceil(x); }
GFN_INLINE float trunc(float x) { return __builtin_truncf(x); }
GFN_INLINE double trunc(double x) { return __builtin_trunc(x); }
GFN_INLINE float round(float x) { return __builtin_rintf(x); }
GFN_INLINE double round(double x) { return __builtin_rint(x); }
GFN_INLINE i32 floor(i32 x) { return x; }
GFN_INLINE i64 floor(i64 x) { return x; }
GFN_INLINE u8 floor(u8 x) { return x; }
GFN_INLINE i32 ceil(i32 x) { return x; }
GFN_INLINE i64 ceil(i64 x) { return x; }
GFN_INLINE u8 ceil(u8 x) { return x; }
GFN_INLINE i32 trunc(i32 x) { return x; }
GFN_INLINE i64 trunc(i64 x) { return x; }
GFN_INLINE u8 trunc(u8 x) { return x; }
GFN_INLINE i32 round(i32 x) { return x; }
GFN_INLINE i64 round(i64 x) { return x; }
GFN_INLINE u8 round(u8 x) { return x; }

// ---- selection, with numeric attributes in double precision as in the reference

template <class T>
GFN_INLINE T relu(T x) {
  return x > 0 ? x : x != x ? x : T(0);
}
template <class T>
GFN_INLINE T relu6(T x) {
  return x > 0 ? (x < 6 ? x : T(6)) : x != x ? x : T(0);
}
/** As a typed array stores a whole number: modulo 2^32; infinities are 0. */
inline i32 wrap(double x) {
  if (!(abs(x) < 9007199254740992.0)) x = abs(x) < infinity(x) ? std::fmod(x, 4294967296.0) : 0;
  return static_cast<i32>(static_cast<int64_t>(x));
}
GFN_INLINE float clip(float x, double low, double high) {
  return minimum(maximum(x, static_cast<float>(low)), static_cast<float>(high));
}
GFN_INLINE double clip(double x, double low, double high) { return minimum(maximum(x, low), high); }
GFN_INLINE i32 clip(i32 x, double low, double high) { return wrap(minimum(maximum(static_cast<double>(x), low), high)); }
/** Truncates, saturates, NaN → 0. */
template <class T>
GFN_INLINE u8 toUInt8(T x) {
  const T low = x > T(0) ? x : T(0);
  return static_cast<u8>(low < T(255) ? low : T(255));
}
/** The same, of 64 bits. */
template <class T>
GFN_INLINE i64 toInt64(T x) {
  const T low = x < T(-9223372036854775808.0) ? T(-9223372036854775808.0) : x;
  const bool over = low >= T(9223372036854775808.0);
  const T safe = over || low != low ? T(0) : low;
  return over ? std::numeric_limits<i64>::max() : static_cast<i64>(safe);
}
GFN_INLINE u8 clip(u8 x, double low, double high) { return toUInt8(minimum(maximum(static_cast<double>(x), low), high)); }
GFN_INLINE i64 clip(i64 x, double low, double high) { return minimum(maximum(x, toInt64(low)), toInt64(high)); }
GFN_INLINE u8 step(u8 x, double alpha) { return x > 0 ? 1 : toUInt8(alpha); }
GFN_INLINE i64 step(i64 x, double alpha) { return x > 0 ? 1 : toInt64(alpha); }
GFN_INLINE float step(float x, double alpha) { return x != x ? x : x > 0 ? 1 : static_cast<float>(alpha); }
GFN_INLINE double step(double x, double alpha) { return x != x ? x : x > 0 ? 1 : alpha; }
GFN_INLINE i32 step(i32 x, double alpha) { return x > 0 ? 1 : wrap(alpha); }
GFN_INLINE float leakyRelu(float x, double alpha) { return x < 0 ? static_cast<float>(alpha * static_cast<double>(x)) : x; }
GFN_INLINE double leakyRelu(double x, double alpha) { return x < 0 ? alpha * x : x; }

// ---- casts

/** Truncates, saturates, NaN → 0. */
template <class T>
GFN_INLINE i32 toInt(T x) {
  const T low = x < T(-2147483648.0) ? T(-2147483648.0) : x;
  const bool over = low >= T(2147483648.0);
  const T safe = over || low != low ? T(0) : low;
  return over ? 2147483647 : static_cast<i32>(safe);
}

/** Dtypes of the virtual machine to each other; to Bool (uint8_t) by x ≠ 0, NaN is true. */
template <class R, class T>
GFN_INLINE R convert(T x) {
  if constexpr (std::is_same_v<R, uint8_t>) return x != 0;
  else if constexpr (std::is_same_v<R, i32> && std::is_floating_point_v<T>) return toInt(x);
  else return static_cast<R>(x);
}

}  // namespace GFN_MATH_LEVEL
}  // namespace gfn::m
