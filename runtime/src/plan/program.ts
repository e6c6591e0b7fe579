/**
 * Program: a graph with its values turned into registers and its control flow into a small tree of items, numbered in
 * the order in which they will stand in the plan. Registers may be written several times (carried values, results of
 * branches); constants and inputs are written never. A variable is a register that has a value from the start; if the graph
 * assigns it, the last item of all copies the new value there.
 *
 *   cond   → branch { pred, whenTrue, whenFalse }, each arm ending with one parallel copy into the results' registers
 *   while  → loop { init copy, body, test, pred }: carried values are one register each, written by the init copy and by a
 *            parallel copy at the end of the body. The test stands after the body: one jump per iteration.
 *   for    → the same with an index and a comparison of our own
 */
import { DTYPES, type DType, newElements, type TypedArray } from "../core/dtype.ts";
import { InternalError, UnsupportedError } from "../core/errors.ts";
import { isStatic, type Shape, showShape, sizeOf } from "../core/shape.ts";
import type { ForNode, Graph, Node, PrintNode, Region, Span, Value, WhileNode } from "../ir/graph.ts";
import { type Attrs, getOp } from "../ops/op.ts";
import type { Fused, PlanStack } from "./plan.ts";
import type { SingleOps } from "./single.ts";

export type Register = number;

export interface RegisterInfo {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly size: number;
  readonly name: string | undefined;
  readonly source:
    | { readonly kind: "computed" }
    | { readonly kind: "input"; readonly index: number }
    | { readonly kind: "const"; readonly data: TypedArray }
    | { readonly kind: "output"; readonly index: number }
    /** `written`: from the start it is the variable's memory, in the end it holds the new value. */
    | { readonly kind: "variable"; readonly index: number; readonly written: boolean };
}

/** Memory that no step writes: other registers may be views of it. */
export function isReadOnly(source: RegisterInfo["source"]): boolean {
  return source.kind === "input" || source.kind === "const" || (source.kind === "variable" && !source.written);
}

export type CopyPair = readonly [to: Register, from: Register];

export type Item = (
  | {
      readonly kind: "op";
      readonly op: string;
      readonly inputs: readonly Register[];
      readonly outputs: readonly Register[];
      readonly attrs: Attrs;
      readonly span: Span | undefined;
    }
  | Fused
  /** All reads happen before all writes. */
  | { readonly kind: "copies"; readonly pairs: readonly CopyPair[] }
  | {
      readonly kind: "print";
      readonly method: PrintNode["method"];
      readonly parts: PrintNode["parts"];
      readonly inputs: readonly Register[];
    }
  | { readonly kind: "fail"; readonly error: unknown }
  | { readonly kind: "push"; readonly stack: number; readonly from: Register }
  | { readonly kind: "pop"; readonly stack: number; readonly to: Register }
  | { readonly kind: "branch"; readonly pred: Register; readonly whenTrue: readonly Item[]; readonly whenFalse: readonly Item[] }
  | {
      readonly kind: "loop";
      readonly carried: readonly Register[];
      readonly body: readonly Item[];
      readonly test: readonly Item[];
      readonly pred: Register;
    }
) &
  Place;

/**
 * Where an item stands, filled in by `number`. A plain item has its position only. A branch: `position` of its jump, `middle`
 * the first position of the else arm. A loop: `position` of the jump to the test, `middle` the first position of the test,
 * `end` that of the jump back.
 */
interface Place {
  position: number;
  middle: number;
  end: number;
}

const UNPLACED: Place = { position: -1, middle: -1, end: -1 };

export interface Program {
  readonly registers: readonly RegisterInfo[];
  readonly items: readonly Item[];
  readonly inputs: readonly Register[];
  readonly outputs: readonly Register[];
  readonly variables: readonly { readonly register: Register; readonly written: boolean }[];
  readonly stacks: readonly PlanStack[];
  /** Number of positions. */
  readonly length: number;
  /** What fuse.ts left single. */
  readonly single?: readonly SingleOps[];
}

