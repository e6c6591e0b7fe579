/** Operations on the bits of int32. Amounts of shifts count modulo 32, as in JavaScript. */
import { binaryOp } from "./elementwise.ts";

export const bitwiseAnd = binaryOp(
  "bitwiseAnd",
  "Bits that are set in both. int32 only.",
  { int: (x, y) => x & y },
  { flags: ["commutative"] },
);
export const bitwiseOr = binaryOp(
  "bitwiseOr",
  "Bits that are set in either. int32 only.",
  { int: (x, y) => x | y },
  { flags: ["commutative"] },
);
export const bitwiseXor = binaryOp(
  "bitwiseXor",
  "Bits that are set in one of the two. int32 only.",
  { int: (x, y) => x ^ y },
  { flags: ["commutative"] },
);
export const leftShift = binaryOp("leftShift", "a moved left by b modulo 32 bits; zeros follow. int32 only.", { int: (x, y) => x << y });
export const rightShift = binaryOp("rightShift", "a moved right by b modulo 32 bits; the sign stays. int32 only.", {
  int: (x, y) => x >> y,
});
