/** Ops without code of their own: compiled code puts the operands into memory and calls the op's loop. */
#pragma once
#include <string>

#include "../kernels/elementwise.h"

namespace gfn::jit {

struct CalledOp {
  Loop loop;
  const char* op;
  DType dtypes[kMaxOperands];
  DType result;
  uint8_t operands;
  double numbers[2];
};

/** Writes a call on the current emitter's lanes and names the result. */
std::string writeCall(const CalledOp& op, const std::string* in);

}  // namespace gfn::jit
