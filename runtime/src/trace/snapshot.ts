/**
 * Snapshots: what a variable held at some point, taken apart, so that it can be compared with what it held at another.
 *
 *   snapshot({ a: t, b: [1, null] })    object { a: leaf t, b: array [leaf 1, leaf null] }
 *
 * Objects of a snapshot remember which object they were. Where both paths hold one object, that object stays: what was written into its
 * fields is merged by the journal. Where they hold two, the merged value is a new object, and none of the three may be written to
 * any more: JavaScript would see the change through every name that the object has.
 */
import { StagingError } from "../core/errors.ts";
import { Tensor } from "../core/tensor.ts";
import { listIn } from "./elements.ts";
import { asField, isOfField, type Maybe, maybe, maybeOf, type Nothing } from "./maybe.ts";
import { captureSpan } from "./span.ts";

export type Snapshot =
  /** `list`: what the value, an array, held at that point. */
  | { readonly kind: "leaf"; readonly value: unknown; readonly list?: Tensor }
  | { readonly kind: "array"; readonly source: object; readonly items: readonly Snapshot[] }
  | { readonly kind: "object"; readonly source: object; readonly keys: readonly string[]; readonly items: readonly Snapshot[] }
  | { readonly kind: "maybe"; readonly parts: Maybe; readonly value: Snapshot };

export function isPlainObject(value: object): value is Record<string, unknown> {
  const proto: unknown = Object.getPrototypeOf(value);
  return proto === Object.prototype || proto === null;
}

export function snapshot(value: unknown): Snapshot {
  if (typeof value === "object" && value !== null && !(value instanceof Tensor)) {
    const list = listIn(value);
    if (list !== undefined) return { kind: "leaf", value, list };
    if (Array.isArray(value)) return { kind: "array", source: value, items: value.map(snapshot) };
    if (isPlainObject(value)) {
      const keys = Object.keys(value);
      return { kind: "object", source: value, keys, items: keys.map((key) => snapshot(value[key])) };
    }
  }
  const parts = maybeOf(value);
  return parts === undefined ? { kind: "leaf", value } : { kind: "maybe", parts, value: snapshot(parts.value) };
}

/** The value that a snapshot was taken of. */
export function valueIn(s: Snapshot): unknown {
  if (s.kind === "leaf") return s.value;
  if (s.kind !== "maybe") return s.source;
  const again = maybe(s.parts.has, valueIn(s.value), s.parts.nothing);
  return isOfField(s.parts) ? asField(again) : again;
}

/** Null or undefined, as a value known while tracing. */
export function isNothing(s: Snapshot): s is { readonly kind: "leaf"; readonly value: Nothing } {
  return s.kind === "leaf" && (s.value === null || s.value === undefined);
}

export function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, i) => key === b[i]);
}

/** `an array of 3`, `{ lo, hi }`: for messages about structures that clash. */
export function describe(s: Snapshot): string {
  if (isNothing(s)) return String(s.value);
  switch (s.kind) {
    case "leaf":
      return "a single value";
    case "array":
      return `an array of ${s.items.length}`;
    case "object":
      return `{ ${s.keys.join(", ")} }`;
    case "maybe":
      return `${describe(s.value)} or ${s.parts.nothing}`;
  }
}

// --- objects that merged values were made of -------------------------------------------------------------------

const frozen = new WeakMap<object, string>();

/** `made` is the merged value of objects `from`: writing to any of them would be seen through one name and not through another. */
export function freezeMerged(name: string, made: object, ...from: readonly object[]): void {
  for (const object of [made, ...from]) frozen.set(object, name);
}

/** Throws if writing to the object would not mean what JavaScript means. */
export function checkWritable(object: object): void {
  const name = frozen.get(object);
  if (name === undefined) return;
  throw new StagingError(`\`${name}\` is one of several objects, and the graph decides which; it cannot be changed in place.`, {
    code: "E_ALIAS",
    at: captureSpan().place(),
    hint: Array.isArray(object)
      ? "Assign a new array instead: `x = [...x, value]`."
      : "Assign a new object instead: `x = { ...x, field: value }`.",
  });
}
