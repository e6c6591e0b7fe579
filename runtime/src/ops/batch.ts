/**
 * Batching rules: how an op runs for many examples at once (`vmap`). They stand in the op records beside the gradient rules and are
 * written with the same builder:
 *
 *   softmax  "leading"                                     leading axes are examples anyway
 *   cumsum   (s) => s.run([s.input(0)], { ...s.attrs, axis: s.axis() })
 *
 * Operands of examples have an axis more, the first; results must have it there. Elementwise ops need no rule. Where a rule is missing, or
 * gives null, a loop of the graph runs the op once per example.
 */
import { type Dim, type Dims, normalizeAxis } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import type { Builder } from "./grad.ts";
import type { Attrs } from "./op.ts";

/** One op for all examples. */
export interface BatchSite {
  readonly f: Builder;
  readonly attrs: Attrs;
  readonly count: number;
  /** Number of examples. */
  readonly size: Dim;
  /** Operand i differs between examples. */
  isBatched(i: number): boolean;
  /** Operand i as it is: with the axis of examples if it differs between them. */
  given(i: number): Tensor;
  /** Operand i with the axis of examples: repeated where all have the same. */
  input(i: number): Tensor;
  /** Types for one example. */
  type(i: number): TensorType;
  result(i: number): TensorType;
  /** The attribute `axis` of operand 0, of one example, as an axis of `input(0)`. */
  axis(): number;
  /** The op itself. */
  run(inputs: readonly Tensor[], attrs?: Attrs): Tensor[];
  /** The op once per example, on operands that all have the axis of examples. */
  loop(inputs: readonly Tensor[]): Tensor[];
  /** 0, 1, 2, … of shape [size]. */
  examples(): Tensor;
}

/** "leading": the op takes any number of leading axes, the same ones of all operands. null: for these operands there is no better way than a loop. */
export type BatchRule = "leading" | ((s: BatchSite) => readonly Tensor[] | null);

/** An `axis` that counts the axis of examples in. */
export const shiftedAxis: BatchRule = (s) => s.run([s.input(0)], { ...s.attrs, axis: s.axis() });

/** The same for `axes`. */
export const shiftedAxes: BatchRule = (s) => {
  const rank = s.type(0).shape.length;
  return s.run([s.input(0)], { ...s.attrs, axes: (s.attrs.axes as readonly number[]).map((a) => normalizeAxis(a, rank) + 1) });
};

/** Attributes with entries per axis: those for the axis of examples come first. */
export function prefixed(first: Readonly<Record<string, readonly Dim[]>>): BatchRule {
  return (s) => s.run([s.input(0)], { ...s.attrs, ...prefixedAttrs(s, first) });
}

function prefixedAttrs({ attrs }: BatchSite, first: Readonly<Record<string, readonly Dim[]>>): Attrs {
  return Object.fromEntries(Object.entries(first).map(([key, entries]) => [key, [...entries, ...(attrs[key] as Dims)]]));
}

/** The axis of examples becomes part of axis 0 (N of images) and is taken out of the results again; other operands are the same for all. */
export function folded(images: readonly number[]): (s: BatchSite) => readonly Tensor[] | null {
  return (s) => {
    for (let i = 0; i < s.count; i++) if (!images.includes(i) && s.isBatched(i)) return null;
    const inputs = Array.from({ length: s.count }, (_, i) => (images.includes(i) ? fold(s, i) : s.given(i)));
    return s.run(inputs).map((y, i) => s.f.reshape(y, [s.size, ...s.result(i).shape]));
  };
}

export const foldedImages = folded([0]);

/** Operand i with the axis of examples in axis 0. */
export function fold(s: BatchSite, i: number): Tensor {
  const [n, ...rest] = s.type(i).shape;
  return s.f.reshape(s.input(i), [merged(s.size, n), ...rest]);
}

function merged(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return a * b;
  return a === 0 || b === 0 ? 0 : -1;
}

/** Positions [...B, K] for axes behind the one of examples: [size, ...B, 1 + K]. */
export function positions(s: BatchSite, i: number): Tensor {
  const { shape } = s.type(i);
  const lead = [s.size, ...shape.slice(0, -1), 1];
  const own = s.f.reshape(s.examples(), [s.size, ...shape.map(() => 1)]);
  return s.f.op("concat", [s.f.broadcastTo(own, lead), s.input(i)], { axis: shape.length });
}
