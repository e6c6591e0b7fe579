/** Code for fused elementwise ops (graph/fused.h): one loop over whole vectors, with all values in registers. */
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "../kernels/elementwise.h"

namespace gfn::jit {

struct PieceOp {
  const char* op;
  /** What computes it where it has no code of its own. */
  Loop loop;
  DType dtypes[kMaxOperands];
  DType result;
  uint8_t operands;
  /** Numbers of inputs, then outputs, then values inside. */
  uint16_t in[kMaxOperands];
  uint16_t out;
  double numbers[2];
  uint8_t numberCount;
};

struct Pieces {
  struct Input {
    DType dtype;
    /** False: one element for all. */
    bool moves;
  };
  std::vector<Input> inputs;
  std::vector<DType> outputs;
  std::vector<PieceOp> ops;
  int room = 0;
};

/** Elements that the code takes at a time. */
constexpr int kPieceLanes = 16;

/** `where`: inputs, then outputs. `n` is a multiple of kPieceLanes, and not 0. */
using PieceCode = void (*)(int64_t n, char* const* where);

/** Writes an op on the current emitter's lanes and names its result. */
std::string writeOp(const PieceOp& op, const std::string* in);

/** A module with PieceCode. */
std::string writePieces(const Pieces& pieces);

}  // namespace gfn::jit
