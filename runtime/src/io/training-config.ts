/**
 * What `compile` was given, as TensorFlow.js writes it: {loss, metrics, optimizer_config: {class_name, config}}, with names of losses
 * and metrics in snake_case.
 *
 * Source: tfjs-layers, engine/training.ts (getTrainingConfig, loadTrainingConfig); Keras's names of optimizer settings.
 */
import { ArgumentError } from "../core/errors.ts";
import type { CompileArgs } from "../layers/compiled-model.ts";
import type { Model } from "../layers/model.ts";
import { train } from "../train/index.ts";
import type { Optimizer } from "../train/optimizer.ts";
import { formatError, isObject, type JsonObject } from "./json.ts";
import { type ConfigValue, convertPythonicToTs, toCamelCase, toSnakeCase } from "./pythonic.ts";

/** Throws E_NOT_COMPILED, and E_SAVE for losses and metrics that have no name. */
export function trainingConfigOf(model: Model): JsonObject {
  const { args, optimizer } = model.compiledFor("save: includeOptimizer");
  return {
    loss: renamed(args.loss, toSnakeCase, "loss"),
    metrics: renamed(args.metrics ?? [], toSnakeCase, "metric"),
    optimizer_config: { class_name: optimizer.getClassName(), config: optimizer.getConfig() },
  };
}

/** Names in a structure of arrays and objects, each with another form. */
function renamed(value: unknown, rename: (name: string) => string, what: string): unknown {
  if (typeof value === "string") return rename(value);
  if (Array.isArray(value)) return value.map((item: unknown) => renamed(item, rename, what));
  if (isObject(value) && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item, rename, what)]));
  }
  throw new ArgumentError(
    `The settings of training cannot be saved: a ${what} is ${typeof value === "function" ? "a function" : "an object"}.`,
    {
      code: "E_SAVE",
      hint: `Compile the model with the name of a ${what}, or save without includeOptimizer.`,
    },
  );
}

type Settings = Readonly<Record<string, unknown>>;
type Maker = (number: (key: string, otherwise: number) => number, settings: Settings) => Optimizer;

/** Optimizers by class, from settings under TensorFlow.js's or Keras's names. */
const OPTIMIZERS: Readonly<Record<string, Maker>> = {
  SGD: (n, s) =>
    n("momentum", 0) === 0
      ? train.sgd(n("learningRate", 0.01))
      : train.momentum(n("learningRate", 0.01), n("momentum", 0), s["nesterov"] === true),
  Momentum: (n, s) => train.momentum(n("learningRate", 0.01), n("momentum", 0.9), s["useNesterov"] === true),
  Adagrad: (n) => train.adagrad(n("learningRate", 0.01), n("initialAccumulatorValue", 0.1)),
  Adadelta: (n) => train.adadelta(n("learningRate", 0.001), n("rho", 0.95), n("epsilon", 1e-7)),
  Adam: (n) => train.adam(n("learningRate", 0.001), n("beta1", 0.9), n("beta2", 0.999), n("epsilon", 1e-7)),
  AdamW: (n) => train.adamw(n("learningRate", 0.001), n("weightDecay", 0.004), n("beta1", 0.9), n("beta2", 0.999), n("epsilon", 1e-7)),
  Adamax: (n) => train.adamax(n("learningRate", 0.002), n("beta1", 0.9), n("beta2", 0.999), n("epsilon", 1e-7), n("decay", 0)),
  Nadam: (n) => train.nadam(n("learningRate", 0.001), n("beta1", 0.9), n("beta2", 0.999), n("epsilon", 1e-7)),
  RMSProp: (n, s) =>
    train.rmsprop(n("learningRate", 0.001), n("rho", n("decay", 0.9)), n("momentum", 0), n("epsilon", 1e-7), s["centered"] === true),
  Lion: (n) => train.lion(n("learningRate", 0.001), n("beta1", 0.9), n("beta2", 0.99)),
};
/** Keras's spelling. */
const ALIASES: Readonly<Record<string, string>> = { RMSprop: "RMSProp" };

/** Compiles the model as a training config says. E_FILE_FORMAT for one that is damaged; E_ARGUMENT for unknown names. */
export function compileAs(model: Model, config: unknown, file: string): void {
  const { optimizer_config: given, loss, metrics } = isObject(config) ? config : {};
  if (!isObject(given) || typeof given["class_name"] !== "string" || loss === undefined || loss === null) {
    throw formatError(file, "is damaged: its trainingConfig has no loss and optimizer_config");
  }
  const optimizer = optimizerFrom(given["class_name"], given["config"], file);
  model.compile({
    optimizer,
    loss: named(loss, "loss", file) as CompileArgs["loss"],
    ...(metrics === undefined || metrics === null
      ? {}
      : { metrics: named(metrics, "metric", file) as NonNullable<CompileArgs["metrics"]> }),
  });
}

function named(value: unknown, what: string, file: string): unknown {
  try {
    return renamed(value, toCamelCase, what);
  } catch (cause) {
    throw formatError(file, `is damaged: a ${what} in its trainingConfig is no name`, undefined, cause);
  }
}

function optimizerFrom(className: string, config: unknown, file: string): Optimizer {
  const name = ALIASES[className] ?? className;
  const make = Object.hasOwn(OPTIMIZERS, name) ? OPTIMIZERS[name] : undefined;
  if (make === undefined) {
    throw new ArgumentError(`${file}: there is no optimizer ${JSON.stringify(className)}.`, {
      hint: `Known ones: ${Object.keys(OPTIMIZERS).join(", ")}. Load the weights alone, or remove trainingConfig from the file.`,
    });
  }
  const settings = convertPythonicToTs((config ?? {}) as ConfigValue) as Settings;
  const number = (key: string, otherwise: number): number => {
    const value = settings[key];
    if (value === undefined || value === null) return otherwise;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw formatError(file, `is damaged: ${key} of its optimizer is ${JSON.stringify(value)}, not a number`);
  };
  return make(number, settings);
}
