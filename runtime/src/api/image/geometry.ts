/** Images mirrored, turned, and seen through projective transforms. */
import { ArgumentError, ShapeError } from "../../core/errors.ts";
import { isStatic, showShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { apply1, castTo } from "../../dispatch/dispatch.ts";
import { tidied, tidy } from "../../eager/scope.ts";
import * as ops from "../../ops/index.ts";
import { describe, fromValues, type TensorLike, toTensor } from "../convert.ts";
import { where } from "../elementwise.ts";
import { pairOf } from "../placing.ts";
import { dimsOf, reshape, reverse, shapeAttr } from "../shape.ts";
import { gather } from "../slice.ts";

function imagesOf(image: TensorLike, fn: string): Tensor {
  const x = toTensor(image, fn, "image");
  if (x.rank !== 4) {
    throw new ShapeError(`${fn}: image of shape ${showShape(dimsOf(x))} must have rank 4, [batch, rows, columns, channels].`, {
      hint: "Use expandDims for one image.",
    });
  }
  return x;
}

/** Images [N, H, W, C] with their columns in reverse order. */
export const flipLeftRight = tidied("flipLeftRight", (image: TensorLike): Tensor => {
  return reverse(imagesOf(image, "flipLeftRight"), 2);
});

function number(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new ArgumentError(`${what} must be a finite number, but is ${describe(value)}.`);
}

/** What is seen of each channel outside of the image: a fourth one is opacity, and full there. */
function fillOf(fillValue: unknown, channels: number, fn: string): Tensor {
  if (typeof fillValue === "number") return fromValues([fillValue], [1], "float32", fn);
  if (!Array.isArray(fillValue) || fillValue.length !== 3 || fillValue.some((v) => typeof v !== "number")) {
    throw new ArgumentError(`${fn}: fillValue must be a number or three of them, but is ${describe(fillValue)}.`);
  }
  if (channels > 4) throw new ShapeError(`${fn}: three fill values do not fit ${channels} channels.`, { hint: "Give one number." });
  const all = [...(fillValue as number[]), 255].slice(0, channels);
  return fromValues(all, [all.length], "float32", fn);
}

/**
 * Images turned by an angle around a centre: each pixel is the nearest one of the place that it turns to, counterclockwise.
 * Shapes   [N, H, W, C] → the same; H, W, C must be known.
 * Dtypes   floating; whole numbers become float32.
 * Args     fillValue: of places outside, one number or [red, green, blue], a fourth channel getting 255; center: as a part of the
 *          width and the height, one number or [x, y].
 * Errors   E_SHAPE, E_ARGUMENT.
 * Gradient of the pixels that were taken.
 * Source   TensorFlow.js image.rotateWithOffset.
 */
export const rotateWithOffset = tidied(
  "rotateWithOffset",
  (
    image: TensorLike,
    radians: number,
    fillValue: number | readonly [number, number, number] = 0,
    center: number | readonly [number, number] = 0.5,
  ): Tensor => {
    const fn = "rotateWithOffset";
    return tidy(() => {
      const given = imagesOf(image, fn);
      const x = given.dtype === "float64" ? given : castTo(given, "float32", false);
      const dims = dimsOf(x);
      const own = dims.slice(1);
      if (!isStatic(own)) throw new ShapeError(`${fn}: rows, columns and channels of ${showShape(dims)} must be known.`);
      const [height, width, channels] = own;
      const outside = castTo(fillOf(fillValue, channels, fn), x.dtype, false);
      if (height * width === 0) return x.clone();
      const angle = number(radians, `${fn}: radians`);
      const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
      const parts = typeof center === "number" ? [center, center] : center;
      if (!Array.isArray(parts) || parts.length !== 2) throw new ArgumentError(`${fn}: center must be a number or [x, y].`);
      const [cx, cy] = [width * number(parts[0], `${fn}: center`), height * number(parts[1], `${fn}: center`)];
      const from = new Int32Array(height * width);
      const isInside = new Uint8Array(from.length);
      for (let i = 0; i < from.length; i++) {
        const [dx, dy] = [(i % width) - cx, Math.floor(i / width) - cy];
        const column = Math.floor(dx * cos - dy * sin + cx + 0.5);
        const row = Math.floor(dx * sin + dy * cos + cy + 0.5);
        if (column < 0 || column >= width || row < 0 || row >= height) continue;
        isInside[i] = 1;
        from[i] = row * width + column;
      }
      const pixels = reshape(x, shapeAttr([dims[0], height * width, channels], fn));
      const mask = fromValues(isInside, [height * width, 1], "bool", fn);
      const turned = where(mask, gather(pixels, fromValues(from, [from.length], "int32", fn), 1), outside);
      return reshape(turned, shapeAttr(dims, fn));
    });
  },
);

/**
 * Images through projective transforms: pixel (x, y) of the result shows place ((a0·x + a1·y + a2) / k, (b0·x + b1·y + b2) / k) of the
 * image, k = c0·x + c1·y + 1, of its transform [a0, a1, a2, b0, b1, b2, c0, c1].
 * Shapes   image [N, H, W, C], transforms [N, 8] or [1, 8] → [N, outputShape[0], outputShape[1], C], default the image's size.
 * Dtypes   floating; whole numbers become float32.
 * Args     interpolation "nearest" or "bilinear"; fillMode, what lies outside: "constant" is fillValue, "reflect" dcba|abcd|dcba, "wrap"
 *          abcd|abcd|abcd, "nearest" aaaa|abcd|dddd.
 * Errors   E_SHAPE, E_ARGUMENT.
 * Gradient none: E_GRADIENT, as in TensorFlow.js.
 * Source   TensorFlow.js image.transform.
 */
export const transform = tidied(
  "transform",
  (
    image: TensorLike,
    transforms: TensorLike,
    interpolation: "nearest" | "bilinear" = "nearest",
    fillMode: "constant" | "reflect" | "wrap" | "nearest" = "constant",
    fillValue = 0,
    outputShape?: readonly [number, number] | null,
  ): Tensor => {
    const fn = "transform";
    const x = imagesOf(image, fn);
    if (interpolation !== "nearest" && interpolation !== "bilinear") {
      throw new ArgumentError(`${fn}: interpolation is ${describe(interpolation)}, but must be "nearest" or "bilinear".`);
    }
    const fill = ops.FILL_MODES.indexOf(fillMode);
    if (fill < 0) {
      throw new ArgumentError(`${fn}: fillMode is ${describe(fillMode)}, but must be one of ${ops.FILL_MODES.join(", ")}.`);
    }
    if (typeof fillValue !== "number") throw new ArgumentError(`${fn}: fillValue must be a number, but is ${describe(fillValue)}.`);
    if (outputShape !== undefined && outputShape !== null && !Array.isArray(outputShape)) {
      throw new ArgumentError(`${fn}: outputShape must be [rows, columns], but is ${describe(outputShape)}.`);
    }
    const size = outputShape ? pairOf(outputShape, `${fn}: outputShape`) : dimsOf(x).slice(1, 3);
    const bilinear = interpolation === "bilinear";
    return apply1(ops.transform, [x, toTensor(transforms, fn, "transforms")], { size, bilinear, fill, value: fillValue });
  },
);
