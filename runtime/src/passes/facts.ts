/** What passes ask about nodes; answers come from the flags of op records. */
import { isFloating } from "../core/dtype.ts";
import { isStatic, sizeOf } from "../core/shape.ts";
import type { Node, OpNode, Region, Value } from "../ir/graph.ts";
import { regionsOf } from "../ir/walk.ts";
import { getOp } from "../ops/index.ts";

/** May be computed earlier, or although nobody asked for it: no effect, cannot fail, same result each time. */
export function isMovable(node: Node): node is OpNode {
  return node.kind === "op" && isRepeatable(node) && !isChecked(node);
}

/**
 * Fails for some operands. Arithmetic that is checked is so for integers: floats have an answer for everything (x % 0 is NaN).
 */
export function isChecked(node: OpNode): boolean {
  const op = getOp(node.op);
  if (!op.flags.has("checked")) return false;
  return op.scalar?.float === undefined || !node.operands.every((v) => isFloating(v.type.dtype));
}

/** Same operands, same results (or the same error); no effect. */
export function isRepeatable(node: OpNode): boolean {
  const op = getOp(node.op);
  return op.flags.has("pure") && !op.flags.has("random") && op.effects.length === 0;
}

/**
 * Has an effect itself: stays, in its order, whether its results are used or not. A call counts as one: what it runs may have effects, and
 * may not end. A stack that no value is used of goes as a whole: see dce.
 */
export function hasEffect(node: Node): boolean {
  if (node.kind === "print" || node.kind === "fail" || node.kind === "push" || node.kind === "pop" || node.kind === "call") return true;
  if (node.kind !== "op") return false;
  const op = getOp(node.op);
  return !op.flags.has("pure") || op.effects.length > 0;
}

/** A node in the region, or in regions inside it, has an effect. */
export function hasEffects(region: Region): boolean {
  return region.nodes.some((node) => hasEffect(node) || regionsOf(node).some(hasEffects));
}

export function hasLoops(region: Region): boolean {
  return region.nodes.some((node) => node.kind === "while" || node.kind === "for" || regionsOf(node).some(hasLoops));
}

/** Running the region may do more than compute: effects, errors, loops that do not end. */
export function mayStop(region: Region): boolean {
  return region.nodes.some(
    (node) =>
      hasEffect(node) ||
      node.kind === "while" ||
      node.kind === "list" ||
      (node.kind === "op" && isChecked(node)) ||
      regionsOf(node).some(mayStop),
  );
}

export function isScalar(value: Value): boolean {
  return value.type.shape.length === 0 && !value.type.list;
}

/** A handful of cycles on one element: no more than a jump costs. Ops on reals only (exp, sqrt, division) are not. */
export function isCheap(node: Node): boolean {
  if (!isMovable(node) || !node.results.every(isScalar)) return false;
  const { scalar } = getOp(node.op);
  return scalar !== undefined && (scalar.int !== undefined || scalar.bool !== undefined);
}

/** Elements of a value; Infinity where that is not known before it runs. */
export function elementsOf(value: Value): number {
  return isStatic(value.type.shape) && !value.type.list ? sizeOf(value.type.shape) : Number.POSITIVE_INFINITY;
}
