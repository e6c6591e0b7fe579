/**
 * The three records of a convolution over so many inner axes, each linear in each operand. For images:
 *
 *   conv2d            y[n, oy, ox, m]   = Σ x[n, iy, ix, c] · f[ky, kx, c, m]     over ky, kx, c
 *   conv2dInputGrad   dx[n, iy, ix, c]  = Σ dy[n, oy, ox, m] · f[ky, kx, c, m]    over ky, kx, m
 *   conv2dFilterGrad  df[ky, kx, c, m]  = Σ x[n, iy, ix, c] · dy[n, oy, ox, m]    over n, oy, ox
 *   with iy = oy·stride + ky·dilation − pad, and ix alike (window.ts)
 *
 * A depthwise convolution keeps channels apart: each has its own M filters, and y has C·M channels, those of channel c from c·M on.
 * Its sums are the same, but for y's and dy's channel c·M + m in place of m, and without the sum over what that fixes.
 *
 * Cells outside of x count as zeros that take part: zero times an infinite weight is NaN. As everywhere in machine learning the
 * filter is not turned (a correlation). Source: TensorFlow's conv2d, conv3d and their gradients.
 */

import { ShapeError } from "../../core/errors.ts";
import { type Dim, type Dims, mayBeSameDim, type Shape, showDim, showShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { foldedImages } from "../batch.ts";
import type { GradSite } from "../grad.ts";
import { FLOATING, timesDim } from "../infer.ts";
import { type Attrs, type Block, defineOp, type OpErrorSample, type OpRecord, type OpSample } from "../op.ts";
import { checkGradient, checkImage, eachSight, eachTap, layoutOf, list, placesOf, sizeOfImage, windowOf } from "../window.ts";
import { inputs, type Samples } from "./samples.ts";

const PLACING = { strides: "ints", pads: "ints", dilations: "ints" } as const;

/** The attributes that all three ops have. */
function placing({ strides, pads, dilations }: Attrs): Attrs {
  return { strides, pads, dilations };
}

/** Sums in double precision, rounded once. */
function summed(out: Block, add: (sums: Float64Array) => void): void {
  const sums = new Float64Array(out.data.length);
  add(sums);
  out.data.set(sums);
}

function axesOfFilter(axes: number, depthwise: boolean): string {
  const channels = depthwise ? ["channels", "filters per channel"] : ["channels in", "channels out"];
  return `[${[...["depth", "height", "width"].slice(3 - axes), ...channels].join(", ")}]`;
}

/** The filter's shape, with known positive lengths of the window and channels. */
function checkFilter(filter: Dims, { axes, depthwise = false }: Form, name: string): void {
  const lengths = ["depth", "height", "width"].slice(3 - axes);
  if (filter.length !== axes + 2) {
    throw new ShapeError(`${name}: the filter of shape ${showShape(filter)} must have rank ${axes + 2}: ${axesOfFilter(axes, depthwise)}.`);
  }
  if (depthwise && typeof filter[axes + 1] !== "number") {
    throw new ShapeError(`${name}: the number of filters per channel of ${showShape(filter)} must be known.`);
  }
  if (filter.slice(0, axes).some((d) => typeof d !== "number")) {
    throw new ShapeError(`${name}: ${lengths.slice(0, -1).join(", ")} and width of the filter ${showShape(filter)} must be known.`);
  }
  if (filter.slice(0, axes + 1).some((d) => d === 0)) {
    throw new ShapeError(`${name}: the filter of shape ${showShape(filter)} has no elements.`);
  }
}

/** Inner axes of x, and whether channels are kept apart. */
interface Form {
  readonly axes: number;
  readonly depthwise?: boolean;
}

/** How the three ops are called and described. */
export interface Family extends Form {
  readonly name: string;
  /** Letters of the axes of x, the filter and y, for `doc`. */
  readonly letters: { readonly x: string; readonly filter: string; readonly y: string; readonly size: string };
  readonly pads: string;
  readonly samples: Samples;
}

/** Shape of the result; E_SHAPE. */
function convolved(form: Form, x: Dims, filter: Dims, attrs: Attrs, name: string): Dims {
  const { axes, depthwise = false } = form;
  checkImage(x, name, "x", axes);
  checkFilter(filter, form, name);
  if (!mayBeSameDim(x[axes + 1], filter[axes])) {
    throw new ShapeError(
      `${name}: x of shape ${showShape(x)} has ${showDim(x[axes + 1])} channels, but the filter of shape ${showShape(filter)} takes ${showDim(filter[axes])}.`,
      {
        hint: `x is ${layoutOf(axes).replace("channels", depthwise ? "channels" : "channels in")}, the filter ${axesOfFilter(axes, depthwise)}.`,
      },
    );
  }
  const channels = depthwise ? timesDim(filter[axes], filter[axes + 1] as number) : filter[axes + 1];
  return [x[0], ...placesOf(x, windowOf(attrs, filter.slice(0, axes) as Shape, name), name), channels];
}

/** conv*, conv*InputGrad, conv*FilterGrad. */
export function convolutionFamily({ name: root, axes, depthwise = false, letters, pads, samples }: Family): [OpRecord, OpRecord, OpRecord] {
  const form: Form = { axes, depthwise };
  const sizeOf = (filter: Shape): Shape => filter.slice(0, axes);
  /** Channels of y, and which of them belongs to channel c and filter m. */
  const wide = ([channels, filters]: Shape): number => (depthwise ? channels * filters : filters);
  const at = (c: number, m: number, filters: number): number => (depthwise ? c * filters + m : m);
  // The three sums as builder ops: each is bilinear, so that the rules of all need no others.
  const convolve = (s: GradSite, x: Tensor, filter: Tensor): Tensor => s.f.op(root, [x, filter], placing(s.attrs));
  const toInput = (s: GradSite, dy: Tensor, filter: Tensor, x: Dims): Tensor =>
    s.f.op(`${root}InputGrad`, [dy, filter], { inputSize: sizeOfImage(x, root), ...placing(s.attrs) });
  const toFilter = (s: GradSite, x: Tensor, dy: Tensor, filter: Shape): Tensor =>
    s.f.op(`${root}FilterGrad`, [x, dy], { filterSize: sizeOf(filter), ...placing(s.attrs) });

  const forward = defineOp({
    name: root,
    arity: 2,
    dtypes: FLOATING,
    flags: ["pure"],
    attrs: PLACING,
    doc: `Convolution of x ${letters.x} with a filter ${letters.filter} → ${letters.y}; pads are ${pads}, cells outside count as zeros.`,
    infer: ([x, filter], attrs, name) => [{ dtype: x.dtype, shape: convolved(form, x.shape, filter.shape, attrs, name) }],
    reference: ([x, filter], [out], attrs) => {
      const [channels, filters] = filter.shape.slice(axes);
      const outputs = wide([channels, filters]);
      summed(out, (sums) => {
        eachTap(x.shape, out.shape, windowOf(attrs, sizeOf(filter.shape), root), (pixel, cell, place) => {
          for (let c = 0; c < channels; c++) {
            const value = pixel < 0 ? 0 : x.data[pixel * channels + c];
            for (let m = 0; m < filters; m++) {
              sums[place * outputs + at(c, m, filters)] += value * filter.data[(cell * channels + c) * filters + m];
            }
          }
        });
      });
    },
    grad: [(s) => toInput(s, s.dy, s.b, s.shape(0)), (s) => toFilter(s, s.a, s.dy, s.shape(1))],
    batch: foldedImages,
    samples: () => samplesOf(({ x, filter, attrs }) => ({ shapes: [x, filter], attrs })),
    errors: errorsOf(root, ([x, filter], attrs) => ({ shapes: [x, filter], attrs })),
  });

  const inputGrad = defineOp({
    name: `${root}InputGrad`,
    arity: 2,
    dtypes: FLOATING,
    flags: ["pure"],
    attrs: { inputSize: "ints", ...PLACING },
    doc: `Gradient of ${root} with respect to its input: dy ${letters.y}, filter ${letters.filter} → ${letters.x} with inputSize ${letters.size}.`,
    infer: ([dy, filter], attrs, name) => {
      checkImage(dy.shape, name, "dy", axes);
      checkFilter(filter.shape, form, name);
      const shape = [dy.shape[0], ...list(attrs, "inputSize", axes, 0, name), filter.shape[axes]];
      const y = convolved(form, shape, filter.shape, attrs, name);
      checkGradient(dy.shape, y, name, `an input ${showShape(shape)} with a filter ${showShape(filter.shape)}`);
      return [{ dtype: dy.dtype, shape }];
    },
    // Per cell of the input, so that places outside of dy count as zeros that take part, as cells outside of x do in the convolution.
    reference: ([dy, filter], [out], attrs) => {
      const [channels, filters] = filter.shape.slice(axes);
      const outputs = wide([channels, filters]);
      summed(out, (sums) => {
        eachSight(out.shape, dy.shape, windowOf(attrs, sizeOf(filter.shape), root), (pixel, cell, place) => {
          for (let c = 0; c < channels; c++) {
            for (let m = 0; m < filters; m++) {
              const value = place < 0 ? 0 : dy.data[place * outputs + at(c, m, filters)];
              sums[pixel * channels + c] += value * filter.data[(cell * channels + c) * filters + m];
            }
          }
        });
      });
    },
    grad: [(s) => convolve(s, s.dy, s.b), (s) => toFilter(s, s.dy, s.a, s.shape(1))],
    batch: foldedImages,
    samples: () => samplesOf(({ x, filter, attrs }, y) => ({ shapes: [y, filter], attrs: { inputSize: x.slice(1, -1), ...attrs } })),
    errors: errorsOf(`${root}InputGrad`, ([x, filter, y], attrs) => ({
      shapes: [y, filter],
      attrs: { inputSize: x.slice(1, -1), ...attrs },
    })),
  });

  const filterGrad = defineOp({
    name: `${root}FilterGrad`,
    arity: 2,
    dtypes: FLOATING,
    flags: ["pure"],
    attrs: { filterSize: "ints", ...PLACING },
    doc: `Gradient of ${root} with respect to its filter: x ${letters.x}, dy ${letters.y} → ${letters.filter} with filterSize ${letters.size.replace("[", "[K").replaceAll(", ", ", K")}.`,
    infer: ([x, dy], attrs, name) => {
      checkImage(x.shape, name, "x", axes);
      checkImage(dy.shape, name, "dy", axes);
      const size = list(attrs, "filterSize", axes, 1, name);
      const shape = [...size, x.shape[axes + 1], filtersFor(x.shape, dy.shape, name)];
      const y = convolved(form, x.shape, shape, attrs, name);
      checkGradient(dy.shape, y, name, `an input ${showShape(x.shape)} with a filter ${showShape(shape)}`);
      return [{ dtype: x.dtype, shape }];
    },
    reference: ([x, dy], [out], attrs) => {
      const [channels, filters] = out.shape.slice(axes);
      const outputs = wide([channels, filters]);
      summed(out, (sums) => {
        eachTap(x.shape, dy.shape, windowOf(attrs, sizeOf(out.shape), root), (pixel, cell, place) => {
          for (let c = 0; c < channels; c++) {
            const value = pixel < 0 ? 0 : x.data[pixel * channels + c];
            for (let m = 0; m < filters; m++) {
              sums[(cell * channels + c) * filters + m] += value * dy.data[place * outputs + at(c, m, filters)];
            }
          }
        });
      });
    },
    grad: [(s) => toInput(s, s.b, s.dy, s.shape(0)), (s) => convolve(s, s.a, s.dy)],
    samples: () => samplesOf(({ x, filter, attrs }, y) => ({ shapes: [x, y], attrs: { filterSize: sizeOf(filter), ...attrs } })),
    errors: errorsOf(`${root}FilterGrad`, ([x, filter, y], attrs) => ({ shapes: [x, y], attrs: { filterSize: sizeOf(filter), ...attrs } })),
  });
  return [forward, inputGrad, filterGrad];

  /** The filter's last length, by the channels of x and dy. */
  function filtersFor(x: Dims, dy: Dims, name: string): Dim {
    const [channels, outputs] = [x[axes + 1], dy[axes + 1]];
    if (!depthwise) return outputs;
    if (typeof channels === "number" && typeof outputs === "number" && outputs % channels === 0) return outputs / channels;
    throw new ShapeError(`${name}: the channels of dy ${showShape(dy)} must be a multiple of those of x ${showShape(x)}, both known.`);
  }

  /** Samples of every dtype; `operands` says what a case's operands and attributes are. */
  function samplesOf(operands: (given: Samples["cases"][number], y: Shape) => { shapes: readonly Shape[]; attrs: Attrs }): OpSample[] {
    return FLOATING.flatMap((dtype) =>
      samples.cases.map((given) => {
        const y = convolved(form, given.x, given.filter, given.attrs, "sample") as Shape;
        const { shapes, attrs } = operands(given, y);
        return { name: `${dtype} ${shapes.map(showShape).join(" ")} ${JSON.stringify(attrs)}`, inputs: inputs(dtype, ...shapes), attrs };
      }),
    );
  }

  /** Wrong shapes of x, the filter and y, and wrong attributes, where the op has these operands. */
  function errorsOf(
    name: string,
    operands: (shapes: readonly [Shape, Shape, Shape], attrs: Attrs) => { shapes: readonly Shape[]; attrs: Attrs },
  ): OpErrorSample[] {
    const asked = (wrong: (typeof samples.errors)[number]): boolean => wrong.of.some((kind) => `${root}${kind}` === name);
    return samples.errors.filter(asked).map((wrong) => {
      const [x, filter, y] = [wrong.x ?? samples.right.x, wrong.filter ?? samples.right.filter, wrong.y ?? samples.right.y];
      const { shapes, attrs } = operands([x, filter, y], { ...samples.right.attrs, ...wrong.attrs });
      return { name: wrong.name, code: wrong.code, inputs: inputs("float32", ...shapes), attrs: { ...attrs, ...wrong.own } };
    });
  }
}
