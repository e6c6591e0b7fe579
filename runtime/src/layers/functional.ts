/**
 * LayersModel: a model made of symbolic tensors, from inputs to outputs.
 *
 *   const x = gf.input({ shape: [4] });
 *   const model = gf.model({ inputs: x, outputs: gf.layers.dense({ units: 2 }).apply(x) });
 *
 * Calls of layers are sorted so that each comes after those that it needs; a layer that is called several times is shared. Running the
 * model runs the calls in that order, on tensors or on symbols of a graph. Configurations: functional-config.ts.
 */

import { describe } from "../api/convert.ts";
import { ArgumentError, GraphFnError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { registerLayers } from "./built-in.ts";
import { modelConfig, modelFromConfig } from "./functional-config.ts";
import { InputLayer } from "./input.ts";
import type { CallArgs, Layer } from "./layer.ts";
import { Model } from "./model.ts";
import type { ConfigDict, CustomObjects } from "./serialization.ts";
import { isSymbolic, type LayerCall, type SymbolicTensor } from "./symbolic.ts";

export interface ModelArgs {
  readonly inputs: SymbolicTensor | readonly SymbolicTensor[];
  readonly outputs: SymbolicTensor | readonly SymbolicTensor[];
  readonly name?: string;
  readonly trainable?: boolean;
}

function symbols(given: unknown, what: string): SymbolicTensor[] {
  const list: unknown[] = Array.isArray(given) ? given : [given];
  return list.map((x) => {
    if (isSymbolic(x)) return x;
    throw new ArgumentError(`model: ${what} contains ${describe(x)}, not only symbolic tensors.`, {
      hint: "They come from gf.input(…) and layer.apply(…).",
    });
  });
}

/** Calls from inputs to outputs, each after those it needs. E_GRAPH where an output needs something that is no input. */
function sortedCalls(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): LayerCall[] {
  const order: LayerCall[] = [];
  const done = new Set<LayerCall>();
  const given = new Set<SymbolicTensor>(inputs);
  // A stack instead of recursion: models may be thousands of layers deep.
  const stack: { readonly call: LayerCall; next: number }[] = [];
  const open = (x: SymbolicTensor): void => {
    if (given.has(x) || done.has(x.call)) return;
    if (x.call.inputs.length === 0) {
      throw new GraphFnError("E_GRAPH", `model: an output depends on ${x.call.layer.name}, which is none of the inputs.`, {
        hint: `Add it to the inputs: ${inputs.map((i) => i.call.layer.name).join(", ")}.`,
      });
    }
    done.add(x.call);
    stack.push({ call: x.call, next: 0 });
  };
  for (const output of outputs) {
    open(output);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.next < top.call.inputs.length) open(top.call.inputs[top.next++]);
      else {
        order.push(top.call);
        stack.pop();
      }
    }
  }
  return order;
}

export class LayersModel extends Model {
  static override readonly className: string = "Model";
  #inputs: readonly SymbolicTensor[] = [];
  #outputs: readonly SymbolicTensor[] = [];
  #order: readonly LayerCall[] = [];
  #layers: readonly Layer[] = [];

  constructor(args: ModelArgs | { readonly name?: string; readonly trainable?: boolean }) {
    super({ ...(args.name === undefined ? {} : { name: args.name }) });
    if ("inputs" in args) this.connect(symbols(args.inputs, "inputs"), symbols(args.outputs, "outputs"));
    if (args.trainable !== undefined) this.trainable = args.trainable;
  }

  /** Makes the model the function from these inputs to these outputs. */
  protected connect(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): void {
    if (new Set(inputs).size < inputs.length) throw new ArgumentError(`${this.name}: an input is listed twice.`);
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#order = sortedCalls(inputs, outputs);
    const owners = inputs.flatMap((x) => (x.call.layer instanceof InputLayer ? [x.call.layer] : []));
    this.#layers = [...new Set<Layer>([...owners, ...this.#order.map((call) => call.layer)])];
    const names = this.#layers.map((layer) => layer.name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) {
      throw new ArgumentError(`${this.name}: two layers are named ${JSON.stringify(twice)}.`, {
        hint: "Names of layers must be unique within a model.",
      });
    }
    // Called as a layer, a model takes what its layers take: dense ones work on the last axis. Data of fit() must fit exactly.
    this.inputSpec = inputs.map((x) => ({ shape: x.shape, inner: true }));
    this.built = true;
  }

  get inputs(): readonly SymbolicTensor[] {
    return this.#inputs;
  }

  get outputs(): readonly SymbolicTensor[] {
    return this.#outputs;
  }

  override get inputNames(): readonly string[] | null {
    return this.#inputs.length === 0 ? null : this.#inputs.map((x) => x.call.layer.name);
  }

  override get outputNames(): readonly string[] {
    return this.#outputs.length === 0 ? super.outputNames : this.#outputs.map((x) => x.call.layer.name);
  }

  override get input(): SymbolicTensor | SymbolicTensor[] {
    return this.#inputs.length === 1 ? this.#inputs[0] : [...this.#inputs];
  }

  override get output(): SymbolicTensor | SymbolicTensor[] {
    return this.#outputs.length === 1 ? this.#outputs[0] : [...this.#outputs];
  }

  /** Calls of layers in order: how the model is computed. */
  get calls(): readonly LayerCall[] {
    return this.#order;
  }

  protected override sublayers(): readonly Layer[] {
    return this.#layers;
  }

  override call(inputs: Tensor | Tensor[], kwargs: CallArgs): Tensor | Tensor[] {
    const list = Array.isArray(inputs) ? inputs : [inputs];
    const values = new Map<SymbolicTensor, Tensor>(this.#inputs.map((x, i) => [x, list[i]]));
    for (const call of this.#order) {
      const given = call.inputs.map((x) => values.get(x) as Tensor);
      const args = { ...call.kwargs, ...kwargs };
      const result: Tensor | Tensor[] = given.length === 1 ? call.layer.apply(given[0], args) : call.layer.apply(given, args);
      const results: Tensor[] = Array.isArray(result) ? result : [result];
      for (const [i, x] of call.outputs.entries()) values.set(x, results[i]);
    }
    const outputs = this.#outputs.map((x) => values.get(x) as Tensor);
    return outputs.length === 1 ? outputs[0] : outputs;
  }

  override getConfig(): ConfigDict {
    return modelConfig(this);
  }

  static override fromConfig(cls: new (config: any) => Layer, config: ConfigDict, customObjects?: CustomObjects): Layer {
    return new cls(modelFromConfig(config, customObjects));
  }
}
registerLayers(LayersModel);

/** A model from symbolic inputs to symbolic outputs. E_GRAPH where they are not connected. */
export function model(args: ModelArgs): LayersModel {
  return new LayersModel(args);
}
