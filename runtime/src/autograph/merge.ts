/**
 * Merging the two arms of a staged branch: for every variable, one value that is right on both paths.
 *
 * Same value on both → kept. Tensors or numbers that differ → an output of the cond node, of the joined type.
 * Anything else that differs (unassigned on one path, different plain objects) → poison: an error when it is used.
 */
import { type SourcePlace, StagingError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import type { Variable } from "../core/variable.ts";
import type { Span, Value } from "../ir/graph.ts";
import { PLAIN_NAME } from "../ir/print.ts";
import { joinTypes } from "../trace/join.ts";
import { isLiftable, type Liftable, lift, typeOf } from "../trace/lift.ts";
import { isPoison, poison } from "../trace/poison.ts";
import type { Assigned } from "../trace/state.ts";
import { flatten, rebuild, sameSkeleton, showSkeleton } from "../trace/structure.ts";
import { type GraphTracer, isVisible, type OpenRegion } from "../trace/tracer.ts";
import { type Ending, narrowed, possibleEnds, type StaticEnd, tagOf } from "./completion.ts";

const HOLE = Symbol("hole");

export type Variables = Record<string, unknown>;

export class BranchMerge {
  readonly #tracer: GraphTracer;
  readonly #span: Span;
  readonly #then: { readonly region: OpenRegion; readonly yields: Value[] };
  readonly #else: { readonly region: OpenRegion; readonly yields: Value[] };
  readonly #results: Value[] = [];

  constructor(tracer: GraphTracer, span: Span, thenRegion: OpenRegion, elseRegion: OpenRegion) {
    this.#tracer = tracer;
    this.#span = span;
    this.#then = { region: thenRegion, yields: [] };
    this.#else = { region: elseRegion, yields: [] };
  }

  get #at(): SourcePlace | undefined {
    return this.#span.place();
  }

  /** All variables after the branch. An arm that returned takes no part: nobody sees its variables again. */
  variables(before: Variables, a: Variables, endA: Ending, b: Variables, endB: Ending): Variables {
    const deadA = endA?.kind === "return";
    const deadB = endB?.kind === "return";
    if (deadA && deadB) return before;
    return Object.fromEntries(
      Object.keys(before).map((name) => {
        const merged = deadA ? this.#oneSided(b[name], false) : deadB ? this.#oneSided(a[name], true) : this.value(name, a[name], b[name]);
        return [name, merged];
      }),
    );
  }

  /** Variables of the program (`gf.variable`) after the branch; those of an arm that returned too, since they outlive the call. */
  assigned(a: Assigned, b: Assigned): Assigned {
    const { state } = this.#tracer;
    const merged = new Map<Variable, Tensor>();
    for (const variable of new Set([...a.keys(), ...b.keys()])) {
      const [x, y] = [a.get(variable) ?? state.initial(variable), b.get(variable) ?? state.initial(variable)];
      merged.set(variable, x === y ? x : this.#output(typeOf(x), x, y, variable.name));
    }
    return merged;
  }

  /** One variable, or a result: any structure. */
  value(what: string, a: unknown, b: unknown): unknown {
    if (Object.is(a, b)) return a;
    const leavesA: unknown[] = [];
    const leavesB: unknown[] = [];
    const skeletonA = flatten(a, leavesA);
    const skeletonB = flatten(b, leavesB);
    if (!sameSkeleton(skeletonA, skeletonB)) {
      return this.#poison(
        what,
        `is ${showSkeleton(skeletonA)} in one branch and ${showSkeleton(skeletonB)} in the other`,
        "Give it the same structure on every path.",
      );
    }
    const merged = leavesA.map((leaf, i) => this.#leaf(what, leaf, leavesB[i]));
    return rebuild(skeletonA, merged[Symbol.iterator]());
  }

  /** Ends of the two arms: static where both agree, otherwise a staged tag. */
  ending(a: Ending, b: Ending): Ending {
    const ends = new Map([...possibleEnds(a), ...possibleEnds(b)]);
    const returnsA = returnOf(a);
    const returnsB = returnOf(b);
    if (returnsA !== null || returnsB !== null) {
      const value =
        returnsA !== null && returnsB !== null
          ? this.value("the returned value", returnsA.value, returnsB.value)
          : this.#oneSided(returnsA !== null ? returnsA.value : (returnsB as StaticEnd).value, returnsA !== null);
      ends.set(1, { kind: "return", value });
    }
    if (ends.size === 1) return [...ends.values()][0] ?? null;
    const type: TensorType = { dtype: "int32", shape: [] };
    const tag = this.#output(type, tagValue(a), tagValue(b), undefined);
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

  /** A value that only one arm has: the other arm yields zeros that nobody reads. */
  #oneSided(value: unknown, inThen: boolean): unknown {
    const leaves: unknown[] = [];
    const skeleton = flatten(value, leaves);
    const outputs = leaves.map((leaf) => {
      if (!isTensor(leaf) || isVisible(leaf)) return leaf;
      return inThen ? this.#output(typeOf(leaf), leaf, HOLE, undefined) : this.#output(typeOf(leaf), HOLE, leaf, undefined);
    });
    return rebuild(skeleton, outputs[Symbol.iterator]());
  }

  #leaf(what: string, a: unknown, b: unknown): unknown {
    if (Object.is(a, b)) return a;
    if (isPoison(a)) return a;
    if (isPoison(b)) return b;
    if (!isLiftable(a) || !isLiftable(b)) return this.#poison(what, ...explain(a, b));
    const type = joinTypes(typeOf(a), typeOf(b), { what: `\`${what}\``, first: "in one branch", second: "in the other", at: this.#at });
    // Words like "the result" are for messages: values have the names of variables.
    return this.#output(type, a, b, PLAIN_NAME.test(what) ? what : undefined);
  }

  #output(type: TensorType, a: Liftable | typeof HOLE, b: Liftable | typeof HOLE, name: string | undefined): Tensor {
    const yieldIn = (arm: { readonly region: OpenRegion; readonly yields: Value[] }, x: Liftable | typeof HOLE): void => {
      const t = this.#tracer.resume(arm.region, () => this.#tracer.valueOf(x === HOLE ? this.#tracer.zeros(type) : lift(x, type)));
      arm.yields.push(t);
    };
    yieldIn(this.#then, a);
    yieldIn(this.#else, b);
    const result = this.#tracer.freshValue(type, name);
    this.#results.push(result);
    return this.#tracer.tensor(result);
  }

  #poison(what: string, fact: string, hint: string): unknown {
    const at = this.#at;
    return poison(() => new StagingError(`\`${what}\` ${fact}.`, { code: "E_UNDEFINED_ON_PATH", hint, at }));
  }
}

/** Computed before the branch: may be used after it as it is. */
function explain(a: unknown, b: unknown): [string, string] {
  if (a === undefined || b === undefined) return ["is assigned in one branch only", "Give it a value before the branch, or in both arms."];
  if (a === null || b === null) {
    return [
      "is null in one branch and has a value in the other",
      "A tensor that may be null is not supported yet; use a boolean tensor beside it.",
    ];
  }
  return [
    "is a different JavaScript value in each branch",
    "Only tensors, numbers, booleans and structures of them can depend on a tensor condition.",
  ];
}

function returnOf(ending: Ending): StaticEnd | null {
  return possibleEnds(ending).get(1) ?? null;
}

function tagValue(ending: Ending): Liftable {
  return ending !== null && ending.kind === "staged" ? ending.tag : tagOf(ending);
}
