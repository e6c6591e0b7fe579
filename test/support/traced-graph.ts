/**
 * Random graphs like those that tracers leave behind: tags (constants of the arms that a later branch compares), early exits
 * of loops, a branch on the predicate of the one before, equal arms, constants in arms and loop bodies, casts of constants,
 * unchanged and swapped carried values. Where random-graph.ts looks for faults in plans, this looks for faults in passes.
 */
import type { Shape } from "../../runtime/src/core/shape.ts";
import { showType, type TensorType } from "../../runtime/src/core/type.ts";
import { cond, constant, FreshIds, operation } from "../../runtime/src/ir/build.ts";
import type { Graph, Node, Region, Value } from "../../runtime/src/ir/graph.ts";
import type { Attrs } from "../../runtime/src/ops/op.ts";
import { Random } from "./random.ts";

export function tracedGraph(seed: number, size = 12): Graph {
  return new Generator(seed, size).graph();
}

const NUMBERS = [0, 1, 2, -1, 3, 0.5, -2.5, 7];
const SPECIAL = [...NUMBERS, 0, 1, -0, Number.NaN, Number.POSITIVE_INFINITY];
const BOOL: TensorType = { dtype: "bool", shape: [] };
const I32: TensorType = { dtype: "int32", shape: [] };
const F32: TensorType = { dtype: "float32", shape: [] };
const VEC: TensorType = { dtype: "float32", shape: [3] };
const ROW: TensorType = { dtype: "float32", shape: [1, 3] };
const F64: TensorType = { dtype: "float64", shape: [] };
const TYPES = [BOOL, I32, I32, F32, F32, VEC, ROW, F64];

type Recipe = readonly [type: TensorType, op: string, operands: readonly TensorType[], attrs?: Attrs];
const RECIPES: readonly Recipe[] = [
  ...["add", "sub", "mul", "maximum"].flatMap((op) => [I32, F32, F64, VEC].map((t): Recipe => [t, op, [t, t]])),
  ...["add", "mul"].map((op): Recipe => [VEC, op, [VEC, F32]]),
  ...["realDiv", "minimum"].map((op): Recipe => [F32, op, [F32, F32]]),
  ...["less", "equal", "notEqual", "greaterEqual"].flatMap((op) => [I32, F32].map((t): Recipe => [BOOL, op, [t, t]])),
  ...["logicalAnd", "logicalOr", "logicalXor", "equal"].map((op): Recipe => [BOOL, op, [BOOL, BOOL]]),
  [BOOL, "logicalNot", [BOOL]],
  [F32, "neg", [F32]],
  [I32, "neg", [I32]],
  [VEC, "neg", [VEC]],
  [F32, "floor", [F32]],
  ...[I32, F32, VEC, BOOL].map((t): Recipe => [t, "where", [BOOL, t, t]]),
  ...[BOOL, I32, F32, F64].flatMap((from) => [BOOL, I32, F32, F64].map((to): Recipe => [to, "cast", [from], { dtype: to.dtype }])),
  ...["addExact", "floorDiv"].map((op): Recipe => [I32, op, [I32, I32]]),
  [F32, "truncMod", [F32, F32]],
  [F32, "sum", [VEC], { axes: [0], keepDims: false }],
  [ROW, "reshape", [VEC], { shape: [1, 3] }],
  [VEC, "reshape", [ROW], { shape: [-1] }],
  [VEC, "reverse", [VEC], { axes: [0] }],
  [VEC, "broadcastTo", [F32], { shape: [3] }],
  [ROW, "add", [ROW, ROW]],
];

class Generator {
  readonly #ids = new FreshIds();
  readonly #random: Random;
  readonly #seed: number;
  readonly #size: number;
  #budget: number;

  constructor(seed: number, size: number) {
    this.#random = new Random(seed);
    this.#seed = seed;
    this.#size = size;
    this.#budget = size * 8;
  }

  graph(): Graph {
    const params = [F32, I32, BOOL, VEC].map((t, i) => this.#ids.value(t, ["x", "n", "p", "v"][i]));
    const scope = new Scope(params);
    this.#fill(scope, this.#size, 0);
    const yields = this.#times(1, 4).map(() => this.#any(scope, this.#pick(TYPES)));
    return { name: `traced${this.#seed}`, body: { params, nodes: scope.nodes, yields } };
  }

  #chance(p: number): boolean {
    return this.#random.chance(p);
  }

