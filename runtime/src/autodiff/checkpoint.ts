/**
 * Loops that leave their state at some rounds only, for a way back that runs the rounds between again.
 *
 *   while c { … }     →   while c { if (round == next) { push state, round; next = round + gap }  …  round += 1 }
 *
 * `gap` is a number, or grows by one each time ("sqrt"): after n rounds about √2n states were left, and no stretch between two of them is
 * longer than about √2n. So nothing has to know how often the loop will run.
 */
import type { Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import type { Checkpoint, ForNode, Node, Region, Value, WhileNode } from "../ir/graph.ts";
import type { GraphTracer } from "../trace/tracer.ts";
import { copyRegion, silent } from "./inline.ts";
import { builder } from "./rules.ts";

const COUNT: TensorType = { dtype: "int32", shape: [] };

/** The way there: its nodes, the number of rounds, and the last state that it left, with its round before. */
export function leavingStates(t: GraphTracer, node: WhileNode | ForNode, params: readonly Value[], checkpoint: Checkpoint) {
  const stacks = [COUNT, ...params.map((p) => p.type)].map((type) => ({ stack: t.freshStack(), type }));
  const first = [0, 0, checkpoint === "sqrt" ? 1 : checkpoint];
  const { region: head, result } = t.within((open) => {
    const [round, next, gap] = first.map(() => t.param(open, COUNT)) as [Tensor, Tensor, Tensor];
    const { region: then, result: moved } = t.within(() => {
      [t.valueOf(round), ...params].forEach((value, i) => {
        t.add({ kind: "push", stack: stacks[i]?.stack as number, operands: [value], results: [], checkpoint });
      });
      return [builder.add(round, gap), checkpoint === "sqrt" ? builder.add(gap, builder.scalar(1, "int32")) : gap].map((x) => t.valueOf(x));
    });
    const { region: otherwise } = t.within(() => null);
    const results = [t.freshValue(COUNT), t.freshValue(COUNT)];
    t.add({
      kind: "cond",
      pred: t.valueOf(builder.equal(round, next)),
      // biome-ignore lint/suspicious/noThenProperty: arms of a branch
      then: then.close(moved),
      else: otherwise.close([t.valueOf(next), t.valueOf(gap)]),
      results,
    });
    return [t.valueOf(builder.add(round, builder.scalar(1, "int32"))), ...results];
  });
  const counted = first.map(() => t.freshValue(COUNT)) as [Value, Value, Value];
  const starts = first.map((n): Node => ({ kind: "const", data: Int32Array.of(n), results: [t.freshValue(COUNT)], span: node.span }));
  const body: Region = {
    params: [...node.body.params, ...head.params],
    nodes: [...head.nodes, ...node.body.nodes],
    yields: [...node.body.yields, ...result],
  };
  const { checkpoint: _, ...plain } = node;
  const changed = {
    body,
    init: [...node.init, ...starts.map(({ results }) => results[0] as Value)],
    results: [...node.results, ...counted],
  };
  const loop: Node =
    plain.kind === "for"
      ? { ...plain, ...changed }
      : { ...plain, ...changed, test: { ...plain.test, params: [...plain.test.params, ...first.map(() => t.freshValue(COUNT))] } };
  return {
    nodes: [...starts, loop],
    count: counted[0],
    popped: (into: GraphTracer): Tensor[] =>
      stacks.map(({ stack, type }) => {
        const result = into.freshValue(type);
        into.add({ kind: "pop", stack, results: [result] });
        return into.tensor(result);
      }),
  };
}

/** The head of a loop of so many rounds. */
export function counting(t: GraphTracer, length: Tensor) {
  const scalar = (n: number): Value => t.valueOf(builder.scalar(n, "int32"));
  return { kind: "for" as const, start: scalar(0), limit: t.valueOf(length), step: scalar(1) };
}

/** Rounds of a loop once more, from a state that it left. Nothing is printed, and nothing fails that did not before. */
export function runAgain(
  t: GraphTracer,
  node: WhileNode | ForNode,
  body: Region,
  from: { readonly begin: Tensor; readonly length: Tensor; readonly states: readonly Tensor[] },
  outside: (value: Value) => Tensor,
): ForNode {
  const region = copyRegion(t, { ...body, nodes: silent(body.nodes) }, outside);
  const head = counting(t, from.length);
  const init = from.states.map((x) => t.valueOf(x));
  const results = from.states.map((x) => t.freshValue(t.valueOf(x).type));
  if (node.kind === "while")
    return { ...head, init, body: { ...region, params: [t.freshValue(COUNT), ...region.params] }, results, span: node.span };
  // As many rounds of the same range.
  const at = (rounds: Tensor): Value => t.valueOf(builder.add(outside(node.start), builder.mul(rounds, outside(node.step))));
  const range = { start: at(from.begin), limit: at(builder.add(from.begin, from.length)), step: t.valueOf(outside(node.step)) };
  return { ...head, ...range, init, body: region, results, span: node.span };
}
