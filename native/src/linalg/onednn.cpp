#include "onednn.h"

#include <atomic>

#include "../threads/pool.h"
#include "onednn-library.h"

namespace gfn {

namespace {

/** Of dnnl.h, equal in versions 2 and 3. */
using SgemmFunction = int (*)(char transA, char transB, int64_t m, int64_t n, int64_t k, float alpha, const float* a, int64_t aStep,
                              const float* b, int64_t bStep, float beta, float* c, int64_t cStep);

/** Smaller products cost more in its call than its kernels win. */
constexpr double kLeastWork = 192.0 * 192 * 192;
constexpr int64_t kLeastLength = 48;

SgemmFunction sgemm() {
  static const auto only = reinterpret_cast<SgemmFunction>(oneDnnSymbol(oneDnnLibrary(), "dnnl_sgemm"));
  return only;
}

struct Part {
  int64_t row, rows, column, columns;
};

/** `c`: where the part's own first element goes. */
bool run(const Gemm& job, const Part& part, float* c, int64_t cRow) {
  holdOneDnnToOneThread();
  const bool transA = job.aColumn != 1;
  const bool transB = job.bColumn != 1;
  const float* a = static_cast<const float*>(job.a) + part.row * job.aRow;
  const float* b = static_cast<const float*>(job.b) + part.column * job.bColumn;
  return sgemm()(transA ? 'T' : 'N', transB ? 'T' : 'N', part.rows, part.columns, job.k, 1, a, transA ? job.aColumn : job.aRow, b,
                 transB ? job.bColumn : job.bRow, 0, c, cRow) == 0;
}

/** A part for the reader of the product; our own kernels do what oneDNN cannot. */
void runForReader(const Gemm& job, const Part& part) {
  const GemmReader& reader = *job.reader;
  const int64_t cRow = job.c != nullptr ? job.cRow : part.columns;
  float* const c = job.c != nullptr ? static_cast<float*>(job.c) + part.row * job.cRow + part.column
                                    : reinterpret_cast<float*>(blockFor(reader, job.row + part.row, job.column + part.column, sizeof(float),
                                                                        part.rows * part.columns * static_cast<int64_t>(sizeof(float))));
  if (c != nullptr && run(job, part, c, cRow)) {
    return reader.read(reader.self, {job.row + part.row, part.rows, job.column + part.column, part.columns, c, cRow});
  }
  Gemm own = job;
  own.m = part.rows;
  own.n = part.columns;
  own.a = static_cast<const float*>(job.a) + part.row * job.aRow;
  own.b = static_cast<const float*>(job.b) + part.column * job.bColumn;
  own.c = job.c == nullptr ? nullptr : static_cast<float*>(job.c) + part.row * job.cRow + part.column;
  own.row += part.row;
  own.column += part.column;
  GFN_AT_LEVEL(gemm)(DType::Float32, own);
}

}  // namespace

bool oneDnnGemm(const Gemm& job) {
  if (!oneDnnWanted()) return false;
  const double work = static_cast<double>(job.m) * static_cast<double>(job.n) * static_cast<double>(job.k);
  if (work < kLeastWork || job.m < kLeastLength || job.n < kLeastLength || job.k < kLeastLength) return false;
  // A step along one axis must be 1.
  if ((job.aRow != 1 && job.aColumn != 1) || (job.bRow != 1 && job.bColumn != 1)) return false;
  if (sgemm() == nullptr) return false;

  // Parts by the shape alone, since sgemm's sums can depend on the sizes it is given: about 3 × 3, sides 256 to 1024.
  const auto partOf = [](int64_t length) {
    const int64_t third = (length / 3 + 15) / 16 * 16;
    return third < 256 ? 256 : third > 1024 ? 1024 : third;
  };
  const int64_t rows = partOf(job.m), columns = partOf(job.n);
  const int64_t columnParts = (job.n + columns - 1) / columns;
  std::atomic<bool> complete{true};
  parallelFor((job.m + rows - 1) / rows * columnParts, [&](int64_t i) {
    Part part{i / columnParts * rows, rows, i % columnParts * columns, columns};
    if (part.rows > job.m - part.row) part.rows = job.m - part.row;
    if (part.columns > job.n - part.column) part.columns = job.n - part.column;
    if (job.reader != nullptr) return runForReader(job, part);
    if (!run(job, part, static_cast<float*>(job.c) + part.row * job.cRow + part.column, job.cRow)) {
      complete.store(false, std::memory_order_relaxed);
    }
  });
  // A part that failed wrote nothing that counts: our own kernels do the whole product.
  return complete.load(std::memory_order_relaxed);
}

const char* gemmLibrary() { return oneDnnWanted() && sgemm() != nullptr ? oneDnnLibrary().name : "own kernels"; }

}  // namespace gfn
