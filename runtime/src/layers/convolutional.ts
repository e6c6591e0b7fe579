/**
 * Convolution layers: conv1d, conv2d, conv2dTranspose. Images are
 * [batch, height, width, channels]; with dataFormat "channelsFirst" [batch, channels, height, width].
 */

import { checkInt, describe } from "../api/convert.ts";
import { conv1d, conv2d, conv2dTranspose } from "../api/convolution.ts";
import { pad, transpose } from "../api/shape.ts";
import { ArgumentError, ShapeError, UnsupportedError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { registerLayers } from "./built-in.ts";
import { type KernelArgs, KernelLayer } from "./kernel.ts";
import type { ConfigDict } from "./serialization.ts";
import { type LayerShape, perAxis } from "./shapes.ts";

export type DataFormat = "channelsFirst" | "channelsLast";

export interface ConvArgs extends KernelArgs {
  /** Number of channels of the output. */
  readonly filters: number;
  /** Length of the window, one for all axes or one each. */
  readonly kernelSize: number | readonly number[];
  /** Default 1. */
  readonly strides?: number | readonly number[];
  /** Default "valid". */
  readonly padding?: "valid" | "same" | "causal";
  /** Default "channelsLast". */
  readonly dataFormat?: DataFormat;
  /** Distance of the window's cells. Default 1. */
  readonly dilationRate?: number | readonly number[];
}

export function dataFormatOf(value: unknown, layer: string): DataFormat {
  if (value === undefined || value === null || value === "channelsLast" || value === "channels_last") return "channelsLast";
  if (value === "channelsFirst" || value === "channels_first") return "channelsFirst";
  throw new ArgumentError(`${layer}: dataFormat must be "channelsLast" or "channelsFirst", but is ${describe(value)}.`);
}

abstract class Convolution extends KernelLayer {
  readonly filters: number;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: "valid" | "same" | "causal";
  readonly dataFormat: DataFormat;
  readonly dilationRate: readonly number[];
  readonly axes: number;

  constructor(args: ConvArgs, axes: number) {
    super(args);
    this.axes = axes;
    this.filters = checkInt(args.filters, `${this.name}: filters`, 1);
    this.kernelSize = perAxis(args.kernelSize, axes, `${this.name}: kernelSize`);
    this.strides = perAxis(args.strides ?? 1, axes, `${this.name}: strides`);
    this.dilationRate = perAxis(args.dilationRate ?? 1, axes, `${this.name}: dilationRate`);
    this.padding = args.padding ?? "valid";
    this.dataFormat = dataFormatOf(args.dataFormat, this.name);
    const known = axes === 1 ? ["valid", "same", "causal"] : ["valid", "same"];
    if (!known.includes(this.padding))
      throw new ArgumentError(`${this.name}: padding must be one of ${known.join(", ")}, but is ${describe(this.padding)}.`);
    this.inputSpec = [{ ndim: axes + 2 }];
  }

  protected get channelAxis(): number {
    return this.dataFormat === "channelsFirst" ? 1 : this.axes + 1;
  }

  /** Number of channels of the input, which must be known. */
  protected channels(inputShape: LayerShape): number {
    const found = inputShape[this.channelAxis] ?? null;
    if (found === null)
      throw new ShapeError(
        `Layer ${this.name} must know the number of channels, but the input has shape [${inputShape.map(String).join(",")}].`,
      );
    this.inputSpec = [{ ndim: this.axes + 2, axes: { [this.channelAxis]: found } }];
    return found;
  }

  override build(inputShape: LayerShape): void {
    this.kernel = this.makeKernel([...this.kernelSize, this.channels(inputShape), this.filters]);
    this.makeBias(this.filters);
  }

  call(x: Tensor): Tensor {
    return this.channelsLast(x, (images) => this.finish(this.convolve(images, this.kernel as Variable)));
  }

  /** Runs a function of images with the channels last. */
  protected channelsLast(x: Tensor, f: (x: Tensor) => Tensor): Tensor {
    if (this.dataFormat === "channelsLast") return f(x);
    const inner = Array.from({ length: this.axes }, (_, i) => i);
    const result = f(transpose(x, [0, ...inner.map((i) => i + 2), 1]));
    return transpose(result, [0, this.axes + 1, ...inner.map((i) => i + 1)]);
  }

  protected abstract convolve(x: Tensor, kernel: Tensor): Tensor;

  override getConfig(): ConfigDict {
    const { filters, kernelSize, strides, padding, dataFormat, dilationRate } = this;
    return { ...super.getConfig(), filters, kernelSize, strides, padding, dataFormat, dilationRate };
  }
}

type Two = [number, number];

/** Windows over images. [N, H, W, C] → [N, OH, OW, filters]; kernel [KH, KW, C, filters]. */
export class Conv2D extends Convolution {
  static override readonly className: string = "Conv2D";

  constructor(args: ConvArgs) {
    super(args, 2);
  }
  protected convolve(x: Tensor, kernel: Tensor): Tensor {
    return conv2d(x, kernel, this.strides as Two, this.padding as "valid" | "same", "NHWC", this.dilationRate as Two);
  }
}

/** Windows over sequences. [N, W, C] → [N, OW, filters]; "causal" windows look back only. */
export class Conv1D extends Convolution {
  static override readonly className: string = "Conv1D";

  constructor(args: ConvArgs) {
    super(args, 1);
  }
  protected convolve(x: Tensor, kernel: Tensor): Tensor {
    const [size, stride, dilation] = [this.kernelSize[0], this.strides[0], this.dilationRate[0]];
    if (this.padding !== "causal") return conv1d(x, kernel, stride, this.padding, "NWC", dilation);
    const before = pad(x, [
      [0, 0],
      [dilation * (size - 1), 0],
      [0, 0],
    ]);
    return conv1d(before, kernel, stride, "valid", "NWC", dilation);
  }
}

/** The way back through a Conv2D. [N, H, W, C] → [N, H · stride, W · stride, filters] for "same". */
export class Conv2DTranspose extends Convolution {
  static override readonly className: string = "Conv2DTranspose";

  constructor(args: ConvArgs) {
    super(args, 2);
    if (this.dilationRate.some((d) => d !== 1)) throw new UnsupportedError(`${this.name}: dilationRate is not supported yet.`);
  }
  override build(inputShape: LayerShape): void {
    this.kernel = this.makeKernel([...this.kernelSize, this.filters, this.channels(inputShape)]);
    this.makeBias(this.filters);
  }
  protected convolve(x: Tensor, kernel: Tensor): Tensor {
    const length = (i: number): number => {
      const [n, stride, size] = [x.shape[i + 1], this.strides[i], this.kernelSize[i]];
      return this.padding === "same" ? n * stride : n * stride + Math.max(0, size - stride);
    };
    const shape: [number, number, number, number] = [x.shape[0], length(0), length(1), this.filters];
    return conv2dTranspose(x, kernel, shape, this.strides as Two, this.padding as "valid" | "same");
  }
}

registerLayers(Conv2D, Conv1D, Conv2DTranspose);
