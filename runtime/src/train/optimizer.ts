/**
 * Optimizer: what all of them share. An update is made of ops and assignments to variables only, so that a marked train step with
 * its optimizer compiles into one graph: the learning rate, the number of updates and the slots (momenta, averages) are variables.
 *
 *   minimize(f)          gradients of f, then an update; may be called in eager code and in graph functions
 *   applyGradients(g)    by name of variable, as [{ name, tensor }], as pairs [gradient, variable], or with a list of variables
 *
 * Slots have the dtype of their variable; scalars that steps share are computed in float64. The formulas are those of Keras 3.
 */

import { describe } from "../api/convert.ts";
import { scalar, zeros } from "../api/create.ts";
import { add, cast, clipByValue, equal, flushToZero, maximum, mul, realDiv, sqrt, square, sub, where } from "../api/elementwise.ts";
import { type NamedTensorMap, variableGrads } from "../api/gradients.ts";
import { item } from "../api/read.ts";
import { sum } from "../api/reduce.ts";
import { variable } from "../api/variables.ts";
import type { DType } from "../core/dtype.ts";
import { ArgumentError, DTypeError, GraphFnError, ShapeError } from "../core/errors.ts";
import { opaque } from "../core/opaque.ts";
import { dimsBehind, sameShape, showShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isVariable, type Variable, variableNamed } from "../core/variable.ts";
import { isTracing, outside } from "../dispatch/dispatch.ts";
import { tidy } from "../eager/scope.ts";
import { LearningRateSchedule } from "./schedules.ts";

export interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

export type ScheduleFunction = (step: Tensor) => Tensor;
/** A number, or the rate as a function of the number of updates made so far (a float64 scalar). */
export type LearningRate = number | LearningRateSchedule | ScheduleFunction;

/** What every optimizer takes besides its own numbers. */
export interface OptimizerOptions {
  /** Each gradient is scaled down to this length. */
  readonly clipNorm?: number;
  /** Each element of a gradient is kept within ± this value. */
  readonly clipValue?: number;
  /** All gradients together are scaled down to this length. */
  readonly globalClipNorm?: number;
  /** Share of each variable, times the learning rate, taken away at each update. */
  readonly weightDecay?: number;
  /** Keeps a moving average of each variable; `finalizeVariableValues` puts it in place, as fit() does at its end. Default false. */
  readonly useEma?: boolean;
  /** How much of the average stays at each update. Default 0.99. */
  readonly emaMomentum?: number;
}

export type VariableGradients = NamedTensorMap | readonly NamedTensor[] | readonly (readonly [Tensor | null, Variable])[];

/** Scalars of one update, cast once per dtype. */
export class UpdateStep {
  readonly #known = new Map<string, Tensor>();
  readonly #rate: Tensor;
  readonly #count: Tensor;

  constructor(rate: Tensor, count: Tensor) {
    this.#rate = rate;
    this.#count = count;
  }

  /** Learning rate. */
  rate(dtype: DType): Tensor {
    return this.shared("rate", dtype, () => this.#rate);
  }

  /** Number of this update, from 1 on, as float64. */
  get count(): Tensor {
    return this.#count;
  }

  /** A scalar that is the same for all variables of a dtype; `make` gives it in float64. */
  shared(name: string, dtype: DType, make: (rate: Tensor, count: Tensor) => Tensor): Tensor {
    const key = `${name} ${dtype}`;
    let value = this.#known.get(key);
    if (value === undefined) {
      const wide = this.#known.get(`${name} float64`) ?? make(this.#rate, this.#count);
      this.#known.set(`${name} float64`, wide);
      value = dtype === "float64" ? wide : cast(wide, dtype);
      this.#known.set(key, value);
    }
    return value;
  }
}

/** 2²⁶ times the smallest normal number: products with a learning rate are normal numbers, too. */
const NEGLIGIBLE: { readonly [D in DType]?: number } = { float32: 2 ** -100, float64: 2 ** -996 };

/**
 * An average of gradients that fades, as slots have it: what is too small to move any variable counts as zero. Averages of gradients that have
 * become zero would go through all subnormal numbers otherwise, and stay in the last ones, which makes each step several times slower.
 * TensorFlow's kernels flush all subnormal numbers.
 */
export function settled(average: Tensor): Tensor {
  return flushToZero(average, NEGLIGIBLE[average.dtype] ?? 0);
}

export abstract class Optimizer {
  /** The learning rate as a number, where there is no schedule. */
  #number = 0;
  #schedule: LearningRateSchedule | ScheduleFunction | null = null;
  /** What updates read and write. */
  #state: { readonly rate: Variable; readonly iterations: Variable } | null = null;
  readonly #slots = new Map<string, Map<Variable, Variable>>();
  readonly #options: OptimizerOptions;

