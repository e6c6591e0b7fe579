/**
 * Signatures: what a trace assumes of its arguments. Tensors count by dtype, shape and weakness; lifted numbers stand for any
 * number; everything else counts by value (`Object.is`). A call matches an entry of the cache if all of it holds. A symbol in a shape
 * takes any length, the same one wherever it stands.
 */
import type { DType } from "../core/dtype.ts";
import type { Dims, Shape } from "../core/shape.ts";
import { isTensor } from "../core/tensor.ts";
import { isTensorSpec } from "../core/tensor-spec.ts";
import { showType } from "../core/type.ts";
import { isVariable } from "../core/variable.ts";
import { flatten, leafCount, type Skeleton, sameSkeleton } from "../trace/structure.ts";
import { stringsInGraph } from "../trace/tracer.ts";
import { Contents, contents, describeChange, isSame } from "./contents.ts";

export type LeafSpec =
  | { readonly kind: "tensor"; readonly dtype: DType; readonly shape: Dims; readonly weak: boolean }
  | { readonly kind: "number" }
  | { readonly kind: "plain"; readonly value: unknown; readonly contents?: Contents };

/** Where a lifted number stands among the arguments: the argument's index, then keys: `[1, "rate"]`. */
export type NumberPath = readonly (number | string)[];

export interface Signature {
  readonly skeletons: readonly Skeleton[];
  readonly leaves: readonly LeafSpec[];
  /** Every argument is one leaf: the common case, matched without taking anything apart. */
  readonly flat: boolean;
  readonly self: unknown;
  readonly captures: readonly unknown[];
  /** Shapes have symbols. */
  readonly symbolic?: boolean;
}

const NO_LENGTHS = new Map<string, number>();

/** Variables count by identity: functions read and assign them. Other objects, class instances, count with all that is in them. */
export function specOf(leaf: unknown): LeafSpec {
  if (isTensorSpec(leaf)) return { kind: "tensor", dtype: leaf.dtype, shape: leaf.shape, weak: false };
  if (isTensor(leaf) && leaf.dtype === "string") throw stringsInGraph("A string tensor was passed to it");
  if (isTensor(leaf) && !isVariable(leaf)) return { kind: "tensor", dtype: leaf.dtype, shape: leaf.shape, weak: leaf.weak };
  const inside = contents(leaf);
  return inside instanceof Contents ? { kind: "plain", value: leaf, contents: inside } : { kind: "plain", value: leaf };
}

/** Leaves of all arguments in order. */
export function leavesOf(args: ArrayLike<unknown>): { readonly leaves: unknown[]; readonly skeletons: Skeleton[] } {
  const leaves: unknown[] = [];
  const skeletons = Array.from(args, (arg) => flatten(arg, leaves));
  return { leaves, skeletons };
}

const NOTHING_LIFTED: readonly NumberPath[] = [];
const NUMBER: LeafSpec = { kind: "number" };

export function signatureOf(
  args: ArrayLike<unknown>,
  self: unknown,
  captures: readonly unknown[],
  lifted: readonly NumberPath[] = NOTHING_LIFTED,
): Signature {
  const { leaves, skeletons } = leavesOf(args);
  const specs = leaves.map(specOf);
  for (const path of lifted) {
    const leaf = leafAt(skeletons, path);
    if (leaf !== undefined && typeof leaves[leaf] === "number") specs[leaf] = NUMBER;
  }
  return { skeletons, leaves: specs, flat: skeletons.every((s) => s.kind === "leaf"), self, captures };
}

/** The leaf at the end of a path; undefined where these arguments have none there. */
function leafAt(skeletons: readonly Skeleton[], path: NumberPath): number | undefined {
  let at: Skeleton = { kind: "array", items: skeletons };
  let leaf = 0;
  for (const key of path) {
    if (at.kind !== "array" && at.kind !== "object") return undefined;
    const i: number = at.kind === "object" ? at.keys.indexOf(String(key)) : Number(key);
    const next: Skeleton | undefined = at.items[i];
    if (next === undefined) return undefined;
    for (let before = 0; before < i; before++) leaf += leafCount(at.items[before] as Skeleton);
    at = next;
  }
  return at.kind === "leaf" ? leaf : undefined;
}

/** `lengths` of symbols are found on the way. */
function fits(lengths: Map<string, number>, shape: Dims, given: Shape): boolean {
  if (shape === given) return true;
  if (shape.length !== given.length) return false;
  for (let i = 0; i < shape.length; i++) {
    const d = shape[i] as Dims[number];
    if (d === given[i]) continue;
    if (typeof d === "number") return false;
    const known = lengths.get(d.sym);
    if (known === undefined) lengths.set(d.sym, given[i] as number);
    else if (known !== given[i]) return false;
  }
  return true;
}

