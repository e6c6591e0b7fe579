/**
 * Where random ops get their state from (int32 [key 0, key 1, low, high], see ops/philox.ts): from a seed, or from the one
 * generator of the process, a variable. A draw uses the generator's state and leaves the next one behind; in a graph function
 * that is part of the graph.
 */
import { ArgumentError } from "../core/errors.ts";
import { SharedHeap } from "../core/pool.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1, isTracing, outside } from "../dispatch/dispatch.ts";
import { dispose } from "../eager/memory.ts";
import * as ops from "../ops/index.ts";
import { tracer } from "../trace/tracer.ts";
import { describe } from "./convert.ts";
import { tensor } from "./create.ts";
import { Variable } from "./variables.ts";

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

/** The state at the start of a seed's sequence. */
function stateFor(seed: Seed, fn: string): Int32Array {
  return Int32Array.of(...keyOf(seed, fn), 0, 0);
}

/** What `use` makes of the state at the start of a seed's sequence, a constant. */
export function useSeed<T>(seed: Seed, fn: string, use: (state: Tensor) => T): T {
  const state = outside(() => tensor(stateFor(seed, fn)));
  try {
    return use(state);
  } finally {
    dispose(state);
  }
}

let generator: Variable | null = null;

/** The global generator. It is nobody's tensor: memory() does not count it. */
function globalState(): Variable {
  if (generator === null) {
    const state = stateFor(Math.random(), "");
    generator = new Variable("int32", [4], 4, state, new SharedHeap(state.byteLength), false, "generator");
  }
  return generator;
}

/** What `use` makes of the global generator's state, which then moves on: an eager step, or part of the graph. */
export function useGenerator(use: (state: Tensor) => Tensor): Tensor {
  const step = (): Tensor => drawn(use, globalState());
  return isTracing() ? tracer().asOne(step) : step();
}

function drawn(use: (state: Tensor) => Tensor, state: Variable): Tensor {
  const result = use(state);
  const next = apply1(ops.nextRandomState, [state]);
  state.assign(next);
  dispose(next);
  return result;
}

/** Starts the global generator's sequence anew. */
export function setGeneratorSeed(seed: Seed, fn: string): void {
  useSeed(seed, fn, (state) => globalState().assign(state));
}
