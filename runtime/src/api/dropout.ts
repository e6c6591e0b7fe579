/** Dropout (Srivastava et al. 2014), as TensorFlow.js has it. */
import { ArgumentError, DTypeError, ShapeError } from "../core/errors.ts";
import { type Dim, type Shape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { tidied, tidy } from "../eager/scope.ts";
import { checkShape, describe, type TensorLike, toTensor } from "./convert.ts";
import { clone, greaterEqual, mul, where } from "./elementwise.ts";
import type { Seed } from "./generator.ts";
import { randomUniform } from "./random.ts";
import { dimsOf, shapeAttr } from "./shape.ts";

/**
 * x with elements set to 0 with probability `rate` (0 ≤ rate < 1) and the others multiplied by 1 / (1 − rate), so that the mean stays.
 * `noiseShape` broadcasts to x's shape: elements along an axis of length 1 are dropped together; null entries stand for x's lengths.
 * x is float32 or float64 (E_DTYPE). Gradient: passes where elements were kept, multiplied likewise.
 */
export const dropout = tidied(
  "dropout",
  (x: TensorLike, rate: number, noiseShape?: readonly (number | null)[] | null, seed?: Seed): Tensor => {
    const input = toTensor(x, "dropout");
    if (input.dtype !== "float32" && input.dtype !== "float64") {
      throw new DTypeError(`dropout: x is ${input.dtype}, but must be float32 or float64.`, { hint: "Use toFloat()." });
    }
    if (typeof rate !== "number" || !(rate >= 0 && rate < 1)) {
      throw new ArgumentError(`dropout: rate must be a number from 0 up to, but not including, 1, but is ${describe(rate)}.`);
    }
    if (rate === 0) return clone(input);
    const shape = noiseDims(input, noiseShape);
    return tidy(() => {
      const noise = randomUniform(shape, 0, 1, "float32", seed);
      return where(greaterEqual(noise, rate), mul(input, 1 / (1 - rate)), 0);
    });
  },
);

function noiseDims(x: Tensor, noiseShape: readonly (number | null)[] | null | undefined): Shape {
  const dims = dimsOf(x);
  if (noiseShape !== undefined && noiseShape !== null && !Array.isArray(noiseShape)) {
    throw new ArgumentError(`dropout: noiseShape must be an array, but is ${describe(noiseShape)}.`);
  }
  const given: readonly (number | null)[] = noiseShape ?? dims.map(() => null);
  const lead = dims.length - given.length;
  const known = checkShape(
    shapeAttr(
      given.map((d, i): Dim => d ?? dims[lead + i] ?? 1),
      "dropout",
    ),
    "dropout: noiseShape",
  );
  if (lead < 0 || known.some((d, i) => d !== 1 && d !== dims[lead + i])) {
    throw new ShapeError(`dropout: noiseShape ${showShape(known)} does not broadcast to x ${showShape(dims)}.`);
  }
  return known;
}
