/**
 * Functions of one or two elements, overloaded for int32_t, float and double. They define the values of elementwise ops on every level of
 * vector instructions and in the virtual machine: no fused multiply-add, no table, only selects, so that a compiler can
 * vectorise them and all variants give the same bits.
 *
 * float   + − × ÷ √ correctly rounded; exp, expm1, log, log1p, tanh, sigmoid, softplus by polynomials (constants of Cephes,
 *         S. L. Moshier), within 2 ulp; the other functions in double precision, rounded once.
 * double  the C library.
 * int32   wraps around.
 * Zeros are JavaScript's: maximum(−0, 0) is 0.
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

template <class T>
GFN_INLINE T neg(T x) {
  if constexpr (std::is_same_v<T, i32>) return sub(0, x);
  else return -x;
}
GFN_INLINE float abs(float x) { return __builtin_fabsf(x); }
GFN_INLINE double abs(double x) { return __builtin_fabs(x); }
GFN_INLINE i32 abs(i32 x) { return x < 0 ? neg(x) : x; }
template <class T>
GFN_INLINE T square(T x) {
  return mul(x, x);
}
template <class T>
GFN_INLINE T sign(T x) {
  return x > 0 ? T(1) : x < 0 ? T(-1) : x;
}
GFN_INLINE float sqrt(float x) { return __builtin_sqrtf(x); }
GFN_INLINE double sqrt(double x) { return __builtin_sqrt(x); }

// Of equal numbers only zeros differ in bits: "and" of the bits is +0 unless both are −0, "or" is −0 unless both are +0.
GFN_INLINE i32 maximum(i32 x, i32 y) { return x > y ? x : y; }
GFN_INLINE i32 minimum(i32 x, i32 y) { return x < y ? x : y; }
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
GFN_INLINE i32 floorDiv(i32 x, i32 y) {
  const int64_t q = static_cast<int64_t>(x) / y;
  return static_cast<i32>(q - ((static_cast<int64_t>(x) % y != 0) & ((x < 0) != (y < 0))));
}
GFN_INLINE float truncMod(float x, float y) { return __builtin_fmodf(x, y); }
GFN_INLINE double truncMod(double x, double y) { return __builtin_fmod(x, y); }
GFN_INLINE i32 truncMod(i32 x, i32 y) { return y == -1 ? 0 : x % y; }
template <class T>
GFN_INLINE T mod(T x, T y) {
  const T r = truncMod(x, y);
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

// ---- powers

inline double pow(double x, double y) { return std::pow(x, y); }
/** ECMAScript: an exponent NaN gives NaN, and so does ±1 to an infinite power. */
inline double jsPow(double x, double y) {
  if (y != y || (abs(x) == 1 && abs(y) == infinity(y))) return std::numeric_limits<double>::quiet_NaN();
  return std::pow(x, y);
}
inline float pow(float x, float y) { return static_cast<float>(pow(static_cast<double>(x), static_cast<double>(y))); }
inline float jsPow(float x, float y) { return static_cast<float>(jsPow(static_cast<double>(x), static_cast<double>(y))); }
inline i32 pow(i32 x, i32 y) {
  i32 result = 1;
  for (u32 n = static_cast<u32>(y); n != 0; n >>= 1, x = mul(x, x)) {
    if (n & 1) result = mul(result, x);
  }
  return result;
}
inline i32 jsPow(i32 x, i32 y) { return pow(x, y); }

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
GFN_INLINE i32 ceil(i32 x) { return x; }
GFN_INLINE i32 trunc(i32 x) { return x; }
GFN_INLINE i32 round(i32 x) { return x; }

// ---- exponentials and logarithms

/** x = n·ln 2 + r with |r| ≤ ln 2 / 2; for |x| < 2^17. */
struct Reduced {
  float r;
  i32 n;
};
GFN_INLINE Reduced reduce(float x) {
  constexpr float kRound = 12582912.0f;  // 1.5 · 2^23: adding it rounds to a whole number in the low bits
  const float shifted = x * 1.44269504088896341f + kRound;
  const float whole = shifted - kRound;
  // The first part of ln 2 has 9 bits: the product is exact.
  const float r = (x - whole * 0.693359375f) - whole * -2.12194440e-4f;
  return {r, static_cast<i32>(std::bit_cast<u32>(shifted) - std::bit_cast<u32>(kRound))};
}
/** 2^n for −126 ≤ n ≤ 127. */
GFN_INLINE float exp2i(i32 n) { return std::bit_cast<float>(static_cast<u32>(n + 127) << 23); }
/** eʳ − 1 for |r| ≤ ln 2 / 2. */
GFN_INLINE float expm1Small(float r) {
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * (r * r) + r;
}
GFN_INLINE float exp(float x) {
  const float low = x < -104.0f ? -104.0f : x;
  const Reduced a = reduce(low > 89.0f ? 89.0f : low);
  // In two steps, so that results below the normal range are rounded and not lost, and large ones become ∞.
  const i32 half = a.n >> 1;
  return (1 + expm1Small(a.r)) * exp2i(half) * exp2i(a.n - half);
}
GFN_INLINE double exp(double x) { return std::exp(x); }

