/**
 * Patterns: what the values of several calls have in common, taken apart as loop-state.ts does: per leaf a type of the graph, or a JavaScript
 * value that is the same in all calls.
 */
import { GraphFnError, type SourcePlace } from "../core/errors.ts";
import { isOpen, sameShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { sameType, type TensorType } from "../core/type.ts";
import { isVariable } from "../core/variable.ts";
import type { Value } from "../ir/graph.ts";
import { joinTypes } from "../trace/join.ts";
import { isLiftable, type Liftable, lift, typeOf } from "../trace/lift.ts";
import { isPoison } from "../trace/poison.ts";
import { type Snapshot, snapshot } from "../trace/snapshot.ts";
import type { GraphTracer } from "../trace/tracer.ts";
import { LoopLengths } from "./loop-lengths.ts";
import { assemble, type Layout, layoutOf, leafNames, leavesIn, widen } from "./loop-state.ts";
import { HOLE } from "./merge.ts";

type Leaf =
  | { readonly kind: "plain"; readonly value: unknown }
  | { readonly kind: "tensor"; readonly type: TensorType }
  | { readonly kind: "hole" };

const HOLE_LEAF: Leaf = { kind: "hole" };

/**
 * What a pattern stands for. An argument is one object as long as all calls pass the same; JavaScript values that differ make another
 * function. A result may be any of several numbers.
 */
export type Role = "argument" | "result";

export class Pattern {
  readonly name: string;
  readonly #t: GraphTracer;
  readonly #role: Role;
  readonly #at: SourcePlace | undefined;
  readonly #lengths: LoopLengths;
  readonly #seen: readonly Snapshot[];
  readonly #layout: Layout;
  readonly #leaves: readonly Leaf[];

  private constructor(
    t: GraphTracer,
    name: string,
    role: Role,
    at: SourcePlace | undefined,
    lengths: LoopLengths,
    seen: readonly Snapshot[],
    layout: Layout,
    leaves?: readonly Leaf[],
  ) {
    this.name = name;
    this.#t = t;
    this.#role = role;
    this.#at = at;
    this.#lengths = lengths;
    this.#seen = seen;
    this.#layout = layout;
    this.#leaves = leaves ?? this.#joinAll();
  }

  static of(t: GraphTracer, name: string, role: Role, at: SourcePlace | undefined, s: Snapshot): Pattern {
    return new Pattern(t, name, role, at, new LoopLengths(t), [s], layoutOf(s, true));
  }

  static ofArgument(t: GraphTracer, name: string, at: SourcePlace | undefined, value: unknown): Pattern {
    return Pattern.of(t, name, "argument", at, whole(value));
  }

  /** A pattern that the value fits too: this one if it does already, null if there is none. Throws where types of results clash. */
  with(s: Snapshot): Pattern | null {
    const layout = widen(this.#layout, s);
    if (layout === null || (layout !== this.#layout && !this.#mayBecome(layout))) return null;
    try {
      if (layout !== this.#layout) return this.#made([...this.#seen, s], layout);
      const leaves = this.#joined(this.#leaves, s);
      return leaves.every((leaf, i) => leaf === this.#leaves[i]) ? this : this.#made([...this.#seen, s], layout, leaves);
    } catch (error) {
      if (error instanceof Clash || (error instanceof GraphFnError && this.#role === "argument")) return null;
      throw error;
    }
  }

  withArgument(value: unknown): Pattern | null {
    const [first] = this.#seen as [Snapshot];
    if (!isObject(first)) return this.with(snapshot(value));
    if (Object.is(first.value, value)) return this;
    return Pattern.of(this.#t, this.name, this.#role, this.#at, snapshot(first.value)).with(snapshot(value));
  }

  #made(seen: readonly Snapshot[], layout: Layout, leaves?: readonly Leaf[]): Pattern {
    return new Pattern(this.#t, this.name, this.#role, this.#at, this.#lengths, seen, layout, leaves);
  }

  /** Objects that arguments are made of have one form: code looks at it. */
  #mayBecome(layout: Layout): boolean {
    return this.#role === "result" || (layout.kind === "maybe" && this.#layout.kind !== "array" && this.#layout.kind !== "object");
  }

  #joinAll(): readonly Leaf[] {
    return this.#seen.reduce<readonly Leaf[]>((leaves, s) => this.#joined(leaves, s), []);
  }

  #joined(leaves: readonly Leaf[], s: Snapshot): Leaf[] {
    const values: unknown[] = [];
    leavesIn(this.#layout, s, values);
    const names: string[] = [];
    leafNames(this.#layout, this.name, names);
    return values.map((value, i) => this.#join(leaves[i] ?? HOLE_LEAF, value, names[i] as string));
  }

  #join(leaf: Leaf, value: unknown, name: string): Leaf {
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- any use of a poison value throws its error
    if (isPoison(value)) value.toString();
    if (value === HOLE) return leaf;
    if (leaf.kind === "hole") {
      return isTensor(value) && !isVariable(value) ? { kind: "tensor", type: this.#opened(typeOf(value)) } : { kind: "plain", value };
    }
    if (leaf.kind === "plain" && Object.is(leaf.value, value)) return leaf;
    if (leaf.kind === "tensor") {
      if (!isLiftable(value)) throw new Clash();
      const type = this.#type(leaf.type, typeOf(value), name);
      return sameLeafType(type, leaf.type) ? leaf : { kind: "tensor", type };
    }
    const numbersMayDiffer = this.#role === "result" || name.endsWith("?");
    if (!isLiftable(leaf.value) || !isLiftable(value) || !(numbersMayDiffer || isTensor(value))) throw new Clash();
    return { kind: "tensor", type: this.#opened(this.#type(typeOf(leaf.value), typeOf(value), name)) };
  }

  #opened(type: TensorType): TensorType {
    return this.#lengths.opened(type);
  }

  #type(a: TensorType, b: TensorType, name: string): TensorType {
    const place = { what: name, first: "in one call", second: "in another", at: this.#at };
    return joinTypes(a, b, place, this.#lengths);
  }

  /** Types of the leaves that are tensors. */
  get types(): TensorType[] {
    return this.#leaves.flatMap((leaf) => (leaf.kind === "tensor" ? [leaf.type] : []));
  }

  /** A value of this pattern; `tensor` gives its tensors, in order. */
  build(tensor: (type: TensorType, name: string) => Tensor): unknown {
    const names: string[] = [];
    leafNames(this.#layout, this.name, names);
    const leaves = this.#leaves.map((leaf, i) =>
      leaf.kind === "tensor" ? tensor(leaf.type, names[i] as string) : leaf.kind === "plain" ? leaf.value : undefined,
    );
    return assemble(this.#layout, leaves[Symbol.iterator](), this.name);
  }

  valuesOfArgument(value: unknown): Value[] {
    return this.values(isObject(this.#seen[0] as Snapshot) ? whole(value) : snapshot(value));
  }

  /** The tensors of a value that fits, as values of the graph. */
  values(s: Snapshot): Value[] {
    const leaves: unknown[] = [];
    leavesIn(this.#layout, s, leaves);
    return this.#leaves.flatMap((leaf, i) => {
      if (leaf.kind !== "tensor") return [];
      const value = leaves[i];
      return [this.#t.valueOf(value === HOLE ? this.#t.zeros(leaf.type) : lift(value as Liftable, leaf.type))];
    });
  }

  /** The type of a result for one call: its open lengths are that call's. */
  ofOneCall(type: TensorType): TensorType {
    const shape = type.shape.map((d) => (isOpen(d) ? this.#t.freshDim() : d));
    return sameShape(shape, type.shape) ? type : { ...type, shape };
  }
}

/** JavaScript values that differ. */
class Clash extends Error {}

function whole(value: unknown): Snapshot {
  return typeof value === "object" && value !== null && !isTensor(value) ? { kind: "leaf", value } : snapshot(value);
}

/** A pattern of one object, whatever it is made of. */
function isObject(s: Snapshot): s is { readonly kind: "leaf"; readonly value: object } {
  return s.kind === "leaf" && typeof s.value === "object" && s.value !== null && !isTensor(s.value);
}

function sameLeafType(a: TensorType, b: TensorType): boolean {
  return sameType(a, b) && a.weak === b.weak;
}
