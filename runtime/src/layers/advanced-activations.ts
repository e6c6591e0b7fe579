/** Activations that have parameters: reLU, leakyReLU, elu, softmax, thresholdedReLU, prelu. */

import { checkInts, describe } from "../api/convert.ts";
import { cast, exp, greater, leakyRelu, minimum, mul, prelu, sub, where } from "../api/elementwise.ts";
import { softmax } from "../api/softmax.ts";
import { ArgumentError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { registerLayers } from "./built-in.ts";
import { type ConstraintIdentifier, getConstraint } from "./constraints.ts";
import { getInitializer, type InitializerIdentifier } from "./initializers.ts";
import { ONE } from "./input-spec.ts";
import { serialized } from "./kernel.ts";
import { Layer, type LayerArgs } from "./layer.ts";
import { getRegularizer, type RegularizerIdentifier } from "./regularizers.ts";
import type { ConfigDict } from "./serialization.ts";
import type { LayerShape } from "./shapes.ts";

function number(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new ArgumentError(`${what} must be a finite number, but is ${describe(value)}.`);
  return value;
}

export interface ReLUArgs extends LayerArgs {
  /** Largest value. Default none. */
  readonly maxValue?: number;
  /** Factor below the threshold. Default 0. */
  readonly negativeSlope?: number;
  /** Where the function begins. Default 0. */
  readonly threshold?: number;
}

/** x for x ≥ threshold, at most maxValue; negativeSlope · (x − threshold) below. */
export class ReLU extends Layer {
  static override readonly className: string = "ReLU";
  readonly maxValue: number | undefined;
  readonly negativeSlope: number;
  readonly threshold: number;

  constructor(args: ReLUArgs = {}) {
    super(args);
    this.inputSpec = ONE;
    this.maxValue = args.maxValue ?? undefined;
    this.negativeSlope = args.negativeSlope ?? 0;
    this.threshold = args.threshold ?? 0;
  }
  call(x: Tensor): Tensor {
    const upper = this.maxValue === undefined ? x : minimum(x, this.maxValue);
    if (this.threshold === 0)
      return this.negativeSlope === 0 ? where(greater(x, 0), upper, 0) : where(greater(x, 0), upper, mul(x, this.negativeSlope));
    const below = this.negativeSlope === 0 ? 0 : mul(this.negativeSlope, sub(x, this.threshold));
    return where(greater(x, this.threshold), upper, below);
  }
  override getConfig(): ConfigDict {
    const config: ConfigDict = { ...super.getConfig(), maxValue: this.maxValue ?? null };
    if (this.negativeSlope !== 0) config.negativeSlope = this.negativeSlope;
    if (this.threshold !== 0) config.threshold = this.threshold;
    return config;
  }
}

/** x for x ≥ 0, alpha · x below. */
export class LeakyReLU extends Layer {
  static override readonly className: string = "LeakyReLU";
  readonly alpha: number;

  constructor(args: LayerArgs & { readonly alpha?: number } = {}) {
    super(args);
    this.inputSpec = ONE;
    this.alpha = number(args.alpha ?? 0.3, `${this.name}: alpha`);
  }
  call(x: Tensor): Tensor {
    return leakyRelu(x, this.alpha);
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), alpha: this.alpha };
  }
}

/** x for x ≥ 0, alpha · (eˣ − 1) below. */
export class ELU extends Layer {
  static override readonly className: string = "ELU";
  readonly alpha: number;

  constructor(args: LayerArgs & { readonly alpha?: number } = {}) {
    super(args);
    this.inputSpec = ONE;
    this.alpha = number(args.alpha ?? 1, `${this.name}: alpha`);
  }
  call(x: Tensor): Tensor {
    return where(greater(x, 0), x, mul(this.alpha, sub(exp(minimum(x, 0)), 1)));
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), alpha: this.alpha };
  }
}

/** x for x > theta, 0 elsewhere. */
export class ThresholdedReLU extends Layer {
  static override readonly className: string = "ThresholdedReLU";
  readonly theta: number;

  constructor(args: LayerArgs & { readonly theta?: number } = {}) {
    super(args);
    this.inputSpec = ONE;
    this.theta = number(args.theta ?? 1, `${this.name}: theta`);
  }
  call(x: Tensor): Tensor {
    return mul(x, cast(greater(x, this.theta), x.dtype));
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), theta: this.theta };
  }
}

/** Softmax along an axis. */
export class Softmax extends Layer {
  static override readonly className: string = "Softmax";
  readonly axis: number;

  constructor(args: LayerArgs & { readonly axis?: number } = {}) {
    super(args);
    this.inputSpec = ONE;
    this.axis = args.axis ?? -1;
  }
  call(x: Tensor): Tensor {
    return softmax(x, this.axis);
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), axis: this.axis };
  }
}

export interface PReLUArgs extends LayerArgs {
  readonly alphaInitializer?: InitializerIdentifier;
  readonly alphaRegularizer?: RegularizerIdentifier;
  readonly alphaConstraint?: ConstraintIdentifier;
  /** Axes along which one alpha serves all; counted from 1. */
  readonly sharedAxes?: number | readonly number[];
}

/** x for x ≥ 0, alpha · x below, with an alpha that is learned. */
export class PReLU extends Layer {
  static override readonly className: string = "PReLU";
  readonly #args: PReLUArgs;
  readonly #shared: readonly number[];
  #alpha: Variable | undefined;

  constructor(args: PReLUArgs = {}) {
    super(args);
    this.inputSpec = ONE;
    this.#args = args;
    const { sharedAxes } = args;
    this.#shared =
      sharedAxes === undefined || sharedAxes === null
        ? []
        : checkInts(typeof sharedAxes === "number" ? [sharedAxes] : sharedAxes, `${this.name}: sharedAxes`);
  }
  override build(inputShape: LayerShape): void {
    const shape = inputShape.slice(1).map((d, i) => (this.#shared.includes(i + 1) ? 1 : d));
    const { alphaInitializer = "zeros", alphaRegularizer, alphaConstraint } = this.#args;
    this.#alpha = this.addWeight("alpha", shape, null, alphaInitializer, alphaRegularizer, true, alphaConstraint);
  }
  call(x: Tensor): Tensor {
    return prelu(x, this.#alpha as Variable);
  }
  override getConfig(): ConfigDict {
    const { alphaInitializer = "zeros", alphaRegularizer, alphaConstraint } = this.#args;
    return {
      ...super.getConfig(),
      alphaInitializer: serialized(getInitializer(alphaInitializer)),
      alphaRegularizer: serialized(getRegularizer(alphaRegularizer)),
      alphaConstraint: serialized(getConstraint(alphaConstraint)),
      sharedAxes: this.#shared.length === 0 ? null : this.#shared,
    };
  }
}

registerLayers(ReLU, LeakyReLU, ELU, ThresholdedReLU, Softmax, PReLU);
