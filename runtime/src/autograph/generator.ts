/**
 * Generators that the graph decides on: a graph does not suspend, so the generator calls the body of the loop over it where it yields.
 *
 *   for (const x of upTo(n)) { if (x > 9) break; sum += x; }     upTo's own loop is the one in the graph, and its rounds run the body
 *
 * How the body ends travels through the generator like any end, and through its `finally`: a `return` as it is, `break` and `continue` under
 * names that no statement of the generator has, one "^" for each generator around.
 */
import type { LoopOptions } from "../api/loop.ts";
import { StagingError } from "../core/errors.ts";
import { apply1, isTracing } from "../dispatch/dispatch.ts";
import { getOp } from "../ops/index.ts";
import { lift } from "../trace/lift.ts";
import { placeSpan } from "../trace/span.ts";
import { type OpenRegion, tracer } from "../trace/tracer.ts";
import { absorb, isTag } from "./branch.ts";
import { type Ending, endingOf, endsOf, isNever, type StaticEnd, tagOf } from "./completion.ts";
import type { Ends } from "./contract.ts";
import { absorbAll, bodyOf, ownTags } from "./loop-parts.ts";
import { markTries, settle } from "./throwing.ts";

/** The loop over it. */
interface Consumer {
  readonly at: string;
  readonly body: (item: unknown) => Ends;
  readonly label: string | undefined;
  readonly options: LoopOptions | undefined;
}

type Run = (body: (item: unknown) => Ends) => Ends;

const MARK = "^";
/** The label of a generator's own `return`. */
const DONE = tagOf({ kind: "break", label: "*" });

export class PushedGenerator {
  readonly #at: string;
  readonly #run: Run;
  readonly #region: OpenRegion | null;
  #begun = false;

  constructor(at: string, run: Run) {
    this.#at = at;
    this.#run = run;
    this.#region = isTracing() ? tracer().region : null;
  }

  /** Runs it once, from its start to its end. */
  over({ at, body, label, options }: Consumer): Ends {
    if (options !== undefined) this.#refuse("the loop over it has options", "Give them to the loop in the generator.");
    if (isTracing() && this.#region !== tracer().region) this.#refuse("the loop over it stands in another branch or loop than the call");
    if (this.#begun) return undefined;
    this.#begun = true;
    const round = (item: unknown): Ends => endsOf(renamed(bodyOf(() => body(item), label)(), hidden));
    const ending = renamed(absorb(endingOf(isTracing() ? this.#trace(round) : this.#compute(round)), DONE), shown);
    const left = absorbAll(ending, ownTags("break", label));
    return endsOf(isTracing() ? settle(at, left) : left);
  }

  #trace(round: (item: unknown) => Ends): Ends {
    const mark = markTries(tracer());
    return this.#run((item) => {
      mark();
      return round(item);
    });
  }

  /** What the body threw is thrown, whatever the finalizers of the generator do. */
  #compute(round: (item: unknown) => Ends): Ends {
    let thrown: { readonly error: unknown } | undefined;
    try {
      return this.#run((item) => {
        try {
          return round(item);
        } catch (error) {
          thrown ??= { error };
          throw error;
        }
      });
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: it takes the place of any other end
      if (thrown !== undefined) throw thrown.error;
    }
  }

  [Symbol.iterator](): never {
    return this.#refuse("it is asked for its iterator");
  }

  next(): never {
    return this.#refuse("it is asked for its next value");
  }

  #refuse(fact: string, hint = "Call it in the loop that goes over it, in a graph function: `for (const x of generate(…))`."): never {
    throw new StagingError(`This generator runs in the graph, and ${fact}.`, {
      code: "E_GENERATOR",
      hint,
      at: isTracing() ? placeSpan(tracer().file, this.#at).place() : undefined,
    });
  }
}

export function generator(at: string, run: Run): PushedGenerator {
  return new PushedGenerator(at, run);
}

function hidden(end: StaticEnd): StaticEnd {
  return { ...end, label: MARK + (end.label ?? "") };
}

function shown(end: StaticEnd): StaticEnd {
  const label = end.label?.slice(MARK.length) ?? "";
  return label === "" ? { kind: end.kind } : { ...end, label };
}

/** Gives `break` and `continue` other names. */
function renamed(ending: Ending, rename: (end: StaticEnd) => StaticEnd): Ending {
  if (ending === null || isNever(ending)) return ending;
  if (ending.kind !== "staged") return isJump(ending) ? rename(ending) : ending;
  const ends = new Map<number, StaticEnd | null>();
  let { tag } = ending;
  for (const [number, end] of ending.ends) {
    const next = end !== null && isJump(end) ? rename(end) : end;
    const renumbered = next === end ? number : tagOf(next);
    ends.set(renumbered, next);
    if (renumbered === number) continue;
    tag = apply1(getOp("where"), [isTag(ending.tag, number), lift(renumbered, { dtype: "int32", shape: [] }), tag]);
  }
  return { kind: "staged", tag, ends };
}

function isJump(end: StaticEnd): boolean {
  return end.kind === "break" || end.kind === "continue";
}
