/**
 * Branches: if, ?:, &&, ||, and the rest of a block after a statement that may have ended abruptly.
 *
 * A plain condition is decided at once. An eager tensor is read. A symbolic one is staged: both arms are traced into
 * regions, every variable of `vars` is merged, and one cond node is added.
 */
import { DTypeError, ShapeError, type SourcePlace } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isVariable } from "../core/variable.ts";
import { apply1, isTracing } from "../dispatch/dispatch.ts";
import { getOp } from "../ops/index.ts";
import { lift } from "../trace/lift.ts";
import { maybeOf } from "../trace/maybe.ts";
import { placeSpan } from "../trace/span.ts";
import { type GraphTracer, symbolOf, tracer } from "../trace/tracer.ts";
import { traceArm } from "./arm.ts";
import { type Ending, endingOf, endsOf, NORMAL, narrowed, type StagedEnds, tagOf } from "./completion.ts";
import type { Ends, Vars } from "./contract.ts";
import { type Arm, BranchMerge, RESULT } from "./merge.ts";
import { isFinalized, settle } from "./throwing.ts";

export const NO_VARS: Vars = { get: () => ({}), set: () => {} };

/** A condition as a boolean where it is known, else as a bool scalar of the graph. */
export function condition(pred: unknown, what: string, at: string): boolean | Tensor {
  const missing = maybeOf(pred);
  if (missing !== undefined) return missing.has;
  if (!isTensor(pred)) return Boolean(pred);
  const symbol = symbolOf(pred);
  const place = (): SourcePlace | undefined => (isTracing() ? placeSpan(tracer().file, at).place() : undefined);
  if (pred.dtype !== "bool") {
    throw new DTypeError(`The condition of ${what} is a ${pred.dtype} tensor, it must be bool.`, {
      code: "E_PREDICATE",
      hint: "Compare it, for example `x !== 0`; whether there is a value asks `x != null`.",
      at: place(),
    });
  }
  if (pred.size !== 1) {
    throw new ShapeError(`The condition of ${what} has shape [${pred.shape.join(",")}], it must be a scalar.`, {
      code: "E_PREDICATE",
      hint: "Reduce it with .any() or .all().",
      at: place(),
    });
  }
  const variable = isVariable(pred) && isTracing();
  if (symbol === null && pred.elements !== null && !variable) return pred.elements[0] !== 0;
  const value = variable ? tracer().read(pred) : pred;
  return value.shape.length === 0 ? value : apply1(getOp("reshape"), [value], { shape: [] });
}

export function branch(at: string, vars: Vars, pred: unknown, then: () => Ends, otherwise?: () => Ends): Ends {
  const known = condition(pred, "if", at);
  if (typeof known === "boolean") return known ? then() : otherwise?.();
  const ending = stagedBranch(
    at,
    vars,
    known,
    () => endingOf(then()),
    () => endingOf(otherwise?.()),
  );
  return endsOf(settle(at, ending));
}

/** One cond node from two thunks; used with tags as well as with user conditions. */
export function stagedBranch(at: string, vars: Vars, pred: Tensor, then: () => Ending, otherwise: () => Ending): Ending {
  const t = tracer();
  return mergeArms(t, at, vars, pred, traceArm(t, vars, then), traceArm(t, vars, otherwise)).ending;
}

/** Adds the cond node; variables, written places and the program's own variables hold what is right on both paths. */
function mergeArms(t: GraphTracer, at: string, vars: Vars, pred: Tensor, a: Arm, b: Arm): { ending: Ending; value: unknown } {
  const merge = new BranchMerge(t, placeSpan(t.file, at), a, b);
  const after = merge.variables(vars.get(), a, b, { optional: vars.optional, isFinalized: isFinalized(t) });
  const places = merge.places(a, b);
  const assigned = merge.assigned();
  const value = RESULT in a.variables ? merge.result(a, b) : undefined;
  const ending = merge.ending(a, b);
  merge.emit(t.valueOf(pred));
  vars.set(after);
  for (const [place, value] of places) t.journal.write(place, value);
  for (const [variable, value] of assigned) t.setState(variable, value);
  return { ending, value };
}

/** `c ? a : b`: a branch whose arms are values. */
export function select(at: string, pred: unknown, a: () => unknown, b: () => unknown, vars?: Vars): unknown {
  const known = condition(pred, "?:", at);
  if (typeof known === "boolean") return known ? a() : b();
  return stagedValue(at, known, a, b, vars);
}

/** The arms end by "returning" their values to the expression. */
export function stagedValue(at: string, pred: Tensor, a: () => unknown, b: () => unknown, vars: Vars = NO_VARS): unknown {
  const t = tracer();
  const arm = (value: () => unknown): Arm => {
    let result: unknown;
    const withResult: Vars = {
      ...vars,
      get: () => ({ ...vars.get(), [RESULT]: result }),
      set: (values) => {
        result = values[RESULT];
        vars.set(values);
      },
    };
    return traceArm(t, withResult, () => {
      result = value();
      return null;
    });
  };
  const [x, y] = [arm(a), arm(b)];
  const { ending, value } = mergeArms(t, at, vars, pred, x, y);
  settle(at, ending);
  return value;
}

/** `a && b`: `b` runs only if `a` holds. */
export function and(at: string, a: unknown, b: () => unknown, vars?: Vars): unknown {
  const known = isTensor(a) || maybeOf(a) !== undefined ? condition(a, "&&", at) : null;
  if (known === null) return a ? b() : a;
  if (typeof known === "boolean") return known ? b() : a;
  return stagedValue(
    at,
    known,
    () => condition(b(), "&&", at),
    () => false,
    vars,
  );
}

export function or(at: string, a: unknown, b: () => unknown, vars?: Vars): unknown {
  const known = isTensor(a) || maybeOf(a) !== undefined ? condition(a, "||", at) : null;
  if (known === null) return a ? a : b();
  if (typeof known === "boolean") return known ? a : b();
  return stagedValue(
    at,
    known,
    () => true,
    () => condition(b(), "||", at),
    vars,
  );
}

export function afterwards(at: string, vars: Vars, completion: Ends, rest: () => Ends): Ends {
  const ending = endingOf(completion);
  if (ending === null) return rest();
  if (ending.kind !== "staged" || !ending.ends.has(NORMAL)) return completion;
  const joined = stagedBranch(
    at,
    vars,
    isTag(ending.tag, NORMAL),
    () => endingOf(rest()),
    () => without(ending, NORMAL),
  );
  return endsOf(settle(at, joined));
}

/** What is left of a staged ending when one end did not happen. */
export function without(ending: StagedEnds, tag: number): Ending {
  const ends = new Map(ending.ends);
  ends.delete(tag);
  return narrowed(ending.tag, ends);
}

export function isTag(tag: Tensor, value: number): Tensor {
  return apply1(getOp("equal"), [tag, lift(value, { dtype: "int32", shape: [] })]);
}

/** Turns one abrupt end into a normal one: the label or loop it names has been reached. */
export function absorb(ending: Ending, tag: number): Ending {
  if (ending === null || tag === NORMAL || ending.kind === "never") return ending;
  if (ending.kind !== "staged") return tagOf(ending) === tag ? null : ending;
  if (!ending.ends.has(tag)) return ending;
  const ends = new Map(ending.ends);
  ends.delete(tag);
  ends.set(NORMAL, null);
  if (ends.size === 1) return null;
  const zero = lift(NORMAL, { dtype: "int32", shape: [] });
  const remapped = apply1(getOp("where"), [isTag(ending.tag, tag), zero, ending.tag]);
  return narrowed(remapped, ends);
}
