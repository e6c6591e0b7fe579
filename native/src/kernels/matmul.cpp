/**
 * matMul: a [...B, M, K], b [...B, K, N] → [...B, M, N] with broadcasting of B and transposed operands (runtime/src/ops/linalg.ts).
 * Batches: where b is one matrix for all and a is not transposed, a's batches are more rows of one product. Otherwise one
 * product per batch: small ones are shared out over threads whole, large ones use the threads within.
 */
#include <cstring>

#include "../linalg/gemm.h"
#include "../linalg/onednn.h"
#include "../threads/pool.h"
#include "attributes.h"
#include "matmul.h"

namespace gfn {

namespace {

/** Products m·n·k of one chunk of small batches: some 10 µs of work. */
constexpr double kBatchWork = 400e3;

struct Batches {
  int rank;
  int64_t count;
  int64_t dims[kMaxRank];
  /** Steps in matrices; 0 where an operand repeats. */
  int64_t a[kMaxRank];
  int64_t b[kMaxRank];

  int64_t at(const int64_t* steps, int64_t batch) const {
    int64_t matrix = 0;
    for (int i = rank - 1; i >= 0; i--) {
      matrix += batch % dims[i] * steps[i];
      batch /= dims[i];
    }
    return matrix;
  }
};

/** Steps of an operand's leading axes as seen from the output's; false where they do not broadcast. */
bool broadcastSteps(const View& x, const Batches& batches, int64_t* steps) {
  const int lead = batches.rank - (x.rank - 2);
  if (lead < 0) return false;
  int64_t step = 1;
  for (int i = batches.rank - 1; i >= 0; i--) {
    const int64_t length = i < lead ? 1 : x.dims[i - lead];
    if (length != 1 && length != batches.dims[i]) return false;
    steps[i] = length == 1 ? 0 : step;
    step *= length;
  }
  return true;
}

/** Checks a call, and describes it but for addresses: one product per batch. */
bool readProducts(const Call& call, Gemm& job, Batches& batches, Failure& failure) {
  Attributes attrs(call.attrs);
  const bool transposeA = attrs.flag();
  const bool transposeB = attrs.flag();
  if (!attrs.complete() || call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& a = call.in[0];
  const View& b = call.in[1];
  const View& out = call.out[0];
  if (a.dtype != out.dtype || b.dtype != out.dtype) return fail(failure, Status::Internal);
  if (!isAdded(out.dtype)) return fail(failure, Status::Unsupported);
  if (a.rank < 2 || b.rank < 2 || out.rank < 2) return fail(failure, Status::Shape);

  job = {};
  job.m = a.dims[a.rank - (transposeA ? 1 : 2)];
  job.k = a.dims[a.rank - (transposeA ? 2 : 1)];
  job.n = b.dims[b.rank - (transposeB ? 2 : 1)];
  const bool fits = b.dims[b.rank - (transposeB ? 1 : 2)] == job.k && out.dims[out.rank - 2] == job.m && out.dims[out.rank - 1] == job.n;
  batches = {};
  batches.rank = out.rank - 2;
  batches.count = countOf(out, 0, batches.rank);
  for (int i = 0; i < batches.rank; i++) batches.dims[i] = out.dims[i];
  if (!fits || !broadcastSteps(a, batches, batches.a) || !broadcastSteps(b, batches, batches.b)) return fail(failure, Status::Shape);
  job.aRow = transposeA ? 1 : job.k;
  job.aColumn = transposeA ? job.m : 1;
  job.bRow = transposeB ? 1 : job.n;
  job.bColumn = transposeB ? job.k : 1;
  job.cRow = job.n;
  if (b.size == job.k * job.n && a.size == batches.count * job.m * job.k && !transposeA) {
    job.m *= batches.count;
    batches.count = 1;
  }
  return true;
}

bool matMul(const Call& call, Failure& failure) {
  Gemm job;
  Batches batches;
  if (!readProducts(call, job, batches, failure)) return false;
  const View& a = call.in[0];
  const View& b = call.in[1];
  const View& out = call.out[0];
  if (out.size == 0) return true;
  const int64_t bytes = sizeOf(out.dtype);
  if (job.k == 0) {
    std::memset(out.data, 0, static_cast<size_t>(out.size * bytes));
    return true;
  }
  const auto gemm = GFN_AT_LEVEL(gemm);
  const int64_t aBytes = a.size == 0 ? 0 : job.m * job.k * bytes;
  const int64_t bBytes = job.k * job.n * bytes;
  const int64_t cBytes = job.m * job.n * bytes;
  bool complete = true;
  const auto product = [&](int64_t batch) {
    Gemm one = job;
    one.a = static_cast<const char*>(a.data) + (batches.count == 1 ? 0 : batches.at(batches.a, batch) * aBytes);
    one.b = static_cast<const char*>(b.data) + (batches.count == 1 ? 0 : batches.at(batches.b, batch) * bBytes);
    one.c = static_cast<char*>(out.data) + batch * cBytes;
    if (out.dtype == DType::Float32 && oneDnnGemm(one)) return;
    if (!gemm(out.dtype, one)) __atomic_store_n(&complete, false, __ATOMIC_RELAXED);
  };
  const double work = static_cast<double>(job.m) * static_cast<double>(job.n) * static_cast<double>(job.k);
  if (batches.count == 1 || work > 4 * kBatchWork) {
    for (int64_t batch = 0; batch < batches.count; batch++) product(batch);
  } else {
    const int64_t each = 1 + static_cast<int64_t>(kBatchWork / work);
    parallelFor((batches.count + each - 1) / each, [&](int64_t chunk) {
      const int64_t last = (chunk + 1) * each < batches.count ? (chunk + 1) * each : batches.count;
      for (int64_t batch = chunk * each; batch < last; batch++) product(batch);
    });
  }
  return complete || fail(failure, Status::Memory, 0, bBytes);
}

}  // namespace

bool readProduct(const Call& call, Gemm& product) {
  Failure failure;
  Batches batches;
  return readProducts(call, product, batches, failure) && batches.count == 1 && product.m > 1 && product.n > 1 && product.k > 0 &&
         product.k <= kMostReadDepth;
}

void runProduct(DType dtype, const Gemm& product) {
  if (dtype != DType::Float32 || !oneDnnGemm(product)) GFN_AT_LEVEL(gemm)(dtype, product);
}

namespace {

const KernelRow kRows[] = {{"matMul", matMul}};

}  // namespace

const KernelRow* matmulKernels(int* count) {
  *count = 1;
  return kRows;
}

}  // namespace gfn
