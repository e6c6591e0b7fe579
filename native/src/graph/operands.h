/** Operands of fused ops: how their elements lie along those of the result, and where those of a piece are. */
#pragma once
#include <cstdint>

#include "../core/kernel.h"

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

/** How an operand's dims lie along the result's; false where there is no pattern. */
bool patternOf(const View& result, const View& operand, FusedOperand& found);

inline bool isRepeated(const FusedOperand& operand) { return operand.pattern == Pattern::Row || operand.pattern == Pattern::Column; }

/** Writes elements [first, first + count) of an operand along rows or columns. */
void writeRepeated(const FusedOperand& operand, const char* data, char* to, int64_t first, int64_t count);
/**
 * Elements [first, first + count) of an operand: where they lie, or written out into `room`. `moves`: or one for all, which an operand
 * along columns is in some pieces where `mayStay`.
 */
const char* elementsOf(const FusedOperand& operand, const char* data, char* room, int64_t first, int64_t count, bool mayStay, bool& moves);

}  // namespace gfn
