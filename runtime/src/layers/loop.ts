/**
 * The loops of training and testing over batches, whatever they come from. Between batches a loop adds up statistics (a few numbers),
 * looks at the loss, and now and then lets the event loop run; values of metrics are computed where someone reads them.
 */
import { describe } from "../api/convert.ts";
import type { TypedArray } from "../core/dtype.ts";
import { ArgumentError, GraphFnError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { dispose } from "../eager/memory.ts";
import { type CallbackList, Callbacks, History, type Logs, TerminateOnNaN, type TrainingParams } from "./callbacks.ts";
import type { Compiled } from "./compiled-model.ts";
import type { BatchSource } from "./feed.ts";
import type { Model } from "./model.ts";
import { Progress } from "./progress.ts";

/** When the event loop gets its turn: after every batch, every epoch, some milliseconds ("auto": 16), or never. */
export type YieldEvery = "auto" | "batch" | "epoch" | "never" | number;

export interface LoopArgs {
  /** Default 1. */
  readonly epochs?: number;
  /** Epoch to begin with, to go on with a training. Default 0. */
  readonly initialEpoch?: number;
  /** 0 silent, 1 a bar on a terminal and a line per epoch elsewhere, 2 a line per epoch. Default 1. */
  readonly verbose?: number;
  readonly callbacks?: CallbackList;
  /** Default "auto". */
  readonly yieldEvery?: YieldEvery;
}

/** Statistics of batches, added up. */
export class Sums {
  #sums: Float64Array[] | null = null;

  /** Adds the statistics of a batch and frees them; returns the batch's loss. */
  add(statistics: readonly Tensor[]): number {
    const batch = statistics.map((t) => t.elements as TypedArray);
    this.#sums ??= batch.map((b) => new Float64Array(b.length));
    for (const [i, sums] of this.#sums.entries()) {
      const b = batch[i];
      for (let k = 0; k < sums.length; k++) sums[k] += b[k];
    }
    const loss = batch[0][0] / batch[0][1];
    for (const t of statistics) dispose(t);
    return loss;
  }

  /** Values by label. */
  logs(goal: Compiled, prefix = ""): Logs {
    if (this.#sums === null) return {};
    const values = goal.values(this.#sums);
    return Object.fromEntries(goal.labels().map((label, i) => [prefix + label, values[i]]));
  }

  /** Values in the order of the labels. */
  values(goal: Compiled): number[] {
    return this.#sums === null ? [] : goal.values(this.#sums);
  }
}

export interface Training extends LoopArgs {
  readonly what: string;
  readonly model: Model;
  readonly goal: Compiled;
  /** Batches of an epoch. */
  source(epoch: number): BatchSource;
  /** Logs of the validation, where there is one. */
  readonly validate: (() => Logs | Promise<Logs>) | null;
  readonly samples: number | null;
  readonly batchSize: number | null;
  /** Batches per epoch, null where that is not known. */
  readonly steps: number | null;
}

function whole(value: unknown, least: number, what: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least) return value;
  throw new ArgumentError(`${what} must be a whole number of at least ${least}, but is ${describe(value)}.`);
}

function checkYield(value: unknown, what: string): YieldEvery {
  if (["auto", "batch", "epoch", "never"].includes(value as string) || (typeof value === "number" && value >= 0))
    return value as YieldEvery;
  throw new ArgumentError(
    `${what}: yieldEvery must be "auto", "batch", "epoch", "never" or a number of milliseconds, but is ${describe(value)}.`,
  );
}

/** Lets the event loop run: timers, servers, redraws. */
function turn(): Promise<void> {
  return new Promise((done) => {
    if (typeof setImmediate === "function") setImmediate(done);
    else setTimeout(done);
  });
}

/** Models that are being trained: a second training at the same time would mix up both. */
const busy = new WeakSet<Model>();

export async function train(training: Training): Promise<History> {
  const { model, what } = training;
  if (busy.has(model)) {
    throw new GraphFnError("E_BUSY", `${what}: ${model.name} is being trained already.`, { hint: "Await the fit() before." });
  }
  busy.add(model);
  try {
    return await epochs(training);
  } finally {
    busy.delete(model);
  }
}

async function epochs(training: Training): Promise<History> {
  const { what, model, goal, validate, samples, batchSize, steps } = training;
  const count = whole(training.epochs ?? 1, 1, `${what}: epochs`);
  const first = whole(training.initialEpoch ?? 0, 0, `${what}: initialEpoch`);
  const verbose = training.verbose ?? 1;
  const every = checkYield(training.yieldEvery ?? "auto", what);
  const history = new History();
  const metrics = goal.labels();
  const params: TrainingParams = {
    epochs: count,
    initialEpoch: first,
    steps,
    samples,
    batchSize,
    verbose,
    doValidation: validate !== null,
    metrics,
  };
  const callbacks = new Callbacks(training.callbacks, [history], model, params);
  const progress = new Progress({ verbose, epochs: count });
  const quietNaN = goal.args.allowNaN === true || callbacks.includes(TerminateOnNaN);
  model.stopTraining = false;
  await callbacks.call("onTrainBegin", {});
  try {
    for (let epoch = first; epoch < count && !model.stopTraining; epoch++) {
      const source = training.source(epoch);
      const sums = new Sums();
      progress.begin(epoch, source.total);
      await callbacks.call("onEpochBegin", epoch, {});
      const done = await batches({ training, source, sums, callbacks, progress, epoch, every, quietNaN });
      if (done === 0)
        throw new ArgumentError(`${what}: epoch ${epoch + 1} has no batches.`, { hint: "The dataset has ended; use repeat()." });
      const logs = sums.logs(goal);
      if (validate !== null) Object.assign(logs, await validate());
      progress.end(done, logs);
      await callbacks.call("onEpochEnd", epoch, logs);
      if (every !== "never") await turn();
    }
    goal.optimizer.finalizeVariableValues(goal.asCompiled(() => model.trainableWeights));
  } finally {
    await callbacks.call("onTrainEnd", {});
  }
  return history;
}

interface EpochRun {
  readonly training: Training;
  readonly source: BatchSource;
  readonly sums: Sums;
  readonly callbacks: Callbacks;
  readonly progress: Progress;
  readonly epoch: number;
  readonly every: YieldEvery;
  readonly quietNaN: boolean;
}

/** One epoch; returns the number of batches. */
async function batches({ training, source, sums, callbacks, progress, epoch, every, quietNaN }: EpochRun): Promise<number> {
  const { model, goal } = training;
  goal.checkTrainability();
  const variant = goal.steps.variant();
  const [tellsBegin, tellsEnd] = [callbacks.has("onBatchBegin"), callbacks.has("onBatchEnd")];
  const interval = every === "auto" ? 16 : typeof every === "number" ? every : every === "batch" ? 0 : Infinity;
  const logs = (): Logs => sums.logs(goal);
  let last = performance.now();
  let done = 0;
  try {
    while (!model.stopTraining) {
      const taken = source.next();
      const batch = taken instanceof Promise ? await taken : taken;
      if (batch === null) break;
      if (tellsBegin) await callbacks.call("onBatchBegin", done, { batch: done, size: batch.size });
      let own: Sums | null = null;
      let loss: number;
      try {
        const statistics = goal.steps.train(batch, variant);
        if (tellsEnd) {
          own = new Sums();
          own.add(statistics.map((t) => t.clone()));
        }
        loss = sums.add(statistics);
      } finally {
        source.release(batch);
      }
      done++;
      if (!quietNaN && !Number.isFinite(loss)) throw notANumber(model, loss, epoch, done);
      progress.update(done, logs);
      if (own !== null) await callbacks.call("onBatchEnd", done - 1, { batch: done - 1, size: batch.size, ...own.logs(goal) });
      if (interval < Infinity && performance.now() - last >= interval) {
        await turn();
        await callbacks.call("onYield", epoch, done - 1, {});
        last = performance.now();
      }
    }
  } finally {
    await source.close?.();
  }
  return done;
}

function notANumber(model: Model, loss: number, epoch: number, step: number): GraphFnError {
  return new GraphFnError("E_NAN_LOSS", `The loss of ${model.name} is ${loss} in epoch ${epoch + 1}, step ${step}.`, {
    hint: "A smaller learning rate or clipNorm may help; look for NaN in the data. compile({ allowNaN: true }) goes on.",
  });
}

/** Statistics of all batches of a source that needs no waiting. */
export function test(goal: Compiled, source: BatchSource): Sums {
  const sums = new Sums();
  const variant = goal.steps.variant();
  for (let batch = source.next(); batch !== null; batch = source.next()) {
    if (batch instanceof Promise) throw new ArgumentError("These batches come as promises.", { hint: "Use evaluateDataset()." });
    try {
      sums.add(goal.steps.test(batch, variant));
    } finally {
      source.release(batch);
    }
  }
  return sums;
}

/** `test` for sources that may have to be awaited. */
export async function testAsync(goal: Compiled, source: BatchSource): Promise<Sums> {
  const sums = new Sums();
  const variant = goal.steps.variant();
  let last = performance.now();
  try {
    for (;;) {
      const taken = source.next();
      const batch = taken instanceof Promise ? await taken : taken;
      if (batch === null) return sums;
      try {
        sums.add(goal.steps.test(batch, variant));
      } finally {
        source.release(batch);
      }
      if (performance.now() - last < 16) continue;
      await turn();
      last = performance.now();
    }
  } finally {
    await source.close?.();
  }
}
