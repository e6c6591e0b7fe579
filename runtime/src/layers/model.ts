/**
 * Model: a layer that can be trained. Subclass it for models whose `call` is code (with tensor control flow, where it is marked);
 * `gf.sequential` and `gf.model` make models from layers.
 *
 *   class MyModel extends gf.Model {
 *     hidden = gf.layers.dense({ units: 8, activation: "relu" });
 *     out = gf.layers.dense({ units: 1 });
 *     call(x) { return this.out.apply(this.hidden.apply(x)); }
 *   }
 *
 * compile() says what to minimise and how; from then on a batch of training is one call of a compiled function (step.ts).
 */
import { describe, type TensorLike } from "../api/convert.ts";
import type { DType } from "../core/dtype.ts";
import { ArgumentError, GraphFnError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { compiled } from "../staged/compiled.ts";
import type { Optimizer } from "../train/optimizer.ts";
import type { History } from "./callbacks.ts";
import { type CompileArgs, Compiled } from "./compiled-model.ts";
import type { Data } from "./feed.ts";
import { type EvaluateArgs, evaluate, type FitArgs, fit, type PredictArgs, predict, testOnBatch, trainOnBatch } from "./fit.ts";
import { type EvaluateDatasetArgs, evaluateDataset, type FitDatasetArgs, fitDataset, type TrainingDataset } from "./fit-dataset.ts";
import { inLayer } from "./in-layer.ts";
import { outputTypes } from "./infer-shape.ts";
import { type CallArgs, Layer, type LayerArgs } from "./layer.ts";
import type { LayerShape } from "./shapes.ts";
import { summaryLines } from "./summary.ts";

export abstract class Model extends Layer {
  static override className: string = "Model";
  /** Set by a callback: training ends after the batch under way. */
  stopTraining = false;
  #compiled: Compiled | null = null;
  #outputCount: number | null = null;
  #predictor: ((...xs: Tensor[]) => Tensor[]) | null = null;

  constructor(args: Pick<LayerArgs, "name" | "trainable" | "dtype"> = {}) {
    super(args);
  }

  abstract override call(inputs: Tensor | Tensor[], kwargs: CallArgs): Tensor | Tensor[];

  /** Layers of the model, in order. */
  get layers(): readonly Layer[] {
    return this.sublayers();
  }

  /** Names of inputs: keys for data given as objects. */
  get inputNames(): readonly string[] | null {
    return null;
  }

  /** Names of outputs: keys for labels and losses given as objects, and in logs. */
  get outputNames(): readonly string[] {
    return Array.from({ length: this.#outputCount ?? 1 }, (_, i) => `output_${i + 1}`);
  }

  /** A layer by name or position; as in TensorFlow.js the position may come second. E_ARGUMENT with the names that there are. */
  getLayer(nameOrIndex: string | number | null | undefined, index?: number): Layer {
    const { layers } = this;
    const key = nameOrIndex ?? index;
    const found = typeof key === "number" ? layers[key] : layers.find((layer) => layer.name === key);
    if (found !== undefined) return found;
    throw new ArgumentError(`${this.name} has no layer ${describe(key)}.`, {
      hint: `It has ${layers.length}: ${layers.map((layer) => layer.name).join(", ")}.`,
    });
  }

  /** Code has no weights until it has run: a trace of it makes those of all layers that it calls. */
  override ensureBuilt(shapes: readonly LayerShape[], dtypes: readonly DType[]): void {
    if (!this.built) {
      super.ensureBuilt(shapes, dtypes);
      this.#outputCount = inLayer(this, () =>
        outputTypes((inputs) => this.call(inputs.length === 1 ? inputs[0] : inputs, {}), shapes, dtypes),
      ).length;
      return;
    }
    super.ensureBuilt(shapes, dtypes);
  }

  /**
   * Says how to train: optimizer ("adam" or from gf.train), loss ("meanSquaredError", a function (yTrue, yPred) → tensor; one per output
   * as array or by name), metrics.
   * Errors   E_ARGUMENT with the known names for unknown ones.
   */
  compile(args: CompileArgs): void {
    this.#compiled = new Compiled(this, args);
  }

  /** What compile() was given. E_NOT_COMPILED before that. */
  compiledFor(what: string): Compiled {
    if (this.#compiled !== null) return this.#compiled;
    throw new GraphFnError("E_NOT_COMPILED", `${what}: ${this.name} was not compiled.`, {
      hint: 'Call model.compile({ optimizer: "adam", loss: "meanSquaredError" }) before.',
    });
  }

  get isCompiled(): boolean {
    return this.#compiled !== null;
  }

  get optimizer(): Optimizer {
    return this.compiledFor("optimizer").optimizer;
  }

  /** The loss that compile() was given. */
  get loss(): CompileArgs["loss"] {
    return this.compiledFor("loss").args.loss;
  }

  /** Keys of logs: loss, losses of outputs, metrics. */
  get metricsNames(): string[] {
    return this.compiledFor("metricsNames").labels();
  }

  /**
   * Trains for a number of epochs on tensors: x and y (arrays or objects of tensors where there are several inputs or outputs).
   * Errors   E_SHAPE for shapes that do not fit, with both; E_ARGUMENT for options out of range; E_NAN_LOSS where the loss stops being a
   * number, with epoch and step.
   */
  fit(x: Data, y: Data, args: FitArgs = {}): Promise<History> {
    return fit(this, x, y, args);
  }

  /** Trains on batches { xs, ys } of a dataset. */
  fitDataset(dataset: TrainingDataset, args: FitDatasetArgs): Promise<History> {
    return fitDataset(this, dataset, args);
  }

  /** Loss and metrics on data, as scalars: one, or an array in the order of metricsNames. */
  evaluate(x: Data, y: Data, args: EvaluateArgs = {}): Tensor | Tensor[] {
    return evaluate(this, x, y, args);
  }

  /** Loss and metrics on batches of a dataset. */
  evaluateDataset(dataset: TrainingDataset, args: EvaluateDatasetArgs = {}): Promise<Tensor | Tensor[]> {
    return evaluateDataset(this, dataset, args);
  }

  /** Outputs for all samples, computed batch by batch. */
  predict(x: Data, args: PredictArgs = {}): Tensor | Tensor[] {
    return predict(this, x, args);
  }

  /** Outputs for samples, computed at once. */
  predictOnBatch(x: Data): Tensor | Tensor[] {
    return predict(this, x, { batchSize: Number.MAX_SAFE_INTEGER });
  }

  /** Outputs for a batch, by a compiled function. */
  predictor(xs: readonly Tensor[]): Tensor[] {
    const body = (...inputs: Tensor[]): Tensor[] => {
      const result: Tensor | Tensor[] = inputs.length === 1 ? this.apply(inputs[0]) : this.apply(inputs);
      return Array.isArray(result) ? result : [result];
    };
    if (this.#compiled?.args.runEagerly === true) return body(...xs);
    this.#predictor ??= compiled(body, { name: `${this.name}.predict` });
    return this.#predictor(...xs);
  }

  /** One update; loss and metrics of the batch before it. */
  trainOnBatch(x: Data, y: Data, sampleWeight?: TensorLike): Promise<number | number[]> {
    return promised(() => trainOnBatch(this, x, y, sampleWeight));
  }

  /** Loss and metrics of a batch. */
  testOnBatch(x: Data, y: Data, sampleWeight?: TensorLike): Promise<number | number[]> {
    return promised(() => testOnBatch(this, x, y, sampleWeight));
  }

  /** Prints a table of layers with output shapes and numbers of parameters. E_NOT_BUILT before there are weights. */
  summary(lineLength?: number, positions?: readonly number[], printFn: (line: string) => void = console.log): void {
    for (const line of summaryLines(this, lineLength, positions)) printFn(line);
  }
}

/** As a promise, errors too. */
function promised<T>(body: () => T): Promise<T> {
  return new Promise((resolve) => resolve(body()));
}
