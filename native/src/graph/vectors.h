/** Calls of compiled pieces (jit/pieces.h) on any number of elements: whole vectors where they lie, the others through memory of our own. */
#pragma once
#include <cstdint>

#include "../jit/pieces.h"

namespace gfn {

constexpr int kMaxFusedValues = 256;

/** What code reads and writes. */
struct CodeValues {
  size_t inputs, outputs;
  /** Of an element of each. */
  const uint8_t* bytes;
};

/**
 * `where`: of inputs, then of outputs; changed. `moves`: per input, whether there is an element per lane. `aligned`: whole vectors of the
 * first result go where vectors of memory are, which pays where much is written.
 */
void runVectors(const CodeValues& values, jit::PieceCode code, char** where, const bool* moves, int64_t count, bool aligned);

}  // namespace gfn
