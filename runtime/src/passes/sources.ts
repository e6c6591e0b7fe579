/**
 * How a value of a loop can be had on the way back without being kept.
 *
 *   op        once more what computed it, of the same operands
 *   carried   the value of the next round, which the way back came from: what a body yields is the parameter of the round after it,
 *             and in the last round the loop's result
 *   stepped   a counter, from its value in the next round
 *   index     the index of a `for`, from the index of a `for` of the same range
 *
 * The bits are the same. Whole numbers wrap, so steps can be taken back.
 */

import { sameType } from "../core/type.ts";
import type { ForNode, Node, OpNode, Value, WhileNode } from "../ir/graph.ts";
import { costOfComputing, costOfMoving } from "./cost.ts";
import type { Group, KeptValues, Place } from "./kept.ts";

export type Loop = WhileNode | ForNode;

interface Costs {
  readonly cost: number;
  /** What it is computed from. */
  readonly from: readonly Value[];
}

export type Source = Costs &
  (
    | { readonly kind: "op"; readonly node: OpNode }
    /** `at`: which of the loop's carried values. */
    | { readonly kind: "carried"; readonly at: number }
    | { readonly kind: "stepped"; readonly at: number; readonly op: "add" | "sub"; readonly by: Value }
    | { readonly kind: "index" }
  );

const BACK: Readonly<Record<string, "add" | "sub">> = { add: "sub", addExact: "sub", sub: "add", subExact: "add" };

/** Null where a value must be kept, or something else kept for it. */
export function sourceOf(value: Value, { from, to }: Group, values: KeptValues): Source | null {
  const node = values.nodeOf(value);
  const cost = node === null ? Number.POSITIVE_INFINITY : costOfComputing(node);
  if (cost < Number.POSITIVE_INFINITY) {
    const op = node as OpNode;
    return { kind: "op", node: op, cost, from: op.operands };
  }
  const loops = loopsOf(from, to);
  if (loops === null || !values.isDefinedIn(value, from)) return null;
  return node === null ? ofParameter(value, loops, values, to) : ofYield(value, loops.there);
}

/** The loop that P is the body of, and the one in the same region that Q is the body of. */
export function loopsOf(from: Place, to: Place): { readonly there: Loop; readonly back: Loop } | null {
  const [there, back] = [from.owner, to.owner];
  const isBody = isLoop(there) && isLoop(back) && there.body === from.region && back.body === to.region;
  return isBody && from.around === to.around && from.time < to.time ? { there, back } : null;
}

function isLoop(node: Node | null): node is Loop {
  return node?.kind === "while" || node?.kind === "for";
}

/** The parameters of a body that are carried. */
export function carriedOf(loop: Loop): readonly Value[] {
  return loop.kind === "for" ? loop.body.params.slice(1) : loop.body.params;
}

function ofYield(value: Value, there: Loop): Source | null {
  const at = there.body.yields.indexOf(value);
  const param = carriedOf(there)[at];
  if (param === undefined || !sameType(param.type, value.type) || !sameType((there.results[at] as Value).type, value.type)) return null;
  return { kind: "carried", at, from: [param], cost: costOfMoving(value) };
}

function ofParameter(value: Value, { there, back }: { there: Loop; back: Loop }, values: KeptValues, to: Place): Source | null {
  if (value.type.dtype !== "int32") return null;
  const at = carriedOf(there).indexOf(value);
  // The index of a `for` is no carried value.
  if (at < 0) return ofIndex(there as ForNode, back, values, to);
  const next = values.nodeOf(there.body.yields[at] as Value);
  const op = next?.kind === "op" ? BACK[next.op] : undefined;
  if (op === undefined || !sameType((there.results[at] as Value).type, value.type)) return null;
  const [a, b] = (next as OpNode).operands as readonly [Value, Value];
  const by = a === value ? b : op === "sub" && b === value ? a : undefined;
  if (by === undefined || by.type.shape.length > 0 || !values.isKnownIn(by, to)) return null;
  return { kind: "stepped", at, op, by, from: [], cost: 2 * costOfMoving(value) };
}

/** Each index is start + limit − step − the one of the way back, where the step is one, up or down. */
function ofIndex({ start, limit, step, body: { params } }: ForNode, back: Loop, values: KeptValues, to: Place): Source | null {
  if (back.kind !== "for" || back.start !== start || back.limit !== limit || back.step !== step) return null;
  const by = values.nodeOf(step);
  if (by?.kind !== "const" || Math.abs(by.data[0] as number) !== 1 || ![start, limit, step].every((v) => values.isKnownIn(v, to)))
    return null;
  return { kind: "index", from: [], cost: 3 * costOfMoving(params[0] as Value) };
}
