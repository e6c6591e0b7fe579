/**
 * Arrays of tensors as emitted code makes and uses them. Outside of traces, and as long as their length is known, they are JavaScript's own;
 * where an array holds a list of the graph (trace/list.ts) its members become nodes:
 *
 *   xs.length → an int32 scalar      xs[i], xs.at(i), xs.pop() → a tensor, checked when the graph runs      for (const x of xs) → a loop
 *   xs.push(x), xs[i] = x → the list that the array holds from here on      xs.map(f), xs.filter(f), xs.reduce(f, x) → loops
 */
import { StagingError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { apply1, isTracing } from "../dispatch/dispatch.ts";
import { getOp } from "../ops/index.ts";
import { type Elements, elementsOf, holdElements, listIn } from "../trace/elements.ts";
import * as list from "../trace/list.ts";
import { freezeMerged } from "../trace/snapshot.ts";
import { captureSpan } from "../trace/span.ts";
import { tracer } from "../trace/tracer.ts";
import { branch, condition, NO_VARS } from "./branch.ts";
import type { Completion, Ends, Vars } from "./contract.ts";
import { listFrom } from "./element.ts";
import { forOf } from "./loop.ts";
import { add, eq } from "./operate.ts";
import { touch } from "./place.ts";

type Callback = (...args: unknown[]) => unknown;

export function array<T>(name: string, items: readonly T[]): T[] {
  const own = items as T[];
  if (!isTracing() || !tracer().inFunction || !Array.isArray(items) || elementsOf(items) !== undefined) return own;
  const elements: Elements = { name, items: own, list: null };
  const seen = new Proxy<unknown[]>(own, handler(elements));
  holdElements(seen, elements);
  return seen as T[];
}

function handler(held: Elements): ProxyHandler<unknown[]> {
  return {
    get(items, key, receiver) {
      if (held.list === null) return key === "concat" ? concatenation(held) : (Reflect.get(items, key) as unknown);
      if (key === "length") return list.length(held.list);
      if (isIndex(key)) return list.get(held.list, list.position(Number(key)));
      const method = typeof key === "string" ? METHODS[key] : undefined;
      if (method !== undefined)
        return (...args: unknown[]) => method({ held, list: held.list as Tensor, array: receiver as unknown[] }, args);
      if (key in Array.prototype || SPREAD.has(key)) refuse(held, key);
      return Reflect.get(items, key) as unknown;
    },
    set(items, key, value) {
      if (held.list === null) return Reflect.set(items, key, value);
      if (isIndex(key)) held.list = list.set(held.name, held.list, list.position(Number(key)), value);
      else if (key === "length") held.list = list.slice(held.list, [list.position(0), list.position(value)]);
      else refuse(held, key);
      return true;
    },
    deleteProperty: (items, key) => (held.list === null ? Reflect.deleteProperty(items, key) : refuse(held, key)),
    defineProperty: (items, key, descriptor) => (held.list === null ? Reflect.defineProperty(items, key, descriptor) : refuse(held, key)),
    ownKeys: (items) => (held.list === null ? Reflect.ownKeys(items) : refuse(held, "keys")),
  };
}

/** `[a].concat(xs)`: of elements, as in JavaScript; a list if there is one among the arguments. */
function concatenation({ name, items }: Elements): (...args: unknown[]) => unknown[] {
  return (...args) => joined(name, items, ...args.map((arg): unknown[] => (Array.isArray(arg) ? (arg as unknown[]) : [arg])));
}

/** `[...xs, x]` for an array that may grow: `$.joined("xs", xs, [x])`. */
export function joined(name: string, ...parts: readonly Iterable<unknown>[]): unknown[] {
  if (parts.every((part) => listIn(part) === undefined))
    return array(
      name,
      parts.flatMap((part) => [...part]),
    );
  const lists = parts.flatMap((part) => {
    const held = listIn(part);
    if (held !== undefined) return [held];
    const items = [...part];
    return items.length === 0 ? [] : [listFrom(name, items)];
  });
  return arrayOf(
    lists.reduce((a, b) => list.concat(name, a, b)),
    name,
  );
}

/** The array of a variable for which the graph decides between several: none of them may be changed in place. */
export function oneOfSeveral(held: Tensor, name: string, ...from: readonly object[]): unknown[] {
  const made = arrayOf(held, name);
  freezeMerged(name, made, ...from);
  return made;
}

/** Asked for by `[].concat(xs)`. */
const SPREAD: ReadonlySet<PropertyKey> = new Set([Symbol.isConcatSpreadable]);

function isIndex(key: PropertyKey): boolean {
  return typeof key === "string" && /^\d+$/.test(key);
}

function refuse({ name }: Elements, key: PropertyKey): never {
  const what = key === Symbol.iterator ? `\`...${name}\`` : `\`${name}.${String(key)}\``;
  throw new StagingError(`${what} needs to know how many elements \`${name}\` has, but the graph decides that.`, {
    code: "E_LIST",
    hint: "Such arrays have push, pop, shift, unshift, splice, at, [i], length, slice, concat, map, forEach, reduce, filter, some, every and includes; for-of and gf.stack take them.",
    at: captureSpan().place(),
  });
}

// --- members of arrays that hold a list ---------------------------------------------------------------------------

interface Receiver {
  readonly held: Elements;
  /** As it is when the method is called. */
  readonly list: Tensor;
  readonly array: unknown[];
}
type Method = (receiver: Receiver, args: readonly unknown[]) => unknown;

/** An array that holds a list. */
function arrayOf(held: Tensor, name: string): unknown[] {
  const made = array<unknown>(name, []);
  (elementsOf(made) as Elements).list = held;
  return made;
}

const METHODS: Readonly<Record<string, Method>> = {
  push({ held }, args) {
    for (const x of args) held.list = list.push(held.name, held.list as Tensor, x);
    return list.length(held.list as Tensor);
  },
  pop({ held, list: before }) {
    held.list = list.pop(held.name, before);
    return list.last(before);
  },
  shift({ held, list: before }) {
    held.list = list.slice(before, [list.position(1)]);
    return list.get(before, list.position(0));
  },
  unshift({ held, list: before }, args) {
    if (args.length > 0) held.list = list.concat(held.name, listFrom(held.name, args), before);
    return list.length(held.list as Tensor);
  },
  splice({ held, list: before }, [start, ...more]) {
    const [count, ...items] = more;
    const from = within(before, start ?? 0);
    const length = list.length(before);
    const to = more.length === 0 ? length : clipped(apply1(getOp("add"), [from, clipped(list.position(count ?? 0), length)]), length);
    const [head, tail] = [list.slice(before, [list.position(0), from]), list.slice(before, [to])];
    const kept = items.length === 0 ? head : list.concat(held.name, head, listFrom(held.name, items));
    held.list = list.concat(held.name, kept, tail);
    return arrayOf(list.slice(before, [from, to]), held.name);
  },
  at: ({ list: of }, [i]) => list.get(of, fromEnd(of, i)),
  slice: ({ held, list: of }, bounds) => arrayOf(list.slice(of, bounds.map(list.position)), held.name),
  concat({ held, list: of }, args) {
    const joined = args.reduce<Tensor>((a, b) => (Array.isArray(b) ? appended(held.name, a, b) : list.push(held.name, a, b)), of);
    return arrayOf(joined, held.name);
  },
  forEach: ({ array: of }, [f]) => each(placeHere(), NO_VARS, of, (x, i) => void (f as Callback)(x, i, of)),
  map({ held, array: of }, [f]) {
    const made = array<unknown>(held.name, []);
    each(placeHere(), NO_VARS, of, (x, i) => grow(made, (f as Callback)(x, i, of)));
    return made;
  },
  reduce({ array: of }, [f, ...initial]) {
    const rest = initial.length > 0 ? of : of.slice(1);
    let sum = initial.length > 0 ? initial[0] : of[0];
    const vars: Vars = {
      get: () => ({ sum }),
      set: (values) => {
        sum = values["sum"];
      },
    };
    each(placeHere(), vars, rest, (x, i) => {
      sum = (f as Callback)(sum, x, rest === of ? i : add(i, 1), of);
    });
    return sum;
  },
  filter: ({ array: of }, [f]) => method(placeHere(), of, "filter", f as Callback),
  some: ({ array: of }, [f]) => method(placeHere(), of, "some", f as Callback),
  every: ({ array: of }, [f]) => method(placeHere(), of, "every", f as Callback),
  includes: ({ array: of }, [x]) => method(placeHere(), of, "includes", x),
};

function appended(name: string, a: Tensor, b: unknown[]): Tensor {
  return elementsOf(b)?.list === undefined && b.length === 0 ? a : list.concat(name, a, listFrom(name, b));
}

/** Where `splice` begins: from the end where it is negative, and not beyond the ends. */
function within(of: Tensor, i: unknown): Tensor {
  return clipped(fromEnd(of, i), list.length(of));
}

function clipped(i: Tensor, length: Tensor): Tensor {
  return apply1(getOp("maximum"), [apply1(getOp("minimum"), [i, length]), list.position(0)]);
}

/** An index that counts from the end where it is negative. */
function fromEnd(of: Tensor, i: unknown): Tensor {
  const at = list.position(i);
  const back = apply1(getOp("add"), [at, list.length(of)]);
  if (typeof i === "number") return i < 0 ? back : at;
  return apply1(getOp("where"), [apply1(getOp("less"), [at, list.position(0)]), back, at]);
}

function grow(made: unknown[], x: unknown): void {
  (touch(made) as unknown[]).push(x);
}

/** `line:column` of the user's call. */
function placeHere(): string {
  const place = captureSpan().place();
  return place === undefined ? "1:1" : `${place.line}:${place.column}`;
}

/** Elements with their indices. */
function each(at: string, vars: Vars, items: unknown[], body: (x: unknown, i: unknown) => Ends): void {
  let next: unknown = 0;
  const withIndex: Vars = {
    get: () => ({ $at: next, ...vars.get() }),
    set: ({ $at, ...rest }) => {
      next = $at;
      vars.set(rest);
    },
  };
  forOf(at, withIndex, items, (x: unknown) => {
    const i = next;
    next = add(next, 1);
    return body(x, i);
  });
}

// --- methods whose function decides by a tensor -------------------------------------------------------------------

const BREAK: Completion = { kind: "break" };

type DecidedMethod = "filter" | "some" | "every" | "includes";

/** `rows.filter(f)`, `some`, `every` where `f` gives a tensor; `rows.includes(x)` where `x` is one. */
export function method(at: string, items: unknown[], name: DecidedMethod, x: unknown): unknown {
  if (name === "includes") return method(at, items, "some", (y: unknown) => eq(y, x));
  const f = x as Callback;
  if (name === "filter") return filtered(at, items, f);
  // Found: one for which `some` holds, or `every` does not.
  let found: unknown = false;
  const vars: Vars = {
    get: () => ({ found }),
    set: (values) => {
      ({ found } = values);
    },
  };
  each(at, vars, items, (x, i) => {
    const holds = condition(f(x, i, items), name, at);
    const decides = name === "some" ? holds : isTensor(holds) ? apply1(getOp("logicalNot"), [holds]) : !holds;
    return branch(at, vars, decides, () => {
      found = true;
      return BREAK;
    });
  });
  if (name === "some") return found;
  return isTensor(found) ? apply1(getOp("logicalNot"), [found]) : found !== true;
}

function filtered(at: string, items: unknown[], f: Callback): unknown {
  const made = array<unknown>("the result of filter", []);
  each(at, NO_VARS, items, (x, i) => branch(at, NO_VARS, condition(f(x, i, items), "filter", at), () => grow(made, x)));
  return made;
}
