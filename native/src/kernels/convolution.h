/**
 * What the loops of convolutions are told (convolution.cpp → convolution.simd.cpp): plain data, checked.
 *
 * Both gradients and the convolution itself look at a source [images, depth, height, width, channels] through taps: place (p, r, q)
 * sees, for tap (h, i, j), the pixel in plane p·stepZ + z.first + h·z.step, row r·stepY + y.first + i·y.step and column
 * q·stepX + x.first + j·x.step. Pixels outside of the source count as zeros. A tap belongs to the window's cell
 * (z.cell + h·z.cellStep, y.cell + i·y.cellStep, x.cell + j·x.cellStep). An image has one plane, and its window too.
 */
#pragma once
#include "../core/cpu.h"
#include "../core/kernel.h"

namespace gfn {

/** Taps along one axis: `count` ≥ 1, `step` ≥ 1. */
struct Taps {
  int64_t count, first, step;
  int64_t cell, cellStep;

  int64_t span() const { return (count - 1) * step + 1; }
};

/** Places over a source image, and what each sees. */
struct Sight {
  const void* source;
  int64_t images, depth, height, width, channels;
  /** Places per image. */
  int64_t planes, rows, columns;
  int64_t stepZ, stepY, stepX;
  Taps z, y, x;
  /** Rows of a plane and cells of a row of the whole window. */
  int64_t windowRows, windowColumns;

  int64_t places() const { return images * planes * rows * columns; }
  int64_t taps() const { return z.count * y.count * x.count; }
};

/** out[place, m] = Σ over taps and channels of the pixel's channel · weight. */
struct CorrelateJob {
  DType dtype;
  Sight sight;
  /** Element (cell, channel, m) lies at cell·cellStep + channel·channelStep + m·outputStep. */
  const void* weights;
  int64_t cellStep, channelStep, outputStep;
  int64_t outputs;
  void* out;
  /** Steps between images, planes, rows and columns of places; the outputs of a place are neighbours. */
  int64_t outImage, outPlane, outRow, outColumn;
};

/** out[cell, channel, m] = Σ over places of the pixel's channel · gradient[place, m]; taps are all cells in order. */
struct FilterGradJob {
  DType dtype;
  Sight sight;
  const void* gradient;
  int64_t outputs;
  void* out;
};

/** False: no scratch memory. Float32 or Float64; all lengths ≥ 1. Results depend on shapes and the level (FMA), never on threads. */
GFN_DECLARE_LEVELS(bool correlate(const CorrelateJob& job))
GFN_DECLARE_LEVELS(bool filterGradient(const FilterGradJob& job))

}  // namespace gfn
