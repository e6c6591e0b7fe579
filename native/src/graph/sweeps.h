/**
 * Loops over large arrays by blocks ("sweeps"): found when a plan is decoded, compiled by jit/sweep.h, run in the place of all rounds that
 * are left.
 *
 * The steps of such a loop are ops on scalars of the frame, elementwise ops on arrays of n elements, copies, jumps forward and the branch
 * back at its end. It may run block by block, one after the other or at the same time, if that leaves what it would leave round by round:
 *
 * - Where no scalar depends on an array, every block sees the same scalars, and so runs the same steps as often.
 * - Where the branch back asks whether a mask has elements (`any`), maybe together with scalars, a block runs until its own part of the mask
 *   says no. If scalars alone ended it, all blocks end there. Otherwise it runs one round more, and if its arrays have the bits that they
 *   had, they will have them after every further round: what computes them reads nothing else that changes, since nothing that a round
 *   leaves in arrays is computed behind a branch or from a scalar that the loop writes. Its part of the mask stays empty then, so the loop ends when the last block has ended,
 *   with the scalars of that one: what the branch asks grows with the mask (`Kind`), and nobody reads the answer but the branch.
 *   If a block does not settle, arrays are set back, and the loop runs as if it were no sweep, for good.
 * - Where a step fails (an overflow), arrays are set back, and the machine finds the failure again.
 */
#pragma once
#include <atomic>
#include <memory>
#include <vector>

#include "../jit/compiler.h"
#include "../jit/sweep.h"
#include "fused.h"
#include "program.h"

namespace gfn {

struct Frame;

struct Sweep {
  int64_t n = 0;
  /** Rough cost of an element's round in 1/16 ns. */
  int64_t cost = 0;
  struct Array {
    FusedOperand operand;
    bool loaded, stored;
    /** May have to be set back. */
    bool kept;
  };
  std::vector<Array> arrays;
  jit::SweepLoop loop;
  std::shared_ptr<jit::Slot> slot = std::make_shared<jit::Slot>();
  /** It is no sweep after all. */
  std::atomic<bool> isOff{false};
};

/** Null: `why` says what is in the way, or is null where no large arrays are in the loop. Everything else is decoded. */
std::shared_ptr<Sweep> findSweep(const Program& program, const CodeRegion& region, const char*& why);

/** True: the frame is as the loop leaves it. False: it is as it was. */
bool runSweep(Frame& frame, const std::shared_ptr<Sweep>& sweep);

/** Of the process: loops that ran by blocks, and that were set back. */
struct SweepCounts {
  std::atomic<int64_t> done{0}, setBack{0};
};
SweepCounts& sweepCounts();

}  // namespace gfn
