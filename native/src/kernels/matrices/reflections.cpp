/** qr: orthogonal and triangular factors, by Householder's reflections. Rows are updated as wholes, so that inner loops run along them. */
#include <algorithm>

#include "batches.h"

namespace gfn {

namespace {

/** Reflects rows from..from+length of x in columns first..width: x −= scale · v · (vᵀ x); `dots` has room for a row. */
void reflect(double* x, int64_t width, int64_t first, const double* v, int64_t from, int64_t length, double scale, double* dots) {
  for (int64_t c = first; c < width; c++) dots[c] = 0;
  for (int64_t i = 0; i < length; i++) {
    const double* row = x + (from + i) * width;
    for (int64_t c = first; c < width; c++) dots[c] += v[i] * row[c];
  }
  for (int64_t c = first; c < width; c++) dots[c] *= scale;
  for (int64_t i = 0; i < length; i++) {
    double* row = x + (from + i) * width;
    for (int64_t c = first; c < width; c++) row[c] -= dots[c] * v[i];
  }
}

bool qr(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const bool full = attrs.flag();
  if (!attrs.complete() || !areMatrices(call, 1, 2)) return fail(failure, Status::Internal);
  const int64_t m = rowDim(call.in[0]), n = lastDim(call.in[0]);
  const int64_t k = std::min(m, n);
  const int64_t p = full ? m : k;
  const int64_t in = m * n;
  const int64_t out[] = {m * p, p * n};
  // Reflections, their scales, a row of dots.
  const int64_t work = k * m + k + std::max(n, p);
  return eachMatrix(call, failure, matricesOf(call.in[0]), &in, out, work, [=](const MatrixJob& job) -> int64_t {
    double* a = job.in[0];
    double* q = job.out[0];
    double* r = job.out[1];
    double* scales = job.work + k * m;
    double* dots = scales + k;
    for (int64_t j = 0; j < k; j++) {
      double* v = job.work + j * m;
      const int64_t length = m - j;
      double largest = 0, sum = 0;
      for (int64_t i = 0; i < length; i++) v[i] = a[(j + i) * n + j];
      for (int64_t i = 0; i < length; i++) largest = std::fabs(v[i]) > largest || v[i] != v[i] ? std::fabs(v[i]) : largest;
      for (int64_t i = 0; i < length; i++) sum += (v[i] / largest) * (v[i] / largest);
      const double norm = largest == 0 ? 0 : largest * std::sqrt(sum);
      // Away from the element, so that nothing cancels.
      const double to = v[0] > 0 ? -norm : norm;
      v[0] -= to;
      scales[j] = norm == 0 ? 0 : -1 / (to * v[0]);
      reflect(a, n, j, v, j, length, scales[j], dots);
      a[j * n + j] = norm == 0 ? 0 : to;
      for (int64_t i = j + 1; i < m; i++) a[i * n + j] = 0;
    }
    for (int64_t i = 0; i < p; i++) q[i * p + i] = 1;
    for (int64_t j = k - 1; j >= 0; j--) reflect(q, p, 0, job.work + j * m, j, m - j, scales[j], dots);
    for (int64_t i = 0; i < p * n; i++) r[i] = a[i];
    return -1;
  });
}

const KernelRow kRows[] = {{"qr", qr}};

}  // namespace

const KernelRow* reflectionsKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
