/** Which opcode of the machine does an op on scalars: lookups at decoding time. */
#pragma once
#include "../core/kernel.h"

namespace gfn {

/** Opcode of an INLINE row of elementwise.def on operands of a dtype, or -1. */
int scalarOpcode(const char* op, DType dtype);

/** Opcode of a cast; between equal dtypes a copy. */
int castOpcode(DType from, DType to);

/** The opcode that compares as the handler `compare` does and branches on the result, or -1 where that is no comparison. */
int branchingOpcode(const void* compare, bool unless);

}  // namespace gfn
