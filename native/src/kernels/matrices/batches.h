/**
 * Matrices in the last two axes, one after the other, in double precision: operands are widened into scratch memory, a body computes
 * there, results are rounded once. Threads take matrices; the steps of a matrix do not depend on them.
 */
#pragma once
#include <atomic>
#include <cmath>

#include "../../core/memory.h"
#include "../../threads/pool.h"
#include "../attributes.h"

namespace gfn {

constexpr int kMatrixViews = 3;

/** Where a body reads and writes: operands, results (zeroed), and work of the size asked for (zeroed). */
struct MatrixJob {
  double* in[kMatrixViews];
  double* out[kMatrixViews];
  double* work;
};

inline void widen(const View& view, int64_t from, int64_t count, double* to) {
  if (view.dtype == DType::Float64) {
    const double* x = static_cast<const double*>(view.data) + from;
    for (int64_t i = 0; i < count; i++) to[i] = x[i];
  } else {
    const float* x = static_cast<const float*>(view.data) + from;
    for (int64_t i = 0; i < count; i++) to[i] = x[i];
  }
}

inline void narrow(const double* from, int64_t count, const View& view, int64_t to) {
  if (view.dtype == DType::Float64) {
    double* out = static_cast<double*>(view.data) + to;
    for (int64_t i = 0; i < count; i++) out[i] = from[i];
  } else {
    float* out = static_cast<float*>(view.data) + to;
    for (int64_t i = 0; i < count; i++) out[i] = static_cast<float>(from[i]);
  }
}

/** Floating views of one dtype, `nIn` operands of rank 2 or more. */
inline bool areMatrices(const Call& call, int nIn, int nOut) {
  if (call.nIn != nIn || call.nOut != nOut) return false;
  const DType dtype = call.in[0].dtype;
  if (dtype != DType::Float32 && dtype != DType::Float64) return false;
  for (int i = 0; i < nIn; i++) {
    if (call.in[i].rank < 2 || call.in[i].dtype != dtype) return false;
  }
  for (int i = 0; i < nOut; i++) {
    if (call.out[i].dtype != dtype) return false;
  }
  return true;
}

/**
 * Calls body(job) for each of `matrices`; `inSize`, `outSize` and `workSize` are elements per matrix. A body that returns 0 or more
 * says at which column it failed: Status::Singular with the first matrix that failed.
 */
template <class Body>
bool eachMatrix(const Call& call, Failure& failure, int64_t matrices, const int64_t* inSize, const int64_t* outSize, int64_t workSize,
                const Body& body) {
  int64_t total = workSize;
  for (int i = 0; i < call.nIn; i++) total += inSize[i];
  for (int i = 0; i < call.nOut; i++) total += outSize[i];
  for (int i = 0; i < call.nIn; i++) {
    if (call.in[i].size != matrices * inSize[i]) return fail(failure, Status::Shape);
  }
  for (int i = 0; i < call.nOut; i++) {
    if (call.out[i].size != matrices * outSize[i]) return fail(failure, Status::Shape);
  }
  if (matrices == 0) return true;
  constexpr int64_t kNone = INT64_MAX;
  std::atomic<int64_t> bad{kNone};
  std::atomic<bool> isFull{false};
  const int64_t piece = 1 + 4096 / (total + 1);
  parallelFor((matrices + piece - 1) / piece, [&](int64_t chunk) {
    const Memory memory((total + 1) * 8);
    if (memory.data == nullptr) {
      isFull = true;
      return;
    }
    MatrixJob job{};
    double* next = reinterpret_cast<double*>(memory.data);
    for (int i = 0; i < call.nIn; i++, next += inSize[i - 1]) job.in[i] = next;
    for (int i = 0; i < call.nOut; i++, next += outSize[i - 1]) job.out[i] = next;
    job.work = next;
    const int64_t end = (chunk + 1) * piece < matrices ? (chunk + 1) * piece : matrices;
    for (int64_t m = chunk * piece; m < end; m++) {
      for (int i = 0; i < call.nIn; i++) widen(call.in[i], m * inSize[i], inSize[i], job.in[i]);
      for (int i = 0; i < call.nOut; i++) {
        for (int64_t k = 0; k < outSize[i]; k++) job.out[i][k] = 0;
      }
      for (int64_t k = 0; k < workSize; k++) job.work[k] = 0;
      const int64_t column = body(job);
      if (column >= 0) {
        const int64_t found = m << 32 | column;
        int64_t least = bad.load();
        while (found < least && !bad.compare_exchange_weak(least, found)) {
        }
        return;
      }
      for (int i = 0; i < call.nOut; i++) narrow(job.out[i], outSize[i], call.out[i], m * outSize[i]);
    }
  });
  if (isFull) return fail(failure, Status::Memory, 0, (total + 1) * 8);
  if (bad != kNone) return fail(failure, Status::Singular, bad >> 32, bad & 0xffffffff);
  return true;
}

inline int64_t lastDim(const View& view) { return view.dims[view.rank - 1]; }
inline int64_t rowDim(const View& view) { return view.dims[view.rank - 2]; }
inline int64_t matricesOf(const View& view) { return countOf(view, 0, view.rank - 2); }

}  // namespace gfn