GFN_INLINE float expm1(float x) {
  const float low = x < -30.0f ? -30.0f : x;
  const Reduced a = reduce(low > 89.0f ? 89.0f : low);
  // 2ⁿ(eʳ − 1) + (2ⁿ − 1), halved so that 2ⁿ stays finite.
  const float scale = exp2i(a.n - 1);
  const float y = (scale * expm1Small(a.r) + (scale - 0.5f)) * 2;
  return __builtin_copysignf(a.n == 0 ? expm1Small(x) : y, x);  // copysign for −0
}
GFN_INLINE double expm1(double x) { return std::expm1(x); }

/** ln x for normal x > 0. */
GFN_INLINE float logNormal(float x, float exponentShift) {
  const u32 bits = std::bit_cast<u32>(x);
  // m in [√½, √2)
  const u32 shifted = bits - 0x3f3504f3u;
  const i32 n = static_cast<i32>(shifted) >> 23;
  const float m = std::bit_cast<float>((shifted & 0x007fffffu) + 0x3f3504f3u) - 1;
  const float e = static_cast<float>(n) + exponentShift;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  const float z = m * m;
  float y = m * z * p;
  y = y + e * -2.12194440e-4f;
  y = y - 0.5f * z;
  return (m + y) + e * 0.693359375f;
}
GFN_INLINE float log(float x) {
  const bool tiny = x < 1.17549435e-38f;
  const float y = logNormal(tiny ? x * 8388608.0f : x, tiny ? -23.0f : 0.0f);
  const float edge = x == 0 ? -infinity(x) : x < 0 ? std::numeric_limits<float>::quiet_NaN() : x;
  return x > 0 && x < infinity(x) ? y : edge;
}
GFN_INLINE double log(double x) { return std::log(x); }

GFN_INLINE float log1p(float x) {
  const float u = 1 + x;
  // What rounding of 1 + x lost, to first order.
  const float lost = abs(x) < 1 ? x - (u - 1) : 1 - (u - x);
  const float y = log(u) + lost / u;
  // u = 0 and u = ∞ are exact; x itself is closer than anything for tiny x, and keeps −0.
  return u == 0 || u == infinity(u) ? log(u) : abs(x) < 1e-7f ? x : y;
}
GFN_INLINE double log1p(double x) { return std::log1p(x); }

GFN_INLINE float tanh(float x) {
  const float a = abs(x);
  const float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const float small = p * z * x + x;
  const float large = 1 - 2 / (exp(a + a) + 1);
  return __builtin_copysignf(a < 0.625f ? small : large, x);
}
GFN_INLINE double tanh(double x) { return std::tanh(x); }

template <class T>
GFN_INLINE T sigmoid(T x) {
  const T e = exp(-abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}
template <class T>
GFN_INLINE T softplus(T x) {
  return maximum(x, T(0)) + log1p(exp(-abs(x)));
}
template <class T>
GFN_INLINE T elu(T x) {
  const T y = expm1(x);
  return x < 0 ? y : x;
}
template <class T>
GFN_INLINE T selu(T x) {
  const T y = T(1.6732632423543772 * 1.0507009873554805) * expm1(x);
  return x < 0 ? y : T(1.0507009873554805) * x;
}

// ---- functions of the C library, float in double precision

#define GFN_LIBM(name)                                        \
  inline double name(double x) { return std::name(x); }       \
  inline float name(float x) { return static_cast<float>(std::name(static_cast<double>(x))); }
GFN_LIBM(sin)
GFN_LIBM(cos)
GFN_LIBM(tan)
GFN_LIBM(asin)
GFN_LIBM(acos)
GFN_LIBM(atan)
GFN_LIBM(sinh)
GFN_LIBM(cosh)
GFN_LIBM(asinh)
GFN_LIBM(acosh)
GFN_LIBM(atanh)
GFN_LIBM(erf)
#undef GFN_LIBM
inline double atan2(double x, double y) { return std::atan2(x, y); }
inline float atan2(float x, float y) { return static_cast<float>(std::atan2(static_cast<double>(x), static_cast<double>(y))); }

// ---- selection, with numeric attributes in double precision as in the reference

template <class T>
GFN_INLINE T relu(T x) {
  return x > 0 ? x : x != x ? x : T(0);
}
template <class T>
GFN_INLINE T relu6(T x) {
  return minimum(relu(x), T(6));
}
/** As a typed array stores a whole number: modulo 2^32; infinities are 0. */
inline i32 wrap(double x) {
  if (!(abs(x) < 9007199254740992.0)) x = abs(x) < infinity(x) ? std::fmod(x, 4294967296.0) : 0;
  return static_cast<i32>(static_cast<int64_t>(x));
}
GFN_INLINE float clip(float x, double low, double high) {
  const float y = minimum(maximum(x, static_cast<float>(low)), static_cast<float>(high));
  return x != x ? x : y;
}
GFN_INLINE double clip(double x, double low, double high) { return x != x ? x : minimum(maximum(x, low), high); }
GFN_INLINE i32 clip(i32 x, double low, double high) { return wrap(minimum(maximum(static_cast<double>(x), low), high)); }
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

/** Any dtype to any other; to Bool (uint8_t) by x ≠ 0, NaN is true. */
template <class R, class T>
GFN_INLINE R convert(T x) {
  if constexpr (std::is_same_v<R, uint8_t>) return x != 0;
  else if constexpr (std::is_same_v<R, i32> && std::is_floating_point_v<T>) return toInt(x);
  else return static_cast<R>(x);
}

}  // namespace GFN_MATH_LEVEL
}  // namespace gfn::m