class Builder {
  readonly registers: RegisterInfo[] = [];
  readonly #of = new Map<number, Register>();
  readonly #constants = new Map<number, TypedArray>();
  /** Stack of the graph → its number here. */
  readonly #stackOf = new Map<number, number>();
  readonly stacks: PlanStack[] = [];

  register(info: RegisterInfo): Register {
    this.registers.push(info);
    return this.registers.length - 1;
  }

  fresh(dtype: DType, shape: Shape, name?: string): Register {
    return this.register({ dtype, shape, size: sizeOf(shape), name, source: { kind: "computed" } });
  }

  constant(value: number, dtype: DType): Register {
    const data = newElements(dtype, 1);
    data[0] = value;
    return this.register({ dtype, shape: [], size: 1, name: undefined, source: { kind: "const", data } });
  }

  get(value: Value): Register {
    const register = this.#of.get(value.id);
    if (register === undefined) throw new InternalError(`Value %${value.id} is used before it is defined.`);
    return register;
  }

  define(value: Value, source: RegisterInfo["source"] = { kind: "computed" }): Register {
    const { dtype, shape } = value.type;
    if (!isStatic(shape)) {
      throw new UnsupportedError(`${value.name ?? `%${value.id}`} has the shape ${showShape(shape)}, which is known only at run time.`, {
        code: "U_SYMBOLIC",
        hint: "Call the function with tensors of fixed shapes.",
      });
    }
    const register = this.register({ dtype, shape, size: sizeOf(shape), name: value.name, source });
    this.#of.set(value.id, register);
    return register;
  }

  alias(value: Value, register: Register): void {
    this.#of.set(value.id, register);
  }