function matchesLeaf(spec: LeafSpec, leaf: unknown, lengths: Map<string, number>): boolean {
  if (spec.kind === "plain") {
    return Object.is(spec.value, leaf) && (spec.contents === undefined || isSame(spec.contents, contents(leaf)));
  }
  if (spec.kind === "number") return typeof leaf === "number";
  if (isTensor(leaf))
    return !isVariable(leaf) && leaf.dtype === spec.dtype && leaf.weak === spec.weak && fits(lengths, spec.shape, leaf.shape);
  return isTensorSpec(leaf) && !spec.weak && leaf.dtype === spec.dtype && fits(lengths, spec.shape, leaf.shape);
}

/** `lengths`: those of the signature's symbols are put there. */
export function matches(
  s: Signature,
  args: ArrayLike<unknown>,
  self: unknown,
  captures: readonly unknown[],
  lengths = s.symbolic === true ? new Map<string, number>() : NO_LENGTHS,
): boolean {
  if (s.self !== self || s.skeletons.length !== args.length) return false;
  for (let i = 0; i < s.captures.length; i++) if (!isSame(s.captures[i], captures[i])) return false;
  if (s.flat) {
    for (let i = 0; i < args.length; i++) if (!matchesLeaf(s.leaves[i] as LeafSpec, args[i], lengths)) return false;
    return true;
  }
  const { leaves, skeletons } = leavesOf(args);
  return (
    skeletons.every((k, i) => sameSkeleton(k, s.skeletons[i] as Skeleton)) &&
    leaves.every((leaf, i) => matchesLeaf(s.leaves[i] as LeafSpec, leaf, lengths))
  );
}

export function showLeaf(spec: LeafSpec): string {
  if (spec.kind === "number") return "number";
  if (spec.kind === "plain" && isVariable(spec.value)) return `variable ${spec.value.name}`;
  return spec.kind === "tensor" ? showType(spec) : typeof spec.value === "string" ? JSON.stringify(spec.value) : String(spec.value);
}

/** Why arguments do not match a signature: the first difference, by name; null where they do. */
export function difference(s: Signature, args: ArrayLike<unknown>, self: unknown, params: readonly string[]): string | null {
  if (s.self !== self) return "`this` is another object";
  if (s.skeletons.length !== args.length) return `it got ${args.length} arguments instead of ${s.skeletons.length}`;
  const { leaves, skeletons } = leavesOf(args);
  const other = s.skeletons.findIndex((skeleton, i) => !sameSkeleton(skeleton, skeletons[i] as Skeleton));
  if (other >= 0) return `\`${params[other] ?? `argument ${other + 1}`}\` has another structure`;
  const lengths = new Map<string, number>();
  const leaf = s.leaves.findIndex((spec, i) => !matchesLeaf(spec, leaves[i], lengths));
  if (leaf < 0) return null;
  const name = nameOfLeaf(skeletons, leaf, params);
  const [before, now] = [s.leaves[leaf] as LeafSpec, specOf(leaves[leaf])];
  if (before.kind === "plain" && now.kind === "plain" && Object.is(before.value, now.value)) {
    const [inside, change] = describeChange(before.contents, now.contents);
    return `\`${name}${inside}\` ${change}`;
  }
  return `\`${name}\` is ${showLeaf(now)} instead of ${showLeaf(before)}`;
}

/** `options.sizes[1]` */
function nameOfLeaf(skeletons: readonly Skeleton[], leaf: number, params: readonly string[]): string {
  let i = 0;
  const find = (at: Skeleton, name: string): string | undefined => {
    if (at.kind === "leaf") return i++ === leaf ? name : undefined;
    if (at.kind === "maybe") return i++ === leaf ? name : find(at.value, name);
    for (const [k, item] of at.items.entries()) {
      const found = find(item, at.kind === "array" ? `${name}[${k}]` : `${name}.${at.keys[k]}`);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (const [k, skeleton] of skeletons.entries()) {
    const found = find(skeleton, params[k] ?? `argument ${k + 1}`);
    if (found !== undefined) return found;
  }
  return "an argument";
}

/** The first captured value that is another one now; null where all are the same. `names`: `rate@src/model.ts:7:9`. */
export function captureDifference(before: readonly unknown[], now: readonly unknown[], names: readonly string[]): string | null {
  const at = before.findIndex((value, i) => !isSame(value, now[i]));
  if (at < 0) return null;
  const [name, place] = names[at]?.split("@") ?? [];
  const [inside, change] = describeChange(before[at], now[at]);
  return `${name === undefined ? "a captured variable" : `\`${name}${inside}\``}${place === undefined ? "" : ` (${place})`} ${change}`;
}
