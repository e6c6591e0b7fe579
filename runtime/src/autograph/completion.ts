/**
 * Completions: how a region of code ended. A static completion is known while tracing. A staged one has a tag, an int32
 * scalar in the graph, and the set of ends it may stand for; the value of `return` travels with it.
 *
 * Tag numbers are global: 0 normal, 1 return, further ones per kind and label in order of first use.
 */
import type { Tensor } from "../core/tensor.ts";
import type { Completion, Ends } from "./contract.ts";

export interface StaticEnd extends Completion {
  readonly kind: "break" | "continue" | "return";
  readonly label?: string | undefined;
  readonly value?: unknown;
}

export interface StagedEnds extends Completion {
  readonly kind: "staged";
  readonly tag: Tensor;
  /** By tag number; 0 for a normal end. At least two. */
  readonly ends: ReadonlyMap<number, StaticEnd | null>;
}

export type Ending = StaticEnd | StagedEnds | null;

const numbers = new Map<string, number>();

export const NORMAL = 0;

export function tagOf(end: StaticEnd | null): number {
  if (end === null) return NORMAL;
  if (end.kind === "return") return 1;
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
  return new Map([[tagOf(ending), ending]]);
}

export function mayBe(ending: Ending, tag: number): boolean {
  return possibleEnds(ending).has(tag);
}

/** The ending when only `ends` are left of it: static if one is left. */
export function narrowed(tag: Tensor, ends: ReadonlyMap<number, StaticEnd | null>): Ending {
  const first = [...ends.values()][0];
  if (ends.size === 1 && first !== undefined) return first;
  return { kind: "staged", tag, ends };
}
