/** Options and other JavaScript beside tensors: records, maps, strings, errors, defaults, JSON, dates. */

import type { Tensor } from "graphfn";
import * as gf from "graphfn";

interface Options {
  readonly reduction?: "sum" | "mean" | "none";
  readonly weights?: readonly number[];
  readonly transform?: (x: Tensor) => Tensor;
  readonly name?: string;
}

const DEFAULTS = { reduction: "mean", name: "loss" } as const satisfies Options;
const SCALES = new Map<string, number>([
  ["km", 1000],
  ["m", 1],
]);

/** @graphFunction */
export function loss(x: Tensor, options: Options = {}): Tensor {
  const { reduction, weights, transform = (y: Tensor) => y, name } = { ...DEFAULTS, ...options };
  if (name.length === 0) throw new TypeError("A name is needed.");
  let value = transform(x);
  if (weights) value = value * gf.tensor1d([...weights], "float64");
  if (reduction === "none") return value;
  return reduction === "sum" ? value.sum() : value.mean();
}

/** @graphFunction */
export function convert(x: Tensor, unit: string): Tensor {
  const scale = SCALES.get(unit.toLowerCase().trim());
  if (scale === undefined) throw new Error(`Unknown unit "${unit}", expected one of ${[...SCALES.keys()].join(", ")}.`);
  return x * scale;
}

/** @graphFunction */
export function parsed(x: Tensor, json: string): Tensor {
  const config = JSON.parse(json) as { steps: number; rate: number; flags?: Record<string, boolean> };
  for (let i = 0; i < config.steps; i++) x = config.flags?.["grow"] ? x * (1 + config.rate) : x * (1 - config.rate);
  return x;
}

/** @graphFunction */
export function byName(x: Tensor, name: "square" | "cube" | "neg"): Tensor {
  const table: Record<typeof name, (v: Tensor) => Tensor> = {
    square: (v) => v * v,
    cube: (v) => v ** 3,
    neg: (v) => -v,
  };
  return table[name](x);
}

/** @graphFunction */
export function dispatch(x: Tensor, activation: keyof typeof gf & ("relu" | "sigmoid")): Tensor {
  return gf[activation](x);
}

/** @graphFunction */
export function keyed(a: Tensor, b: Tensor): Tensor {
  const parts: Record<string, Tensor> = { a, b };
  let sum: Tensor = 0;
  for (const key of Object.keys(parts)) sum += parts[key]!;
  for (const [key, value] of Object.entries(parts)) if (key !== "a") sum += value * 10;
  for (const key in parts) sum += parts[key]!;
  return sum;
}

/** @graphFunction */
export function optionalParts(x: Tensor, parts?: { scale?: Tensor; shift?: Tensor | null }): Tensor {
  const scale = parts?.scale ?? gf.scalar(1);
  let y = x * scale;
  if (parts?.shift !== undefined) y += 1;
  if (parts?.shift != null) y = y + parts.shift;
  return y;
}

/** @graphFunction */
export function variadic(...xs: Tensor[]): Tensor {
  if (xs.length === 0) return gf.scalar(0);
  const [first, ...rest] = xs;
  return rest.reduce((a, b) => a + b, first!);
}

/** @graphFunction */
export function sized(x: Tensor): Tensor {
  const { rank, dtype, shape } = x;
  const label = `${dtype}[${shape.join("x")}]`;
  if (rank === 0) return x;
  if (label.startsWith("float") && x.size > 2) return x.sum();
  return shape.length === 1 ? x.mean() : x.max();
}

/** @graphFunction */
export function retries(x: Tensor): Tensor {
  let attempt = 0;
  for (;;) {
    try {
      attempt += 1;
      if (attempt < 3) throw new Error(`attempt ${attempt}`);
      return x + attempt;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
}

/** @graphFunction */
export function guarded(x: Tensor): Tensor {
  try {
    if (x < 0) throw new RangeError("negative");
    return x.sqrt();
  } catch {
    return gf.scalar(-1, "float64");
  }
}

/** @graphFunction */
export function windows(xs: Tensor, size: number): Tensor[] {
  const result: Tensor[] = [];
  const count = Math.max(0, Math.floor(xs.shape[0] / size));
  for (let i = 0; i < count; i++) result.push(xs.slice([i * size], [size]).sum());
  return result;
}

/** @graphFunction */
export function table(x: Tensor): Tensor {
  const counts = new Map<string, Tensor>();
  for (const word of "a b a c".split(" ")) counts.set(word, (counts.get(word) ?? gf.scalar(0)).add(x));
  return [...counts.values()].reduce((a, b) => a.maximum(b));
}

/** @graphFunction */
export function flags(x: Tensor, mode: number): Tensor {
  const isFast = (mode & 1) !== 0;
  const isExact = !!(mode & 2);
  let y = x;
  if (isFast && !isExact) y = y * 2;
  else if (isExact || mode > 8) y = y / 2;
  return y;
}

/** @graphFunction */
export function stringly(x: Tensor, spec: string): Tensor {
  for (const part of spec.split("|")) {
    const [op, amount = "1"] = part.split(":");
    const by = Number.parseFloat(amount);
    if (Number.isNaN(by)) throw new Error(`Not a number: ${amount}`);
    if (op === "add") x += by;
    else if (op === "mul") x *= by;
    else throw new Error(`Unknown: ${op}`);
  }
  return x;
}

export const runs = {
  loss: [[[1, 2], { fixed: { reduction: "sum", weights: [1, 3] } }], [[1, 2]]],
  convert: [[3, { fixed: "KM " }]],
  parsed: [[8, { fixed: '{"steps": 2, "rate": 0.5, "flags": {"grow": true}}' }]],
  byName: [[3, { fixed: "cube" }]],
  dispatch: [[-3, { fixed: "relu" }]],
  keyed: [[1, 2]],
  optionalParts: [[1], [2, { fixed: { shift: gf.scalar(3, "float64") } }]],
  variadic: [[1, 2, 3], []],
  sized: [[[1, 2, 3]], [4]],
  retries: [[1]],
  guarded: [[4], [-1]],
  windows: [[[1, 2, 3, 4, 5], { fixed: 2 }]],
  table: [[2]],
  flags: [
    [3, { fixed: 1 }],
    [3, { fixed: 3 }],
  ],
  stringly: [[3, { fixed: "add:2|mul:10|add" }]],
};
