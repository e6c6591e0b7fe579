/** Cases of convolutions, from which all three records of a family take their samples. */
import type { DType } from "../../core/dtype.ts";
import type { Shape } from "../../core/shape.ts";
import type { Attrs, OpSample } from "../op.ts";

/** x, filter, attributes of one convolution. */
export interface Case {
  readonly x: Shape;
  readonly filter: Shape;
  readonly attrs: Attrs;
}

/** A case of which one thing is wrong; `of`: endings of the names of the ops that it concerns; `own`: attributes of that op alone. */
export interface WrongCase {
  readonly name: string;
  readonly code: string;
  readonly of: readonly ("" | "InputGrad" | "FilterGrad")[];
  readonly x?: Shape;
  readonly filter?: Shape;
  readonly y?: Shape;
  readonly attrs?: Attrs;
  readonly own?: Attrs;
}

export interface Samples {
  readonly cases: readonly Case[];
  /** A small case without faults, which those of `errors` differ from. */
  readonly right: Case & { readonly y: Shape };
  readonly errors: readonly WrongCase[];
}

export function inputs(dtype: DType, ...shapes: readonly Shape[]): OpSample["inputs"] {
  return shapes.map((shape) => ({ dtype, shape }));
}

export const ONE = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] };
const given = (x: Shape, filter: Shape, attrs: Attrs): Case => ({ x, filter, attrs });

export const IMAGES: Samples = {
  cases: [
    given([1, 3, 3, 1], [2, 2, 1, 1], ONE),
    given([2, 4, 5, 3], [1, 1, 3, 2], ONE),
    given([2, 5, 4, 2], [3, 3, 2, 3], { ...ONE, pads: [1, 1, 1, 1] }),
    given([1, 7, 6, 2], [3, 2, 2, 2], { strides: [2, 3], pads: [0, 1, 1, 0], dilations: [1, 1] }),
    given([1, 8, 7, 1], [3, 3, 1, 2], { strides: [1, 1], pads: [2, 2, 2, 2], dilations: [2, 3] }),
    given([1, 5, 5, 2], [1, 1, 2, 3], { ...ONE, strides: [3, 3] }),
    given([2, 6, 6, 4], [3, 3, 4, 5], { ...ONE, strides: [2, 2], dilations: [2, 2] }),
    given([1, 2, 2, 1], [2, 2, 1, 2], { ...ONE, pads: [3, 2, 0, 4] }),
    given([1, 9, 1, 20], [4, 1, 20, 33], { ...ONE, pads: [3, 0, 0, 0] }),
    given([0, 3, 3, 1], [2, 2, 1, 2], ONE),
    given([2, 3, 3, 2], [2, 2, 2, 0], ONE),
  ],
  right: { ...given([1, 3, 3, 1], [2, 2, 1, 1], ONE), y: [1, 2, 2, 1] },
  errors: [
    { name: "rank", code: "E_SHAPE", of: [""], x: [3, 3, 1] },
    { name: "rank", code: "E_SHAPE", of: ["InputGrad"], y: [2, 2, 1] },
    { name: "rank", code: "E_SHAPE", of: ["FilterGrad"], y: [2, 2, 1] },
    { name: "rank of the filter", code: "E_SHAPE", of: [""], filter: [2, 2, 1] },
    { name: "channels", code: "E_SHAPE", of: [""], x: [1, 3, 3, 2], filter: [2, 2, 3, 1] },
    { name: "channels", code: "E_SHAPE", of: ["InputGrad"], y: [1, 2, 2, 2] },
    { name: "window", code: "E_SHAPE", of: [""], filter: [2, 4, 1, 1] },
    { name: "no channels", code: "E_SHAPE", of: [""], x: [1, 3, 3, 0], filter: [2, 2, 0, 1] },
    { name: "stride", code: "E_ARGUMENT", of: [""], attrs: { strides: [0, 1] } },
    { name: "pads", code: "E_ARGUMENT", of: [""], attrs: { pads: [0, -1, 0, 0] } },
    { name: "dilations", code: "E_ARGUMENT", of: [""], attrs: { dilations: [1] } },
    { name: "batch", code: "E_SHAPE", of: ["FilterGrad"], x: [2, 3, 3, 1] },
    { name: "size", code: "E_SHAPE", of: ["InputGrad"], own: { inputSize: [4, 3] } },
    { name: "size", code: "E_SHAPE", of: ["FilterGrad"], own: { filterSize: [3, 2] } },
    { name: "input size", code: "E_ARGUMENT", of: ["InputGrad"], own: { inputSize: [3] } },
    { name: "filter size", code: "E_ARGUMENT", of: ["FilterGrad"], own: { filterSize: [0, 2] } },
  ],
};

