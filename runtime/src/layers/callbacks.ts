/**
 * Callbacks: code that runs at the beginning and end of training, epochs and batches. A Callback, or an object with some of its methods,
 * given as `callbacks` of fit(). Methods may return promises: training waits for them.
 */

import { describe } from "../api/convert.ts";
import { ArgumentError } from "../core/errors.ts";
import { opaque } from "../core/opaque.ts";
import type { Tensor } from "../core/tensor.ts";
import { dispose } from "../eager/memory.ts";
import { configured } from "./configured.ts";
import type { Model } from "./model.ts";

/** Numbers by label: loss, metrics, val_loss, …; also batch and size for batches. */
export type Logs = Record<string, number>;
type Answer = void | Promise<void>;

export interface CustomCallbackArgs {
  onTrainBegin?(logs?: Logs): Answer;
  onTrainEnd?(logs?: Logs): Answer;
  onEpochBegin?(epoch: number, logs?: Logs): Answer;
  onEpochEnd?(epoch: number, logs?: Logs): Answer;
  onBatchBegin?(batch: number, logs?: Logs): Answer;
  onBatchEnd?(batch: number, logs?: Logs): Answer;
  /** After the event loop had its turn. */
  onYield?(epoch: number, batch: number, logs?: Logs): Answer;
}

export interface TrainingParams {
  readonly epochs: number;
  readonly initialEpoch: number;
  /** Batches per epoch, null where that is not known. */
  readonly steps: number | null;
  readonly samples: number | null;
  readonly batchSize: number | null;
  readonly verbose: number;
  readonly doValidation: boolean;
  readonly metrics: readonly string[];
}

export class Callback implements CustomCallbackArgs {
  model: Model | null = null;
  params: TrainingParams | null = null;

  setModel(model: Model): void {
    this.model = model;
  }

  setParams(params: TrainingParams): void {
    this.params = params;
  }

  onTrainBegin(_logs?: Logs): Answer {}
  onTrainEnd(_logs?: Logs): Answer {}
  onEpochBegin(_epoch: number, _logs?: Logs): Answer {}
  onEpochEnd(_epoch: number, _logs?: Logs): Answer {}
  onBatchBegin(_batch: number, _logs?: Logs): Answer {}
  onBatchEnd(_batch: number, _logs?: Logs): Answer {}
}
opaque(Callback);

/** A callback made of functions. */
export class CustomCallback extends Callback {
  constructor(args: CustomCallbackArgs) {
    super();
    for (const name of HOOKS) {
      const hook: unknown = Reflect.get(args, name);
      if (typeof hook === "function") Object.defineProperty(this, name, { value: hook.bind(args) as unknown });
    }
  }
}

const HOOKS = ["onTrainBegin", "onTrainEnd", "onEpochBegin", "onEpochEnd", "onBatchBegin", "onBatchEnd", "onYield"] as const;
type Hook = (typeof HOOKS)[number];

/** What fit() returns: logs of all epochs. */
export class History extends Callback {
  readonly epoch: number[] = [];
  readonly history: Record<string, number[]> = {};

  override onEpochEnd(epoch: number, logs: Logs = {}): void {
    this.epoch.push(epoch);
    for (const [label, value] of Object.entries(logs)) (this.history[label] ??= []).push(value);
  }
}

export type CallbackList = Callback | CustomCallbackArgs | readonly (Callback | CustomCallbackArgs)[];

/** The callbacks of one training, in order. */
export class Callbacks {
  readonly #all: readonly CustomCallbackArgs[];

  constructor(given: CallbackList | undefined, extra: readonly Callback[], model: Model, params: TrainingParams) {
    const list: readonly unknown[] = given === undefined || given === null ? [] : Array.isArray(given) ? given : [given];
    for (const c of list)
      if (typeof c !== "object" || c === null) throw new ArgumentError(`callbacks contains ${describe(c)}, not only callbacks.`);
    this.#all = [...(list as readonly CustomCallbackArgs[]), ...extra];
    for (const c of this.#all) {
      if (!(c instanceof Callback)) continue;
      c.setParams(params);
      c.setModel(model);
    }
  }

  /** Whether anyone listens: batches need no logs otherwise. */
  has(hook: Hook): boolean {
    return this.#all.some((c) => hook in c && Reflect.get(c, hook) !== Reflect.get(Callback.prototype, hook));
  }

  /** Whether a callback of a class is among them. */
  includes(cls: new (...args: never[]) => Callback): boolean {
    return this.#all.some((c) => c instanceof cls);
  }

