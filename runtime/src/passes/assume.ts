/**
 * What an arm of a cond knows: its predicate, and what follows from it.
 *
 *   then of  a && b       a and b are true          else of  a || b       both are false
 *   then of  !p           p is false
 *   then of  n == 3       n is 3, for whole numbers and bool; not for floats, where −0 equals 0
 */
import { isInteger } from "../core/dtype.ts";
import type { OpNode, Value } from "../ir/graph.ts";
import { isScalar } from "./facts.ts";
import type { Rewriter } from "./rewriter.ts";

/** Replaces, to the end of the open region, what is known there if `pred` is `truth`. */
export function assume(pred: Value, truth: boolean, r: Rewriter): void {
  if (r.isReplaced(pred) || r.constantOf(pred) !== undefined || !isScalar(pred)) return;
  r.replace(pred, r.constant("bool", [], [Number(truth)]));
  const node = r.nodeOf(pred);
  if (node?.kind !== "op") return;
  if (node.op === "logicalNot") assume(node.operands[0], !truth, r);
  else if (node.op === (truth ? "logicalAnd" : "logicalOr")) for (const operand of node.operands) assume(operand, truth, r);
  else if (node.op === (truth ? "equal" : "notEqual")) assumeEqual(node, r);
}

function assumeEqual({ operands: [a, b] }: OpNode, r: Rewriter): void {
  const isExact = isInteger(a.type.dtype) || a.type.dtype === "bool";
  if (!isExact || !isScalar(a) || !isScalar(b)) return;
  const [value, literal] = r.constantOf(a) === undefined ? [a, b] : [b, a];
  if (r.constantOf(literal) !== undefined && r.constantOf(value) === undefined && !r.isReplaced(value)) r.replace(value, literal);
}
