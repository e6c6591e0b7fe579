/**
 * Reductions over axes (sum, mean, prod, max, min, any, all), along one axis (argMax, argMin), and running results (cumsum,
 * cumprod): checks and layout. The loops are in reduce.simd.cpp and scan.simd.cpp.
 */
#include <cstring>

#include "attributes.h"
#include "reduce-job.h"
#include "row-ops.h"

namespace gfn {

namespace {

struct JoinedAxis {
  int64_t length;
  int64_t step;
  bool reduced;
};

void addOuter(OuterAxes& axes, const JoinedAxis& axis) {
  axes.lengths[axes.rank] = axis.length;
  axes.steps[axes.rank] = axis.step;
  axes.rank++;
  axes.count *= axis.length;
}

/** Joins neighbours of the same kind; axes of length 1 vanish. Complex elements are one axis more. Returns the number left. */
int joinAxes(const View& x, unsigned reducedMask, JoinedAxis* joined) {
  int rank = 0;
  const int64_t parts = x.dtype == DType::Complex64 ? 2 : 1;
  int64_t step = x.size * parts;
  for (int i = 0; i < x.rank; i++) {
    if (x.dims[i] == 1) continue;
    step /= x.dims[i];
    const bool reduced = (reducedMask >> i & 1) != 0;
    if (rank > 0 && joined[rank - 1].reduced == reduced) {
      joined[rank - 1] = {joined[rank - 1].length * x.dims[i], step, reduced};
    } else {
      joined[rank++] = {x.dims[i], step, reduced};
    }
  }
  if (parts == 1) return rank;
  if (rank > 0 && !joined[rank - 1].reduced) joined[rank - 1] = {joined[rank - 1].length * 2, 1, false};
  else joined[rank++] = {2, 1, false};
  return rank;
}

bool checkShapes(const View& x, const View& out, unsigned reducedMask, bool keepDims) {
  int at = 0;
  for (int i = 0; i < x.rank; i++) {
    const bool reduced = (reducedMask >> i & 1) != 0;
    if (reduced && !keepDims) continue;
    if (at >= out.rank || out.dims[at++] != (reduced ? 1 : x.dims[i])) return false;
  }
  return at == out.rank;
}

bool takes(Reduction op, DType dtype) {
  switch (op) {
    case Reduction::Any:
    case Reduction::All: return dtype == DType::Bool;
    case Reduction::Mean: return dtype == DType::Float32 || dtype == DType::Float64 || dtype == DType::Complex64;
    case Reduction::Sum: return isAdded(dtype) || dtype == DType::Complex64;
    case Reduction::Prod: return isAdded(dtype);
    default: return isNumber(dtype);
  }
}

template <Reduction op>
bool reduce(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const IntList axes = attrs.ints();
  const bool keepDims = attrs.flag();
  if (!attrs.complete() || call.nIn != 1 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  if (out.dtype != x.dtype) return fail(failure, Status::Internal);
  if (!takes(op, x.dtype)) return fail(failure, Status::Unsupported);
  unsigned reducedMask = 0;
  for (const int32_t axis : axes) {
    if (axis < 0 || axis >= x.rank) return fail(failure, Status::Shape);
    reducedMask |= 1u << axis;
  }
  if (!checkShapes(x, out, reducedMask, keepDims)) return fail(failure, Status::Shape);
  if (out.size == 0) return true;

  ReduceJob job{};
  job.x = x.data;
  job.out = out.data;
  // Sums treat real and imaginary parts alike.
  const int64_t parts = x.dtype == DType::Complex64 ? 2 : 1;
  const int64_t results = out.size * parts;
  job.dtype = parts == 2 ? DType::Float32 : x.dtype;
  job.kept.count = 1;
  job.segment.count = 1;
  const int64_t count = x.size / out.size;
  job.divisor = op == Reduction::Mean ? count : 1;
  if (count == 0) {
    // Nothing to reduce: `run` 0 gives neutral elements.
    job.kept = {1, results, {results}, {0}};
  } else {
    JoinedAxis joined[kMaxRank + 1];
    int rank = joinAxes(x, reducedMask, joined);
    if (rank == 0 || (rank == 1 && !joined[0].reduced)) {
      // Every result is one element.
      job.kept = {1, results, {results}, {1}};
      job.run = 1;
    } else {
      if (!joined[rank - 1].reduced) job.inner = joined[--rank].length;
      job.run = joined[--rank].length;
      for (int i = 0; i < rank; i++) addOuter(joined[i].reduced ? job.segment : job.kept, joined[i]);
    }
  }
  if (!GFN_AT_LEVEL(reduceLoops)(op, job)) return fail(failure, Status::Memory, 0, x.size);
  return true;
}

template <bool largest>
bool argReduce(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const int32_t given = attrs.integer();
  if (!attrs.complete() || call.nIn != 1 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  const int axis = normalAxis(given, x.rank);
  if (out.dtype != DType::Int32) return fail(failure, Status::Internal);
  if (!isNumber(x.dtype)) return fail(failure, Status::Unsupported);
  if (axis < 0 || x.dims[axis] == 0) return fail(failure, Status::Shape);
  const int64_t outer = countOf(x, 0, axis);
  const int64_t inner = countOf(x, axis + 1, x.rank);
  if (out.size != outer * inner) return fail(failure, Status::Shape);
  if (out.size == 0) return true;
  GFN_AT_LEVEL(argLoops)({x.data, static_cast<int32_t*>(out.data), x.dtype, largest, outer, x.dims[axis], inner});
  return true;
}

template <bool product>
bool scan(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  const int32_t given = attrs.integer();
  const bool exclusive = attrs.flag();
  const bool reverse = attrs.flag();
  if (!attrs.complete() || call.nIn != 1 || call.nOut != 1) return fail(failure, Status::Internal);
  const View& x = call.in[0];
  const View& out = call.out[0];
  const int axis = normalAxis(given, x.rank);
  if (out.dtype != x.dtype) return fail(failure, Status::Internal);
  if (!isAdded(x.dtype)) return fail(failure, Status::Unsupported);
  if (axis < 0 || out.size != x.size) return fail(failure, Status::Shape);
  if (x.size == 0) return true;
  GFN_AT_LEVEL(scanLoops)
  ({x.data, out.data, x.dtype, product, exclusive, reverse, countOf(x, 0, axis), x.dims[axis], countOf(x, axis + 1, x.rank)});
  return true;
}

const KernelRow kRows[] = {
    {"sum", reduce<Reduction::Sum>}, {"mean", reduce<Reduction::Mean>}, {"prod", reduce<Reduction::Prod>},
    {"max", reduce<Reduction::Max>}, {"min", reduce<Reduction::Min>},   {"any", reduce<Reduction::Any>},
    {"all", reduce<Reduction::All>}, {"argMax", argReduce<true>},       {"argMin", argReduce<false>},
    {"cumsum", scan<false>},         {"cumprod", scan<true>},
};

}  // namespace

const RunReducer* findRunReducer(const char* op, DType dtype, bool& isMean) {
  constexpr const char* kNames[] = {"sum", "mean", "prod", "max", "min", "any", "all"};
  for (int i = 0; i < static_cast<int>(sizeof kNames / sizeof kNames[0]); i++) {
    const Reduction reduction = static_cast<Reduction>(i);
    if (std::strcmp(op, kNames[i]) != 0 || dtype == DType::Complex64 || !takes(reduction, dtype)) continue;
    isMean = reduction == Reduction::Mean;
    return &GFN_AT_LEVEL(runReducer)(reduction, dtype);
  }
  return nullptr;
}

const KernelRow* reduceKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
