/** Boxes cut out of images and brought to one size. */
import { ArgumentError, DTypeError, IndexError, ShapeError } from "../../core/errors.ts";
import { isStatic, mayBeSameDim, type Shape, showShape } from "../../core/shape.ts";
import { FLOATING } from "../infer.ts";
import { type Attrs, defineOp, type OpErrorSample, type OpSample } from "../op.ts";
import { spread } from "../samples.ts";

const nearestTo = (at: number): number => Math.floor(at + 0.5);

/**
 * Box [y1, x1, y2, x2] of image boxInd: 0 is the first pixel's centre and 1 the last one's. Places outside of the image get `outside`.
 * Shapes   image [N, H, W, C], boxes [B, 4], boxInd [B] → [B, size[0], size[1], C].
 * Dtypes   image and boxes floating, of one dtype; boxInd int32.
 * Errors   E_SHAPE, E_ARGUMENT; E_INDEX for a box of an image that is not there.
 * Gradient E_GRADIENT, as TensorFlow.js has none.
 */
export const cropAndResize = defineOp({
  name: "cropAndResize",
  arity: 3,
  dtypes: FLOATING,
  promote: [0, 1],
  flags: ["pure", "checked"],
  attrs: { size: "ints", bilinear: "bool", outside: "number" },
  doc: "Box [y1, x1, y2, x2] of image boxInd for each of boxes [B, 4], resized to size [rows, columns]; 0 is the first pixel, 1 the last one, and places outside get `outside`.",
  infer: ([x, boxes, owners], attrs, name) => {
    const size = attrs.size as Shape;
    if (owners.dtype !== "int32") throw new DTypeError(`${name}: boxInd is ${owners.dtype}, but must be int32.`);
    if (x.shape.length !== 4) throw new ShapeError(`${name}: image of shape ${showShape(x.shape)} must have rank 4.`);
    if (boxes.shape.length !== 2 || !mayBeSameDim(boxes.shape[1], 4)) {
      throw new ShapeError(`${name}: boxes of shape ${showShape(boxes.shape)} must have shape [boxes, 4].`);
    }
    if (owners.shape.length !== 1 || !mayBeSameDim(owners.shape[0], boxes.shape[0])) {
      throw new ShapeError(`${name}: boxInd of shape ${showShape(owners.shape)} does not fit boxes of shape ${showShape(boxes.shape)}.`);
    }
    if (size.length !== 2 || size.some((d) => d < 1)) {
      throw new ArgumentError(`${name}: cropSize must be [rows, columns], both 1 or more, but is ${showShape(size)}.`);
    }
    const pixels = x.shape.slice(1, 3);
    if (isStatic(pixels) && pixels.includes(0)) throw new ShapeError(`${name}: images of shape ${showShape(x.shape)} have no pixels.`);
    return [{ dtype: x.dtype, shape: [boxes.shape[0], size[0], size[1], x.shape[3]] }];
  },
  reference: ([x, boxes, owners], [out], attrs) => {
    const [images, height, width, channels] = x.shape;
    const [count, rows, columns] = out.shape;
    const outside = attrs.outside as number;
    /** Place i of `steps` between two ends. */
    const placeOf = (from: number, to: number, i: number, steps: number, length: number): number =>
      steps > 1 ? from * (length - 1) + (i * ((to - from) * (length - 1))) / (steps - 1) : 0.5 * (from + to) * (length - 1);
    let next = 0;
    for (let b = 0; b < count; b++) {
      const owner = owners.data[b];
      if (owner < 0 || owner >= images) throw new IndexError(`cropAndResize: box ${b} is of image ${owner}, but there are ${images}.`);
      const [y1, x1, y2, x2] = boxes.data.subarray(4 * b, 4 * b + 4);
      for (let i = 0; i < rows; i++) {
        const y = placeOf(y1, y2, i, rows, height);
        for (let j = 0; j < columns; j++) {
          const at = placeOf(x1, x2, j, columns, width);
          const inside = y >= 0 && y <= height - 1 && at >= 0 && at <= width - 1;
          const pixel = (row: number, column: number, c: number): number =>
            x.data[((owner * height + row) * width + column) * channels + c];
          for (let c = 0; c < channels; c++) {
            if (!inside) out.data[next++] = outside;
            else if (attrs.bilinear !== true) out.data[next++] = pixel(nearestTo(y), nearestTo(at), c);
            else {
              const [top, left] = [Math.floor(y), Math.floor(at)];
              const line = (row: number): number =>
                at === left ? pixel(row, left, c) : pixel(row, left, c) * (1 - (at - left)) + pixel(row, left + 1, c) * (at - left);
              out.data[next++] = y === top ? line(top) : line(top) * (1 - (y - top)) + line(top + 1) * (y - top);
            }
          }
        }
      }
    }
  },
  withoutGradient: "TensorFlow.js has none. Cut with slice and resize with resizeBilinear, which have gradients.",
  samples: () => samples(),
  errors: errors(),
});

