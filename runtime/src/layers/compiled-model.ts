/**
 * What compile() makes: optimizer, a loss and metrics per output, and the compiled functions of training, testing and predicting.
 * It also keeps which layers train, as in Keras: of two models that share layers, each trains what was trainable when it was compiled.
 */
import { describe } from "../api/convert.ts";
import { dimsOf } from "../api/shape.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { sameDim, showDim, showShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { optimizerOf } from "../train/index.ts";
import { canonicalName, evaluateLoss, lossNamed } from "../train/loss-registry.ts";
import type { Optimizer } from "../train/optimizer.ts";
import { Layer } from "./layer.ts";
import type { Metric } from "./metric.ts";
import { type MetricIdentifier, metricOf } from "./metrics.ts";
import type { Model } from "./model.ts";
import { Steps } from "./step.ts";

export type LossIdentifier = string | ((yTrue: Tensor, yPred: Tensor) => Tensor);
type PerOutput<T> = T | readonly T[] | { readonly [output: string]: T };

export interface CompileArgs {
  /** From gf.train, or a name: "sgd", "adam", "rmsprop", … */
  readonly optimizer: Optimizer | string;
  /** A name, or a function (yTrue, yPred) → losses per sample or one scalar; one for all outputs, or one per output. */
  readonly loss: PerOutput<LossIdentifier>;
  /** "accuracy", "mae", … , functions, objects of gf.metrics; for several outputs an array of arrays, or by name. */
  readonly metrics?:
    | MetricIdentifier
    | readonly MetricIdentifier[]
    | readonly (readonly MetricIdentifier[])[]
    | { readonly [output: string]: MetricIdentifier | readonly MetricIdentifier[] };
  /** Factors of the losses of several outputs. Default 1. */
  readonly lossWeights?: readonly number[] | { readonly [output: string]: number };
  /** Runs layers one op at a time instead of compiling: slow, for breakpoints in `call`. Default false. */
  readonly runEagerly?: boolean;
  /** Goes on when the loss is NaN or infinite. Default false: fit() throws E_NAN_LOSS. */
  readonly allowNaN?: boolean;
}

/** Loss and metrics of one output. */
export interface OutputGoal {
  readonly name: string;
  readonly weight: number;
  /** Losses per sample, or a scalar. */
  loss(yTrue: Tensor, yPred: Tensor): Tensor;
  readonly metrics: readonly Metric[];
}

export class Compiled {
  readonly args: CompileArgs;
  readonly optimizer: Optimizer;
  readonly steps: Steps;
  readonly #model: Model;
  /** Which layers train: as it was at compile(), whatever other models that share them say later. */
  readonly #trainability: ReadonlyMap<Layer, boolean>;
  #warned = false;
  #goals: readonly OutputGoal[] | null = null;

  constructor(model: Model, args: CompileArgs) {
    if (typeof args !== "object" || args === null)
      throw new ArgumentError(`compile: the argument is ${describe(args)}, but must be an object.`);
    if (args.loss === undefined) throw new ArgumentError("compile: there is no loss.", { hint: 'For example loss: "meanSquaredError".' });
    if (args.optimizer === undefined)
      throw new ArgumentError("compile: there is no optimizer.", { hint: 'For example optimizer: "adam".' });
    this.args = args;
    this.optimizer = optimizerOf(args.optimizer);
    this.#model = model;
    this.#trainability = model.trainability();
    this.steps = new Steps(model, this);
    // Names are checked at once; which output has which is known when the model is built.
    for (const loss of allOf(args.loss)) lossOf(loss);
    for (const metric of allOf(args.metrics ?? [])) metricOf(metric as MetricIdentifier, undefined);
    if (model.built) this.goals();
  }

