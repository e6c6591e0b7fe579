/**
 * Fused elementwise ops: what a `fused` step of a plan becomes. Pieces of the result are computed one after another, by all ops in turn;
 * values that ops hand to each other have room for one piece, in the first-level cache.
 */
#pragma once
#include <cstdint>
#include <vector>

#include "../jit/compiler.h"
#include "../jit/pieces.h"
#include "../kernels/elementwise.h"

namespace gfn {

/** An operand's elements along those of the result, of which i is one: see runtime/src/plan/pattern.ts. */
enum class Pattern : uint8_t { One, Full, Row, Column };

struct FusedOperand {
  /** As Ref in program.h. */
  int64_t ref;
  /** Of Row and Column. */
  int64_t period;
  Pattern pattern;
  DType dtype;
  uint8_t bytes;
};

struct FusedOp {
  const char* op;
  Loop loop;
  DType dtypes[kMaxOperands];
  DType result;
  /** Numeric attributes from here on in the program's own numbers. */
  int numbers;
  /** Numbers of inputs, then outputs, then room. */
  uint16_t in[kMaxOperands];
  uint16_t out;
  uint8_t operands;
  uint8_t numberCount;
};

struct FusedCall {
  int64_t n;
  /** Elements of a piece. */
  int64_t piece;
  std::vector<FusedOperand> inputs;
  struct Result {
    int64_t ref;
    DType dtype;
    uint8_t bytes;
  };
  std::vector<Result> outputs;
  std::vector<FusedOp> ops;
  int room = 0;
  /** Rough cost of an element, as in ElementwiseRow. */
  int64_t cost = 0;
  /** Whether pieces of operands along columns are one element: rows are made of whole pieces. */
  bool columnsStay = false;
  /** Compiled code of all ops. */
  std::shared_ptr<jit::Slot> slot;
};

constexpr int kMaxFusedValues = 256;
/** Pieces that are in use at the same time: of values inside, and of operands that are written out. */
constexpr int kMaxPlaces = 48;

/** How an operand's dims lie along the result's; false where there is no pattern. */
bool patternOf(const View& result, const View& operand, FusedOperand& found);
/** Places that a call needs: at most kMaxPlaces. */
int placesOf(const FusedCall& call);
/** Chooses the length of pieces, and makes the slot; all else is filled in. */
void preparePieces(FusedCall& call);
/** `at` turns refs into addresses: inputs, then outputs. */
void runFused(const FusedCall& call, char* const* at, const double* numbers);

}  // namespace gfn
