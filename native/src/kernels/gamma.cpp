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
    0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914, 0.008349277381922827,
    0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853, 0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915,
    0.00006124813505870483, 0.00003058823630702049, 0.00001528225940865187, 0.000007637197637899763, 0.00000381729326499984, 0.000001908212716553939,
    9.539620338727962e-7, 4.769329867878064e-7, 2.38450502727733e-7, 1.1921992596531106e-7, 5.960818905125948e-8, 2.980350351465228e-8,
    1.4901554828365043e-8, 7.45071178983543e-9, 3.725334024788457e-9, 1.862659723513049e-9, 9.313274324196682e-10};
constexpr int kZetas = sizeof kZetaMinus1 / sizeof *kZetaMinus1;
constexpr int kMostOrder = 100;

double logGammaAtTwo(double z) {
  double sum = 0;
  for (int i = kZetas - 1; i >= 0; i--) sum = ((i % 2 == 0 ? 1 : -1) * kZetaMinus1[i] / (i + 2) + sum) * z;
  return z * (0.42278433509846714 + sum);
}

double digammaAtTwo(double z) {
  double sum = 0;
  for (int i = kZetas - 1; i >= 0; i--) sum = ((i % 2 == 0 ? 1 : -1) * kZetaMinus1[i] + sum) * z;
  return 0.42278433509846714 + sum;
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
  if (x < 10) {
    if (x < 0.5) return digammaAtTwo(x) - 1 / (1 + x) - 1 / x;
    if (x < 1.5) return digammaAtTwo(x - 1) - 1 / x;
    double z = x;
    double sum = 0;
    while (z > 2.5) {
      z -= 1;
      sum += 1 / z;
    }
    return digammaAtTwo(z - 2) + sum;
  }
  const double inverse = 1 / (x * x);
  double sum = 0;
  for (int k = 8; k > 0; k--) sum = (sum + kBernoulli[k - 1] / (2 * k)) * inverse;
  return std::log(x) - 0.5 / x - sum;
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
