/**
 * Functions that call themselves. A function's values have slots like those of any region; a call puts aside what they hold, runs the body
 * and brings it back. Calls within calls are kept in a list, not on JavaScript's stack, which would end after some thousand of them: a step
 * that calls stops there (`yield`), and `drive` goes on with it when the call has ended.
 */
import { GraphFnError, locate, StagingError } from "../../core/errors.ts";
import type { Span } from "../../ir/graph.ts";
import { type Code, drop, type Frame, take } from "./code.ts";
import { type Held, release } from "./held.ts";

/** A function of a graph, prepared. */
export interface Callee {
  readonly name: string;
  readonly maxDepth: number;
  params: readonly number[];
  /** Slots of all values in its body. */
  readonly own: number[];
  /** Null while it is being prepared. */
  body: Code | null;
}

export interface Call {
  readonly callee: Callee;
  readonly operands: readonly Held[];
  readonly span: Span | undefined;
}

/** What is left to do of code that calls functions. */
export type Rest<T = void> = Generator<Call, T, Held[]>;

/** `runCode`, for code that calls. */
export function* resume(code: Code, frame: Frame): Rest<Held[]> {
  const { steps, drops } = code;
  for (const slot of code.unread) drop(frame, slot);
  for (let at = 0; at < steps.length; at++) {
    try {
      const rest = (steps[at] as (typeof steps)[number])(frame);
      if (rest !== undefined) yield* rest;
    } catch (error) {
      if (error instanceof GraphFnError) locate(error, code.spans[at]?.place());
      throw error;
    }
    for (const slot of drops[at] as readonly number[]) drop(frame, slot);
  }
  return code.yields.map((use) => take(frame, use));
}

/** A call that has not ended: who made it, and what the callee's slots held. */
interface Waiting {
  readonly caller: Rest<Held[]>;
  readonly callee: Callee;
  readonly saved: readonly (Held | null)[];
}

/** Runs code that calls; its yields belong to the caller. Throws E_RECURSION where calls nest too deep. */
export function drive(code: Code, frame: Frame): Held[] {
  const waiting: Waiting[] = [];
  try {
    let current = resume(code, frame);
    for (let results: Held[] = []; ; ) {
      const next = current.next(results);
      if (next.done !== true) {
        if (waiting.length >= next.value.callee.maxDepth) throw tooDeep(next.value);
        waiting.push({ caller: current, callee: next.value.callee, saved: enter(next.value, frame) });
        current = resume(next.value.callee.body as Code, frame);
        results = [];
        continue;
      }
      const last = waiting.pop();
      if (last === undefined) return next.value;
      leave(last, frame);
      results = next.value;
      current = last.caller;
    }
  } catch (error) {
    for (const { saved } of waiting) for (const x of saved) if (x !== null) release(x);
    throw error;
  }
}

function enter({ callee, operands }: Call, { values }: Frame): (Held | null)[] {
  const saved = callee.own.map((slot) => values[slot] as Held | null);
  for (const slot of callee.own) values[slot] = null;
  callee.params.forEach((slot, i) => {
    values[slot] = operands[i] as Held;
  });
  return saved;
}

function leave({ callee, saved }: Waiting, { values }: Frame): void {
  callee.own.forEach((slot, i) => {
    values[slot] = saved[i] as Held | null;
  });
}

function tooDeep({ callee: { name, maxDepth }, operands, span }: Call): StagingError {
  for (const x of operands) release(x);
  return new StagingError(`Calls of \`${name}\` nest more than ${maxDepth} deep.`, {
    code: "E_RECURSION",
    hint: "Check that it comes to an end; the option `maxDepth` of its mark allows more.",
    at: span?.place(),
  });
}