/** For depthwise convolutions: widths around those of vectors, several filters per channel. */
export const CHANNELS: Samples = {
  ...IMAGES,
  cases: [
    given([1, 3, 3, 1], [2, 2, 1, 1], ONE),
    given([2, 4, 5, 3], [1, 1, 3, 2], ONE),
    given([1, 5, 4, 2], [3, 3, 2, 3], { ...ONE, pads: [1, 1, 1, 1] }),
    given([1, 7, 6, 5], [3, 2, 5, 1], { strides: [2, 3], pads: [0, 1, 1, 0], dilations: [1, 1] }),
    given([1, 8, 7, 4], [3, 3, 4, 1], { strides: [1, 1], pads: [2, 2, 2, 2], dilations: [2, 3] }),
    given([1, 5, 5, 2], [1, 1, 2, 2], { ...ONE, strides: [3, 3] }),
    given([1, 6, 6, 3], [3, 3, 3, 2], { ...ONE, strides: [2, 2], dilations: [2, 2] }),
    given([1, 2, 2, 2], [2, 2, 2, 1], { ...ONE, pads: [3, 2, 0, 4] }),
    given([1, 3, 9, 37], [2, 4, 37, 1], { ...ONE, pads: [0, 1, 2, 1] }),
    given([1, 2, 3, 18], [2, 2, 18, 2], { ...ONE, pads: [0, 0, 1, 0] }),
    given([0, 3, 3, 1], [2, 2, 1, 2], ONE),
    given([2, 3, 3, 2], [2, 2, 2, 0], ONE),
  ],
  errors: [
    ...IMAGES.errors,
    { name: "channels of dy", code: "E_SHAPE", of: ["FilterGrad"], x: [1, 3, 3, 2], filter: [2, 2, 2, 1], y: [1, 2, 2, 3] },
  ],
};

const ONE_3D = { strides: [1, 1, 1], pads: [0, 0, 0, 0, 0, 0], dilations: [1, 1, 1] };

export const VOLUMES: Samples = {
  cases: [
    given([1, 2, 3, 3, 1], [2, 2, 2, 1, 1], ONE_3D),
    given([2, 2, 3, 2, 3], [1, 1, 1, 3, 2], ONE_3D),
    given([1, 3, 4, 3, 2], [3, 3, 3, 2, 3], { ...ONE_3D, pads: [1, 1, 1, 1, 1, 1] }),
    given([1, 5, 4, 6, 1], [2, 3, 2, 1, 2], { strides: [2, 1, 3], pads: [1, 0, 0, 1, 1, 0], dilations: [1, 1, 1] }),
    given([1, 5, 5, 4, 1], [2, 2, 2, 1, 2], { strides: [1, 1, 1], pads: [1, 2, 2, 0, 0, 2], dilations: [3, 2, 1] }),
    given([2, 4, 4, 4, 1], [1, 1, 1, 1, 2], { ...ONE_3D, strides: [3, 2, 3] }),
    given([1, 5, 6, 5, 2], [2, 2, 2, 2, 2], { ...ONE_3D, strides: [2, 2, 2], dilations: [2, 2, 2] }),
    given([1, 1, 2, 1, 1], [2, 2, 2, 1, 2], { ...ONE_3D, pads: [3, 1, 0, 2, 1, 2] }),
    given([1, 4, 1, 1, 20], [3, 1, 1, 20, 33], { ...ONE_3D, pads: [2, 0, 0, 0, 0, 0] }),
    given([0, 2, 2, 2, 1], [2, 2, 2, 1, 1], ONE_3D),
    given([1, 2, 2, 2, 1], [2, 2, 2, 1, 0], ONE_3D),
  ],
  right: { ...given([1, 3, 3, 3, 1], [2, 2, 2, 1, 1], ONE_3D), y: [1, 2, 2, 2, 1] },
  errors: [
    { name: "rank", code: "E_SHAPE", of: [""], x: [3, 3, 3, 1] },
    { name: "rank of dy", code: "E_SHAPE", of: ["InputGrad", "FilterGrad"], y: [2, 2, 2, 1] },
    { name: "rank of the filter", code: "E_SHAPE", of: ["", "InputGrad"], filter: [2, 2, 1, 1] },
    { name: "channels", code: "E_SHAPE", of: [""], filter: [2, 2, 2, 3, 1] },
    { name: "channels", code: "E_SHAPE", of: ["InputGrad"], y: [1, 2, 2, 2, 2] },
    { name: "window", code: "E_SHAPE", of: [""], filter: [4, 2, 2, 1, 1] },
    { name: "no channels", code: "E_SHAPE", of: [""], x: [1, 3, 3, 3, 0], filter: [2, 2, 2, 0, 1] },
    { name: "stride", code: "E_ARGUMENT", of: [""], attrs: { strides: [0, 1, 1] } },
    { name: "pads", code: "E_ARGUMENT", of: [""], attrs: { pads: [0, 0, 0, -1, 0, 0] } },
    { name: "pads of an image", code: "E_ARGUMENT", of: ["", "InputGrad", "FilterGrad"], attrs: { pads: [0, 0, 0, 0] } },
    { name: "batch", code: "E_SHAPE", of: ["FilterGrad"], x: [2, 3, 3, 3, 1] },
    { name: "size", code: "E_SHAPE", of: ["InputGrad"], own: { inputSize: [4, 3, 3] } },
    { name: "size", code: "E_SHAPE", of: ["FilterGrad"], own: { filterSize: [3, 2, 2] } },
    { name: "input size", code: "E_ARGUMENT", of: ["InputGrad"], own: { inputSize: [3, 3, -1] } },
    { name: "filter size", code: "E_ARGUMENT", of: ["FilterGrad"], own: { filterSize: [0, 2, 2] } },
  ],
};
