/**
 * Metrics made of counts of right and wrong yes/no answers at one or more thresholds: precision, recall, areas under curves.
 * Source: Keras's metrics.
 */

import { tensor } from "../api/create.ts";
import { abs, cast, greater, greaterEqual, less, logicalAnd, mul, sub, where } from "../api/elementwise.ts";
import { max, sum } from "../api/reduce.ts";
import { broadcastTo, expandDims, reshape } from "../api/shape.ts";
import { describe, describeDeep } from "../core/describe.ts";
import { ArgumentError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { alignLabels } from "../train/loss-registry.ts";
import { Metric, ratio, spread, vector } from "./metric.ts";

/** Right yes, wrong yes, right no, wrong no: per threshold. */
interface Counts {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}

export interface ThresholdArgs {
  readonly name?: string;
  /** Predictions above it mean yes. Default 0.5. */
  readonly thresholds?: number | readonly number[];
  /** Only the k largest predictions of a sample can mean yes. */
  readonly topK?: number;
}

/** Counts per threshold over all elements. */
export abstract class CountMetric extends Metric {
  readonly #thresholds: readonly number[];
  readonly #topK: number | undefined;

  constructor(name: string, thresholds: readonly number[], topK?: number) {
    super(name);
    this.#thresholds = thresholds;
    this.#topK = topK;
  }

  statistics(yTrue: Tensor, yPred: Tensor, weights: Tensor | null): Tensor {
    const p = cast(this.#topK === undefined ? yPred : topOnly(yPred, this.#topK), "float64");
    const y = cast(alignLabels(yTrue, yPred, this.name), "float64");
    const column = (x: Tensor): Tensor => reshape(x, [-1, 1]);
    const w = weights === null ? null : column(broadcastTo(spread(weights, p.rank), p.shape));
    const yes = cast(greater(column(p), tensor([...this.#thresholds], [1, this.#thresholds.length], "float64")), "float64");
    const counted = (x: Tensor): Tensor => sum(w === null ? x : mul(x, w), 0);
    const [is, not] = [column(y), sub(1, column(y))];
    const no = sub(1, yes);
    return vector([mul(is, yes), mul(not, yes), mul(not, no), mul(is, no)].map(counted));
  }

  protected counts(sums: ArrayLike<number>): Counts[] {
    const n = this.#thresholds.length;
    return this.#thresholds.map((_, i) => ({ tp: sums[i], fp: sums[n + i], tn: sums[2 * n + i], fn: sums[3 * n + i] }));
  }
}

/** Predictions below the k largest of their sample become −∞. */
function topOnly(p: Tensor, k: number): Tensor {
  const above = sum(cast(less(expandDims(p, -1), expandDims(p, -2)), "int32"), -1);
  return where(less(above, k), p, Number.NEGATIVE_INFINITY);
}

function thresholdsOf(args: ThresholdArgs): readonly number[] {
  const given = args.thresholds ?? (args.topK === undefined ? 0.5 : Number.NEGATIVE_INFINITY);
  const list: unknown = typeof given === "number" ? [given] : given;
  if (Array.isArray(list) && list.every((t) => typeof t === "number" && (args.topK !== undefined || (t >= 0 && t <= 1))))
    return list as readonly number[];
  throw new ArgumentError(`thresholds must be numbers from 0 to 1, but are ${describeDeep(given)}.`);
}

/** A value per threshold; a number where there is one. */
abstract class RateMetric extends CountMetric {
  readonly #single: boolean;

  constructor(name: string, args: ThresholdArgs) {
    super(args.name ?? name, thresholdsOf(args), args.topK);
    this.#single = !Array.isArray(args.thresholds);
  }

  protected abstract rate(counts: Counts): number;

  compute(sums: ArrayLike<number>): number | number[] {
    const rates = this.counts(sums).map((c) => this.rate(c));
    return this.#single ? rates[0] : rates;
  }
}

/** Share of the yes answers that are right. */
export class Precision extends RateMetric {
  constructor(args: ThresholdArgs = {}) {
    super("precision", args);
  }
  protected rate({ tp, fp }: Counts): number {
    return ratio(tp, tp + fp);
  }
}

/** Share of the positive samples that were found. */
export class Recall extends RateMetric {
  constructor(args: ThresholdArgs = {}) {
    super("recall", args);
  }
  protected rate({ tp, fn }: Counts): number {
    return ratio(tp, tp + fn);
  }
}

export class TruePositives extends RateMetric {
  constructor(args: ThresholdArgs = {}) {
    super("truePositives", args);
  }
  protected rate({ tp }: Counts): number {
    return tp;
  }
}

export class FalsePositives extends RateMetric {
  constructor(args: ThresholdArgs = {}) {
    super("falsePositives", args);
  }
  protected rate({ fp }: Counts): number {
    return fp;
  }
}

export class TrueNegatives extends RateMetric {
  constructor(args: ThresholdArgs = {}) {
    super("trueNegatives", args);
  }
  protected rate({ tn }: Counts): number {
    return tn;
  }
}

export class FalseNegatives extends RateMetric {
  constructor(args: ThresholdArgs = {}) {
    super("falseNegatives", args);
  }
  protected rate({ fn }: Counts): number {
    return fn;
  }
}

/** `count` thresholds from 0 to 1, the ends moved by `margin` outwards. */
function evenly(count: number, margin: number): number[] {
  if (!Number.isInteger(count) || count < 2)
    throw new ArgumentError(`numThresholds must be a whole number of at least 2, but is ${describe(count)}.`);
  const inner = Array.from({ length: count - 2 }, (_, i) => (i + 1) / (count - 1));
  return [0 - margin, ...inner, 1 + margin];
}

export interface AUCArgs {
  readonly name?: string;
  /** Default 200. */
  readonly numThresholds?: number;
  /** Default "ROC". */
  readonly curve?: "ROC" | "PR";
  /** Default "interpolation". */
  readonly summationMethod?: "interpolation" | "minoring" | "majoring";
}

/** Area under the curve of recall over false alarms (ROC), or of precision over recall (PR). */
export class AUC extends CountMetric {
  readonly #curve: "ROC" | "PR";
  readonly #method: "interpolation" | "minoring" | "majoring";

  constructor({ name = "auc", numThresholds = 200, curve = "ROC", summationMethod = "interpolation" }: AUCArgs = {}) {
    super(name, evenly(numThresholds, 1e-7));
    this.#curve = curve;
    this.#method = summationMethod;
  }

  compute(sums: ArrayLike<number>): number {
    const counts = this.counts(sums);
    if (this.#curve === "PR" && this.#method === "interpolation") return interpolatedPR(counts);
    const points = counts.map(({ tp, fp, tn, fn }) =>
      this.#curve === "ROC" ? [ratio(fp, fp + tn), ratio(tp, tp + fn)] : [ratio(tp, tp + fn), ratio(tp, tp + fp)],
    ) as [number, number][];
    let area = 0;
    for (let i = 0; i + 1 < points.length; i++) {
      const [[x0, y0], [x1, y1]] = [points[i], points[i + 1]];
      const height = this.#method === "interpolation" ? (y0 + y1) / 2 : this.#method === "minoring" ? Math.min(y0, y1) : Math.max(y0, y1);
      area += (x0 - x1) * height;
    }
    return area;
  }
}

/** Precision between two thresholds follows the counts, not a straight line (Davis and Goadrich 2006). */
function interpolatedPR(counts: readonly Counts[]): number {
  let area = 0;
  for (let i = 0; i + 1 < counts.length; i++) {
    const [a, b] = [counts[i], counts[i + 1]];
    const [pa, pb] = [a.tp + a.fp, b.tp + b.fp];
    const gained = a.tp - b.tp;
    const slope = ratio(gained, Math.max(0, pa - pb));
    const intercept = b.tp - slope * pb;
    const logRatio = pa > 0 && pb > 0 ? Math.log(pa / pb) : 0;
    area += ratio(slope * (gained + intercept * logRatio), Math.max(0, b.tp + b.fn));
  }
  return area;
}

/** The best of one rate where another is at least a value. */
class BestWhere extends CountMetric {
  readonly #least: number;
  readonly #bound: (c: Counts) => number;
  readonly #best: (c: Counts) => number;

  constructor(name: string, least: number, numThresholds: number, bound: (c: Counts) => number, best: (c: Counts) => number) {
    super(name, evenly(numThresholds, 0));
    if (!(least >= 0 && least <= 1)) throw new ArgumentError(`${name}: the bound must be from 0 to 1, but is ${describe(least)}.`);
    this.#least = least;
    this.#bound = bound;
    this.#best = best;
  }

  compute(sums: ArrayLike<number>): number {
    return Math.max(0, ...this.counts(sums).flatMap((c) => (this.#bound(c) >= this.#least ? [this.#best(c)] : [])));
  }
}

const sensitivity = ({ tp, fn }: Counts): number => ratio(tp, tp + fn);
const specificity = ({ tn, fp }: Counts): number => ratio(tn, tn + fp);
const precisionOf = ({ tp, fp }: Counts): number => ratio(tp, tp + fp);

export interface BoundArgs {
  readonly name?: string;
  /** Default 200. */
  readonly numThresholds?: number;
}

/** Best recall at thresholds where at least this share of negatives is recognised. */
export class SensitivityAtSpecificity extends BestWhere {
  constructor(least: number, { name = "sensitivityAtSpecificity", numThresholds = 200 }: BoundArgs = {}) {
    super(name, least, numThresholds, specificity, sensitivity);
  }
}

/** Best share of recognised negatives at thresholds with at least this recall. */
export class SpecificityAtSensitivity extends BestWhere {
  constructor(least: number, { name = "specificityAtSensitivity", numThresholds = 200 }: BoundArgs = {}) {
    super(name, least, numThresholds, sensitivity, specificity);
  }
}

/** Best precision at thresholds with at least this recall. */
export class PrecisionAtRecall extends BestWhere {
  constructor(least: number, { name = "precisionAtRecall", numThresholds = 200 }: BoundArgs = {}) {
    super(name, least, numThresholds, sensitivity, precisionOf);
  }
}

/** Best recall at thresholds with at least this precision. */
export class RecallAtPrecision extends BestWhere {
  constructor(least: number, { name = "recallAtPrecision", numThresholds = 200 }: BoundArgs = {}) {
    super(name, least, numThresholds, precisionOf, sensitivity);
  }
}

export interface FBetaArgs {
  readonly name?: string;
  /** How much more recall counts than precision. Default 1. */
  readonly beta?: number;
  /** One value per class without it. */
  readonly average?: "micro" | "macro" | "weighted" | null;
  /** Predictions above it mean yes; without one, the largest of a sample does. */
  readonly threshold?: number | null;
}

/** Harmonic mean of precision and recall per class. */
export class FBetaScore extends Metric {
  readonly #args: Required<Omit<FBetaArgs, "name">>;

  constructor({ name = "fbetaScore", beta = 1, average = null, threshold = null }: FBetaArgs = {}) {
    super(name);
    this.#args = { beta, average, threshold };
  }

  statistics(yTrue: Tensor, yPred: Tensor, weights: Tensor | null): Tensor {
    const { threshold } = this.#args;
    const y = cast(alignLabels(yTrue, yPred, this.name), "float64");
    const yes =
      threshold === null ? logicalAnd(greaterEqual(yPred, max(yPred, -1, true)), greater(abs(yPred), 1e-9)) : greater(yPred, threshold);
    const p = cast(yes, "float64");
    const w = weights === null ? null : spread(weights, p.rank);
    const counted = (x: Tensor): Tensor => sum(w === null ? x : mul(x, w), 0);
    return vector([counted(mul(y, p)), counted(mul(sub(1, y), p)), counted(mul(y, sub(1, p))), counted(y)]);
  }

  compute(sums: ArrayLike<number>): number | number[] {
    const { beta, average } = this.#args;
    const n = sums.length / 4;
    const score = (tp: number, fp: number, fn: number): number => {
      const [p, r] = [ratio(tp, tp + fp), ratio(tp, tp + fn)];
      return ratio((1 + beta * beta) * p * r, beta * beta * p + r);
    };
    const at = (kind: number, i: number): number => sums[kind * n + i];
    const total = (kind: number): number => Array.from({ length: n }, (_, i) => at(kind, i)).reduce((a, b) => a + b, 0);
    if (average === "micro") return score(total(0), total(1), total(2));
    const each = Array.from({ length: n }, (_, i) => score(at(0, i), at(1, i), at(2, i)));
    if (average === "macro") return each.reduce((a, b) => a + b, 0) / n;
    if (average === "weighted")
      return ratio(
        each.reduce((a, b, i) => a + b * at(3, i), 0),
        total(3),
      );
    return each;
  }
}

/** FBetaScore with beta 1. */
export class F1Score extends FBetaScore {
  constructor(args: Omit<FBetaArgs, "beta"> = {}) {
    super({ name: "f1Score", ...args, beta: 1 });
  }
}
