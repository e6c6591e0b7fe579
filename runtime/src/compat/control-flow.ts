/**
 * Branches and loops of static graphs, from functions that are called once, while the graph is built. What the functions add belongs
 * to the branch or loop; what they take from outside runs whatever the condition says.
 */
import { describe, type TensorLike, toTensor } from "../api/convert.ts";
import { condition } from "../autograph/branch.ts";
import { ArgumentError, DTypeError, GraphFnError, ShapeError } from "../core/errors.ts";
import { type Dim, isStatic, sameDim, showShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import { castTo } from "../dispatch/dispatch.ts";
import type { Value } from "../ir/graph.ts";
import { joinTypes } from "../trace/join.ts";
import { lift, typeOf } from "../trace/lift.ts";
import { captureSpan } from "../trace/span.ts";
import { flatten, rebuild, type Skeleton, sameSkeleton, showSkeleton } from "../trace/structure.ts";
import type { OpenRegion } from "../trace/tracer.ts";
import { type Graph, graphInForce } from "./graph.ts";
import { checkName } from "./names.ts";
import { Operation } from "./operation.ts";
import type { StaticTracer } from "./static-tracer.ts";
import { unknownLength } from "./unknown.ts";

function checkFunction(f: unknown, what: string): void {
  if (typeof f !== "function") throw new ArgumentError(`${what} must be a function, but is ${describe(f)}.`);
}

/** The leaves of what a function returned, as tensors that are at hand in the open region; operations are dropped. */
function tensorsOf(t: StaticTracer, value: unknown, what: string): { readonly skeleton: Skeleton; readonly leaves: (Tensor | null)[] } {
  const found: unknown[] = [];
  const skeleton = flatten(value, found);
  const leaves = found.map((leaf) => {
    if (leaf === undefined || leaf === null || leaf instanceof Operation) return null;
    const tensor = toTensor(leaf, what, "a result");
    t.valueOf(tensor);
    return tensor;
  });
  return { skeleton, leaves };
}

function typeIn(t: StaticTracer, x: Tensor): TensorType {
  return isTensor(x) && x.symbol === null ? typeOf(x) : t.valueOf(x).type;
}

/** One type for a value that comes from two places. Lengths that differ because one is unknown become unknown. */
function joined(a: TensorType, b: TensorType, what: string, first: string, second: string): TensorType {
  if (isStatic(a.shape) && isStatic(b.shape)) return joinTypes(a, b, { what, first, second, at: undefined });
  const fits = (x: Dim, y: Dim): boolean => typeof x !== "number" || typeof y !== "number" || x === y;
  if (a.shape.length !== b.shape.length || !a.shape.every((d, i) => fits(d, b.shape[i] as Dim))) {
    throw new ShapeError(`${what} has shape ${showShape(a.shape)} ${first} and ${showShape(b.shape)} ${second}.`);
  }
  const shape = a.shape.map((d, i) => (sameDim(d, b.shape[i] as Dim) ? d : unknownLength()));
  return { ...joinTypes({ ...a, shape: [] }, { ...b, shape: [] }, { what, first, second, at: undefined }), shape };
}

/** What a branch gives back: tensors, and the operation itself where a function returned nothing or an operation. */
export type Branched<T> = T extends Tensor | number | boolean
  ? Tensor
  : T extends Operation | null | undefined | void
    ? Operation
    : { -readonly [K in keyof T]: Branched<T[K]> };

/**
 * The results of one of two functions. Both are called, to build their branches; a run takes one of them.
 * Shapes   pred scalar; both functions return the same structure, with equal shapes.
 * Dtypes   pred bool; numbers take the dtype of the other branch.
 * Errors   E_PREDICATE, E_SHAPE, E_DTYPE; E_ARGUMENT where the structures differ.
 * Returns  that structure; the operation itself where it holds no tensors.
 * Gradient of the branch that runs.
 * Example  const y = gf.compat.v1.cond(x.less(0), () => x.neg(), () => x);
 */
export function cond<T>(pred: TensorLike, trueFn: () => T, falseFn: () => T, name = "cond"): Branched<T> {
  const { tracer: t } = graphInForce("cond");
  checkFunction(trueFn, "cond: trueFn");
  checkFunction(falseFn, "cond: falseFn");
  return t.names.within(name, () => {
    const test = condition(t.tensor(t.valueOf(toTensor(pred, "cond", "pred"))), "cond", "1:1") as Tensor;
    const trace = (body: () => T) => t.within(() => tensorsOf(t, body(), "cond"));
    const [a, b] = [trace(trueFn), trace(falseFn)];
    if (!sameSkeleton(a.result.skeleton, b.result.skeleton)) {
      throw new ArgumentError(`cond: trueFn returned ${showSkeleton(a.result.skeleton)} and falseFn ${showSkeleton(b.result.skeleton)}.`, {
        hint: "Both must return the same structure.",
      });
    }
    const yields: [Value[], Value[]] = [[], []];
    const types = a.result.leaves.map((x, i): TensorType | null => {
      const y = b.result.leaves[i] ?? null;
      if (x === null && y === null) return null;
      if (x === null || y === null) throw new ArgumentError("cond: one function returned a tensor where the other returned none.");
      const [from, to] = [t.resume(a.region, () => typeIn(t, x)), t.resume(b.region, () => typeIn(t, y))];
      const type = joined(from, to, `Result ${i} of cond`, "in trueFn", "in falseFn");
      yields[0].push(t.resume(a.region, () => t.valueOf(castTo(x, type.dtype, type.weak ?? false))));
      yields[1].push(t.resume(b.region, () => t.valueOf(castTo(y, type.dtype, type.weak ?? false))));
      return type;
    });
    const results = types.flatMap((type) => (type === null ? [] : [t.freshValue(type)]));
    // biome-ignore lint/suspicious/noThenProperty: arms of a branch
    const arms = { then: a.region.close(yields[0]), else: b.region.close(yields[1]) };
    t.add({ kind: "cond", pred: t.valueOf(test), ...arms, results, span: captureSpan() });
    const operation = t.lastOperation;
    if (results.length === 0) return operation as Branched<T>;
    let next = 0;
    const leaves = types.map((type) => (type === null ? operation : t.tensor(results[next++] as Value)));
    return rebuild(a.result.skeleton, leaves[Symbol.iterator]()) as Branched<T>;
  });
}

/** Loop variables come back as tensors. */
export type Carried<V> = V extends Tensor | number | boolean ? Tensor : { -readonly [K in keyof V]: Carried<V[K]> };
type AllCarried<V extends readonly unknown[]> = { -readonly [K in keyof V]: Carried<V[K]> };

/**
 * Runs `body` while `test` holds. Both are called once, with tensors that stand for the loop variables, given one by one.
 * Shapes   a loop variable keeps its shape; test gives a scalar.
 * Dtypes   a loop variable keeps its dtype (numbers: int32 for whole ones, else float32); test gives bool.
 * Errors   E_PREDICATE; E_SHAPE, E_DTYPE where the body changes a type; E_ARGUMENT where it changes the structure.
 * Returns  the loop variables when test first fails, in the structure of loopVars.
 * Gradient through all iterations.
 * Example  const [i, sum] = gf.compat.v1.whileLoop((i) => i.less(10), (i, sum) => [i.add(1), sum.add(i)], [0, 0]);
 */
export function whileLoop<V extends readonly unknown[]>(
  test: (...vars: AllCarried<V>) => TensorLike,
  body: (...vars: AllCarried<V>) => unknown,
  loopVars: readonly [...V],
  name = "while",
): AllCarried<V> {
  const { tracer: t } = graphInForce("whileLoop");
  checkFunction(test, "whileLoop: test");
  checkFunction(body, "whileLoop: body");
  if (!Array.isArray(loopVars) || loopVars.length === 0) throw new ArgumentError("whileLoop: loopVars must be an array of loop variables.");
  return t.names.within(name, () => {
    const entry = tensorsOf(t, loopVars, "whileLoop");
    const init = entry.leaves.map((x, i) => {
      if (x === null) throw new ArgumentError(`whileLoop: loop variable ${i} is ${describe(null)}, but must be a tensor or a number.`);
      return x.weak ? castTo(x, x.dtype === "float64" ? "float32" : x.dtype, false) : t.tensor(t.valueOf(x));
    });
    const types = init.map((x) => t.valueOf(x).type);
    const args = (region: OpenRegion): AllCarried<V> =>
      rebuild(entry.skeleton, types.map((type) => t.param(region, type))[Symbol.iterator]()) as AllCarried<V>;
    const tested = t.within((region) => {
      const result = toTensor(test(...args(region)), "whileLoop", "what test returned");
      return t.valueOf(condition(t.tensor(t.valueOf(result)), "whileLoop", "1:1") as Tensor);
    });
    const iterated = t.within((region) => {
      const returned: unknown = body(...args(region));
      const after = tensorsOf(t, loopVars.length === 1 && !Array.isArray(returned) ? [returned] : returned, "whileLoop");
      if (!sameSkeleton(after.skeleton, entry.skeleton)) {
        throw new ArgumentError(
          `whileLoop: body returned ${showSkeleton(after.skeleton)}, but loopVars is ${showSkeleton(entry.skeleton)}.`,
          {
            hint: "Return the next value of each loop variable, in the same structure.",
          },
        );
      }
      return after.leaves.map((x, i) => t.valueOf(kept(t, x, types[i] as TensorType, i)));
    });
    const results = types.map((type) => t.freshValue(type));
    t.add({
      kind: "while",
      init: init.map((x) => t.valueOf(x)),
      test: tested.region.close([tested.result]),
      body: iterated.region.close(iterated.result),
      results,
      span: captureSpan(),
    });
    return rebuild(entry.skeleton, results.map((v) => t.tensor(v))[Symbol.iterator]()) as AllCarried<V>;
  });
}

/** The next value of a loop variable, in its type. */
function kept(t: StaticTracer, x: Tensor | null, type: TensorType, i: number): Tensor {
  if (x === null) throw new ArgumentError(`whileLoop: body returned no tensor for loop variable ${i}.`);
  const now = typeIn(t, x);
  const places = ["before the loop", "after one iteration"] as const;
  if (!now.weak && now.dtype !== type.dtype) {
    throw new DTypeError(`whileLoop: loop variable ${i} is ${type.dtype} ${places[0]} and ${now.dtype} ${places[1]}.`, {
      hint: `Use .cast("${type.dtype}") in the body, or start from another dtype.`,
    });
  }
  const both = joined(type, now, `Loop variable ${i} of whileLoop`, ...places);
  if (both.dtype !== type.dtype) throw new DTypeError(`whileLoop: loop variable ${i} is ${type.dtype}, but the body gives ${now.dtype}.`);
  return lift(x, { ...type, weak: false });
}

/** An operation that runs the given ones: operations, tensors, or arrays and objects of them. */
export function group(...inputs: readonly unknown[]): Operation {
  const g = graphInForce("group");
  return groupOf(g, operationsOf(g, inputs, "group"), "group_deps");
}

/** An operation that does nothing. */
export function noOp(name = "NoOp"): Operation {
  return groupOf(graphInForce("noOp"), [], name);
}

export function groupOf(g: Graph, operations: readonly Operation[], name: string): Operation {
  const t = g.tracer;
  return t.act("group", { kind: "group" }, [], [], { name: t.names.unique(checkName(name, "An operation")), control: operations });
}

/** What `body` adds runs only after the given operations and tensors have. */
export function controlDependencies<T>(inputs: readonly unknown[], body: () => T): T {
  const g = graphInForce("controlDependencies");
  checkFunction(body, "controlDependencies: body");
  return g.tracer.controlled(operationsOf(g, inputs, "controlDependencies"), body);
}

function operationsOf(g: Graph, inputs: unknown, what: string): Operation[] {
  const leaves: unknown[] = [];
  flatten(inputs, leaves);
  return leaves.flatMap((leaf) => {
    if (leaf === null || leaf === undefined) return [];
    if (leaf instanceof Operation) return [leaf];
    if (!isTensor(leaf)) throw new ArgumentError(`${what}: ${describe(leaf)} is neither an operation nor a tensor.`);
    const maker = g.tracer.makerOf(g.tracer.valueOf(leaf));
    if (maker === undefined)
      throw new GraphFnError("E_GRAPH", `${what}: ${leaf.name ?? "a tensor"} is computed by no operation of the graph.`);
    return [maker];
  });
}

/** Runs `body` in a scope: names of what it adds start with `name/`. A name that was used gets a number. */
export function nameScope<T>(name: string, body: (scope: string) => T): T {
  const { names } = graphInForce("nameScope").tracer;
  checkFunction(body, "nameScope: body");
  return names.within(name, () => body(names.scope));
}
