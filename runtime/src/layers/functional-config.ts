/**
 * Configurations of functional models, as Keras has them: every layer with the calls that led to it, by name.
 *
 *   { name, layers: [{ name, className, config, inboundNodes: [[["x", 0, 0, {}]]] }], inputLayers: [["x", 0, 0]], outputLayers: … }
 *
 * Calls are numbered within the model: calls of a layer in other models do not count.
 */
import { ArgumentError } from "../core/errors.ts";
import type { LayersModel, ModelArgs } from "./functional.ts";
import { InputLayer } from "./input.ts";
import { Layer } from "./layer.ts";
import { type ConfigDict, type CustomObjects, deserializeObject } from "./serialization.ts";
import type { LayerCall, SymbolicTensor } from "./symbolic.ts";

type Reference = [layer: string, call: number, tensor: number];

interface LayerEntry {
  readonly name: string;
  readonly className: string;
  readonly config: ConfigDict;
  readonly inboundNodes: readonly (readonly [string, number, number, ConfigDict?][])[];
}

export function modelConfig(model: LayersModel): ConfigDict {
  const numbers = new Map<LayerCall, number>();
  const counts = new Map<Layer, number>();
  const sources = model.inputs.map((x) => x.call);
  for (const call of [...sources, ...model.calls]) {
    const n = counts.get(call.layer) ?? 0;
    numbers.set(call, n);
    counts.set(call.layer, n + 1);
  }
  const reference = (x: SymbolicTensor): Reference => [x.call.layer.name, numbers.get(x.call) ?? 0, x.index];
  const layers = model.layers.map(
    (layer): LayerEntry => ({
      name: layer.name,
      className: layer.getClassName(),
      config: layer.getConfig(),
      inboundNodes: model.calls
        .filter((call) => call.layer === layer)
        .map((call) => call.inputs.map((x): [string, number, number, ConfigDict] => [...reference(x), { ...call.kwargs }])),
    }),
  );
  return { name: model.name, layers, inputLayers: model.inputs.map(reference), outputLayers: model.outputs.map(reference) };
}

/** Inputs and outputs again, with layers made anew. E_CONFIG-like errors where references lead nowhere. */
export function modelFromConfig(config: ConfigDict, customObjects?: CustomObjects): ModelArgs {
  const entries = (config.layers ?? []) as readonly LayerEntry[];
  const layers = new Map<string, Layer>();
  const results = new Map<string, SymbolicTensor>();
  const remember = (layer: Layer, call: number, outputs: SymbolicTensor | readonly SymbolicTensor[]): void => {
    const list = Array.isArray(outputs) ? (outputs as readonly SymbolicTensor[]) : [outputs as SymbolicTensor];
    for (const [i, x] of list.entries()) results.set(key([layer.name, call, i]), x);
  };
  for (const { name, className, config: own } of entries) {
    const layer = deserializeObject({ className, config: { name, ...own } }, "layer", Layer, customObjects);
    layers.set(layer.name, layer);
    if (layer instanceof InputLayer) remember(layer, 0, layer.symbol);
  }
  // Calls wait until all they need is there.
  let waiting = entries.flatMap(({ name, inboundNodes }) => inboundNodes.map((inputs, call) => ({ name, inputs, call })));
  while (waiting.length > 0) {
    const ready = waiting.filter(({ inputs }) => inputs.every((r) => results.has(key(r))));
    if (ready.length === 0) {
      const { name, inputs } = waiting[0];
      const missing = inputs.find((r) => !results.has(key(r)));
      throw new ArgumentError(
        `The configuration of model ${String(config.name)} is broken: ${name} needs ${JSON.stringify(missing?.slice(0, 3))}, which nothing gives.`,
      );
    }
    // Calls of one layer in their order, so that their numbers come out as they were.
    for (const { name, inputs, call } of ready) {
      const layer = layers.get(name) as Layer;
      const given = inputs.map((r) => results.get(key(r)) as SymbolicTensor);
      const kwargs = (inputs[0]?.[3] ?? {}) as ConfigDict;
      remember(layer, call, given.length === 1 ? layer.apply(given[0], kwargs) : layer.apply(given, kwargs));
    }
    waiting = waiting.filter((w) => !ready.includes(w));
  }
  const resolve = (references: unknown): SymbolicTensor[] =>
    listOfReferences(references).map((r) => {
      const found = results.get(key(r));
      if (found === undefined)
        throw new ArgumentError(`The configuration of model ${String(config.name)} refers to ${JSON.stringify(r)}, which nothing gives.`);
      return found;
    });
  return {
    ...(typeof config.name === "string" ? { name: config.name } : {}),
    inputs: resolve(config.inputLayers),
    outputs: resolve(config.outputLayers),
  };
}

/** One reference may stand without the list around it. */
function listOfReferences(references: unknown): Reference[] {
  const list = (Array.isArray(references) ? references : []) as unknown[];
  return (typeof list[0] === "string" ? [list] : list) as Reference[];
}

function key(r: readonly [string, number, number, ...unknown[]]): string {
  return `${r[0]}\n${r[1]}\n${r[2]}`;
}
