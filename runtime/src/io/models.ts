/**
 * Models in TensorFlow.js's format, both ways: topology as Keras writes it, weights by name, settings of training.
 *
 *   model ⇄ ModelArtifacts (handlers.ts keeps them in folders)
 *
 * Source: tfjs-layers, engine/training.ts (save), engine/container.ts (loadWeights), models.ts (loadLayersModel).
 */
import { cast } from "../api/elementwise.ts";
import { ArgumentError, FileError, GraphFnError } from "../core/errors.ts";
import { sameShape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { dispose } from "../eager/memory.ts";
import { tidy } from "../eager/scope.ts";
import { LayersModel } from "../layers/functional.ts";
import { Layer, type NamedWeight } from "../layers/layer.ts";
import { Model } from "../layers/model.ts";
import { Sequential } from "../layers/sequential.ts";
import { type CustomObjects, deserializeObject, type Serialized } from "../layers/serialization.ts";
import { handlerOf, type IOHandler, type SaveResult } from "./handlers.ts";
import { formatError, isObject, type JsonObject } from "./json.ts";
import { type ConfigValue, convertPythonicToTs, convertTsToPythonic } from "./pythonic.ts";
import type { NamedTensors } from "./safetensors.ts";
import { compileAs, trainingConfigOf } from "./training-config.ts";
import { decodeWeights, encodeNow } from "./weights.ts";

export interface SaveConfig {
  /** Only weights that training changes. Default false: all. */
  readonly trainableOnly?: boolean;
  /** Writes what `compile` was given (optimizer with its settings, but not its state; loss; metrics), so that the loaded model is compiled. Default false. */
  readonly includeOptimizer?: boolean;
}

export interface LoadOptions {
  /** Weights of model and file must be the same, by name. Default true; false takes those that both have. */
  readonly strict?: boolean;
  /** Classes of layers that are not registered, by name. */
  readonly customObjects?: CustomObjects;
}

declare module "../layers/model.ts" {
  interface Model {
    /**
     * Writes topology and weights, as of the time of the call, as TensorFlow.js does: `model.json` and shards of weights in a folder,
     * or whatever a handler does with them. TensorFlow.js and Keras's converter read the folder.
     *
     * Errors   E_SAVE for models of classes that describe no topology, and for losses that are functions (with includeOptimizer);
     *          E_NOT_BUILT before the weights are there; E_DTYPE for float64 weights, which the format lacks; E_FILE.
     * Source   TensorFlow.js, LayersModel.save.
     * Example  await model.save("file://models/mnist");
     */
    save(handlerOrURL: IOHandler | string | URL, config?: SaveConfig): Promise<SaveResult>;
    /** The topology as Keras's JSON: text, or an object where `returnString` is false. */
    toJSON(unused?: unknown, returnString?: boolean): string | JsonObject;
    /**
     * Takes values of weights by the names that `save` gives them. E_WEIGHTS where names differ (unless `strict` is false),
     * E_SHAPE where shapes do; then nothing has changed.
     */
    loadWeights(weights: NamedTensors, strict?: boolean): void;
  }
}

/** What TensorFlow.js checks, and where files came from. */
const FORMAT = "layers-model";
const GENERATED_BY = "graphfn";

const methods: PropertyDescriptorMap & ThisType<Model> = {
  save: {
    value(this: Model, where: IOHandler | string | URL, config?: SaveConfig): Promise<SaveResult> {
      return saveModel(this, where, config);
    },
  },
  toJSON: {
    value(this: Model, _unused?: unknown, returnString = true): string | JsonObject {
      const topology = topologyOf(this);
      return returnString ? JSON.stringify(topology) : topology;
    },
  },
  loadWeights: {
    value(this: Model, weights: NamedTensors, strict = true): void {
      assignWeights(this, weights, strict, "loadWeights");
    },
  },
};
Object.defineProperties(Model.prototype, methods);

// ── saving ───────────────────────────────────────────────────────────────────────────────────────────────────────────

async function saveModel(model: Model, where: IOHandler | string | URL, config: SaveConfig = {}): Promise<SaveResult> {
  const handler = handlerOf(where, "save");
  if (typeof handler.save !== "function") throw new ArgumentError("save: the handler has no save().");
  const modelTopology = topologyOf(model);
  const weights =
    config.trainableOnly === true ? namedOf(model).filter(({ variable }) => model.trainableWeights.includes(variable)) : namedOf(model);
  const { data, specs } = encodeNow(weights.map(({ name, variable }) => ({ name, tensor: variable })));
  return handler.save({
    modelTopology,
    format: FORMAT,
    generatedBy: GENERATED_BY,
    convertedBy: null,
    ...(config.includeOptimizer === true ? { trainingConfig: trainingConfigOf(model) } : {}),
    weightSpecs: specs,
    weightData: data,
  });
}

function topologyOf(model: Model): JsonObject {
  if (!(model instanceof LayersModel)) {
    throw new ArgumentError(`${model.name} cannot be saved: it is a ${model.getClassName()}, whose topology is code.`, {
      code: "E_SAVE",
      hint: "Save its weights with gf.io.saveSafetensors, or a graph function that calls it.",
    });
  }
  if (!model.built) {
    throw new GraphFnError("E_NOT_BUILT", `${model.name} cannot be saved: it has no weights yet.`, {
      hint: "Give the first layer an inputShape, or call the model on data once.",
    });
  }
  const config = model.getConfig();
  const topology = {
    className: model.getClassName(),
    config: model instanceof Sequential ? withInputShape(model, config) : config,
    kerasVersion: GENERATED_BY,
    backend: "graphfn",
  };
  return convertTsToPythonic(topology as ConfigValue) as JsonObject;
}

/** A model that was built by its first data says what shape that had: readers build it at once. */
function withInputShape(model: Sequential, config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const [first, ...rest] = config["layers"] as readonly Serialized[];
  const input = model.inputs[0];
  if (first === undefined || input === undefined || first.config["batchInputShape"] !== undefined) return config;
  return { ...config, layers: [{ ...first, config: { ...first.config, batchInputShape: input.shape, dtype: input.dtype } }, ...rest] };
}

// ── loading ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A model that TensorFlow.js, Keras's converter or `model.save` wrote: from a folder, its model.json, or a handler.
 *
 * Errors   E_FILE, E_FILE_FORMAT where files are missing or damaged; E_ARGUMENT for layers that are not known; E_WEIGHTS where
 *          weights of file and model differ.
 * Source   TensorFlow.js, tf.loadLayersModel.
 * Example  const model = await gf.loadLayersModel("file://models/mnist/model.json");
 */
export async function loadLayersModel(where: IOHandler | string | URL, options: LoadOptions = {}): Promise<LayersModel> {
  const handler = handlerOf(where, "loadLayersModel");
  if (typeof handler.load !== "function") throw new ArgumentError("loadLayersModel: the handler has no load().");
  const { modelTopology, trainingConfig, weightSpecs, weightData } = await handler.load();
  const file = typeof where === "string" ? where : where instanceof URL ? where.href : "The model";
  const model = modelFrom(modelTopology, file, options.customObjects);
  if (trainingConfig !== undefined && trainingConfig !== null) compileAs(model, trainingConfig, file);
  if (weightData === undefined || weightSpecs === undefined) return model;
  // Optimizer states that TensorFlow.js wrote along are left out: they belong to its optimizers.
  const ours = new Set(weightSpecs.flatMap(({ name, group }) => (group === "optimizer" ? [] : [name])));
  const tensors = decodeWeights(weightData, weightSpecs);
  try {
    const weights = Object.fromEntries(Object.entries(tensors).filter(([name]) => ours.has(name)));
    assignWeights(model, weights, options.strict ?? true, file);
  } finally {
    for (const tensor of Object.values(tensors)) dispose(tensor);
  }
  return model;
}

/** A model with new weights. E_FILE_FORMAT where the topology is none; `file` is for messages. */
export function modelFrom(modelTopology: unknown, file: string, customObjects: CustomObjects | undefined): LayersModel {
  const given = isObject(modelTopology) && isObject(modelTopology["model_config"]) ? modelTopology["model_config"] : modelTopology;
  if (!isObject(given) || typeof given["class_name"] !== "string" || typeof given["config"] !== "object" || given["config"] === null) {
    throw formatError(file, "is not a layers model: its modelTopology has no class_name and config", "Graph models are not read.");
  }
  const { className, config } = withoutNulls(convertPythonicToTs(given as ConfigValue)) as unknown as Serialized;
  let model: unknown;
  try {
    // Keras calls functional models Functional since 2.4.
    model = deserializeObject({ className: className === "Functional" ? "Model" : className, config }, "model", Layer, customObjects);
  } catch (cause) {
    if (cause instanceof GraphFnError) throw cause;
    throw formatError(file, `describes a model that cannot be made (${(cause as Error).message})`, undefined, cause);
  }
  if (model instanceof LayersModel) return model;
  throw formatError(file, `is not a layers model, but a ${className}`);
}

/** Files say null for what has its default. */
function withoutNulls(value: ConfigValue): ConfigValue {
  if (Array.isArray(value)) return (value as readonly ConfigValue[]).map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, withoutNulls(item)]])));
}

