/** Random numbers as functions of a state: checks. The loops are in random.simd.cpp; what they compute, in runtime/src/ops/random.ts. */
#include <cmath>

#include "attributes.h"
#include "random-job.h"

namespace gfn {

namespace {

/** One state in, one result. */
bool checkTensors(const Call& call, Failure& failure) {
  if (call.nIn != 1 || call.nOut != 1 || call.in[0].dtype != DType::Int32) return fail(failure, Status::Internal);
  if (call.in[0].size != 4) return fail(failure, Status::Shape);
  return true;
}

void draw(RandomOp op, const Call& call, int32_t lo = 0, uint32_t bound = 0, double alpha = 1) {
  const View& out = call.out[0];
  if (out.size == 0) return;
  GFN_AT_LEVEL(randomLoops)(op, {static_cast<const int32_t*>(call.in[0].data), out.data, out.dtype, out.size, lo, bound, alpha});
}

/** The shape and the dtype are the output's: their attributes need no reading. */
template <RandomOp op>
bool floating(const Call& call, Failure& failure) {
  if (!checkTensors(call, failure)) return false;
  const DType dtype = call.out[0].dtype;
  if (dtype != DType::Float32 && dtype != DType::Float64) return fail(failure, Status::Unsupported);
  draw(op, call);
  return true;
}

bool gamma(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  attrs.ints();
  attrs.integer();
  const double alpha = attrs.number();
  if (!attrs.complete() || !checkTensors(call, failure)) return fail(failure, Status::Internal);
  const DType dtype = call.out[0].dtype;
  if (dtype != DType::Float32 && dtype != DType::Float64) return fail(failure, Status::Unsupported);
  if (!(alpha > 0 && alpha < HUGE_VAL)) return fail(failure, Status::Internal);
  draw(RandomOp::Gamma, call, 0, 0, alpha);
  return true;
}

bool integers(const Call& call, Failure& failure) {
  Attributes attrs(call.attrs);
  attrs.ints();
  const int32_t lo = attrs.integer();
  const int32_t hi = attrs.integer();
  if (!attrs.complete() || !checkTensors(call, failure)) return fail(failure, Status::Internal);
  if (call.out[0].dtype != DType::Int32) return fail(failure, Status::Unsupported);
  if (lo >= hi) return fail(failure, Status::Shape);
  draw(RandomOp::Int, call, lo, static_cast<uint32_t>(hi) - static_cast<uint32_t>(lo));
  return true;
}

bool permutation(const Call& call, Failure& failure) {
  if (!checkTensors(call, failure)) return false;
  if (call.out[0].dtype != DType::Int32) return fail(failure, Status::Unsupported);
  if (call.out[0].size > INT32_MAX) return fail(failure, Status::Shape);
  draw(RandomOp::Permutation, call);
  return true;
}

bool nextState(const Call& call, Failure& failure) {
  if (!checkTensors(call, failure)) return false;
  if (call.out[0].dtype != DType::Int32 || call.out[0].size != 4) return fail(failure, Status::Shape);
  const uint32_t* from = static_cast<const uint32_t*>(call.in[0].data);
  uint32_t* to = static_cast<uint32_t*>(call.out[0].data);
  const uint32_t low = from[2] + 1;
  to[0] = from[0];
  to[1] = from[1];
  to[3] = low == 0 ? from[3] + 1 : from[3];
  to[2] = low;
  return true;
}

const KernelRow kRows[] = {
    {"randomUniform", floating<RandomOp::Uniform>},
    {"randomNormal", floating<RandomOp::Normal>},
    {"randomTruncatedNormal", floating<RandomOp::TruncatedNormal>},
    {"randomGamma", gamma},
    {"randomInt", integers},
    {"randomPermutation", permutation},
    {"nextRandomState", nextState},
};

}  // namespace

const KernelRow* randomKernels(int* count) {
  *count = sizeof kRows / sizeof kRows[0];
  return kRows;
}

}  // namespace gfn