function samples(): OpSample[] {
  const values = (n: number): number[] => spread(0, n - 1, n).map((i) => ((i * 7) % 19) - 5);
  const boxes = [0, 0, 1, 1, 0.1, 0.9, 0.75, 0.2, -0.5, 0.25, 1.5, 0.5, 0, 0, 0.5, 0.5];
  const cases: { shape: Shape; attrs: Attrs }[] = [
    { shape: [2, 3, 4, 1], attrs: { size: [2, 3], bilinear: true, outside: 0 } },
    { shape: [2, 3, 4, 2], attrs: { size: [4, 5], bilinear: false, outside: -1 } },
    { shape: [2, 5, 2, 3], attrs: { size: [1, 1], bilinear: true, outside: 7 } },
    { shape: [2, 1, 1, 9], attrs: { size: [3, 1], bilinear: true, outside: 0.5 } },
    { shape: [2, 2, 2, 0], attrs: { size: [3, 1], bilinear: true, outside: 0.5 } },
  ];
  return FLOATING.flatMap((dtype) => [
    ...cases.map(({ shape, attrs }) => ({
      name: `${dtype} ${showShape(shape)} ${JSON.stringify(attrs)}`,
      inputs: [
        { dtype, shape, values: values(shape.reduce((a, b) => a * b, 1)) },
        { dtype, shape: [4, 4], values: boxes },
        { dtype: "int32" as const, shape: [4], values: [0, 1, 1, 0] },
      ],
      attrs,
    })),
    {
      name: `${dtype} NaN and infinity`,
      inputs: [
        { dtype, shape: [1, 2, 2, 1], values: [NaN, Infinity, 1, -Infinity] },
        { dtype, shape: [3, 4], values: [0, 0, 1, 1, NaN, 0, 1, 1, -Infinity, 0, Infinity, 1] },
        { dtype: "int32" as const, shape: [3], values: [0, 0, 0] },
      ],
      attrs: { size: [3, 3], bilinear: true, outside: 4 },
    },
    {
      name: `${dtype} no boxes`,
      inputs: [
        { dtype, shape: [1, 2, 2, 1], values: values(4) },
        { dtype, shape: [0, 4], values: [] },
        { dtype: "int32" as const, shape: [0], values: [] },
      ],
      attrs: { size: [2, 2], bilinear: true, outside: 0 },
    },
  ]);
}

function errors(): OpErrorSample[] {
  const bad = (name: string, code: string, shapes: readonly Shape[], attrs: Attrs = {}, owner = 0): OpErrorSample => ({
    name,
    code,
    inputs: [
      { dtype: "float32", shape: shapes[0] },
      { dtype: "float32", shape: shapes[1] },
      { dtype: "int32", shape: shapes[2], values: Array.from({ length: shapes[2].reduce((a, b) => a * b, 1) }, () => owner) },
    ],
    attrs: { size: [2, 2], bilinear: true, outside: 0, ...attrs },
  });
  const right = [[1, 2, 2, 1], [1, 4], [1]];
  return [
    bad("rank", "E_SHAPE", [[2, 2, 1], [1, 4], [1]]),
    bad("no pixels", "E_SHAPE", [[1, 0, 2, 1], [1, 4], [1]]),
    bad("boxes", "E_SHAPE", [[1, 2, 2, 1], [1, 3], [1]]),
    bad("owners", "E_SHAPE", [[1, 2, 2, 1], [2, 4], [1]]),
    bad("size", "E_ARGUMENT", right, { size: [2, 0] }),
    bad("no such image", "E_INDEX", right, {}, 1),
    bad("a negative image", "E_INDEX", right, {}, -1),
  ];
}
