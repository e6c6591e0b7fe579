#include "gamma.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gfn::m::gamma {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

constexpr double kBernoulli[] = {1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798};
constexpr double kEvenFactorials[] = {2, 24, 720, 40320, 3628800, 479001600, 87178291200, 20922789888000, 6402373705728000};
constexpr double kZetaMinus1[] = {
  0.64493406684822644, 0.20205690315959429, 0.082323233711138192, 0.036927755143369926, 0.01734306198444914, 0.0083492773819228268,
  0.0040773561979443394, 0.0020083928260822144, 9.9457512781808534e-4, 4.9418860411946456e-4, 2.4608655330804830e-4, 1.2271334757848915e-4,
  6.1248135058704829e-5, 3.0588236307020494e-5, 1.5282259408651872e-5, 7.6371976378997623e-6, 3.8172932649998399e-6, 1.9082127165539389e-6,
  9.5396203387279611e-7, 4.7693298678780646e-7, 2.3845050272773299e-7, 1.1921992596531107e-7, 5.9608189051259479e-8, 2.980350351465228e-8};
constexpr int kZetas = sizeof kZetaMinus1 / sizeof *kZetaMinus1;
constexpr int kMostOrder = 100;

double logGammaAtTwo(double z) {
  double sum = 0;
  for (int i = kZetas - 1; i >= 0; i--) sum = ((i % 2 == 0 ? 1 : -1) * kZetaMinus1[i] / (i + 2) + sum) * z;
  return z * (0.42278433509846714 + sum);
}

/** Rounds halves up, as Math.round. */
double offWhole(double x) {
  const double down = std::floor(x);
  return x - down < 0.5 ? x - down : x - (down + 1);
}

double cotangent(double r) {
  if (std::abs(r) <= 0.25) return 1 / std::tan(kPi * r);
  return std::copysign(1.0, r) * std::tan(kPi * (0.5 - std::abs(r)));
}

double factorialZeta(int n, double x) {
  const double s = n + 1;
  const int count = x < 12 + n ? static_cast<int>(std::ceil(12 + n - x)) : 0;
  const double z = x + count;
  if (z == kInfinity) return 0;
  double factorial = 1;
  for (int k = 2; k <= n; k++) factorial *= k;
  const double power = std::pow(z, -s);
  double term = power * s / z;
  double sum = power * z / n + power / 2;
  for (int k = 1; k <= 9; k++) {
    sum += term * kBernoulli[k - 1] / kEvenFactorials[k - 1];
    term *= (s + 2 * k - 1) * (s + 2 * k) / (z * z);
  }
  for (int k = count - 1; k >= 0; k--) sum += std::pow(x + k, -s);
  return factorial * sum;
}

double cotangentDerivative(int n, double r) {
  double p[kMostOrder + 2] = {0, 1};
  for (int k = 0; k < n; k++) {
    double next[kMostOrder + 2] = {};
    for (int i = 1; i <= k + 1; i++) {
      next[i - 1] -= i * p[i];
      next[i + 1] -= i * p[i];
    }
    std::copy(next, next + n + 2, p);
  }
  const double c = cotangent(r);
  double value = 0;
  for (int i = n + 1; i >= 0; i--) value = value * c + p[i];
  return std::pow(kPi, n) * value;
}

}  // namespace

double logGamma(double x) {
  if (x != x) return x;
  if (std::abs(x) == kInfinity) return kInfinity;
  if (x <= 0) {
    const double r = offWhole(x);
    if (r == 0) return kInfinity;
    return 1.1447298858494002 - std::log(std::abs(std::sin(kPi * r))) - std::log(-x) - logGamma(-x);
  }
  if (x < 0.5) return logGammaAtTwo(x) - std::log1p(x) - std::log(x);
  if (x < 1.5) return logGammaAtTwo(x - 1) - std::log1p(x - 1);
  if (x < 12) {
    double z = x;
    double product = 1;
    while (z > 2.5) {
      z -= 1;
      product *= z;
    }
    return logGammaAtTwo(z - 2) + std::log(product);
  }
  const double log = std::log(x);
  const double inverse = 1 / (x * x);
  double sum = 0;
  for (int k = 8; k > 0; k--) sum = sum * inverse + kBernoulli[k - 1] / (2 * k * (2 * k - 1));
  return x * (log - 1) - 0.5 * log + (0.91893853320467274 + sum / x);
}

double digamma(double x) {
  if (x == 0) return -1 / x;
  if (x == kInfinity || x != x) return x;
  if (x < 0) {
    const double r = offWhole(x);
    if (r == 0 || x == -kInfinity) return kNaN;
    return digamma(-x) - 1 / x - kPi * cotangent(r);
  }
  double z = x;
  double before = 0;
  while (z < 10) {
    before += 1 / z;
    z += 1;
  }
  const double inverse = 1 / (z * z);
  double sum = 0;
  for (int k = 8; k > 0; k--) sum = (sum + kBernoulli[k - 1] / (2 * k)) * inverse;
  return std::log(z) - 0.5 / z - sum - before;
}

double polygamma(double order, double x) {
  if (!(order >= 1 && order <= kMostOrder) || order != std::floor(order) || x != x || x == -kInfinity) return kNaN;
  const int n = static_cast<int>(order);
  const bool odd = n % 2 == 1;
  if (x > 0) return (odd ? 1 : -1) * factorialZeta(n, x);
  const double r = offWhole(x);
  if (r == 0) return odd ? kInfinity : x == 0 ? -1 / x : kNaN;
  return (odd ? -1 : 1) * polygamma(order, 1 - x) - kPi * cotangentDerivative(n, r);
}

}  // namespace gfn::m::gamma
