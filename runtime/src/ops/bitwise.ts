/** Operations on the bits of whole numbers. Amounts of shifts count modulo the number of bits, as in JavaScript. */
import { binaryOp } from "./elementwise.ts";

export const bitwiseAnd = binaryOp(
  "bitwiseAnd",
  "Bits that are set in both. Whole numbers only.",
  { int: (x, y) => x & y, long: (x, y) => x & y },
  { flags: ["commutative"] },
);
export const bitwiseOr = binaryOp(
  "bitwiseOr",
  "Bits that are set in either. Whole numbers only.",
  { int: (x, y) => x | y, long: (x, y) => x | y },
  { flags: ["commutative"] },
);
export const bitwiseXor = binaryOp(
  "bitwiseXor",
  "Bits that are set in one of the two. Whole numbers only.",
  { int: (x, y) => x ^ y, long: (x, y) => x ^ y },
  { flags: ["commutative"] },
);
export const leftShift = binaryOp("leftShift", "a moved left by b places, modulo its bits; zeros follow. Whole numbers only.", {
  int: (x, y) => x << y,
  byte: (x, y) => x << (y & 7),
  long: (x, y) => x << (y & 63n),
});
export const rightShift = binaryOp("rightShift", "a moved right by b places, modulo its bits; the sign stays. Whole numbers only.", {
  int: (x, y) => x >> y,
  byte: (x, y) => x >> (y & 7),
  long: (x, y) => x >> (y & 63n),
});