  /** Runs `body` while layers are trainable as they were at compile(). */
  asCompiled<T>(body: () => T): T {
    return Layer.withTrainability(this.#trainability, body);
  }

  /** Says once that `trainable` was changed after compile(), which trains as before. */
  checkTrainability(): void {
    if (this.#warned) return;
    const now = this.#model.trainability();
    const changed = [...this.#trainability].find(([layer, trainable]) => now.has(layer) && now.get(layer) !== trainable);
    if (changed === undefined) return;
    this.#warned = true;
    console.warn(
      `graphfn: trainable of layer ${changed[0].name} was changed after ${this.#model.name}.compile(), which keeps what it was: call compile() again.`,
    );
  }

  /** One per output. The model is built. */
  goals(): readonly OutputGoal[] {
    this.#goals ??= this.#makeGoals();
    return this.#goals;
  }

  #makeGoals(): OutputGoal[] {
    const { loss, metrics = [], lossWeights } = this.args;
    const names = this.#model.outputNames;
    const losses = perOutput(loss, names, "loss");
    const own = perOutput(nestedMetrics(metrics, names.length), names, "metrics");
    const weights = lossWeights === undefined ? names.map(() => 1) : perOutput(lossWeights, names, "lossWeights");
    return names.map((name, i) => {
      const goal = lossOf(losses[i]);
      const list = own[i] ?? [];
      const weight = weights[i];
      if (typeof weight !== "number")
        throw new ArgumentError(`compile: the weight of ${name}'s loss is ${describe(weight)}, but must be a number.`);
      return {
        name,
        weight,
        loss: goal.perSample,
        metrics: (Array.isArray(list) ? (list as MetricIdentifier[]) : [list as MetricIdentifier]).map((m) => metricOf(m, goal.name)),
      };
    });
  }

  /** Keys of logs, in the order of the statistics of a step. */
  labels(): string[] {
    const goals = this.goals();
    const several = goals.length > 1;
    const metrics = goals.flatMap((g) => g.metrics.map((m) => (several ? `${g.name}_${m.name}` : m.name)));
    return ["loss", ...(several ? goals.map((g) => `${g.name}_loss`) : []), ...unique(metrics)];
  }

  /** Values of the labels, from sums over batches as Steps gives them. */
  values(sums: readonly ArrayLike<number>[]): number[] {
    const goals = this.goals();
    const [losses, ...rest] = sums as readonly [ArrayLike<number>, ...ArrayLike<number>[]];
    const count = losses[1] as number;
    const values = [(losses[0] as number) / count];
    if (goals.length > 1) for (const i of goals.keys()) values.push((losses[2 + i] as number) / count);
    const all = goals.flatMap((g) => g.metrics);
    // Logs have one number per label: a metric of several values is averaged there.
    for (const [i, metric] of all.entries()) values.push(average(metric.compute(rest[i] as ArrayLike<number>)));
    return values;
  }
}

function average(value: number | number[]): number {
  return typeof value === "number" ? value : value.reduce((a, b) => a + b, 0) / value.length;
}

interface Loss {
  /** Canonical name, where the loss has one. */
  readonly name: string | undefined;
  readonly perSample: (yTrue: Tensor, yPred: Tensor) => Tensor;
}

function lossOf(identifier: LossIdentifier): Loss {
  if (typeof identifier === "string") {
    const loss = lossNamed(identifier);
    const name = canonicalName(identifier);
    return { name, perSample: (yTrue, yPred) => evaluateLoss(name, loss, yTrue, yPred) };
  }
  if (typeof identifier !== "function") {
    throw new ArgumentError(`compile: a loss is ${describe(identifier)}, but must be a name or a function.`);
  }
  return {
    name: undefined,
    perSample(yTrue, yPred) {
      const result: unknown = identifier(yTrue, yPred);
      if (!isTensor(result))
        throw new ArgumentError(`The loss ${identifier.name || "function"} returned ${describe(result)}, but must return a tensor.`);
      if (result.rank > 0 && !sameDim(dimsOf(result)[0], dimsOf(yPred)[0])) {
        throw new ShapeError(
          `The loss ${identifier.name || "function"} returned a tensor of shape ${showShape(result.shape)} for ${showDim(dimsOf(yPred)[0])} samples.`,
          { hint: "Return one loss per sample, or a scalar." },
        );
      }
      return result;
    },
  };
}

function isNested(x: unknown): x is readonly unknown[] {
  return Array.isArray(x);
}

/** All entries of what may be one, an array (of arrays) or an object. */
function allOf<T>(given: PerOutput<T>): T[] {
  if (isNested(given)) return given.flatMap((x) => allOf(x as PerOutput<T>));
  if (typeof given === "object" && given !== null && Object.getPrototypeOf(given) === Object.prototype) {
    return Object.values(given as Record<string, T>).flatMap((x) => allOf(x as PerOutput<T>));
  }
  return given === null || given === undefined ? [] : [given as T];
}

/** ["acc", "mae"] are the metrics of every output; [["acc"], ["mae"]] those of the first and the second. */
function nestedMetrics(metrics: unknown, outputs: number): unknown {
  if (!isNested(metrics)) return metrics;
  return metrics.some(isNested) ? metrics : Array.from({ length: outputs }, () => metrics);
}

/** One entry per output, from one for all, an array, or an object with the outputs' names. E_ARGUMENT otherwise. */
function perOutput<T>(given: PerOutput<T>, names: readonly string[], what: string): T[] {
  if (isNested(given)) {
    if (given.length !== names.length) {
      throw new ArgumentError(
        `compile: ${what} has ${given.length} entries, but the model has ${names.length} outputs: ${names.join(", ")}.`,
      );
    }
    return [...(given as readonly T[])];
  }
  if (typeof given === "object" && given !== null && Object.getPrototypeOf(given) === Object.prototype) {
    const entries = given as Record<string, T>;
    const unknown = Object.keys(entries).find((key) => !names.includes(key));
    if (unknown !== undefined) {
      throw new ArgumentError(`compile: ${what} names an output ${JSON.stringify(unknown)}, which the model does not have.`, {
        hint: `Outputs: ${names.join(", ")}.`,
      });
    }
    return names.map((name) => {
      const entry = entries[name];
      if (entry === undefined && what === "loss") throw new ArgumentError(`compile: the output ${JSON.stringify(name)} has no loss.`);
      return (entry ?? (what === "lossWeights" ? 1 : [])) as T;
    });
  }
  return names.map(() => given as T);
}

function unique(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const n = seen.get(name) ?? 0;
    seen.set(name, n + 1);
    return n === 0 ? name : `${name}_${n}`;
  });
}
