/** What a loop is made of, and what one round of it is. */
import type { LoopOptions } from "../api/loop.ts";
import type { Tensor } from "../core/tensor.ts";
import { absorb, isTag, stagedBranch, without } from "./branch.ts";
import { type Ending, endingOf, NORMAL, tagOf } from "./completion.ts";
import type { Ends, Vars } from "./contract.ts";

export interface LoopParts {
  readonly at: string;
  readonly what: "while" | "do-while" | "for" | "for-of";
  readonly vars: Vars;
  readonly test: () => unknown;
  /** One iteration, with `continue` of this loop absorbed. */
  readonly body: () => Ending;
  /** Runs after each iteration that did not leave the loop. */
  readonly update?: (() => void) | undefined;
  readonly label: string | undefined;
  /** do-while: the first iteration runs before the first test. */
  readonly testFirst: boolean;
  /** The first variable counts from 0 to this limit: a `for` node if nothing leaves the loop early. */
  readonly counted?: { readonly limit: number | Tensor; readonly step: number } | undefined;
  readonly counter?: Counter;
  /** for-of over a JavaScript iterable: always unrolled. */
  readonly plainItems?: boolean;
  readonly options?: LoopOptions | undefined;
}

/** The variable that counts rounds. */
export interface Counter {
  readonly set: (i: unknown) => void;
  /** Whether it is below a limit. */
  readonly below: (limit: number) => unknown;
}

/** Tag numbers of `break` and `continue` that mean this loop. */
export function ownTags(kind: "break" | "continue", label: string | undefined): number[] {
  const tags = [tagOf({ kind })];
  if (label !== undefined) tags.push(tagOf({ kind, label }));
  return tags;
}

export function absorbAll(ending: Ending, tags: readonly number[]): Ending {
  return tags.reduce(absorb, ending);
}

/** The body of a loop with its own `continue` absorbed. */
export function bodyOf(body: () => Ends, label: string | undefined): () => Ending {
  const continues = ownTags("continue", label);
  return () => absorbAll(endingOf(body()), continues);
}

/** One whole iteration: the body, then the update if the body ended normally. */
export function iterate(parts: LoopParts): Ending {
  const ending = parts.body();
  const { update } = parts;
  if (update === undefined) return ending;
  const updated = (): Ending => {
    update();
    return null;
  };
  return ifNormal(parts, ending, updated);
}

/** `rest` on the paths on which `ending` is normal. */
export function ifNormal(parts: Pick<LoopParts, "at" | "vars">, ending: Ending, rest: () => Ending): Ending {
  if (ending === null) return rest();
  if (ending.kind !== "staged" || !ending.ends.has(NORMAL)) return ending;
  return stagedBranch(parts.at, parts.vars, isTag(ending.tag, NORMAL), rest, () => without(ending, NORMAL));
}
