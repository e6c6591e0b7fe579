/** Layers without weights that change values or shapes: activation, dropout, flatten, reshape, permute, repeatVector. */

import { checkInt, checkInts, checkShape, describe } from "../api/convert.ts";
import { dropout } from "../api/dropout.ts";
import { greaterEqual, mul, where } from "../api/elementwise.ts";
import { useSeed } from "../api/generator.ts";
import { expandDims, reshape, tile, transpose } from "../api/shape.ts";
import { variable } from "../api/variables.ts";
import { ArgumentError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { apply1, outside } from "../dispatch/dispatch.ts";
import * as ops from "../ops/index.ts";
import { type ActivationIdentifier, type Activation as ActivationOf, activationName, getActivation } from "./activations.ts";
import { registerLayers } from "./built-in.ts";
import { ONE } from "./input-spec.ts";
import { type CallArgs, Layer, type LayerArgs } from "./layer.ts";
import type { ConfigDict } from "./serialization.ts";

/** An activation on its own. */
export class Activation extends Layer {
  static override readonly className: string = "Activation";
  readonly activation: ActivationOf;

  constructor(args: LayerArgs & { readonly activation: ActivationIdentifier }) {
    super(args);
    this.activation = getActivation(args.activation);
  }
  call(x: Tensor): Tensor {
    return this.activation.apply(x);
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), activation: activationName(this.activation, this.name) };
  }
}

export interface DropoutArgs extends LayerArgs {
  /** Share of elements set to 0 while training, from 0 up to, but not including, 1. */
  readonly rate: number;
  /** Axes of length 1 here share their zeros. */
  readonly noiseShape?: readonly number[];
  readonly seed?: number;
}

/** While training: sets a share of elements to 0 and scales the others up, so that the mean stays. Else nothing. */
export class Dropout extends Layer {
  static override readonly className: string = "Dropout";
  readonly rate: number;
  readonly noiseShape: readonly number[] | undefined;
  readonly seed: number | undefined;
  #state: Variable | undefined;

  constructor(args: DropoutArgs) {
    super(args);
    if (typeof args.rate !== "number" || !(args.rate >= 0 && args.rate < 1)) {
      throw new ArgumentError(`${this.name}: rate must be from 0 up to, but not including, 1, but is ${describe(args.rate)}.`);
    }
    this.rate = args.rate;
    this.noiseShape = args.noiseShape ?? undefined;
    this.seed = args.seed ?? undefined;
  }
  call(x: Tensor, { training = false }: CallArgs = {}): Tensor {
    if (!training || this.rate === 0) return x;
    return this.seed === undefined ? dropout(x, this.rate, this.noiseShape) : this.#seeded(x, this.seed);
  }

  /** Draws from a sequence of its own: other zeros at each call, the same ones in the next process. */
  #seeded(x: Tensor, seed: number): Tensor {
    this.#state ??= outside(() => useSeed(seed, this.name, (state) => variable(state, false, `${this.name}/seed_generator`)));
    const shape = this.noiseShape ?? x.shape;
    const noise = apply1(ops.randomUniform, [this.#state], { shape: checkShape(shape, `${this.name}: noiseShape`), dtype: "float32" });
    this.#state.assign(apply1(ops.nextRandomState, [this.#state]));
    return where(greaterEqual(noise, this.rate), mul(x, 1 / (1 - this.rate)), 0);
  }

  override getConfig(): ConfigDict {
    return { ...super.getConfig(), rate: this.rate, noiseShape: this.noiseShape ?? null, seed: this.seed ?? null };
  }
}

export interface FlattenArgs extends LayerArgs {
  readonly dataFormat?: "channelsFirst" | "channelsLast";
}

/** [N, ...S] → [N, size of S]. */
export class Flatten extends Layer {
  static override readonly className: string = "Flatten";
  readonly dataFormat: FlattenArgs["dataFormat"];

  constructor(args: FlattenArgs = {}) {
    super(args);
    this.dataFormat = args.dataFormat ?? undefined;
    this.inputSpec = [{ minNDim: 1 }];
  }
  call(x: Tensor): Tensor {
    let t = x;
    // Channels last, as the weights behind this layer expect them.
    if (this.dataFormat === "channelsFirst" && t.rank > 2) {
      const axes = Array.from({ length: t.rank }, (_, i) => i);
      t = transpose(t, [0, ...axes.slice(2), 1]);
    }
    return reshape(t, [t.shape[0], t.shape.slice(1).reduce((a, b) => a * b, 1)]);
  }
  override getConfig(): ConfigDict {
    return this.dataFormat === undefined ? super.getConfig() : { ...super.getConfig(), dataFormat: this.dataFormat };
  }
}

/** Another shape for each sample; one length may be −1. */
export class Reshape extends Layer {
  static override readonly className: string = "Reshape";
  readonly targetShape: readonly number[];

  constructor(args: LayerArgs & { readonly targetShape: readonly (number | null)[] }) {
    super(args);
    this.inputSpec = ONE;
    if (!Array.isArray(args.targetShape))
      throw new ArgumentError(`${this.name}: targetShape must be an array, but is ${describe(args.targetShape)}.`);
    this.targetShape = checkInts(
      args.targetShape.map((d: number | null) => d ?? -1),
      `${this.name}: targetShape`,
    );
  }
  call(x: Tensor): Tensor {
    return reshape(x, [x.shape[0], ...this.targetShape]);
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), targetShape: this.targetShape };
  }
}

/** Axes of each sample in another order; `dims` counts from 1, axis 0 is the batch. */
export class Permute extends Layer {
  static override readonly className: string = "Permute";
  readonly dims: readonly number[];

  constructor(args: LayerArgs & { readonly dims: readonly number[] }) {
    super(args);
    const dims = checkInts(args.dims, `${this.name}: dims`);
    if ([...dims].sort((a, b) => a - b).some((d, i) => d !== i + 1)) {
      throw new ArgumentError(
        `${this.name}: dims must be the numbers from 1 to ${dims.length} in some order, but are [${dims.join(", ")}].`,
      );
    }
    this.dims = dims;
    this.inputSpec = [{ ndim: dims.length + 1 }];
  }
  call(x: Tensor): Tensor {
    return transpose(x, [0, ...this.dims]);
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), dims: this.dims };
  }
}

/** [N, D] → [N, n, D]: each sample n times. */
export class RepeatVector extends Layer {
  static override readonly className: string = "RepeatVector";
  readonly n: number;

  constructor(args: LayerArgs & { readonly n: number }) {
    super(args);
    this.n = checkInt(args.n, `${this.name}: n`, 1);
    this.inputSpec = [{ ndim: 2 }];
  }
  call(x: Tensor): Tensor {
    return tile(expandDims(x, 1), [1, this.n, 1]);
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), n: this.n };
  }
}

registerLayers(Activation, Dropout, Flatten, Reshape, Permute, RepeatVector);
