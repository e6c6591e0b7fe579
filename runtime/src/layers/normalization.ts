/** Batch and layer normalisation. */

import { describe } from "../api/convert.ts";
import { add, mul, rsqrt, sub } from "../api/elementwise.ts";
import { stopGradient } from "../api/gradients.ts";
import { moments } from "../api/reduce.ts";
import { reshape } from "../api/shape.ts";
import { ArgumentError } from "../core/errors.ts";
import { normalizeAxes, normalizeAxis } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { registerLayers } from "./built-in.ts";
import { type ConstraintIdentifier, getConstraint } from "./constraints.ts";
import { getInitializer, type InitializerIdentifier } from "./initializers.ts";
import { serialized } from "./kernel.ts";
import { type CallArgs, Layer, type LayerArgs } from "./layer.ts";
import { getRegularizer, type RegularizerIdentifier } from "./regularizers.ts";
import type { ConfigDict } from "./serialization.ts";
import type { LayerShape } from "./shapes.ts";

interface ScaleArgs extends LayerArgs {
  /** Added to the variance. Default 0.001. */
  readonly epsilon?: number;
  /** Whether beta is added. Default true. */
  readonly center?: boolean;
  /** Whether gamma multiplies. Default true. */
  readonly scale?: boolean;
  readonly betaInitializer?: InitializerIdentifier;
  readonly gammaInitializer?: InitializerIdentifier;
  readonly betaRegularizer?: RegularizerIdentifier;
  readonly gammaRegularizer?: RegularizerIdentifier;
}

export interface BatchNormalizationArgs extends ScaleArgs {
  /** Axis of the features. Default −1. */
  readonly axis?: number;
  /** Of the moving averages: 1 never changes them. Default 0.99. */
  readonly momentum?: number;
  readonly movingMeanInitializer?: InitializerIdentifier;
  readonly movingVarianceInitializer?: InitializerIdentifier;
  readonly betaConstraint?: ConstraintIdentifier;
  readonly gammaConstraint?: ConstraintIdentifier;
}

function normalized(
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  epsilon: number,
  gamma: Tensor | undefined,
  beta: Tensor | undefined,
): Tensor {
  const inverse = rsqrt(add(variance, epsilon));
  const scaled = mul(sub(x, mean), gamma === undefined ? inverse : mul(inverse, gamma));
  return beta === undefined ? scaled : add(scaled, beta);
}

/**
 * Features get mean 0 and variance 1: while training by the statistics of the batch, which also move the averages that stand for them
 * afterwards. A layer that is not trainable uses the averages always, as in Keras.
 */
export class BatchNormalization extends Layer {
  static override readonly className: string = "BatchNormalization";
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly #args: BatchNormalizationArgs;
  #gamma: Variable | undefined;
  #beta: Variable | undefined;
  #movingMean: Variable | undefined;
  #movingVariance: Variable | undefined;

  constructor(args: BatchNormalizationArgs = {}) {
    super(args);
    this.axis = args.axis ?? -1;
    this.momentum = args.momentum ?? 0.99;
    this.epsilon = args.epsilon ?? 0.001;
    this.center = args.center ?? true;
    this.scale = args.scale ?? true;
    for (const [name, value] of Object.entries({ axis: this.axis, momentum: this.momentum, epsilon: this.epsilon })) {
      if (typeof value !== "number" || !Number.isFinite(value))
        throw new ArgumentError(`${this.name}: ${name} must be a number, but is ${describe(value)}.`);
    }
    this.#args = args;
  }

  override build(inputShape: LayerShape): void {
    const axis = normalizeAxis(this.axis, inputShape.length, `${this.name}: axis`);
    const length = inputShape[axis] ?? null;
    const a = this.#args;
    if (this.scale)
      this.#gamma = this.addWeight("gamma", [length], null, a.gammaInitializer ?? "ones", a.gammaRegularizer, true, a.gammaConstraint);
    if (this.center)
      this.#beta = this.addWeight("beta", [length], null, a.betaInitializer ?? "zeros", a.betaRegularizer, true, a.betaConstraint);
    this.#movingMean = this.addWeight("moving_mean", [length], null, a.movingMeanInitializer ?? "zeros", null, false);
    this.#movingVariance = this.addWeight("moving_variance", [length], null, a.movingVarianceInitializer ?? "ones", null, false);
    this.inputSpec = [{ ndim: inputShape.length, axes: { [axis]: length as number } }];
  }

