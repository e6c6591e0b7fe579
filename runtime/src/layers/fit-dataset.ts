/**
 * fitDataset, evaluateDataset: batches come from a dataset of gf.data, or from any iterable of them that gives { xs, ys } or [xs, ys].
 * Tensors that the dataset's pipeline made are freed after their batch; those of other iterables are left alone.
 */
import { describe } from "../api/convert.ts";
import { ArgumentError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { Dataset } from "../data/dataset.ts";
import { AsyncIteration } from "../data/iterate.ts";
import { discard } from "../data/owned.ts";
import { dispose } from "../eager/memory.ts";
import { tensorsIn } from "../eager/scope.ts";
import type { History } from "./callbacks.ts";
import type { BatchSource, Data } from "./feed.ts";
import { evaluationSource, samplesOf, scalars } from "./fit.ts";
import { type LoopArgs, testAsync, train } from "./loop.ts";
import type { Model } from "./model.ts";
import type { Batch } from "./step.ts";
import type { ClassWeight } from "./weighting.ts";

type Element = { readonly xs: Data; readonly ys: Data } | readonly [Data, Data] | readonly [Data, Data, Tensor];
/** gf.data.Dataset, or an iterable of batches. */
export type TrainingDataset = Dataset<any> | AsyncIterable<Element> | Iterable<Element>;

export interface FitDatasetArgs extends LoopArgs {
  /** Batches per epoch. Then epochs go on where the one before has stopped, and a dataset that has ended starts anew. Default: all. */
  readonly batchesPerEpoch?: number;
  /** A dataset, [x, y] or [x, y, sampleWeight] to evaluate after each epoch. */
  readonly validationData?: TrainingDataset | readonly [Data, Data] | readonly [Data, Data, Tensor];
  /** Batches of validationData, where it is a dataset. Default: all. */
  readonly validationBatches?: number;
  /** Batch size for validationData that is no dataset. Default 32. */
  readonly validationBatchSize?: number;
  readonly classWeight?: ClassWeight;
}

export interface EvaluateDatasetArgs {
  /** Default: all. */
  readonly batches?: number;
  readonly verbose?: number;
}

function isIterable(x: unknown): x is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof x === "object" && x !== null && (Symbol.asyncIterator in x || Symbol.iterator in x);
}

type Iteration = AsyncIterator<unknown> | Iterator<unknown>;

function iterate(dataset: unknown, what: string): Iteration {
  if (dataset instanceof Dataset) return new AsyncIteration(dataset.recipe, (element) => discard(element));
  if (!isIterable(dataset) || Array.isArray(dataset))
    throw new ArgumentError(`${what}: the dataset is ${describe(dataset)}.`, {
      hint: "Use gf.data, or an (async) iterable of { xs, ys }.",
    });
  return Symbol.asyncIterator in dataset ? dataset[Symbol.asyncIterator]() : dataset[Symbol.iterator]();
}

/** Data of an element. E_ARGUMENT where it is no pair. */
function partsOf(element: unknown, what: string): readonly [Data, Data, Tensor?] {
  if (Array.isArray(element) && (element.length === 2 || element.length === 3)) return element as unknown as [Data, Data, Tensor?];
  if (typeof element === "object" && element !== null && "xs" in element && "ys" in element)
    return [element.xs as Data, element.ys as Data];
  throw new ArgumentError(`${what}: an element of the dataset is ${describe(element)}, but must be { xs, ys } or [xs, ys].`);
}

/** Batches of a dataset, at most `most`. `iteration` may go on after an epoch: see close. */
class DatasetSource implements BatchSource {
  readonly total: number | null;
  readonly #model: Model;
  readonly #what: string;
  readonly #iteration: () => Iteration;
  readonly #end: () => void | Promise<void>;
  readonly #most: number;
  readonly #classWeight: ClassWeight | undefined;
  readonly #made = new Map<Batch, Tensor[]>();
  #taken = 0;

  constructor(
    model: Model,
    what: string,
    total: number | null,
    most: number,
    iteration: () => Iteration,
    end: () => void | Promise<void>,
    classWeight?: ClassWeight,
  ) {
    this.#model = model;
    this.#what = what;
    this.total = total;
    this.#most = most;
    this.#iteration = iteration;
    this.#end = end;
    this.#classWeight = classWeight;
  }