  /** Calls one after the other; a promise only where one of them waits. */
  call(hook: "onTrainBegin" | "onTrainEnd", logs: Logs): Answer;
  call(hook: "onEpochBegin" | "onEpochEnd" | "onBatchBegin" | "onBatchEnd", index: number, logs: Logs): Answer;
  call(hook: "onYield", epoch: number, batch: number, logs: Logs): Answer;
  call(hook: Hook, ...args: unknown[]): Answer {
    for (const [i, c] of this.#all.entries()) {
      const answer = (c[hook] as ((...args: unknown[]) => unknown) | undefined)?.apply(c, args);
      if (answer instanceof Promise) return this.#rest(hook, args, i + 1, answer);
    }
  }

  async #rest(hook: Hook, args: unknown[], from: number, first: Promise<unknown>): Promise<void> {
    await first;
    for (const c of this.#all.slice(from)) await (c[hook] as ((...args: unknown[]) => unknown) | undefined)?.apply(c, args);
  }
}

export interface EarlyStoppingArgs {
  /** Label to watch. Default "val_loss". */
  readonly monitor?: string;
  /** What counts as better, at least. Default 0. */
  readonly minDelta?: number;
  /** Epochs to wait for something better. Default 0. */
  readonly patience?: number;
  readonly verbose?: number;
  /** Whether small or large is good; "auto" asks the label. Default "auto". */
  readonly mode?: "auto" | "min" | "max";
  /** Value that must be beaten. */
  readonly baseline?: number;
  /** Puts the weights of the best epoch back at the end. Default false. */
  readonly restoreBestWeights?: boolean;
}

/** Ends training where a value stops getting better. */
export class EarlyStopping extends Callback {
  readonly #args: Required<Omit<EarlyStoppingArgs, "baseline">> & { readonly baseline: number | undefined };
  #best = Number.NaN;
  #wait = 0;
  #weights: readonly Tensor[] | null = null;
  /** Epoch after which training ended, 0 where it did not. */
  stoppedEpoch = 0;

  constructor(args: EarlyStoppingArgs = {}) {
    super();
    const { monitor = "val_loss", minDelta = 0, patience = 0, verbose = 0, mode = "auto", baseline, restoreBestWeights = false } = args;
    if (!["auto", "min", "max"].includes(mode))
      throw new ArgumentError(`earlyStopping: mode is ${describe(mode)}, but must be auto, min or max.`);
    const large = /acc|precision|recall|auc|score|iou/i.test(monitor);
    this.#args = {
      monitor,
      minDelta: Math.abs(minDelta),
      patience,
      verbose,
      mode: mode === "auto" ? (large ? "max" : "min") : mode,
      baseline,
      restoreBestWeights,
    };
  }

  override onTrainBegin(): void {
    this.#wait = 0;
    this.stoppedEpoch = 0;
    this.#forget();
    this.#best = this.#args.baseline ?? (this.#args.mode === "min" ? Infinity : -Infinity);
  }

  override onEpochEnd(epoch: number, logs: Logs = {}): void {
    const { monitor, minDelta, patience, mode, restoreBestWeights } = this.#args;
    const value = logs[monitor] ?? logs[monitor.replace("accuracy", "acc")];
    if (value === undefined) {
      throw new ArgumentError(`earlyStopping watches ${JSON.stringify(monitor)}, which is not among the logs.`, {
        hint: `There are ${Object.keys(logs).join(", ")}.`,
      });
    }
    if (mode === "min" ? value < this.#best - minDelta : value > this.#best + minDelta) {
      this.#best = value;
      this.#wait = 0;
      if (restoreBestWeights) {
        this.#forget();
        this.#weights = this.model?.getWeights() ?? null;
        for (const w of this.#weights ?? []) w.kept = true;
      }
      return;
    }
    this.#wait++;
    if (this.#wait < patience || this.model === null) return;
    this.stoppedEpoch = epoch;
    this.model.stopTraining = true;
  }

  override onTrainEnd(): void {
    if (this.#weights !== null) this.model?.setWeights(this.#weights);
    this.#forget();
    if (this.stoppedEpoch > 0 && this.#args.verbose > 0) console.log(`Epoch ${this.stoppedEpoch + 1}: early stopping.`);
  }

  #forget(): void {
    for (const w of this.#weights ?? []) dispose(w);
    this.#weights = null;
  }
}

/** Ends training quietly where the loss of a batch is NaN or infinite, instead of the error. */
export class TerminateOnNaN extends Callback {
  override onBatchEnd(batch: number, logs: Logs = {}): void {
    const { loss } = logs;
    if (loss === undefined || Number.isFinite(loss) || this.model === null) return;
    console.warn(`graphfn: the loss is ${loss} in batch ${batch}; training ends.`);
    this.model.stopTraining = true;
  }
}

export const callbacks = configured("callbacks", {
  earlyStopping: (args?: EarlyStoppingArgs): EarlyStopping => new EarlyStopping(args),
  terminateOnNaN: (): TerminateOnNaN => new TerminateOnNaN(),
});
