/** Values that may be null or undefined, where the graph decides whether they are: see trace/maybe.ts. Plain values do as JavaScript does. */
import { StagingError } from "../core/errors.ts";
import { isTensor } from "../core/tensor.ts";
import { apply1, isTracing } from "../dispatch/dispatch.ts";
import { getOp } from "../ops/index.ts";
import { isOfField, maybeOf } from "../trace/maybe.ts";
import { captureSpan, placeSpan } from "../trace/span.ts";
import { tracer } from "../trace/tracer.ts";
import { Unwinding } from "../trace/unwinding.ts";
import { stagedBranch, stagedValue } from "./branch.ts";
import type { Vars } from "./contract.ts";

export function isNull(x: unknown): unknown {
  const parts = maybeOf(x);
  if (parts === undefined) return x === null;
  return parts.nothing === null && apply1(getOp("logicalNot"), [parts.has]);
}

export function isUndefined(x: unknown): unknown {
  const parts = maybeOf(x);
  if (parts === undefined) return x === undefined;
  return parts.nothing === undefined && apply1(getOp("logicalNot"), [parts.has]);
}

export function isNullish(x: unknown): unknown {
  const parts = maybeOf(x);
  return parts === undefined ? x === null || x === undefined : apply1(getOp("logicalNot"), [parts.has]);
}

export function has(x: unknown): unknown {
  const parts = maybeOf(x);
  return parts === undefined ? x !== null && x !== undefined : parts.has;
}

export function some(x: unknown): unknown {
  const parts = maybeOf(x);
  return parts === undefined ? x : some(parts.value);
}

export function nonNull(at: string, x: unknown): unknown {
  const parts = maybeOf(x);
  if (parts === undefined && (!isTracing() || (x !== null && x !== undefined))) return x;
  const place = placeSpan(tracer().file, at).place();
  const nothing = parts === undefined ? x : parts.nothing;
  const error = new StagingError(`A value that the program says is there was ${String(nothing)}.`, {
    code: "E_NULL",
    hint: "Give it a value on every path to here, or test it first.",
    at: place,
  });
  if (parts === undefined) {
    tracer().fail(error);
    throw new Unwinding({ kind: "never" }) as unknown as Error;
  }
  stagedBranch(
    at,
    { get: () => ({}), set: () => {} },
    parts.has,
    () => null,
    () => {
      tracer().fail(error);
      return { kind: "never" };
    },
  );
  return some(parts.value);
}

/** Throws if the graph decides whether the object has this field of its own. */
function needsField(object: object, key: PropertyKey, what: string): void {
  const parts = maybeOf(Object.getOwnPropertyDescriptor(object, key)?.value);
  if (parts === undefined || !isOfField(parts)) return;
  throw new StagingError(`The graph decides whether there is a \`${String(key)}\`, so ${what} while it is traced.`, {
    code: "E_MAYBE",
    hint: "Test the value: `o.field !== undefined`. Or give the field a value on every path.",
    at: captureSpan().place(),
  });
}

function isIn(key: PropertyKey, object: object): boolean {
  if (isTracing()) needsField(object, key, "`in` has no answer");
  return key in object;
}

/** Before the fields of an object are listed or copied by JavaScript. */
export function fields<T>(object: T): T {
  if (!isTracing() || typeof object !== "object" || object === null || Array.isArray(object) || isTensor(object)) return object;
  for (const key of Reflect.ownKeys(object)) needsField(object, key, "the fields of the object cannot be listed");
  return object;
}

export { isIn as in };

export function coalesce(at: string, a: unknown, b: () => unknown, vars?: Vars): unknown {
  const parts = maybeOf(a);
  if (parts === undefined) return a ?? b();
  return stagedValue(at, parts.has, () => parts.value, b, vars);
}

export function optional(at: string, a: unknown, rest: (a: never) => unknown): unknown {
  const parts = maybeOf(a);
  const use = rest as (a: unknown) => unknown;
  if (parts === undefined) return a === null || a === undefined ? undefined : use(a);
  return stagedValue(
    at,
    parts.has,
    () => use(parts.value),
    () => undefined,
  );
}
