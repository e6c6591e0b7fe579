/** Stands in for `@tensorflow/tfjs-core` in its tests: this library, under the names that it has. */
import * as gf from "graphfn";

export { util } from "@tensorflow/tfjs-core";
export * from "graphfn";

/** Facts of numbers that the tests ask the backend for. */
export const backend = () => ({ floatPrecision: () => 32, epsilon: () => 1e-7 });

let before = gf.memory();

/** Each case counts from its own beginning, as TensorFlow.js's runner disposes what a case leaves. */
export function startCase() {
  before = gf.memory();
}

export function memory() {
  const now = gf.memory();
  const counts = ["numTensors", "numDataBuffers", "numBytes"].map((name) => [name, now[name] - before[name]]);
  return { ...now, ...Object.fromEntries(counts) };
}

export * as test_util from "./assertions.mjs";