// ── weights by name ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Weights of a model, each name once. */
function namedOf(model: Layer): readonly NamedWeight[] {
  const weights = model.namedWeights;
  const names = weights.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return weights;
  throw new ArgumentError(`Two weights of ${model.name} are named ${JSON.stringify(twice)}.`, {
    code: "E_WEIGHTS",
    hint: "Give the layers names of their own.",
  });
}

function assignWeights(model: Model, weights: NamedTensors, strict: boolean, what: string): void {
  const missing = new Map(namedOf(model).map(({ name, variable }) => [name, variable]));
  const byLayer = numbered(model, weights);
  const pairs: [Tensor, NamedWeight["variable"]][] = [];
  for (const [name, tensor] of Object.entries(weights)) {
    const key = [byLayer.get(name) ?? name, withoutCell(name)].find((k) => missing.has(k));
    const variable = key === undefined ? undefined : missing.get(key);
    if (key === undefined || variable === undefined) {
      if (strict) throw weightsError(`${what}: ${model.name} has no weight ${JSON.stringify(name)}.`, [...missing.keys()]);
      continue;
    }
    if (!sameShape(tensor.shape, variable.shape)) {
      throw new FileError(
        `${what}: weight ${JSON.stringify(name)} has shape ${showShape(tensor.shape)}, but ${model.name} needs ${showShape(variable.shape)}.`,
        { code: "E_SHAPE" },
      );
    }
    missing.delete(key);
    pairs.push([tensor, variable]);
  }
  if (strict && missing.size > 0)
    throw weightsError(`${what}: it has no values for ${missing.size} weights of ${model.name}.`, [...missing.keys()]);
  tidy(() => {
    for (const [tensor, variable] of pairs) variable.assign(tensor.dtype === variable.dtype ? tensor : cast(tensor, variable.dtype));
  });
}

function weightsError(message: string, names: readonly string[]): FileError {
  const shown = names.slice(0, 8).map((name) => JSON.stringify(name));
  const hint =
    shown.length === 0 ? "All of its weights have values." : `Without value: ${shown.join(", ")}${names.length > 8 ? ", …" : ""}.`;
  return new FileError(message, { code: "E_WEIGHTS", hint });
}

/** `lstm/lstm_cell/kernel` → `lstm/kernel`: TensorFlow 2.2 and later put the cell between layer and weight. */
function withoutCell(name: string): string {
  const parts = name.split("/");
  return [...parts.slice(0, -2), ...parts.slice(-1)].join("/");
}

/** Keras 3 numbers the weights of a layer: `dense/0` → `dense/kernel`. */
function numbered(model: Model, weights: NamedTensors): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  if (!Object.keys(weights).every((name) => /\/\d+$/.test(name))) return names;
  const counts = new Map<string, number>();
  for (const { name } of model.namedWeights) {
    const layer = name.slice(0, name.lastIndexOf("/"));
    const index = counts.get(layer) ?? 0;
    counts.set(layer, index + 1);
    names.set(`${layer}/${index}`, name);
  }
  return names;
}
