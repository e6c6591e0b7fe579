/** Layers that add, cut and repeat rows and columns of images: zeroPadding2d, cropping2D, upSampling1d, upSampling2d. */

import { describe } from "../api/convert.ts";
import { expandDims, pad, reshape, tile } from "../api/shape.ts";
import { slice } from "../api/slice.ts";
import { ArgumentError, UnsupportedError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { registerLayers } from "./built-in.ts";
import { type DataFormat, dataFormatOf } from "./convolutional.ts";
import { Layer, type LayerArgs } from "./layer.ts";
import type { ConfigDict } from "./serialization.ts";
import { perAxis } from "./shapes.ts";

type Sides = readonly [number, number];
/** Cells on every side; for rows and columns; or [[top, bottom], [left, right]]. */
export type Margins = number | Sides | readonly [Sides, Sides];

function sidesOf(value: unknown, what: string): readonly [Sides, Sides] {
  const both = (n: unknown): unknown => (typeof n === "number" ? [n, n] : n);
  const list: unknown = typeof value === "number" ? [value, value] : value;
  const pairs = Array.isArray(list) ? list.map(both) : [];
  const valid =
    pairs.length === 2 && pairs.every((p) => Array.isArray(p) && p.length === 2 && p.every((n) => Number.isInteger(n) && n >= 0));
  if (!valid)
    throw new ArgumentError(`${what} must be a number, [rows, columns] or [[top, bottom], [left, right]], but is ${describe(value)}.`);
  return pairs as unknown as [Sides, Sides];
}

abstract class ImageLayer extends Layer {
  readonly dataFormat: DataFormat;

  constructor(args: LayerArgs & { readonly dataFormat?: DataFormat }) {
    super(args);
    this.dataFormat = dataFormatOf(args.dataFormat, this.name);
    this.inputSpec = [{ ndim: 4 }];
  }

  /** Axis of the rows; that of the columns follows. */
  protected get rowAxis(): number {
    return this.dataFormat === "channelsFirst" ? 2 : 1;
  }
}

/** Zeros around images. */
export class ZeroPadding2D extends ImageLayer {
  static override readonly className: string = "ZeroPadding2D";
  readonly padding: readonly [Sides, Sides];

  constructor(args: LayerArgs & { readonly padding?: Margins; readonly dataFormat?: DataFormat } = {}) {
    super(args);
    this.padding = sidesOf(args.padding ?? 1, `${this.name}: padding`);
  }
  call(x: Tensor): Tensor {
    const pads: [number, number][] = x.shape.map(() => [0, 0]);
    this.padding.forEach(([before, after], i) => {
      pads[this.rowAxis + i] = [before, after];
    });
    return pad(x, pads);
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), padding: this.padding, dataFormat: this.dataFormat };
  }
}

/** Images without their margins. */
export class Cropping2D extends ImageLayer {
  static override readonly className: string = "Cropping2D";
  readonly cropping: readonly [Sides, Sides];

  constructor(args: LayerArgs & { readonly cropping?: Margins; readonly dataFormat?: DataFormat } = {}) {
    super(args);
    this.cropping = sidesOf(args.cropping ?? 0, `${this.name}: cropping`);
  }
  call(x: Tensor): Tensor {
    const [begin, size] = [x.shape.map(() => 0), [...x.shape]];
    this.cropping.forEach(([before, after], i) => {
      begin[this.rowAxis + i] = before;
      size[this.rowAxis + i] -= before + after;
    });
    return slice(x, begin, size);
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), cropping: this.cropping, dataFormat: this.dataFormat };
  }
}

/** Each slice along an axis `times` times. */
function repeated(x: Tensor, axis: number, times: number): Tensor {
  const wide = expandDims(x, axis + 1);
  const copies = tile(
    wide,
    wide.shape.map((_, i) => (i === axis + 1 ? times : 1)),
  );
  return reshape(
    copies,
    x.shape.map((d, i) => (i === axis ? d * times : d)),
  );
}

/** Each row and column several times. */
export class UpSampling2D extends ImageLayer {
  static override readonly className: string = "UpSampling2D";
  readonly size: readonly number[];

  constructor(
    args: LayerArgs & {
      readonly size?: number | readonly number[];
      readonly dataFormat?: DataFormat;
      readonly interpolation?: string;
    } = {},
  ) {
    super(args);
    this.size = perAxis(args.size ?? 2, 2, `${this.name}: size`);
    if ((args.interpolation ?? "nearest") !== "nearest")
      throw new UnsupportedError(`${this.name}: interpolation ${describe(args.interpolation)} is not supported yet.`);
  }
  call(x: Tensor): Tensor {
    return repeated(repeated(x, this.rowAxis, this.size[0]), this.rowAxis + 1, this.size[1]);
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), size: this.size, dataFormat: this.dataFormat, interpolation: "nearest" };
  }
}

/** Each step of a sequence several times. */
export class UpSampling1D extends Layer {
  static override readonly className: string = "UpSampling1D";
  readonly size: number;

  constructor(args: LayerArgs & { readonly size?: number } = {}) {
    super(args);
    this.size = perAxis(args.size ?? 2, 1, `${this.name}: size`)[0];
    this.inputSpec = [{ ndim: 3 }];
  }
  call(x: Tensor): Tensor {
    return repeated(x, 1, this.size);
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), size: this.size };
  }
}

registerLayers(ZeroPadding2D, Cropping2D, UpSampling2D, UpSampling1D);
