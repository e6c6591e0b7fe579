/** Images seen through projective transforms. */
import { ArgumentError, ShapeError } from "../../core/errors.ts";
import { type Dims, mayBeSameDim, type Shape, showShape } from "../../core/shape.ts";
import { FLOATING } from "../infer.ts";
import { type Attrs, defineOp, type OpErrorSample, type OpSample } from "../op.ts";
import { spread } from "../samples.ts";

/** What lies outside of the image, in the order of attribute `fill`. */
export const FILL_MODES = ["constant", "reflect", "wrap", "nearest"] as const;

/**
 * A place of a row of `length` pixels for one that may lie outside: abcd continues as dcba|abcd|dcba with "reflect", abcd|abcd|abcd
 * with "wrap", aaaa|abcd|dddd with "nearest". Infinite places become NaN.
 */
function placeInside(at: number, length: number, fill: number): number {
  const last = length - 1;
  const clamp = (v: number): number => (v < 0 ? 0 : Math.min(v, last));
  if (fill === 0 || (at >= 0 && at <= last)) return at;
  if (fill === 3 || length <= 1) return clamp(at);
  if (fill === 2) return clamp(at < 0 ? at + length * (Math.trunc(-at / last) + 1) : at - length * Math.trunc(at / last));
  const period = 2 * length;
  if (at < 0) {
    const near = period * Math.trunc(-at / period) + at;
    return clamp(near < -length ? near + period : -near - 1);
  }
  const near = at - period * Math.trunc(at / period);
  return clamp(near >= length ? period - near - 1 : near);
}

function transformed(x: Dims, transforms: Dims, attrs: Attrs, name: string): Dims {
  const size = attrs.size as Dims;
  if (x.length !== 4) throw new ShapeError(`${name}: image of shape ${showShape(x)} must have rank 4.`);
  const fits = transforms.length === 2 && mayBeSameDim(transforms[1], 8) && (transforms[0] === 1 || mayBeSameDim(transforms[0], x[0]));
  if (!fits) {
    throw new ShapeError(`${name}: transforms of shape ${showShape(transforms)} do not fit images of shape ${showShape(x)}.`, {
      hint: "Transforms are [batch, 8], or [1, 8] for all images.",
    });
  }
  if (size.length !== 2 || size.some((d) => typeof d === "number" && d < 0)) {
    throw new ArgumentError(`${name}: outputShape must be [rows, columns], but is ${showShape(size)}.`);
  }
  const fill = attrs.fill as number;
  if (fill < 0 || fill >= FILL_MODES.length) throw new ArgumentError(`${name}: there is no fill mode ${fill}.`);
  return [x[0], size[0], size[1], x[3]];
}

/**
 * Pixel (x, y) of the result shows place ((a0·x + a1·y + a2) / k, (b0·x + b1·y + b2) / k) of the image, k = c0·x + c1·y + 1, for a
 * transform [a0, a1, a2, b0, b1, b2, c0, c1].
 * Shapes   image [N, H, W, C], transforms [N, 8] or [1, 8] → [N, size[0], size[1], C].
 * Dtypes   floating, both of one.
 * Errors   E_SHAPE, E_ARGUMENT.
 * Gradient E_GRADIENT, as TensorFlow.js has none.
 */
export const transform = defineOp({
  name: "transform",
  arity: 2,
  dtypes: FLOATING,
  flags: ["pure"],
  attrs: { size: "dims", bilinear: "bool", fill: "int", value: "number" },
  doc: "Images [N, H, W, C] through transforms [N or 1, 8]: (x, y) shows ((a0·x + a1·y + a2) / k, (b0·x + b1·y + b2) / k), k = c0·x + c1·y + 1; fill 0 is constant, 1 reflect, 2 wrap, 3 nearest, and places that are no number get `value`.",
  infer: ([x, transforms], attrs, name) => [{ dtype: x.dtype, shape: transformed(x.shape, transforms.shape, attrs, name) }],
  reference: ([image, transforms], [out], attrs) => {
    const [batch, rows, columns, channels] = out.shape;
    const [, height, width] = image.shape;
    const { fill, value, bilinear } = attrs as { fill: number; value: number; bilinear: boolean };
    let next = 0;
    for (let n = 0; n < batch; n++) {
      const own = transforms.shape[0] === 1 ? 0 : 8 * n;
      const [a0, a1, a2, b0, b1, b2, c0, c1] = transforms.data.subarray(own, own + 8);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const k = c0 * j + c1 * i + 1;
          const x = placeInside((a0 * j + a1 * i + a2) / k, width, fill);
          const y = placeInside((b0 * j + b1 * i + b2) / k, height, fill);
          // Further out no pixel takes part; what is no number lies nowhere.
          const seen = k !== 0 && x > -1 && x < width && y > -1 && y < height;
          for (let c = 0; c < channels; c++) {
            const pixel = (row: number, column: number): number =>
              row >= 0 && row < height && column >= 0 && column < width
                ? image.data[((n * height + row) * width + column) * channels + c]
                : value;
            const [top, left] = [Math.floor(y), Math.floor(x)];
            const line = (row: number): number =>
              x === left ? pixel(row, left) : (1 - (x - left)) * pixel(row, left) + (x - left) * pixel(row, left + 1);
            if (!seen) out.data[next++] = value;
            else if (!bilinear) out.data[next++] = pixel(Math.floor(y + 0.5), Math.floor(x + 0.5));
            else out.data[next++] = y === top ? line(top) : (1 - (y - top)) * line(top) + (y - top) * line(top + 1);
          }
        }
      }
    }
  },
  withoutGradient: "TensorFlow.js has none. rotateWithOffset, resizeBilinear and slice have gradients.",
  samples: () => samples(),
  errors: errors(),
});

