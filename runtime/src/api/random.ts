/**
 * Random tensors, under TensorFlow.js's names. Values come from Philox (ops/random.ts), not from TensorFlow.js's generators: the
 * distributions are the same, the numbers are not.
 *
 * With a `seed` (number or string), equal calls give equal values, everywhere. Without one, the global generator is drawn from:
 * its state is a variable, so that a graph function gives new numbers at every call, and the same sequence as eager code would.
 * The generator starts somewhere else in every process, unless `setSeed` says where.
 */
import type { DType } from "../core/dtype.ts";
import { ArgumentError, DTypeError, StagingError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1, isTracing } from "../dispatch/dispatch.ts";
import { tidied, tidy } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import type { Attrs, OpRecord } from "../ops/op.ts";
import { checkDType, checkInt, checkShape, describe } from "./convert.ts";
import { tensor } from "./create.ts";
import { add, cast, minimum, mul, round } from "./elementwise.ts";
import { type Seed, setGeneratorSeed, useGenerator, useSeed } from "./generator.ts";
import { room } from "./indices.ts";

/** Starts the global generator anew: the draws after equal seeds are equal. In a graph function it happens when the function runs. */
export function setSeed(seed: Seed): void {
  setGeneratorSeed(seed, "setSeed");
}

/** One draw of a random op: from the seed where there is one, else from the global generator. */
function draw(op: OpRecord, attrs: Attrs, seed: Seed | undefined, fn: string): Tensor {
  const use = (state: Tensor): Tensor => apply1(op, [state], attrs);
  return seed === undefined || seed === null ? useGenerator(use) : useSeed(seed, fn, use);
}

function finite(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new ArgumentError(`${what} must be a finite number, but is ${describe(value)}.`);
  return value;
}

/** The largest number of a dtype below x. */
function numberBelow(x: number, dtype: DType): number {
  const bits = dtype === "float32" ? new Int32Array(1) : new BigInt64Array(1);
  const value = dtype === "float32" ? new Float32Array(bits.buffer) : new Float64Array(bits.buffer);
  value[0] = x;
  // Stored, x may have become a number above it.
  if (value[0] < x) return value[0];
  if (value[0] === 0) return dtype === "float32" ? -(2 ** -149) : -Number.MIN_VALUE;
  if (bits instanceof Int32Array) bits[0] += x > 0 ? -1 : 1;
  else bits[0] += x > 0 ? -1n : 1n;
  return value[0];
}

/**
 * Uniform numbers in [minval, maxval). float32 or float64; int32: the whole numbers of that range, all equally likely; bool (with
 * the default range): true and false, equally likely. E_ARGUMENT for a range that is empty or not finite.
 */
export const randomUniform = tidied("randomUniform", (shape: Shape, minval = 0, maxval = 1, dtype?: DType | null, seed?: Seed): Tensor => {
  const fn = "randomUniform";
  const dims = checkShape(shape, fn);
  const to = checkDType(dtype ?? "float32", fn);
  const [low, high] = [finite(minval, `${fn}: minval`), finite(maxval, `${fn}: maxval`)];
  if (low > high) throw new ArgumentError(`${fn}: minval ${low} is greater than maxval ${high}.`);
  if (to === "int32") return integers(dims, Math.ceil(low), Math.ceil(high), seed, fn);
  if (to === "bool") {
    if (low !== 0 || high !== 1) throw new ArgumentError(`${fn}: bool has no range, but minval is ${low} and maxval is ${high}.`);
    return tidy(() => cast(integers(dims, 0, 2, seed, fn), "bool"));
  }
  if (low === 0 && high === 1) return draw(ops.randomUniform, { shape: dims, dtype: to }, seed, fn);
  return tidy(() => {
    const scaled = add(mul(draw(ops.randomUniform, { shape: dims, dtype: to }, seed, fn), high - low), low);
    // Rounding may reach the end of the range, which does not belong to it.
    return low === high ? scaled : minimum(scaled, numberBelow(high, to));
  });
});

function integers(shape: Shape, lo: number, hi: number, seed: Seed | undefined, fn: string): Tensor {
  const [low, high] = [checkInt(lo, `${fn}: minval`), checkInt(hi, `${fn}: maxval`)];
  if (low >= high) throw new ArgumentError(`${fn}: there is no whole number from ${low} up to, but not including, ${high}.`);
  return draw(ops.randomInt, { shape, lo: low, hi: high }, seed, fn);
}

/** Whole int32 numbers minval..maxval−1, all equally likely. E_ARGUMENT for an empty range or fractions. */
export const randomUniformInt = tidied("randomUniformInt", (shape: Shape, minval: number, maxval: number, seed?: Seed): Tensor => {
  return integers(checkShape(shape, "randomUniformInt"), minval, maxval, seed, "randomUniformInt");
});

