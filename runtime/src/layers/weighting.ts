/** Weights per sample: given ones, and those that come from the weights of classes. */
import { describe } from "../api/convert.ts";
import { tensor } from "../api/create.ts";
import { cast, mul } from "../api/elementwise.ts";
import { dataSync } from "../api/read.ts";
import { argMax } from "../api/reduce.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { tidy } from "../eager/scope.ts";

/** Weight by number of class. */
export type ClassWeight = { readonly [classIndex: number]: number };

/** Weights [N] of the samples by their class: labels are class numbers, or one-hot rows. E_ARGUMENT for a class without a weight. */
function classWeights(y: Tensor, weights: ClassWeight): Tensor {
  const classes = y.rank > 1 && y.shape[y.rank - 1] > 1 ? argMax(y, -1) : y;
  if (classes.size !== y.shape[0])
    throw new ShapeError(`classWeight needs one class per sample, but the labels have shape ${showShape(y.shape)}.`);
  const values = Float32Array.from(dataSync(classes), (label) => {
    const weight = (weights as Record<string, unknown>)[String(label)];
    if (typeof weight === "number") return weight;
    throw new ArgumentError(`classWeight has no weight for class ${label}.`, { hint: `It has ${Object.keys(weights).join(", ")}.` });
  });
  return tensor(values, [y.shape[0]]);
}

function checked(weights: Tensor, y: Tensor): Tensor {
  if (weights.rank === 0 || weights.rank > y.rank || weights.shape.some((d, i) => d !== y.shape[i])) {
    throw new ShapeError(`sampleWeight has shape ${showShape(weights.shape)}, but the labels ${showShape(y.shape)}.`, {
      hint: "Give one weight per sample.",
    });
  }
  return weights;
}

/** One entry per output: the product of both, or null without any. */
export function sampleWeights(
  ys: readonly Tensor[],
  given: readonly (Tensor | null)[],
  byClass: ClassWeight | readonly (ClassWeight | null)[] | { readonly [output: string]: ClassWeight } | null | undefined,
  names: readonly string[],
): (Tensor | null)[] {
  const classes = perOutput(byClass, names);
  return ys.map((y, i) => {
    const own = given[i] === null || given[i] === undefined ? null : checked(given[i], y);
    const weights = classes[i];
    if (weights === null) return own;
    return tidy(() => {
      const w = classWeights(y, weights);
      return own === null ? w : mul(cast(own, "float32"), w);
    });
  });
}

function perOutput(byClass: unknown, names: readonly string[]): (ClassWeight | null)[] {
  if (byClass === null || byClass === undefined) return names.map(() => null);
  if (typeof byClass !== "object") throw new ArgumentError(`classWeight is ${describe(byClass)}, but must be an object { class: weight }.`);
  if (Array.isArray(byClass)) return names.map((_, i) => (byClass[i] ?? null) as ClassWeight | null);
  const entries = byClass as Record<string, unknown>;
  if (Object.values(entries).every((v) => typeof v === "number")) {
    if (names.length > 1)
      throw new ArgumentError("classWeight: the model has several outputs.", { hint: `Give weights by output: ${names.join(", ")}.` });
    return [entries as ClassWeight];
  }
  return names.map((name) => (entries[name] ?? null) as ClassWeight | null);
}
