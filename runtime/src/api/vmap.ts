/**
 * vmap: a function of one example as a function of many. The function is traced for one example; its graph then runs for all at once
 * (vectorize/). Outside of graph functions that is a graph of its own, so tapes see it as they see any compiled function.
 */
import { builder } from "../autodiff/rules.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { type Dim, dimsBehind, mayBeSameDim, normalizeAxis, showDim, unifiedDim } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isVariable } from "../core/variable.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { tensorsIn, tidied } from "../eager/scope.ts";
import { compiled, runOnce } from "../staged/compiled.ts";
import { isGraphFunction, stateOf } from "../staged/graph-function.ts";
import { flatten, rebuild, type Skeleton } from "../trace/structure.ts";
import { tracer } from "../trace/tracer.ts";
import type { Lane } from "../vectorize/lanes.ts";
import { mapExamples } from "../vectorize/map.ts";
import { describe, type TensorLike, toTensor } from "./convert.ts";

/** An axis of tensors that counts examples; null for none: all examples share them. */
export type VmapAxis = number | null;

export interface VmapOptions {
  /** Of all arguments, or of each. An argument that is an array or object of tensors has one for all of them. Default 0. */
  readonly inAxes?: VmapAxis | readonly VmapAxis[];
  /** Of the result, of all tensors in it, or of each; null for a result that is the same for all examples. Default 0. */
  readonly outAxes?: VmapAxis | readonly VmapAxis[] | { readonly [name: string]: VmapAxis };
}

/** Arguments as they may be given. */
export type Batched<A extends readonly unknown[]> = { [K in keyof A]: A[K] extends Tensor ? TensorLike : A[K] };

/**
 * `f`, a function of one example, as a function of many at once: stacks what `f` gives for each.
 *
 *   const distance = (a: gf.Tensor, b: gf.Tensor) => a.sub(b).square().sum().sqrt();
 *   gf.vmap(distance)(as, bs);                                    // of each pair of rows
 *   gf.vmap(distance, { inAxes: [0, null] })(as, b);              // of each row from one b
 *   gf.vmap(gf.grad(loss), { inAxes: [null, 0] })(w, xs)          // gradients per example
 *
 * `f` is not called per example: it is traced once, for one, and its ops run for all. In marked functions examples may take different paths
 * and go round loops as often as each needs; those that do not take a path compute nothing there that could fail or be NaN. Random numbers
 * are each example's own. `f` may read what is outside of it, which all examples share.
 *
 * Inside of graph functions it becomes part of the graph. Outside, a marked `f` is traced once per signature and any other at each call,
 * since nobody knows what it takes from outside.
 * Shapes   arguments have the axis of examples at inAxes, of one length; results have it at outAxes, and the other axes of what f gives.
 * Dtypes   those of f.
 * Errors   E_SHAPE for different numbers of examples; E_AXIS for an axis that an argument or a result does not have; E_ARGUMENT for inAxes
 *          or outAxes that do not fit, or are all null, and for an f that gives anything but a tensor or an array or object of them; U_VMAP
 *          for what cannot differ between examples: values of variables, arrays that grow, shapes, recursion.
 * Gradient that of f, example by example; of what examples share, the sum.
 * Source   jax.vmap.
 */
export function vmap<R>(f: (...xs: Tensor[]) => R, options?: VmapOptions): (...xs: TensorLike[]) => R;
export function vmap<A extends unknown[], R>(f: (...args: A) => R, options?: VmapOptions): (...args: Batched<A>) => R;
export function vmap(f: (...args: never[]) => unknown, options: VmapOptions = {}): (...args: unknown[]) => unknown {
  if (typeof f !== "function") throw new ArgumentError(`vmap: f is ${describe(f)}, but must be a function.`);
  const { inAxes = 0, outAxes = 0 } = options;
  checkAxes("inAxes", inAxes);
  checkAxes("outAxes", outAxes);
  const mapping: Mapping = { f: f as (...args: unknown[]) => unknown, inAxes, outAxes };
  const name = f.name === "" ? "vmap" : `vmap(${f.name})`;
  const body = (...args: unknown[]): unknown => (isTracing() ? traced(mapping, args) : oneByOne(mapping, args));
  const known = isGraphFunction(f) ? compiled(body, { name }, stateOf(f).info.file) : null;
  return tidied(name, (...args: unknown[]) => {
    const { given } = argumentsOf(mapping, args);
    if (isTracing()) return tracer().asOne(() => body(...given));
    return known === null ? runOnce(body, name, given) : known(...given);
  });
}

interface Mapping {
  readonly f: (...args: unknown[]) => unknown;
  readonly inAxes: NonNullable<VmapOptions["inAxes"]> | null;
  readonly outAxes: NonNullable<VmapOptions["outAxes"]> | null;
}

