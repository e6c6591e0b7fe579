/**
 * Structures: values of user variables seen as leaves in a skeleton. Arrays and plain objects are taken apart, everything
 * else (tensors, numbers, functions, class instances, poison) is a leaf. A value that may be missing has one leaf more: whether it is there.
 *
 *   flatten({ a: t, b: [1, u] }, leaves) → leaves [t, 1, u], skeleton {a:*, b:[*,*]}
 */
import { isTensor, Tensor } from "../core/tensor.ts";
import { listIn } from "./elements.ts";
import { maybe, maybeOf, type Nothing } from "./maybe.ts";
import { isPlainObject } from "./snapshot.ts";

export type Skeleton =
  | { readonly kind: "leaf" }
  | { readonly kind: "array"; readonly items: readonly Skeleton[] }
  | { readonly kind: "object"; readonly keys: readonly string[]; readonly items: readonly Skeleton[] }
  | { readonly kind: "maybe"; readonly nothing: Nothing; readonly value: Skeleton };

const LEAF: Skeleton = { kind: "leaf" };

/** Appends the leaves of `value` in order and returns its skeleton. */
export function flatten(value: unknown, leaves: unknown[]): Skeleton {
  if (typeof value === "object" && value !== null && !(value instanceof Tensor) && listIn(value) === undefined) {
    if (Array.isArray(value)) return { kind: "array", items: value.map((item: unknown) => flatten(item, leaves)) };
    if (isPlainObject(value)) {
      const keys = Object.keys(value);
      return { kind: "object", keys, items: keys.map((key) => flatten(value[key], leaves)) };
    }
  }
  const parts = maybeOf(value);
  leaves.push(parts === undefined ? value : parts.has);
  return parts === undefined ? LEAF : { kind: "maybe", nothing: parts.nothing, value: flatten(parts.value, leaves) };
}

export function rebuild(skeleton: Skeleton, leaves: Iterator<unknown>): unknown {
  switch (skeleton.kind) {
    case "leaf":
      return leaves.next().value;
    case "array":
      return skeleton.items.map((item) => rebuild(item, leaves));
    case "object":
      return Object.fromEntries(skeleton.keys.map((key, i) => [key, rebuild(skeleton.items[i] as Skeleton, leaves)]));
    case "maybe": {
      const has: unknown = leaves.next().value;
      const value = rebuild(skeleton.value, leaves);
      const known = isTensor(has) ? has.elements?.[0] : has;
      if (known === undefined) return maybe(has as Tensor, value, skeleton.nothing);
      return known ? value : skeleton.nothing;
    }
  }
}

export function leafCount(s: Skeleton): number {
  if (s.kind === "leaf") return 1;
  return s.kind === "maybe" ? 1 + leafCount(s.value) : s.items.reduce((n, item) => n + leafCount(item), 0);
}

export function sameSkeleton(a: Skeleton, b: Skeleton): boolean {
  if (a.kind === "leaf" || b.kind === "leaf") return a.kind === b.kind;
  if (a.kind === "maybe" && b.kind === "maybe") return a.nothing === b.nothing && sameSkeleton(a.value, b.value);
  if (a.kind === "maybe" || b.kind === "maybe") return false;
  if (a.kind !== b.kind || a.items.length !== b.items.length) return false;
  if (a.kind === "object" && b.kind === "object" && a.keys.some((key, i) => key !== b.keys[i])) return false;
  return a.items.every((item, i) => sameSkeleton(item, b.items[i] as Skeleton));
}

/** `array of 3`, `{ lo, hi }`: for messages about structures that clash. */
export function showSkeleton(s: Skeleton): string {
  switch (s.kind) {
    case "leaf":
      return "a single value";
    case "array":
      return `an array of ${s.items.length}`;
    case "object":
      return `{ ${s.keys.join(", ")} }`;
    case "maybe":
      return `${showSkeleton(s.value)} or ${s.nothing}`;
  }
}
