/**
 * Exceptions while tracing. JavaScript's own `throw` runs in whatever arm or loop body is being traced, and ends the trace of that region:
 *
 *   nothing catches   the region gets a fail node, and never ends otherwise: the error is thrown only if the graph gets there
 *   a `try` around    the region ends by throw; the construct's tag says so, and what follows it, up to the end of the region around,
 *                     goes into an arm of its own that runs only if nothing was thrown ("pending")
 *
 * So helpers, callbacks and methods may throw: no statement has to know that what it calls may.
 */
import { isTensor, type Tensor } from "../core/tensor.ts";
import { apply1, isTracing } from "../dispatch/dispatch.ts";
import { getOp } from "../ops/index.ts";
import type { Place, Writes } from "../trace/journal.ts";
import { lift } from "../trace/lift.ts";
import { isPoison } from "../trace/poison.ts";
import { type Snapshot, snapshot } from "../trace/snapshot.ts";
import { placeSpan } from "../trace/span.ts";
import type { Assigned } from "../trace/state.ts";
import { type GraphTracer, isVisible, OpenRegion, tracer } from "../trace/tracer.ts";
import { isThrown, Unwinding } from "../trace/unwinding.ts";
import { type Ending, isNever, NEVER, narrowed, possibleEnds, returnedBy, type StagedEnds, type StaticEnd } from "./completion.ts";
import type { Vars } from "./contract.ts";
import { type Arm, BranchMerge, isGone, lostValue, type Variables } from "./merge.ts";

/** What is known where something may have been thrown: the rest of the region stands in `rest`. */
interface Pending {
  readonly at: string;
  readonly rest: OpenRegion;
  readonly thrown: StagedEnds;
  readonly variables: Variables;
  readonly writes: Writes;
  readonly assigned: Assigned;
}

interface Frame {
  readonly vars: Vars;
  readonly pendings: Pending[];
}

interface State {
  readonly frames: Frame[];
  /** `try` statements around what is traced now. */
  catching: number;
  /** Variables that the code after them knows. */
  readonly handled: ReadonlySet<string>[];
  /** Those of them with a finalizer: it sees what a function leaves in its variables. */
  finalizing: number;
  /** Those of them that are being traced, from the outside in. */
  readonly tries: OpenTry[];
  tags: number;
}

/** A `try` whose block is being traced. */
export interface OpenTry {
  /** It stands in a generator, and the body of the loop over that ran inside of it. */
  yields: boolean;
}

const states = new WeakMap<GraphTracer, State>();

function stateOf(t: GraphTracer): State {
  let state = states.get(t);
  if (state === undefined) {
    state = { frames: [], catching: 0, handled: [], finalizing: 0, tries: [], tags: 0 };
    states.set(t, state);
  }
  return state;
}

/** What variables hold at the end of a region. One that nobody reads any more may hold a tensor of a region that has ended. */
export function snapshots(values: Record<string, unknown>): Variables {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, withoutGone(name, snapshot(value))]));
}

function withoutGone(name: string, s: Snapshot): Snapshot {
  if (s.kind === "array" || s.kind === "object") return { ...s, items: s.items.map((item) => withoutGone(name, item)) };
  const held = s.kind === "leaf" ? s.value : s.parts.has;
  return !isPoison(held) && isTensor(held) && !isVisible(held) ? { kind: "leaf", value: lostValue(name) } : s;
}

export function returnedSnapshot(ending: Ending): Snapshot | null {
  const returned = returnedBy(ending);
  return returned === null ? null : snapshot(returned.value);
}

/** Gives a function that forgets what may have been thrown in the open region from here on. */
export function markPendings(t: GraphTracer): () => void {
  const frame = stateOf(t).frames.at(-1);
  const count = frame?.pendings.length ?? 0;
  return () => void frame?.pendings.splice(count);
}

/** Traces what may throw, in the open region. */
export function framed(t: GraphTracer, vars: Vars, body: () => Ending): Ending {
  const state = stateOf(t);
  const frame: Frame = { vars, pendings: [] };
  state.frames.push(frame);
  let ending: Ending;
  try {
    ending = body();
  } catch (error) {
    if (error instanceof Unwinding) ending = error.ending as Ending;
    else if (!isThrown(error)) throw error;
    else if (state.catching > 0) ending = { kind: "throw", value: error, tag: freshThrow(t) };
    else {
      t.fail(error);
      ending = { kind: "never" };
    }
  } finally {
    state.frames.pop();
  }
  return frame.pendings.reduceRight((end, pending) => close(t, vars, pending, end), ending);
}

