/**
 * `gf.train`: optimizers and learning-rate schedules, and optimizers by name. Names, order of arguments and defaults are those of
 * TensorFlow.js; options behind them and the optimizers that it lacks follow Keras.
 */
import { describe } from "../api/convert.ts";
import { ArgumentError } from "../core/errors.ts";
import { AdamaxOptimizer, AdamOptimizer, type AdamOptions, AdamWOptimizer, NadamOptimizer } from "./adam.ts";
import { AdadeltaOptimizer, AdagradOptimizer, RMSPropOptimizer } from "./adaptive.ts";
import { type LearningRate, Optimizer, type OptimizerOptions } from "./optimizer.ts";
import { cosineDecay, exponentialDecay, inverseTimeDecay, piecewiseConstantDecay, polynomialDecay } from "./schedules.ts";
import { MomentumOptimizer, SGDOptimizer } from "./sgd.ts";
import { FtrlOptimizer, type FtrlOptions, LionOptimizer } from "./signs.ts";

export const train = {
  /** Gradient descent. */
  sgd: (learningRate: LearningRate, options?: OptimizerOptions) => new SGDOptimizer(learningRate, options),
  /** Gradient descent with momentum. */
  momentum: (learningRate: LearningRate, momentum: number, useNesterov = false, options?: OptimizerOptions) =>
    new MomentumOptimizer(learningRate, momentum, useNesterov, options),
  /** Steps that shrink with the sum of squared gradients. */
  adagrad: (learningRate: LearningRate, initialAccumulatorValue = 0.1, options?: OptimizerOptions) =>
    new AdagradOptimizer(learningRate, initialAccumulatorValue, undefined, options),
  /** Adagrad with averages that forget, and steps in the units of the weights. */
  adadelta: (learningRate: LearningRate = 0.001, rho = 0.95, epsilon?: number, options?: OptimizerOptions) =>
    new AdadeltaOptimizer(learningRate, rho, epsilon, options),
  /** Averages of gradients and of their squares. */
  adam: (learningRate: LearningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon?: number, options?: AdamOptions) =>
    new AdamOptimizer(learningRate, beta1, beta2, epsilon, options),
  /** Adam with decoupled weight decay (default 0.004). */
  adamw: (learningRate: LearningRate = 0.001, weightDecay = 0.004, beta1 = 0.9, beta2 = 0.999, epsilon?: number, options?: AdamOptions) =>
    new AdamWOptimizer(learningRate, beta1, beta2, epsilon, { ...options, weightDecay }),
  /** Adam with the largest gradient instead of the average of squares. */
  adamax: (learningRate: LearningRate = 0.002, beta1 = 0.9, beta2 = 0.999, epsilon?: number, decay = 0, options?: OptimizerOptions) =>
    new AdamaxOptimizer(learningRate, beta1, beta2, epsilon, decay, options),
  /** Adam with Nesterov's look ahead. */
  nadam: (learningRate: LearningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon?: number, options?: OptimizerOptions) =>
    new NadamOptimizer(learningRate, beta1, beta2, epsilon, options),
  /** Gradients over the root of the average of their squares. */
  rmsprop: (learningRate: LearningRate, decay = 0.9, momentum = 0, epsilon?: number, centered = false, options?: OptimizerOptions) =>
    new RMSPropOptimizer(learningRate, decay, momentum, epsilon, centered, options),
  /** Follow the regularised leader. */
  ftrl: (learningRate: LearningRate = 0.001, options?: FtrlOptions) => new FtrlOptimizer(learningRate, options),
  /** Steps by signs. */
  lion: (learningRate: LearningRate = 0.001, beta1 = 0.9, beta2 = 0.99, options?: OptimizerOptions) =>
    new LionOptimizer(learningRate, beta1, beta2, options),
  exponentialDecay,
  inverseTimeDecay,
  piecewiseConstantDecay,
  polynomialDecay,
  cosineDecay,
};

/** By lower-case name, with the rates that TensorFlow.js gives optimizers known by name only. */
const BY_NAME: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => train.sgd(0.01),
  momentum: () => train.momentum(0.01, 0.9),
  adagrad: () => train.adagrad(0.01),
  adadelta: () => train.adadelta(1),
  adam: () => train.adam(),
  adamw: () => train.adamw(),
  adamax: () => train.adamax(),
  nadam: () => train.nadam(),
  rmsprop: () => train.rmsprop(0.001),
  ftrl: () => train.ftrl(),
  lion: () => train.lion(),
};

/** An optimizer, or the one of a name. E_ARGUMENT with the known names. */
export function optimizerOf(given: unknown): Optimizer {
  if (given instanceof Optimizer) return given;
  const make = typeof given === "string" && Object.hasOwn(BY_NAME, given.toLowerCase()) ? BY_NAME[given.toLowerCase()] : undefined;
  if (make !== undefined) return make();
  throw new ArgumentError(`There is no optimizer ${typeof given === "string" ? `named ${describe(given)}` : `in ${describe(given)}`}.`, {
    hint: `Make one with gf.train, or use a name: ${Object.keys(BY_NAME).join(", ")}.`,
  });
}
