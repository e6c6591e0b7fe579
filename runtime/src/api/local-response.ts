/** Local response normalisation, under TensorFlow.js's name. A composition: gradients follow from its parts. */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import { tidied, tidy } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import { checkInt, describe, type TensorLike, toTensor } from "./convert.ts";
import { add, mul, pow, square } from "./elementwise.ts";
import { dimsOf } from "./shape.ts";

/**
 * x · (bias + alpha · Σ x²)^−beta, the sum over the channels within depthRadius of x's own.
 * Shapes   x [N, H, W, C] or [H, W, C] → the same.
 * Dtypes   floating; integers are lifted to float32.
 * Errors   E_SHAPE for other ranks; E_ARGUMENT for a depthRadius that is no whole number of 0 or more.
 * Source   TensorFlow.js localResponseNormalization.
 */
export const localResponseNormalization = tidied(
  "localResponseNormalization",
  (x: TensorLike, depthRadius = 5, bias = 1, alpha = 1, beta = 0.5): Tensor => {
    const fn = "localResponseNormalization";
    const input = toTensor(x, fn);
    if (input.rank !== 3 && input.rank !== 4) {
      throw new ShapeError(`${fn}: x of shape ${showShape(dimsOf(input))} must have rank 4, or 3 for a single image.`);
    }
    const radius = checkInt(depthRadius, `${fn}: depthRadius`, 0);
    for (const [name, value] of Object.entries({ bias, alpha, beta })) {
      if (typeof value !== "number") throw new ArgumentError(`${fn}: ${name} must be a number, but is ${describe(value)}.`);
    }
    return tidy(() => mul(input, pow(add(mul(apply1(ops.neighbourSum, [square(input)], { radius }), alpha), bias), -beta)));
  },
);
