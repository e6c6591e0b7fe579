/**
 * Gradients. Outside of graph functions a tape remembers the ops that run; inside, the graph itself is transformed. Both use the
 * rules of the op records and give the same values; gradients of gradients come from nesting.
 *
 * A tensor that the result does not depend on has the gradient zero, in every mode; `{ unconnected: "null" }` tells them apart.
 */

import { GraphTape } from "../autodiff/graph-tape.ts";
import { hasGradient } from "../core/dtype.ts";
import { ArgumentError, GraphFnError, ShapeError } from "../core/errors.ts";
import { dimsBehind, sameShape, showShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import { apply1, interpreter, isTracing } from "../dispatch/dispatch.ts";
import { tidied, tidy } from "../eager/scope.ts";
import { endTape, startTape, stopTape } from "../eager/tape.ts";
import { identity as identityOp, stopGradient as stopGradientOp } from "../ops/identity.ts";
import { type Recording, tracer } from "../trace/tracer.ts";
import { describe, type TensorLike, toTensor } from "./convert.ts";
import { scalar, zerosLike } from "./create.ts";
import { jacobiansOf } from "./jacobian.ts";

export interface GradientTapeOptions {
  /** More than one gradient may be taken. Default false. */
  readonly persistent?: boolean;
  /** Trainable variables are watched when they are used. Default true. */
  readonly watchAccessedVariables?: boolean;
}

export interface GradientOptions {
  /** Gradients of the target's results; ones otherwise. */
  readonly outputGradients?: Tensor | readonly Tensor[];
  /** What a source gets that the target does not depend on. Default "zero". */
  readonly unconnected?: "zero" | "null";
}

/** Tensors, alone or in an array or object. */
export type Sources = Tensor | readonly Tensor[] | { readonly [name: string]: Tensor };
export type GradientsOf<S extends Sources, T = Tensor> = S extends Tensor ? T : { -readonly [K in keyof S]: T };

/**
 * Records what is computed from watched tensors and trainable variables, and gives gradients of it.
 *
 *   const tape = gf.gradientTape();
 *   tape.watch(x);
 *   const y = x.square();
 *   const dy = tape.gradient(y, x);          // 2x
 *
 * It records from its creation to its first gradient(), or to dispose() if it is persistent; `using tape = …` ends it with the block.
 */
export class GradientTape {
  readonly #recording: Recording;
  readonly #persistent: boolean;
  readonly #stop: () => void;
  readonly #end: () => void;
  readonly #interpreter = interpreter();
  #ended = false;

  constructor({ persistent = false, watchAccessedVariables = true }: GradientTapeOptions = {}) {
    this.#persistent = persistent;
    if (isTracing()) {
      const tape: Recording = tracer().tape(watchAccessedVariables) ?? new GraphTape(tracer(), watchAccessedVariables);
      this.#recording = tape;
      this.#stop = () => {
        tape.recording = false;
      };
      this.#end = () => {};
    } else {
      const tape = startTape(watchAccessedVariables);
      this.#recording = tape;
      this.#stop = () => stopTape(tape);
      this.#end = () => endTape(tape);
    }
  }

  /** Counts a tensor as a source from here on. E_GRADIENT for tensors that are not floating. */
  watch(sources: Sources): void {
    this.#checkOpen();
    for (const t of listOf(sources, "watch")) {
      checkFloating(t, "A watched tensor");
      this.#recording.watch(t);
    }
  }

  /** Trainable variables that were used so far, and those given to watch(). */
  watchedVariables(): Variable[] {
    return this.#recording.variables();
  }

  /** Ends the recording, as leaving the with-block does in TensorFlow: gradients of what it has recorded can be taken afterwards. */
  stop(): void {
    this.#checkOpen();
    this.#stop();
  }

  /** Runs `body` without recording it. */
  stopRecording<T>(body: () => T): T {
    const was = this.#recording.recording;
    this.#recording.recording = false;
    try {
      return body();
    } finally {
      this.#recording.recording = was;
    }
  }

  /**
   * Gradient of `target` with respect to each source, in the structure of `sources`. Targets that are not scalars are summed.
   * Shapes   those of the sources.
   * Errors   E_TAPE after the tape has ended, and inside of a graph function for a tape from outside, or the other way round; E_GRADIENT for integer tensors and for ops without a gradient.
   */
  gradient<S extends Sources>(
    target: Tensor | readonly Tensor[],
    sources: S,
    options: GradientOptions & { readonly unconnected: "null" },
  ): GradientsOf<S, Tensor | null>;
  gradient<S extends Sources>(target: Tensor | readonly Tensor[], sources: S, options?: GradientOptions): GradientsOf<S>;
  gradient(target: Tensor | readonly Tensor[], sources: Sources, options: GradientOptions = {}): unknown {
    this.#checkOpen();
    const given: unknown = target;
    const targets: readonly Tensor[] = isTensor(given) ? [given] : Array.isArray(given) ? given : [given as Tensor];
    for (const t of targets) checkTarget(t, "gradient");
    const wanted = listOf(sources, "gradient");
    for (const t of wanted) checkFloating(t, "A source");
    const seeds = seedsFor(targets, options.outputGradients);
    try {
      const found = this.#recording.gradients(targets, wanted, seeds);
      const given = found.map((g, i) => g ?? (options.unconnected === "null" ? null : zerosLike(wanted[i])));
      return structured(sources, given);
    } finally {
      if (!this.#persistent) this.dispose();
    }
  }

  /**
   * Derivatives of every element of `target` with respect to every element of each source, in the structure of `sources`: one way back for
   * all elements of the target at once, as vmap would run it; where vmap refuses, and for a few elements in eager code, one for each.
   * Shapes   [...target, ...source].
   * Errors   those of gradient(); E_SYMBOLIC for a target whose lengths a graph does not know.
   * Source   TensorFlow GradientTape.jacobian.
   */
  jacobian<S extends Sources>(target: Tensor, sources: S): GradientsOf<S> {
    this.#checkOpen();
    checkTarget(target, "jacobian");
    if (target.dtype === "complex64") {
      throw new GraphFnError("E_GRADIENT", "jacobian: the target is complex64, whose derivative is no single number.", {
        hint: "Take the jacobians of its real() and imag() parts.",
      });
    }
    const wanted = listOf(sources, "jacobian");
    for (const t of wanted) checkFloating(t, "A source");
    try {
      const found = tidy(() => jacobiansOf(this.#recording, target, wanted));
      return structured(sources, found) as GradientsOf<S>;
    } finally {
      if (!this.#persistent) this.dispose();
    }
  }

  #checkOpen(): void {
    if (interpreter() !== this.#interpreter) {
      throw new GraphFnError(
        "E_TAPE",
        `This tape was made ${isTracing() ? "outside of the graph function, but is used in it" : "in a graph function, but is used outside of it"}.`,
        {
          hint: "Make the tape where its gradient is taken.",
        },
      );
    }
    if (!this.#ended) return;
    throw new GraphFnError("E_TAPE", "This tape has ended.", {
      hint: this.#persistent ? "It was disposed." : "It gives one gradient; create it with { persistent: true } for more.",
    });
  }

  /** Ends the tape and frees what it recorded. */
  dispose(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#end();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** A new tape that records from now on: see GradientTape. */
export function gradientTape(options?: GradientTapeOptions): GradientTape {
  return new GradientTape(options);
}

function checkTarget(t: unknown, what: string): asserts t is Tensor {
  if (!isTensor(t)) throw new ArgumentError(`${what}: the target is ${describe(t)}, but must be a tensor.`);
  checkFloating(t, "The target");
}

export function checkFloating(t: Tensor, what: string): void {
  if (!hasGradient(t.dtype)) {
    throw new GraphFnError(
      "E_GRADIENT",
      `${what}${t.name === undefined ? "" : ` (${t.name})`} is ${t.dtype}; only floating tensors have gradients.`,
      {
        hint: 'Use .cast("float32").',
      },
    );
  }
}

function listOf(sources: Sources, what: string): Tensor[] {
  const list: Tensor[] = isTensor(sources)
    ? [sources]
    : typeof sources === "object" && sources !== null
      ? Object.values(sources)
      : [sources];
  for (const t of list) if (!isTensor(t)) throw new ArgumentError(`${what}: a source is ${describe(t)}, but must be a tensor or variable.`);
  return list;
}

function structured(sources: Sources, values: readonly (Tensor | null)[]): unknown {
  if (isTensor(sources)) return values[0];
  if (Array.isArray(sources)) return values;
  return Object.fromEntries(Object.keys(sources).map((key, i) => [key, values[i]]));
}

function seedsFor(targets: readonly Tensor[], given: Tensor | readonly Tensor[] | undefined): (Tensor | null)[] {
  if (given === undefined) return targets.map(() => null);
  const list = isTensor(given) ? [given] : given;
  return targets.map((t, i) => {
    const seed = list[i];
    if (seed === undefined) throw new ArgumentError(`gradient: ${targets.length} targets, but ${list.length} output gradients.`);
    if (!sameShape(dimsBehind(seed.shape), dimsBehind(t.shape))) {
      throw new ShapeError(`gradient: the output gradient has shape ${showShape(seed.shape)}, but the target ${showShape(t.shape)}.`);
    }
    return seed;
  });
}

export type TensorFn = (...xs: Tensor[]) => Tensor;

export function isFunction(f: unknown, what: string): asserts f is TensorFn {
  if (typeof f !== "function") throw new ArgumentError(`${what}: f is ${describe(f)}, but must be a function.`);
}

function valueAndGradsOf(
  f: TensorFn,
  xs: readonly TensorLike[],
  dy: TensorLike | undefined,
  what: string,
): { value: Tensor; grads: Tensor[] } {
  return tidy(() => valueAndGradsWithin(f, xs, dy, what));
}

function valueAndGradsWithin(
  f: TensorFn,
  xs: readonly TensorLike[],
  dy: TensorLike | undefined,
  what: string,
): { value: Tensor; grads: Tensor[] } {
  const own = ownTensors(xs, what);
  const tape = gradientTape({ watchAccessedVariables: false });
  try {
    tape.watch(own);
    const value = callOn(f, own, what);
    const options = dy === undefined ? {} : { outputGradients: toTensor(dy, what, "dy") };
    return { value, grads: tape.gradient(value, own, options) };
  } finally {
    tape.dispose();
  }
}

/** A tensor of its own per argument: f(x, x) has two gradients. A number is a float32 scalar, as in TensorFlow.js: a whole one would have none. */
export function ownTensors(xs: readonly TensorLike[], what: string, name = "x"): Tensor[] {
  const inputs = xs.map((x, i) => (typeof x === "number" ? scalar(x) : toTensor(x, what, xs.length === 1 ? name : `${name}[${i}]`)));
  return inputs.map((x) => apply1(identityOp, [x]));
}

/** What f gives for tensors; refused if that is no tensor. */
export function callOn(f: TensorFn, own: readonly Tensor[], what: string): Tensor {
  const value: unknown = f(...own);
  if (!isTensor(value)) throw new ArgumentError(`${what}: f returned ${describe(value)}, but must return a tensor.`);
  return value;
}

/** df/dx: a function that gives the gradient of f, whose result is summed unless `dy` is given. */
export function grad(f: (x: Tensor) => Tensor): (x: TensorLike, dy?: TensorLike) => Tensor {
  isFunction(f, "grad");
  return (x, dy) => tidy(() => valueAndGradsOf(f, [x], dy, "grad").grads[0]);
}

/** Gradients of f with respect to all its arguments, given as an array. */
export function grads(f: (...xs: Tensor[]) => Tensor): (xs: readonly TensorLike[], dy?: TensorLike) => Tensor[] {
  isFunction(f, "grads");
  return (xs, dy) => tidy(() => valueAndGradsOf(f, checkList(xs, "grads"), dy, "grads").grads);
}

/** The value of f and its gradient. */
export function valueAndGrad(f: (x: Tensor) => Tensor): (x: TensorLike, dy?: TensorLike) => { value: Tensor; grad: Tensor } {
  isFunction(f, "valueAndGrad");
  return (x, dy) => {
    const { value, grads: all } = valueAndGradsOf(f, [x], dy, "valueAndGrad");
    return { value, grad: all[0] };
  };
}

/** The value of f and its gradients with respect to all its arguments, given as an array. */
export function valueAndGrads(
  f: (...xs: Tensor[]) => Tensor,
): (xs: readonly TensorLike[], dy?: TensorLike) => { value: Tensor; grads: Tensor[] } {
  isFunction(f, "valueAndGrads");
  return (xs, dy) => valueAndGradsOf(f, checkList(xs, "valueAndGrads"), dy, "valueAndGrads");
}

export function checkList(xs: readonly TensorLike[], what: string): readonly TensorLike[] {
  if (!Array.isArray(xs)) throw new ArgumentError(`${what}: the arguments must be given as an array.`, { hint: "g([x, y])." });
  return xs as readonly TensorLike[];
}

/** Gradients by name of variable. */
export type NamedTensorMap = { [name: string]: Tensor };

/**
 * The value of f, a scalar, and its gradients with respect to variables: the given ones, or the trainable ones that it uses.
 * Errors   E_SHAPE if the value is no scalar; E_GRADIENT if f uses no trainable variable.
 */
export const variableGrads = tidied(
  "variableGrads",
  (f: () => Tensor, varList?: readonly Variable[]): { value: Tensor; grads: NamedTensorMap } => {
    isFunction(f, "variableGrads");
    for (const v of varList ?? [])
      if (!isVariable(v)) throw new ArgumentError(`variableGrads: varList contains ${describe(v)}, not only variables.`);
    const tape = gradientTape();
    try {
      if (varList !== undefined) tape.watch(varList);
      const value: unknown = f();
      if (!isTensor(value)) throw new ArgumentError(`variableGrads: f returned ${describe(value)}, but must return a tensor.`);
      if (value.rank !== 0) {
        throw new ShapeError(`variableGrads: f returned a tensor of shape ${showShape(value.shape)}, but must return a scalar.`, {
          hint: "Use mean() or sum().",
        });
      }
      const variables = (varList ?? tape.watchedVariables()).filter((v) => varList !== undefined || v.trainable);
      if (variables.length === 0) {
        throw new GraphFnError("E_GRADIENT", "variableGrads: f uses no trainable variable.", { hint: "Make them with gf.variable(…)." });
      }
      const found = tape.gradient(value, variables);
      return { value, grads: Object.fromEntries(variables.map((v, i) => [v.name ?? `Variable#${v.id}`, found[i] as Tensor])) };
    } finally {
      tape.dispose();
    }
  },
);

/** `x`, counted as a constant by gradients. */
export const stopGradient = tidied("stopGradient", (x: TensorLike): Tensor => apply1(stopGradientOp, [toTensor(x, "stopGradient")]));