function isAxis(x: unknown): x is VmapAxis {
  return x === null || (typeof x === "number" && Number.isInteger(x));
}

function checkAxes(what: "inAxes" | "outAxes", axes: unknown): void {
  const list: unknown[] = Array.isArray(axes)
    ? axes
    : what === "outAxes" && typeof axes === "object" && axes !== null
      ? Object.values(axes)
      : [axes];
  const wrong = list.find((axis) => !isAxis(axis));
  if (wrong === undefined && list.every(isAxis)) return;
  throw new ArgumentError(
    `vmap: ${what} ${Array.isArray(axes) ? "contains" : "is"} ${describe(wrong)}, but an axis is a whole number, or null for none.`,
  );
}

// --- arguments ----------------------------------------------------------------------------------------------------

/** A tensor of examples among the arguments. */
interface Source {
  readonly tensor: Tensor;
  readonly axis: number;
  /** "argument 1" */
  readonly what: string;
}

interface Arguments {
  /** With tensors for arrays of numbers. */
  readonly given: unknown[];
  readonly sources: readonly Source[];
  readonly size: Dim;
  /** The arguments with other values in the place of the sources. */
  readonly with: (values: readonly unknown[]) => unknown[];
}

function argumentsOf({ inAxes }: Mapping, args: readonly unknown[]): Arguments {
  if (Array.isArray(inAxes) && inAxes.length !== args.length) {
    throw new ArgumentError(
      `vmap: inAxes has ${counted(inAxes.length, "entry", "entries")}, but f was called with ${counted(args.length, "argument")}.`,
      {
        hint: "Give one entry per argument, null for those that all examples share, or one number for all.",
      },
    );
  }
  const axes = args.map((_, i) => (Array.isArray(inAxes) ? (inAxes as readonly VmapAxis[])[i] : inAxes) as VmapAxis);
  if (axes.every((axis) => axis === null)) {
    throw new ArgumentError(
      args.length === 0
        ? "vmap: f was called without arguments, so there are no examples."
        : "vmap: inAxes is null for all arguments, so there are no examples.",
      { hint: "At least one argument must have an axis of examples." },
    );
  }
  const sources: Source[] = [];
  const skeletons: Skeleton[] = [];
  const given = args.map((arg, i) => {
    const axis = axes[i] as VmapAxis;
    if (axis === null) return arg;
    const what = `argument ${i}`;
    // Arrays of numbers are tensors, arrays of tensors are structures.
    const value = isTensor(arg) || tensorsIn(arg).size === 0 ? toTensor(arg, "vmap", what) : arg;
    const leaves: unknown[] = [];
    skeletons[i] = flatten(value, leaves);
    for (const leaf of leaves) {
      const tensor = toTensor(leaf, "vmap", `a part of ${what}`);
      sources.push({ tensor, axis: normalizeAxis(axis, dimsOf(tensor).length, `vmap: inAxes of ${what}`), what });
    }
    return value;
  });
  return {
    given,
    sources,
    size: sizeOf(sources),
    with: (values) => {
      const next = values[Symbol.iterator]();
      return given.map((arg, i) => (skeletons[i] === undefined ? arg : rebuild(skeletons[i], next)));
    },
  };
}

function sizeOf(sources: readonly Source[]): Dim {
  const lengthOf = ({ tensor, axis }: Source): Dim => dimsOf(tensor)[axis] as Dim;
  const [first] = sources as [Source];
  return sources.reduce<Dim>((size, source) => {
    const length = lengthOf(source);
    if (mayBeSameDim(size, length)) return unifiedDim(size, length);
    const [a, b] = [first, source].map((s) => `${s.what} has ${showDim(lengthOf(s))} examples along axis ${s.axis}`);
    throw new ShapeError(`vmap: ${a}, but ${b}.`, { hint: "All must have as many; inAxes says along which axis, null for none." });
  }, lengthOf(first));
}

function dimsOf(t: Tensor): readonly Dim[] {
  return dimsBehind(t.shape);
}

// --- results ------------------------------------------------------------------------------------------------------

interface Result {
  readonly skeleton: Skeleton;
  readonly tensors: readonly Tensor[];
}

function resultOf(value: unknown): Result {
  const leaves: unknown[] = [];
  const skeleton = flatten(value, leaves);
  for (const leaf of leaves) {
    if (isTensor(leaf)) continue;
    throw new ArgumentError(
      `vmap: f returned ${leaf === value ? describe(leaf) : `something with a part that is ${describe(leaf)}`}, but must return a tensor, or an array or object of tensors.`,
      { hint: "A number becomes a tensor by gf.scalar(…)." },
    );
  }
  return { skeleton, tensors: leaves as Tensor[] };
}

