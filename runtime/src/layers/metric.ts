/**
 * Metric: something measured over many batches. A batch gives a vector of sums (`statistics`, ops only: it runs inside the compiled
 * step of fit); sums of batches are added, and `compute` makes the value of them. So a value is right for batches of unequal sizes, too.
 *
 *   const m = new gf.metrics.Precision({ thresholds: 0.3 });
 *   m.updateState(yTrue, yPred);
 *   m.result();
 */

import { type TensorLike, toTensor } from "../api/convert.ts";
import { ones } from "../api/create.ts";
import { cast, mul } from "../api/elementwise.ts";
import { concat } from "../api/join.ts";
import { dataSync } from "../api/read.ts";
import { sum } from "../api/reduce.ts";
import { broadcastTo, reshape } from "../api/shape.ts";
import { ShapeError } from "../core/errors.ts";
import { opaque } from "../core/opaque.ts";
import { showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { tidy } from "../eager/scope.ts";

export abstract class Metric {
  /** Key in logs. */
  readonly name: string;
  #sums: Float64Array | null = null;

  constructor(name: string) {
    this.name = name;
  }

  /** Sums over a batch: float64 of rank 1. Weights are one per sample. */
  abstract statistics(yTrue: Tensor, yPred: Tensor, weights: Tensor | null): Tensor;

  /** The value for sums over all batches. */
  abstract compute(sums: ArrayLike<number>): number | number[];

  /** Takes a batch into account. */
  updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike | null): void {
    tidy(() => {
      const w = sampleWeight === undefined || sampleWeight === null ? null : toTensor(sampleWeight, this.name, "sampleWeight");
      const batch = dataSync(this.statistics(toTensor(yTrue, this.name, "yTrue"), toTensor(yPred, this.name, "yPred"), w));
      this.#sums ??= new Float64Array(batch.length);
      for (let i = 0; i < batch.length; i++) this.#sums[i] += batch[i];
    });
  }

  /** The value for all batches since the last reset; NaN before there was one. */
  result(): number | number[] {
    return this.#sums === null ? Number.NaN : this.compute(this.#sums);
  }

  /** Forgets all batches. */
  reset(): void {
    this.#sums = null;
  }
}
opaque(Metric);

/** Sums as one vector, each made float64. */
export function vector(parts: readonly Tensor[]): Tensor {
  return concat(parts.map((t) => reshape(cast(t, "float64"), [-1])));
}

/** a / b, 0 where b is. */
export function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}

/** Weights per sample in a shape that starts with the samples: [N] → [N, 1, …]. */
export function spread(weights: Tensor, rank: number): Tensor {
  const w = cast(weights, "float64");
  if (w.rank > rank) throw new ShapeError(`Sample weights of shape ${showShape(w.shape)} for values of rank ${rank}.`);
  return reshape(w, [...w.shape, ...Array.from({ length: rank - w.rank }, () => 1)]);
}

/** Σ v · w and Σ w, over values of any shape. */
export function weightedSums(values: Tensor, weights: Tensor | null): Tensor {
  const v = cast(values, "float64");
  const w = weights === null ? ones(v.shape, "float64") : broadcastTo(spread(weights, v.rank), v.shape);
  return vector([sum(mul(v, w)), sum(w)]);
}

export type MetricFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** The mean of a function that gives a value per sample, or one for the batch (then it counts once per sample). */
export class MeanMetric extends Metric {
  readonly #f: MetricFunction;
  readonly #finish: (mean: number) => number;

  constructor(name: string, f: MetricFunction, finish: (mean: number) => number = (x) => x) {
    super(name);
    this.#f = f;
    this.#finish = finish;
  }

  statistics(yTrue: Tensor, yPred: Tensor, weights: Tensor | null): Tensor {
    const values = this.#f(yTrue, yPred);
    const perSample = values.rank === 0 ? broadcastTo(values, [yPred.shape[0]]) : values;
    return weightedSums(perSample, weights);
  }

  compute(sums: ArrayLike<number>): number {
    return this.#finish(ratio(sums[0], sums[1]));
  }
}