  constructor(learningRate: LearningRate, options: OptimizerOptions = {}) {
    if (typeof options !== "object" || options === null) {
      throw new ArgumentError(`${this.getClassName()}: options must be an object, but are ${describe(options)}.`);
    }
    this.#options = options;
    for (const [name, value] of Object.entries(options)) {
      if (["clipNorm", "clipValue", "globalClipNorm", "weightDecay", "emaMomentum"].includes(name))
        checkNumber(value, `${this.getClassName()}: ${name}`);
    }
    this.learningRate = learningRate;
    // Only now: an optimizer that is refused leaves nothing behind.
    this.#variables();
  }

  /** A number of a subclass's own. E_ARGUMENT. */
  protected checked(value: unknown, name: string): number {
    try {
      return checkNumber(value, `${this.getClassName()}: ${name}`);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  getClassName(): string {
    return (this.constructor as { className?: string }).className ?? this.constructor.name;
  }

  /** Names, in getConfig, of what the constructor takes between the learning rate and the options. */
  static readonly ownArgs: readonly string[] = [];

  /** The optimizer that getConfig describes. E_CONFIG where its learning rate is a schedule, of which only the description is there. */
  static fromConfig<T extends Optimizer>(
    cls: (new (...args: never[]) => T) & { readonly ownArgs: readonly string[] },
    config: Readonly<Record<string, unknown>>,
  ): T {
    const { learningRate, ...rest } = config;
    if (typeof learningRate !== "number") {
      throw new GraphFnError("E_CONFIG", `fromConfig: learningRate is ${describe(learningRate)}, but must be a number.`, {
        hint: "Make the optimizer with its schedule instead.",
      });
    }
    const options = Object.fromEntries(Object.entries(rest).filter(([name]) => !cls.ownArgs.includes(name)));
    return new cls(...([learningRate, ...cls.ownArgs.map((name) => rest[name]), options] as never[]));
  }

  /** Numbers that make an equal optimizer. */
  abstract getConfig(): Record<string, unknown>;

  /** The new value of a variable: ops and assignments to it and to its slots. */
  protected abstract update(variable: Variable, gradient: Tensor, step: UpdateStep): void;

  /** Learning rate of the next update. Setting it holds for compiled steps too. */
  get learningRate(): number {
    // In a graph function it is not the number of now: reading it is refused.
    return this.#schedule === null && !isTracing() ? this.#number : tidy(() => item(this.#rateNow()) as number);
  }

  set learningRate(value: LearningRate) {
    if (typeof value === "number") {
      checkNumber(value, `${this.getClassName()}: learningRate`);
      this.#schedule = null;
      this.#number = value;
      const state = this.#state;
      if (state !== null) tidy(() => state.rate.assign(value));
    } else if (value instanceof LearningRateSchedule || typeof value === "function") {
      this.#schedule = value;
    } else {
      throw new ArgumentError(`${this.getClassName()}: learningRate must be a number or a schedule, but is ${describe(value)}.`);
    }
  }

  /** For getConfig: a number, or what describes the schedule. */
  protected get learningRateConfig(): unknown {
    if (this.#schedule === null) return this.#number;
    if (this.#schedule instanceof LearningRateSchedule) return { className: this.#schedule.className, config: this.#schedule.getConfig() };
    throw new GraphFnError("E_CONFIG", `${this.getClassName()}: a learning rate given as a function cannot be written down.`, {
      hint: "Use one of gf.train's schedules.",
    });
  }

  protected get options(): OptimizerOptions {
    return this.#options;
  }

  /** Number of updates made. */
  get iterations(): number {
    const state = this.#state;
    return state === null ? 0 : tidy(() => item(state.iterations.read()) as number);
  }

  #variables(): { readonly rate: Variable; readonly iterations: Variable } {
    this.#state ??= outside(() =>
      tidy(() => ({
        rate: variable(scalar(this.#number, "float64"), false, "learningRate"),
        iterations: variable(scalar(0, "int32"), false, "iterations"),
      })),
    );
    return this.#state;
  }

  #rateNow(): Tensor {
    const schedule = this.#schedule;
    if (schedule === null) return this.#variables().rate.read();
    const step = cast(this.#variables().iterations, "float64");
    const rate: unknown = schedule instanceof LearningRateSchedule ? schedule.at(step) : schedule(step);
    if (typeof rate === "number") return scalar(rate, "float64");
    if (!isTensor(rate) || rate.size !== 1) {
      throw new ArgumentError(`The learning-rate schedule gave ${describe(rate)}, but must give a scalar tensor or a number.`);
    }
    return cast(rate, "float64");
  }

  /**
   * Computes gradients of the scalar that f returns and applies them. f is called once.
   * `returnCost`: returns that scalar, else null. `varList`: variables to change; all trainable ones that f uses otherwise.
   */
  minimize(f: () => Tensor, returnCost = false, varList?: readonly Variable[]): Tensor | null {
    return tidy(() => {
      const { value, grads } = this.computeGradients(f, varList);
      this.applyGradients(grads);
      return returnCost ? value : null;
    });
  }

  /** The scalar that f returns and its gradients by name of variable: see variableGrads. */
  computeGradients(f: () => Tensor, varList?: readonly Variable[]): { value: Tensor; grads: NamedTensorMap } {
    return variableGrads(f, varList);
  }

  /**
   * One update. Gradients: by name of variable, [{ name, tensor }], [[gradient, variable], …] as in TensorFlow, or an array of
   * gradients with the array of their variables. Gradients that are null are left out.
   * Errors   E_ARGUMENT for a name that no variable has; E_SHAPE, E_DTYPE where a gradient does not fit its variable.
   */
  applyGradients(gradients: VariableGradients): void;
  applyGradients(gradients: readonly (Tensor | null)[], variables: readonly Variable[]): void;
  applyGradients(gradients: VariableGradients | readonly (Tensor | null)[], variables?: readonly Variable[]): void {
    const pairs = pairsOf(gradients, variables).filter((pair): pair is [Tensor, Variable] => pair[0] !== null && pair[0] !== undefined);
    for (const [gradient, target] of pairs) checkGradient(gradient, target);
    tidy(() => {
      const clipped = this.#clip(pairs);
      const step = new UpdateStep(this.#rateNow(), add(cast(this.#variables().iterations, "float64"), 1));
      const { weightDecay } = this.#options;
      for (const [gradient, target] of clipped) {
        if (weightDecay !== undefined) target.assign(sub(target, mul(target, mul(step.rate(target.dtype), weightDecay))));
        this.update(target, gradient, step);
      }
      if (this.#options.useEma === true) for (const [, target] of clipped) this.#follow(target, step);
      this.afterUpdates(step);
      this.#variables().iterations.assignAdd(1);
    });
  }

  /** State that is not of one variable. */
  protected afterUpdates(_step: UpdateStep): void {}

  /** The average moves on; after the first update it is the variable itself. */
  #follow(target: Variable, step: UpdateStep): void {
    const average = this.slot("average", target);
    const kept = step.shared("ema", target.dtype, (_rate, count) =>
      where(equal(count, 1), 0, scalar(this.#options.emaMomentum ?? 0.99, "float64")),
    );
    average.assign(add(mul(average, kept), mul(target, sub(1, kept))));
  }

  /** With useEma: gives the variables their averages. */
  finalizeVariableValues(variables: readonly Variable[]): void {
    if (this.#options.useEma !== true || this.iterations === 0) return;
    for (const v of variables) v.assign(this.slot("average", v));
  }

  #clip(pairs: readonly [Tensor, Variable][]): readonly [Tensor, Variable][] {
    const { clipNorm, clipValue, globalClipNorm } = this.#options;
    let clipped = pairs;
    if (clipNorm !== undefined) clipped = clipped.map(([g, v]) => [scaledTo(g, clipNorm, sqrt(sum(square(g)))), v]);
    if (globalClipNorm !== undefined && clipped.length > 0) {
      const squares = clipped.map(([g]) => cast(sum(square(g)), "float64"));
      const norm = sqrt(squares.reduce((a, b) => add(a, b)));
      clipped = clipped.map(([g, v]) => [scaledTo(g, globalClipNorm, cast(norm, g.dtype)), v]);
    }
    if (clipValue !== undefined) clipped = clipped.map(([g, v]) => [clipByValue(g, -clipValue, clipValue), v]);
    return clipped;
  }

  /** A variable that goes with another one, made when it is first asked for. */
  protected slot(name: string, owner: Variable, initial: (shape: readonly number[], dtype: DType) => Tensor = zeros): Variable {
    let all = this.#slots.get(name);
    if (all === undefined) {
      all = new Map();
      this.#slots.set(name, all);
    }
    let found = all.get(owner);
    if (found === undefined) {
      found = outside(() =>
        tidy(() => variable(initial(owner.shape, owner.dtype), false, `${owner.name ?? `Variable#${owner.id}`}/${name}`)),
      );
      all.set(owner, found);
    }
    return found;
  }

  /** Number of updates and slots, by name: what setWeights takes. */
  getWeights(): Promise<NamedTensor[]> {
    const slots = this.#namedSlots().map(([name, v]) => ({ name, tensor: v.read() }));
    return Promise.resolve([{ name: "iter", tensor: this.#variables().iterations.read() }, ...slots]);
  }

  #namedSlots(): [string, Variable][] {
    return [...this.#slots].flatMap(([slot, all]) => [...all].map(([owner, v]): [string, Variable] => [`${owner.name}/${slot}`, v]));
  }

  /** Puts state back that getWeights gave. E_ARGUMENT for names that belong to no variable. */
  setWeights(weights: readonly NamedTensor[]): Promise<void> {
    return new Promise((resolve) => resolve(this.#restore(weights)));
  }

  #restore(weights: readonly NamedTensor[]): void {
    const given = weights.map(({ name, tensor }): [Variable, Tensor] => {
      if (name === "iter" || name === "iterations") return [this.#variables().iterations, tensor];
      const at = name.lastIndexOf("/");
      const owner = variableNamed(name.slice(0, at));
      if (at < 0 || owner === undefined)
        throw new ArgumentError(`${this.getClassName()}: there is no variable for the state ${describe(name)}.`);
      return [this.slot(name.slice(at + 1), owner), tensor];
    });
    for (const [target, tensor] of given) target.assign(tensor);
  }

  /** Frees the slots. */
  dispose(): void {
    for (const all of this.#slots.values()) for (const v of all.values()) v.dispose();
    this.#slots.clear();
    this.#state?.rate.dispose();
    this.#state?.iterations.dispose();
  }
}
opaque(Optimizer);

/** g scaled down to a length, where its own is greater. */
function scaledTo(g: Tensor, length: number, norm: Tensor): Tensor {
  return mul(g, realDiv(length, maximum(norm, length)));
}

export function checkNumber(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new ArgumentError(`${what} must be a finite number, but is ${describe(value)}.`);
  return value;
}

/** A number as float32: how Keras holds some constants of optimizers, for float64 weights too. */
export const single = Math.fround;

function isPair(x: unknown): x is readonly [Tensor | null, Variable] {
  return Array.isArray(x) && x.length === 2 && isVariable(x[1]);
}

function pairsOf(
  gradients: VariableGradients | readonly (Tensor | null)[],
  variables: readonly Variable[] | undefined,
): (readonly [Tensor | null, Variable])[] {
  if (variables !== undefined) {
    const list = gradients as readonly (Tensor | null)[];
    if (!Array.isArray(list) || list.length !== variables.length) {
      throw new ArgumentError(`applyGradients: ${Array.isArray(list) ? list.length : 1} gradients for ${variables.length} variables.`);
    }
    return list.map((g, i) => [g, variables[i]]);
  }
  if (!Array.isArray(gradients)) return Object.entries(gradients as NamedTensorMap).map(([name, g]) => [g, named(name)]);
  return (gradients as readonly unknown[]).map((entry) => {
    if (isPair(entry)) return entry;
    if (typeof entry === "object" && entry !== null && "name" in entry && "tensor" in entry) {
      return [entry.tensor as Tensor, named(String(entry.name))];
    }
    throw new ArgumentError(`applyGradients: an entry is ${describe(entry)}, which does not say what variable it belongs to.`, {
      hint: "Give [gradient, variable] pairs, { name, tensor }, or the list of variables as second argument.",
    });
  });
}

function named(name: string): Variable {
  const found = variableNamed(name);
  if (found === undefined) throw new ArgumentError(`applyGradients: there is no variable named ${describe(name)}.`);
  return found;
}

function checkGradient(gradient: Tensor, target: Variable): void {
  const name = target.name ?? "a variable";
  if (!isVariable(target))
    throw new ArgumentError(`applyGradients: ${describe(target)} is no variable.`, { hint: "Make it with gf.variable(…)." });
  if (!isTensor(gradient))
    throw new ArgumentError(`applyGradients: the gradient of ${name} is ${describe(gradient)}, but must be a tensor.`);
  if (gradient.dtype !== target.dtype)
    throw new DTypeError(`applyGradients: ${name} is ${target.dtype}, but its gradient ${gradient.dtype}.`);
  if (!sameShape(dimsBehind(gradient.shape), target.shape)) {
    throw new ShapeError(`applyGradients: ${name} has shape ${showShape(target.shape)}, but its gradient ${showShape(gradient.shape)}.`);
  }
}
