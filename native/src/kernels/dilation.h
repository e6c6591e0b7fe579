/** What the loops of dilations are told (dilation.cpp → dilation.simd.cpp): plain data, checked. Every window holds a cell of x. */
#pragma once
#include "../core/cpu.h"
#include "../core/kernel.h"
#include "pooling-axis.h"

namespace gfn {

/** What is written: sums, or int32 indices of what decided. */
enum class Dilated : int { Sum, OfX, OfFilter };

struct DilationJob {
  DType dtype;
  int64_t images, channels;
  PoolAxis y, x;
  const void* image;
  const void* filter;
  void* out;
};

/** Int32 (wraps around), Float32 or Float64. */
GFN_DECLARE_LEVELS(void dilation(Dilated what, const DilationJob& job))

}  // namespace gfn
