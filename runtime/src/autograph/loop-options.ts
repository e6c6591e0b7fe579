/**
 * What `loop.options` makes of a loop:
 *
 *   maxIterations   the rounds are counted; the one too many throws, or the test does not hold any more
 *   unroll: k       a round is k rounds, with the test between them; a counted loop has as many rounds as are whole, and the rest follows it
 */
import { LoopLimitError, StagingError } from "../core/errors.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { lift } from "../trace/lift.ts";
import { placeSpan } from "../trace/span.ts";
import { tracer } from "../trace/tracer.ts";
import { and, branch, condition, NO_VARS, stagedBranch } from "./branch.ts";
import type { Ending } from "./completion.ts";
import { type Counter, ifNormal, type LoopParts } from "./loop-parts.ts";
import { add, ge, lt } from "./operate.ts";
import { stagedLoop } from "./staged-loop.ts";

/** Another round would begin: the loop ends, or that is an error. */
export function overrun({ what, at, options }: LoopParts): Ending {
  if (options?.onMax === "stop") return null;
  throw new LoopLimitError(`The ${what} loop has run ${options?.maxIterations} times and would go on.`, {
    hint: 'That is its maxIterations: allow more, or let it end there by `onMax: "stop"`.',
    at: isTracing() ? placeSpan(tracer().file, at).place() : undefined,
  });
}

/** The loop of the graph that counts its rounds; `begun` of them have run. */
export function bounded(parts: LoopParts, begun = 0): LoopParts {
  const max = parts.options?.maxIterations;
  if (max === undefined) return parts;
  if (begun === 0 && typeof parts.counted?.limit === "number" && parts.counted.limit <= max) return parts;
  let rounds: unknown = lift(begun, { dtype: "int32", shape: [] });
  const { vars, at, update } = parts;
  const stops = parts.options?.onMax === "stop";
  return {
    ...parts,
    counted: undefined,
    vars: {
      ...vars,
      get: () => ({ $rounds: rounds, ...vars.get() }),
      set: ({ $rounds, ...rest }) => {
        rounds = $rounds;
        vars.set(rest);
      },
    },
    test: () => (stops ? and(at, parts.test(), () => lt(rounds, max)) : parts.test()),
    body: () => {
      if (!stops) branch(at, NO_VARS, ge(rounds, max), () => void overrun(parts));
      return parts.body();
    },
    update: () => {
      update?.();
      rounds = add(rounds, 1);
    },
  };
}

/** The loop as a while or for node, with as many bodies per round as its options say. The test has no effects. */
export function emitted(parts: LoopParts): Ending {
  const times = parts.options?.unroll;
  if (times === true) throw unrollable(parts);
  if (typeof times !== "number" || times === 1) return stagedLoop(parts);
  const { counted, counter } = parts;
  if (typeof counted?.limit === "number" && counter !== undefined) return repeatCounted(parts, counter, counted.limit, times);
  const round = (left: number): Ending =>
    ifNormal(parts, parts.body(), () => {
      parts.update?.();
      if (left === 1) return null;
      const more = condition(parts.test(), parts.what, parts.at);
      if (typeof more === "boolean") return more ? round(left - 1) : null;
      return stagedBranch(
        parts.at,
        parts.vars,
        more,
        () => round(left - 1),
        () => null,
      );
    });
  return stagedLoop({ ...parts, counted: undefined, update: undefined, body: () => round(times) });
}

function repeatCounted(parts: LoopParts, counter: Counter, length: number, times: number): Ending {
  const rest = length % times;
  const whole = length - rest;
  const run = (left: number): Ending =>
    ifNormal(parts, parts.body(), () => {
      parts.update?.();
      return left === 1 ? null : run(left - 1);
    });
  const ending =
    whole === 0
      ? null
      : stagedLoop({
          ...parts,
          test: () => counter.below(whole),
          body: () => run(times),
          update: undefined,
          counted: { limit: whole, step: times },
        });
  if (rest === 0) return ending;
  return ifNormal(parts, ending, () => {
    counter.set(lift(whole, { dtype: "int32", shape: [] }));
    return run(rest);
  });
}

function unrollable({ what, at }: LoopParts): StagingError {
  return new StagingError(`The ${what} loop has the option \`unroll: true\`, but the graph decides how often it runs.`, {
    code: "E_UNROLL",
    hint: "Unroll several rounds at a time by `unroll: 4`, or let a number that is known while tracing decide.",
    at: placeSpan(tracer().file, at).place(),
  });
}

/** Before a loop is unrolled. */
export function allowUnrolling({ what, at, options }: LoopParts): void {
  if (options?.unroll !== false) return;
  throw new StagingError(`The ${what} loop has the option \`unroll: false\`, but JavaScript values decide how often it runs.`, {
    code: "E_UNROLL",
    hint: "Only tensors make it a loop of the graph: declare its counter as a Tensor, or go over the rows of one.",
    at: placeSpan(tracer().file, at).place(),
  });
}
