/**
 * Signatures: what a trace assumes of its arguments. Tensors count by dtype, shape and weakness; everything else by value
 * (`Object.is`). A call matches an entry of the cache if all of it holds.
 */
import type { DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import { isTensor } from "../core/tensor.ts";
import { isTensorSpec } from "../core/tensor-spec.ts";
import { showType } from "../core/type.ts";
import { isVariable } from "../core/variable.ts";
import { flatten, type Skeleton, sameSkeleton } from "../trace/structure.ts";

export type LeafSpec =
  | { readonly kind: "tensor"; readonly dtype: DType; readonly shape: Shape; readonly weak: boolean }
  | { readonly kind: "plain"; readonly value: unknown };

export interface Signature {
  readonly skeletons: readonly Skeleton[];
  readonly leaves: readonly LeafSpec[];
  /** Every argument is one leaf: the common case, matched without taking anything apart. */
  readonly flat: boolean;
  readonly self: unknown;
  readonly captures: readonly unknown[];
}

/** Variables count by identity: functions read and assign them. */
export function specOf(leaf: unknown): LeafSpec {
  if (isTensorSpec(leaf)) return { kind: "tensor", dtype: leaf.dtype, shape: leaf.shape, weak: false };
  if (isTensor(leaf) && !isVariable(leaf)) return { kind: "tensor", dtype: leaf.dtype, shape: leaf.shape, weak: leaf.weak };
  return { kind: "plain", value: leaf };
}

/** Leaves of all arguments in order. */
export function leavesOf(args: ArrayLike<unknown>): { readonly leaves: unknown[]; readonly skeletons: Skeleton[] } {
  const leaves: unknown[] = [];
  const skeletons = Array.from(args, (arg) => flatten(arg, leaves));
  return { leaves, skeletons };
}

export function signatureOf(args: ArrayLike<unknown>, self: unknown, captures: readonly unknown[]): Signature {
  const { leaves, skeletons } = leavesOf(args);
  return { skeletons, leaves: leaves.map(specOf), flat: skeletons.every((s) => s.kind === "leaf"), self, captures };
}

function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function matchesLeaf(spec: LeafSpec, leaf: unknown): boolean {
  if (spec.kind === "plain") return Object.is(spec.value, leaf);
  if (isTensor(leaf)) return !isVariable(leaf) && leaf.dtype === spec.dtype && leaf.weak === spec.weak && sameShape(leaf.shape, spec.shape);
  return isTensorSpec(leaf) && !spec.weak && leaf.dtype === spec.dtype && sameShape(leaf.shape, spec.shape);
}

export function matches(s: Signature, args: ArrayLike<unknown>, self: unknown, captures: readonly unknown[]): boolean {
  if (s.self !== self || s.skeletons.length !== args.length) return false;
  for (let i = 0; i < s.captures.length; i++) if (!Object.is(s.captures[i], captures[i])) return false;
  if (s.flat) {
    for (let i = 0; i < args.length; i++) if (!matchesLeaf(s.leaves[i] as LeafSpec, args[i])) return false;
    return true;
  }
  const { leaves, skeletons } = leavesOf(args);
  return (
    skeletons.every((k, i) => sameSkeleton(k, s.skeletons[i] as Skeleton)) &&
    leaves.every((leaf, i) => matchesLeaf(s.leaves[i] as LeafSpec, leaf))
  );
}

export function showLeaf(spec: LeafSpec): string {
  if (spec.kind === "plain" && isVariable(spec.value)) return `variable ${spec.value.name}`;
  return spec.kind === "tensor" ? showType(spec) : typeof spec.value === "string" ? JSON.stringify(spec.value) : String(spec.value);
}

/** Why a call did not match: the first difference, by name. For `explain` and for the retrace warning. */
export function difference(
  s: Signature,
  args: ArrayLike<unknown>,
  self: unknown,
  captures: readonly unknown[],
  params: readonly string[],
): string {
  if (s.self !== self) return "`this` is another object";
  if (s.skeletons.length !== args.length) return `${args.length} arguments instead of ${s.skeletons.length}`;
  const capture = s.captures.findIndex((c, i) => !Object.is(c, captures[i]));
  if (capture >= 0) return `a captured variable changed from ${String(s.captures[capture])} to ${String(captures[capture])}`;
  const now = signatureOf(args, self, captures);
  const leaf = s.leaves.findIndex((l, i) => {
    const other = now.leaves[i];
    return other === undefined || showLeaf(l) !== showLeaf(other);
  });
  if (leaf < 0) {
    const same = s.skeletons.every((skeleton, i) => sameSkeleton(skeleton, now.skeletons[i] as Skeleton));
    return same ? "a variable that a called function reads changed" : "an argument has another structure";
  }
  const other = now.leaves[leaf];
  const name = s.flat ? (params[leaf] ?? `argument ${leaf}`) : `argument value ${leaf}`;
  return `${name}: ${showLeaf(s.leaves[leaf] as LeafSpec)} then, ${other === undefined ? "nothing" : showLeaf(other)} now`;
}
