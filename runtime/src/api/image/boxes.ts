/**
 * Non-maximum suppression: of boxes that overlap, the one with the best score. How many stay depends on elements, so these functions run
 * eagerly only.
 */
import type { TypedArray } from "../../core/dtype.ts";
import { ArgumentError, ShapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import { Tensor } from "../../core/tensor.ts";
import { tidied, tidy } from "../../eager/scope.ts";
import { checkInt, describe, fromValues, type TensorLike, toTensor } from "../convert.ts";
import { elementsOf } from "../indices.ts";
import { dimsOf } from "../shape.ts";

const INSTEAD = "Run it outside of the graph function, on what that returns.";

/** What the functions ask for, checked. */
interface Question {
  /** Four numbers per box, two opposite corners [y1, x1, y2, x2]. */
  readonly boxes: TypedArray;
  readonly scores: TypedArray;
  readonly most: number;
  /** Boxes that overlap by as much are the same. */
  readonly iou: number;
  /** Scores up to this one do not count. */
  readonly least: number;
  readonly sigma: number;
}

interface Answer {
  readonly indices: readonly number[];
  readonly scores: readonly number[];
}

/** Refused in a graph function where it stands, also by the functions that return promises. */
export function refuseSymbols(fn: string, ...values: readonly TensorLike[]): void {
  for (const t of values) if (t instanceof Tensor && t.symbol !== null) elementsOf(t, fn, INSTEAD);
}

function part(value: unknown, what: string): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new ArgumentError(`${what} must be a number from 0 to 1, but is ${describe(value)}.`);
}

interface Limits {
  readonly maxOutputSize: number;
  readonly iouThreshold: number;
  readonly scoreThreshold: number;
  readonly softNmsSigma?: number;
}

export function questionOf(fn: string, boxes: TensorLike, scores: TensorLike, limits: Limits): Question {
  refuseSymbols(fn, boxes, scores);
  const [b, s] = [toTensor(boxes, fn, "boxes"), toTensor(scores, fn, "scores")];
  if (b.rank !== 2 || b.shape[1] !== 4) throw new ShapeError(`${fn}: boxes of shape ${showShape(dimsOf(b))} must have shape [boxes, 4].`);
  if (s.rank !== 1 || s.shape[0] !== b.shape[0]) {
    throw new ShapeError(`${fn}: scores of shape ${showShape(dimsOf(s))} do not fit boxes of shape ${showShape(dimsOf(b))}.`);
  }
  const { maxOutputSize, iouThreshold, scoreThreshold, softNmsSigma = 0 } = limits;
  const most = Math.min(checkInt(maxOutputSize, `${fn}: maxOutputSize`, 0), b.shape[0]);
  const iou = part(iouThreshold, `${fn}: iouThreshold`);
  if (typeof scoreThreshold !== "number" || Number.isNaN(scoreThreshold)) {
    throw new ArgumentError(`${fn}: scoreThreshold must be a number, but is ${describe(scoreThreshold)}.`);
  }
  const sigma = part(softNmsSigma, `${fn}: softNmsSigma`);
  return { boxes: elementsOf(b, fn), scores: elementsOf(s, fn), most, iou, least: scoreThreshold, sigma };
}

/** Intersection over union of two boxes; 0 for boxes without area. */
function overlap(boxes: TypedArray, i: number, j: number): number {
  const span = (at: number, corner: number): [number, number] => {
    const [p, q] = [boxes[4 * at + corner], boxes[4 * at + corner + 2]];
    return p < q ? [p, q] : [q, p];
  };
  const [yi, yj, xi, xj] = [span(i, 0), span(j, 0), span(i, 1), span(j, 1)];
  const [first, second] = [(yi[1] - yi[0]) * (xi[1] - xi[0]), (yj[1] - yj[0]) * (xj[1] - xj[0])];
  if (first <= 0 || second <= 0) return 0;
  const shared = (a: [number, number], b: [number, number]): number => Math.max(0, Math.min(a[1], b[1]) - Math.max(a[0], b[0]));
  const both = shared(yi, yj) * shared(xi, xj);
  return both / (first + second - both);
}

interface Candidate {
  readonly box: number;
  score: number;
  /** Chosen boxes that have lowered the score already. */
  seen: number;
}

/** Whether b comes before a: a better score, or the same and a smaller index. */
const isBetter = (a: Candidate, b: Candidate): boolean => b.score > a.score || (b.score === a.score && b.box < a.box);

