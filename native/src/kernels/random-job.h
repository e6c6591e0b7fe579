/** What the loops of the random ops are told (random.cpp → random.simd.cpp): plain data, checked. */
#pragma once
#include "../core/cpu.h"
#include "../core/kernel.h"

namespace gfn {

enum class RandomOp : int { Uniform, Normal, TruncatedNormal, Gamma, Int, Permutation };

struct RandomJob {
  /** Key 0, key 1, counter low, counter high. */
  const int32_t* state;
  void* out;
  /** Of the elements of `out`. */
  DType dtype;
  int64_t size;
  /** RandomOp::Int: results are lo … lo + bound − 1. */
  int32_t lo;
  uint32_t bound;
  /** RandomOp::Gamma: above 0, finite. */
  double alpha;
};

GFN_DECLARE_LEVELS(void randomLoops(RandomOp op, const RandomJob& job))

}  // namespace gfn
