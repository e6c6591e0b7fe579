/** Bands and triangles of matrices: bandPart, cholesky, triangularSolve. */
#include <cstring>

#include "batches.h"

namespace gfn {

namespace {

bool bandPart(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const int64_t lower = attrs.integer();
  const int64_t upper = attrs.integer();
  if (!attrs.complete() || call.nIn != 1 || call.nOut != 1 || call.out[0].dtype != call.in[0].dtype) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (x.rank < 2 || out.size != x.size) return fail(failure, Status::Shape);
  if (x.size == 0) return true;
  const int64_t rows = rowDim(x), columns = lastDim(x), bytes = sizeOf(x.dtype);
  const int64_t lines = x.size / columns;
  for (int64_t line = 0; line < lines; line++) {
    const int64_t i = line % rows;
    int64_t first = lower < 0 || i < lower ? 0 : i - lower;
    int64_t last = upper < 0 || i + upper + 1 > columns ? columns : i + upper + 1;
    if (first > columns) first = columns;
    if (last < first) last = first;
    char* to = static_cast<char*>(out.data) + line * columns * bytes;
    const char* from = static_cast<const char*>(x.data) + line * columns * bytes;
    std::memset(to, 0, static_cast<size_t>(first * bytes));
    std::memcpy(to + first * bytes, from + first * bytes, static_cast<size_t>((last - first) * bytes));
    std::memset(to + last * bytes, 0, static_cast<size_t>((columns - last) * bytes));
  }
  return true;
}

bool cholesky(const Call& call, Failure& failure) {
  if (!areMatrices(call, 1, 1)) return fail(failure, Status::Internal);
  const int64_t n = lastDim(call.in[0]);
  if (rowDim(call.in[0]) != n) return fail(failure, Status::Shape);
  const int64_t size = n * n;
  return eachMatrix(call, failure, matricesOf(call.in[0]), &size, &size, 0, [n](const MatrixJob& job) -> int64_t {
    const double* a = job.in[0];
    double* l = job.out[0];
    for (int64_t i = 0; i < n; i++) {
      for (int64_t j = 0; j <= i; j++) {
        double sum = a[i * n + j];
        for (int64_t k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
        if (i == j && !(sum > 0)) return i;
        l[i * n + j] = i == j ? std::sqrt(sum) : sum / l[j * n + j];
      }
    }
    return -1;
  });
}

bool triangularSolve(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const bool lower = attrs.flag();
  const bool adjoint = attrs.flag();
  if (!attrs.complete() || !areMatrices(call, 2, 1)) return fail(failure, Status::Internal);
  const int64_t n = lastDim(call.in[0]), k = lastDim(call.in[1]);
  if (rowDim(call.in[0]) != n || rowDim(call.in[1]) != n || matricesOf(call.in[0]) != matricesOf(call.in[1])) return fail(failure, Status::Shape);
  const int64_t in[] = {n * n, n * k};
  const int64_t out[] = {n * k};
  return eachMatrix(call, failure, matricesOf(call.in[0]), in, out, 0, [=](const MatrixJob& job) -> int64_t {
    const double* t = job.in[0];
    double* x = job.out[0];
    for (int64_t i = 0; i < n * k; i++) x[i] = job.in[1][i];
    const bool backwards = lower == adjoint;
    for (int64_t step = 0; step < n; step++) {
      const int64_t i = backwards ? n - 1 - step : step;
      const double pivot = t[i * n + i];
      if (pivot == 0) return i;
      for (int64_t done = 0; done < step; done++) {
        const int64_t j = backwards ? n - 1 - done : done;
        const double factor = adjoint ? t[j * n + i] : t[i * n + j];
        for (int64_t c = 0; c < k; c++) x[i * k + c] -= factor * x[j * k + c];
      }
      for (int64_t c = 0; c < k; c++) x[i * k + c] /= pivot;
    }
    return -1;
  });
}

const KernelRow kRows[] = {{"bandPart", bandPart}, {"cholesky", cholesky}, {"triangularSolve", triangularSolve}};

}  // namespace

const KernelRow* trianglesKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
