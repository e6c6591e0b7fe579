/** Comparisons: IEEE (NaN equals nothing), in the common dtype of both operands; bool results. */
import { compareOp } from "./elementwise.ts";

export const equal = compareOp(
  "equal",
  "a = b.",
  (x, y) => +(x === y),
  ["commutative"],
  (re, im, re2, im2) => [+(re === re2 && im === im2), 0],
);
export const notEqual = compareOp(
  "notEqual",
  "a ≠ b; true for NaN.",
  (x, y) => +(x !== y),
  ["commutative"],
  (re, im, re2, im2) => [+(re !== re2 || im !== im2), 0],
);
export const less = compareOp("less", "a < b.", (x, y) => +(x < y));
export const lessEqual = compareOp("lessEqual", "a ≤ b.", (x, y) => +(x <= y));
export const greater = compareOp("greater", "a > b.", (x, y) => +(x > y));
export const greaterEqual = compareOp("greaterEqual", "a ≥ b.", (x, y) => +(x >= y));
