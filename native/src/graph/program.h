/**
 * A decoded plan: what the machine runs. Made once by decode(), never changed afterwards; runs keep their state in frames.
 *
 *   words, numbers, constants ──decode──▶ Program ──run in a Frame──▶ outputs
 *
 * A frame is one block of memory: the plan's arena, then slots for small inputs, outputs and constants (at most kSmallBytes
 * each). Larger ones stay where they are ("external"): inputs and outputs in the caller's arrays, constants in the program.
 * Variables are external whatever their size: steps read and write the caller's memory.
 * A Ref names a place: an offset into the frame if ≥ 0, else ~index into the frame's list of externals.
 *
 * Instruction i is step i of the plan, so jump targets and errors need no translation; one Halt follows the last.
 */
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "../core/kernel.h"
#include "../core/memory.h"
#include "../kernels/elementwise.h"
#include "fused.h"

namespace gfn {

/** MAILBOX_BYTES in runtime/src/plan/encode.ts. */
constexpr int64_t kSmallBytes = 256;
/** Slots of scalars are addressed in units of 8 bytes. */
constexpr int64_t kSlot = 8;

using Ref = int64_t;

struct Instruction {
  /** Address of the handler's code in the machine. */
  const void* go;
  /** Slots, or an index into one of the tables below in `a`. */
  uint32_t a, b, c, out;
  union {
    const Instruction* target;
    ScalarFn scalar;
  };
};

struct KernelCall {
  Kernel run;
  /** nIn + nOut views from here on. */
  int firstView;
  int nIn, nOut;
  int firstWord, wordCount;
};

struct LoopCall {
  Loop loop;
  int64_t n;
  Ref in[kMaxOperands];
  Ref out;
  bool moves[kMaxOperands];
  uint8_t bytes[kMaxOperands];
  uint8_t outBytes;
  uint8_t operands;
  uint8_t cost;
  /** Numeric attributes from here on in `ownNumbers`. */
  int numbers;
};

struct CopyCall {
  Ref from, to;
  int64_t bytes;
};

struct PrintCall {
  int site;
  int firstView;
  int count;
};

/** A value on its way to or from a stack that is no scalar of the frame. */
struct StackCall {
  Ref value;
  int64_t bytes;
};

/** A view whose memory changes: `external` is filled in per frame (constants) or per run (inputs, outputs, variables). */
struct Patch {
  int view;
  int external;
};

/** How a value comes in or goes out. */
struct Port {
  DType dtype;
  int64_t size;
  int64_t bytes;
  /** Offset in the mailbox, or -1: a typed array of the caller. */
  int64_t mailbox;
  /** Where it is within a run. */
  Ref ref;
  /** An output whose value lies elsewhere (another output, an input, a constant, the arena) is copied at the end. */
  bool copied;
};

/** Memory of the caller that the program works in. */
struct VariableSlot {
  int64_t bytes;
  /** Runs may change it. */
  bool written;
};

struct StepNote;
struct CodeRegion;

struct Program {
  Program();
  ~Program();
  std::vector<Instruction> code;
  /** The handlers of `code` where instructions go elsewhere first: by the clock, while runs are timed, or by the watch. Empty otherwise. */
  std::vector<const void*> handlers;
  /** First steps of loops; those that stand in no other loop. */
  struct Head {
    int step;
    bool outermost;
  };
  std::vector<Head> heads;
  /** Runs look at their frame's watch at the heads of loops and before calls (watch.h). */
  bool watched = false;
  std::vector<KernelCall> kernels;
  std::vector<LoopCall> loops;
  std::vector<FusedCall> fused;
  std::vector<CopyCall> copies;
  std::vector<PrintCall> prints;
  std::vector<StackCall> stackCalls;
  /** Templates: `data` is an offset into the frame, or set by a patch. */
  std::vector<View> views;
  std::vector<Patch> patches;
  std::vector<Port> inputs, outputs;
  std::vector<VariableSlot> variables;
  /** Number of stacks; each holds values of one size. */
  int stacks = 0;
  /** Attribute words, and the numbers they refer to. */
  std::vector<int32_t> words;
  std::vector<double> numbers;
  std::vector<double> ownNumbers;
  /** Inputs, then outputs, variables, large constants. */
  int externals = 0;
  size_t firstVariable() const { return inputs.size() + outputs.size(); }
  std::vector<const void*> constantExternals;
  struct SmallConstant {
    int64_t at;
    int64_t bytes;
    const void* data;
  };
  std::vector<SmallConstant> smallConstants;
  /** Aligned copy of the plan's constants. */
  std::unique_ptr<Memory> constants;
  int64_t frameBytes = 0;
  /** Per step, where something may be compiled (regions.h). */
  std::vector<StepNote> notes;
  std::vector<CodeRegion> regions;
  /** Per step the region that starts there, or -1. */
  std::vector<int32_t> regionAt;
  /** Of the step itself, where a loop starts as well. */
  const void* handlerOf(int step) const;
};

struct PlanWords {
  const int32_t* words;
  int64_t wordCount;
  const double* numbers;
  int64_t numberCount;
  const uint8_t* constants;
  int64_t constantBytes;
  /** Room in the mailbox. */
  int64_t mailboxBytes;
};

/** Null: `error` says which word is wrong. Every word is checked: no plan can make a run touch memory that is not its own. */
std::unique_ptr<Program> decode(const PlanWords& plan, std::string& error);

}  // namespace gfn
