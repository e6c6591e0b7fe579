/**
 * The state of a staged loop, taken apart into leaves. Its layout is what a variable is at the start and after every iteration: a variable
 * that starts as null and gets a tensor is a value that may be missing from the start.
 */

import { isTensor, type Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import { make } from "../trace/list.ts";
import { maybe, type Nothing } from "../trace/maybe.ts";
import { freezeMerged, isNothing, type Snapshot, sameKeys, valueIn } from "../trace/snapshot.ts";
import { oneOfSeveral } from "./list.ts";
import { HOLE } from "./merge.ts";

export type Layout =
  | { readonly kind: "leaf" }
  | { readonly kind: "nothing"; readonly value: Nothing }
  | { readonly kind: "array"; readonly items: readonly Layout[]; readonly source: object }
  /** Of an array that a round leaves with another number of elements. `source`: of a variable, which gets another array each time. */
  | { readonly kind: "list"; readonly name: string; readonly element: TensorType; readonly source?: object }
  | { readonly kind: "object"; readonly keys: readonly string[]; readonly items: readonly Layout[]; readonly source: object }
  | { readonly kind: "maybe"; readonly nothing: Nothing; readonly value: Layout };

/** `optional`: undefined is a value like null, not a variable that has not been assigned. */
export function layoutOf(s: Snapshot, optional: boolean): Layout {
  switch (s.kind) {
    case "leaf":
      return isNothing(s) && (s.value === null || optional) ? { kind: "nothing", value: s.value } : { kind: "leaf" };
    case "maybe":
      return { kind: "maybe", nothing: s.parts.nothing, value: layoutOf(s.value, true) };
    case "array":
      return { kind: "array", items: s.items.map((item) => layoutOf(item, true)), source: s.source };
    case "object":
      return { kind: "object", keys: s.keys, items: s.items.map((item) => layoutOf(item, true)), source: s.source };
  }
}

/** A layout that holds what `layout` holds, and the snapshot; null if there is none. */
export function widen(layout: Layout, s: Snapshot): Layout | null {
  if (layout.kind === "maybe") {
    if (isNothing(s)) return s.value === layout.nothing ? layout : null;
    if (s.kind === "maybe" && s.parts.nothing !== layout.nothing) return null;
    const value = widen(layout.value, s.kind === "maybe" ? s.value : s);
    return value === null ? null : value === layout.value ? layout : { ...layout, value };
  }
  if (layout.kind === "nothing") {
    if (isNothing(s)) return s.value === layout.value ? layout : null;
    if (s.kind === "maybe" && s.parts.nothing !== layout.value) return null;
    return { kind: "maybe", nothing: layout.value, value: layoutOf(s.kind === "maybe" ? s.value : s, true) };
  }
  if (isNothing(s) && (layout.kind !== "leaf" || s.value === null)) return { kind: "maybe", nothing: s.value, value: layout };
  if (s.kind === "maybe") {
    const value = widen(layout, s.value);
    return value === null ? null : { kind: "maybe", nothing: s.parts.nothing, value };
  }
  if (layout.kind === "list") return layout;
  if (layout.kind === "leaf") return s.kind === "leaf" ? layout : null;
  if (s.kind !== layout.kind || layout.items.length !== s.items.length) return null;
  if (layout.kind === "object" && s.kind === "object" && !sameKeys(layout.keys, s.keys)) return null;
  const { items: now } = s;
  const items = layout.items.map((item, i) => widen(item, now[i] as Snapshot));
  if (items.every((item, i) => item === layout.items[i])) return layout;
  return items.includes(null) ? null : { ...layout, items: items as Layout[] };
}

/** Appends the leaves of a snapshot that the layout holds: HOLE for those of a value that is missing. */
export function leavesIn(layout: Layout, s: Snapshot, leaves: unknown[]): void {
  switch (layout.kind) {
    case "nothing":
      return;
    case "leaf":
      leaves.push(s.kind === "leaf" ? s.value : HOLE);
      return;
    case "list":
      leaves.push(
        s.kind === "array"
          ? make(layout.name, s.items.map(valueIn), layout.element)
          : ((s.kind === "leaf" ? s.list : undefined) ?? valueIn(s)),
      );
      return;
    case "maybe":
      if (isNothing(s)) return holes(layout, leaves, false);
      leaves.push(s.kind === "maybe" ? s.parts.has : true);
      return leavesIn(layout.value, s.kind === "maybe" ? s.value : s, leaves);
    default:
      for (const [i, item] of layout.items.entries()) leavesIn(item, (s as { items: readonly Snapshot[] }).items[i] as Snapshot, leaves);
  }
}

function holes(layout: Layout, leaves: unknown[], has?: boolean): void {
  if (layout.kind === "leaf" || layout.kind === "list") leaves.push(HOLE);
  else if (layout.kind === "maybe") {
    leaves.push(has ?? HOLE);
    holes(layout.value, leaves);
  } else if (layout.kind !== "nothing") for (const item of layout.items) holes(item, leaves);
}

/** The value of a layout with these leaves. Objects are new ones: see freezeMerged. */
export function assemble(layout: Layout, leaves: Iterator<unknown>, name: string): unknown {
  switch (layout.kind) {
    case "leaf":
      return leaves.next().value;
    case "list": {
      const value: unknown = leaves.next().value;
      return layout.source === undefined || !isTensor(value) ? value : oneOfSeveral(value, name, layout.source);
    }
    case "nothing":
      return layout.value;
    case "maybe": {
      const has: unknown = leaves.next().value;
      const value = assemble(layout.value, leaves, name);
      if (isTensor(has)) return maybe(has as Tensor, value, layout.nothing, name);
      return has === true ? value : layout.nothing;
    }
    case "array": {
      const made = layout.items.map((item, i) => assemble(item, leaves, `${name}[${i}]`));
      freezeMerged(name, made, layout.source);
      return made;
    }
    case "object": {
      const made = Object.fromEntries(layout.keys.map((key, i) => [key, assemble(layout.items[i] as Layout, leaves, `${name}.${key}`)]));
      freezeMerged(name, made, layout.source);
      return made;
    }
  }
}

/** Names of the leaves, for values of the graph and for messages. */
export function leafNames(layout: Layout, name: string, names: string[]): void {
  if (layout.kind === "leaf" || layout.kind === "list") names.push(name);
  else if (layout.kind === "maybe") {
    names.push(`${name}?`);
    leafNames(layout.value, name, names);
  } else if (layout.kind !== "nothing") {
    for (const [i, item] of layout.items.entries())
      leafNames(item, layout.kind === "array" ? `${name}[${i}]` : `${name}.${layout.keys[i]}`, names);
  }
}