/**
 * The best candidate is chosen unless it overlaps a chosen one too much. With sigma > 0 each chosen box lowers the scores of those that it
 * overlaps, by exp(−½ · overlap² / sigma): a candidate whose score falls goes back in line. Source: TensorFlow's NonMaxSuppressionV5.
 */
export function suppress({ boxes, scores, most, iou, least, sigma }: Question): Answer {
  // The best one is the last.
  const line = Array.from(scores, (score, box): Candidate => ({ box, score, seen: 0 }))
    .filter(({ score }) => score > least)
    .sort((a, b) => (isBetter(a, b) ? -1 : 1));
  const indices: number[] = [];
  const chosen: number[] = [];
  while (indices.length < most) {
    const next = line.pop();
    if (next === undefined) break;
    const before = next.score;
    let isSame = false;
    for (let k = indices.length - 1; k >= next.seen && !isSame && next.score > least; k--) {
      const common = overlap(boxes, next.box, indices[k]);
      isSame = common >= iou;
      if (sigma > 0 && !isSame) next.score *= Math.exp((-0.5 * common * common) / sigma);
    }
    next.seen = indices.length;
    if (isSame) continue;
    if (next.score === before) {
      indices.push(next.box);
      chosen.push(next.score);
    } else if (next.score > least) {
      insert(line, next);
    }
  }
  return { indices, scores: chosen };
}

function insert(line: Candidate[], next: Candidate): void {
  let [low, high] = [0, line.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBetter(line[middle], next)) low = middle + 1;
    else high = middle;
  }
  line.splice(low, 0, next);
}

/**
 * int32 indices of the boxes to keep, best scores first.
 * Shapes   boxes [N, 4], two opposite corners [y1, x1, y2, x2] each; scores [N] → [at most maxOutputSize].
 * Args     iouThreshold: boxes whose intersection over union is as large are the same one; scoreThreshold: scores up to it do not count.
 * Errors   E_SHAPE; E_ARGUMENT; E_SYMBOLIC in a graph function.
 * Source   TensorFlow.js image.nonMaxSuppression.
 */
export const nonMaxSuppression = tidied(
  "nonMaxSuppression",
  (boxes: TensorLike, scores: TensorLike, maxOutputSize: number, iouThreshold = 0.5, scoreThreshold = Number.NEGATIVE_INFINITY): Tensor => {
    const fn = "nonMaxSuppression";
    return tidy(() => {
      const { indices } = suppress(questionOf(fn, boxes, scores, { maxOutputSize, iouThreshold, scoreThreshold }));
      return fromValues(indices, [indices.length], "int32", fn);
    });
  },
);

/** As nonMaxSuppression, with the scores of those kept, which softNmsSigma > 0 lowers where boxes overlap (soft suppression). */
export const nonMaxSuppressionWithScore = tidied(
  "nonMaxSuppressionWithScore",
  (
    boxes: TensorLike,
    scores: TensorLike,
    maxOutputSize: number,
    iouThreshold = 0.5,
    scoreThreshold = Number.NEGATIVE_INFINITY,
    softNmsSigma = 0,
  ): { selectedIndices: Tensor; selectedScores: Tensor } => {
    const fn = "nonMaxSuppressionWithScore";
    return tidy(() => {
      const found = suppress(questionOf(fn, boxes, scores, { maxOutputSize, iouThreshold, scoreThreshold, softNmsSigma }));
      return {
        selectedIndices: fromValues(found.indices, [found.indices.length], "int32", fn),
        selectedScores: fromValues(found.scores, [found.scores.length], "float32", fn),
      };
    });
  },
);

/** As nonMaxSuppression, with the number of indices that count; padToMaxOutputSize adds zeros up to min(maxOutputSize, N). */
export const nonMaxSuppressionPadded = tidied(
  "nonMaxSuppressionPadded",
  (
    boxes: TensorLike,
    scores: TensorLike,
    maxOutputSize: number,
    iouThreshold = 0.5,
    scoreThreshold = Number.NEGATIVE_INFINITY,
    padToMaxOutputSize = false,
  ): { selectedIndices: Tensor; validOutputs: Tensor } => {
    const fn = "nonMaxSuppressionPadded";
    return tidy(() => {
      const question = questionOf(fn, boxes, scores, { maxOutputSize, iouThreshold, scoreThreshold });
      const { indices } = suppress(question);
      const all = padToMaxOutputSize ? Array.from({ length: question.most }, (_, i) => indices[i] ?? 0) : indices;
      return {
        selectedIndices: fromValues(all, [all.length], "int32", fn),
        validOutputs: fromValues(indices.length, [], "int32", fn),
      };
    });
  },
);
