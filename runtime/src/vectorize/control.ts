/**
 * Branches and loops for many examples. A condition that is the same for all leaves them what they are. Otherwise
 *
 *   cond p { A } else { B }   →   cond any(p) { A for all };  cond any(!p) { B for all };  where(p, a, b)
 *   while … { }, for … { }    →   masked.ts
 *
 * An example that does not take an arm has the values of one that takes it there (Lanes.standIns), so arms that no example takes must not
 * run, and those that some take may fail only as they fail for these.
 */
import { builder } from "../autodiff/rules.ts";
import { hasGradient } from "../core/dtype.ts";
import type { Tensor } from "../core/tensor.ts";
import type { CondNode, ForNode, Node, Region, Value, WhileNode } from "../ir/graph.ts";
import { freeValues } from "../ir/walk.ts";
import { getOp } from "../ops/op.ts";
import type { OpenRegion } from "../trace/tracer.ts";
import type { Lane } from "./lanes.ts";
import { maskedFor, maskedWhile } from "./masked.ts";
import { closedType } from "./refuse.ts";
import type { Vectorizer } from "./vectorize.ts";

export function batchedCond(v: Vectorizer, node: CondNode): Lane[] {
  const pred = v.lookup(node.pred);
  return pred.batched ? selectedCond(v, node, pred.tensor) : sharedCond(v, node, pred.tensor);
}

/** All examples take the same arm. */
function sharedCond(v: Vectorizer, node: CondNode, pred: Tensor): Lane[] {
  const { t, lanes } = v;
  const arms = [node.then, node.else].map((arm) => t.within(() => v.region(arm, [])));
  const flags = node.results.map((_, i) => arms.some(({ result }) => (result[i] as Lane).batched));
  const [then, otherwise] = arms.map(({ region, result }) => closed(v, region, result, node.results, flags)) as [Region, Region];
  const results = node.results.map((value, i) => t.freshValue(lanes.type(value.type, flags[i] as boolean), value.name));
  t.add({ kind: "cond", pred: t.valueOf(pred), then, else: otherwise, results });
  return results.map((value, i) => ({ tensor: t.tensor(value), batched: flags[i] as boolean }));
}

/** A region that yields lanes, of the types of certain values. */
function closed(v: Vectorizer, region: OpenRegion, yields: readonly Lane[], of: readonly Value[], flags: readonly boolean[]): Region {
  const { t, lanes } = v;
  const values = t.resume(region, () => yields.map((lane, i) => t.valueOf(lanes.as(lane, (of[i] as Value).type, flags[i] as boolean))));
  return region.close(values);
}

function selectedCond(v: Vectorizer, node: CondNode, pred: Tensor): Lane[] {
  const { lanes } = v;
  const then = arm(v, node.then, node, pred);
  const otherwise = arm(v, node.else, node, builder.op("logicalNot", [pred]));
  return node.results.map((value, i) => {
    const [a, b] = [then[i] as Lane, otherwise[i] as Lane];
    if (node.then.yields[i] === node.else.yields[i]) return a;
    const type = closedType(value, node.span);
    return lanes.each(lanes.select(pred, lanes.as(a, type, true), lanes.as(b, type, true)));
  });
}

/** What an arm yields, for the examples that take it. */
function arm(v: Vectorizer, region: Region, { results, span }: CondNode, mask: Tensor): Lane[] {
  const { t, lanes } = v;
  if (region.nodes.every(isHarmless)) return v.region(region, []);
  const types = results.map((value) => closedType(value, span));
  const outer = v.active;
  const taken = t.within(() => {
    const standIn = lanes.standIns(mask);
    v.active = outer === null ? mask : builder.op("logicalAnd", [outer, mask]);
    try {
      return v.instead(
        freeValues(region),
        ({ tensor }) => lanes.each(standIn(tensor)),
        () => v.region(region, []).map((lane, i) => t.valueOf(lanes.as(lane, types[i] as Value["type"], true))),
      );
    } finally {
      v.active = outer;
    }
  });
  const none = t.within(() =>
    types.map((type) => t.valueOf(t.cast(builder.zeros(lanes.type(type, true)), type.dtype, type.weak ?? false))),
  );
  const out = types.map((type) => t.freshValue(lanes.type(type, true)));
  t.add({
    kind: "cond",
    pred: t.valueOf(lanes.any(mask)),
    // biome-ignore lint/suspicious/noThenProperty: arms of a branch
    then: taken.region.close(taken.result),
    else: none.region.close(none.result),
    results: out,
  });
  return out.map((value) => lanes.each(t.tensor(value)));
}

