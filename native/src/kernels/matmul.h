/** matMul as one product of two matrices, whose result something else reads block by block (linalg/gemm.h). */
#pragma once
#include "../linalg/gemm.h"

namespace gfn {

/** Describes a call but for addresses. False: it is no such product, or its operands do not fit together. */
bool readProduct(const Call& call, Gemm& product);

/** With a reader, to which it gives the bits of the op. */
void runProduct(DType dtype, const Gemm& product);

}  // namespace gfn
