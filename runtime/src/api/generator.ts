/**
 * Where random ops get their state from (int32 [key 0, key 1, low, high], see ops/philox.ts): from a seed, or from the one
 * generator of the process. A draw uses the generator's state and leaves the next one behind.
 */
import { ArgumentError, UnsupportedError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1, isTracing, outside } from "../dispatch/dispatch.ts";
import * as ops from "../ops/index.ts";
import { describe } from "./convert.ts";
import { tensor } from "./create.ts";

export type Seed = number | string;

const words = new Int32Array(2);
const double = new Float64Array(words.buffer);

/** Two words for a key: the bits of a number, or two FNV-1a hashes of a text. */
function keyOf(seed: unknown, fn: string): readonly [number, number] {
  if (typeof seed === "number" && Number.isFinite(seed)) {
    double[0] = seed === 0 ? 0 : seed;
    return [words[0], words[1]];
  }
  if (typeof seed !== "string") throw new ArgumentError(`${fn}: the seed must be a finite number or a string, but is ${describe(seed)}.`);
  let [a, b] = [0x811c9dc5, 0x050c5d1f];
  for (let i = 0; i < seed.length; i++) {
    a = Math.imul(a ^ seed.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ seed.charCodeAt(i), 0x01000193) + i;
  }
  return [a | 0, b | 0];
}

/** The state at the start of a seed's sequence, as a constant. */
export function seededState(seed: Seed, fn: string): Tensor {
  return outside(() => tensor([...keyOf(seed, fn), 0, 0], [4], "int32"));
}

// TODO a variable, as soon as there are variables.
let generator: Tensor | null = null;

function globalState(): Tensor {
  generator ??= tensor([...keyOf(Math.random(), ""), 0, 0], [4], "int32");
  return generator;
}

/** What `use` makes of the global generator's state, which then moves on. */
export function drawState(use: (state: Tensor) => Tensor): Tensor {
  if (isTracing())
    throw new UnsupportedError("Random numbers without a seed in a graph function are not supported yet.", { hint: "Give a seed." });
  const result = use(globalState());
  generator = apply1(ops.nextRandomState, [globalState()]);
  return result;
}

export function setGeneratorSeed(seed: Seed, fn: string): void {
  generator = tensor([...keyOf(seed, fn), 0, 0], [4], "int32");
}