/** Can be computed for any example: it never fails, and has no gradient that could be infinite. */
function isHarmless(node: Node): boolean {
  if (node.kind === "const") return true;
  if (node.kind !== "op") return false;
  const { flags } = getOp(node.op);
  return flags.has("pure") && !flags.has("checked") && !flags.has("draws") && node.results.every(({ type }) => !hasGradient(type.dtype));
}

export function batchedWhile(v: Vectorizer, node: WhileNode): Lane[] {
  const { t } = v;
  const init = node.init.map((value) => v.lookup(value));
  let flags = init.map(({ batched }) => batched);
  for (;;) {
    const test = t.within((open) => v.region(node.test, params(v, open, node.test.params, flags)));
    if ((test.result[0] as Lane).batched) return maskedWhile(v, node);
    const body = t.within((open) => v.region(node.body, params(v, open, node.body.params, flags)));
    const next = flags.map((flag, i) => flag || (body.result[i] as Lane).batched);
    if (next.some((flag, i) => flag !== flags[i])) {
      flags = next;
      continue;
    }
    const yields = t.resume(test.region, () => test.result.map(({ tensor }) => t.valueOf(tensor)));
    return added(v, node, init, flags, (common) => ({
      ...common,
      kind: "while",
      test: test.region.close(yields),
      body: closed(v, body.region, body.result, node.body.params, flags),
      ...(node.checkpoint === undefined ? {} : { checkpoint: node.checkpoint }),
    }));
  }
}

export function batchedFor(v: Vectorizer, node: ForNode): Lane[] {
  const { t } = v;
  const range = [node.start, node.limit, node.step].map((value) => v.lookup(value));
  if (range.some(({ batched }) => batched)) return maskedFor(v, node);
  const init = node.init.map((value) => v.lookup(value));
  let flags = init.map(({ batched }) => batched);
  for (;;) {
    const [index, ...carried] = node.body.params as [Value, ...Value[]];
    const body = t.within((open) => v.region(node.body, params(v, open, [index, ...carried], [false, ...flags])));
    const next = flags.map((flag, i) => flag || (body.result[i] as Lane).batched);
    if (next.some((flag, i) => flag !== flags[i])) {
      flags = next;
      continue;
    }
    const [start, limit, step] = range.map(({ tensor }) => t.valueOf(tensor)) as [Value, Value, Value];
    return added(v, node, init, flags, (common) => ({
      ...common,
      kind: "for",
      start,
      limit,
      step,
      body: closed(v, body.region, body.result, carried, flags),
      ...(node.checkpoint === undefined ? {} : { checkpoint: node.checkpoint }),
    }));
  }
}

/** Parameters of a region, each for all examples or per example. */
export function params(v: Vectorizer, open: OpenRegion, of: readonly Value[], flags: readonly boolean[]): Lane[] {
  return of.map(({ type, name }, i) => {
    const batched = flags[i] as boolean;
    return { tensor: v.t.param(open, v.lanes.type(type, batched), name), batched };
  });
}

/** Adds a loop that carries lanes. */
function added(
  v: Vectorizer,
  node: WhileNode | ForNode,
  init: readonly Lane[],
  flags: readonly boolean[],
  make: (common: { readonly init: readonly Value[]; readonly results: readonly Value[] }) => Node,
): Lane[] {
  const { t, lanes } = v;
  const carried = node.kind === "for" ? node.body.params.slice(1) : node.body.params;
  const results = node.results.map((value, i) => t.freshValue(lanes.type((carried[i] as Value).type, flags[i] as boolean), value.name));
  t.add(make({ init: init.map((lane, i) => t.valueOf(lanes.as(lane, (carried[i] as Value).type, flags[i] as boolean))), results }));
  return results.map((value, i) => ({ tensor: t.tensor(value), batched: flags[i] as boolean }));
}
