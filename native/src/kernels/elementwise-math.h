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
template <Single F>
struct Reduced {
  F r;
  Like<F, i32> n;
};
constexpr float kRound = 12582912.0f;  // 1.5 · 2^23: adding it rounds to a whole number in the low bits
template <Single F>
GFN_INLINE Reduced<F> reduce(F x) {
  const F shifted = fma(x, F(1.44269504088896341f), F(kRound));
  const F whole = shifted - kRound;
  const F r = fma(whole, F(1.90465421e-9f), fma(whole, F(-0.693147182464599609f), x));
  return {r, to<i32>(bitsOf(shifted) - bitsOf(kRound))};
}
/** 2^n for −126 ≤ n ≤ 127. Exponents of NaN are arbitrary numbers: arithmetic on them is unsigned. */
template <class U>
  requires std::is_same_v<NumberOf<U>, u32>
GFN_INLINE Like<U, float> exp2i(U n) {
  return floatOf((n + 127) << 23);
}
/** (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2: least relative error of eʳ − 1, 1.4e-8. */
template <Single F>
GFN_INLINE F expRest(F r) {
  F p = fma(F(1.388248339e-3f), r, F(8.366713398e-3f));
  p = fma(p, r, F(4.166720609e-2f));
  p = fma(p, r, F(1.666654219e-1f));
  return fma(p, r, F(4.999999812e-1f));
}
/** eʳ − 1 and eʳ for |r| ≤ ln 2 / 2. */
template <Single F>
GFN_INLINE F expm1Small(F r) {
  return fma(expRest(r), r * r, r);
}
template <Single F>
GFN_INLINE F expSmall(F r) {
  return fma(fma(expRest(r), r, F(1)), r, F(1));
}
template <Single F>
GFN_INLINE F exp(F x) {
  const F low = select(x < -104.0f, F(-104.0f), x);
  const Reduced<F> a = reduce(select(low > 89.0f, F(89.0f), low));
  // In two steps, so that results below the normal range are rounded and not lost, and large ones become ∞.
  const auto n = to<u32>(a.n);
  const auto half = to<u32>(a.n >> 1);
  return expSmall(a.r) * exp2i(half) * exp2i(n - half);
}
/** Arguments whose exponential is in the normal range, and their exponentials: a change of the exponent. */
GFN_INLINE bool isUsualExponent(float x) { return abs(x) < 87.0f; }
GFN_INLINE float expUsual(float x) {
  const Reduced<float> a = reduce(x);
  return floatOf(bitsOf(expSmall(a.r)) + (to<u32>(a.n) << 23));
}

/** The same in double precision; the polynomial is Taylor's up to r¹³. */
template <class U>
  requires std::is_same_v<NumberOf<U>, u64>
GFN_INLINE Like<U, double> exp2i(U n) {
  return doubleOf((n + 1023) << 52);
}
constexpr double kDoubleRound = 6755399441055744.0;  // 1.5 · 2^52
template <Double F>
GFN_INLINE F exp(F x) {
  const F low = select(x < -746.0, F(-746.0), x);
  const F safe = select(low > 710.0, F(710.0), low);
  const F shifted = safe * 1.44269504088896340736 + kDoubleRound;
  const F whole = shifted - kDoubleRound;
  const auto n = bitsOf(shifted) - bitsOf(kDoubleRound);
  const F r = (safe - whole * 6.93147180369123816490e-01) - whole * 1.90821492927058770002e-10;
  F p = 1.6059043836821613e-10;
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
  const auto half = ((n + 4096) >> 1) - 2048;
  return (1 + (p * (r * r) + r)) * exp2i(half) * exp2i(n - half);
}

template <Single F>
GFN_INLINE F expm1(F x) {
  const F low = select(x < -30.0f, F(-30.0f), x);
  const Reduced<F> a = reduce(select(low > 89.0f, F(89.0f), low));
  // 2ⁿ(eʳ − 1) + (2ⁿ − 1), halved so that 2ⁿ stays finite.
  const F scale = exp2i(to<u32>(a.n) - 1);
  const F y = fma(scale, expm1Small(a.r), scale - 0.5f) * 2;
  return copySign(select(a.n == 0, expm1Small(x), y), x);  // copySign for −0
}
GFN_INLINE double expm1(double x) { return std::expm1(x); }

