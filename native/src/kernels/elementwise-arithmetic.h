/**
 * Arithmetic, rounding, selection and casts of single elements, overloaded for int32_t, int64_t, uint8_t, float and double (complex
 * numbers: complex-math.h), and for records of them where it can be compiled: see element.h, and elementwise-math.h, which most files
 * include instead.
 */
#pragma once
#include "../core/kernel.h"
#include "element.h"

namespace gfn::m {
inline namespace GFN_MATH_LEVEL {

// ---- arithmetic. Integers wrap around.

template <Floating F>
GFN_INLINE F add(F x, F y) {
  return x + y;
}
template <Floating F>
GFN_INLINE F sub(F x, F y) {
  return x - y;
}
template <Floating F>
GFN_INLINE F mul(F x, F y) {
  return x * y;
}
/** The unsigned type as wide, in which sums and products wrap around. */
template <class V>
using Unsigned = Like<V, std::make_unsigned_t<NumberOf<V>>>;
template <Whole I>
GFN_INLINE I add(I x, I y) {
  using U = std::make_unsigned_t<NumberOf<I>>;
  return to<NumberOf<I>>(to<U>(x) + to<U>(y));
}
template <Whole I>
GFN_INLINE I sub(I x, I y) {
  using U = std::make_unsigned_t<NumberOf<I>>;
  return to<NumberOf<I>>(to<U>(x) - to<U>(y));
}
template <Whole I>
GFN_INLINE I mul(I x, I y) {
  using U = std::make_unsigned_t<NumberOf<I>>;
  return to<NumberOf<I>>(to<U>(x) * to<U>(y));
}

template <class T>
GFN_INLINE T neg(T x) {
  if constexpr (Whole<T>) return sub(T(0), x);
  else return -x;
}
GFN_INLINE float abs(float x) { return __builtin_fabsf(x); }
GFN_INLINE double abs(double x) { return __builtin_fabs(x); }
template <Whole I>
GFN_INLINE I abs(I x) {
  if constexpr (Byte<I>) return x;
  else return select(x < 0, neg(x), x);
}
template <class T>
GFN_INLINE T square(T x) {
  return mul(x, x);
}
template <class T>
GFN_INLINE T sign(T x) {
  if constexpr (Byte<T>) return select(x > 0, T(1), x);
  else return select(x > 0, T(1), select(x < 0, T(-1), x));
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
GFN_INLINE float copySign(float x, float y) { return __builtin_copysignf(x, y); }

template <Whole I>
GFN_INLINE I maximum(I x, I y) {
  return select(x > y, x, y);
}
template <Whole I>
GFN_INLINE I minimum(I x, I y) {
  return select(x < y, x, y);
}
// Of equal numbers only zeros differ in bits: "and" of the bits is +0 unless both are −0, "or" is −0 unless both are +0.
template <Floating F>
GFN_INLINE F maximum(F x, F y) {
  const F equal = valueOf(bitsOf(x) & bitsOf(y));
  return select(x > y, x, select(x < y, y, select(x == y, equal, x + y)));
}
template <Floating F>
GFN_INLINE F minimum(F x, F y) {
  const F equal = valueOf(bitsOf(x) | bitsOf(y));
  return select(x < y, x, select(x > y, y, select(x == y, equal, x + y)));
}

// ---- rounding

GFN_INLINE float floor(float x) { return __builtin_floorf(x); }
GFN_INLINE double floor(double x) { return __builtin_floor(x); }
GFN_INLINE float ceil(float x) { return __builtin_ceilf(x); }
GFN_INLINE double ceil(double x) { return __builtin_ceil(x); }
GFN_INLINE float trunc(float x) { return __builtin_truncf(x); }
GFN_INLINE double trunc(double x) { return __builtin_trunc(x); }
GFN_INLINE float round(float x) { return __builtin_rintf(x); }
GFN_INLINE double round(double x) { return __builtin_rint(x); }
template <Whole I>
GFN_INLINE I floor(I x) {
  return x;
}
template <Whole I>
GFN_INLINE I ceil(I x) {
  return x;
}
template <Whole I>
GFN_INLINE I trunc(I x) {
  return x;
}
template <Whole I>
GFN_INLINE I round(I x) {
  return x;
}

// ---- division. Divisors of integers are not zero: checked before. 2^31 / −1 wraps around.

template <Single F>
GFN_INLINE F floorDiv(F x, F y) {
  return to<float>(floor(to<double>(x) / to<double>(y)));
}
template <Double F>
GFN_INLINE F floorDiv(F x, F y) {
  return floor(x / y);
}
/** Quotients of int32 in double precision, where they are rounded to the right side of every whole number; |x / y| < 2^31. */
template <Int I>
GFN_INLINE Like<I, double> quotient(I x, I y) {
  return to<double>(x) / to<double>(select(y == 0, I(1), y));
}
template <Int I>
GFN_INLINE I floorDiv(I x, I y) {
  return select(y == -1, sub(I(0), x), to<i32>(floor(quotient(x, select(y == -1, I(1), y)))));
}
GFN_INLINE float truncMod(float x, float y) { return __builtin_fmodf(x, y); }
GFN_INLINE double truncMod(double x, double y) { return __builtin_fmod(x, y); }
template <Int I>
GFN_INLINE I truncMod(I x, I y) {
  // Of whole numbers: dropping the fraction is what the conversion does.
  const I q = to<i32>(quotient(x, select(y == -1, I(1), y)));
  return select(y == -1, I(0), sub(x, mul(q, y)));
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
  requires Int<T> || Number<T>
GFN_INLINE T mod(T x, T y) {
  const T r = truncMod(x, y);
  if constexpr (Byte<T>) return r;
  else if constexpr (Int<T>) return select(r != 0 && (r < 0) != (y < 0), add(r, y), r);
  else return r != 0 && (r < 0) != (y < 0) ? r + y : r;
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

template <Whole I>
GFN_INLINE I shiftLeft(I x, I y) {
  using U = std::make_unsigned_t<NumberOf<I>>;
  return to<NumberOf<I>>(to<U>(x) << to<U>(y & I(sizeof(U) * 8 - 1)));
}
template <Whole I>
GFN_INLINE I shiftRight(I x, I y) {
  return to<NumberOf<I>>(x >> (y & I(sizeof(NumberOf<I>) * 8 - 1)));
}

// ---- selection, with numeric attributes in double precision as in the reference

template <class T>
GFN_INLINE T relu(T x) {
  if constexpr (Floating<T>) return select(x > 0, x, select(x != x, x, T(0)));
  else return select(x > 0, x, T(0));
}
template <class T>
GFN_INLINE T relu6(T x) {
  return select(x > T(6), T(6), relu(x));
}
/** As a typed array stores a whole number: modulo 2^32; infinities are 0. */
inline i32 wrap(double x) {
  if (!(abs(x) < 9007199254740992.0)) x = abs(x) < infinity(x) ? std::fmod(x, 4294967296.0) : 0;
  return static_cast<i32>(static_cast<int64_t>(x));
}
template <Single F>
GFN_INLINE F clip(F x, double low, double high) {
  return minimum(maximum(x, F(static_cast<float>(low))), F(static_cast<float>(high)));
}
template <Double F>
GFN_INLINE F clip(F x, double low, double high) {
  return minimum(maximum(x, F(low)), F(high));
}
GFN_INLINE i32 clip(i32 x, double low, double high) { return wrap(minimum(maximum(static_cast<double>(x), low), high)); }
/** Truncates, saturates, NaN → 0. */
template <Floating F>
GFN_INLINE Like<F, u8> toUInt8(F x) {
  const F low = select(x > F(0), x, F(0));
  return to<u8>(select(low < F(255), low, F(255)));
}
/** The same, of 64 bits. */
template <Floating F>
GFN_INLINE Like<F, i64> toInt64(F x) {
  const F low = select(x < F(-9223372036854775808.0), F(-9223372036854775808.0), x);
  const auto over = low >= F(9223372036854775808.0);
  const F safe = select(over || low != low, F(0), low);
  return select(over, Like<F, i64>(std::numeric_limits<i64>::max()), to<i64>(safe));
}
GFN_INLINE u8 clip(u8 x, double low, double high) { return toUInt8(minimum(maximum(static_cast<double>(x), low), high)); }
GFN_INLINE i64 clip(i64 x, double low, double high) { return minimum(maximum(x, toInt64(low)), toInt64(high)); }
GFN_INLINE u8 step(u8 x, double alpha) { return x > 0 ? 1 : toUInt8(alpha); }
GFN_INLINE i64 step(i64 x, double alpha) { return x > 0 ? 1 : toInt64(alpha); }
template <Floating F>
GFN_INLINE F step(F x, double alpha) {
  return select(x != x, x, select(x > 0, F(1), F(static_cast<NumberOf<F>>(alpha))));
}
GFN_INLINE i32 step(i32 x, double alpha) { return x > 0 ? 1 : wrap(alpha); }
template <Floating F>
GFN_INLINE F leakyRelu(F x, double alpha) {
  return select(x < 0, to<NumberOf<F>>(alpha * to<double>(x)), x);
}
template <Floating F>
GFN_INLINE F flushToZero(F x, double below) {
  return select(abs(x) < F(static_cast<NumberOf<F>>(below)), F(0), x);
}

// ---- casts

/** Truncates, saturates, NaN → 0. */
template <Floating F>
GFN_INLINE Like<F, i32> toInt(F x) {
  const F low = select(x < F(-2147483648.0), F(-2147483648.0), x);
  const auto over = low >= F(2147483648.0);
  const F safe = select(over || low != low, F(0), low);
  return select(over, Like<F, i32>(2147483647), to<i32>(safe));
}

/** The number that holds an element. */
template <DType>
struct ElementOf;
template <>
struct ElementOf<DType::Bool> {
  using type = u8;
};
template <>
struct ElementOf<DType::UInt8> {
  using type = u8;
};
template <>
struct ElementOf<DType::Int32> {
  using type = i32;
};
template <>
struct ElementOf<DType::Int64> {
  using type = i64;
};
template <>
struct ElementOf<DType::Float32> {
  using type = float;
};
template <>
struct ElementOf<DType::Float64> {
  using type = double;
};

/** Real numbers to each other; to Bool by x ≠ 0, NaN is true. */
template <DType R, class V>
GFN_INLINE Like<V, typename ElementOf<R>::type> convert(V x) {
  using T = typename ElementOf<R>::type;
  if constexpr (R == DType::Bool) return to<u8>(x != V(0));
  else if constexpr (!Floating<V>) return to<T>(x);
  else if constexpr (R == DType::UInt8) return toUInt8(x);
  else if constexpr (R == DType::Int32) return toInt(x);
  else if constexpr (R == DType::Int64) return toInt64(x);
  else return to<T>(x);
}

}  // namespace GFN_MATH_LEVEL
}  // namespace gfn::m