function samples(): OpSample[] {
  const values = (n: number): number[] => spread(0, n - 1, n).map((i) => ((i * 5) % 17) - 3);
  const transforms: Record<string, readonly number[]> = {
    shift: [1, 0, -1.25, 0, 1, 0.75, 0, 0],
    turn: [0.6, -0.8, 1.5, 0.8, 0.6, -2.5, 0, 0],
    far: [1, 0, 23.5, 0, 1, -17.25, 0, 0],
    project: [1.5, 0.2, 0, -0.3, 1, 1, 0.1, -0.25],
    "to infinity": [1, 0, 0.5, 0, 1, 0.5, -0.5, 0],
  };
  const attrs = (bilinear: boolean, fill: number): Attrs => ({ size: [4, 3], bilinear, fill, value: -2 });
  return FLOATING.flatMap((dtype) => [
    ...Object.entries(transforms).flatMap(([name, values8]) =>
      FILL_MODES.flatMap((mode, fill) =>
        [true, false].map((bilinear) => ({
          name: `${dtype} ${name} ${mode} ${bilinear ? "bilinear" : "nearest"}`,
          inputs: [
            { dtype, shape: [2, 3, 4, 2], values: values(48) },
            { dtype, shape: [1, 8], values: values8 },
          ],
          attrs: attrs(bilinear, fill),
        })),
      ),
    ),
    {
      name: `${dtype} one each, one pixel`,
      inputs: [
        { dtype, shape: [2, 1, 1, 1], values: [NaN, Infinity] },
        { dtype, shape: [2, 8], values: [...transforms.shift, ...transforms.far] },
      ],
      attrs: attrs(true, 1),
    },
    {
      name: `${dtype} NaN`,
      inputs: [
        { dtype, shape: [1, 2, 2, 1], values: values(4) },
        { dtype, shape: [1, 8], values: [NaN, 0, 0, 0, Infinity, 0, 0, 0] },
      ],
      attrs: attrs(true, 2),
    },
    {
      name: `${dtype} no images`,
      inputs: [
        { dtype, shape: [0, 2, 2, 1], values: [] },
        { dtype, shape: [1, 8], values: transforms.shift },
      ],
      attrs: attrs(true, 2),
    },
    {
      name: `${dtype} no pixels`,
      inputs: [
        { dtype, shape: [1, 0, 2, 1], values: [] },
        { dtype, shape: [1, 8], values: transforms.shift },
      ],
      attrs: attrs(true, 1),
    },
  ]);
}

function errors(): OpErrorSample[] {
  const bad = (name: string, code: string, image: Shape, own: Shape, attrs: Attrs = {}): OpErrorSample => ({
    name,
    code,
    inputs: [
      { dtype: "float32", shape: image },
      { dtype: "float32", shape: own },
    ],
    attrs: { size: [2, 2], bilinear: true, fill: 0, value: 0, ...attrs },
  });
  return [
    bad("rank", "E_SHAPE", [2, 2, 1], [1, 8]),
    bad("transforms", "E_SHAPE", [3, 2, 2, 1], [2, 8]),
    bad("lengths", "E_SHAPE", [1, 2, 2, 1], [1, 6]),
    bad("size", "E_ARGUMENT", [1, 2, 2, 1], [1, 8], { size: [2] }),
    bad("fill", "E_ARGUMENT", [1, 2, 2, 1], [1, 8], { fill: 4 }),
  ];
}
