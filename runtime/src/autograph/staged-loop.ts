/**
 * A staged loop: one while node.
 *
 * The types of carried values are found by tracing test and body for given types, joining what comes out with what went
 * in, and tracing again until nothing changes (weak numbers take the dtype they meet). The last trace is the one kept.
 *
 * Every variable of `vars` is one of:
 *   carried   a tensor, or a number that changes: a parameter of the regions
 *   plain     a JavaScript value that the loop leaves alone
 *   unset     assigned only inside: readable after the assignment, poison before it and after a loop that may not run
 *
 * A body that may end by break, return or continue of an outer loop carries a tag as well: test = tag is 0 and the user's test.
 */
import { InternalError, type SourcePlace, StagingError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import type { Region, Span, Value } from "../ir/graph.ts";
import { joinTypes } from "../trace/join.ts";
import { isLiftable, type Liftable, lift, typeOf } from "../trace/lift.ts";
import { isPoison, poison } from "../trace/poison.ts";
import { placeSpan } from "../trace/span.ts";
import type { Assigned } from "../trace/state.ts";
import { flatten, rebuild, type Skeleton, sameSkeleton, showSkeleton } from "../trace/structure.ts";
import { type GraphTracer, isVisible, type OpenRegion, tracer } from "../trace/tracer.ts";
import { condition, isTag } from "./branch.ts";
import { type Ending, NORMAL, narrowed, possibleEnds, type StaticEnd, tagOf } from "./completion.ts";
import type { Vars } from "./contract.ts";
import { iterate, type LoopParts } from "./loop.ts";

const MAX_ROUNDS = 6;
const TAG: TensorType = { dtype: "int32", shape: [] };
const BOOL: TensorType = { dtype: "bool", shape: [] };

type Slot =
  | { readonly kind: "carried"; readonly name: string; readonly entry: Liftable; readonly type: TensorType }
  | { readonly kind: "plain"; readonly name: string; readonly entry: unknown }
  | { readonly kind: "unset"; readonly name: string; readonly entry: unknown; readonly type: TensorType | null; readonly fact: string };

/** What one trace of test and body gave. */
interface Round {
  readonly testRegion: OpenRegion;
  readonly test: boolean | Tensor;
  readonly bodyRegion: OpenRegion;
  readonly ending: Ending;
  readonly slots: Slot[];
  readonly after: unknown[];
  readonly stable: boolean;
}

export function stagedLoop(parts: LoopParts): Ending {
  return new StagedLoop(parts).build();
}

class StagedLoop {
  readonly #parts: LoopParts;
  readonly #tracer: GraphTracer = tracer();
  readonly #span: Span;
  /** Local variables, then the program's own variables that an iteration assigns. */
  readonly #vars: Vars;
  readonly #assigned = new Set<Variable>();
  readonly #before: Assigned;
  /** Leaf index → name of the variable it belongs to. */
  #names: string[] = [];
  #skeleton: Skeleton = { kind: "leaf" };
  #entry: unknown[] = [];

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#span = placeSpan(this.#tracer.file, parts.at);
    this.#before = this.#tracer.state.snapshot();
    this.#vars = withVariables(parts.vars, this.#tracer, this.#assigned);
  }

  get #at(): SourcePlace | undefined {
    return this.#span.place();
  }

  build(): Ending {
    let slots = this.#load();
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { result: traced, assigned } = this.#tracer.state.watch(() => this.#trace(slots));
      const more = [...assigned].filter((variable) => !this.#assigned.has(variable));
      if (more.length > 0) {
        // Their value at the start of an iteration was not yet a parameter: once more.
        this.#restore();
        for (const variable of more) this.#assigned.add(variable);
        slots = this.#load();
        round--;
      } else if (traced.stable) return this.#emit(traced);
      else slots = traced.slots;
    }
    throw new InternalError("The types of a loop did not settle.", { at: this.#at });
  }

  /** Takes the state before the loop apart. */
  #load(): Slot[] {
    const values = this.#vars.get();
    this.#names = leafNames(values);
    this.#entry = [];
    this.#skeleton = flatten(values, this.#entry);
    return this.#entry.map((entry, i): Slot => {
      const name = this.#names[i] as string;
      if (isTensor(entry) && !isVisible(entry)) {
        // What a branch left to a variable that nobody reads before it is assigned anew.
        this.#entry[i] = undefined;
        return { kind: "unset", name, entry: undefined, type: typeOf(entry), fact: "has no value after the branch before the loop" };
      }
      if (isTensor(entry) && !isVariable(entry)) return { kind: "carried", name, entry, type: typeOf(entry) };
      return { kind: "plain", name, entry };
    });
  }

  #trace(slots: readonly Slot[]): Round {
    const t = this.#tracer;
    const { region: testRegion, result: test } = t.within((region) => {
      this.#enter(region, slots, !this.#parts.testFirst);
      const { result, assigned } = t.state.watch(() => condition(this.#parts.test(), this.#parts.what, this.#parts.at));
      for (const { name } of assigned)
        this.#refuse(name ?? "A variable", "is assigned in the condition of a loop", "Assign it in the body.");
      return result;
    });
    const { region: bodyRegion, result: traced } = t.within((region) => {
      const params = this.#enter(region, slots, false);
      const ending = iterate(this.#parts);
      return { params, ending };
    });
    const after: unknown[] = [];
    const values = this.#vars.get();
    const skeleton = flatten(values, after);
    this.#restore();
    if (!sameSkeleton(skeleton, this.#skeleton)) this.#structureClash(values, skeleton);
    const next = slots.map((slot, i) => this.#join(slot, traced.params[i], after[i]));
    const stable = next.every((slot, i) => sameSlot(slot, slots[i] as Slot));
    return { testRegion, test, bodyRegion, ending: traced.ending, slots: next, after, stable };
  }

  /** Gives the variables their values at the start of a region; returns them per leaf. */
  #enter(region: OpenRegion, slots: readonly Slot[], unsetReadable: boolean): unknown[] {
    const leaves = slots.map((slot) => {
      if (slot.kind === "plain") return slot.entry;
      if (slot.kind === "carried") return this.#tracer.param(region, slot.type, slot.name);
      const param = slot.type === null ? null : this.#tracer.param(region, slot.type, slot.name);
      return unsetReadable && param !== null ? param : this.#poison(slot, "is read before it is assigned in this iteration");
    });
    this.#tracer.state.restore(this.#before);
    this.#set(leaves);
    return leaves;
  }

  #restore(): void {
    this.#set(this.#entry);
    this.#tracer.state.restore(this.#before);
  }

  #set(leaves: readonly unknown[]): void {
    this.#vars.set(rebuild(this.#skeleton, leaves[Symbol.iterator]()) as Record<string, unknown>);
  }

  /** The slot of a variable after one iteration has been seen. */
  #join(slot: Slot, param: unknown, after: unknown): Slot {
    if (Object.is(param, after)) return slot;
    const { name } = slot;
    switch (slot.kind) {
      case "carried": {
        if (isPoison(after)) return { kind: "unset", name, entry: slot.entry, type: null, fact: "has no single value after one iteration" };
        if (!isLiftable(after))
          this.#refuse(
            name,
            `is a tensor before the loop and ${plainName(after)} after one iteration`,
            "A tensor that may be null is not supported yet.",
          );
        return { ...slot, type: this.#joined(name, slot.type, typeOf(after)) };
      }
      case "plain": {
        if (isLiftable(after) && isLiftable(slot.entry))
          return { kind: "carried", name, entry: slot.entry, type: this.#joined(name, typeOf(slot.entry), typeOf(after)) };
        const fact =
          slot.entry === undefined
            ? "is assigned only inside the loop, which may not run"
            : `is ${plainName(slot.entry)} before the loop and something else after one iteration`;
        return { kind: "unset", name, entry: slot.entry, type: isLiftable(after) && slot.entry === undefined ? typeOf(after) : null, fact };
      }
      case "unset": {
        if (slot.type === null || !isLiftable(after)) return slot;
        return { ...slot, type: this.#joined(name, slot.type, typeOf(after)) };
      }
    }
  }

  #joined(name: string, a: TensorType, b: TensorType): TensorType {
    return joinTypes(a, b, { what: `\`${name}\``, first: "before the loop", second: "after one iteration", at: this.#at });
  }

  #emit(round: Round): Ending {
    const t = this.#tracer;
    const { slots, after, ending, bodyRegion, testRegion } = round;
    const exits = new Map([...possibleEnds(ending)].filter(([tag]) => tag !== NORMAL));
    const init: Value[] = [];
    const yields: Value[] = [];
    const results: Value[] = [];
    const carry = (type: TensorType, name: string | undefined, entry: () => Tensor, next: () => Tensor): Tensor => {
      init.push(t.valueOf(entry()));
      yields.push(t.resume(bodyRegion, () => t.valueOf(next())));
      const result = t.freshValue(type, name);
      results.push(result);
      return t.tensor(result);
    };

    const leaves = slots.map((slot, i): unknown => {
      if (slot.kind === "plain") return slot.entry;
      if (slot.kind === "unset") {
        if (slot.type === null) return this.#poison(slot, slot.fact);
        const { type } = slot;
        const next = after[i];
        const value = carry(
          type,
          slot.name,
          () => t.zeros(type),
          () => (isLiftable(next) ? lift(next, type) : t.zeros(type)),
        );
        return this.#parts.testFirst ? this.#poison(slot, slot.fact) : value;
      }
      return carry(
        slot.type,
        slot.name,
        () => lift(slot.entry, slot.type),
        () => lift(after[i] as Liftable, slot.type),
      );
    });

    // Parameters that hold no variable: the tag, the value to return, and "first" of a do-while. Both regions get them.
    const extra = (type: TensorType, name: string, entry: () => Tensor, next: () => Tensor): { inTest: Tensor; result: Tensor } => {
      t.param(bodyRegion, type, name);
      const inTest = t.param(testRegion, type, name);
      return { inTest, result: carry(type, name, entry, next) };
    };
    const tag =
      exits.size === 0
        ? null
        : extra(
            TAG,
            "$exit",
            () => lift(NORMAL, TAG),
            () => (ending !== null && ending.kind === "staged" ? ending.tag : lift(tagOf(ending as StaticEnd), TAG)),
          );
    const returned = exits.get(1) ?? null;
    const value = returned === null ? undefined : this.#returnedValue(returned, extra);
    const first = this.#parts.testFirst
      ? null
      : extra(
          BOOL,
          "$first",
          () => lift(true, BOOL),
          () => lift(false, BOOL),
        );

    const test = this.#testRegion(round, tag?.inTest ?? null, first?.inTest ?? null);
    const counted = this.#parts.counted;
    if (counted !== undefined && exits.size === 0) {
      const scalar = (n: number): Value => t.valueOf(lift(n, TAG));
      const body = { ...bodyRegion.close(yields.slice(1)) };
      t.add({
        kind: "for",
        start: scalar(0),
        limit: scalar(counted),
        step: scalar(1),
        init: init.slice(1),
        body,
        results: results.slice(1),
        span: this.#span,
      });
    } else {
      t.add({ kind: "while", init, test, body: bodyRegion.close(yields), results, span: this.#span });
    }
    this.#set(leaves);
    return tag === null ? null : this.#after(tag.result, exits, value, round.test);
  }

  #returnedValue(
    end: StaticEnd,
    extra: (type: TensorType, name: string, entry: () => Tensor, next: () => Tensor) => { result: Tensor },
  ): unknown {
    const leaves: unknown[] = [];
    const skeleton = flatten(end.value, leaves);
    const out = leaves.map((leaf) => {
      if (!isTensor(leaf)) return leaf;
      const type = typeOf(leaf);
      return extra(
        type,
        "$value",
        () => this.#tracer.zeros(type),
        () => leaf,
      ).result;
    });
    return rebuild(skeleton, out[Symbol.iterator]());
  }

  /**
   * The test region: the user's test, run only if no exit was taken, and not before the first iteration of a do-while.
   * Its nodes move into the arm of a cond; the parameters stay those of the region.
   */
  #testRegion(round: Round, tag: Tensor | null, first: Tensor | null): Region {
    const t = this.#tracer;
    const { testRegion, test } = round;
    const userTest = t.resume(testRegion, () => t.valueOf(lift(test, BOOL)));
    let inner: Region = { params: [], nodes: testRegion.nodes.splice(0), yields: [userTest] };
    const arm = (decided: boolean | "inner"): Region => {
      if (decided === "inner") return inner;
      const { region, result } = t.within(() => t.valueOf(lift(decided, BOOL)));
      return region.close([result]);
    };
    const guard = (pred: () => Tensor, whenTrue: boolean | "inner", whenFalse: boolean | "inner"): void => {
      const result = t.freshValue(BOOL);
      t.resume(testRegion, () => {
        const value = t.valueOf(pred());
        // biome-ignore lint/suspicious/noThenProperty: arms of a branch
        t.add({ kind: "cond", pred: value, then: arm(whenTrue), else: arm(whenFalse), results: [result], span: this.#span });
      });
      inner = { params: [], nodes: testRegion.nodes.splice(0), yields: [result] };
    };
    if (first !== null) guard(() => first, true, "inner");
    if (tag !== null) guard(() => isTag(tag, NORMAL), "inner", false);
    return { params: testRegion.params, nodes: inner.nodes, yields: inner.yields };
  }

  /** How the loop as a whole ended. */
  #after(tag: Tensor, exits: ReadonlyMap<number, StaticEnd | null>, value: unknown, test: boolean | Tensor): Ending {
    const ends = new Map<number, StaticEnd | null>();
    if (test !== true) ends.set(NORMAL, null);
    for (const [number, end] of exits) ends.set(number, end !== null && end.kind === "return" ? { kind: "return", value } : end);
    return narrowed(tag, ends);
  }

  #poison(slot: { readonly name: string }, fact: string): unknown {
    const at = this.#at;
    return poison(
      () => new StagingError(`\`${slot.name}\` ${fact}.`, { code: "E_UNDEFINED_ON_PATH", hint: "Give it a value before the loop.", at }),
    );
  }

  #structureClash(values: Record<string, unknown>, skeleton: Skeleton): never {
    const before = this.#skeleton.kind === "object" ? this.#skeleton.items : [];
    const now = skeleton.kind === "object" ? skeleton.items : [];
    const i = before.findIndex((s, k) => !sameSkeleton(s, now[k] as Skeleton));
    const name = Object.keys(values)[i] ?? "a variable";
    this.#refuse(
      name,
      `is ${showSkeleton(before[i] ?? skeleton)} before the loop and ${showSkeleton(now[i] ?? skeleton)} after one iteration`,
      "Keep its structure the same.",
    );
  }

  #refuse(name: string, fact: string, hint: string): never {
    throw new StagingError(`\`${name}\` ${fact}.`, { code: "E_LOOP_STATE", hint, at: this.#at });
  }
}

/** Adds the program's variables to the local ones: a loop carries both. */
function withVariables(vars: Vars, t: GraphTracer, variables: ReadonlySet<Variable>): Vars {
  const key = (variable: Variable): string => `variable ${variable.name}#${variable.id}`;
  return {
    get: () => {
      const values = { ...vars.get() };
      for (const variable of variables) values[key(variable)] = t.state.get(variable);
      return values;
    },
    set: (values) => {
      vars.set(values);
      for (const variable of variables) t.setState(variable, values[key(variable)] as Tensor);
    },
  };
}

function plainName(x: unknown): string {
  if (x === null || x === undefined) return String(x);
  return typeof x === "object" ? "an object" : `a ${typeof x}`;
}

function sameSlot(a: Slot, b: Slot): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === "plain" || b.kind === "plain") return true;
  return a.type === b.type || (a.type !== null && b.type !== null && a.type.dtype === b.type.dtype && a.type.weak === b.type.weak);
}

function leafNames(values: Record<string, unknown>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const leaves: unknown[] = [];
    flatten(value, leaves);
    return leaves.length === 1 ? [name] : leaves.map((_, i) => `${name}[${i}]`);
  });
}
