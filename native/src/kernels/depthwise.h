/**
 * What the loops of depthwise convolutions are told (depthwise.cpp → depthwise.simd.cpp): plain data, checked. Sights are as in
 * convolution.h, of images. `multiplier` M: filters per channel; the wide side has C·M channels, those of channel c from c·M on.
 */
#pragma once
#include "convolution.h"

namespace gfn {

/** out[place, k] = Σ over taps of the pixel's channel · weights[cell, k], k over the C·M wide channels. */
struct DepthwiseJob {
  DType dtype;
  Sight sight;
  int64_t multiplier;
  /** The source is the wide side, and results of one channel are added up; otherwise the source has C channels, results are wide. */
  bool fold;
  /** [cells, C·M]. */
  const void* weights;
  void* out;
  /** Steps between images, rows and columns of places. */
  int64_t outImage, outRow, outColumn;
};

/** out[cell, k] = Σ over places of the pixel's channel · gradient[place, k]; taps are all cells in order. */
struct DepthwiseFilterJob {
  DType dtype;
  Sight sight;
  int64_t multiplier;
  const void* gradient;
  void* out;
};

/** False: no scratch memory. Float32 or Float64; no length is 0 but numbers of taps. Results never depend on threads. */
GFN_DECLARE_LEVELS(bool depthwise(const DepthwiseJob& job))
GFN_DECLARE_LEVELS(bool depthwiseFilter(const DepthwiseFilterJob& job))

}  // namespace gfn
