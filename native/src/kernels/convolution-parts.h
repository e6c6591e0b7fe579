/**
 * How a convolution is cut for threads, each part a convolution of its own over dense memory:
 *
 *   rows      some images, or some rows of one image, where there are many places
 *   channels  some channels of the result, where there are few places and large filters: each part then packs its own filter
 *
 * Cuts depend on shapes alone, so that results never depend on the number of threads.
 */
#pragma once
#include "onednn-primitive.h"

namespace gfn {

struct Cut {
  ConvolutionSum sum;
  int64_t axes;
  /** Each axis without cells that no place sees. */
  Convolution whole;
  bool byChannels;
  /** By channels: those of a part, of x for its gradient, else of y. */
  int64_t channels;
  /** By rows: images per part; where it is 1, rows per part along `axis`, the outermost that is longer than 1: of x for its gradient, else of y. */
  WindowAxis Convolution::*axis;
  int64_t images, rows;
  int64_t rowParts;
  /** Elements of a row of x and of y. */
  int64_t xRow, yRow;
  int64_t parts;
};

struct Part {
  PrimitiveShape shape;
  /** First elements in x, filter and y. */
  int64_t x, filter, y;
};

/** False: too small, few channels, or places that see no pixel. Part 0 has the most common shape. */
bool cutOf(ConvolutionSum sum, int axes, const Convolution& c, Cut& cut);

/** False: the part sees nothing, which a convolution of its own cannot do. */
bool partOf(const Cut& cut, int64_t index, Part& part);

}  // namespace gfn
