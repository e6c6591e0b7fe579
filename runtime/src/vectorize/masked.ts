/**
 * Loops that go round more often for some examples than for others: they go round until no example goes on. A mask says which do; the
 * carried values of the others stay what they are, and what the body computes for them it computes from stand-ins (Lanes.standIns).
 *
 *   while p(c) { c = f(c) }   →   m = p(c);  while any(m) { d = f(stand-ins of c);  m' = m && p(d);  c = where(m, d, c) }
 *
 * The way back through such a loop counts down from as many rounds as each example had; examples with fewer take part in its last rounds
 * only (stacks.ts):
 *
 *   while n > 0 { …; n -= 1 }   →   g = max(n);  while g > 0 { m = n >= g;  …;  g -= 1 }
 */
import { builder } from "../autodiff/rules.ts";
import type { Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import type { ForNode, Node, Region, Value, WhileNode } from "../ir/graph.ts";
import { freeValues } from "../ir/walk.ts";
import type { Lane } from "./lanes.ts";
import { closedType, refused } from "./refuse.ts";
import type { Alignment, Masked } from "./stacks.ts";
import type { Vectorizer } from "./vectorize.ts";

const COUNT: TensorType = { dtype: "int32", shape: [] };
const BOOL: TensorType = { dtype: "bool", shape: [] };

/** A loop in pieces: what it carries for examples, and how a round goes. All of `carried` has the axis of examples. */
interface Loop {
  readonly node: WhileNode | ForNode;
  readonly types: readonly TensorType[];
  readonly names: readonly (string | undefined)[];
  readonly init: readonly Tensor[];
  /** Values from outside that a round uses. */
  readonly free: readonly Value[];
  /** Which examples go on; of those that have ended, what it says does not count. */
  goesOn(carried: readonly Tensor[]): Tensor;
  round(carried: readonly Tensor[]): Tensor[];
}

/** Carried values at the end. */
function early(v: Vectorizer, loop: Loop): Tensor[] {
  const { t, lanes } = v;
  const { node, types, names, init } = loop;
  const start = loop.goesOn(init);
  const each = [...types, BOOL].map((type) => lanes.type(type, true));
  const test = t.within((open) => t.valueOf(lanes.any(each.map((type) => t.param(open, type)).at(-1) as Tensor)));
  const body = t.within((open) => {
    const all = each.map((type, i) => t.param(open, type, names[i]));
    const [carried, mask] = [all.slice(0, -1), all.at(-1) as Tensor];
    const { next, more } = masked(v, loop, mask, "early", carried, true);
    return [...next, builder.op("logicalAnd", [mask, more as Tensor])].map((x) => t.valueOf(x));
  });
  const results = each.map((type, i) => t.freshValue(type, node.results[i]?.name));
  t.add({
    kind: "while",
    init: [...init, start].map((x) => t.valueOf(x)),
    test: test.region.close([test.result]),
    body: body.region.close(body.result),
    results,
    ...(node.checkpoint === undefined ? {} : { checkpoint: node.checkpoint }),
  });
  return results.slice(0, -1).map((value) => t.tensor(value));
}

/** The same for a loop that counts down in its first carried value. */
function late(v: Vectorizer, loop: Loop): Tensor[] {
  const { t, lanes } = v;
  const { node, types, names, init } = loop;
  const most = builder.op("max", [init[0] as Tensor], { axes: [0], keepDims: false });
  const each = types.map((type) => lanes.type(type, true));
  const test = t.within((open) => {
    const [left] = [COUNT, ...each].map((type) => t.param(open, type));
    return t.valueOf(builder.greater(left as Tensor, builder.scalar(0, "int32")));
  });
  const body = t.within((open) => {
    const left = t.param(open, COUNT);
    const carried = each.map((type, i) => t.param(open, type, names[i]));
    const mask = builder.greaterEqual(carried[0] as Tensor, left);
    const { next } = masked(v, loop, mask, "late", carried, false);
    return [builder.sub(left, builder.scalar(1, "int32")), ...next].map((x) => t.valueOf(x));
  });
  const results = [COUNT, ...each].map((type, i) => t.freshValue(type, i === 0 ? undefined : node.results[i - 1]?.name));
  t.add({
    kind: "while",
    init: [most, ...init].map((x) => t.valueOf(x)),
    test: test.region.close([test.result]),
    body: body.region.close(body.result),
    results,
  });
  return results.slice(1).map((value) => t.tensor(value));
}

/** One round: carried values of examples that the mask holds for are the next ones. */
function masked(v: Vectorizer, loop: Loop, mask: Tensor, alignment: Alignment, carried: readonly Tensor[], asks: boolean) {
  const { lanes } = v;
  const standIn = lanes.standIns(mask);
  const [outer, loops] = [v.active, v.loops];
  const own: Masked = { alignment };
  v.active = outer === null ? mask : builder.op("logicalAnd", [outer, mask]);
  v.loops = [...loops, own];
  try {
    return v.instead(
      loop.free,
      ({ tensor }) => lanes.each(standIn(tensor)),
      () => {
        const made = loop.round(carried.map(standIn));
        const more = asks ? loop.goesOn(made) : null;
        return {
          next: made.map((x, i) => v.t.cast(lanes.select(mask, x, carried[i] as Tensor), ...kindOf(loop.types[i] as TensorType))),
          more,
        };
      },
    );
  } finally {
    v.active = outer;
    v.loops = loops;
  }
}

function kindOf({ dtype, weak }: TensorType): [dtype: TensorType["dtype"], weak: boolean] {
  return [dtype, weak ?? false];
}

/** What a body carries on as it is, and is the same for all examples, is not carried per example. */
function carriedBy(v: Vectorizer, node: WhileNode | ForNode, params: readonly Value[]): readonly number[] {
  return params.flatMap((p, i) => (node.body.yields[i] === p && !v.lookup(node.init[i] as Value).batched ? [] : [i]));
}

/** Lanes of the results, from those of what is carried. */
function resultsOf(v: Vectorizer, node: WhileNode | ForNode, carried: readonly number[], made: readonly Tensor[]): Lane[] {
  return node.results.map((_, i) => {
    const k = carried.indexOf(i);
    return k < 0 ? v.lookup(node.init[i] as Value) : v.lanes.each(made[k] as Tensor);
  });
}

export function maskedWhile(v: Vectorizer, node: WhileNode): Lane[] {
  const { lanes } = v;
  const { params } = node.body;
  const carried = carriedBy(v, node, params);
  const types = carried.map((i) => closedType(params[i] as Value, node.span));
  const init = carried.map((i, k) => lanes.as(v.lookup(node.init[i] as Value), types[k] as TensorType, true));
  const all = (made: readonly Tensor[]): Lane[] => resultsOf(v, node, carried, made);
  const loop: Loop = {
    node,
    types,
    names: carried.map((i) => params[i]?.name),
    init,
    free: [...freeValues(node.test), ...freeValues(node.body)],
    goesOn: (values) => lanes.spread(v.region(node.test, all(values))[0] as Lane),
    round: (values) => {
      const yields = v.region(node.body, all(values));
      return carried.map((i, k) => lanes.as(yields[i] as Lane, types[k] as TensorType, true));
    },
  };
  const alignment = v.stacks.alignmentFor(node.body, v.loops.length);
  if (alignment === null || (alignment === "late" && (!countsDown(node) || carried[0] !== 0))) throw outOfOrder(node);
  return all((alignment === "early" ? early : late)(v, loop));
}

export function maskedFor(v: Vectorizer, node: ForNode): Lane[] {
  const { lanes, t } = v;
  const [index, ...params] = node.body.params as [Value, ...Value[]];
  const carried = carriedBy(v, node, params);
  const types = carried.map((i) => closedType(params[i] as Value, node.span));
  const init = carried.map((i, k) => lanes.as(v.lookup(node.init[i] as Value), types[k] as TensorType, true));
  const all = (made: readonly Tensor[]): Lane[] => resultsOf(v, node, carried, made);
  // Whole numbers do not wrap around where the range ends.
  const wide = index.type.dtype === "int32" ? "float64" : index.type.dtype;
  const bound = (value: Value): Tensor => builder.cast(lanes.spread(v.lookup(value)), wide);
  const body = (i: Tensor, values: readonly Tensor[]): Tensor[] => {
    const at = t.cast(i, ...kindOf(index.type));
    const yields = v.region(node.body, [lanes.each(at), ...all(values)]);
    return carried.map((k, n) => lanes.as(yields[k] as Lane, types[n] as TensorType, true));
  };
  const free = [...freeValues(node.body), node.start, node.limit, node.step];
  const names = carried.map((i) => params[i]?.name);
  const alignment = v.stacks.alignmentFor(node.body, v.loops.length);
  if (alignment === "early") {
    const position: TensorType = { dtype: wide, shape: [] };
    const made = early(v, {
      node,
      types: [position, ...types],
      names: [index.name, ...names],
      init: [bound(node.start), ...init],
      free,
      goesOn: ([i]) => {
        const [limit, step] = [bound(node.limit), bound(node.step)];
        const zero = builder.scalar(0, wide);
        return builder.where(builder.greater(step, zero), builder.less(i as Tensor, limit), builder.greater(i as Tensor, limit));
      },
      round: ([i, ...values]) => [builder.add(i as Tensor, bound(node.step)), ...body(i as Tensor, values)],
    });
    return all(made.slice(1));
  }
  if (alignment === null || wide !== "float64" || index.type.dtype !== "int32") throw outOfOrder(node);
  const rounds = (): Tensor => {
    const exact = builder.op("ceil", [builder.div(builder.sub(bound(node.limit), bound(node.start)), bound(node.step))]);
    return builder.cast(builder.op("maximum", [exact, builder.scalar(0, "float64")]), "int32");
  };
  const made = late(v, {
    node,
    types: [COUNT, ...types],
    names: [undefined, ...names],
    init: [rounds(), ...init],
    free,
    goesOn: ([left]) => builder.greater(left as Tensor, builder.scalar(0, "int32")),
    round: ([left, ...values]) => {
      const past = builder.cast(builder.sub(rounds(), left as Tensor), "float64");
      const i = builder.add(bound(node.start), builder.mul(past, bound(node.step)));
      return [builder.sub(left as Tensor, builder.scalar(1, "int32")), ...body(i, values)];
    },
  });
  return all(made.slice(1));
}

/** `while n > 0 { …; n - 1 }` in its first carried value: the way back through a loop that has counted its rounds. */
function countsDown({ test, body }: WhileNode): boolean {
  return is(test, test.yields[0], "greater", test.params[0], 0) && is(body, body.yields[0], "sub", body.params[0], 1);
}

function is(region: Region, value: Value | undefined, op: string, operand: Value | undefined, constant: number): boolean {
  const maker = (of: Value | undefined): Node | undefined => region.nodes.find(({ results }) => of !== undefined && results.includes(of));
  const node = maker(value);
  if (node?.kind !== "op" || node.op !== op || node.operands[0] !== operand) return false;
  const second = maker(node.operands[1]);
  return second?.kind === "const" && second.data.length === 1 && second.data[0] === constant;
}

function outOfOrder(node: Node): Error {
  return refused(
    "a gradient goes back through a loop whose rounds differ between examples, and not in the order of that loop.",
    "Leave out `loop.options({ checkpoint })` there, or take the gradient outside of vmap.",
    node.span?.place(),
  );
}
