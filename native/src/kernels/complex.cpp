/** Complex numbers from their parts and back: complex, real, imag, complexAbs. One shape on all sides. */
#include "complex-math.h"

#include "../core/kernel.h"
#include "../threads/pool.h"

namespace gfn {

namespace {

/** Elements that one thread takes at a time. */
constexpr int64_t kPiece = 32768;

bool sameDims(const View& a, const View& b) {
  bool same = a.rank == b.rank;
  for (int i = 0; same && i < a.rank; i++) same = a.dims[i] == b.dims[i];
  return same;
}

template <class Body>
void pieces(int64_t n, const Body& body) {
  parallelFor((n + kPiece - 1) / kPiece, [&](int64_t piece) {
    const int64_t first = piece * kPiece;
    body(first, n - first < kPiece ? n : first + kPiece);
  });
}

bool join(const Call& call, Failure& failure) {
  if (call.nIn != 2 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& out = call.out[0];
  if (out.dtype != DType::Complex64) return fail(failure, Status::Internal);
  for (int i = 0; i < 2; i++) {
    if (call.in[i].dtype != DType::Float32) return fail(failure, Status::Unsupported);
    if (!sameDims(call.in[i], out)) return fail(failure, Status::Shape);
  }
  const float* re = static_cast<const float*>(call.in[0].data);
  const float* im = static_cast<const float*>(call.in[1].data);
  m::Complex* to = static_cast<m::Complex*>(out.data);
  pieces(out.size, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; i++) to[i] = {re[i], im[i]};
  });
  return true;
}

struct Real {
  static float of(m::Complex x) { return x.re; }
};
struct Imag {
  static float of(m::Complex x) { return x.im; }
};
struct Abs {
  static float of(m::Complex x) { return static_cast<float>(m::absOf(x)); }
};

template <class Part>
bool part(const Call& call, Failure& failure) {
  if (call.nIn != 1 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (x.dtype != DType::Complex64 || out.dtype != DType::Float32) return fail(failure, Status::Internal);
  if (!sameDims(x, out)) return fail(failure, Status::Shape);
  const m::Complex* from = static_cast<const m::Complex*>(x.data);
  float* to = static_cast<float*>(out.data);
  pieces(out.size, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; i++) to[i] = Part::of(from[i]);
  });
  return true;
}

const KernelRow kRows[] = {{"complex", join}, {"real", part<Real>}, {"imag", part<Imag>}, {"complexAbs", part<Abs>}};

}  // namespace

const KernelRow* complexKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
