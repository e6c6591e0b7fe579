/**
 * Opcodes of the machine. Scalar ops come from elementwise.def: one opcode per INLINE row and dtype, and for each comparison
 * two more that branch on the result. What has no opcode of its own is reached by CallScalar, CallLoop or CallKernel.
 */
#pragma once

#define GFN_WHEN_INLINE(...) __VA_ARGS__
#define GFN_WHEN_CALL(...)
/** Casts of scalars: CAST(from dtype, from type, to dtype, to type, name). */
#define GFN_CASTS(CAST)                          \
  CAST(Bool, uint8_t, Int32, int32_t, b_i32)     \
  CAST(Bool, uint8_t, Float32, float, b_f32)     \
  CAST(Bool, uint8_t, Float64, double, b_f64)    \
  CAST(Int32, int32_t, Bool, uint8_t, i32_b)     \
  CAST(Int32, int32_t, Float32, float, i32_f32)  \
  CAST(Int32, int32_t, Float64, double, i32_f64) \
  CAST(Float32, float, Bool, uint8_t, f32_b)     \
  CAST(Float32, float, Int32, int32_t, f32_i32)  \
  CAST(Float32, float, Float64, double, f32_f64) \
  CAST(Float64, double, Bool, uint8_t, f64_b)    \
  CAST(Float64, double, Int32, int32_t, f64_i32) \
  CAST(Float64, double, Float32, float, f64_f32)

namespace gfn {

enum Opcode : int {
  // control
  OpHalt,
  OpJump,
  OpUnless,
  OpWhen,
  OpPrint,
  // stacks
  OpPush1,
  OpPush4,
  OpPush8,
  OpPushBytes,
  OpPop1,
  OpPop4,
  OpPop8,
  OpPopBytes,
  // whole buffers
  OpCopy1,
  OpCopy4,
  OpCopy8,
  OpCopyBytes,
  OpCallScalar,
  OpCallLoop,
  OpCallKernel,
  OpCallFused,
  OpRegion,
  // selection of a scalar by its size
  OpWhere1,
  OpWhere4,
  OpWhere8,
  // tells the clock of the step, then does what it is
  OpTimed,
  // looks at the watch, then does what the step is
  OpWatched,
#define GFN_OPCODE(Name, T, short, op) Op_##op##_##short,
#define GFN_BRANCHES(Name, T, short, op) Op_##op##_##short, Op_##op##_##short##_unless, Op_##op##_##short##_when,
#define UNARY(op, dtypes, cost, ...) GFN_WHEN_##cost(GFN_FOR_##dtypes(GFN_OPCODE, op))
#define BINARY(op, dtypes, cost, check, ...) GFN_WHEN_##cost(GFN_FOR_##dtypes(GFN_OPCODE, op))
#define COMPARE(op, ...) GFN_FOR_ANY(GFN_BRANCHES, op)
#define LOGIC(op, ...) GFN_FOR_BOOL(GFN_OPCODE, op)
#define EXACT(op, ...) GFN_FOR_INT(GFN_OPCODE, op)
#define TEST(op, ...) GFN_FOR_FLOATING(GFN_OPCODE, op)
#include "../kernels/elementwise-rows.h"
#define CAST(From, F, To, T, name) Op_cast_##name,
  GFN_CASTS(CAST)
#undef CAST
  kOpcodes
};

}  // namespace gfn