/** The entry of outAxes for each tensor of a result. */
function outAxesOf({ outAxes }: Mapping, { skeleton, tensors }: Result): VmapAxis[] {
  if (typeof outAxes !== "object" || outAxes === null) return tensors.map(() => outAxes);
  const misfit = (what: string): ArgumentError =>
    new ArgumentError(`vmap: outAxes ${what}.`, { hint: "Give one entry for each tensor of the result, or one number for all." });
  if (Array.isArray(outAxes)) {
    if (skeleton.kind !== "array") throw misfit(`is an array, but f returned ${skeleton.kind === "leaf" ? "one tensor" : "an object"}`);
    if (outAxes.length !== skeleton.items.length) {
      throw misfit(`has ${counted(outAxes.length, "entry", "entries")}, but f returned an array of ${skeleton.items.length}`);
    }
    return skeleton.items.flatMap((item, i) =>
      Array.from({ length: leavesIn(item) }, () => (outAxes as readonly VmapAxis[])[i] as VmapAxis),
    );
  }
  if (skeleton.kind !== "object") throw misfit(`is an object, but f returned ${skeleton.kind === "leaf" ? "one tensor" : "an array"}`);
  const keys = Object.keys(outAxes);
  if (keys.length !== skeleton.keys.length || keys.some((key) => !skeleton.keys.includes(key))) {
    throw misfit(`has ${keys.join(", ")}, but f returned ${skeleton.keys.join(", ")}`);
  }
  return skeleton.items.flatMap((item, i) =>
    Array.from({ length: leavesIn(item) }, () => (outAxes as Record<string, VmapAxis>)[skeleton.keys[i] as string] as VmapAxis),
  );
}

function leavesIn(skeleton: Skeleton): number {
  if (skeleton.kind === "leaf") return 1;
  return skeleton.kind === "maybe" ? 1 + leavesIn(skeleton.value) : skeleton.items.reduce((n, item) => n + leavesIn(item), 0);
}

function checkedOut(axis: number, rank: number): number {
  return normalizeAxis(axis, rank + 1, "vmap: outAxes:");
}

// --- running ------------------------------------------------------------------------------------------------------

function moved(x: Tensor, from: number, to: number): Tensor {
  const order = dimsOf(x).map((_, i) => i);
  order.splice(to, 0, ...order.splice(from, 1));
  return builder.transpose(x, order);
}

function traced(mapping: Mapping, args: readonly unknown[]): unknown {
  const t = tracer();
  const { sources, size, with: put } = argumentsOf(mapping, args);
  let result: Result | undefined;
  const inputs = sources.map(({ tensor, axis }) => moved(isVariable(tensor) ? t.read(tensor) : tensor, axis, 0));
  const lanes = mapExamples(t, size, inputs, (examples) => {
    result = resultOf(mapping.f(...put(examples)));
    return result.tensors;
  });
  const { skeleton } = result as unknown as Result;
  const axes = outAxesOf(mapping, result as unknown as Result);
  const outputs = lanes.map((lane, i) => placed(lane, axes[i] as VmapAxis, size));
  return rebuild(skeleton, outputs[Symbol.iterator]());
}

function placed({ tensor, batched }: Lane, axis: VmapAxis, size: Dim): Tensor {
  if (axis === null) {
    if (!batched) return tensor;
    throw new ArgumentError("vmap: outAxes is null for a result that differs between examples.", {
      hint: "Say at which axis examples are to be, or sum over them.",
    });
  }
  const rank = dimsOf(tensor).length - (batched ? 1 : 0);
  const at = checkedOut(axis, rank);
  const each = batched ? tensor : builder.broadcastTo(tensor, [size, ...dimsOf(tensor)]);
  return moved(each, 0, at);
}

/** Where graph functions run eagerly, for debugging, f runs once per example. */
function oneByOne(mapping: Mapping, args: readonly unknown[]): unknown {
  const { sources, size, with: put } = argumentsOf(mapping, args);
  if (size === 0) throw new ArgumentError("vmap: there are no examples to run f with, one by one.");
  const inputs = sources.map(({ tensor, axis }) => moved(tensor, axis, 0));
  const results = Array.from({ length: size as number }, (_, i) => {
    const at = builder.scalar(i, "int32");
    return resultOf(mapping.f(...put(inputs.map((x) => builder.op("index", [x, at])))));
  });
  const [first] = results as [Result];
  const axes = outAxesOf(mapping, first);
  const outputs = first.tensors.map((x, k) => {
    if (axes[k] === null) return x;
    const parts = results.map(({ tensors }) => {
      const part = tensors[k] as Tensor;
      return builder.reshape(part, [1, ...dimsOf(part)]);
    });
    return moved(builder.op("concat", parts, { axis: 0 }), 0, checkedOut(axes[k] as number, dimsOf(x).length));
  });
  return rebuild(first.skeleton, outputs[Symbol.iterator]());
}

function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
