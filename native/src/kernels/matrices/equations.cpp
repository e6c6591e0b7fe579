/** Systems of equations and determinants, by factors with row exchanges: solve, det. */
#include <utility>

#include "batches.h"

namespace gfn {

namespace {

/** a becomes its factors; calls exchanged(i, j) for each exchange of rows. The first column without a pivot, or -1. */
template <class Exchanged>
int64_t factor(double* a, int64_t n, const Exchanged& exchanged) {
  for (int64_t k = 0; k < n; k++) {
    int64_t best = k;
    for (int64_t i = k + 1; i < n; i++) {
      if (std::fabs(a[i * n + k]) > std::fabs(a[best * n + k])) best = i;
    }
    if (a[best * n + k] == 0) return k;
    if (best != k) {
      for (int64_t c = 0; c < n; c++) std::swap(a[k * n + c], a[best * n + c]);
      exchanged(k, best);
    }
    for (int64_t i = k + 1; i < n; i++) {
      const double f = a[i * n + k] / a[k * n + k];
      a[i * n + k] = f;
      for (int64_t c = k + 1; c < n; c++) a[i * n + c] -= f * a[k * n + c];
    }
  }
  return -1;
}

bool solve(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const bool adjoint = attrs.flag();
  if (!attrs.complete() || !areMatrices(call, 2, 1)) return fail(failure, Status::Internal);
  const int64_t n = lastDim(call.in[0]), k = lastDim(call.in[1]);
  if (rowDim(call.in[0]) != n || rowDim(call.in[1]) != n || matricesOf(call.in[0]) != matricesOf(call.in[1])) return fail(failure, Status::Shape);
  const int64_t in[] = {n * n, n * k};
  const int64_t out[] = {n * k};
  return eachMatrix(call, failure, matricesOf(call.in[0]), in, out, 0, [=](const MatrixJob& job) -> int64_t {
    double* lu = job.in[0];
    double* x = job.out[0];
    for (int64_t i = 0; i < n * k; i++) x[i] = job.in[1][i];
    if (adjoint) {
      for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < i; j++) std::swap(lu[i * n + j], lu[j * n + i]);
      }
    }
    const int64_t bad = factor(lu, n, [=](int64_t i, int64_t j) {
      for (int64_t c = 0; c < k; c++) std::swap(x[i * k + c], x[j * k + c]);
    });
    if (bad >= 0) return bad;
    for (int64_t i = 0; i < n; i++) {
      for (int64_t j = 0; j < i; j++) {
        for (int64_t c = 0; c < k; c++) x[i * k + c] -= lu[i * n + j] * x[j * k + c];
      }
    }
    for (int64_t i = n - 1; i >= 0; i--) {
      for (int64_t j = n - 1; j > i; j--) {
        for (int64_t c = 0; c < k; c++) x[i * k + c] -= lu[i * n + j] * x[j * k + c];
      }
      for (int64_t c = 0; c < k; c++) x[i * k + c] /= lu[i * n + i];
    }
    return -1;
  });
}

bool det(const Call& call, Failure& failure) {
  if (!areMatrices(call, 1, 1)) return fail(failure, Status::Internal);
  const int64_t n = lastDim(call.in[0]);
  if (rowDim(call.in[0]) != n) return fail(failure, Status::Shape);
  const int64_t in = n * n, out = 1;
  return eachMatrix(call, failure, matricesOf(call.in[0]), &in, &out, 0, [n](const MatrixJob& job) -> int64_t {
    double product = 1;
    const int64_t bad = factor(job.in[0], n, [&](int64_t, int64_t) { product = -product; });
    for (int64_t i = 0; i < n; i++) product *= job.in[0][i * n + i];
    *job.out[0] = bad >= 0 ? 0 : product;
    return -1;
  });
}

const KernelRow kRows[] = {{"solve", solve}, {"det", det}};

}  // namespace

const KernelRow* equationsKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
