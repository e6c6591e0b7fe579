/**
 * What the loops of pools are told (pooling.cpp → pooling.simd.cpp): plain data, checked. Images are [images, height, width,
 * channels], places [images, rows, columns, channels]; every window holds one cell of the image at least.
 */
#pragma once
#include "../core/cpu.h"
#include "../core/kernel.h"

namespace gfn {

enum class Pool : int { Max, MaxGrad, MaxGradGrad, Avg, AvgGrad };

struct PoolJob {
  DType dtype;
  int64_t images, height, width, channels;
  int64_t rows, columns;
  int64_t windowY, windowX, strideY, strideX, top, left;
  /** Max, Avg: x. MaxGrad: x, dy. MaxGradGrad: x, v. AvgGrad: dy. */
  const void* first;
  const void* second;
  void* out;
};

/** Int32 for Max only. Bits depend neither on threads nor on the level. */
GFN_DECLARE_LEVELS(void poolLoops(Pool pool, const PoolJob& job))

}  // namespace gfn
