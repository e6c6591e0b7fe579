/**
 * Random graphs that always end: ops on scalars, vectors and matrices, nested cond, while and for, carried values that swap,
 * stay, double or come from outside, setIndex chains, reshapes whose operand lives on, prints; on request variables, and stacks
 * that one loop fills and the next one empties. Valid by construction; the verifier is run on each. Equal seeds give equal graphs.
 */
import type { DType, TypedArray } from "../../runtime/src/core/dtype.ts";
import { isInteger, newElements, writeElements } from "../../runtime/src/core/dtype.ts";
import { type Shape, sameShape, sizeOf } from "../../runtime/src/core/shape.ts";
import { sameType, type TensorType } from "../../runtime/src/core/type.ts";
import { constant, FreshIds, operation } from "../../runtime/src/ir/build.ts";
import type { Graph, Node, Region, Value, VariableSlot } from "../../runtime/src/ir/graph.ts";
import type { Attrs } from "../../runtime/src/ops/op.ts";
import { Random } from "./random.ts";

export interface RandomGraphOptions {
  /** Nodes per region, about. */
  readonly nodes?: number;
  readonly depth?: number;
  /**
   * Only ops that round once or not at all, so that backends agree bit for bit; and larger shapes too, whose values do not fit
   * into the mailbox of native code.
   */
  readonly exact?: boolean;
  /** Some parameters are variables, most of them assigned. */
  readonly variables?: boolean;
  /** Pushes and pops, balanced: side by side, in branches, in one loop and the next. */
  readonly stacks?: boolean;
  /** Single numbers only, by ops that round once: what a script can compute. */
  readonly scalars?: boolean;
}

const SHAPES: readonly Shape[] = [[], [], [], [4], [4], [2, 2], [1, 4], [4, 1], [2, 3], [3], [1], [0], [16]];
const DTYPE_MIX: readonly DType[] = ["float32", "float32", "int32", "int32", "float64", "bool", "uint8", "int64"];
const SCALAR_MIX: readonly DType[] = ["float32", "int32", "int32", "float64", "bool"];
const SCALAR_UNARY = ["neg", "abs", "relu", "relu6", "floor", "ceil", "trunc", "round", "sign", "square"];
const SCALAR_FLOAT = [...SCALAR_UNARY, "sqrt", "reciprocal"];
const SCALAR_INT = ["bitwiseAnd", "bitwiseOr", "bitwiseXor", "leftShift", "rightShift", "addExact", "subExact", "mulExact", "mod"];
const BOOL: TensorType = { dtype: "bool", shape: [] };
const I32: TensorType = { dtype: "int32", shape: [] };
/** Functions that keep numbers small, so that differences do not drown in infinities. */
const UNARY_FLOAT = ["neg", "abs", "sin", "tanh", "relu", "floor", "sign", "sigmoid"];
const UNARY_EXACT = ["neg", "abs", "relu", "floor", "sign"];
const BINARY_EXACT = ["add", "sub", "mul", "maximum", "minimum"];
const LARGE: readonly Shape[] = [[80], [8, 10], [80], [1, 80]];
const UNARY_INT = ["neg", "abs", "relu", "sign"];
const BINARY = ["add", "sub", "mul", "maximum", "minimum", "squaredDifference"];
const COMPARE = ["less", "lessEqual", "greater", "greaterEqual", "equal", "notEqual"];
const LOGIC = ["logicalAnd", "logicalOr", "logicalXor"];
const NAMES = ["x", "y", "sum", "n", "best", undefined, undefined, undefined];

export function randomGraph(seed: number, options: RandomGraphOptions = {}): Graph {
  return new Generator(seed, options).graph();
}

/** Arguments for a graph's parameters. */
export function randomInputs(graph: Graph, seed: number): TypedArray[] {
  const r = new Random(seed);
  return graph.body.params.map((p) => randomData(r, p.type.dtype, p.type.shape as Shape));
}

function randomData(r: Random, dtype: DType, shape: Shape): TypedArray {
  const data = newElements(dtype, sizeOf(shape));
  writeElements(
    data,
    Array.from(data, () => randomElement(r, dtype)),
  );
  return data;
}

function randomElement(r: Random, dtype: DType): number | bigint {
  if (dtype === "bool") return r.int(0, 1);
  if (dtype === "int64" && r.chance(0.05)) return r.pick([-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n]);
  if (dtype === "uint8") return r.chance(0.1) ? r.int(250, 255) : r.int(0, 5);
  return isInteger(dtype) ? r.int(-3, 5) : randomFloat(r);
}

