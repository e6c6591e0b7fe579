/**
 * Sequential: layers one after the other.
 *
 *   const model = gf.sequential({ layers: [gf.layers.dense({ units: 1, inputShape: [10] })] });
 *
 * With an inputShape on the first layer the model is built at once; without one, by the first data that it sees.
 */

import { describe } from "../api/convert.ts";
import type { DType } from "../core/dtype.ts";
import { ArgumentError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { registerLayers } from "./built-in.ts";
import type { Data } from "./feed.ts";
import type { PredictArgs } from "./fit.ts";
import { LayersModel } from "./functional.ts";
import { InputLayer } from "./input.ts";
import { type CallArgs, Layer } from "./layer.ts";
import { type ConfigDict, type CustomObjects, deserializeObject, type Serialized, serializeObject } from "./serialization.ts";
import type { LayerShape } from "./shapes.ts";
import type { SymbolicTensor } from "./symbolic.ts";

export interface SequentialArgs {
  readonly layers?: readonly Layer[];
  readonly name?: string;
}

export class Sequential extends LayersModel {
  static override readonly className: string = "Sequential";
  readonly #stack: Layer[] = [];

  constructor({ layers = [], name }: SequentialArgs = {}) {
    super(name === undefined ? {} : { name });
    for (const layer of layers) this.add(layer);
  }

  /** Adds a layer at the end. E_ARGUMENT for something else, or a name that is there already. */
  add(layer: Layer): void {
    if (!((layer as unknown) instanceof Layer)) {
      throw new ArgumentError(`${this.name}: add() needs a layer, but got ${describe(layer)}.`, { hint: "Layers come from gf.layers." });
    }
    if (this.#stack.some((l) => l.name === layer.name)) {
      throw new ArgumentError(`${this.name}: there is a layer named ${JSON.stringify(layer.name)} already.`, {
        hint: "Each layer can stand once; names are unique.",
      });
    }
    if (this.#stack.length === 0) {
      const source = sourceOf(layer);
      this.#stack.push(layer);
      if (source === null) return;
      const [last] = layer instanceof InputLayer ? [layer.symbol] : single(layer.apply(source), layer);
      this.connect([source], [last]);
      return;
    }
    const outputs = this.outputs.length === 0 ? null : single(layer.apply(this.outputs[0]), layer);
    this.#stack.push(layer);
    if (outputs !== null) this.connect(this.inputs, outputs);
  }

  /** Takes the last layer away. E_ARGUMENT where there is none. */
  pop(): void {
    const last = this.#stack.pop();
    if (last === undefined) throw new ArgumentError(`${this.name}: there is no layer to take away.`);
    const kept = this.#stack.splice(0);
    if (this.outputs.length === 0) {
      this.#stack.push(...kept);
      return;
    }
    // The call that made the last output took the output of the layer before.
    const before = this.outputs[0].call.inputs;
    this.#stack.push(...kept);
    if (kept.length === 0) this.built = false;
    this.connect(kept.length === 0 ? [] : this.inputs, kept.length === 0 ? [] : before);
  }

  override get layers(): readonly Layer[] {
    return this.#stack;
  }

  protected override sublayers(): readonly Layer[] {
    return this.#stack;
  }

  override build(inputShape: LayerShape): void {
    if (this.#stack.length === 0) throw new ArgumentError(`${this.name} has no layers.`, { hint: "Add some with add()." });
    const [, ...shape] = inputShape;
    const source = new InputLayer({ batchInputShape: [null, ...shape], ...this.#sourceDType() }).symbol;
    let outputs: readonly SymbolicTensor[] = [source];
    for (const layer of this.#stack) outputs = single(layer.apply(outputs[0]), layer);
    this.connect([source], outputs);
  }

  #buildDType: DType | undefined;

  #sourceDType(): { readonly dtype?: DType } {
    return this.#buildDType === undefined ? {} : { dtype: this.#buildDType };
  }

  override ensureBuilt(shapes: readonly LayerShape[], dtypes: readonly DType[]): void {
    this.#buildDType = dtypes[0];
    super.ensureBuilt(shapes, dtypes);
  }

  override call(inputs: Tensor | Tensor[], kwargs: CallArgs): Tensor | Tensor[] {
    let x = Array.isArray(inputs) ? inputs[0] : inputs;
    for (const layer of this.#stack) x = layer.apply(x, kwargs);
    return x;
  }

  /** Outputs for all samples, computed batch by batch: one tensor, since layers one after the other give one. */
  override predict(x: Data, args: PredictArgs = {}): Tensor {
    return super.predict(x, args) as Tensor;
  }

  override predictOnBatch(x: Data): Tensor {
    return super.predictOnBatch(x) as Tensor;
  }

  override getConfig(): ConfigDict {
    return { name: this.name, layers: this.#stack.map(serializeObject) };
  }

  static override fromConfig(cls: new (config: any) => Layer, config: ConfigDict, customObjects?: CustomObjects): Layer {
    // Keras 1 wrote the layers alone.
    const given = (Array.isArray(config) ? config : config.layers) as readonly Serialized[] | undefined;
    if (!Array.isArray(given)) throw new ArgumentError("The configuration of a sequential model has no layers.");
    const layers = given.map((layer) => deserializeObject(layer as Serialized, "layer", Layer, customObjects));
    return new cls({ layers, ...(typeof config.name === "string" ? { name: config.name } : {}) });
  }
}
registerLayers(Sequential);

/** The symbolic input that a first layer begins with, or null where its shape is not known. */
function sourceOf(layer: Layer): SymbolicTensor | null {
  if (layer instanceof InputLayer) return layer.symbol;
  if (layer instanceof LayersModel && layer.inputs.length === 1) {
    return new InputLayer({ batchInputShape: layer.inputs[0].shape, dtype: layer.inputs[0].dtype }).symbol;
  }
  if (layer.batchInputShape === undefined) return null;
  const { inputDType } = layer;
  return new InputLayer({
    batchInputShape: layer.batchInputShape,
    name: `${layer.name}_input`,
    ...(inputDType === undefined ? {} : { dtype: inputDType }),
  }).symbol;
}

function single(outputs: SymbolicTensor | SymbolicTensor[], layer: Layer): [SymbolicTensor] {
  if (!Array.isArray(outputs)) return [outputs];
  if (outputs.length === 1) return [outputs[0]];
  throw new ArgumentError(`${layer.name} gives ${outputs.length} tensors; in a sequential model each layer must give one.`, {
    hint: "Use gf.model(…).",
  });
}

/** A model of layers one after the other. */
export function sequential(args?: SequentialArgs): Sequential {
  return new Sequential(args);
}
