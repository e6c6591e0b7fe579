/** Elementwise ops as LLVM's instructions: the expressions of elementwise.def on records (lane.h). */
#pragma once
#include <string>

#include "../core/kernel.h"

namespace gfn::jit {

/**
 * Writes an op to the current emitter and names its result, whose elements are of the result's stored type; a Bool is an i8, 0 or 1.
 * `numbers` are the op's numeric attributes.
 */
using ElementCode = std::string (*)(const std::string* in, const double* numbers);

/** Null where an op has no code of its own for a dtype: it is called. */
ElementCode findElementCode(const char* op, DType dtype);
ElementCode castCode(DType from, DType to);
/** The selection of elements of a dtype. */
std::string writeWhere(DType dtype, const std::string* in);

/** `float`, `i8` …: how an element lies in memory. */
const char* storedType(DType dtype);

}  // namespace gfn::jit