/** ln x for normal x > 0. */
template <Single F>
GFN_INLINE F logNormal(F x, F exponentShift) {
  // m in [√½, √2)
  const auto shifted = bitsOf(x) - 0x3f3504f3u;
  const auto n = to<i32>(shifted) >> 23;
  const F m = floatOf((shifted & 0x007fffffu) + 0x3f3504f3u) - 1;
  const F e = to<float>(n) + exponentShift;
  F p = 7.0376836292e-2f;
  p = fma(p, m, F(-1.1514610310e-1f));
  p = fma(p, m, F(1.1676998740e-1f));
  p = fma(p, m, F(-1.2420140846e-1f));
  p = fma(p, m, F(1.4249322787e-1f));
  p = fma(p, m, F(-1.6668057665e-1f));
  p = fma(p, m, F(2.0000714765e-1f));
  p = fma(p, m, F(-2.4999993993e-1f));
  p = fma(p, m, F(3.3333331174e-1f));
  const F z = m * m;
  const F y = fma(F(-0.5f), z, fma(e, F(-2.12194440e-4f), m * z * p));
  return fma(e, F(0.693359375f), m + y);
}

/** The same, after e_log.c of FreeBSD's msun (Sun Microsystems), without its branches. */
template <Double F>
GFN_INLINE F logNormal(F x, F exponentShift) {
  const auto shifted = bitsOf(x) - u64{0x3fe6a09e00000000u};
  // The exponent as a double, by putting its bits into the mantissa of 2^52.
  const F biased = doubleOf(u64{0x4330000000000000u} | ((shifted + (u64{1023} << 52)) >> 52)) - 4503599627370496.0;
  const F e = biased - 1023.0 + exponentShift;
  const F f = doubleOf((shifted & u64{0x000fffffffffffffu}) + u64{0x3fe6a09e00000000u}) - 1.0;
  const F s = f / (2.0 + f);
  const F z = s * s;
  const F w = z * z;
  const F even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const F odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const F square = 0.5 * f * f;
  return e * 6.93147180369123816490e-01 - ((square - (s * (square + (even + odd)) + e * 1.90821492927058770002e-10)) - f);
}
/** ln x for 1 ≤ x ≤ 2. */
template <Floating F>
GFN_INLINE F logUsual(F x) {
  return logNormal(x, F(0));
}
template <Floating F>
GFN_INLINE F log(F x) {
  constexpr NumberOf<F> kUp = Single<F> ? 8388608.0 : 18014398509481984.0;
  const auto tiny = x < std::numeric_limits<NumberOf<F>>::min();
  const F y = logNormal(select(tiny, x * kUp, x), select(tiny, F(Single<F> ? -23 : -54), F(0)));
  const F edge = select(x == 0, F(-infinity(x)), select(x < 0, F(kNaN<F>), x));
  return select(x > 0 && x < infinity(x), y, edge);
}

template <Single F>
GFN_INLINE F log1p(F x) {
  const F u = 1 + x;
  // What rounding of 1 + x lost, to first order.
  const F lost = select(abs(x) < 1, x - (u - 1), 1 - (u - x));
  const F y = log(u) + lost / u;
  // u = 0 and u = ∞ are exact; x itself is closer than anything for tiny x, and keeps −0.
  return select(u == 0 || u == infinity(u), log(u), select(abs(x) < 1e-7f, x, y));
}
GFN_INLINE double log1p(double x) { return std::log1p(x); }

