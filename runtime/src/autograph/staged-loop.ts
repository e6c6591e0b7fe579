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
 *   hole      part of a value that may be missing, which is missing at entry
 *
 * What an iteration writes to objects and cells (the journal), and to the program's own variables, is carried like variables; which these are is
 * found by tracing, too.
 *
 * A body that may end by break, return or continue of an outer loop carries a tag as well: test = tag is 0 and the user's test.
 */
import { InternalError, type SourcePlace, StagingError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import type { Region, Span, Value } from "../ir/graph.ts";
import { standsFor, variablesIn } from "../trace/alias.ts";
import { joinTypes } from "../trace/join.ts";
import { ABSENT, type Place, type Writes } from "../trace/journal.ts";
import { isLiftable, lift, typeOf } from "../trace/lift.ts";
import { commonType } from "../trace/list.ts";
import { asField, isOfField, maybeOf } from "../trace/maybe.ts";
import { isPoison, poison } from "../trace/poison.ts";
import { describe, type Snapshot, snapshot, valueIn } from "../trace/snapshot.ts";
import { placeSpan } from "../trace/span.ts";
import type { Assigned } from "../trace/state.ts";
import { flatten, rebuild } from "../trace/structure.ts";
import { type GraphTracer, isVisible, madeAt, type OpenRegion, tracer } from "../trace/tracer.ts";
import { condition, isTag } from "./branch.ts";
import { type Ending, isNever, NORMAL, narrowed, possibleEnds, type StaticEnd, tagOf } from "./completion.ts";
import type { Vars } from "./contract.ts";
import { LoopLengths } from "./loop-lengths.ts";
import { iterate, type LoopParts } from "./loop-parts.ts";
import { labelOf, mapValues, namesOf, PLACE, present, type Slot, sameSlot, withVariables } from "./loop-slots.ts";
import { assemble, type Layout, layoutOf, leafNames, leavesIn, widen } from "./loop-state.ts";
import { atEnd, differAsLists, HOLE, isPlain, listParts } from "./merge.ts";
import { framed, snapshots } from "./throwing.ts";

/** Of types, once what is carried is known. */
const MAX_ROUNDS = 8;
const MAX_TRACES = 100;
const TAG: TensorType = { dtype: "int32", shape: [] };
const BOOL: TensorType = { dtype: "bool", shape: [] };

/** What one trace of test and body gave. */
interface Round {
  readonly testRegion: OpenRegion;
  readonly test: boolean | Tensor;
  readonly bodyRegion: OpenRegion;
  readonly ending: Ending;
  /** What variables of the program hold at the end of the body. */
  readonly now: (variable: Variable) => Tensor;
  readonly slots: Slot[];
  readonly after: unknown[];
  readonly stable: boolean;
}

/** Something that must be known before the first iteration has been found in one: trace again. */
const AGAIN = Symbol("again");

export function stagedLoop(parts: LoopParts): Ending {
  return new StagedLoop(parts).build();
}

class StagedLoop {
  readonly #parts: LoopParts;
  readonly #tracer: GraphTracer = tracer();
  readonly #span: Span;
  /** Local variables, then the places and the program's own variables that an iteration writes. */
  readonly #vars: Vars;
  readonly #assigned = new Set<Variable>();
  readonly #places = new Map<Place, string>();
  /** Number of the next place that is carried: its name in the state. */
  #nextPlace = 0;
  /** Places that the last trace which found any wrote and that were not carried. */
  #found: readonly Place[] = [];
  readonly #lengths: LoopLengths;
  readonly #before: Assigned;
  /** By variable: widened when an iteration leaves something else than it found. */
  readonly #layouts = new Map<string, Layout>();
  /** Names of places that may become lists. */
  get #growing(): ReadonlySet<string> {
    return new Set([...this.#places].flatMap(([place, name]) => (place.grows ? [name] : [])));
  }

  /** Names of fields that are not there before some round. */
  readonly #missing = new Set<string>();

  /** Leaf index → variables of the program that it is after some iteration. */
  readonly #aliases = new Map<number, readonly Variable[]>();
  /** Leaf index → name of the variable it belongs to. */
  #names: string[] = [];
  /** Names of leaves that are parts of structures. */
  readonly #inStructure = new Set<string>();
  #entry: unknown[] = [];
  /** Variables of the program after the loop. */
  #end: Assigned | null = null;
  /** The state before the loop. */
  #start: Record<string, unknown> = {};

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#span = placeSpan(this.#tracer.file, parts.at);
    this.#lengths = new LoopLengths(this.#tracer);
    this.#before = this.#tracer.state.snapshot();
    this.#vars = withVariables(parts.vars, this.#tracer, this.#assigned, this.#places);
  }

  get #at(): SourcePlace | undefined {
    return this.#span.place();
  }

  build(): Ending {
    let slots = this.#load();
    for (let round = 0, traces = 0; round < MAX_ROUNDS && traces < MAX_TRACES; traces++) {
      const { result: traced, assigned } = this.#tracer.state.watch(() => this.#trace(slots));
      const known = this.#assigned.size;
      for (const variable of assigned) this.#assigned.add(variable);
      if (traced === AGAIN || this.#assigned.size > known || slots.length !== traced.slots.length) slots = this.#load();
      else if (traced.stable) return this.#emit(traced);
      else {
        slots = traced.slots;
        round++;
      }
    }
    throw new InternalError("The types of a loop did not settle.", { at: this.#at });
  }

  /** Takes the state before the loop apart. */
  #load(): Slot[] {
    this.#names = [];
    this.#entry = [];
    this.#aliases.clear();
    const optional = new Set(this.#vars.optional);
    this.#start = this.#vars.get();
    this.#noteMissing(this.#start);
    for (const [name, value] of Object.entries(this.#start)) {
      const state = snapshot(present(value));
      const layout = this.#layouts.get(name) ?? layoutOf(state, optional.has(name) || name.startsWith(PLACE));
      this.#layouts.set(name, layout);
      leavesIn(layout, state, this.#entry);
      const first = this.#names.length;
      leafNames(layout, labelOf(name), this.#names);
      for (const leaf of this.#names.slice(first)) if (leaf !== labelOf(name) && !leaf.endsWith("?")) this.#inStructure.add(leaf);
    }
    return this.#entry.map((entry, i): Slot => {
      const name = this.#names[i] as string;
      if (entry === HOLE) return { kind: "hole", name, type: null };
      if (isPoison(entry)) return { kind: "plain", name, entry };
      if (isTensor(entry) && !isVisible(entry)) {
        // What a branch left to a variable that nobody reads before it is assigned anew.
        this.#entry[i] = undefined;
        return { kind: "unset", name, entry: undefined, type: typeOf(entry), fact: "has no value after the branch before the loop" };
      }
      if (isTensor(entry) && !isVariable(entry)) return { kind: "carried", name, entry, type: typeOf(entry) };
      return { kind: "plain", name, entry };
    });
  }

  #trace(slots: readonly Slot[]): Round | typeof AGAIN {
    const t = this.#tracer;
    const { vars } = this.#parts;
    const { region: testRegion, result: test } = t.within((region) => {
      this.#enter(region, slots);
      let holds: boolean | Tensor = false;
      framed(t, vars, () => {
        holds = condition(this.#parts.test(), this.#parts.what, this.#parts.at);
        return null;
      });
      return holds as boolean | Tensor;
    });
    const { region: bodyRegion, result: traced } = t.within((region) => {
      const params = this.#enter(region, slots);
      const { result, writes } = t.journal.within(
        () => framed(t, vars, () => iterate(this.#parts)),
        (ending) => ({
          params,
          ending,
          values: snapshots(mapValues(this.#noteMissing(this.#vars.get()), present)),
          assigned: t.state.snapshot(),
        }),
      );
      return { ...result, writes };
    });
    this.#restore();
    const settled = this.#settle(traced.writes);
    // Where no iteration comes to its end, what it leaves does not matter.
    const after = isNever(traced.ending) ? traced.params : t.resume(bodyRegion, () => this.#leavesAfter(traced.values));
    if (after === null || !settled) return AGAIN;
    const now = (variable: Variable): Tensor => traced.assigned.get(variable) ?? t.state.initial(variable);
    const known = this.#aliases.size;
    const left = after.map((leaf, i) => (Object.is(leaf, traced.params[i]) ? leaf : this.#atEnd(leaf, i, now)));
    const next = slots.map((slot, i) => this.#join(slot, traced.params[i], left[i]));
    const stable = this.#aliases.size === known && next.every((slot, i) => sameSlot(slot, slots[i] as Slot));
    return { testRegion, test, bodyRegion, ending: traced.ending, now, slots: next, after: left, stable };
  }

  /** What an iteration leaves in a leaf; one that is a variable on some path is noted. */
  #atEnd(leaf: unknown, i: number, now: (variable: Variable) => Tensor): unknown {
    if (isPoison(leaf) || !isTensor(leaf)) return leaf;
    const variables = variablesIn(leaf);
    if (variables.length > 0 && !this.#aliases.has(i)) this.#aliases.set(i, variables);
    const left = atEnd(this.#tracer, leaf, now);
    return left instanceof StagingError ? poison(() => left) : left;
  }

  /** Leaves that are a variable after some iteration, where iterations begin and after the loop. */
  #markAliases(leaves: readonly unknown[]): void {
    const then = this.#tracer.state.snapshot();
    for (const [i, variables] of this.#aliases) {
      const leaf = leaves[i];
      if (isPoison(leaf) || !isTensor(leaf) || isVariable(leaf)) continue;
      standsFor(leaf, variables, (v) => then.get(v) ?? this.#tracer.state.initial(v));
    }
  }

  /**
   * Whether all places that are to be carried are. What an iteration makes is another object in each trace: places that are written no more,
   * while as many of the same names are written for the first time, belong to such objects, of which nothing is left after the iteration.
   */
  #settle(writes: Writes): boolean {
    const found = [...writes.keys()].filter((place) => !this.#places.has(place));
    // Also where a variable that is not known to be carried yet keeps an iteration from writing: what was found before stays in mind.
    if (found.length === 0) return true;
    const gone = this.#found.filter((place) => !writes.has(place));
    this.#found = found;
    if (namesOf(found) !== namesOf(gone)) {
      for (const place of found) this.#places.set(place, `${PLACE}${this.#nextPlace++}:${place.name}`);
      return false;
    }
    const dropped = gone.flatMap((place) => this.#places.get(place) ?? []);
    for (const place of gone) this.#places.delete(place);
    for (const name of dropped) this.#layouts.delete(name);
    return dropped.length === 0;
  }

  /** Leaves in the layout of the loop; null if that had to be widened for them. */
  #leavesAfter(values: Readonly<Record<string, Snapshot>>): unknown[] | null {
    const after: unknown[] = [];
    let fits = true;
    for (const [name, layout] of this.#layouts) {
      const state = values[name] as Snapshot;
      const before = snapshot(this.#start[name]);
      this.#refuseStatic(labelOf(name), before, state, name.startsWith(PLACE));
      const wider = this.#asList(name, layout, before, state) ?? widen(layout, state);
      if (wider === null) this.#structureClash(name, state);
      if (wider !== layout) {
        this.#layouts.set(name, wider);
        fits = false;
      }
      if (fits) leavesIn(layout, state, after);
    }
    return fits ? after : null;
  }

  /** An array that a round leaves with another number of elements is a list from the start: what a place holds, or a variable. */
  #asList(name: string, layout: Layout, before: Snapshot, after: Snapshot): Layout | null {
    const isPlace = name.startsWith(PLACE);
    if (layout.kind !== "array" && (isPlace || layout.kind !== "leaf")) return null;
    if (isPlace ? !this.#growing.has(name) : !differAsLists(before, after)) return null;
    if (after.kind === "array" && layout.kind === "array" && after.items.length === layout.items.length) return null;
    const label = labelOf(name);
    const element = commonType(label, [...listParts(before), ...listParts(after)]) as TensorType;
    return { kind: "list", name: label, element, ...(isPlace ? {} : { source: valueIn(before) as object }) };
  }

  /** Numbers in structures and fields are numbers by their types: code that is not staged looks at them. */
  #refuseStatic(what: string, before: Snapshot, after: Snapshot, isPart: boolean): void {
    if (isPart && isPlain(before) && isPlain(after) && !Object.is(before.value, after.value)) {
      this.#refuse(
        what,
        `is ${String(before.value)} before the loop and ${String(after.value)} after one iteration, and the graph decides how often it runs`,
        FIXED,
      );
    }
    if (before.kind !== after.kind || (before.kind !== "array" && before.kind !== "object")) return;
    const { items } = after as typeof before;
    const name = (i: number): string => (before.kind === "array" ? `${what}[${i}]` : `${what}.${before.keys[i]}`);
    before.items.forEach((item, i) => {
      if (items[i] !== undefined) this.#refuseStatic(name(i), item, items[i], true);
    });
  }

  /** Gives the variables their values at the start of a region; returns them per leaf. */
  #enter(region: OpenRegion, slots: readonly Slot[]): unknown[] {
    const leaves = slots.map((slot) => {
      if (slot.kind === "plain") return slot.entry;
      if (slot.kind === "carried") return this.#tracer.param(region, slot.type, slot.name);
      if (slot.kind === "hole") {
        if (slot.type !== null) return this.#tracer.param(region, slot.type, slot.name);
        return this.#poison(slot, "has no value in the first iteration");
      }
      if (slot.type !== null) this.#tracer.param(region, slot.type, slot.name);
      return this.#poison(slot, "is read before it is assigned in this iteration");
    });
    this.#tracer.state.restore(this.#before);
    this.#set(leaves);
    this.#markAliases(leaves);
    return leaves;
  }

  #restore(): void {
    this.#vars.set(this.#start);
    this.#tracer.state.restore(this.#before);
  }

  #set(leaves: readonly unknown[]): void {
    const rest = leaves[Symbol.iterator]();
    const values = [...this.#layouts].map(([name, layout]): [string, unknown] => [name, assemble(layout, rest, labelOf(name))]);
    this.#vars.set(Object.fromEntries(values.map(([name, value]) => [name, this.#missing.has(name) ? asField(value) : value])));
  }

  #noteMissing(values: Record<string, unknown>): Record<string, unknown> {
    for (const [name, value] of Object.entries(values)) {
      const parts = maybeOf(value);
      if (value === ABSENT || (parts !== undefined && isOfField(parts))) this.#missing.add(name);
    }
    return values;
  }

  /** The slot of a variable after one iteration has been seen. */
  #join(slot: Slot, param: unknown, after: unknown): Slot {
    if (Object.is(param, after)) return slot;
    const { name } = slot;
    if (isPoison(after) && slot.kind !== "hole") {
      const { fact } = slot.kind === "unset" ? slot : { fact: "has no single value after one iteration" };
      return { kind: "unset", name, entry: slot.entry, type: null, fact };
    }
    switch (slot.kind) {
      case "carried": {
        // Part of a value that an iteration leaves missing.
        if (after === HOLE) return slot;
        if (!isLiftable(after))
          this.#refuse(
            name,
            `is a tensor before the loop and ${plainName(after)} after one iteration`,
            "Give it a tensor, or null, on every path.",
          );
        return { ...slot, type: this.#joined(name, slot.type, typeOf(after), slot.entry, after) };
      }
      case "plain": {
        const entry = isPoison(slot.entry) ? undefined : slot.entry;
        if (isLiftable(after) && isLiftable(entry))
          return { kind: "carried", name, entry, type: this.#joined(name, typeOf(entry), typeOf(after), entry, after) };
        const fact =
          entry === undefined
            ? "is assigned only inside the loop, which may not run"
            : `is ${plainName(entry)} before the loop and something else after one iteration`;
        const type = isLiftable(after) && entry === undefined ? this.#lengths.opened(typeOf(after)) : null;
        return { kind: "unset", name, entry, type, fact };
      }
      case "hole": {
        if (isPoison(after) || after === HOLE) return slot;
        if (!isLiftable(after))
          this.#refuse(
            name,
            `is ${plainName(after)} after one iteration`,
            "Only tensors and numbers can be carried by a loop that runs in the graph.",
          );
        if (!isTensor(after) && this.#inStructure.has(name))
          this.#refuse(name, `is ${plainName(after)} after one iteration, and has no value before the loop`, FIXED);
        return { ...slot, type: slot.type === null ? this.#lengths.opened(typeOf(after)) : this.#joined(name, slot.type, typeOf(after)) };
      }
      case "unset": {
        if (slot.type === null || !isLiftable(after)) return slot;
        return { ...slot, type: this.#joined(name, slot.type, typeOf(after)) };
      }
    }
  }

  #joined(name: string, a: TensorType, b: TensorType, entry?: unknown, after?: unknown): TensorType {
    const made = () => [madeAt(entry), madeAt(after)] as const;
    const place = { what: `\`${name}\``, first: "before the loop", second: "after one iteration", at: this.#at, made };
    return joinTypes(a, b, place, this.#lengths);
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

    /** What an iteration leaves in a leaf. Nothing does where none comes to its end. */
    const left = (i: number, type: TensorType): Tensor => {
      const value = after[i];
      return !isPoison(value) && isLiftable(value) ? lift(value, type) : t.zeros(type);
    };
    const leaves = slots.map((slot, i): unknown => {
      if (slot.kind === "plain") return slot.entry;
      if (slot.kind === "hole") {
        const { type } = slot;
        if (type === null) return this.#poison(slot, "has no value");
        return carry(
          type,
          slot.name,
          () => t.zeros(type),
          () => left(i, type),
        );
      }
      if (slot.kind === "unset") {
        if (slot.type === null) return this.#poison(slot, slot.fact);
        const { type } = slot;
        const value = carry(
          type,
          slot.name,
          () => t.zeros(type),
          () => left(i, type),
        );
        return this.#parts.testFirst ? this.#poison(slot, slot.fact) : value;
      }
      return carry(
        slot.type,
        slot.name,
        () => lift(slot.entry, slot.type),
        () => left(i, slot.type),
      );
    });

    // Parameters that hold no variable: the tag and the value to return. Both regions get them.
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
            () => (ending !== null && ending.kind === "staged" ? ending.tag : lift(tagOf(ending as StaticEnd | null), TAG)),
          );
    const returned = exits.get(1) ?? null;
    const value = returned === null ? undefined : this.#returnedValue(returned, round.now, extra);
    const test = this.#testRegion(round, tag?.inTest ?? null);
    const { counted, options } = this.#parts;
    const checkpoint = options?.checkpoint === undefined ? {} : { checkpoint: options.checkpoint };
    if (counted !== undefined && exits.size === 0) {
      const scalar = (n: number): Value => t.valueOf(lift(n, TAG));
      const body = { ...bodyRegion.close(yields.slice(1)) };
      t.add({
        kind: "for",
        start: scalar(0),
        limit: isTensor(counted.limit) ? t.valueOf(counted.limit) : scalar(counted.limit),
        step: scalar(counted.step),
        init: init.slice(1),
        body,
        results: results.slice(1),
        span: this.#span,
        ...checkpoint,
      });
    } else {
      t.add({ kind: "while", init, test, body: bodyRegion.close(yields), results, span: this.#span, ...checkpoint });
    }
    this.#leave(leaves);
    return tag === null ? null : this.#after(tag.result, exits, value, round.test);
  }

  /** After the loop: places are written in the region around it. */
  #leave(leaves: readonly unknown[]): void {
    this.#set(leaves);
    this.#markAliases(leaves);
    this.#end = this.#tracer.state.snapshot();
    const after = this.#vars.get();
    for (const [place, name] of this.#places) {
      place.set(this.#start[name]);
      this.#tracer.journal.write(place, after[name]);
    }
  }

  #returnedValue(
    end: StaticEnd,
    now: (variable: Variable) => Tensor,
    extra: (type: TensorType, name: string, entry: () => Tensor, next: () => Tensor) => { result: Tensor },
  ): unknown {
    const leaves: unknown[] = [];
    const skeleton = flatten(end.value, leaves);
    const aliases: [Tensor, readonly Variable[]][] = [];
    const out = leaves.map((leaf) => {
      // A variable is what it holds then, wherever it is read.
      if (!isTensor(leaf) || isVariable(leaf)) return leaf;
      const type = this.#lengths.opened(typeOf(leaf));
      const left = atEnd(this.#tracer, leaf, now);
      if (left instanceof StagingError) throw left;
      const { result } = extra(
        type,
        "$value",
        () => this.#tracer.zeros(type),
        () => left,
      );
      aliases.push([result, variablesIn(leaf)]);
      return result;
    });
    // The state after the loop, which is known when the value is used.
    for (const [result, variables] of aliases) standsFor(result, variables, (v) => this.#end?.get(v) ?? this.#tracer.state.initial(v));
    return rebuild(skeleton, out[Symbol.iterator]());
  }

  /** The test region: the user's test, run only if no exit was taken. Its nodes then move into the arm of a cond. */
  #testRegion(round: Round, tag: Tensor | null): Region {
    const t = this.#tracer;
    const { testRegion, test } = round;
    const holds = t.resume(testRegion, () => t.valueOf(lift(test, BOOL)));
    if (tag === null) return testRegion.close([holds]);
    const own: Region = { params: [], nodes: testRegion.nodes.splice(0), yields: [holds] };
    const { region: left, result: no } = t.within(() => t.valueOf(lift(false, BOOL)));
    const result = t.freshValue(BOOL);
    t.resume(testRegion, () => {
      const pred = t.valueOf(isTag(tag, NORMAL));
      // biome-ignore lint/suspicious/noThenProperty: arms of a branch
      t.add({ kind: "cond", pred, then: own, else: left.close([no]), results: [result], span: this.#span });
    });
    return testRegion.close([result]);
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

  #structureClash(name: string, after: Snapshot): never {
    const before = describe(snapshot(this.#start[name]));
    this.#refuse(labelOf(name), `is ${before} before the loop and ${describe(after)} after one iteration`, "Keep its structure the same.");
  }

  #refuse(name: string, fact: string, hint: string): never {
    throw new StagingError(`\`${name}\` ${fact}.`, { code: "E_LOOP_STATE", hint, at: this.#at });
  }
}

const FIXED = "JavaScript values are fixed while tracing: declare it as a Tensor.";

function plainName(x: unknown): string {
  if (x === null || x === undefined) return String(x);
  return typeof x === "object" ? "an object" : `a ${typeof x}`;
}
