/** Pools over images and sequences, by windows or over everything. */

import { describe } from "../api/convert.ts";
import { avgPool, maxPool } from "../api/pooling.ts";
import { max, mean } from "../api/reduce.ts";
import { expandDims, squeeze, transpose } from "../api/shape.ts";
import { ArgumentError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { registerLayers } from "./built-in.ts";
import { type DataFormat, dataFormatOf } from "./convolutional.ts";
import { Layer, type LayerArgs } from "./layer.ts";
import type { ConfigDict } from "./serialization.ts";
import { perAxis } from "./shapes.ts";

export interface PoolArgs extends LayerArgs {
  /** Length of the window, one for all axes or one each. Default 2. */
  readonly poolSize?: number | readonly number[];
  /** Default: poolSize. */
  readonly strides?: number | readonly number[] | null;
  /** Default "valid". */
  readonly padding?: "valid" | "same";
  /** Default "channelsLast". */
  readonly dataFormat?: DataFormat;
}

type Two = [number, number];

abstract class Pool extends Layer {
  readonly poolSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: "valid" | "same";
  readonly dataFormat: DataFormat;
  readonly #axes: number;

  constructor(args: PoolArgs, axes: number) {
    super(args);
    this.#axes = axes;
    this.poolSize = perAxis(args.poolSize ?? 2, axes, `${this.name}: poolSize`);
    this.strides =
      args.strides === undefined || args.strides === null ? this.poolSize : perAxis(args.strides, axes, `${this.name}: strides`);
    this.padding = args.padding ?? "valid";
    if (this.padding !== "valid" && this.padding !== "same") {
      throw new ArgumentError(`${this.name}: padding must be "valid" or "same", but is ${describe(this.padding)}.`);
    }
    this.dataFormat = dataFormatOf(args.dataFormat, this.name);
    this.inputSpec = [{ ndim: axes + 2 }];
  }

  protected abstract pool(x: Tensor, size: Two, strides: Two, padding: "valid" | "same"): Tensor;

  call(x: Tensor): Tensor {
    const { poolSize: size, strides } = this;
    // A sequence is an image of one column.
    if (this.#axes === 1) return squeeze(this.pool(expandDims(x, 2), [size[0], 1], [strides[0], 1], this.padding), [2]);
    if (this.dataFormat === "channelsLast") return this.pool(x, size as Two, strides as Two, this.padding);
    return transpose(this.pool(transpose(x, [0, 2, 3, 1]), size as Two, strides as Two, this.padding), [0, 3, 1, 2]);
  }

  override getConfig(): ConfigDict {
    const { poolSize, strides, padding, dataFormat } = this;
    const config = { ...super.getConfig(), poolSize, strides, padding };
    return this.#axes === 1 ? config : { ...config, dataFormat };
  }
}

export class MaxPooling2D extends Pool {
  static override readonly className: string = "MaxPooling2D";
  constructor(args: PoolArgs = {}) {
    super(args, 2);
  }
  protected pool(x: Tensor, size: Two, strides: Two, padding: "valid" | "same"): Tensor {
    return maxPool(x, size, strides, padding);
  }
}

export class AveragePooling2D extends Pool {
  static override readonly className: string = "AveragePooling2D";
  constructor(args: PoolArgs = {}) {
    super(args, 2);
  }
  protected pool(x: Tensor, size: Two, strides: Two, padding: "valid" | "same"): Tensor {
    return avgPool(x, size, strides, padding);
  }
}

export class MaxPooling1D extends Pool {
  static override readonly className: string = "MaxPooling1D";
  constructor(args: PoolArgs = {}) {
    super(args, 1);
  }
  protected pool(x: Tensor, size: Two, strides: Two, padding: "valid" | "same"): Tensor {
    return maxPool(x, size, strides, padding);
  }
}

export class AveragePooling1D extends Pool {
  static override readonly className: string = "AveragePooling1D";
  constructor(args: PoolArgs = {}) {
    super(args, 1);
  }
  protected pool(x: Tensor, size: Two, strides: Two, padding: "valid" | "same"): Tensor {
    return avgPool(x, size, strides, padding);
  }
}

abstract class GlobalPool extends Layer {
  readonly dataFormat: DataFormat;
  readonly #axes: number;

  constructor(args: LayerArgs & { readonly dataFormat?: DataFormat }, axes: number) {
    super(args);
    this.#axes = axes;
    this.dataFormat = dataFormatOf(args.dataFormat, this.name);
    this.inputSpec = [{ ndim: axes + 2 }];
  }

  protected abstract reduce(x: Tensor, axes: readonly number[]): Tensor;

  call(x: Tensor): Tensor {
    const first = this.dataFormat === "channelsFirst" ? 2 : 1;
    return this.reduce(
      x,
      Array.from({ length: this.#axes }, (_, i) => first + i),
    );
  }

  override getConfig(): ConfigDict {
    return this.#axes === 1 ? super.getConfig() : { ...super.getConfig(), dataFormat: this.dataFormat };
  }
}

interface GlobalArgs extends LayerArgs {
  readonly dataFormat?: DataFormat;
}

/** Mean over height and width. [N, H, W, C] → [N, C]. */
export class GlobalAveragePooling2D extends GlobalPool {
  static override readonly className: string = "GlobalAveragePooling2D";
  constructor(args: GlobalArgs = {}) {
    super(args, 2);
  }
  protected reduce(x: Tensor, axes: readonly number[]): Tensor {
    return mean(x, axes);
  }
}

/** Largest value over height and width. [N, H, W, C] → [N, C]. */
export class GlobalMaxPooling2D extends GlobalPool {
  static override readonly className: string = "GlobalMaxPooling2D";
  constructor(args: GlobalArgs = {}) {
    super(args, 2);
  }
  protected reduce(x: Tensor, axes: readonly number[]): Tensor {
    return max(x, axes);
  }
}

/** Mean over the steps of sequences. [N, W, C] → [N, C]. */
export class GlobalAveragePooling1D extends GlobalPool {
  static override readonly className: string = "GlobalAveragePooling1D";
  constructor(args: LayerArgs = {}) {
    super(args, 1);
  }
  protected reduce(x: Tensor, axes: readonly number[]): Tensor {
    return mean(x, axes);
  }
}

/** Largest value over the steps of sequences. [N, W, C] → [N, C]. */
export class GlobalMaxPooling1D extends GlobalPool {
  static override readonly className: string = "GlobalMaxPooling1D";
  constructor(args: LayerArgs = {}) {
    super(args, 1);
  }
  protected reduce(x: Tensor, axes: readonly number[]): Tensor {
    return max(x, axes);
  }
}

const ALL = [
  MaxPooling2D,
  AveragePooling2D,
  MaxPooling1D,
  AveragePooling1D,
  GlobalAveragePooling2D,
  GlobalMaxPooling2D,
  GlobalAveragePooling1D,
  GlobalMaxPooling1D,
];
registerLayers(...ALL);