/** t/(t + 1) with t = (e²ˣ − 1)/2, which loses nothing where x is small; from 9.02 on it is 1. */
template <Single F>
GFN_INLINE F tanh(F x) {
  const F a = abs(x);
  const F least = select(a > 9.02f, F(9.02f), a);
  // x = n·ln 2 / 2 + r. The low bits of `shifted` are n + 127, the exponent of 2ⁿ.
  const F shifted = fma(least, F(2.88539008177792681f), F(kRound + 127));
  const F whole = shifted - (kRound + 127);
  const F r = fma(whole, F(-0.346573591232299805f), least);
  const F power = floatOf(bitsOf(shifted) << 23);
  // (e²ʳ − 1)/2: expm1Small with each power of r that of 2r.
  F rest = fma(F(4.4423946848e-2f), r, F(1.3386741437e-1f));
  rest = fma(rest, r, F(3.3333764872e-1f));
  rest = fma(rest, r, F(6.666616876e-1f));
  rest = fma(rest, r, F(9.999999624e-1f));
  const F small = fma(rest, r * r, r);
  const F t = fma(power, small, fma(power, F(0.5f), F(-0.5f)));
  return copySign(t / (t + 1), x);
}
GFN_INLINE double tanh(double x) { return std::tanh(x); }

template <Floating T>
GFN_INLINE T sigmoid(T x) {
  const T e = exp(-abs(x));
  return select(x < 0, e, T(1)) / (1 + e);
}
template <Floating T>
GFN_INLINE T softplus(T x) {
  // ln(1 + e) for 0 ≤ e ≤ 1, as log1p without its edges; NaN comes from the first summand.
  const T e = exp(-abs(x));
  const T u = 1 + e;
  const T y = logUsual(u) + (e - (u - 1)) / u;
  return select(x > 0, x, select(x != x, x, T(0))) + select(e < NumberOf<T>(1e-17), e, y);
}
template <class T>
  requires Single<T> || Number<T>
GFN_INLINE T elu(T x) {
  const T y = expm1(x);
  return select(x < 0, y, x);
}
template <class T>
  requires Single<T> || Number<T>
GFN_INLINE T selu(T x) {
  const T y = T(1.6732632423543772 * 1.0507009873554805) * expm1(x);
  return select(x < 0, y, T(1.0507009873554805) * x);
}

// ---- sine and cosine of float, in double precision: polynomials of FreeBSD's msun (k_sinf.c, k_cosf.c)

/** Arguments that two parts of π/2 are enough for. */
template <Single F>
GFN_INLINE auto isUsualAngle(F x) {
  return abs(x) < 1e6f;
}
template <Single F>
struct Angle {
  Like<F, double> r;
  Like<F, u64> quadrant;
};
/** x = quadrant · π/2 + r with |r| ≤ π/4. */
template <Single F>
GFN_INLINE Angle<F> reduceAngle(F x) {
  using D = Like<F, double>;
  const D shifted = to<double>(x) * 6.36619772367581382433e-01 + kDoubleRound;
  const D n = shifted - kDoubleRound;
  const D r = (to<double>(x) - n * 1.57079632673412561417e+00) - n * 6.07710050650619224932e-11;
  return {r, bitsOf(shifted) - bitsOf(kDoubleRound)};
}
/** sin(r + quadrant · π/2). */
template <Double D, class U>
GFN_INLINE D sinOf(D r, U quadrant) {
  const D z = r * r;
  const D w = z * z;
  const D s = (r + z * r * (-0.166666666416265235595 + z * 0.0083333293858894631756)) +
                   z * r * w * (-0.000198393348360966317347 + z * 0.0000027183114939898219064);
  const D c = ((1.0 + z * -0.499999997251031003120) + w * 0.0416666233237390631894) +
                   w * z * (-0.00138867637746099294692 + z * 0.0000243904487962774090654);
  const D y = select((quadrant & 1) != 0, c, s);
  return select((quadrant & 2) != 0, -y, y);
}
template <Single F>
GFN_INLINE F sinUsual(F x) {
  const Angle<F> a = reduceAngle(x);
  return to<float>(sinOf(a.r, a.quadrant));
}
template <Single F>
GFN_INLINE F cosUsual(F x) {
  const Angle<F> a = reduceAngle(x);
  return to<float>(sinOf(a.r, a.quadrant + 1));
}
template <Single F>
GFN_INLINE F tanUsual(F x) {
  const Angle<F> a = reduceAngle(x);
  return to<float>(sinOf(a.r, a.quadrant) / sinOf(a.r, a.quadrant + 1));
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
