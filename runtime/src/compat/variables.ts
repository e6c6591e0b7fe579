/** Variables of static graphs: made with an initializer, shared by name in scopes, assigned by operations. */
import { checkDType, checkShape, describe, type TensorLike, toTensor } from "../api/convert.ts";
import { fill } from "../api/create.ts";
import { randomNormal, randomUniform } from "../api/random.ts";
import { variable as makeVariable } from "../api/variables.ts";
import type { DType } from "../core/dtype.ts";
import { ArgumentError, GraphFnError, ShapeError } from "../core/errors.ts";
import { type Shape, sameShape, showShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import { castTo, isTracing } from "../dispatch/dispatch.ts";
import { groupOf } from "./control-flow.ts";
import { type Graph, getDefaultGraph, graphInForce } from "./graph.ts";
import type { GraphVariable } from "./graph-variable.ts";
import { checkName } from "./names.ts";
import type { Operation } from "./operation.ts";

/** Gives the first value of a variable. */
export type Initializer = (shape: Shape, dtype: DType) => Tensor;

export const zerosInitializer = (): Initializer => (shape, dtype) => fill(shape, 0, dtype);
export const onesInitializer = (): Initializer => (shape, dtype) => fill(shape, 1, dtype);
export const constantInitializer =
  (value: number): Initializer =>
  (shape, dtype) =>
    fill(shape, value, dtype);
export const randomUniformInitializer =
  (minval = -0.05, maxval = 0.05, seed?: number | string): Initializer =>
  (shape, dtype) =>
    randomUniform(shape, minval, maxval, dtype, seed);
export const randomNormalInitializer =
  (mean = 0, stddev = 0.05, seed?: number | string): Initializer =>
  (shape, dtype) =>
    randomNormal(shape, mean, stddev, dtype as "float32", seed);
/** Uniform within ±√(6 / (fan in + fan out)): what getVariable uses when nothing is given. */
export const glorotUniformInitializer =
  (seed?: number | string): Initializer =>
  (shape, dtype) => {
    const field = shape.slice(0, -2).reduce((a, b) => a * b, 1);
    const [fanIn, fanOut] =
      shape.length < 2 ? [shape[0] ?? 1, shape[0] ?? 1] : [field * (shape.at(-2) as number), field * (shape.at(-1) as number)];
    const limit = Math.sqrt(6 / Math.max(1, fanIn + fanOut));
    return randomUniform(shape, -limit, limit, dtype, seed);
  };

/**
 * A variable of the graph in force. It has a value in a session once its initializer has run there.
 * Shapes   that of the initial value, which must be known.
 * Dtypes   `dtype`, or that of the initial value.
 * Errors   E_EAGER where no graph is in force; E_UNINITIALIZED in a run that reads it before it has a value.
 */
export function variable(initialValue: TensorLike | (() => TensorLike), trainable = true, name?: string, dtype?: DType): Variable {
  const g = graphInForce("variable");
  if (typeof initialValue !== "function") return makeVariable(initialValue, trainable, name, dtype);
  return g.tracer.atRoot(() => makeVariable(initialValue(), trainable, name, dtype));
}

export interface GetVariableOptions {
  /** Default float32, or that of an initializer that is a tensor. */
  readonly dtype?: DType;
  /** A function of shape and dtype, or the value itself. Default: that of the scope, else glorotUniformInitializer. */
  readonly initializer?: Initializer | TensorLike;
  readonly trainable?: boolean;
}

interface VariableScope {
  readonly prefix: string;
  readonly reuse: boolean | "auto";
  readonly initializer: Initializer | undefined;
}

const OUTERMOST: VariableScope = { prefix: "", reuse: false, initializer: undefined };
const scopes = new WeakMap<Graph, VariableScope>();

function scopeOf(g: Graph): VariableScope {
  return scopes.get(g) ?? OUTERMOST;
}

/** getVariable may find variables that exist, and make those that do not. */
export const AUTO_REUSE = "auto";

export interface VariableScopeOptions {
  /** true: getVariable gives variables that exist, and only those. AUTO_REUSE: makes the ones that do not. Default false. */
  readonly reuse?: boolean | typeof AUTO_REUSE;
  /** For variables without an initializer of their own. */
  readonly initializer?: Initializer;
}

/** Runs `body` in a scope: variables are called `name/…`, here and in every later scope of this name. */
export function variableScope<T>(name: string, body: (scope: string) => T, options: VariableScopeOptions = {}): T {
  const g = graphInForce("variableScope");
  if (typeof body !== "function") throw new ArgumentError(`variableScope: body must be a function, but is ${describe(body)}.`);
  const before = scopeOf(g);
  const prefix = `${before.prefix}${checkName(name, "A variable scope")}/`;
  scopes.set(g, {
    prefix,
    reuse: options.reuse ?? before.reuse,
    initializer: options.initializer ?? before.initializer,
  });
  try {
    return g.tracer.names.within(name, () => body(prefix));
  } finally {
    scopes.set(g, before);
  }
}

/**
 * The variable of this name in the scope: a new one, or, in a scope with `reuse`, the one that was made before.
 * Errors   E_VARIABLE where it exists and is not to be reused, or the other way round; E_SHAPE where it exists with another shape.
 */
export function getVariable(name: string, shape?: Shape | null, options: GetVariableOptions | Initializer = {}): Variable {
  const g = graphInForce("getVariable");
  const scope = scopeOf(g);
  const full = scope.prefix + checkName(name, "A variable");
  const given: GetVariableOptions = typeof options === "function" ? { initializer: options } : options;
  const known = g.shared.get(full);
  const dims = shape === undefined || shape === null ? null : checkShape(shape, `getVariable(${JSON.stringify(name)})`);
  if (known !== undefined) return reused(known, scope, dims);
  if (scope.reuse === true) {
    throw new GraphFnError("E_VARIABLE", `There is no variable ${full} to reuse.`, {
      hint: "Make it first in a scope without reuse, or use reuse: gf.compat.v1.AUTO_REUSE.",
    });
  }
  const made = g.variable(() => initialValue(full, dims, given, scope), given.trainable ?? true, full, false);
  g.shared.set(full, made);
  return made;
}

function reused(known: GraphVariable, scope: VariableScope, dims: Shape | null): Variable {
  if (scope.reuse === false) {
    throw new GraphFnError("E_VARIABLE", `Variable ${known.name} exists already.`, {
      hint: "Open the scope with { reuse: true } to share it, or use another name.",
    });
  }
  if (dims !== null && !sameShape(dims, known.shape)) {
    throw new ShapeError(`Variable ${known.name} exists with shape ${showShape(known.shape)}, but shape ${showShape(dims)} was asked for.`);
  }
  return known;
}

function initialValue(name: string, dims: Shape | null, given: GetVariableOptions, scope: VariableScope): Tensor {
  const initializer = given.initializer ?? scope.initializer ?? glorotUniformInitializer();
  if (typeof initializer !== "function") {
    const value = toTensor(initializer, "getVariable", "the initializer");
    const dtype = given.dtype ?? (value.weak ? "float32" : value.dtype);
    const strong = castTo(value, checkDType(dtype, "getVariable"), false);
    if (dims === null || sameShape(dims, strong.symbol?.dims ?? strong.shape)) return strong;
    throw new ShapeError(
      `getVariable: ${name} has shape ${showShape(dims)}, but its initial value ${showShape(strong.symbol?.dims ?? strong.shape)}.`,
    );
  }
  if (dims === null)
    throw new ArgumentError(`getVariable: ${name} needs a shape.`, { hint: "Only an initializer that is a tensor brings one." });
  const value: unknown = initializer(dims, checkDType(given.dtype ?? "float32", "getVariable"));
  if (!isTensor(value)) throw new ArgumentError(`getVariable: the initializer of ${name} returned ${describe(value)}, not a tensor.`);
  return value;
}

/** Variables of the graph in force, or of the default graph. */
export function globalVariables(): readonly Variable[] {
  return getDefaultGraph().getVariables();
}

export function trainableVariables(): readonly Variable[] {
  return globalVariables().filter((v) => v.trainable);
}

/** An operation that gives variables their initial values: all of the graph so far. */
export function globalVariablesInitializer(): Operation {
  return variablesInitializer(globalVariables(), "init");
}

export function variablesInitializer(variables: readonly Variable[], name = "init"): Operation {
  const g = getDefaultGraph();
  const initializers = variables.map((v) => {
    const own = g.getVariables().find((known) => known === v);
    if (own !== undefined) return own.initializer;
    throw new GraphFnError("E_GRAPH", `Variable ${isVariable(v) ? v.name : describe(v)} is none of the graph's.`);
  });
  return isTracing() ? groupOf(g, initializers, name) : g.asDefault(() => groupOf(g, initializers, name));
}

function checkVariable(ref: unknown, what: string): Variable {
  if (isVariable(ref)) return ref;
  throw new ArgumentError(`${what}: ${isTensor(ref) ? (ref.name ?? "a tensor") : describe(ref)} is no variable.`);
}

/** The value assigned, once a run needs it: E_SHAPE, E_DTYPE where it does not fit. */
export function assign(ref: Variable, value: TensorLike): Tensor {
  graphInForce("assign");
  return checkVariable(ref, "assign").assign(value);
}

export function assignAdd(ref: Variable, value: TensorLike): Tensor {
  graphInForce("assignAdd");
  return checkVariable(ref, "assignAdd").assignAdd(value);
}

export function assignSub(ref: Variable, value: TensorLike): Tensor {
  graphInForce("assignSub");
  return checkVariable(ref, "assignSub").assignSub(value);
}