/** Joins the paths on which something was thrown and those on which the rest of the region ran. */
function close(t: GraphTracer, vars: Vars, pending: Pending, ending: Ending): Ending {
  const written = t.journal.current();
  const normal: Arm = {
    region: pending.rest,
    ending,
    returned: returnedSnapshot(ending),
    variables: snapshots(vars.get()),
    writes: new Map([...written].map(([place, { now }]) => [place, now])),
    assigned: t.state.snapshot(),
  };
  t.rejoin(pending.rest);
  const thrown: Arm = {
    region: new OpenRegion(t.region),
    ending: pending.thrown.ends.size === 1 ? ([...pending.thrown.ends.values()][0] as StaticEnd) : pending.thrown,
    returned: null,
    variables: pending.variables,
    writes: new Map(
      [...written].flatMap(([place, { before }]): [Place, Snapshot][] => {
        const then = pending.writes.get(place) ?? snapshot(before);
        // What was made after the throw is not there on this path.
        return isGone(then) ? [] : [[place, then]];
      }),
    ),
    assigned: pending.assigned,
  };
  const merge = new BranchMerge(t, placeSpan(t.file, pending.at), normal, thrown);
  const after = merge.variables(vars.get(), normal, thrown, {
    optional: vars.optional,
    isHandled: (name) => stateOf(t).handled.some((names) => names.has(name)),
    isFinalized: isFinalized(t),
  });
  const places = merge.places(normal, thrown);
  const assigned = merge.assigned();
  const end = merge.ending(normal, thrown);
  merge.emit(t.valueOf(isNone(pending.thrown)));
  vars.set(after);
  for (const [place, value] of places) place.set(value);
  for (const [variable, value] of assigned) t.setState(variable, value);
  return end;
}

/** The tag is none of these ends. */
function isNone({ tag, ends }: StagedEnds): Tensor {
  const different = [...ends.keys()].map((n) => apply1(getOp("notEqual"), [tag, lift(n, { dtype: "int32", shape: [] })]));
  return different.reduce((a, b) => apply1(getOp("logicalAnd"), [a, b]));
}

/** Not an error: it only leaves the functions of the user that are being traced. */
export function unwinding(ending: Ending): Error {
  return new Unwinding(ending) as unknown as Error;
}

/** How a construct ended, without what it threw: that is a matter of the region around it from here on. */
export function settle(at: string, ending: Ending): Ending {
  if (ending === null || !isTracing()) return ending;
  if (isNever(ending)) throw unwinding(ending);
  const ends = [...possibleEnds(ending)];
  const thrown = ends.filter(([, end]) => end?.kind === "throw");
  if (thrown.length === 0) return ending;
  if (ending.kind !== "staged") throw unwinding(ending);
  const t = tracer();
  const { frames, catching } = stateOf(t);
  if (catching === 0) for (const [tag, end] of thrown) failIf(t, at, ending.tag, tag, end as StaticEnd);
  if (thrown.length === ends.length) throw unwinding(catching === 0 ? NEVER : ending);
  const normal = narrowed(ending.tag, new Map(ends.filter(([, end]) => end?.kind !== "throw")));
  if (catching === 0) return normal;
  const frame = frames.at(-1) as Frame;
  frame.pendings.push({
    at,
    thrown: { kind: "staged", tag: ending.tag, ends: new Map(thrown) },
    variables: snapshots(frame.vars.get()),
    writes: new Map([...t.journal.current()].map(([place, { now }]) => [place, now])),
    assigned: t.state.snapshot(),
    rest: t.branchOff(),
  });
  return normal;
}

/** Nothing around catches it any more. */
function failIf(t: GraphTracer, at: string, tag: Tensor, number: number, end: StaticEnd): void {
  const isThrown = t.valueOf(apply1(getOp("equal"), [tag, lift(number, { dtype: "int32", shape: [] })]));
  const { region } = t.within(() => t.fail(end.value));
  t.add({
    kind: "cond",
    pred: isThrown,
    // biome-ignore lint/suspicious/noThenProperty: arms of a branch
    then: region.close([]),
    else: new OpenRegion(t.region).close([]),
    results: [],
    span: placeSpan(t.file, at),
  });
}

export function isCaught(t: GraphTracer): boolean {
  return stateOf(t).catching > 0;
}

/** Something around what `body` traces catches what it throws. */
export function catching(t: GraphTracer, vars: Vars, body: () => Ending): Ending {
  const { handled } = stateOf(t);
  handled.push(new Set(Object.keys(vars.get())));
  try {
    return caught(t, () => t.journal.scope(() => framed(t, vars, body)));
  } finally {
    handled.pop();
  }
}

/** What `body` throws is an end of its regions. */
export function caught<T>(t: GraphTracer, body: () => T): T {
  const state = stateOf(t);
  state.catching++;
  try {
    return body();
  } finally {
    state.catching--;
  }
}

/** `body` is followed by a finalizer, however it ends. */
export function finalized<T>(t: GraphTracer, body: () => T): T {
  const state = stateOf(t);
  state.finalizing++;
  try {
    return body();
  } finally {
    state.finalizing--;
  }
}

export function isFinalized(t: GraphTracer): boolean {
  return stateOf(t).finalizing > 0;
}

/** `body` is the block of a `try` and what handles its errors; gives what is known of that. */
export function openTry<T>(t: GraphTracer, body: (record: OpenTry) => T): T {
  const { tries } = stateOf(t);
  const record: OpenTry = { yields: false };
  tries.push(record);
  try {
    return body(record);
  } finally {
    tries.pop();
  }
}

/** Gives a function that says of each `try` opened since that the body of a loop runs inside of it. */
export function markTries(t: GraphTracer): () => void {
  const { tries } = stateOf(t);
  const from = tries.length;
  return () => {
    for (const record of tries.slice(from)) record.yields = true;
  };
}

/** The tag of an error, among those of the trace. */
export function freshThrow(t: GraphTracer): number {
  return --stateOf(t).tags;
}