function randomFloat(r: Random): number {
  if (r.chance(0.05)) return r.pick([Number.NaN, Infinity, -Infinity, -0, 0]);
  return r.chance(0.4) ? r.int(-3, 4) : (r.next() - 0.5) * 6;
}

/** A region under construction: its nodes, and all values that may be used in it. */
interface Place {
  readonly nodes: Node[];
  readonly visible: Value[];
  readonly depth: number;
}

class Generator {
  readonly #r: Random;
  readonly #ids = new FreshIds();
  readonly #size: number;
  readonly #depth: number;
  readonly #exact: boolean;
  readonly #shapes: readonly Shape[];
  readonly #dtypes: readonly DType[];
  readonly #options: RandomGraphOptions;
  #stacks = 0;
  #budget: number;

  constructor(seed: number, options: RandomGraphOptions) {
    this.#r = new Random(seed);
    this.#options = options;
    this.#size = options.nodes ?? 8;
    this.#depth = options.depth ?? 3;
    this.#exact = options.exact ?? false;
    this.#shapes = options.scalars ? [[]] : this.#exact ? [...SHAPES, ...LARGE] : SHAPES;
    this.#dtypes = options.scalars ? SCALAR_MIX : DTYPE_MIX;
    this.#budget = this.#size * 10;
  }

  graph(): Graph {
    const r = this.#r;
    const params = Array.from({ length: r.int(0, 4) }, () => this.#ids.value(this.#type(), r.pick(NAMES)));
    const at: Place = { nodes: [], visible: [...params], depth: 0 };
    this.#fill(at, r.int(1, 2 * this.#size));
    const yields = Array.from({ length: r.int(1, 4) }, () => this.#any(at));
    // The same value twice, an input, a constant.
    if (r.chance(0.2)) yields.push(r.pick(yields));
    if (r.chance(0.2) && params.length > 0) yields.push(r.pick(params));
    const variables = this.#options.variables ? this.#variables(at, params, yields) : [];
    return { name: "random", body: { params, nodes: at.nodes, yields }, ...(variables.length === 0 ? {} : { variables }) };
  }

  /** Updates as of weights, swaps, any value of the type; scalars and empty ones too. */
  #variables(at: Place, params: readonly Value[], yields: Value[]): VariableSlot[] {
    const r = this.#r;
    return params.flatMap((p, param): VariableSlot[] => {
      if (r.chance(0.2)) return [];
      if (r.chance(0.2)) return [{ param, result: null }];
      const isNumber = p.type.dtype !== "bool";
      const value = isNumber && r.chance(0.5) ? this.#do(at, r.pick(BINARY_EXACT), [p, this.#of(at, p.type)]) : this.#of(at, p.type);
      return [{ param, result: yields.push(value) - 1 }];
    });
  }

  #type(): TensorType {
    return { dtype: this.#r.pick(this.#dtypes), shape: this.#r.pick(this.#shapes) };
  }

  #fill(at: Place, count: number): void {
    for (let i = 0; i < count && this.#budget-- > 0; i++) this.#step(at);
  }

  #step(at: Place): void {
    const r = this.#r;
    const roll = r.next();
    if (this.#options.stacks && r.chance(0.1)) this.#stack(at);
    else if (at.depth < this.#depth && roll < 0.1) this.#cond(at);
    else if (at.depth < this.#depth && roll < 0.2) this.#while(at);
    else if (at.depth < this.#depth && roll < 0.27) this.#for(at);
    else if (this.#options.scalars) this.#scalarOp(at);
    else if (roll < 0.31) this.#print(at);
    else if (roll < 0.36) this.#setChain(at);
    else this.#op(at);
  }

  // --- values ---------------------------------------------------------------------------------------------------------

  #const(at: Place, type: TensorType): Value {
    const shape = type.shape as Shape;
    return this.#push(at, constant(this.#ids, type.dtype, shape, randomData(this.#r, type.dtype, shape)));
  }

  #scalar(at: Place, dtype: DType, value: number): Value {
    return this.#push(at, constant(this.#ids, dtype, [], [value]));
  }

  #push(at: Place, node: Node): Value {
    at.nodes.push(node);
    at.visible.push(...node.results);
    return node.results[0]!;
  }

  #do(at: Place, op: string, operands: readonly Value[], attrs: Attrs = {}): Value {
    return this.#push(at, operation(this.#ids, op, operands, attrs));
  }

  #any(at: Place): Value {
    if (at.visible.length === 0 || this.#r.chance(0.05)) return this.#const(at, this.#type());
    return this.#r.recent(at.visible);
  }

  #where(at: Place, wanted: (type: TensorType) => boolean, otherwise: () => TensorType): Value {
    const fits = at.visible.filter((v) => wanted(v.type));
    return fits.length === 0 || this.#r.chance(0.08) ? this.#const(at, otherwise()) : this.#r.recent(fits);
  }

