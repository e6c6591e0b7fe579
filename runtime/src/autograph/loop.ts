/**
 * Loops. One entry, `loop`, for while, do-while, C-style for and for-of:
 *
 *   eager            a JavaScript loop
 *   plain test       unrolled while tracing; an abrupt end under a tensor condition puts the remaining iterations under a branch
 *   tensor test      one while node (staged-loop.ts)
 *   `while (true)`   staged too, when leaving it depends on a tensor
 */
import { ROW, Rows } from "../api/rows.ts";
import { ShapeError, StagingError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { apply1, isTracing } from "../dispatch/dispatch.ts";
import { lengthOf } from "../ops/index.ts";
import { listIn } from "../trace/elements.ts";
import { GATHER, type Gatherable, type Gathered, isGatherable } from "../trace/feed.ts";
import { lift } from "../trace/lift.ts";
import { isPoison } from "../trace/poison.ts";
import { type Snapshot, valueIn } from "../trace/snapshot.ts";
import { placeSpan } from "../trace/span.ts";
import { flatten, rebuild } from "../trace/structure.ts";
import { tracer } from "../trace/tracer.ts";
import { traceArm } from "./arm.ts";
import { absorb, condition, isTag, stagedBranch, without } from "./branch.ts";
import { type Ending, endingOf, endsOf, NORMAL, tagOf } from "./completion.ts";
import type { Ends, Vars } from "./contract.ts";
import { add, index, lt } from "./operate.ts";
import { stagedLoop } from "./staged-loop.ts";
import { settle } from "./throwing.ts";

/** Unrolled iterations beyond this are refused: the graph would be too large to be useful. */
const UNROLL_LIMIT = 10_000;

export interface LoopParts {
  readonly at: string;
  readonly what: "while" | "do-while" | "for" | "for-of";
  readonly vars: Vars;
  readonly test: () => unknown;
  /** One iteration, with `continue` of this loop absorbed. */
  readonly body: () => Ending;
  /** Runs after each iteration that did not leave the loop. */
  readonly update?: () => void;
  readonly label: string | undefined;
  /** do-while: the first iteration runs before the first test. */
  readonly testFirst: boolean;
  /** The first variable counts from 0 to this limit: a `for` node if nothing leaves the loop early. */
  readonly counted?: number | Tensor;
  /** for-of over a JavaScript iterable: always unrolled. */
  readonly plainItems?: boolean;
}

/** Tag numbers of `break` and `continue` that mean this loop. */
function ownTags(kind: "break" | "continue", label: string | undefined): number[] {
  const tags = [tagOf({ kind })];
  if (label !== undefined) tags.push(tagOf({ kind, label }));
  return tags;
}

function absorbAll(ending: Ending, tags: readonly number[]): Ending {
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
function ifNormal(parts: Pick<LoopParts, "at" | "vars">, ending: Ending, rest: () => Ending): Ending {
  if (ending === null) return rest();
  if (ending.kind !== "staged" || !ending.ends.has(NORMAL)) return ending;
  return stagedBranch(parts.at, parts.vars, isTag(ending.tag, NORMAL), rest, () => without(ending, NORMAL));
}

export function loop(parts: LoopParts): Ends {
  const breaks = ownTags("break", parts.label);
  return endsOf(isTracing() ? settle(parts.at, traced(parts, breaks)) : eager(parts, breaks));
}

export function keys(object: unknown): string[] {
  const found: string[] = [];
  for (const key in object as object) found.push(key);
  return found;
}

export function forOf(at: string, vars: Vars, items: unknown, body: (item: never) => Ends, label?: string): Ends {
  const each = body as (item: unknown) => Ends;
  if (isTensor(items)) return overTensor(at, vars, items, each, label);
  if (items instanceof Rows) return overRows(at, vars, items, each, label);
  if (isTracing() && isGatherable(items)) {
    const gathered = items[GATHER]();
    if (gathered !== null) return overFeed(at, vars, items, gathered, each, label);
  }
  if (listIn(items) !== undefined) return overList(at, vars, items as unknown[], each, label);
  const iterator = (items as Iterable<unknown>)[Symbol.iterator]();
  let next = iterator.next();
  const update = (): void => {
    next = iterator.next();
  };
  const ends = loop({
    at,
    what: "for-of",
    vars,
    test: () => next.done !== true,
    body: bodyOf(() => (body as (item: unknown) => Ends)(next.value), label),
    update,
    label,
    testFirst: true,
    plainItems: true,
  });
  if (next.done !== true) iterator.return?.();
  return ends;
}

/** Over the elements of a dataset, read when the function is called. */
function overFeed(
  at: string,
  vars: Vars,
  items: Gatherable,
  { skeleton, rows, last }: Gathered,
  body: (item: unknown) => Ends,
  label: string | undefined,
): Ends {
  const leaves = (gathered: Gathered | null): readonly Tensor[] => [...(gathered?.rows ?? []), ...(gathered?.last ?? [])];
  const fed = tracer().feed(leaves({ skeleton, rows, last }), () => leaves(items[GATHER]()));
  const element = (parts: readonly Tensor[]): unknown => rebuild(skeleton, parts[Symbol.iterator]());
  const breaks = ownTags("break", label);
  const { counted, parts } = countedLoop(at, vars, rows[0]?.shape[0] as number, label, (i) =>
    body(element(fed.slice(0, rows.length).map((row) => index(row, i) as Tensor))),
  );
  const ending = traced(parts, []);
  const rest = (): Ending => bodyOf(() => body(element(fed.slice(rows.length))), label)();
  const whole = last === null ? ending : ifNormal({ at, vars: counted }, ending, rest);
  return endsOf(settle(at, absorbAll(whole, breaks)));
}

function overTensor(at: string, vars: Vars, items: Tensor, body: (item: unknown) => Ends, label: string | undefined): Ends {
  if (items.shape.length === 0) {
    throw new ShapeError("A scalar tensor cannot be iterated.", {
      hint: "for-of goes over the first axis of a tensor.",
      at: isTracing() ? placeSpan(tracer().file, at).place() : undefined,
    });
  }
  const { parts } = countedLoop(at, vars, firstLength(items), label, (i) => body(index(items, i)));
  return loop(parts);
}

/** Over an array that holds a list of the graph, and that the body may change. */
function overList(at: string, vars: Vars, items: unknown[], body: (item: unknown) => Ends, label: string | undefined): Ends {
  return loop(
    countedLoop(
      at,
      vars,
      () => items.length,
      label,
      (i) => body(index(items, i)),
    ).parts,
  );
}

/** A number, or a tensor where the length depends on data. */
function firstLength(items: Tensor): number | Tensor {
  const length = items.symbol?.dims[0] ?? (items.shape[0] as number);
  return typeof length === "number" ? length : apply1(lengthOf, [items], { axis: 0 });
}

/** Over what zip, reversed and entries() return. */
function overRows(at: string, vars: Vars, items: Rows<unknown>, body: (item: unknown) => Ends, label: string | undefined): Ends {
  return loop(countedLoop(at, vars, items.length, label, (i) => body(items[ROW](i as number | Tensor))).parts);
}

/** `for (let i = 0; i < length; i++)` with `i` a tensor in traces. A length given by a function may change. */
function countedLoop(
  at: string,
  vars: Vars,
  length: number | Tensor | (() => unknown),
  label: string | undefined,
  body: (i: unknown) => Ends,
): { readonly parts: LoopParts; readonly counted: Vars } {
  let i: unknown = isTracing() ? lift(0, { dtype: "int32", shape: [] }) : 0;
  const counted: Vars = {
    ...vars,
    get: () => ({ $i: i, ...vars.get() }),
    set: ({ $i, ...rest }) => {
      i = $i;
      vars.set(rest);
    },
  };
  const parts: LoopParts = {
    at,
    what: "for-of",
    vars: counted,
    test: () => lt(i, typeof length === "function" ? length() : length),
    body: bodyOf(() => body(i), label),
    update: () => {
      i = add(i, 1);
    },
    label,
    testFirst: true,
    ...(isTracing() && typeof length !== "function" ? { counted: length } : {}),
  };
  return { parts, counted };
}

function eager(parts: LoopParts, breaks: readonly number[]): Ending {
  let first = !parts.testFirst;
  for (;;) {
    if (!first && condition(parts.test(), parts.what, parts.at) !== true) return null;
    first = false;
    const ending = iterate(parts);
    if (ending !== null) return absorbAll(ending, breaks);
  }
}

function traced(parts: LoopParts, breaks: readonly number[]): Ending {
  if (parts.plainItems === true) return unroll(parts, breaks, 0);
  if (!parts.testFirst) return absorbAll(stagedLoop(withTestInBody(parts, true)), breaks);
  if (parts.counted !== undefined) return absorbAll(stagedLoop(parts), breaks);
  const test = trialOfTest(parts);
  if (test.staged) return absorbAll(stagedLoop(test.writes ? withTestInBody(parts, testNow(parts)) : parts), breaks);
  if (endlessUnlessTensor(parts)) return absorbAll(stagedLoop(parts), breaks);
  return unroll(parts, breaks, 0);
}

function testNow(parts: LoopParts): boolean | Tensor {
  return condition(parts.test(), parts.what, parts.at);
}

/**
 * The test runs at the end of each iteration, and the loop looks at what it gave: for do-while, and for tests that change state.
 * `holds`: what it gave before the first iteration.
 */
function withTestInBody(parts: LoopParts, holds: boolean | Tensor): LoopParts {
  let now: unknown = holds;
  return {
    ...parts,
    vars: {
      ...parts.vars,
      get: () => ({ $test: now, ...parts.vars.get() }),
      set: ({ $test, ...rest }) => {
        now = $test;
        parts.vars.set(rest);
      },
    },
    test: () => now,
    update: () => {
      parts.update?.();
      now = testNow(parts);
    },
  };
}

/** Traces the test into a region that is thrown away, to see what kind of value it is, and whether it changes anything. */
function trialOfTest(parts: LoopParts): { readonly staged: boolean; readonly writes: boolean } {
  const t = tracer();
  const before = parts.vars.get();
  const state = t.state.snapshot();
  let staged = false;
  const { writes, variables, assigned } = t.state.watch(() =>
    traceArm(t, parts.vars, () => {
      staged = typeof testNow(parts) !== "boolean";
      return null;
    }),
  ).result;
  const moved = Object.entries(before).some(([name, value]) => !Object.is(value, valueIn(variables[name] as Snapshot)));
  return { staged, writes: moved || writes.size > 0 || [...assigned].some(([variable, value]) => state.get(variable) !== value) };
}

/** `while (true)` whose plain state does not change and whose exit depends on a tensor: unrolling would never end. */
function endlessUnlessTensor(parts: LoopParts): boolean {
  const t = tracer();
  let endless = false;
  t.state.watch(() =>
    traceArm(t, parts.vars, () => {
      if (testNow(parts) !== true) return null;
      const before = leavesOf(parts.vars.get());
      const ending = iterate(parts);
      if (ending !== null && ending.kind !== "staged") return null;
      const after = leavesOf(parts.vars.get());
      // What first gets its value in the loop, a tensor or one on some path only, says nothing about its end.
      const isStaged = (leaf: unknown): boolean => isPoison(leaf) || isTensor(leaf);
      const changes = after.some(
        (leaf, i) => !Object.is(leaf, before[i]) && !isStaged(before[i]) && !(before[i] === undefined && isStaged(leaf)),
      );
      endless = before.length === after.length && !changes;
      return null;
    }),
  );
  return endless;
}

function leavesOf(values: Record<string, unknown>): unknown[] {
  const leaves: unknown[] = [];
  flatten(values, leaves);
  return leaves;
}

function unroll(parts: LoopParts, breaks: readonly number[], from: number): Ending {
  for (let count = from; ; count++) {
    if (count >= UNROLL_LIMIT) {
      throw new StagingError(`The ${parts.what} loop was unrolled ${UNROLL_LIMIT} times while tracing and is not at its end.`, {
        code: "E_UNROLL",
        hint: "Make its counter a Tensor so that the loop is staged.",
        at: placeSpan(tracer().file, parts.at).place(),
      });
    }
    const test = testNow(parts);
    if (typeof test !== "boolean") return absorbAll(stagedLoop(withTestInBody(parts, test)), breaks);
    if (!test) return null;
    const ending = parts.body();
    if (ending === null) {
      parts.update?.();
      continue;
    }
    // The remaining iterations run in the arm of the normal end, where plain variables keep their plain values.
    const remaining = (): Ending => {
      parts.update?.();
      return unroll(parts, breaks, count + 1);
    };
    return absorbAll(ifNormal(parts, ending, remaining), breaks);
  }
}
