/**
 * What the loops of pools are told (pooling.cpp → pooling.simd.cpp): plain data, checked. x is [images, lengths of z, y, x,
 * channels], the places alike; an image has one plane. Every window holds one cell of x at least.
 */
#pragma once
#include "../core/cpu.h"
#include "../core/kernel.h"
#include "pooling-axis.h"

namespace gfn {

enum class Pool : int { Max, MaxGrad, MaxGradGrad, Avg, AvgGrad, ArgMax };

struct PoolJob {
  DType dtype;
  int64_t images, channels;
  PoolAxis z, y, x;
  /** ArgMax: indices count from the start of all images. */
  bool wholeBatch;
  /** Max, Avg, ArgMax: x. MaxGrad: x, dy. MaxGradGrad: x, v. AvgGrad: dy. */
  const void* first;
  const void* second;
  void* out;

  int64_t pixels() const { return z.length * y.length * x.length; }
  int64_t places() const { return z.places * y.places * x.places; }
  /** Cells of a window that lie in x, at most. */
  int64_t cells() const {
    const auto within = [](const PoolAxis& axis) { return axis.window < axis.length ? axis.window : axis.length; };
    return within(z) * within(y) * within(x);
  }
};

/** Int32 for Max and ArgMax only; `out` of ArgMax is int32. Bits depend neither on threads nor on the level. */
GFN_DECLARE_LEVELS(void poolLoops(Pool pool, const PoolJob& job))

}  // namespace gfn
