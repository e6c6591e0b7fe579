/**
 * Loops. One entry, `loop`, for while, do-while, C-style for and for-of:
 *
 *   eager            a JavaScript loop
 *   plain test       unrolled while tracing; an abrupt end under a tensor condition puts the remaining iterations under a branch
 *   tensor test      one while node (staged-loop.ts)
 *   `while (true)`   staged too, when leaving it depends on a tensor
 */
import { checkLoopOptions, type LoopOptions } from "../api/loop.ts";
import { ROW, Rows } from "../api/rows.ts";
import { ShapeError, StagingError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { apply1, isTracing } from "../dispatch/dispatch.ts";
import { lengthOf } from "../ops/index.ts";
import { elementsOf, listIn } from "../trace/elements.ts";
import { GATHER, type Gatherable, type Gathered, isGatherable } from "../trace/feed.ts";
import { lift } from "../trace/lift.ts";
import { isPoison } from "../trace/poison.ts";
import { isNothing, type Snapshot, snapshot, valueIn } from "../trace/snapshot.ts";
import { placeSpan } from "../trace/span.ts";
import { rebuild } from "../trace/structure.ts";
import { tracer } from "../trace/tracer.ts";
import { traceArm } from "./arm.ts";
import { condition } from "./branch.ts";
import { type Ending, endsOf } from "./completion.ts";
import type { Ends, Vars } from "./contract.ts";
import { PushedGenerator } from "./generator.ts";
import { allowUnrolling, bounded, emitted, overrun } from "./loop-options.ts";
import { absorbAll, bodyOf, ifNormal, iterate, type LoopParts, ownTags } from "./loop-parts.ts";
import { add, index, lt } from "./operate.ts";
import { fields } from "./optional.ts";
import { earlierCells } from "./place.ts";
import { catching, isCaught, settle, snapshots } from "./throwing.ts";

/** Unrolled iterations beyond this are refused: the graph would be too large to be useful. */
const UNROLL_LIMIT = 10_000;

export function loop(parts: LoopParts): Ends {
  if (parts.options !== undefined) checkLoopOptions(parts.options);
  const breaks = ownTags("break", parts.label);
  return endsOf(isTracing() ? settle(parts.at, traced(parts, breaks)) : eager(parts, breaks));
}

export function keys(object: unknown): string[] {
  const found: string[] = [];
  for (const key in fields(object as object)) found.push(key);
  return found;
}

export function forOf(at: string, vars: Vars, items: unknown, run: (item: never) => Ends, label?: string, options?: LoopOptions): Ends {
  const each: Each = { at, vars, body: run as (item: unknown) => Ends, label, options };
  if (isTensor(items)) return overTensor(items, each);
  if (items instanceof PushedGenerator) return items.over(each);
  if (items instanceof Rows) return overRows(items, each);
  if (isTracing() && isGatherable(items)) {
    const gathered = items[GATHER]();
    if (gathered !== null) return overFeed(items, gathered, each);
  }
  if (listIn(items) !== undefined) return overList(items as unknown[], each);
  if (isTracing() && mayBecomeList(items)) return overArray(items, each);
  const iterator = (items as Iterable<unknown>)[Symbol.iterator]();
  let next = iterator.next();
  const update = (): void => {
    next = iterator.next();
  };
  const body = bodyOf(() => each.body(next.value), label);
  const parts: LoopParts = {
    at,
    what: "for-of",
    vars,
    test: () => next.done !== true,
    body: closesItself(iterator) ? body : () => closable(at, vars, body),
    update,
    label,
    testFirst: true,
    plainItems: true,
    options,
  };
  let ends: Ends;
  try {
    ends = loop(parts);
  } catch (error) {
    // What the iterator throws at that does not take the place of the error.
    try {
      if (next.done !== true) iterator.return?.();
    } catch {}
    throw error;
  }
  if (next.done !== true) iterator.return?.();
  return ends;
}

/** Nothing runs when the iterator is left early; in generators of the project that is known from their text. */
function closesItself(iterator: Iterator<unknown>): boolean {
  return typeof iterator.return !== "function" || Object.prototype.toString.call(iterator) === "[object Generator]";
}

/** A round over an iterator that must be told when the loop is left: the graph cannot decide on that. */
function closable(at: string, vars: Vars, body: () => Ending): Ending {
  const t = isTracing() ? tracer() : null;
  const ending = t !== null && isCaught(t) ? catching(t, vars, body) : body();
  if (ending === null || (ending.kind !== "staged" && ending.kind !== "throw")) return ending;
  if (ending.kind === "throw") throw ending.value;
  throw new StagingError("The graph decides whether this for-of loop leaves its iterator early, and the iterator has a return().", {
    code: "E_ITERATOR",
    hint: "JavaScript calls return() on that path only. Copy what it gives into an array first: `for (const x of [...items])`.",
    at: placeSpan(tracer().file, at).place(),
  });
}

/** A for-of, without what it goes over. */
interface Each {
  readonly at: string;
  readonly vars: Vars;
  readonly body: (item: unknown) => Ends;
  readonly label: string | undefined;
  readonly options: LoopOptions | undefined;
  /** The counter begins as a JavaScript number. */
  readonly plain?: boolean;
}

/** Over the elements of a dataset, read when the function is called. */
function overFeed(items: Gatherable, { skeleton, rows, last }: Gathered, each: Each): Ends {
  const { at, body, label, options } = each;
  const leaves = (gathered: Gathered | null): readonly Tensor[] => [...(gathered?.rows ?? []), ...(gathered?.last ?? [])];
  const fed = tracer().feed(leaves({ skeleton, rows, last }), () => leaves(items[GATHER]()));
  const element = (parts: readonly Tensor[]): unknown => rebuild(skeleton, parts[Symbol.iterator]());
  const breaks = ownTags("break", label);
  const length = rows[0]?.shape[0] as number;
  const max = checkLoopOptions(options ?? {}).maxIterations ?? Number.POSITIVE_INFINITY;
  const parts = countedLoop(each, Math.min(length, max), (i) =>
    body(element(fed.slice(0, rows.length).map((row) => index(row, i) as Tensor))),
  );
  const rest = (): Ending => bodyOf(() => body(element(fed.slice(rows.length))), label)();
  const ending = traced(parts, []);
  const total = length + (last === null ? 0 : 1);
  const whole = total > max ? ifNormal(parts, ending, () => overrun(parts)) : last === null ? ending : ifNormal(parts, ending, rest);
  return endsOf(settle(at, absorbAll(whole, breaks)));
}

function overTensor(items: Tensor, each: Each): Ends {
  if (items.shape.length === 0) {
    throw new ShapeError("A scalar tensor cannot be iterated.", {
      hint: "for-of goes over the first axis of a tensor.",
      at: isTracing() ? placeSpan(tracer().file, each.at).place() : undefined,
    });
  }
  const length = each.options?.unroll === true ? (items.shape[0] as number) : firstLength(items);
  return loop(countedLoop(each, length, (i) => each.body(index(items, i))));
}

/** Over an array that holds a list of the graph, and that the body may change. */
function overList(items: unknown[], each: Each): Ends {
  return loop(
    countedLoop(
      each,
      () => items.length,
      (i) => each.body(index(items, i)),
    ),
  );
}

/** Whether an array is one that a loop may make a list of the graph, and is iterated as arrays are. */
function mayBecomeList(items: unknown): items is unknown[] {
  return elementsOf(items) !== undefined && (items as unknown[])[Symbol.iterator] === Array.prototype[Symbol.iterator];
}

/** Over an array of which a round may make a list: the rounds that are left are staged then. */
function overArray(items: unknown[], each: Each): Ends {
  const body = (i: unknown): Ends => each.body(index(items, i));
  return loop({ ...countedLoop({ ...each, plain: true }, () => items.length, body), plainItems: true });
}

/** A number, or a tensor where the length depends on data. */
function firstLength(items: Tensor): number | Tensor {
  const length = items.symbol?.dims[0] ?? (items.shape[0] as number);
  return typeof length === "number" ? length : apply1(lengthOf, [items], { axis: 0 });
}

/** Over what zip, reversed and entries() return. */
function overRows(items: Rows<unknown>, each: Each): Ends {
  return loop(countedLoop(each, items.length, (i) => each.body(items[ROW](i as number | Tensor))));
}

/**
 * `for (let i = 0; i < length; i++)` with `i` a tensor in traces, unless it is to be unrolled. A length given by a function may change.
 */
function countedLoop(
  { at, vars, label, options, plain = false }: Each,
  length: number | Tensor | (() => unknown),
  body: (i: unknown) => Ends,
): LoopParts {
  const isStaged = isTracing() && !plain && (options?.unroll !== true || typeof length !== "number");
  let i: unknown = isStaged ? lift(0, { dtype: "int32", shape: [] }) : 0;
  return {
    at,
    what: "for-of",
    vars: {
      ...vars,
      get: () => ({ $i: i, ...vars.get() }),
      set: ({ $i, ...rest }) => {
        i = $i;
        vars.set(rest);
      },
    },
    test: () => lt(i, typeof length === "function" ? length() : length),
    body: bodyOf(() => body(i), label),
    update: () => {
      i = add(i, 1);
    },
    label,
    testFirst: true,
    counted: isStaged && typeof length !== "function" ? { limit: length, step: 1 } : undefined,
    counter: {
      set: (to) => {
        i = to;
      },
      below: (limit) => lt(i, limit),
    },
    options,
  };
}

function eager(parts: LoopParts, breaks: readonly number[]): Ending {
  const max = parts.options?.maxIterations;
  for (let count = 0; ; count++) {
    if ((count > 0 || parts.testFirst) && condition(parts.test(), parts.what, parts.at) !== true) return null;
    if (count === max) return overrun(parts);
    const ending = iterate(parts);
    if (ending !== null) return absorbAll(ending, breaks);
  }
}

function traced(parts: LoopParts, breaks: readonly number[]): Ending {
  if (parts.plainItems === true) return unrolled(parts, breaks);
  if (!parts.testFirst) return doWhile(parts, breaks);
  if (parts.counted !== undefined) return absorbAll(emitted(bounded(parts)), breaks);
  const test = trialOfTest(parts);
  if (test.staged) {
    const own = bounded(parts);
    return absorbAll(emitted(test.writes ? withTestInBody(own, testNow(own)) : own), breaks);
  }
  if (parts.options?.unroll !== true && endlessUnlessTensor(parts)) return absorbAll(emitted(bounded(parts)), breaks);
  return unrolled(parts, breaks);
}

function doWhile(parts: LoopParts, breaks: readonly number[]): Ending {
  if (parts.options !== undefined && !isStagedAfterRound(parts)) return unrolled(parts, breaks);
  return absorbAll(emitted(withTestInBody(bounded(parts), true)), breaks);
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
  const isEarlier = earlierCells();
  let endless = false;
  t.state.watch(() =>
    traceArm(t, parts.vars, () => {
      if (testNow(parts) !== true) return null;
      const before = snapshots(parts.vars.get());
      const ending = iterate(parts);
      if (ending !== null && ending.kind !== "staged") return null;
      const after = snapshots(parts.vars.get());
      const cells = [...t.journal.current()].filter(([place]) => isEarlier(place));
      endless =
        Object.entries(before).every(([name, value]) => !changesPlainly(value, after[name] as Snapshot)) &&
        cells.every(([, cell]) => !changesPlainly(snapshot(cell.before), cell.now));
      return null;
    }),
  );
  return endless;
}

/** Whether the test of a do-while is a tensor. */
function isStagedAfterRound(parts: LoopParts): boolean {
  const t = tracer();
  let staged = false;
  t.state.watch(() =>
    traceArm(t, parts.vars, () => {
      iterate(parts);
      staged = typeof testNow(parts) !== "boolean";
      return null;
    }),
  );
  return staged;
}

/** Whether JavaScript values changed. What first gets its value in the loop, a tensor or one on some path only, says nothing about its end. */
function changesPlainly(before: Snapshot, after: Snapshot): boolean {
  if (isStaged(before)) return false;
  if (isNothing(before)) return !isStaged(after) && !(isNothing(after) && before.value === after.value);
  if (before.kind === "leaf" || after.kind === "leaf") return before.kind !== after.kind || !Object.is(valueIn(before), valueIn(after));
  if (before.kind === "maybe" || after.kind === "maybe" || before.items.length !== after.items.length) return true;
  return before.items.some((item, i) => changesPlainly(item, after.items[i] as Snapshot));
}

/** The graph knows it: tensors, structures of them, values that it decides on. */
function isStaged(s: Snapshot): boolean {
  if (s.kind === "leaf") return isPoison(s.value) || isTensor(s.value);
  return s.kind === "maybe" || (s.items.length > 0 && s.items.every(isStaged));
}

function unrolled(parts: LoopParts, breaks: readonly number[]): Ending {
  allowUnrolling(parts);
  return unroll(parts, breaks, 0);
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
    const test = count > 0 || parts.testFirst ? testNow(parts) : true;
    if (typeof test !== "boolean") return absorbAll(goingOn(parts, count, test), breaks);
    if (!test) return null;
    if (count === parts.options?.maxIterations) return overrun(parts);
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

/** The rounds that are left of a loop whose test has become a tensor. */
function goingOn(parts: LoopParts, begun: number, test: Tensor): Ending {
  let given: Tensor | null = test;
  const rest = (): unknown => {
    const now = given ?? parts.test();
    given = null;
    return now;
  };
  const own = bounded({ ...parts, test: rest }, begun);
  return emitted(withTestInBody(own, testNow(own)));
}