  #of(at: Place, type: TensorType): Value {
    return this.#where(
      at,
      (t) => sameType(t, type),
      () => type,
    );
  }

  #number(at: Place): Value {
    return this.#where(
      at,
      (t) => t.dtype !== "bool",
      () => ({ dtype: this.#r.pick(this.#dtypes.filter((dtype) => dtype !== "bool")), shape: this.#r.pick(this.#shapes) }),
    );
  }

  /** A value whose shape broadcasts with `x`: same shape, same size, or a scalar. */
  #beside(at: Place, x: Value): Value {
    const r = this.#r;
    const size = sizeOf(x.type.shape as Shape);
    return this.#where(
      at,
      (t) => t.dtype === x.type.dtype && (sameShape(t.shape, x.type.shape) || t.shape.length === 0),
      () => ({ dtype: x.type.dtype, shape: r.chance(0.7) || size === 0 ? x.type.shape : [] }),
    );
  }

  /** An int32 scalar in 0..n-1. */
  #position(at: Place, n: number): Value {
    if (this.#r.chance(0.3)) return this.#scalar(at, "int32", this.#r.int(0, n - 1));
    const low = this.#do(at, "maximum", [this.#of(at, I32), this.#scalar(at, "int32", 0)]);
    return this.#do(at, "minimum", [low, this.#scalar(at, "int32", n - 1)]);
  }

  // --- ops ------------------------------------------------------------------------------------------------------------

  #op(at: Place): void {
    const r = this.#r;
    const x = this.#any(at);
    const { dtype, shape } = x.type as { dtype: DType; shape: Shape };
    const size = sizeOf(shape);
    const kind = r.int(0, 14);
    if (kind <= 3 && dtype !== "bool") this.#do(at, r.pick(this.#exact ? BINARY_EXACT : BINARY), r.shuffle([x, this.#beside(at, x)]));
    else if (kind <= 3) this.#do(at, r.pick(LOGIC), r.shuffle([x, this.#beside(at, x)]));
    else if (kind === 4)
      this.#do(at, dtype === "bool" ? "logicalNot" : r.pick(isInteger(dtype) ? UNARY_INT : this.#exact ? UNARY_EXACT : UNARY_FLOAT), [x]);
    else if (kind === 5) this.#do(at, r.pick(COMPARE), [x, this.#beside(at, x)]);
    else if (kind === 6) this.#do(at, "where", [this.#beside(at, this.#of(at, { dtype: "bool", shape })), x, this.#of(at, x.type)]);
    else if (kind === 7) this.#do(at, "cast", [x], { dtype: r.pick(DTYPE_MIX) });
    else if (kind === 8) this.#do(at, "reshape", [x], { shape: r.pick(shapesOfSize(size)) });
    else if (kind === 9 && shape.length === 2) this.#do(at, "transpose", [x], { perm: [1, 0] });
    else if (kind === 9) this.#do(at, "reverse", [x], { axes: shape.map((_, i) => i) });
    else if (kind === 10 && dtype !== "bool" && dtype !== "uint8" && (isInteger(dtype) || !this.#exact))
      this.#do(at, "sum", [x], { axes: shape.map((_, i) => i), keepDims: false });
    else if (kind === 10 && dtype === "bool") this.#do(at, r.pick(["any", "all"]), [x], { axes: shape.map((_, i) => i), keepDims: false });
    else if (kind === 11 && shape.length > 0 && shape[0] !== 0) this.#do(at, "index", [x, this.#position(at, shape[0]!)]);
    else if (kind === 12 && shape.length === 1) this.#do(at, "concat", [x, this.#of(at, x.type)], { axis: 0 });
    else if (kind === 14) this.#product(at);
    else if (kind === 13 && r.chance(0.15)) this.#divide(at);
    else if (kind === 13 && shape.length === 0) this.#do(at, "broadcastTo", [x], { shape: r.pick([[4], [2, 2], [3]]) });
    else {
      const a = this.#number(at);
      this.#do(at, "add", [a, this.#beside(at, a)]);
    }
  }

  /** A product of whole numbers, which no order of additions changes, and mostly an op on all of it. */
  #product(at: Place): void {
    const r = this.#r;
    const type = { dtype: r.pick(["int32", "int32", "int64"] as const), shape: [2, 2] };
    const product = this.#do(at, "matMul", [this.#of(at, type), this.#of(at, type)], {
      transposeA: r.chance(0.3),
      transposeB: r.chance(0.3),
    });
    if (r.chance(0.8)) this.#do(at, r.pick(BINARY_EXACT), r.shuffle([product, this.#beside(at, product)]));
  }

  #scalarOp(at: Place): void {
    const r = this.#r;
    const x = this.#any(at);
    const { dtype } = x.type;
    const [y, kind] = [this.#of(at, x.type), r.int(0, 9)];
    if (kind === 0) this.#do(at, "cast", [x], { dtype: r.pick(this.#dtypes) });
    else if (kind === 1) this.#do(at, "where", [this.#of(at, BOOL), x, y]);
    else if (kind <= 3) this.#do(at, r.pick(COMPARE), [x, y]);
    else if (dtype === "bool") this.#do(at, r.pick(LOGIC), [x, y]);
    else if (kind <= 5) this.#do(at, r.pick(dtype === "int32" ? SCALAR_UNARY : SCALAR_FLOAT), [x]);
    else if (kind === 6 && dtype === "int32") this.#do(at, r.pick(SCALAR_INT), [x, y]);
    else if (kind === 6) this.#do(at, r.pick(["realDiv", "mod", "truncMod", "floorDiv"]), [x, y]);
    else if (kind === 7 && r.chance(0.2)) this.#divide(at);
    else this.#do(at, r.pick(BINARY_EXACT), [x, y]);
  }

  /** May fail at run time. */
  #divide(at: Place): void {
    const x = this.#of(at, I32);
    this.#do(at, this.#r.pick(["truncMod", "floorDiv"]), [x, this.#of(at, I32)]);
  }

  /** t[i] = v; t[j] = w; as sorting does it. */
  #setChain(at: Place): void {
    const r = this.#r;
    let t = this.#where(
      at,
      ({ shape }) => shape.length > 0 && (shape[0] as number) > 0,
      () => ({ dtype: r.pick(DTYPE_MIX), shape: r.pick([[4], [2, 2], [3], [1]]) }),
    );
    for (let n = r.int(1, 3); n > 0; n--) {
      const shape = t.type.shape as Shape;
      const row: TensorType = { dtype: t.type.dtype, shape: shape.slice(1) };
      const value = r.chance(0.4) ? this.#do(at, "index", [t, this.#position(at, shape[0]!)]) : this.#of(at, row);
      t = this.#do(at, "setIndex", [t, this.#position(at, shape[0]!), value]);
    }
  }

  #print(at: Place): void {
    const operands = Array.from({ length: this.#r.int(0, 2) }, () => this.#any(at));
    this.#push(at, { kind: "print", method: "log", operands, parts: ["seen", ...operands.keys()], results: [] });
  }

  // --- control flow ---------------------------------------------------------------------------------------------------

  /** A region inside `at`, filled with nodes; `finish` picks its yields. */
  #inner(at: Place, params: readonly Value[], finish: (inner: Place) => Value[]): Region {
    const inner: Place = { nodes: [], visible: [...at.visible, ...params], depth: at.depth + 1 };
    this.#fill(inner, this.#r.int(0, this.#size));
    const yields = finish(inner);
    return { params, nodes: inner.nodes, yields };
  }

  #cond(at: Place): void {
    const r = this.#r;
    const pred = this.#of(at, BOOL);
    const types = Array.from({ length: r.int(0, 3) }, () => (at.visible.length > 0 && r.chance(0.8) ? this.#any(at).type : this.#type()));
    const arm = () => this.#inner(at, [], (inner) => types.map((type) => this.#of(inner, type)));
    const then = arm();
    const otherwise = arm();
    this.#push(at, { kind: "cond", pred, then, else: otherwise, results: types.map((t) => this.#ids.value(t, r.pick(NAMES))) });
  }

  #carried(at: Place): { init: Value[]; fresh: () => Value[] } {
    const r = this.#r;
    const init = Array.from({ length: r.int(0, 4) }, () => this.#any(at));
    // Two of a kind can be swapped.
    if (init.length > 0 && r.chance(0.5)) init.push(this.#of(at, r.pick(init).type));
    return { init, fresh: () => init.map((v) => this.#ids.value(v.type, r.pick(NAMES))) };
  }

  /** What a round of a loop ends with: computed, unchanged, swapped, captured or equal values. */
  #next(inner: Place, carried: readonly Value[]): Value[] {
    const r = this.#r;
    return carried.map((p) => {
      const roll = r.next();
      const same = carried.filter((v) => sameType(v.type, p.type));
      if (roll < 0.15) return p;
      if (roll < 0.45 && same.length > 1) return r.pick(same);
      if (roll < 0.7 && p.type.dtype !== "bool" && p.type.shape.length < 2) return this.#do(inner, "add", [p, this.#of(inner, p.type)]);
      return this.#of(inner, p.type);
    });
  }

  #while(at: Place): void {
    const r = this.#r;
    const { init, fresh } = this.#carried(at);
    const counter = this.#scalar(at, "int32", r.int(-1, 1));
    const slot = r.int(0, init.length);
    const all = [...init.slice(0, slot), counter, ...init.slice(slot)];
    const ids = () => {
      const own = fresh();
      const i = this.#ids.value(I32, "i");
      return { i, own, params: [...own.slice(0, slot), i, ...own.slice(slot)] };
    };
    const [t, b] = [ids(), ids()];
    const test = this.#inner(at, t.params, (inner) => {
      const more = r.chance(0.3) ? this.#of(inner, BOOL) : null;
      const limit = this.#scalar(inner, "int32", r.int(0, 3));
      const less = this.#do(inner, "less", [t.i, limit]);
      return [more === null ? less : this.#do(inner, "logicalAnd", [less, more])];
    });
    const body = this.#inner(at, b.params, (inner) => {
      const next = this.#next(inner, b.own);
      const i = this.#do(inner, "add", [b.i, this.#scalar(inner, "int32", 1)]);
      return [...next.slice(0, slot), i, ...next.slice(slot)];
    });
    this.#push(at, { kind: "while", init: all, test, body, results: all.map((v) => this.#ids.value(v.type, r.pick(NAMES))) });
  }

  #for(at: Place): void {
    const r = this.#r;
    const { init, fresh } = this.#carried(at);
    const dtype = r.pick(["int32", "int32", "float32"] as const);
    const bound = () => (dtype === "int32" && r.chance(0.3) ? this.#position(at, 4) : this.#scalar(at, dtype, r.int(-2, 3)));
    const [start, limit] = [bound(), bound()];
    const step = this.#step1(at, dtype);
    const index = this.#ids.value({ dtype, shape: [] }, "i");
    const own = fresh();
    const body = this.#inner(at, [index, ...own], (inner) => this.#next(inner, own));
    this.#push(at, { kind: "for", start, limit, step, init, body, results: init.map((v) => this.#ids.value(v.type, r.pick(NAMES))) });
  }

  // --- stacks -----------------------------------------------------------------------------------------------------------

  /** Values put on stacks, something else, and the values taken off again: in a straight line, in loops, or in a branch in loops. */
  #stack(at: Place): void {
    const r = this.#r;
    const form = at.depth < this.#depth ? r.pick(["line", "loop", "branch"] as const) : "line";
    const types = Array.from({ length: r.int(1, 2) }, () => this.#any(at).type);
    const stacks = types.map(() => this.#stacks++);
    const push = (inner: Place): void => {
      for (const [i, stack] of stacks.entries()) this.#pushOn(inner, stack, this.#of(inner, types[i]!));
    };
    const pop = (inner: Place): Value[] => stacks.map((stack, i) => this.#popOff(inner, stack, types[i]!));
    if (form === "line") {
      push(at);
      this.#fill(at, r.int(0, 3));
      pop(at);
      return;
    }
    const branch = this.#stacks++;
    const forward = (inner: Place): void => {
      if (form === "loop") return push(inner);
      const pred = this.#of(inner, BOOL);
      // biome-ignore lint/suspicious/noThenProperty: arms of a branch
      this.#push(inner, { kind: "cond", pred, then: this.#arm(inner, push), else: this.#arm(inner, () => {}), results: [] });
      this.#pushOn(inner, branch, pred);
    };
    const backward = (inner: Place): Value[] => {
      if (form === "loop") return pop(inner);
      const pred = this.#popOff(inner, branch, BOOL);
      // biome-ignore lint/suspicious/noThenProperty: arms of a branch
      const arms = { then: this.#arm(inner, (arm) => pop(arm)), else: this.#arm(inner, (arm) => types.map((t) => this.#of(arm, t))) };
      const node: Node = { kind: "cond", pred, ...arms, results: types.map((t) => this.#ids.value(t)) };
      this.#push(inner, node);
      return [...node.results];
    };
    const rounds = this.#rounds(at, forward);
    this.#fill(at, r.int(0, 2));
    this.#backRounds(at, rounds, types, backward);
  }

  #arm(at: Place, body: (inner: Place) => readonly Value[] | void): Region {
    const inner: Place = { nodes: [], visible: [...at.visible], depth: at.depth + 1 };
    const yields = body(inner) ?? [];
    return { params: [], nodes: inner.nodes, yields };
  }

  #pushOn(at: Place, stack: number, value: Value): void {
    this.#push(at, { kind: "push", stack, operands: [value], results: [] });
  }

  #popOff(at: Place, stack: number, type: TensorType): Value {
    return this.#push(at, { kind: "pop", stack, results: [this.#ids.value(type)] });
  }

  /** A while loop that counts its rounds and may end early; the count. */
  #rounds(at: Place, each: (inner: Place) => void): Value {
    const r = this.#r;
    const { init, fresh } = this.#carried(at);
    const [zero, limit] = [this.#scalar(at, "int32", 0), this.#scalar(at, "int32", r.int(0, 4))];
    const params = () => [this.#ids.value(I32, "rounds"), ...fresh()] as [Value, ...Value[]];
    const [t, b] = [params(), params()];
    const test = this.#inner(at, t, (inner) => {
      const less = this.#do(inner, "less", [t[0], limit]);
      return [r.chance(0.3) ? this.#do(inner, "logicalAnd", [less, this.#of(inner, BOOL)]) : less];
    });
    const body = this.#inner(at, b, (inner) => {
      each(inner);
      const next = this.#next(inner, b.slice(1));
      return [this.#do(inner, "add", [b[0], this.#scalar(inner, "int32", 1)]), ...next];
    });
    const results = params();
    this.#push(at, { kind: "while", init: [zero, ...init], test, body, results });
    return results[0];
  }

  /** As many rounds again; what is popped may be carried on. */
  #backRounds(at: Place, count: Value, types: readonly TensorType[], each: (inner: Place) => readonly Value[]): void {
    const init = types.map((t) => this.#of(at, t));
    const own = types.map((t) => this.#ids.value(t));
    const [start, step] = [this.#scalar(at, "int32", 0), this.#scalar(at, "int32", 1)];
    const index = this.#ids.value(I32, "j");
    const body = this.#inner(at, [index, ...own], (inner) => {
      const popped = each(inner);
      return types.map((t, i) => {
        const value = popped.find((v) => sameType(v.type, t)) ?? own[i]!;
        return t.dtype !== "bool" && this.#r.chance(0.5) ? this.#do(inner, "add", [own[i]!, value]) : this.#r.pick([value, own[i]!]);
      });
    });
    this.#push(at, { kind: "for", start, limit: count, step, init, body, results: types.map((t) => this.#ids.value(t)) });
  }

  /** A step that is not 0: a constant, or computed as 1 + |x| limited to 3. */
  #step1(at: Place, dtype: "int32" | "float32"): Value {
    const r = this.#r;
    if (r.chance(0.7)) return this.#scalar(at, dtype, r.pick([1, 1, 2, -1, -2]));
    const some = this.#scalar(at, dtype, 1);
    if (dtype === "float32") return this.#do(at, "neg", [some]);
    return this.#do(at, "minimum", [this.#do(at, "add", [this.#do(at, "relu", [this.#of(at, I32)]), some]), this.#scalar(at, dtype, 3)]);
  }
}

function shapesOfSize(size: number): Shape[] {
  const all: Shape[] = [[size], [1, size], [size, 1], [1, 1, size]];
  if (size === 1) all.push([]);
  if (size % 2 === 0) all.push([2, size / 2], [size / 2, 2]);
  return all;
}