  async next(): Promise<Batch | null> {
    if (this.#taken >= this.#most) return null;
    const step = await this.#iteration().next();
    if (step.done === true) return null;
    this.#taken++;
    const [x, y, sampleWeight] = partsOf(step.value, this.#what);
    const samples = samplesOf(this.#model, x, y, { sampleWeight, classWeight: this.#classWeight }, this.#what);
    const batch: Batch = { ...samples, size: samples.count };
    const given = tensorsIn(step.value);
    this.#made.set(
      batch,
      [...samples.xs, ...samples.ys, ...samples.weights].filter((t): t is Tensor => t !== null && !given.has(t)),
    );
    return batch;
  }

  release(batch: Batch): void {
    for (const t of this.#made.get(batch) ?? []) dispose(t);
    this.#made.delete(batch);
  }

  close(): void | Promise<void> {
    return this.#end();
  }
}

function sizeOf(dataset: unknown): number | null {
  const size: unknown = dataset instanceof Dataset ? dataset.size : null;
  return typeof size === "number" && Number.isFinite(size) ? size : null;
}

async function closed(iteration: Iteration): Promise<void> {
  await iteration.return?.();
}

/** A source of its own iteration. */
function whole(model: Model, dataset: unknown, most: number, what: string, classWeight?: ClassWeight): DatasetSource {
  const iteration = iterate(dataset, what);
  const size = sizeOf(dataset);
  const total = size === null ? (most === Infinity ? null : most) : Math.min(size, most);
  return new DatasetSource(
    model,
    what,
    total,
    most,
    () => iteration,
    () => closed(iteration),
    classWeight,
  );
}

/** Sources that take up one iteration where the last has stopped. */
function continued(
  model: Model,
  dataset: unknown,
  most: number,
  what: string,
  classWeight?: ClassWeight,
): { source(): BatchSource; end(): Promise<void> } {
  let open: Iteration | null = null;
  // Starts anew where the dataset ends within an epoch, unless it is empty.
  const endless: AsyncIterator<unknown> = {
    async next() {
      open ??= iterate(dataset, what);
      const step = await open.next();
      if (step.done !== true) return step;
      open = iterate(dataset, what);
      return await open.next();
    },
  };
  return {
    source: () =>
      new DatasetSource(
        model,
        what,
        most,
        most,
        () => endless,
        () => {},
        classWeight,
      ),
    end: async () => {
      if (open !== null) await closed(open);
    },
  };
}

function atMost(value: unknown, what: string): number {
  if (value === undefined || value === null) return Infinity;
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw new ArgumentError(`${what} must be a positive whole number, but is ${describe(value)}.`);
}

export async function fitDataset(model: Model, dataset: TrainingDataset, args: FitDatasetArgs): Promise<History> {
  const goal = model.compiledFor("fitDataset");
  if (typeof args !== "object" || args === null)
    throw new ArgumentError("fitDataset: needs arguments.", { hint: "At least { epochs: 1 }." });
  const { validationData, classWeight } = args;
  const most = atMost(args.batchesPerEpoch, "fitDataset: batchesPerEpoch");
  const chain = most === Infinity ? null : continued(model, dataset, most, "fitDataset", classWeight);
  const validationSource = (): BatchSource => {
    if (Array.isArray(validationData)) {
      const [x, y, sampleWeight] = validationData as unknown as readonly [Data, Data, Tensor?];
      return evaluationSource(model, x, y, { sampleWeight, batchSize: args.validationBatchSize }, "fitDataset: validationData");
    }
    return whole(model, validationData, atMost(args.validationBatches, "fitDataset: validationBatches"), "fitDataset: validationData");
  };
  try {
    return await train({
      ...args,
      what: "fitDataset",
      model,
      goal,
      samples: null,
      batchSize: null,
      steps: most === Infinity ? sizeOf(dataset) : most,
      source: () => chain?.source() ?? whole(model, dataset, most, "fitDataset", classWeight),
      validate:
        validationData === undefined || validationData === null
          ? null
          : async () => (await testAsync(goal, validationSource())).logs(goal, "val_"),
    });
  } finally {
    await chain?.end();
  }
}

export async function evaluateDataset(model: Model, dataset: TrainingDataset, args: EvaluateDatasetArgs): Promise<Tensor | Tensor[]> {
  const goal = model.compiledFor("evaluateDataset");
  const sums = await testAsync(goal, whole(model, dataset, atMost(args.batches, "evaluateDataset: batches"), "evaluateDataset"));
  return scalars(sums.values(goal));
}
