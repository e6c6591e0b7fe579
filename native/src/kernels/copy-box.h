/**
 * Copies a box of elements between two strided places: what every movement op comes down to.
 *
 * A box is a list of axes, each with a length and a step (in elements) on both sides. Steps may be 0 or negative on the source
 * side; destinations must be distinct. Axes may come in any number up to kBoxRank and in any order.
 *
 *   transpose [2,3] → [3,2]:   {length 3, from 1, to 2}, {length 2, from 3, to 1}
 *   tile [d] n times:          {length n, from 0, to d}, {length d, from 1, to 1}
 *
 * The walk first drops axes of length 1 and joins axes that continue each other, then takes the fastest inner loop that fits:
 * memcpy of runs, fill, blocked transpose, or single elements. Boxes above a megabyte are split over threads.
 */
#pragma once
#include <cstdint>

#include "../core/kernel.h"

namespace gfn {

constexpr int kBoxRank = 2 * kMaxRank;

struct Axis {
  int64_t length;
  int64_t from;
  int64_t to;
};

struct Box {
  int rank = 0;
  Axis axes[kBoxRank];

  void add(int64_t length, int64_t from, int64_t to) { axes[rank++] = {length, from, to}; }
};

/** `from` and `to` point at the first element of the walk. `bytes` is the size of an element: 1, 4 or 8. */
void copyBox(Box box, const void* from, void* to, int64_t bytes);

/** Row-major steps of dims. */
inline void stepsOf(const View& view, int64_t* steps) {
  int64_t step = 1;
  for (int i = view.rank - 1; i >= 0; i--) {
    steps[i] = step;
    step *= view.dims[i];
  }
}

}  // namespace gfn
