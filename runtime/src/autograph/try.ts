/** `try`: what was thrown in its block, on whatever path, goes to the handler; the finalizer runs on every path and may end otherwise. */
import { StagingError } from "../core/errors.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { placeSpan } from "../trace/span.ts";
import { type GraphTracer, tracer } from "../trace/tracer.ts";
import { isTag, stagedBranch, without } from "./branch.ts";
import { type Ending, endingOf, endsOf, NORMAL, possibleEnds, type StagedEnds, type StaticEnd } from "./completion.ts";
import type { Ends, Vars } from "./contract.ts";
import { catching, finalized, openTry, settle } from "./throwing.ts";

type Handler = (error: unknown) => Ends;

export function tryStatement(at: string, vars: Vars, body: () => Ends, handler?: (error: never) => Ends, finalizer?: () => Ends): Ends {
  const handle = handler as Handler | undefined;
  return isTracing() ? traced(tracer(), at, vars, body, handle, finalizer) : eager(body, handle, finalizer);
}

function eager(body: () => Ends, handler: Handler | undefined, finalizer: (() => Ends) | undefined): Ends {
  let ends: Ends;
  try {
    try {
      ends = body();
    } catch (error) {
      if (handler === undefined) throw error;
      ends = handler(error);
    }
  } catch (error) {
    const last = finalizer?.();
    if (last !== undefined) return last;
    throw error;
  }
  return finalizer?.() ?? ends;
}

function traced(
  t: GraphTracer,
  at: string,
  vars: Vars,
  body: () => Ends,
  handler: Handler | undefined,
  finalizer: (() => Ends) | undefined,
): Ends {
  const block = (): Ending => catching(t, vars, () => endingOf(body()));
  const last = finalizer === undefined ? undefined : (): Ending => endingOf(finalizer());
  const handled = (thrown: Ending): Ending => (handler === undefined ? thrown : handleAll(at, vars, thrown, handler));
  let ending: Ending;
  if (last === undefined) ending = handled(block());
  else {
    const { first, yields } = openTry(t, (record) => {
      const first = finalized(t, () => {
        const thrown = block();
        return catching(t, vars, () => handled(thrown));
      });
      return { first, yields: record.yields };
    });
    ending = finish(at, vars, first, yields && mayThrow(first) ? unthrown(t, at, vars, last) : last());
  }
  if (ending !== null && ending.kind === "throw") throw ending.value;
  return endsOf(settle(at, ending));
}

/** The handler on the paths on which something was thrown, once per error. */
function handleAll(at: string, vars: Vars, ending: Ending, handler: Handler): Ending {
  const [first] = [...possibleEnds(ending)].filter(([, end]) => end?.kind === "throw");
  if (first === undefined) return ending;
  const [tag, end] = first as [number, StaticEnd];
  if (ending === null || ending.kind !== "staged") return endingOf(handler(end.value));
  return stagedBranch(
    at,
    vars,
    isTag(ending.tag, tag),
    () => endingOf(handler(end.value)),
    () => handleAll(at, vars, without(ending, tag), handler),
  );
}

function mayThrow(ending: Ending): boolean {
  return [...possibleEnds(ending)].some(([, end]) => end?.kind === "throw");
}

/** The finalizer of a generator runs after the body of the loop over it threw: what that threw is what JavaScript keeps. */
function unthrown(t: GraphTracer, at: string, vars: Vars, finalizer: () => Ending): Ending {
  const last = catching(t, vars, finalizer);
  if (!mayThrow(last)) return last;
  throw new StagingError(
    "The `finally` of this generator may throw after the loop over it threw, of which JavaScript keeps the first error.",
    {
      code: "E_GENERATOR",
      hint: "Catch in the `finally` what it calls.",
      at: placeSpan(t.file, at).place(),
    },
  );
}

/** The finalizer's own end, where it has one, takes the place of the other. */
function finish(at: string, vars: Vars, ending: Ending, last: Ending): Ending {
  if (last === null) return ending;
  if (last.kind !== "staged" || !last.ends.has(NORMAL)) return last;
  return stagedBranch(
    at,
    vars,
    isTag(last.tag, NORMAL),
    () => ending,
    () => without(last as StagedEnds, NORMAL),
  );
}