  #aliases(values: readonly Value[], registers: readonly Register[]): void {
    for (const [i, value] of values.entries()) this.alias(value, registers[i] as Register);
  }

  region(region: Region, items: Item[]): void {
    for (const node of region.nodes) this.#node(node, items);
  }

  #node(node: Node, items: Item[]): void {
    switch (node.kind) {
      case "const": {
        const register = this.define(node.results[0] as Value, { kind: "const", data: node.data });
        this.#constants.set(register, node.data);
        return;
      }
      case "op": {
        const inputs = node.operands.map((v) => this.get(v));
        const source = this.registers[inputs[0] as Register]?.source;
        if (source !== undefined && isReadOnly(source) && getOp(node.op).flags.has("view")) {
          // A view of what is never written is that memory with another shape.
          this.define(node.results[0] as Value, source);
          return;
        }
        items.push({
          kind: "op",
          op: node.op,
          inputs,
          outputs: node.results.map((v) => this.define(v)),
          attrs: node.attrs,
          span: node.span,
          ...UNPLACED,
        });
        return;
      }
      case "print":
        items.push({ kind: "print", method: node.method, parts: node.parts, inputs: node.operands.map((v) => this.get(v)), ...UNPLACED });
        return;
      case "fail":
        items.push({ kind: "fail", error: node.error, ...UNPLACED });
        return;
      case "push":
        items.push({ kind: "push", stack: this.#stack(node.stack, node.operands[0]), from: this.get(node.operands[0]), ...UNPLACED });
        return;
      case "pop": {
        const result = node.results[0] as Value;
        items.push({ kind: "pop", stack: this.#stack(node.stack, result), to: this.define(result), ...UNPLACED });
        return;
      }
      case "list":
        throw new InternalError("A graph with lists has no plan.");
      case "customGrad":
        // Gradients have been taken: it is its values.
        this.#aliases(
          node.results,
          node.values.map((v) => this.get(v)),
        );
        return;
      case "define":
      case "call":
        throw new InternalError("A function that calls itself has no plan.");
      case "cond": {
        const pred = this.get(node.pred);
        const arms = [node.then, node.else].map((region) => {
          const arm: Item[] = [];
          this.region(region, arm);
          return { arm, yields: region.yields.map((v) => this.get(v)) };
        });
        const results = node.results.map((v) => this.define(v));
        for (const { arm, yields } of arms) pushCopies(arm, results, yields);
        items.push({ kind: "branch", pred, whenTrue: arms[0]?.arm as Item[], whenFalse: arms[1]?.arm as Item[], ...UNPLACED });
        return;
      }
      case "while":
        this.#while(node, items);
        return;
      case "for":
        this.#for(node, items);
    }
  }

  #stack(id: number, { type }: Value): number {
    let index = this.#stackOf.get(id);
    if (index === undefined) {
      index = this.stacks.length;
      this.#stackOf.set(id, index);
      this.stacks.push({ bytes: isStatic(type.shape) ? sizeOf(type.shape) * DTYPES[type.dtype].bytes : 0 });
    }
    return index;
  }

  #carried(node: WhileNode | ForNode, items: Item[]): Register[] {
    const carried = node.results.map((v) => this.define(v));
    const inits = node.init.map((v) => this.get(v));
    pushCopies(items, carried, inits);
    return carried;
  }

  #while(node: WhileNode, items: Item[]): void {
    const carried = this.#carried(node, items);
    for (const region of [node.test, node.body]) this.#aliases(region.params, carried);
    const test: Item[] = [];
    this.region(node.test, test);
    const pred = this.get(node.test.yields[0] as Value);
    const body: Item[] = [];
    this.region(node.body, body);
    pushCopies(
      body,
      carried,
      node.body.yields.map((v) => this.get(v)),
    );
    items.push({ kind: "loop", carried, body, test, pred, ...UNPLACED });
  }

  #for(node: ForNode, items: Item[]): void {
    const carried = this.#carried(node, items);
    const [start, limit, step] = [this.get(node.start), this.get(node.limit), this.get(node.step)];
    const { dtype } = node.start.type;
    const index = this.fresh(dtype, [], node.body.params[0]?.name);
    pushCopies(items, [index], [start]);
    this.#aliases(node.body.params, [index, ...carried]);
    const op = (list: Item[], name: string, inputs: Register[], result: DType = dtype): Register => {
      const out = this.fresh(result, []);
      list.push({
        kind: "op",
        op: name,
        inputs,
        outputs: [out],
        attrs: name === "cast" ? { dtype: result } : {},
        span: node.span,
        ...UNPLACED,
      });
      return out;
    };
    const test: Item[] = [];
    const body: Item[] = [];
    const known = this.#constants.get(step)?.[0];
    // Counts rounds where the index itself might wrap around before it passes the limit.
    let round: { readonly register: Register; readonly next: (list: Item[]) => Register } | null = null;
    let pred: Register;
    if (dtype === "int32" && !this.#staysInside(limit, known)) {
      const rounds = this.#rounds((name, inputs, result) => op(items, name, inputs, result), start, limit, step);
      const counter = this.fresh("float64", []);
      pushCopies(items, [counter], [this.constant(0, "float64")]);
      round = { register: counter, next: (list) => op(list, "add", [counter, this.constant(1, "float64")], "float64") };
      pred = op(test, "less", [counter, rounds], "bool");
    } else if (known !== undefined) pred = op(test, known > 0 ? "less" : "greater", [index, limit], "bool");
    else {
      const up = op(test, "greater", [step, this.constant(0, dtype)], "bool");
      pred = op(test, "where", [up, op(test, "less", [index, limit], "bool"), op(test, "greater", [index, limit], "bool")], "bool");
    }
    this.region(node.body, body);
    const yields = node.body.yields.map((v) => this.get(v));
    const own = round === null ? [index] : [index, round.register];
    const next = [op(body, "add", [index, step]), ...(round === null ? [] : [round.next(body)])];
    pushCopies(body, [...carried, ...own], [...yields, ...next]);
    items.push({ kind: "loop", carried: [...carried, ...own], body, test, pred, ...UNPLACED });
  }

  /** Whether an int32 index that steps past its limit is still an int32. */
  #staysInside(limit: Register, step: number | undefined): boolean {
    if (step === 1 || step === -1) return true;
    const end = this.#constants.get(limit)?.[0];
    if (step === undefined || end === undefined) return false;
    return step > 0 ? end + step - 1 <= 0x7fffffff : end + step + 1 >= -0x80000000;
  }

  /**
   * ceil((limit − start) / step) in float64, where all int32 arithmetic is exact. A step of 0 divides as −0: endless where
   * start > limit, and no round otherwise, as the loop's definition has it.
   */
  #rounds(op: (name: string, inputs: Register[], result: DType) => Register, start: Register, limit: Register, step: Register): Register {
    const wide = (register: Register): Register => op("cast", [register], "float64");
    const still = op("equal", [step, this.constant(0, "int32")], "bool");
    const divisor = op("where", [still, this.constant(-0, "float64"), wide(step)], "float64");
    const distance = op("sub", [wide(limit), wide(start)], "float64");
    return op("ceil", [op("realDiv", [distance, divisor], "float64")], "float64");
  }
}