/** Normal numbers of a mean and a standard deviation. float32 or float64; int32: rounded to whole numbers. */
export const randomNormal = tidied("randomNormal", (shape: Shape, mean = 0, stdDev = 1, dtype?: DType | null, seed?: Seed): Tensor => {
  return normal(ops.randomNormal, shape, mean, stdDev, dtype, seed, "randomNormal");
});

/** Normal numbers of mean 0 and standard deviation 1. float32 or float64; int32: rounded to whole numbers. */
export const randomStandardNormal = tidied("randomStandardNormal", (shape: Shape, dtype?: DType | null, seed?: Seed): Tensor => {
  return normal(ops.randomNormal, shape, 0, 1, dtype, seed, "randomStandardNormal");
});

/** Normal numbers, of which those two standard deviations or more from the mean are drawn again. */
export const truncatedNormal = tidied(
  "truncatedNormal",
  (shape: Shape, mean = 0, stdDev = 1, dtype?: DType | null, seed?: Seed): Tensor => {
    return normal(ops.randomTruncatedNormal, shape, mean, stdDev, dtype, seed, "truncatedNormal");
  },
);

/**
 * Gamma-distributed numbers of shape `alpha` and rate `beta`: mean alpha/beta, variance alpha/beta². float32 or float64; int32: rounded.
 * E_ARGUMENT unless both are finite numbers above 0. (TensorFlow.js describes beta as the rate too, but multiplies by it.)
 */
export const randomGamma = tidied(
  "randomGamma",
  (shape: Shape, alpha: number, beta?: number | null, dtype?: DType | null, seed?: Seed): Tensor => {
    const fn = "randomGamma";
    const dims = checkShape(shape, fn);
    const to = floatingOrInt(dtype, fn);
    const [a, b] = [finite(alpha, `${fn}: alpha`), finite(beta ?? 1, `${fn}: beta`)];
    if (a <= 0 || b <= 0) throw new ArgumentError(`${fn}: alpha is ${a} and beta ${b}, but both must be above 0.`);
    return tidy(() => {
      const drawn = draw(ops.randomGamma, { shape: dims, dtype: to === "int32" ? "float32" : to, alpha: a }, seed, fn);
      const result = b === 1 ? drawn : mul(drawn, 1 / b);
      return to === "int32" ? cast(round(result), "int32") : result;
    });
  },
);

/** A dtype that normal numbers may have; float32 without one. */
function floatingOrInt(dtype: DType | null | undefined, fn: string): DType {
  const to = checkDType(dtype ?? "float32", fn);
  if (to === "bool" || to === "complex64")
    throw new DTypeError(`${fn}: the numbers cannot be ${to}.`, { hint: "Use float32, float64 or int32." });
  return to;
}

function normal(
  op: OpRecord,
  shape: Shape,
  mean: number,
  stdDev: number,
  dtype: DType | null | undefined,
  seed: Seed | undefined,
  fn: string,
): Tensor {
  const dims = checkShape(shape, fn);
  const to = floatingOrInt(dtype, fn);
  const [center, deviation] = [finite(mean, `${fn}: mean`), finite(stdDev, `${fn}: stdDev`)];
  return tidy(() => {
    let result = draw(op, { shape: dims, dtype: to === "int32" ? "float32" : to }, seed, fn);
    if (deviation !== 1) result = mul(result, deviation);
    if (center !== 0) result = add(result, center);
    return to === "int32" ? cast(round(result), "int32") : result;
  });
}

/** 0..count−1 in random order, int32 [count]. (Ours: TensorFlow.js shuffles arrays only.) */
export const randomPermutation = tidied("randomPermutation", (count: number, seed?: Seed): Tensor => {
  const fn = "randomPermutation";
  return draw(ops.randomPermutation, { count: checkInt(count, `${fn}: count`, 0) }, seed, fn);
});

/**
 * A tensor of what `randFunction` returns, called once per element. E_STAGING in a graph function, whose numbers would be the same
 * at every call.
 */
export const rand = tidied("rand", (shape: Shape, randFunction: () => number, dtype: DType = "float32"): Tensor => {
  const dims = checkShape(shape, "rand");
  if (typeof randFunction !== "function")
    throw new ArgumentError(`rand: randFunction must be a function, but is ${describe(randFunction)}.`);
  if (isTracing()) {
    throw new StagingError("rand calls a JavaScript function, which a graph cannot.", { hint: "Use randomUniform or randomNormal." });
  }
  const size = dims.reduce((a, b) => a * b, 1);
  const values = room(Float64Array, size, "rand");
  for (let i = 0; i < size; i++) values[i] = checkDrawn(randFunction());
  return tensor(values, dims, checkDType(dtype, "rand"));
});

function checkDrawn(value: unknown): number {
  if (typeof value === "number" || typeof value === "boolean") return Number(value);
  throw new ArgumentError(`rand: randFunction must return numbers, but returned ${describe(value)}.`);
}
