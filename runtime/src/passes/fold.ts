/**
 * Constant folding: what depends on constants only is computed now, by the reference kernels.
 *
 *   %3: i32 = add 1, 2                    →  3
 *   %4: f32 = cond true { A } else { B }  →  A
 *   while (…) { yield false } do { … }    →  the initial values; likewise a for that runs no time
 *
 * A checked op that fails on these constants stays: it fails when, and only if, it is reached.
 */
import { newElements, type TypedArray } from "../core/dtype.ts";
import { GraphFnError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import type { ConstNode, OpNode, Value } from "../ir/graph.ts";
import { getOp } from "../ops/index.ts";
import type { Block } from "../ops/op.ts";
import { elementsOf, hasEffects, isRepeatable } from "./facts.ts";
import type { Rewriter, Rule } from "./rewriter.ts";

/** Results of more elements are computed when the graph runs: constants take memory as long as the function lives. */
const RESULT_LIMIT = 1024;
/** Work at trace time stays small, for example for sums of large constants. */
const OPERAND_LIMIT = 65536;

export const fold: Rule = {
  name: "fold",

  op(node, r) {
    for (const v of node.operands) if (r.constantOf(v) === undefined) return null;
    if (!isRepeatable(node)) return null;
    if (sum(node.results) > RESULT_LIMIT || sum(node.operands) > OPERAND_LIMIT) return null;
    return compute(node, r);
  },

  enterCond(node, r) {
    const pred = r.scalarOf(node.pred);
    if (pred === undefined) return false;
    const values = r.inline(pred === 0 ? node.else : node.then);
    node.results.forEach((result, i) => {
      r.replace(result, values[i]);
    });
    return true;
  },

  leaveLoop(node, r) {
    if (!neverRuns(node, r)) return false;
    node.results.forEach((result, i) => {
      r.replace(result, node.init[i]);
    });
    return true;
  },
};

function sum(values: readonly Value[]): number {
  return values.reduce((n, v) => n + elementsOf(v), 0);
}

function compute(node: OpNode, r: Rewriter): Value[] | null {
  const constants = node.operands.map((v) => r.constantOf(v) as ConstNode);
  const inputs = node.operands.map((v, i): Block => ({ dtype: v.type.dtype, shape: v.type.shape as Shape, data: constants[i].data }));
  const outputs = node.results.map((v): Block => {
    const data: TypedArray = newElements(v.type.dtype, elementsOf(v));
    return { dtype: v.type.dtype, shape: v.type.shape as Shape, data };
  });
  try {
    getOp(node.op).reference(inputs, outputs, node.attrs);
  } catch (error) {
    if (error instanceof GraphFnError) return null;
    throw error;
  }
  return outputs.map((out) => r.constantLike(out.data, out.dtype, out.shape, node.span));
}

function neverRuns(node: Parameters<NonNullable<Rule["leaveLoop"]>>[0], r: Rewriter): boolean {
  if (node.kind === "while") return r.scalarOf(node.test.yields[0]) === 0 && !hasEffects(node.test);
  const [start, limit, step] = [node.start, node.limit, node.step].map((v) => r.scalarOf(v));
  if (start === undefined || limit === undefined || step === undefined) return false;
  return step > 0 ? start >= limit : start <= limit;
}
