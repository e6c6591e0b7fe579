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
#include "../kernels/row-ops.h"
#include "../linalg/gemm.h"
#include "operands.h"
#include "vectors.h"

namespace gfn {

struct FusedOp {
  const char* op;
  /** On the elements of the result; on one element per row; or of whole rows (all but `row` of no use then). */
  enum class Kind : uint8_t { Elements, Columns, Row } kind;
  Loop loop;
  DType dtypes[kMaxOperands];
  DType result;
  /** Numeric attributes from here on in the program's own numbers. */
  int numbers;
  /** Numbers of inputs, then outputs, then room, then columns. */
  uint16_t in[kMaxOperands];
  uint16_t out;
  uint8_t operands;
  uint8_t numberCount;
  RowKernel row;
};

/** Ops of a call with rows that run one after the other on the same elements. */
struct Phase {
  FusedOp::Kind kind;
  int first, last;
  /** Of Elements: values that come from before, and that are wanted later; bytes of an element of each. */
  std::vector<uint16_t> in, out;
  std::vector<uint8_t> bytes;
  std::vector<DType> dtypes;
  std::shared_ptr<jit::Slot> slot;
};

/**
 * A product that the ops of a call read: each block of it goes through them as soon as it is there, while it is in the caches. Never fails.
 */
struct Head {
  /** Without addresses; m is 0 where a call has no head. */
  Gemm product;
  /** Inputs of the call; the last one is the product itself. */
  uint16_t a, b, result;
  DType dtype;
  /** Others read it, too: it has memory. */
  bool isKept;
  /** The output in whose memory it lies until that is written; −1: in none. */
  int over;
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
    /** One element per row. */
    bool isColumn;
  };
  std::vector<Result> outputs;
  std::vector<FusedOp> ops;
  int room = 0;
  /** Of elements of inputs, then outputs. */
  std::vector<uint8_t> bytes;
  /** Rough cost of an element, as in ElementwiseRow. */
  int64_t cost = 0;
  /** Whether pieces of operands along columns are one element: rows are made of whole pieces. */
  bool columnsStay = false;
  Head head = {};
  /** Compiled code of all ops, but for the head. */
  std::shared_ptr<jit::Slot> slot;

  // With ops of rows: see rows.h.
  /** Elements of a row; 0: no row is looked at as such. */
  int64_t run = 0;
  /** Values inside with one element per row. */
  int columns = 0;
  /** Of all values: a column's one element stands for a row. */
  std::vector<Pattern> forms;
  std::vector<Phase> phases;
  /** Whether rows go through the group one after the other, in blocks of `blockRows`; else pieces do, whose rows are reduced on the way. */
  bool inBlocks = false;
  int64_t blockRows = 0;
  /** Whether ops on elements take one row at a time. */
  bool longRows = false;
  /** Bytes of a place for a value inside. */
  int64_t placeBytes = 0;
};

/** Pieces that are in use at the same time: of values inside, and of operands that are written out. */
constexpr int kMaxPlaces = 48;

/** Between pieces, so that they do not lie a whole number of pages apart. */
constexpr int64_t kApart = 192;
constexpr uintptr_t kPage = 4096;
/**
 * Half a page away from the operand's place in its page: processors take loads that are a whole number of pages after a store for loads of
 * what was stored.
 */
inline char* awayFrom(const char* operand, char* room) {
  const uintptr_t wanted = (reinterpret_cast<uintptr_t>(operand) + kPage / 2) / 64 * 64;
  return room + (wanted - reinterpret_cast<uintptr_t>(room)) % kPage;
}

/** An op for the compiler. */
jit::PieceOp pieceOf(const FusedOp& op, const double* numbers);
/** Places that a call needs: at most kMaxPlaces. */
int placesOf(const FusedCall& call);
/** Chooses the length of pieces, and makes the slot; all else is filled in. */
void preparePieces(FusedCall& call);
/** `at` turns refs into addresses: inputs, then outputs. */
void runFused(const FusedCall& call, char* const* at, const double* numbers);

}  // namespace gfn