function pushCopies(items: Item[], to: readonly Register[], from: readonly Register[]): void {
  const pairs = to.map((register, i): CopyPair => [register, from[i] as Register]).filter(([a, b]) => a !== b);
  if (pairs.length > 0) items.push({ kind: "copies", pairs, ...UNPLACED });
}

/** Places items in the order of the plan; returns the first position after them. */
function place(items: readonly Item[], from: number): number {
  let next = from;
  for (const item of items) {
    item.position = next++;
    if (item.kind === "branch") {
      // jump if false, then arm, jump over, else arm
      item.middle = place(item.whenTrue, next) + 1;
      item.end = next = place(item.whenFalse, item.middle);
    } else if (item.kind === "loop") {
      // jump to the test, body, test, jump back
      item.middle = place(item.body, next);
      item.end = place(item.test, item.middle);
      next = item.end + 1;
    }
  }
  return next;
}

/** Places items anew; returns the number of positions. */
export function placed(items: readonly Item[]): number {
  return place(items, 0);
}

export function buildProgram(graph: Graph): Program {
  const builder = new Builder();
  const items: Item[] = [];
  const slots = graph.variables ?? [];
  const slotOf = new Map(slots.map((slot, index) => [slot.param, { index, written: slot.result !== null }]));
  let inputCount = 0;
  const params = graph.body.params.map((value, i) => {
    const slot = slotOf.get(i);
    return builder.define(value, slot === undefined ? { kind: "input", index: inputCount++ } : { kind: "variable", ...slot });
  });
  // Scalars that arrive from outside are copied to a place of their own, so that all scalar work is on the arena.
  const local: CopyPair[] = [];
  graph.body.params.forEach((value, i) => {
    const info = builder.registers[params[i] as Register] as RegisterInfo;
    if (info.size !== 1) return;
    const copy = builder.fresh(info.dtype, info.shape, info.name);
    local.push([copy, params[i] as Register]);
    builder.alias(value, copy);
  });
  if (local.length > 0) items.push({ kind: "copies", pairs: local, ...UNPLACED });
  builder.region(graph.body, items);
  const yields = graph.body.yields.map((v) => builder.get(v));
  const assigned = new Map(slots.map(({ param, result }) => [result, params[param] as Register]));
  const results = yields.filter((_, i) => !assigned.has(i));
  const outputs = results.map((from, index) =>
    builder.register({ ...(builder.registers[from] as RegisterInfo), source: { kind: "output", index } }),
  );
  pushCopies(items, outputs, results);
  // Last of all: what may fail must not come behind.
  const written = slots.filter(({ result }) => result !== null);
  pushCopies(
    items,
    written.map(({ param }) => params[param] as Register),
    written.map(({ result }) => yields[result as number] as Register),
  );
  return {
    registers: builder.registers,
    items,
    inputs: params.filter((_, i) => !slotOf.has(i)),
    outputs,
    variables: slots.map(({ param, result }) => ({ register: params[param] as Register, written: result !== null })),
    stacks: builder.stacks,
    length: place(items, 0),
  };
}
