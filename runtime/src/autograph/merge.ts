/**
 * Merging the two arms of a staged branch: for every variable and every written place, one value that is right on both paths.
 *
 * Same value on both → kept. Tensors or numbers that differ → an output of the cond node, of the joined type. A value on one path and null
 * or undefined on the other → a Maybe. Anything else that differs (unassigned on one path, different JavaScript values) → poison: an
 * error when it is used.
 */
import { type SourcePlace, StagingError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import type { Span, Value } from "../ir/graph.ts";
import { PLAIN_NAME } from "../ir/print.ts";
import { staleAlias, standsFor, variablesIn } from "../trace/alias.ts";
import { joinTypes, sides } from "../trace/join.ts";
import { ABSENT, type Place, type Writes } from "../trace/journal.ts";
import { isLiftable, type Liftable, lift, typeOf } from "../trace/lift.ts";
import { commonType, isList, make } from "../trace/list.ts";
import { asField, isOfField, maybe, type Nothing } from "../trace/maybe.ts";
import { isPoison, poison } from "../trace/poison.ts";
import { describe, freezeMerged, isNothing, type Snapshot, sameKeys, snapshot, valueIn } from "../trace/snapshot.ts";
import type { Assigned } from "../trace/state.ts";
import { type GraphTracer, isVisible, madeAt, type OpenRegion, symbolOf } from "../trace/tracer.ts";
import { type Ending, isAbrupt, isNever, leaves, NEVER, narrowed, possibleEnds, tagOf } from "./completion.ts";
import { oneOfSeveral } from "./list.ts";

/** Key of an expression's value among the variables of its arms. */
export const RESULT = "the result";

/** A path has no value here: it yields zeros that nobody reads. */
export const HOLE = Symbol("hole");
type Hole = typeof HOLE;

export type Variables = Readonly<Record<string, Snapshot>>;

/** What an arm left behind. */
export interface Arm {
  readonly region: OpenRegion;
  readonly ending: Ending;
  /** The returned value, where it may return. */
  readonly returned: Snapshot | null;
  readonly variables: Variables;
  readonly writes: Writes;
  readonly assigned: Assigned;
}

/** The list that an array or a place held. */
function listOf(s: Snapshot): Tensor | undefined {
  if (s.kind !== "leaf") return undefined;
  return s.list ?? (isList(s.value) ? s.value : undefined);
}

/** A list, or the elements of an array. */
export function listParts(s: Snapshot): unknown[] {
  return s.kind === "array" ? s.items.map(valueIn) : [listOf(s) ?? valueIn(s)];
}

/** Two arrays of tensors of which the graph decides how many elements there are. */
export function differAsLists(a: Snapshot, b: Snapshot): boolean {
  const isArray = (s: Snapshot): boolean =>
    s.kind === "array"
      ? s.items.every((item) => item.kind === "leaf" && isLiftable(item.value))
      : s.kind === "leaf" && s.list !== undefined;
  if (!isArray(a) || !isArray(b)) return false;
  if (a.kind === "array" && b.kind === "array") return a.items.length !== b.items.length && a.items.length + b.items.length > 0;
  return !(a.kind === "leaf" && b.kind === "leaf" && Object.is(a.value, b.value) && a.list === b.list);
}

interface Side {
  readonly region: OpenRegion;
  readonly assigned: Assigned;
  readonly yields: Value[];
}

export interface MergeOptions {
  readonly optional?: readonly string[] | undefined;
  readonly isHandled?: (name: string) => boolean;
  readonly isFinalized?: boolean;
}

export class BranchMerge {
  readonly #tracer: GraphTracer;
  readonly #span: Span;
  readonly #then: Side;
  readonly #else: Side;
  readonly #results: Value[] = [];
  /** Variables of the program after the branch. */
  readonly #assigned = new Map<Variable, Tensor>();

  constructor(tracer: GraphTracer, span: Span, a: Arm, b: Arm) {
    this.#tracer = tracer;
    this.#span = span;
    this.#then = { region: a.region, assigned: a.assigned, yields: [] };
    this.#else = { region: b.region, assigned: b.assigned, yields: [] };
  }

  get #at(): SourcePlace | undefined {
    return this.#span.place();
  }

  /**
   * All variables after the branch. An arm that left the function takes no part: nobody sees its variables again, unless there is a finalizer
   * on the way out (`isFinalized`). `optional` are those that may be undefined by their type; others that are undefined have not been assigned.
   * `isHandled`: the second arm throws, and this says which variables its handler knows; JavaScript values of these may not differ.
   */
  variables(
    before: Readonly<Record<string, unknown>>,
    a: Arm,
    b: Arm,
    { optional = [], isHandled, isFinalized = false }: MergeOptions,
  ): Record<string, unknown> {
    const isDead = ({ ending }: Arm, s: Snapshot): boolean =>
      (leaves(ending) && (isNever(ending) || !isFinalized || (s.kind === "leaf" && s.value === undefined))) ||
      // What an earlier iteration left to a variable is not read behind a jump either, or the loop would carry it.
      (isAbrupt(ending) && isLost(s));
    return Object.fromEntries(
      Object.keys(before).map((name) => {
        if (name === RESULT) return [name, this.result(a, b)];
        const [x, y] = [a.variables[name] as Snapshot, b.variables[name] as Snapshot];
        const [deadA, deadB] = [isDead(a, x), isDead(b, y)];
        if (deadA && deadB) return [name, before[name]];
        if (deadA) return [name, this.#oneSided(y, false)];
        if (deadB) return [name, this.#oneSided(x, true)];
        if (isHandled?.(name)) this.#refuseStatic(name, x, y, "otherwise", "when something is thrown");
        else if (isHandled !== undefined && isPlain(x) && isPlain(y)) return [name, x.value];
        return [name, this.value(name, x, y, optional.includes(name))];
      }),
    );
  }

  /**
   * Places that an arm wrote; of an arm that returned too, since objects outlive the call. One that threw for good takes no part, nor does
   * one whose place held before, and holds still, what is left of a branch or a body that has ended: an array of it that nobody can reach.
   */
  places(a: Arm, b: Arm): Map<Place, unknown> {
    const merged = new Map<Place, unknown>();
    for (const place of new Set([...a.writes.keys(), ...b.writes.keys()])) {
      const before = snapshot(place.get());
      const gone = isGone(before);
      const after = (arm: Arm): Snapshot | undefined => {
        if (isNever(arm.ending)) return undefined;
        const value = arm.writes.get(place) ?? before;
        return gone && this.#tracer.resume(arm.region, () => isGone(value)) ? undefined : value;
      };
      const [x, y] = [after(a), after(b)];
      if (x !== undefined && y !== undefined) merged.set(place, this.#field(place, x, y));
      else if (x !== undefined) merged.set(place, this.#oneSided(x, true));
      else if (y !== undefined) merged.set(place, this.#oneSided(y, false));
      else if (!gone) merged.set(place, valueIn(before));
    }
    return merged;
  }

  #field(place: Place, a: Snapshot, b: Snapshot): unknown {
    const absent = (s: Snapshot): boolean => s.kind === "leaf" && s.value === ABSENT;
    const nothing: Snapshot = { kind: "leaf", value: undefined };
    if (absent(a) && absent(b)) return ABSENT;
    this.#refuseStatic(place.name, a, b, "in one branch", "in the other");
    if (place.grows && !(a.kind === "array" && b.kind === "array" && a.items.length === b.items.length))
      return this.#list(place.name, a, b);
    const value = this.value(place.name, absent(a) ? nothing : a, absent(b) ? nothing : b, true);
    return [a, b].some((s) => absent(s) || (s.kind === "maybe" && isOfField(s.parts))) ? asField(value) : value;
  }

  #refuseStatic(what: string, a: Snapshot, b: Snapshot, first: string, second: string): void {
    if (!isPlain(a) || !isPlain(b) || Object.is(a.value, b.value)) return;
    throw new StagingError(`\`${what}\` is ${shown(a.value)} ${first} and ${shown(b.value)} ${second}, and the graph decides which.`, {
      code: "E_STATIC_STATE",
      hint: "JavaScript values are fixed while tracing: declare it as a Tensor.",
      at: this.#at,
    });
  }

  /** An array that has other lengths on the two paths, or a list of the graph on one: a list. */
  #list(name: string, a: Snapshot, b: Snapshot): Tensor {
    const [x, y] = [listOf(a), listOf(b)];
    if (x !== undefined && x === y) return x;
    const element = commonType(name, [...listParts(a), ...listParts(b)]) as TensorType;
    const inArm = (region: OpenRegion, s: Snapshot): Tensor =>
      this.#tracer.resume(region, () => listOf(s) ?? make(name, listParts(s), element));
    return this.#output({ ...element, list: true }, inArm(this.#then.region, a), inArm(this.#else.region, b), name);
  }

  /** Variables of the program (`gf.variable`) after the branch; those of an arm that returned too, since they outlive the call. */
  assigned(): Assigned {
    for (const variable of new Set([...this.#then.assigned.keys(), ...this.#else.assigned.keys()])) {
      const [x, y] = [this.#valueIn(this.#then, variable), this.#valueIn(this.#else, variable)];
      this.#assigned.set(variable, x === y ? x : this.#output(typeOf(x), x, y, variable.name));
    }
    return this.#assigned;
  }

  /** What a variable of the program holds at the end of an arm. */
  #valueIn(side: Side, variable: Variable): Tensor {
    return side.assigned.get(variable) ?? this.#tracer.state.initial(variable);
  }

  /** The value of an expression whose arms are these. */
  result(a: Arm, b: Arm): unknown {
    const [x, y] = [a.variables[RESULT] as Snapshot, b.variables[RESULT] as Snapshot];
    if (throwsAlways(a.ending)) return this.#oneSided(y, false);
    return throwsAlways(b.ending) ? this.#oneSided(x, true) : this.value(RESULT, x, y);
  }

  /** One variable, or a result: any structure. `optional`: undefined is a value like null. */
  value(what: string, a: Snapshot, b: Snapshot, optional = true): unknown {
    if (a.kind === "leaf" && b.kind === "leaf" && Object.is(a.value, b.value)) return a.value;
    if (a.kind === "leaf" && isPoison(a.value)) return a.value;
    if (b.kind === "leaf" && isPoison(b.value)) return b.value;
    const missing = (s: Snapshot): boolean => s.kind === "maybe" || (isNothing(s) && (s.value === null || optional));
    if (missing(a) || missing(b)) return this.#maybe(what, a, b);
    if (differAsLists(a, b)) return oneOfSeveral(this.#list(what, a, b), what, valueIn(a) as object, valueIn(b) as object);
    if (a.kind === "leaf" && b.kind === "leaf") return this.#leaf(what, a.value, b.value);
    if (a.kind === "array" && b.kind === "array" && a.items.length === b.items.length) {
      if (a.source === b.source) return a.source;
      const made = a.items.map((item, i) => this.#item(`${what}[${i}]`, item, b.items[i] as Snapshot));
      freezeMerged(what, made, a.source, b.source);
      return made;
    }
    if (a.kind === "object" && b.kind === "object" && sameKeys(a.keys, b.keys)) {
      if (a.source === b.source) return a.source;
      const made = Object.fromEntries(
        a.keys.map((key, i) => [key, this.#item(`${what}.${key}`, a.items[i] as Snapshot, b.items[i] as Snapshot)]),
      );
      freezeMerged(what, made, a.source, b.source);
      return made;
    }
    return this.#poison(what, ...this.#clash(a, b));
  }

  /** Part of a structure. What is a number there is one by its type: code that is not staged looks at it. */
  #item(what: string, a: Snapshot, b: Snapshot): unknown {
    this.#refuseStatic(what, a, b, "in one branch", "in the other");
    return this.value(what, a, b);
  }

  #maybe(what: string, a: Snapshot, b: Snapshot): unknown {
    const [x, y] = [partsOf(a), partsOf(b)];
    if (x.nothing !== undefined && y.nothing !== undefined && x.nothing.is !== y.nothing.is) {
      return this.#poison(what, "is null in one branch and undefined in the other", "Use one of them.");
    }
    const held = x.value === null ? y.value : y.value === null ? x.value : null;
    const value = held === null ? this.value(what, x.value as Snapshot, y.value as Snapshot) : this.#oneSided(held, y.value === null);
    if (isPoison(value)) return value;
    const has = this.#leaf("has", x.has, y.has);
    const nothing = (x.nothing ?? y.nothing)?.is;
    if (typeof has === "boolean") return has ? value : nothing;
    return maybe(has as Tensor, value, nothing, PLAIN_NAME.test(what) ? what : undefined, () => this.#at);
  }

  /** Ends of the two arms: static where both agree, otherwise a staged tag. */
  ending(a: Arm, b: Arm): Ending {
    const ends = new Map([...possibleEnds(a.ending), ...possibleEnds(b.ending)]);
    if (a.returned !== null || b.returned !== null) {
      const value =
        a.returned !== null && b.returned !== null
          ? this.value("the returned value", a.returned, b.returned)
          : this.#oneSided((a.returned ?? b.returned) as Snapshot, a.returned !== null);
      ends.set(1, { kind: "return", value });
    }
    if (ends.size <= 1) return ends.size === 0 ? NEVER : ([...ends.values()][0] ?? null);
    const type: TensorType = { dtype: "int32", shape: [] };
    const tag = this.#output(type, tagValue(a.ending), tagValue(b.ending), undefined);
    return narrowed(tag, ends);
  }

  /** Adds the cond node. */
  emit(pred: Value): void {
    this.#tracer.add({
      kind: "cond",
      pred,
      // biome-ignore lint/suspicious/noThenProperty: arms of a branch
      then: this.#then.region.close(this.#then.yields),
      else: this.#else.region.close(this.#else.yields),
      results: this.#results,
      span: this.#span,
    });
  }

  /** A value that only one arm has, seen at the end of that arm. */
  #oneSided(s: Snapshot, inThen: boolean): unknown {
    const side = inThen ? this.#then : this.#else;
    const output = (leaf: unknown): unknown => {
      if (isPoison(leaf) || !isTensor(leaf) || isVisible(leaf)) return leaf;
      const x = this.#inArm(side, leaf);
      if (x instanceof StagingError) return poison(() => x);
      const value = inThen ? this.#output(typeOf(leaf), x, HOLE, undefined) : this.#output(typeOf(leaf), HOLE, x, undefined);
      this.#standsFor(value, variablesIn(leaf));
      return value;
    };
    const map = (part: Snapshot): unknown => {
      switch (part.kind) {
        case "leaf":
          return !isPoison(part.value) && isTensor(part.value) && isVisible(part.value)
            ? this.#stillOf(side, part.value)
            : output(part.value);
        case "maybe":
          return maybe(output(part.parts.has) as Tensor, map(part.value), part.parts.nothing, undefined, () => this.#at);
        default: {
          const items = part.items.map((item) => (item.kind === "leaf" ? output(item.value) : map(item)));
          const whole = valueIn(part) as Record<string, unknown>;
          const keys = part.kind === "array" ? part.items.map((_, i) => String(i)) : part.keys;
          // An object whose tensors all live on stays what it is.
          if (items.every((item, i) => Object.is(item, whole[keys[i] as string]))) return whole;
          return part.kind === "array" ? items : Object.fromEntries(part.keys.map((key, i) => [key, items[i]]));
        }
      }
    };
    return map(s);
  }

  /**
   * A tensor from before the branch that is a variable on some path, seen behind the only arm from which it is seen there: what the
   * other one assigned to the variable does not matter to it. It is a tensor of its own, since the other arm may hold the same.
   */
  #stillOf(side: Side, leaf: Tensor): Tensor {
    const isAssigned = (v: Variable): boolean => this.#then.assigned.has(v) || this.#else.assigned.has(v);
    if (isVariable(leaf) || !variablesIn(leaf).some(isAssigned)) return leaf;
    const x = this.#inArm(side, leaf);
    if (!isTensor(x)) return leaf;
    this.#standsFor(x, variablesIn(leaf));
    return x;
  }

  #leaf(what: string, a: unknown, b: unknown): unknown {
    if (Object.is(a, b)) return a;
    if (!isLiftable(a) || !isLiftable(b)) return this.#poison(what, ...explain(a, b));
    const place = {
      what: `\`${what}\``,
      first: "in one branch",
      second: "in the other",
      at: this.#at,
      made: () => [madeAt(a), madeAt(b)] as const,
    };
    const type = joinTypes(typeOf(a), typeOf(b), place, { fresh: () => this.#tracer.freshDim(), has: () => false });
    const [x, y] = [this.#inArm(this.#then, a), this.#inArm(this.#else, b)];
    if (x instanceof StagingError) return poison(() => x);
    if (y instanceof StagingError) return poison(() => y);
    // Words like "the result" are for messages: values have the names of variables.
    const merged = this.#output(type, x, y, PLAIN_NAME.test(what) ? what : undefined);
    this.#standsFor(merged, [...variablesIn(a), ...variablesIn(b)]);
    return merged;
  }

  /** What comes out of the branch and is one of these variables on some path: they hold then what they hold after the branch. */
  #standsFor(value: Tensor, variables: readonly Variable[]): void {
    const { state } = this.#tracer;
    standsFor(value, variables, (v) => this.#assigned.get(v) ?? state.initial(v));
  }

  /** What is yielded for a value: it was seen at the end of its arm. */
  #inArm(side: Side, x: Liftable): Liftable | StagingError {
    return isTensor(x) ? atEnd(this.#tracer, x, (variable) => this.#valueIn(side, variable)) : x;
  }

  #output(type: TensorType, a: Liftable | Hole, b: Liftable | Hole, name: string | undefined): Tensor {
    const yieldIn = (arm: Side, x: Liftable | Hole): void => {
      const t = this.#tracer.resume(arm.region, () => this.#tracer.valueOf(x === HOLE ? this.#tracer.zeros(type) : lift(x, type)));
      arm.yields.push(t);
    };
    yieldIn(this.#then, a);
    yieldIn(this.#else, b);
    const result = this.#tracer.freshValue(type, name);
    this.#results.push(result);
    return this.#tracer.tensor(result);
  }

  #clash(a: Snapshot, b: Snapshot): [string, string] {
    if (isNothing(a) || isNothing(b)) return explain(isNothing(a) ? a.value : 0, isNothing(b) ? b.value : 0);
    const made = () => [firstMadeAt(a), firstMadeAt(b)] as const;
    const [first, second] = sides({ first: "in one branch", second: "in the other", at: this.#at, made });
    return [`is ${describe(a)} ${first} and ${describe(b)} ${second}`, "Give it the same structure on every path."];
  }

  #poison(what: string, fact: string, hint: string): unknown {
    const at = this.#at;
    return poison(() => new StagingError(`\`${what}\` ${fact}.`, { code: "E_UNDEFINED_ON_PATH", hint, at }));
  }
}

/** A tensor as the end of a region sees it, where variables hold what `now` says: for use in another state. */
export function atEnd(t: GraphTracer, x: Tensor, now: (variable: Variable) => Tensor): Tensor | StagingError {
  if (isVariable(x)) return now(x);
  const symbol = symbolOf(x);
  if (symbol === null || variablesIn(x).length === 0) return x;
  return staleAlias(x, now) ?? t.tensor(symbol.value, symbol.region);
}

/** Holds a tensor of a region that has ended. */
export function isGone(s: Snapshot): boolean {
  switch (s.kind) {
    case "leaf":
      return isTensor(s.value) && !isVisible(s.value);
    case "maybe":
      return !isVisible(s.parts.has) || isGone(s.value);
    default:
      return s.items.some(isGone);
  }
}

/** Values that stand in snapshots for tensors of regions that have ended. */
const lost = new WeakSet<object>();

export function lostValue(name: string): unknown {
  const value = poison(
    () => new StagingError(`\`${name}\` was assigned inside of a branch or loop that ended without it.`, { code: "E_LEAK" }),
  );
  lost.add(value as object);
  return value;
}

function isLost(s: Snapshot): boolean {
  if (s.kind === "leaf") return isPoison(s.value) && lost.has(s.value);
  return s.kind !== "maybe" && s.items.some(isLost);
}

/** A value that may be missing, in parts: whether it is there, and the value if it ever is. */
function partsOf(s: Snapshot): {
  readonly has: Tensor | boolean;
  readonly value: Snapshot | null;
  readonly nothing: { readonly is: Nothing } | undefined;
} {
  if (s.kind === "maybe") return { has: s.parts.has, value: s.value, nothing: { is: s.parts.nothing } };
  if (isNothing(s)) return { has: false, value: null, nothing: { is: s.value } };
  return { has: true, value: s, nothing: undefined };
}

/** Where the first tensor of a structure was made. */
function firstMadeAt(s: Snapshot): SourcePlace | undefined {
  if (s.kind === "leaf") return madeAt(s.value);
  for (const part of s.kind === "maybe" ? [s.value] : s.items) {
    const place = firstMadeAt(part);
    if (place !== undefined) return place;
  }
  return undefined;
}

function explain(a: unknown, b: unknown): [string, string] {
  if (a === undefined || b === undefined) return ["is assigned in one branch only", "Give it a value before the branch, or in both arms."];
  return [
    "is a different JavaScript value in each branch",
    "Only tensors, numbers, booleans and structures of them can depend on a tensor condition.",
  ];
}

/** A number, string or boolean: code that is not staged may look at it, so that there must be one. */
export function isPlain(s: Snapshot): s is { readonly kind: "leaf"; readonly value: unknown } {
  return s.kind === "leaf" && ["number", "string", "boolean", "bigint"].includes(typeof s.value);
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** No path through the arm comes to its end. */
function throwsAlways(ending: Ending): boolean {
  return [...possibleEnds(ending).values()].every((end) => end?.kind === "throw");
}

function tagValue(ending: Ending): Liftable | Hole {
  if (isNever(ending)) return HOLE;
  return ending !== null && ending.kind === "staged" ? ending.tag : tagOf(ending);
}
