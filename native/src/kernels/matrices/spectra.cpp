/** Eigenvalues of symmetric matrices and singular values, by Jacobi's rotations: eigh, svd. */
#include <algorithm>

#include "batches.h"

namespace gfn {

namespace {

/** Rounds of rotations; a handful is enough. */
constexpr int kRounds = 60;

struct Rotation {
  double c, s;

  /** Makes the element between two zero: `theta` is half the cotangent of twice the angle. */
  explicit Rotation(double theta) {
    const double t = (theta < 0 ? -1 : 1) / (std::fabs(theta) + std::sqrt(theta * theta + 1));
    c = 1 / std::sqrt(t * t + 1);
    s = t * c;
  }

  /** Rows p and q of x, which are contiguous. */
  void turn(double* x, int64_t n, int64_t p, int64_t q) const {
    double* a = x + p * n;
    double* b = x + q * n;
    for (int64_t k = 0; k < n; k++) {
      const double u = a[k], w = b[k];
      a[k] = c * u - s * w;
      b[k] = s * u + c * w;
    }
  }
};

/** The power of two below the largest element, so that squares stay in range; NaN where an element is NaN or infinite, 1 for zeros. */
double scaleOf(const double* x, int64_t count) {
  double largest = 0;
  for (int64_t i = 0; i < count; i++) {
    if (!(std::fabs(x[i]) < HUGE_VAL)) return std::nan("");
    if (std::fabs(x[i]) > largest) largest = std::fabs(x[i]);
  }
  return largest == 0 ? 1 : std::exp2(std::floor(std::log2(largest)));
}

void fillWith(double* x, int64_t count, double value) {
  for (int64_t i = 0; i < count; i++) x[i] = value;
}

/** Makes a diagonal; rows of v become the eigenvectors. */
void diagonalize(double* a, int64_t n, double* v) {
  double sum = 0;
  for (int64_t i = 0; i < n * n; i++) sum += a[i] * a[i];
  const double least = 1e-18 * std::sqrt(sum);
  for (int64_t i = 0; i < n; i++) v[i * n + i] = 1;
  bool turned = true;
  for (int round = 0; turned && round < kRounds; round++) {
    turned = false;
    for (int64_t p = 0; p < n; p++) {
      for (int64_t q = p + 1; q < n; q++) {
        const double off = a[p * n + q];
        if (!(std::fabs(off) > least)) continue;
        turned = true;
        const Rotation rotation((a[q * n + q] - a[p * n + p]) / (2 * off));
        rotation.turn(a, n, p, q);
        for (int64_t k = 0; k < n; k++) {
          const double x = a[k * n + p], y = a[k * n + q];
          a[k * n + p] = rotation.c * x - rotation.s * y;
          a[k * n + q] = rotation.s * x + rotation.c * y;
        }
        a[p * n + q] = 0;
        a[q * n + p] = 0;
        rotation.turn(v, n, p, q);
      }
    }
  }
}

/** −1 where the largest element of a row is negative, else 1: of equal ones the first decides. */
double signOf(const double* row, int64_t n) {
  int64_t best = 0;
  for (int64_t k = 1; k < n; k++) {
    if (std::fabs(row[k]) > std::fabs(row[best])) best = k;
  }
  return n > 0 && row[best] < 0 ? -1 : 1;
}

/** Numbers 0..n-1 in `order` (doubles, which hold them exactly) by less(i, j); insertion keeps equal ones, and any NaN, in bounds. */
template <class Less>
void sortNumbers(double* order, int64_t n, const Less& less) {
  for (int64_t i = 0; i < n; i++) {
    int64_t at = i;
    for (; at > 0 && less(i, static_cast<int64_t>(order[at - 1])); at--) order[at] = order[at - 1];
    order[at] = static_cast<double>(i);
  }
}

bool eigh(const Call& call, Failure& failure) {
  if (!areMatrices(call, 1, 2)) return fail(failure, Status::Internal);
  const int64_t n = lastDim(call.in[0]);
  if (rowDim(call.in[0]) != n) return fail(failure, Status::Shape);
  const int64_t in = n * n;
  const int64_t out[] = {n, n * n};
  return eachMatrix(call, failure, matricesOf(call.in[0]), &in, out, n * n + n, [n](const MatrixJob& job) -> int64_t {
    double* a = job.in[0];
    double* v = job.work;
    double* order = v + n * n;
    for (int64_t i = 0; i < n; i++) {
      for (int64_t j = 0; j < i; j++) a[j * n + i] = a[i * n + j];
    }
    const double scale = scaleOf(a, n * n);
    for (int64_t i = 0; i < n * n; i++) a[i] /= scale;
    diagonalize(a, n, v);
    if (std::isnan(scale)) fillWith(v, n * n, scale);
    sortNumbers(order, n, [=](int64_t i, int64_t j) { return a[i * n + i] < a[j * n + j]; });
    for (int64_t k = 0; k < n; k++) {
      const int64_t i = static_cast<int64_t>(order[k]);
      job.out[0][k] = a[i * n + i] * scale;
      const double sign = signOf(v + i * n, n);
      for (int64_t r = 0; r < n; r++) job.out[1][r * n + k] = sign * v[i * n + r];
    }
    return -1;
  });
}

/** Turns rows of u (n of length m) until each two are orthogonal, and rows of v with them. */
void orthogonalize(double* u, int64_t n, int64_t m, double* v) {
  for (int64_t i = 0; i < n; i++) v[i * n + i] = 1;
  bool turned = true;
  for (int round = 0; turned && round < kRounds; round++) {
    turned = false;
    for (int64_t p = 0; p < n; p++) {
      for (int64_t q = p + 1; q < n; q++) {
        double alpha = 0, beta = 0, gamma = 0;
        for (int64_t k = 0; k < m; k++) {
          const double x = u[p * m + k], y = u[q * m + k];
          alpha += x * x;
          beta += y * y;
          gamma += x * y;
        }
        if (!(std::fabs(gamma) > 1e-15 * std::sqrt(alpha) * std::sqrt(beta))) continue;
        turned = true;
        const Rotation rotation((beta - alpha) / (2 * gamma));
        rotation.turn(u, m, p, q);
        rotation.turn(v, n, p, q);
      }
    }
  }
}

/** Row `k` of `rows` becomes one of length 1 that is orthogonal to those before: what is left of the unit vector that keeps most. */
void complete(double* rows, int64_t k, int64_t m, double* x) {
  double most = -1;
  for (int64_t axis = 0; axis < m; axis++) {
    for (int64_t i = 0; i < m; i++) x[i] = i == axis ? 1 : 0;
    for (int twice = 0; twice < 2; twice++) {
      for (int64_t row = 0; row < k; row++) {
        double dot = 0;
        for (int64_t i = 0; i < m; i++) dot += rows[row * m + i] * x[i];
        for (int64_t i = 0; i < m; i++) x[i] -= dot * rows[row * m + i];
      }
    }
    double sum = 0;
    for (int64_t i = 0; i < m; i++) sum += x[i] * x[i];
    if (sum <= most * (1 + 1e-9)) continue;
    most = sum;
    for (int64_t i = 0; i < m; i++) rows[k * m + i] = x[i] / std::sqrt(sum);
  }
}

bool svd(const Call& call, Failure& failure) {
  if (!areMatrices(call, 1, 3)) return fail(failure, Status::Internal);
  const int64_t m = rowDim(call.in[0]), n = lastDim(call.in[0]);
  const int64_t high = std::max(m, n), low = std::min(m, n);
  const int64_t in = m * n;
  const int64_t out[] = {low, m * low, n * low};
  // Rows, rows in order, turns, norms, order, a vector.
  const int64_t work = 2 * low * high + low * low + 2 * low + high;
  return eachMatrix(call, failure, matricesOf(call.in[0]), &in, out, work, [=](const MatrixJob& job) -> int64_t {
    const double* a = job.in[0];
    double* u = job.work;
    double* left = u + low * high;
    double* v = left + low * high;
    double* norms = v + low * low;
    double* order = norms + low;
    double* x = order + low;
    const double scale = scaleOf(a, m * n);
    for (int64_t i = 0; i < m; i++) {
      for (int64_t j = 0; j < n; j++) u[m >= n ? j * high + i : i * high + j] = a[i * n + j] / scale;
    }
    orthogonalize(u, low, high, v);
    if (std::isnan(scale)) fillWith(v, low * low, scale);
    for (int64_t i = 0; i < low; i++) {
      double sum = 0;
      for (int64_t k = 0; k < high; k++) sum += u[i * high + k] * u[i * high + k];
      norms[i] = std::sqrt(sum);
    }
    sortNumbers(order, low, [=](int64_t i, int64_t j) { return norms[i] > norms[j]; });
    double* const tall = m >= n ? job.out[1] : job.out[2];
    double* const flat = m >= n ? job.out[2] : job.out[1];
    for (int64_t k = 0; k < low; k++) {
      const int64_t i = static_cast<int64_t>(order[k]);
      const double sign = signOf(v + i * low, low);
      job.out[0][k] = norms[i] * scale;
      if (norms[i] == 0) complete(left, k, high, x);
      else for (int64_t c = 0; c < high; c++) left[k * high + c] = sign * u[i * high + c] / norms[i];
      for (int64_t c = 0; c < high; c++) tall[c * low + k] = left[k * high + c];
      for (int64_t c = 0; c < low; c++) flat[c * low + k] = sign * v[i * low + c];
    }
    return -1;
  });
}

const KernelRow kRows[] = {{"eigh", eigh}, {"svd", svd}};

}  // namespace

const KernelRow* spectraKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
