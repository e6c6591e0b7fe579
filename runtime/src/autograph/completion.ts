/**
 * Completions: how a region of code ended. A static completion is known while tracing. A staged one has a tag, an int32
 * scalar in the graph, and the set of ends it may stand for; the value of `return` travels with it.
 *
 * Tag numbers are global: 0 normal, 1 return, further ones per kind and label in order of first use. A throw that may be caught has a
 * negative one of its own; one that nothing catches fails where it stands, and its region never ends.
 */
import type { Tensor } from "../core/tensor.ts";
import type { Completion, Ends } from "./contract.ts";

export interface StaticEnd extends Completion {
  readonly kind: "break" | "continue" | "return" | "throw";
  readonly label?: string | undefined;
  /** What is returned or thrown. */
  readonly value?: unknown;
  /** Of a throw. */
  readonly tag?: number;
}

/** The region throws whenever it runs, and nothing catches that. */
export interface Never extends Completion {
  readonly kind: "never";
}
export const NEVER: Never = { kind: "never" };

export function isNever(ending: Ending): ending is Never {
  return ending !== null && ending.kind === "never";
}

/** No path comes to the end of the region. */
export function isAbrupt(ending: Ending): boolean {
  return ending !== null && !(ending.kind === "staged" && ending.ends.has(NORMAL));
}

/** Ends the function, on every path: what the region left in local variables is not seen. */
export function leaves(ending: Ending): boolean {
  return ending !== null && (ending.kind === "return" || ending.kind === "never");
}

export interface StagedEnds extends Completion {
  readonly kind: "staged";
  readonly tag: Tensor;
  /** By tag number; 0 for a normal end. At least two. */
  readonly ends: ReadonlyMap<number, StaticEnd | null>;
}

export type Ending = StaticEnd | StagedEnds | Never | null;

const numbers = new Map<string, number>();

export const NORMAL = 0;

export function tagOf(end: StaticEnd | null): number {
  if (end === null) return NORMAL;
  if (end.kind === "return") return 1;
  if (end.tag !== undefined) return end.tag;
  const key = `${end.kind}:${end.label ?? ""}`;
  let n = numbers.get(key);
  if (n === undefined) {
    n = 2 + numbers.size;
    numbers.set(key, n);
  }
  return n;
}

/** What a region body returned, in our own types; `undefined` is a normal end. */
export function endingOf(ends: Ends): Ending {
  return ends === undefined ? null : (ends as Ending);
}

export function endsOf(ending: Ending): Ends {
  return ending ?? undefined;
}

/** All ends that an ending may stand for, by tag number. */
export function possibleEnds(ending: Ending): ReadonlyMap<number, StaticEnd | null> {
  if (ending !== null && ending.kind === "staged") return ending.ends;
  if (isNever(ending)) return new Map();
  return new Map([[tagOf(ending), ending]]);
}

export function mayBe(ending: Ending, tag: number): boolean {
  return possibleEnds(ending).has(tag);
}

/** The value that a region may return. */
export function returnedBy(ending: Ending): { readonly value: unknown } | null {
  const end = possibleEnds(ending).get(1);
  return end === undefined || end === null ? null : { value: end.value };
}

/** The ending when only `ends` are left of it: static if one is left. */
export function narrowed(tag: Tensor, ends: ReadonlyMap<number, StaticEnd | null>): Ending {
  if (ends.size === 0) return NEVER;
  const first = [...ends.values()][0];
  if (ends.size === 1 && first !== undefined) return first;
  return { kind: "staged", tag, ends };
}