  call(x: Tensor, { training = false }: CallArgs = {}): Tensor {
    const axis = normalizeAxis(this.axis, x.rank);
    const along = (t: Tensor): Tensor =>
      axis === x.rank - 1
        ? t
        : reshape(
            t,
            x.shape.map((_, i) => (i === axis ? t.size : 1)),
          );
    const [movingMean, movingVariance] = [this.#movingMean as Variable, this.#movingVariance as Variable];
    const [gamma, beta] = [this.#gamma, this.#beta].map((v) => (v === undefined ? undefined : along(v)));
    if (!training || !this.trainable) return normalized(x, along(movingMean), along(movingVariance), this.epsilon, gamma, beta);
    const others = Array.from({ length: x.rank }, (_, i) => i).filter((i) => i !== axis);
    const { mean, variance } = moments(x, others);
    this.#move(movingMean, mean);
    this.#move(movingVariance, variance);
    return normalized(x, along(mean), along(variance), this.epsilon, gamma, beta);
  }

  /** An average goes a part of the way to a new value. */
  #move(average: Variable, value: Tensor): void {
    average.assignSub(mul(sub(average, stopGradient(value)), 1 - this.momentum));
  }

  override getConfig(): ConfigDict {
    const a = this.#args;
    return {
      ...super.getConfig(),
      axis: this.axis,
      momentum: this.momentum,
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      betaInitializer: serialized(getInitializer(a.betaInitializer ?? "zeros")),
      gammaInitializer: serialized(getInitializer(a.gammaInitializer ?? "ones")),
      movingMeanInitializer: serialized(getInitializer(a.movingMeanInitializer ?? "zeros")),
      movingVarianceInitializer: serialized(getInitializer(a.movingVarianceInitializer ?? "ones")),
      betaRegularizer: serialized(getRegularizer(a.betaRegularizer)),
      gammaRegularizer: serialized(getRegularizer(a.gammaRegularizer)),
      betaConstraint: serialized(getConstraint(a.betaConstraint)),
      gammaConstraint: serialized(getConstraint(a.gammaConstraint)),
    };
  }
}
registerLayers(BatchNormalization);

export interface LayerNormalizationArgs extends ScaleArgs {
  /** Axes that are normalised together. Default −1. */
  readonly axis?: number | readonly number[];
}

/** Each sample gets mean 0 and variance 1 along the axes. */
export class LayerNormalization extends Layer {
  static override readonly className: string = "LayerNormalization";
  readonly axis: number | readonly number[];
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly #args: LayerNormalizationArgs;
  #gamma: Variable | undefined;
  #beta: Variable | undefined;

  constructor(args: LayerNormalizationArgs = {}) {
    super(args);
    this.axis = args.axis ?? -1;
    this.epsilon = args.epsilon ?? 0.001;
    this.center = args.center ?? true;
    this.scale = args.scale ?? true;
    this.#args = args;
  }

  override build(inputShape: LayerShape): void {
    const shape = normalizeAxes(this.axis, inputShape.length).map((axis) => inputShape[axis] ?? null);
    const a = this.#args;
    if (this.scale) this.#gamma = this.addWeight("gamma", shape, null, a.gammaInitializer ?? "ones", a.gammaRegularizer);
    if (this.center) this.#beta = this.addWeight("beta", shape, null, a.betaInitializer ?? "zeros", a.betaRegularizer);
  }

  call(x: Tensor): Tensor {
    const axes = normalizeAxes(this.axis, x.rank);
    const { mean, variance } = moments(x, axes, true);
    const spread = x.shape.map((d, i) => (axes.includes(i) ? d : 1));
    const [gamma, beta] = [this.#gamma, this.#beta].map((v) => (v === undefined ? undefined : reshape(v, spread)));
    return normalized(x, mean, variance, this.epsilon, gamma, beta);
  }

  override getConfig(): ConfigDict {
    const a = this.#args;
    return {
      ...super.getConfig(),
      axis: this.axis,
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      betaInitializer: serialized(getInitializer(a.betaInitializer ?? "zeros")),
      gammaInitializer: serialized(getInitializer(a.gammaInitializer ?? "ones")),
      betaRegularizer: serialized(getRegularizer(a.betaRegularizer)),
      gammaRegularizer: serialized(getRegularizer(a.gammaRegularizer)),
    };
  }
}
registerLayers(LayerNormalization);
