/** Running programs: frames (the memory of one run) and the machine (a loop over instructions). */
#pragma once
#include <memory>
#include <vector>

#include "clock.h"
#include "program.h"
#include "stack.h"
#include "watch.h"

namespace gfn {

/** Memory of one run at a time. A second run at the same time (from a print step) needs a second frame. */
struct Frame {
  /** Check `memory.data` when the program has frameBytes > 0. */
  explicit Frame(const Program& program);

  Memory memory;
  std::vector<View> views;
  /** Memory outside of the frame: that of inputs, outputs and variables is set before each run. */
  std::vector<void*> externals;
  std::vector<Stack> stacks;
  /** Of a run that is recorded. */
  StepClock* clock = nullptr;
  /** Of runs of a watched program, beside the thread that asked for them. */
  Watch* watch = nullptr;
  bool busy = false;
  /** Failed in this run: the machine is to find out where. */
  const void* failedSweep = nullptr;
};

/** The caller's side of print steps. False ends the run at once (the caller knows why). */
struct Host {
  void* self;
  bool (*print)(void* self, int site, const View* values, int count);
};

/** Stopped: by a print step. Cancelled: by the watch. */
enum class Outcome { Done, Failed, Stopped, Cancelled };

struct RunResult {
  Outcome outcome;
  /** Of a failed run. */
  int step;
  Failure failure;
};

/** Runs to the end. Inputs and variables lie in their places, outputs are left in theirs. Stacks are empty at first. */
RunResult run(const Program& program, Frame& frame, const Host& host);

/** One step that is a call (of a loop, kernel, fused ops) or moves bytes, for compiled code around it. */
bool callStep(const Program& program, Frame& frame, int step, Failure& failure);

/** From now on runs tell their frame's clock of each step, or no longer. No run of the program may be under way. */
void setTimed(Program& program, bool on);

/** Runs of the program look at their watch from now on. None may be under way, and none be timed later. */
void setWatched(Program& program);

/** Opcodes of the machine; decode() asks for the address of each handler once. */
const void* handler(int opcode);

}  // namespace gfn
