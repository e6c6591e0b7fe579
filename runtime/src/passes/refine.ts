/**
 * A graph for certain lengths: the same nodes, with lengths of arguments put in and all types inferred anew.
 *
 *   graph f(%x: f32[N,3]) { %1: f32[N] = sum %x {axes=[1]} … }, N = 4   →   graph f(%x: f32[4,3]) { %1: f32[4] = sum %x … }
 *
 * Lengths that depend on data stay open only where paths or rounds really differ for these arguments. Attributes that name a length
 * take it from the first value that has it: `(N+1)` is 5 where a value of shape [(N+1)] is one of [5] now.
 * Throws the typed errors of ops that do not fit, with their places: what eager mode would throw for such arguments.
 */
import { GraphFnError, locate } from "../core/errors.ts";
import { type Dim, type Dims, isOpen, sameDim } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";
import type { Graph, Node, Region, Value } from "../ir/graph.ts";
import { mapOperands } from "../ir/walk.ts";
import { getOp } from "../ops/index.ts";
import type { Attrs, AttrValue } from "../ops/op.ts";

/** Lengths by name. */
export type Lengths = ReadonlyMap<string, number>;

export function refine(graph: Graph, lengths: Lengths): Graph {
  const refiner = new Refiner(lengths);
  return { ...graph, body: refiner.region(graph.body, null) };
}

class Refiner {
  readonly #lengths: Map<string, number>;
  readonly #values = new Map<Value, Value>();
  /** Types on stacks. */
  readonly #stacks = new Map<number, TensorType>();

  constructor(lengths: Lengths) {
    this.#lengths = new Map(lengths);
  }

  /** `types`: of the parameters; null where names say all. */
  region(region: Region, types: readonly TensorType[] | null): Region {
    const params = region.params.map((p, i) => this.#define(p, types?.[i] ?? this.#named(p.type)));
    const nodes = region.nodes.map((node) => this.#node(node));
    return { params, nodes, yields: this.#uses(region.yields) };
  }

  #node(node: Node): Node {
    const used = mapOperands(node, (v) => this.#use(v));
    switch (used.kind) {
      case "const":
      case "print":
      case "fail":
        return { ...used, results: this.#results(node, typesOf(node.results)) };
      case "op": {
        const attrs = this.#attrs(used.attrs);
        const types = located(node, () => getOp(used.op).infer(typesOf(used.operands), attrs));
        return { ...used, attrs, results: this.#results(node, types) };
      }
      case "push": {
        const [{ type }] = used.operands;
        const known = this.#stacks.get(used.stack);
        this.#stacks.set(used.stack, known === undefined ? type : this.#joined(known, type, type));
        return used;
      }
      case "pop":
        return { ...used, results: this.#results(node, [this.#stacks.get(used.stack) ?? this.#named((node.results[0] as Value).type)]) };
      case "customGrad": {
        const types = typesOf(used.values);
        const vjp = this.region(used.vjp, types);
        return { ...used, vjp, results: this.#results(node, types) };
      }
      // What names say: calls may come before the body is known, lists hold tensors of several lengths.
      case "define":
        return { ...used, body: this.region(used.body, null), gives: used.gives.map((type) => this.#named(type)) };
      case "call":
      case "list":
        return {
          ...used,
          results: this.#results(
            node,
            node.results.map((v) => this.#named(v.type)),
          ),
        };
      case "cond": {
        const [a, b] = [this.region(used.then, null), this.region(used.else, null)];
        const types = node.results.map((v, i) => this.#joined((a.yields[i] as Value).type, (b.yields[i] as Value).type, v.type));
        // biome-ignore lint/suspicious/noThenProperty: arms of a branch
        return { ...used, then: a, else: b, results: this.#results(node, types) };
      }
      case "while": {
        const { types, regions } = this.#settled(used.init, node.results, (carried) => {
          const [test, body] = [this.region(used.test, carried), this.region(used.body, carried)];
          return { regions: { test, body }, yields: body.yields };
        });
        return { ...used, ...regions, results: this.#results(node, types) };
      }
      case "for": {
        const { types, regions } = this.#settled(used.init, node.results, (carried) => {
          const body = this.region(used.body, [used.start.type, ...carried]);
          return { regions: { body }, yields: body.yields };
        });
        return { ...used, ...regions, results: this.#results(node, types) };
      }
    }
  }

  /** The types of carried values: those before the loop, opened until they hold what a round leaves. */
  #settled<R>(
    init: readonly Value[],
    results: readonly Value[],
    round: (types: readonly TensorType[]) => { readonly regions: R; readonly yields: readonly Value[] },
  ): { readonly types: readonly TensorType[]; readonly regions: R } {
    let types: readonly TensorType[] = typesOf(init);
    for (;;) {
      const { regions, yields } = round(types);
      const next = types.map((type, i) => this.#joined(type, (yields[i] as Value).type, (results[i] as Value).type));
      if (next.every((type, i) => type === types[i])) return { types, regions };
      types = next;
    }
  }

  /** One type for both; `a` itself where it will do. `named` gives the names of lengths that differ. */
  #joined(a: TensorType, b: TensorType, named: TensorType): TensorType {
    const shape = a.shape.map((d, i) => (sameDim(d, b.shape[i] as Dim) ? d : (named.shape[i] as Dim)));
    return shape.every((d, i) => sameDim(d, a.shape[i] as Dim)) ? a : { ...a, shape };
  }

  #use(value: Value): Value {
    return this.#values.get(value) as Value;
  }

  #uses(values: readonly Value[]): Value[] {
    return values.map((v) => this.#use(v));
  }

  #results(node: Node, types: readonly TensorType[]): Value[] {
    return node.results.map((v, i) => this.#define(v, types[i] as TensorType));
  }

  #define(value: Value, { shape }: TensorType): Value {
    value.type.shape.forEach((d, i) => {
      const length = shape[i];
      if (typeof d === "object" && !isOpen(d) && typeof length === "number") this.#lengths.set(d.sym, length);
    });
    const same = value.type.shape.every((d, i) => sameDim(d, shape[i] as Dim));
    const refined = same ? value : { ...value, type: { ...value.type, shape } };
    this.#values.set(value, refined);
    return refined;
  }

  #named(type: TensorType): TensorType {
    return { ...type, shape: this.#known(type.shape) };
  }

  #known(dims: Dims): Dims {
    return dims.map((d) => (typeof d === "number" ? d : (this.#lengths.get(d.sym) ?? d)));
  }

  #attrs(attrs: Attrs): Attrs {
    const entries = Object.entries(attrs).map(([key, value]): [string, AttrValue] => [
      key,
      Array.isArray(value) ? this.#known(value as Dims) : value,
    ]);
    return Object.fromEntries(entries);
  }
}

function typesOf(values: readonly Value[]): TensorType[] {
  return values.map((v) => v.type);
}

function located<T>(node: Node, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof GraphFnError) locate(error, node.span?.place());
    throw error;
  }
}
