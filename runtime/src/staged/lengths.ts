/**
 * Lengths that differ between calls. A function that is called with arguments of other lengths than a trace has is traced once more
 * with symbols in their place, which then serves all lengths: its graph is refined for each combination (passes/refine.ts) and gets
 * a plan of its own.
 *
 *   f(zeros [4,3], zeros [4])   traced for f32[4,3], f32[4]
 *   f(zeros [7,3], zeros [7])   traced for f32[N,3], f32[N]: what was equal in both calls counts as equal
 *   f(zeros [9,3], zeros [9])   the same trace, N = 9
 */
import { type Dim, type Dims, type SymbolicDim, sameDim, showDim } from "../core/shape.ts";
import { sameSkeleton } from "../trace/structure.ts";
import type { LengthRead } from "../trace/tracer.ts";
import { isSame } from "./contents.ts";
import { type LeafSpec, type Signature, showLeaf } from "./signature.ts";

/** Axes whose lengths the program needs as numbers: "leaf.axis" → why and where. */
export type Pinned = Map<string, { readonly why: string; readonly at: string }>;

const NAMES = ["N", "M", "K", "L"];

/**
 * A signature for both calls, with symbols where lengths differ; null where more than that differs, or no length that may. `values`:
 * the signature of the call with numbers by value, as traces have those that they need as such.
 */
export function generalized(before: Signature, now: Signature, values: Signature, pinned: Pinned): Signature | null {
  if (!differsInLengths(before, now, values)) return null;
  const names = new Map<string, SymbolicDim>();
  const nameOf = (pair: string): SymbolicDim => {
    const known = names.get(pair);
    if (known !== undefined) return known;
    const name = { sym: NAMES[names.size] ?? `N${names.size}` };
    names.set(pair, name);
    return name;
  };
  const leaves = now.leaves.map((leaf, i): LeafSpec => {
    const other = before.leaves[i] as LeafSpec;
    if (leaf.kind !== "tensor" || other.kind !== "tensor") return leaf;
    const shape = leaf.shape.map((d, axis): Dim => {
      const was = other.shape[axis] as Dim;
      return sameDim(was, d) || pinned.has(`${i}.${axis}`) ? d : nameOf(`${showDim(was)} ${showDim(d)}`);
    });
    return { ...leaf, shape };
  });
  return names.size === 0 ? null : { ...now, leaves, symbolic: true };
}

function differsInLengths(a: Signature, b: Signature, values: Signature): boolean {
  if (a.self !== b.self || a.leaves.length !== b.leaves.length || a.skeletons.length !== b.skeletons.length) return false;
  if (a.captures.some((c, i) => !isSame(c, b.captures[i]))) return false;
  if (!a.skeletons.every((s, i) => sameSkeleton(s, b.skeletons[i] as typeof s))) return false;
  return a.leaves.every((leaf, i) => sameButLengths(leaf, (leaf.kind === "plain" ? values : b).leaves[i] as LeafSpec));
}

function sameButLengths(a: LeafSpec, b: LeafSpec): boolean {
  if (a.kind === "plain" && b.kind === "plain") return Object.is(a.value, b.value) && isSame(a.contents, b.contents);
  if (a.kind === "number" && b.kind === "number") return true;
  if (a.kind !== "tensor" || b.kind !== "tensor") return false;
  return a.dtype === b.dtype && a.weak === b.weak && a.shape.length === b.shape.length;
}

/** Pins the axes of a signature whose symbols were read; all of them where `reads` is null. */
export function pin(pinned: Pinned, signature: Signature, reads: readonly LengthRead[] | null, why: string): void {
  signature.leaves.forEach((leaf, i) => {
    if (leaf.kind !== "tensor") return;
    leaf.shape.forEach((d, axis) => {
      if (typeof d === "number") return;
      const read = reads?.find(({ dim }) => namesIn(dim).includes(d.sym));
      if (reads !== null && read === undefined) return;
      const reason = read === undefined ? why : `the length of ${read.what} is read as a number`;
      pinned.set(`${i}.${axis}`, { why: reason, at: read?.at === undefined ? "" : `${read.at.line}:${read.at.column}` });
    });
  });
}

/** The arguments whose lengths an expression is computed from. */
function namesIn({ sym }: SymbolicDim): string[] {
  return sym.match(/[A-Z]\d*/g) ?? [];
}

/** A signature for certain lengths of its symbols. */
export function refinedSignature({ symbolic: _, ...signature }: Signature, lengths: ReadonlyMap<string, number>): Signature {
  const leaves = signature.leaves.map((leaf): LeafSpec => {
    if (leaf.kind !== "tensor") return leaf;
    return { ...leaf, shape: leaf.shape.map((d) => (typeof d === "number" ? d : (lengths.get(d.sym) ?? d))) };
  });
  return { ...signature, leaves };
}

/** A key for lengths of symbols in the order in which arguments have them. */
export function lengthsKey(lengths: ReadonlyMap<string, number>): string {
  return [...lengths.values()].join();
}

/** Rows for `explain`: which lengths make a trace of their own, and which are symbols. */
export function lengthRows(
  general: Signature | null,
  pinned: Pinned,
  params: readonly string[],
): (readonly [string, string, string, string])[] {
  const named = (leaf: number): string => params[leaf] ?? `argument ${leaf}`;
  const rows = [...pinned].map(([key, { why, at }]) => {
    const [leaf, axis] = key.split(".").map(Number) as [number, number];
    return [at, `length ${axis} of ${named(leaf)}`, "static", `one trace per length: ${why}`] as const;
  });
  const symbols = (general?.leaves ?? []).flatMap((leaf, i) =>
    leaf.kind === "tensor" && isSymbolic(leaf.shape)
      ? [["", named(i), "symbolic", `one trace for all lengths: ${showLeaf(leaf)}`] as const]
      : [],
  );
  return [...rows, ...symbols];
}

function isSymbolic(shape: Dims): boolean {
  return shape.some((d) => typeof d === "object");
}
