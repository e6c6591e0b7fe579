/**
 * Code for a loop over large arrays of one size, whose elements have nothing to do with each other: all rounds for a block of elements,
 * kept in registers, before the next block.
 *
 *   for each round, for each element   →   for each block, for each round, for each element of the block
 *
 * Blocks run for as many rounds as each needs. When that is right, graph/sweeps.h says.
 */
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "region.h"

namespace gfn::jit {

struct SweepLoop {
  /** Places of arrays are the code's own, of `lanes` elements; those of scalars lie in the frame. The last step is the way back. */
  Region region;
  int lanes = 0;
  struct Array {
    Place place;
    /** The code needs what memory holds, or leaves it there. */
    bool loaded, stored;
  };
  std::vector<Array> arrays;
  /**
   * Blocks end at different rounds: each that is left without an element of the mask runs once more, to show that its arrays stay as they
   * are.
   */
  bool settles = false;
  /** Slots of the frame with scalars that the loop writes, in units of 8 bytes. */
  std::vector<int64_t> slots;
};

enum class Swept : int64_t { Done = 0, Unsettled = 1, Failed = 2 };

/**
 * Takes `n` elements, a multiple of `lanes`, of arrays at `where`. Reads scalars from the frame. `scalars`: a count of rounds, at first 0,
 * then the slots as the block with the most rounds left them.
 */
using SweepCode = int64_t (*)(const char* frame, char* const* where, int64_t n, char* scalars);

/** A module with SweepCode; empty where it would take too much of the stack. */
std::string writeSweep(const SweepLoop& loop);

}  // namespace gfn::jit
