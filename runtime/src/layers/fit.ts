/** fit, evaluate, predict on tensors: arguments checked, data cut into batches, the loops of loop.ts run over them. */
import { describe, type TensorLike, toTensor } from "../api/convert.ts";
import { scalar, tensor } from "../api/create.ts";
import { concat } from "../api/join.ts";
import { randomPermutation } from "../api/random.ts";
import { ArgumentError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { dispose } from "../eager/memory.ts";
import { tensorsIn, tidy } from "../eager/scope.ts";
import type { History } from "./callbacks.ts";
import { type Data, held, rows, SampleSource, type Samples, sampleCount, tensorsOf } from "./feed.ts";
import { inLayer } from "./in-layer.ts";
import { checkInputs } from "./input-spec.ts";
import { type LoopArgs, Sums, test, train } from "./loop.ts";
import type { Model } from "./model.ts";
import type { Batch } from "./step.ts";
import { type ClassWeight, sampleWeights } from "./weighting.ts";

type Weights = TensorLike | readonly (Tensor | null)[] | { readonly [output: string]: Tensor };

export interface FitArgs extends LoopArgs {
  /** Samples per update. Default 32. */
  readonly batchSize?: number;
  /** Share of the samples, the last ones, that is not trained on but evaluated after each epoch. */
  readonly validationSplit?: number;
  /** [x, y] or [x, y, sampleWeight] to evaluate after each epoch. */
  readonly validationData?: readonly [Data, Data] | readonly [Data, Data, Weights];
  /** Default: batchSize. */
  readonly validationBatchSize?: number;
  /** Another order in each epoch; "batch" shuffles whole batches. Default true. */
  readonly shuffle?: boolean | "batch";
  /** Weight by class, for labels that are class numbers or one-hot rows. */
  readonly classWeight?: ClassWeight | readonly (ClassWeight | null)[] | { readonly [output: string]: ClassWeight };
  /** One weight per sample; for several outputs an array or by name. */
  readonly sampleWeight?: Weights;
  /** Batches per epoch. Default: all. */
  readonly stepsPerEpoch?: number;
}

export interface EvaluateArgs {
  /** Default 32. */
  readonly batchSize?: number;
  readonly sampleWeight?: Weights;
  /** Batches. Default: all. */
  readonly steps?: number;
  readonly verbose?: number;
}

export interface PredictArgs {
  /** Samples computed at once. Default 32. */
  readonly batchSize?: number;
  readonly verbose?: boolean | number;
}

function batchSizeOf(value: unknown, what: string): number {
  if (value === undefined || value === null) return 32;
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw new ArgumentError(`${what}: batchSize must be a positive whole number, but is ${describe(value)}.`);
}

/** Builds the model for inputs of these shapes, or checks them. */
function meet(model: Model, xs: readonly Tensor[]): void {
  const dtypes = xs.map((x) => x.dtype);
  if (model.built && model.inputSpec !== null) {
    const exact = model.inputSpec.map((spec) => ({ ...spec, inner: false }));
    checkInputs(
      exact,
      xs.map((x) => x.shape),
      dtypes,
      model.name,
    );
  }
  const shapes = xs.map((x) => [null, ...x.shape.slice(1)]);
  inLayer(model, () => model.ensureBuilt(shapes, dtypes));
}

function weightsOf(given: Weights | undefined, names: readonly string[], what: string): (Tensor | null)[] {
  if (given === undefined || given === null) return names.map(() => null);
  if (Array.isArray(given) && given.some((w) => w === null || isTensor(w))) {
    if (given.length !== names.length)
      throw new ArgumentError(`${what}: sampleWeight has ${given.length} entries for ${names.length} outputs.`);
    return [...(given as (Tensor | null)[])];
  }
  if (typeof given === "object" && !isTensor(given) && !Array.isArray(given) && !ArrayBuffer.isView(given)) {
    return names.map((name) => (given as Record<string, Tensor>)[name] ?? null);
  }
  if (names.length > 1)
    throw new ArgumentError(`${what}: the model has several outputs.`, { hint: `Give sampleWeight by output: ${names.join(", ")}.` });
  return [toTensor(given, what, "sampleWeight")];
}

interface SampleArgs {
  readonly sampleWeight?: Weights | undefined;
  readonly classWeight?: FitArgs["classWeight"];
}

/** Checked tensors of x, y and weights. */
export function samplesOf(model: Model, x: Data, y: Data, args: SampleArgs, what: string): Samples {
  const xs = tensorsOf(x, model.inputNames, "x");
  meet(model, xs);
  const ys = tensorsOf(y, model.outputNames, "y");
  const given = weightsOf(args.sampleWeight, model.outputNames, what);
  const count = sampleCount([
    ["x", xs],
    ["y", ys],
    ["sampleWeight", given],
  ]);
  return { xs, ys, weights: sampleWeights(ys, given, args.classWeight, model.outputNames), count };
}

/** Samples whose memory stays, and how to let go of them. */
function hold(samples: Samples): { readonly samples: Samples; release(): void } {
  const handles: Tensor[] = [];
  const keep = (t: Tensor): Tensor => {
    const handle = held(t);
    handles.push(handle);
    return handle;
  };
  const kept = {
    xs: samples.xs.map(keep),
    ys: samples.ys.map(keep),
    weights: samples.weights.map((w) => (w === null ? null : keep(w))),
    count: samples.count,
  };
  const release = (): void => {
    for (const t of handles) dispose(t);
  };
  return { samples: kept, release };
}

function part({ xs, ys, weights }: Samples, begin: number, end: number): Samples {
  const cut = (t: Tensor): Tensor => rows(t, begin, end);
  return { xs: xs.map(cut), ys: ys.map(cut), weights: weights.map((w) => (w === null ? null : cut(w))), count: end - begin };
}

/** Training and validation samples. */
function splitOf(
  model: Model,
  all: Samples,
  args: FitArgs,
  what: string,
): { readonly training: Samples; readonly validation: Samples | null } {
  const { validationSplit, validationData } = args;
  if (validationData !== undefined && validationData !== null) {
    if (!Array.isArray(validationData) || validationData.length < 2 || validationData.length > 3) {
      throw new ArgumentError(`${what}: validationData must be [x, y] or [x, y, sampleWeight].`);
    }
    const [x, y, sampleWeight] = validationData as readonly [Data, Data, Weights?];
    return { training: all, validation: samplesOf(model, x, y, { sampleWeight }, `${what}: validationData`) };
  }
  if (validationSplit === undefined || validationSplit === null || validationSplit === 0) return { training: all, validation: null };
  if (typeof validationSplit !== "number" || !(validationSplit > 0 && validationSplit < 1)) {
    throw new ArgumentError(`${what}: validationSplit must be between 0 and 1, but is ${describe(validationSplit)}.`);
  }
  const at = Math.floor(all.count * (1 - validationSplit));
  if (at === 0) throw new ArgumentError(`${what}: validationSplit ${validationSplit} leaves none of ${all.count} samples for training.`);
  return { training: part(all, 0, at), validation: part(all, at, all.count) };
}

/** Positions in another order; batches stay together for "batch". */
function newOrder(count: number, batchSize: number, shuffle: boolean | "batch"): Tensor | null {
  if (shuffle === false) return null;
  const order = tidy(() => {
    if (shuffle === true) return randomPermutation(count);
    const full = Math.floor(count / batchSize);
    const blocks = randomPermutation(full).dataSync();
    const positions = Int32Array.from({ length: count }, (_, i) => {
      const block = Math.floor(i / batchSize);
      return block < full ? (blocks[block] as number) * batchSize + (i % batchSize) : i;
    });
    return tensor(positions, [count], "int32");
  });
  order.kept = true;
  return order;
}

export async function fit(model: Model, x: Data, y: Data, args: FitArgs): Promise<History> {
  const goal = model.compiledFor("fit");
  const batchSize = batchSizeOf(args.batchSize, "fit");
  const { shuffle = true, stepsPerEpoch = Infinity } = args;
  if (typeof shuffle !== "boolean" && shuffle !== "batch")
    throw new ArgumentError(`fit: shuffle must be a boolean or "batch", but is ${describe(shuffle)}.`);
  const given = tensorsIn([x, y, args.sampleWeight]);
  const samples = samplesOf(model, x, y, args, "fit");
  const kept = hold(samples);
  // Tensors made of arrays and of class weights live on in the handles alone.
  for (const t of [...samples.xs, ...samples.ys, ...samples.weights]) if (t !== null && !given.has(t)) dispose(t);
  const all = kept.samples;
  let order: Tensor | null = null;
  try {
    const { training, validation } = splitOf(model, all, args, "fit");
    const validationSize = batchSizeOf(args.validationBatchSize ?? batchSize, "fit");
    return await train({
      ...args,
      what: "fit",
      model,
      goal,
      samples: training.count,
      batchSize,
      steps: Math.min(Math.ceil(training.count / batchSize), stepsPerEpoch),
      source(_epoch) {
        if (order !== null) dispose(order);
        order = newOrder(training.count, batchSize, shuffle);
        return new SampleSource(training, batchSize, order, stepsPerEpoch);
      },
      validate: validation === null ? null : () => test(goal, new SampleSource(validation, validationSize)).logs(goal, "val_"),
    });
  } finally {
    if (order !== null) dispose(order);
    kept.release();
  }
}

type EvaluationArgs = { readonly [K in keyof EvaluateArgs]: EvaluateArgs[K] | undefined };

/** Batches of data to evaluate. */
export function evaluationSource(model: Model, x: Data, y: Data, args: EvaluationArgs, what: string): SampleSource {
  const samples = samplesOf(model, x, y, args, what);
  return new SampleSource(samples, batchSizeOf(args.batchSize, what), null, args.steps ?? Infinity);
}

export function evaluate(model: Model, x: Data, y: Data, args: EvaluateArgs): Tensor | Tensor[] {
  const goal = model.compiledFor("evaluate");
  return tidy(() => scalars(test(goal, evaluationSource(model, x, y, args, "evaluate")).values(goal)));
}

/** One scalar tensor, or an array of them. */
export function scalars(values: readonly number[]): Tensor | Tensor[] {
  const all = values.map((v) => scalar(v));
  return all.length === 1 ? all[0] : all;
}

export function predict(model: Model, x: Data, args: PredictArgs): Tensor | Tensor[] {
  const size = batchSizeOf(args.batchSize, "predict");
  const outputs = tidy(() => {
    const xs = tensorsOf(x, model.inputNames, "x");
    const count = sampleCount([["x", xs]]);
    meet(model, xs);
    const parts: Tensor[][] = [];
    for (let begin = 0; begin < count; begin += size) {
      const end = Math.min(count, begin + size);
      parts.push(model.predictor(xs.map((t) => rows(t, begin, end))));
    }
    return parts[0].map((first, i) => (parts.length === 1 ? first : concat(parts.map((p) => p[i]))));
  });
  return outputs.length === 1 ? outputs[0] : outputs;
}

function numbers(values: readonly number[]): number | number[] {
  return values.length === 1 ? values[0] : [...values];
}

export function trainOnBatch(model: Model, x: Data, y: Data, sampleWeight?: TensorLike): number | number[] {
  const goal = model.compiledFor("trainOnBatch");
  return onBatch(model, x, y, sampleWeight, "trainOnBatch", (batch) => goal.steps.train(batch, goal.steps.variant()));
}

export function testOnBatch(model: Model, x: Data, y: Data, sampleWeight?: TensorLike): number | number[] {
  const goal = model.compiledFor("testOnBatch");
  return onBatch(model, x, y, sampleWeight, "testOnBatch", (batch) => goal.steps.test(batch, goal.steps.variant()));
}

function onBatch(
  model: Model,
  x: Data,
  y: Data,
  sampleWeight: TensorLike | undefined,
  what: string,
  step: (batch: Batch) => Tensor[],
): number | number[] {
  return tidy(() => {
    const samples = samplesOf(model, x, y, { sampleWeight }, what);
    const sums = new Sums();
    sums.add(step({ ...samples, size: samples.count }));
    return numbers(sums.values(model.compiledFor(what)));
  });
}