  #pick<T>(list: readonly T[]): T {
    return this.#random.pick(list);
  }

  /** Between from and to − 1 numbers. */
  #times(from: number, to: number): number[] {
    return Array.from({ length: from + Math.floor(this.#random.next() * (to - from)) }, (_, i) => i);
  }

  #add<N extends Node>(scope: Scope, node: N): N {
    scope.nodes.push(node);
    scope.values.push(...node.results);
    return node;
  }

  #const(scope: Scope, type: TensorType, x = this.#pick(SPECIAL)): Value {
    const element = type.dtype === "bool" ? Math.floor(this.#random.next() * 2) : x;
    return this.#add(scope, constant(this.#ids, type.dtype, type.shape as Shape, [element])).results[0] as Value;
  }

  /** A value of a type: mostly one that is there, the later the likelier. */
  #any(scope: Scope, type: TensorType): Value {
    const list = scope.all().filter((v) => showType(v.type) === showType(type));
    if (list.length === 0 || this.#chance(0.15)) return this.#const(scope, type);
    return this.#chance(0.4) ? (list[list.length - 1] as Value) : this.#pick(list);
  }

  #op(scope: Scope, op: string, operands: readonly Value[], attrs: Attrs = {}): Value {
    return this.#add(scope, operation(this.#ids, op, operands, attrs)).results[0] as Value;
  }

  #fill(scope: Scope, count: number, depth: number): void {
    for (let i = 0; i < count && this.#budget > 0; i++) {
      this.#budget--;
      const roll = this.#random.next();
      const canNest = depth < 4;
      if (canNest && roll < 0.12) this.#cond(scope, depth);
      else if (canNest && roll < 0.17) this.#while(scope, depth);
      else if (canNest && roll < 0.2) this.#for(scope, depth);
      else if (canNest && roll < 0.27) this.#tag(scope, depth);
      else if (roll < 0.3) this.#print(scope);
      else if (roll < 0.36) this.#element(scope);
      else this.#plain(scope);
    }
  }

  #plain(scope: Scope): void {
    const [, op, types, attrs] = this.#pick(RECIPES);
    const operands = types.map((t) => this.#any(scope, t));
    this.#op(scope, op, operands, attrs);
    if (this.#chance(0.1)) this.#op(scope, op, operands, attrs);
  }

  #element(scope: Scope): void {
    const at = this.#const(scope, I32, Math.floor(this.#random.next() * 3));
    const vector = this.#any(scope, VEC);
    if (this.#chance(0.5)) this.#op(scope, "index", [vector, at]);
    else this.#op(scope, "setIndex", [vector, at, this.#any(scope, F32)]);
  }

  #print(scope: Scope): void {
    const operands = [this.#any(scope, this.#pick([F32, I32, VEC]))];
    this.#add(scope, { kind: "print", method: "log", operands, parts: ["value", 0], results: [] });
  }

  #arm(scope: Scope, depth: number, types: readonly TensorType[], size: number, first: readonly Value[] = []): Region {
    const inner = new Scope([], scope);
    this.#fill(inner, size, depth + 1);
    const yields = types.map((t, i) => first[i] ?? (this.#chance(0.3) ? this.#const(inner, t) : this.#any(inner, t)));
    return { params: [], nodes: inner.nodes, yields };
  }

  #cond(scope: Scope, depth: number): void {
    const types = this.#times(0, 4).map(() => this.#pick(TYPES));
    const same = types.map((t) => (this.#chance(0.15) ? this.#any(scope, t) : undefined)) as Value[];
    const pred = this.#any(scope, BOOL);
    const [a, b] = [this.#pick([0, 1, 3]), this.#pick([0, 1, 3])];
    this.#add(scope, cond(this.#ids, pred, this.#arm(scope, depth, types, a, same), this.#arm(scope, depth, types, b, same)));
    if (this.#chance(0.3)) this.#again(scope, depth, pred);
  }

  /** Another branch on the same predicate. */
  #again(scope: Scope, depth: number, pred: Value): void {
    const types = [this.#pick(TYPES)];
    const decides = this.#chance(0.5) ? pred : this.#op(scope, "logicalNot", [pred]);
    this.#add(scope, cond(this.#ids, decides, this.#arm(scope, depth, types, 2), this.#arm(scope, depth, types, 1)));
  }

  /** An early exit: a tag from one or two branches, and what follows if it is 0. */
  #tag(scope: Scope, depth: number): void {
    const leaf = (n: number): Region => {
      const inner = new Scope([], scope);
      this.#fill(inner, this.#pick([0, 1]), depth + 2);
      return { params: [], nodes: inner.nodes, yields: [this.#const(inner, I32, n), this.#any(inner, F32)] };
    };
    const nested = (): Region => {
      const inner = new Scope([], scope);
      const { results } = this.#add(inner, cond(this.#ids, this.#any(inner, BOOL), leaf(1), leaf(0)));
      return { params: [], nodes: inner.nodes, yields: results };
    };
    const first = this.#add(scope, cond(this.#ids, this.#any(scope, BOOL), leaf(2), this.#chance(0.5) ? nested() : leaf(0)));
    if (this.#chance(0.4)) this.#plain(scope);
    const [tag] = first.results as [Value];
    const zero = this.#const(scope, I32, 0);
    const remapped = this.#chance(0.3)
      ? this.#op(scope, "where", [this.#op(scope, "equal", [tag, this.#const(scope, I32, 2)]), zero, tag])
      : tag;
    const goesOn = this.#op(scope, "equal", [remapped, zero]);
    const types = [F32, this.#pick(TYPES)];
    this.#add(scope, cond(this.#ids, goesOn, this.#arm(scope, depth, types, 3), this.#arm(scope, depth, types, 0)));
  }

  #carried(scope: Scope): { readonly types: TensorType[]; readonly init: Value[] } {
    const types = this.#times(1, 5).map(() => this.#pick(TYPES));
    if (this.#chance(0.5)) types.push(types[0] as TensorType);
    return { types, init: types.map((t) => this.#any(scope, t)) };
  }

  /** The next values: unchanged, swapped, or computed. */
  #next(inner: Scope, params: readonly Value[], types: readonly TensorType[]): Value[] {
    return types.map((t, i) => {
      if (this.#chance(0.2)) return params[i] as Value;
      const others = params.filter((p) => showType(p.type) === showType(t));
      return this.#chance(0.3) ? this.#pick(others) : this.#any(inner, t);
    });
  }

  #while(scope: Scope, depth: number): void {
    const { types, init } = this.#carried(scope);
    const zero = this.#const(scope, I32, 0);
    const limit = Math.floor(this.#random.next() * 4);
    const isTagged = this.#chance(0.4);
    const all = [I32, ...(isTagged ? [I32] : []), ...types];

    const test = new Scope(
      all.map((t) => this.#ids.value(t)),
      scope,
    );
    if (this.#chance(0.3)) this.#fill(test, 1, depth + 1);
    let goesOn = this.#op(test, "less", [test.params[0] as Value, this.#const(test, I32, limit)]);
    if (isTagged) goesOn = this.#guarded(test, this.#op(test, "equal", [test.params[1] as Value, this.#const(test, I32, 0)]), goesOn);
    else if (this.#chance(0.3)) goesOn = this.#op(test, "logicalAnd", [goesOn, this.#any(test, BOOL)]);

    const body = new Scope(
      all.map((t) => this.#ids.value(t)),
      scope,
    );
    this.#fill(body, 4, depth + 1);
    const count = this.#op(body, "add", [body.params[0] as Value, this.#const(body, I32, 1)]);
    const lead = [count, ...(isTagged ? [this.#exit(body)] : [])];
    const yields = [...lead, ...this.#next(body, body.params.slice(lead.length), types)];
    this.#add(scope, {
      kind: "while",
      init: [zero, ...(isTagged ? [zero] : []), ...init],
      test: { params: test.params, nodes: test.nodes, yields: [goesOn] },
      body: { params: body.params, nodes: body.nodes, yields },
      results: all.map((t) => this.#ids.value(t)),
    });
  }

  /** `a && b` as traced: a branch. */
  #guarded(scope: Scope, a: Value, b: Value): Value {
    const no = constant(this.#ids, "bool", [], [0]);
    const moved = scope.nodes.splice(
      scope.nodes.findIndex((n) => n.results.includes(b)),
      1,
    );
    scope.values.splice(scope.values.indexOf(b), 1);
    const guard = cond(this.#ids, a, { params: [], nodes: moved, yields: [b] }, { params: [], nodes: [no], yields: no.results });
    return this.#add(scope, guard).results[0] as Value;
  }

  #exit(scope: Scope): Value {
    const arm = (n: number): Region => {
      const inner = new Scope([], scope);
      return { params: [], yields: [this.#const(inner, I32, n)], nodes: inner.nodes };
    };
    return this.#add(scope, cond(this.#ids, this.#any(scope, BOOL), arm(3), arm(0))).results[0] as Value;
  }

  #for(scope: Scope, depth: number): void {
    const { types, init } = this.#carried(scope);
    const [start, limit, step] = this.#pick([
      [0, 3, 1],
      [4, 0, -2],
      [2, 2, 1],
      [0, 5, 2],
    ] as const).map((n) => this.#const(scope, I32, n)) as [Value, Value, Value];
    const body = new Scope(
      [I32, ...types].map((t) => this.#ids.value(t)),
      scope,
    );
    this.#fill(body, 4, depth + 1);
    const yields = this.#next(body, body.params.slice(1), types);
    this.#add(scope, {
      kind: "for",
      start,
      limit,
      step,
      init,
      body: { params: body.params, nodes: body.nodes, yields },
      results: types.map((t) => this.#ids.value(t)),
    });
  }
}

/** Values that may be used at a place. */
class Scope {
  readonly nodes: Node[] = [];
  readonly values: Value[];
  readonly params: readonly Value[];
  readonly #outer: Scope | null;

  constructor(params: readonly Value[], outer: Scope | null = null) {
    this.params = params;
    this.values = [...params];
    this.#outer = outer;
  }

  all(): Value[] {
    return [...(this.#outer?.all() ?? []), ...this.values];
  }
}
