/**
 * A function that calls itself, in the graph. Its body is traced until what it takes and gives is settled: types of parameters are joined
 * over all calls, types of results over all paths. Paths whose results are not known yet take no part in a round.
 *
 * What the body throws is one of its results, a tag: a call throws it where it stands, in whatever `try` that is.
 *
 * State that the body changes (objects, cells, the program's variables) is handed in and out with each call, like arguments and results.
 */
import { type SourcePlace, StagingError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import type { Variable } from "../core/variable.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import type { Span, Value } from "../ir/graph.ts";
import { getOp } from "../ops/index.ts";
import { ABSENT, type Place } from "../trace/journal.ts";
import { lift } from "../trace/lift.ts";
import { commonType, make } from "../trace/list.ts";
import { type Snapshot, snapshot, valueIn } from "../trace/snapshot.ts";
import type { GraphTracer } from "../trace/tracer.ts";
import { traceArm } from "./arm.ts";
import { isTag, NO_VARS } from "./branch.ts";
import { type Ending, isNever, NEVER, NORMAL, possibleEnds, type StaticEnd, tagOf } from "./completion.ts";
import type { Arm } from "./merge.ts";
import { Pattern } from "./pattern.ts";
import { caught, freshThrow, settle, unwinding } from "./throwing.ts";

/** State that the body changes: how to read and to write it, and what the body left in it. */
interface Changed {
  readonly name: string;
  read(): unknown;
  write(value: unknown): void;
  after(arm: Arm): Snapshot;
  /** What calls find in it, what they leave in it. */
  before: Pattern | null;
  left: Pattern | null;
}

type Thrown = StaticEnd & { readonly tag: number };

const TAG: TensorType = { dtype: "int32", shape: [] };
const RETURN = tagOf({ kind: "return" });

export class Definition {
  readonly #t: GraphTracer;
  readonly #name: string;
  readonly #span: Span;
  readonly #fn: number;
  #results: Pattern | null = null;
  /** What calls may throw. */
  readonly #thrown: Thrown[] = [];
  /** The same as the last trace of the body raised it, with its tags there. */
  #raised: readonly Thrown[] = [];
  readonly #changed = new Map<Place | Variable, Changed>();
  /** Written in rounds so far; what is written under another identity in each round was made in the body. */
  readonly #written = new Set<Place>();
  /** Nothing has changed since the round before. */
  #isRepeated = false;

  constructor(t: GraphTracer, name: string, span: Span) {
    this.#t = t;
    this.#name = name;
    this.#span = span;
    this.#fn = t.freshFunction();
  }

  get #at(): SourcePlace | undefined {
    return this.#span.place();
  }

  /** What a call gives is known: a path has been traced that comes to its end. */
  get isKnown(): boolean {
    return this.#results !== null && [...this.#changed.values()].every(({ left }) => left !== null);
  }

  /** One of its parameters has changed. */
  restart(): void {
    this.#isRepeated = false;
  }

  /**
   * Traces the body. False if there is more to know: another round is needed. `isPartial`: a function around is not known yet, so that paths
   * may be missing.
   */
  trace(args: readonly Pattern[], isPartial: boolean, body: (args: unknown[]) => unknown): boolean {
    const t = this.#t;
    const { result: arm, assigned } = t.state.watch(() =>
      caught(t, () =>
        traceArm(t, NO_VARS, () => {
          const param = (type: Value["type"], name: string): Tensor => t.param(t.region, type, name);
          const given = args.map((pattern) => pattern.build(param));
          for (const state of this.#changed.values()) state.write((state.before as Pattern).build(param));
          return { kind: "return", value: body(given) };
        }),
      ),
    );
    if (this.#discovers(arm, assigned)) return this.#repeat();
    const before = this.#results;
    const leftBefore = [...this.#changed.values()].map(({ left }) => left);
    const thrownBefore = this.#thrown.length;
    this.#learnThrown(arm.ending);
    if (possibleEnds(arm.ending).has(RETURN)) this.#learn(arm);
    else if (before === null && isPartial) throw unwinding(NEVER);
    else if (before === null)
      this.#refuse("calls itself or throws on every path, so that it never returns", "Return without a call on some path.");
    const isSettled =
      before !== null &&
      before === this.#results &&
      this.#thrown.length === thrownBefore &&
      [...this.#changed.values()].every(({ left }, i) => left === leftBefore[i]);
    if (!isSettled) {
      this.#isRepeated = false;
      return false;
    }
    // An object that the body makes is another one in each round.
    if ([...arm.writes.keys()].some((place) => !this.#changed.has(place)) && !this.#isRepeated) return this.#repeat(true);
    this.#emit(arm);
    return true;
  }

  #repeat(isRepeated = false): false {
    this.#isRepeated = isRepeated;
    return false;
  }

  /** New state among what the body changed. */
  #discovers(arm: Arm, assigned: ReadonlySet<Variable>): boolean {
    const t = this.#t;
    let found = false;
    for (const place of arm.writes.keys()) {
      if (this.#changed.has(place)) continue;
      if (!this.#written.has(place)) {
        this.#written.add(place);
        continue;
      }
      this.#add(
        place,
        (place.grows ? this.#list(place, arm) : null) ?? {
          name: place.name,
          read: () => (place.get() === ABSENT ? undefined : place.get()),
          write: (value) => t.journal.write(place, value),
          after: ({ writes }) => present(writes.get(place) as Snapshot),
        },
      );
      found = true;
    }
    for (const variable of assigned) {
      if (this.#changed.has(variable)) continue;
      this.#add(variable, {
        name: variable.name ?? "a variable",
        read: () => t.state.get(variable),
        write: (value) => t.setState(variable, value as Tensor),
        after: (end) => snapshot(end.assigned.get(variable) ?? t.state.initial(variable)),
      });
      found = true;
    }
    return found;
  }

  /** An array that the body may resize is a list of the graph in all calls. */
  #list(place: Place, arm: Arm): Omit<Changed, "before" | "left"> | null {
    const t = this.#t;
    const elements = (held: unknown): readonly unknown[] => (isTensor(held) ? [held] : (held as unknown[]));
    const left = (end: Arm): unknown => {
      const s = end.writes.get(place) as Snapshot;
      return s.kind === "array" ? s.items.map(valueIn) : valueIn(s);
    };
    const element = commonType(place.name, [...elements(place.get()), ...elements(left(arm))]);
    if (element === undefined) return null;
    const asList = (held: unknown): Tensor => (isTensor(held) ? held : make(place.name, elements(held), element));
    return {
      name: place.name,
      read: () => asList(place.get()),
      write: (value) => t.journal.write(place, value),
      after: (end) => snapshot(t.resume(end.region, () => asList(left(end)))),
    };
  }

  #add(key: Place | Variable, state: Omit<Changed, "before" | "left">): void {
    this.#changed.set(key, { ...state, before: Pattern.ofArgument(this.#t, state.name, this.#at, state.read()), left: null });
  }

  /** What its body throws has one tag in all rounds and calls; what calls in it throw has that tag already. */
  #learnThrown(ending: Ending): void {
    this.#raised = [...possibleEnds(ending)].flatMap(([tag, end]) =>
      end?.kind === "throw" && !this.#thrown.some((known) => known.tag === tag) ? [{ ...end, tag }] : [],
    );
    this.#raised.forEach((end, i) => {
      this.#thrown[i] = { ...end, tag: this.#thrown[i]?.tag ?? freshThrow(this.#t) };
    });
  }

  /** How a call ended: normally, or by what it throws. */
  #tagIn(ending: Ending): Tensor {
    const renamed = new Map([
      [RETURN, NORMAL],
      ...this.#raised.map(({ tag }, i): [number, number] => [tag, (this.#thrown[i] as Thrown).tag]),
    ]);
    if (ending === null || ending.kind !== "staged") {
      const tag = tagOf(ending as StaticEnd | null);
      return lift(renamed.get(tag) ?? tag, TAG);
    }
    return [...renamed].reduce((tag, [from, to]) => apply1(getOp("where"), [isTag(ending.tag, from), lift(to, TAG), tag]), ending.tag);
  }

  #learn(arm: Arm): void {
    const returned = returnedIn(arm);
    if (this.#results === null) this.#results = Pattern.of(this.#t, `the result of \`${this.#name}\``, "result", this.#at, returned);
    else
      this.#results =
        this.#results.with(returned) ??
        this.#refuse(
          "calls itself where the graph decides, and gives values of different structure",
          "Give it one structure on every path.",
        );
    for (const state of this.#changed.values()) {
      const left = state.after(arm);
      if (state.left === null) state.left = Pattern.of(this.#t, state.name, "argument", this.#at, left);
      else state.left = state.left.with(left) ?? this.#refuseState(state);
    }
  }

  /** What a call finds in the state that the body changes. False if that has other types than for the calls before: there must be another round. */
  finds(): boolean {
    let fits = true;
    for (const state of this.#changed.values()) {
      const wider = (state.before as Pattern).withArgument(state.read()) ?? this.#refuseState(state);
      fits &&= wider === state.before;
      state.before = wider;
    }
    return fits;
  }

  #emit(arm: Arm): void {
    const t = this.#t;
    const { region } = arm;
    const yields = isNever(arm.ending)
      ? []
      : t.resume(region, () => [
          ...(this.#thrown.length === 0 ? [] : [t.valueOf(this.#tagIn(arm.ending))]),
          ...(this.#results as Pattern).values(returnedIn(arm)),
          ...[...this.#changed.values()].flatMap((state) => (state.left as Pattern).values(state.after(arm))),
        ]);
    t.add({
      kind: "define",
      fn: this.#fn,
      name: this.#name,
      body: region.close(yields),
      gives: this.#gives,
      maxDepth: t.maxDepth,
      results: [],
      span: this.#span,
    });
  }

  get #patterns(): Pattern[] {
    return [this.#results as Pattern, ...[...this.#changed.values()].map(({ left }) => left as Pattern)];
  }

  get #gives(): Value["type"][] {
    return [...(this.#thrown.length === 0 ? [] : [TAG]), ...this.#patterns.flatMap((pattern) => pattern.types)];
  }

  /** A call node. What it may throw is thrown where it stands. */
  call(t: GraphTracer, at: string, patterns: readonly Pattern[], args: readonly unknown[]): unknown {
    const changed = [...this.#changed.values()];
    const operands = [
      ...patterns.flatMap((pattern, i) => pattern.valuesOfArgument(args[i])),
      ...changed.flatMap((state) => (state.before as Pattern).valuesOfArgument(state.read())),
    ];
    const results: Value[] = [];
    const made = (pattern: Pattern): unknown =>
      pattern.build((type) => {
        const value = t.freshValue(pattern.ofOneCall(type));
        results.push(value);
        return t.tensor(value);
      });
    const tag = this.#thrown.length === 0 ? null : t.freshValue(TAG);
    const [value, ...left] = this.#patterns.map(made);
    t.add({ kind: "call", fn: this.#fn, operands, results: tag === null ? results : [tag, ...results], span: this.#span });
    changed.forEach((state, i) => {
      state.write(left[i]);
    });
    if (tag !== null) {
      const ends = this.#thrown.map((end): [number, StaticEnd] => [end.tag, end]);
      settle(at, { kind: "staged", tag: t.tensor(tag), ends: new Map([[NORMAL, null], ...ends]) });
    }
    return value;
  }

  #refuseState(state: Changed): never {
    throw new StagingError(
      `\`${state.name}\` is another JavaScript value in each call of \`${this.#name}\`, and the graph decides how many there are.`,
      {
        code: "E_STATIC_STATE",
        hint: "JavaScript values are fixed while tracing: declare it as a Tensor.",
        at: this.#at,
      },
    );
  }

  #refuse(fact: string, hint: string): never {
    throw new StagingError(`\`${this.#name}\` ${fact}.`, {
      code: "E_RECURSION",
      hint,
      at: this.#at,
    });
  }
}

/** A field that is not there yet reads as undefined. */
function present(s: Snapshot): Snapshot {
  return s.kind === "leaf" && s.value === ABSENT ? snapshot(undefined) : s;
}

function returnedIn({ returned }: Arm): Snapshot {
  return returned ?? snapshot(undefined);
}
