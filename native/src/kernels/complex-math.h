/**
 * Complex elements: arithmetic and functions of runtime/src/ops/complex-rules.ts, computed in double precision and rounded once, so that
 * no product of two finite numbers overflows on the way.
 */
#pragma once
#include "elementwise-math.h"

namespace gfn::m {
inline namespace GFN_MATH_LEVEL {

struct Complex {
  float re, im;
};

GFN_INLINE Complex rounded(double re, double im) { return {static_cast<float>(re), static_cast<float>(im)}; }

GFN_INLINE bool operator==(Complex x, Complex y) { return x.re == y.re && x.im == y.im; }
GFN_INLINE bool operator!=(Complex x, Complex y) { return x.re != y.re || x.im != y.im; }
GFN_INLINE Complex add(Complex x, Complex y) { return {x.re + y.re, x.im + y.im}; }
GFN_INLINE Complex sub(Complex x, Complex y) { return {x.re - y.re, x.im - y.im}; }
GFN_INLINE Complex mul(Complex x, Complex y) {
  const double a = x.re, b = x.im, c = y.re, d = y.im;
  return rounded(a * c - b * d, a * d + b * c);
}
GFN_INLINE Complex operator-(Complex x) { return {-x.re, -x.im}; }
GFN_INLINE Complex conj(Complex x) { return {x.re, -x.im}; }

/** ±1 for an infinity, ±0 for anything else. */
inline double boxed(double x) { return std::copysign(abs(x) == infinity(x) ? 1.0 : 0.0, x); }

/** The quotient where the plain formula gives NaN: what ISO C's annex G says of zeros and infinities. */
inline Complex unusualQuotient(double a, double b, double c, double d) {
  const double endless = infinity(a);
  if (c * c + d * d == 0 && (a == a || b == b)) {
    const double size = std::copysign(endless, c);
    return rounded(size * a, size * b);
  }
  if ((abs(a) == endless || abs(b) == endless) && abs(c) < endless && abs(d) < endless) {
    const double x = boxed(a), y = boxed(b);
    return rounded(endless * (x * c + y * d), endless * (y * c - x * d));
  }
  if ((abs(c) == endless || abs(d) == endless) && abs(a) < endless && abs(b) < endless) {
    const double x = boxed(c), y = boxed(d);
    return rounded(0.0 * (a * x + b * y), 0.0 * (b * x - a * y));
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return rounded(nan, nan);
}

GFN_INLINE Complex operator/(Complex x, Complex y) {
  const double a = x.re, b = x.im, c = y.re, d = y.im;
  const double square = c * c + d * d;
  const double re = (a * c + b * d) / square;
  const double im = (b * c - a * d) / square;
  return re != re && im != im ? unusualQuotient(a, b, c, d) : rounded(re, im);
}
GFN_INLINE Complex operator/(int x, Complex y) { return Complex{static_cast<float>(x), 0} / y; }

GFN_INLINE double absOf(Complex x) {
  const double a = x.re, b = x.im;
  return abs(a) == infinity(a) || abs(b) == infinity(b) ? infinity(a) : sqrt(a * a + b * b);
}

inline Complex exp(Complex x) {
  const double size = std::exp(static_cast<double>(x.re));
  if (x.im == 0) return rounded(size, x.im);
  if (size == 0) return {0, 0};
  return rounded(size * std::cos(static_cast<double>(x.im)), size * std::sin(static_cast<double>(x.im)));
}
inline Complex log(Complex x) {
  return rounded(std::log(absOf(x)), std::atan2(static_cast<double>(x.im), static_cast<double>(x.re)));
}
inline Complex sqrt(Complex x) {
  const double a = x.re, b = x.im;
  if (a == 0 && b == 0) return {0, x.im};
  if (abs(b) == infinity(b)) return rounded(infinity(b), b);
  if (a == infinity(a)) return rounded(a, b != b ? b : std::copysign(0.0, b));
  const double root = sqrt((absOf(x) + abs(a)) / 2);
  const double other = abs(b) / (2 * root);
  return rounded(a >= 0 ? root : other, std::copysign(a >= 0 ? other : root, b));
}

}  // namespace GFN_MATH_LEVEL
}  // namespace gfn::m
