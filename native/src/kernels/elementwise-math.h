/**
 * Functions of one or two elements (arithmetic is in elementwise-arithmetic.h), overloaded for int32_t, float and double. They define the
 * values of elementwise ops on every level of vector instructions and in the virtual machine: no table, only selects, so that a compiler
 * can vectorise them, and all variants give the same bits. Products and sums are fused where it says fma, and nowhere else.
 *
 * float   + − × ÷ √ correctly rounded; exp, expm1, log, log1p, tanh, sigmoid, softplus by polynomials (constants of Cephes,
 *         S. L. Moshier), within 2 ulp (tanh, sigmoid: 2.5); the other functions in double precision, rounded once.
 * double  exp, log by polynomials, within 1 ulp; the others by the C library.
 * int32   wraps around.
 * Zeros are JavaScript's: maximum(−0, 0) is 0.
 */
#pragma once
#include "elementwise-arithmetic.h"
#include "gamma.h"

namespace gfn::m {
inline namespace GFN_MATH_LEVEL {

// ---- exponentials and logarithms

/** x = n·ln 2 + r with |r| ≤ ln 2 / 2; for |x| < 2^17. */
struct Reduced {
  float r;
  i32 n;
};
constexpr float kRound = 12582912.0f;  // 1.5 · 2^23: adding it rounds to a whole number in the low bits
GFN_INLINE Reduced reduce(float x) {
  const float shifted = fma(x, 1.44269504088896341f, kRound);
  const float whole = shifted - kRound;
  const float r = fma(whole, 1.90465421e-9f, fma(whole, -0.693147182464599609f, x));
  return {r, static_cast<i32>(std::bit_cast<u32>(shifted) - std::bit_cast<u32>(kRound))};
}
/** 2^n for −126 ≤ n ≤ 127. Exponents of NaN are arbitrary numbers: arithmetic on them is unsigned. */
GFN_INLINE float exp2i(u32 n) { return std::bit_cast<float>((n + 127) << 23); }
/** (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2: least relative error of eʳ − 1, 1.4e-8. */
GFN_INLINE float expRest(float r) { return fma(fma(fma(fma(1.388248339e-3f, r, 8.366713398e-3f), r, 4.166720609e-2f), r, 1.666654219e-1f), r, 4.999999812e-1f); }
/** eʳ − 1 and eʳ for |r| ≤ ln 2 / 2. */
GFN_INLINE float expm1Small(float r) { return fma(expRest(r), r * r, r); }
GFN_INLINE float expSmall(float r) { return fma(fma(expRest(r), r, 1), r, 1); }
GFN_INLINE float exp(float x) {
  const float low = x < -104.0f ? -104.0f : x;
  const Reduced a = reduce(low > 89.0f ? 89.0f : low);
  // In two steps, so that results below the normal range are rounded and not lost, and large ones become ∞.
  const u32 n = static_cast<u32>(a.n);
  const u32 half = static_cast<u32>(a.n >> 1);
  return expSmall(a.r) * exp2i(half) * exp2i(n - half);
}
/** Arguments whose exponential is in the normal range, and their exponentials: a change of the exponent. */
GFN_INLINE bool isUsualExponent(float x) { return abs(x) < 87.0f; }
GFN_INLINE float expUsual(float x) {
  const Reduced a = reduce(x);
  return std::bit_cast<float>(std::bit_cast<u32>(expSmall(a.r)) + (static_cast<u32>(a.n) << 23));
}

/** The same in double precision; the polynomial is Taylor's up to r¹³. */
GFN_INLINE double exp2i(uint64_t n) { return std::bit_cast<double>((n + 1023) << 52); }
GFN_INLINE double exp(double x) {
  constexpr double kDoubleRound = 6755399441055744.0;  // 1.5 · 2^52
  const double low = x < -746.0 ? -746.0 : x;
  const double safe = low > 710.0 ? 710.0 : low;
  const double shifted = safe * 1.44269504088896340736 + kDoubleRound;
  const double whole = shifted - kDoubleRound;
  const uint64_t n = std::bit_cast<uint64_t>(shifted) - std::bit_cast<uint64_t>(kDoubleRound);
  const double r = (safe - whole * 6.93147180369123816490e-01) - whole * 1.90821492927058770002e-10;
  double p = 1.6059043836821613e-10;
  p = p * r + 2.08767569878681e-09;
  p = p * r + 2.505210838544172e-08;
  p = p * r + 2.7557319223985893e-07;
  p = p * r + 2.7557319223985893e-06;
  p = p * r + 2.48015873015873e-05;
  p = p * r + 1.984126984126984e-04;
  p = p * r + 1.388888888888889e-03;
  p = p * r + 8.333333333333333e-03;
  p = p * r + 4.1666666666666664e-02;
  p = p * r + 1.6666666666666666e-01;
  p = p * r + 0.5;
  // Halving an unsigned number: there is no arithmetic shift of 64 bits before AVX-512.
  const uint64_t half = ((n + 4096) >> 1) - 2048;
  return (1 + (p * (r * r) + r)) * exp2i(half) * exp2i(n - half);
}

GFN_INLINE float expm1(float x) {
  const float low = x < -30.0f ? -30.0f : x;
  const Reduced a = reduce(low > 89.0f ? 89.0f : low);
  // 2ⁿ(eʳ − 1) + (2ⁿ − 1), halved so that 2ⁿ stays finite.
  const float scale = exp2i(static_cast<u32>(a.n) - 1);
  const float y = fma(scale, expm1Small(a.r), scale - 0.5f) * 2;
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
  p = fma(p, m, -1.1514610310e-1f);
  p = fma(p, m, 1.1676998740e-1f);
  p = fma(p, m, -1.2420140846e-1f);
  p = fma(p, m, 1.4249322787e-1f);
  p = fma(p, m, -1.6668057665e-1f);
  p = fma(p, m, 2.0000714765e-1f);
  p = fma(p, m, -2.4999993993e-1f);
  p = fma(p, m, 3.3333331174e-1f);
  const float z = m * m;
  const float y = fma(-0.5f, z, fma(e, -2.12194440e-4f, m * z * p));
  return fma(e, 0.693359375f, m + y);
}
/** ln x for 1 ≤ x ≤ 2. */
GFN_INLINE float logUsual(float x) { return logNormal(x, 0); }
GFN_INLINE float log(float x) {
  const bool tiny = x < 1.17549435e-38f;
  const float y = logNormal(tiny ? x * 8388608.0f : x, tiny ? -23.0f : 0.0f);
  const float edge = x == 0 ? -infinity(x) : x < 0 ? std::numeric_limits<float>::quiet_NaN() : x;
  return x > 0 && x < infinity(x) ? y : edge;
}

/** The same, after e_log.c of FreeBSD's msun (Sun Microsystems), without its branches. */
GFN_INLINE double logNormal(double x, double exponentShift) {
  const uint64_t shifted = std::bit_cast<uint64_t>(x) - 0x3fe6a09e00000000u;
  // The exponent as a double, by putting its bits into the mantissa of 2^52.
  const double biased = std::bit_cast<double>(0x4330000000000000u | ((shifted + (uint64_t{1023} << 52)) >> 52)) - 4503599627370496.0;
  const double e = biased - 1023.0 + exponentShift;
  const double f = std::bit_cast<double>((shifted & 0x000fffffffffffffu) + 0x3fe6a09e00000000u) - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double w = z * z;
  const double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const double odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const double square = 0.5 * f * f;
  return e * 6.93147180369123816490e-01 - ((square - (s * (square + (even + odd)) + e * 1.90821492927058770002e-10)) - f);
}
GFN_INLINE double logUsual(double x) { return logNormal(x, 0); }
GFN_INLINE double log(double x) {
  const bool tiny = x < 2.2250738585072014e-308;
  const double y = logNormal(tiny ? x * 18014398509481984.0 : x, tiny ? -54.0 : 0.0);
  const double edge = x == 0 ? -infinity(x) : x < 0 ? std::numeric_limits<double>::quiet_NaN() : x;
  return x > 0 && x < infinity(x) ? y : edge;
}

GFN_INLINE float log1p(float x) {
  const float u = 1 + x;
  // What rounding of 1 + x lost, to first order.
  const float lost = abs(x) < 1 ? x - (u - 1) : 1 - (u - x);
  const float y = log(u) + lost / u;
  // u = 0 and u = ∞ are exact; x itself is closer than anything for tiny x, and keeps −0.
  return u == 0 || u == infinity(u) ? log(u) : abs(x) < 1e-7f ? x : y;
}
GFN_INLINE double log1p(double x) { return std::log1p(x); }

/** t/(t + 1) with t = (e²ˣ − 1)/2, which loses nothing where x is small; from 9.02 on it is 1. */
GFN_INLINE float tanh(float x) {
  const float a = abs(x);
  const float least = a > 9.02f ? 9.02f : a;
  // x = n·ln 2 / 2 + r. The low bits of `shifted` are n + 127, the exponent of 2ⁿ.
  const float shifted = fma(least, 2.88539008177792681f, kRound + 127);
  const float whole = shifted - (kRound + 127);
  const float r = fma(whole, -0.346573591232299805f, least);
  const float power = std::bit_cast<float>(std::bit_cast<u32>(shifted) << 23);
  // (e²ʳ − 1)/2: expm1Small with each power of r that of 2r.
  const float rest = fma(fma(fma(fma(4.4423946848e-2f, r, 1.3386741437e-1f), r, 3.3333764872e-1f), r, 6.666616876e-1f), r, 9.999999624e-1f);
  const float small = fma(rest, r * r, r);
  const float t = fma(power, small, fma(power, 0.5f, -0.5f));
  return __builtin_copysignf(t / (t + 1), x);
}
GFN_INLINE double tanh(double x) { return std::tanh(x); }

template <class T>
GFN_INLINE T sigmoid(T x) {
  const T e = exp(-abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}
template <class T>
GFN_INLINE T softplus(T x) {
  // ln(1 + e) for 0 ≤ e ≤ 1, as log1p without its edges; NaN comes from the first summand.
  const T e = exp(-abs(x));
  const T u = 1 + e;
  const T y = logUsual(u) + (e - (u - 1)) / u;
  return (x > 0 ? x : x != x ? x : T(0)) + (e < T(1e-17) ? e : y);
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

// ---- sine and cosine of float, in double precision: polynomials of FreeBSD's msun (k_sinf.c, k_cosf.c)

/** Arguments that two parts of π/2 are enough for. */
GFN_INLINE bool isUsualAngle(float x) { return abs(x) < 1e6f; }
struct Angle {
  double r;
  uint64_t quadrant;
};
/** x = quadrant · π/2 + r with |r| ≤ π/4. */
GFN_INLINE Angle reduceAngle(float x) {
  constexpr double kRound = 6755399441055744.0;
  const double shifted = static_cast<double>(x) * 6.36619772367581382433e-01 + kRound;
  const double n = shifted - kRound;
  const double r = (static_cast<double>(x) - n * 1.57079632673412561417e+00) - n * 6.07710050650619224932e-11;
  return {r, std::bit_cast<uint64_t>(shifted) - std::bit_cast<uint64_t>(kRound)};
}
/** sin(r + quadrant · π/2). */
GFN_INLINE double sinOf(double r, uint64_t quadrant) {
  const double z = r * r;
  const double w = z * z;
  const double s = (r + z * r * (-0.166666666416265235595 + z * 0.0083333293858894631756)) +
                   z * r * w * (-0.000198393348360966317347 + z * 0.0000027183114939898219064);
  const double c = ((1.0 + z * -0.499999997251031003120) + w * 0.0416666233237390631894) +
                   w * z * (-0.00138867637746099294692 + z * 0.0000243904487962774090654);
  const double y = (quadrant & 1) != 0 ? c : s;
  return (quadrant & 2) != 0 ? -y : y;
}
GFN_INLINE float sinUsual(float x) {
  const Angle a = reduceAngle(x);
  return static_cast<float>(sinOf(a.r, a.quadrant));
}
GFN_INLINE float cosUsual(float x) {
  const Angle a = reduceAngle(x);
  return static_cast<float>(sinOf(a.r, a.quadrant + 1));
}
GFN_INLINE float tanUsual(float x) {
  const Angle a = reduceAngle(x);
  return static_cast<float>(sinOf(a.r, a.quadrant) / sinOf(a.r, a.quadrant + 1));
}
inline double sin(double x) { return std::sin(x); }
inline double cos(double x) { return std::cos(x); }
inline double tan(double x) { return std::tan(x); }
inline float sin(float x) { return isUsualAngle(x) ? sinUsual(x) : static_cast<float>(std::sin(static_cast<double>(x))); }
inline float cos(float x) { return isUsualAngle(x) ? cosUsual(x) : static_cast<float>(std::cos(static_cast<double>(x))); }
inline float tan(float x) { return isUsualAngle(x) ? tanUsual(x) : static_cast<float>(std::tan(static_cast<double>(x))); }

// ---- functions of the C library, float in double precision

#define GFN_LIBM(name)                                        \
  inline double name(double x) { return std::name(x); }       \
  inline float name(float x) { return static_cast<float>(std::name(static_cast<double>(x))); }
GFN_LIBM(asin)
GFN_LIBM(acos)
GFN_LIBM(atan)
GFN_LIBM(sinh)
GFN_LIBM(cosh)
GFN_LIBM(asinh)
GFN_LIBM(acosh)
GFN_LIBM(atanh)
GFN_LIBM(erf)
GFN_LIBM(erfc)
#undef GFN_LIBM
inline double lgamma(double x) { return gamma::logGamma(x); }
inline float lgamma(float x) { return static_cast<float>(gamma::logGamma(static_cast<double>(x))); }
inline double digamma(double x) { return gamma::digamma(x); }
inline float digamma(float x) { return static_cast<float>(gamma::digamma(static_cast<double>(x))); }
inline double polygamma(double x, double order) { return gamma::polygamma(order, x); }
inline float polygamma(float x, double order) { return static_cast<float>(gamma::polygamma(order, static_cast<double>(x))); }
inline double atan2(double x, double y) { return std::atan2(x, y); }
inline float atan2(float x, float y) { return static_cast<float>(std::atan2(static_cast<double>(x), static_cast<double>(y))); }

}  // namespace GFN_MATH_LEVEL
}  // namespace gfn::m
