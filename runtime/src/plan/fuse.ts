/**
 * Fusion: elementwise ops on one shape that stand in one list of items become one item, which computes them piece by piece. What they
 * hand to each other stays in the first-level cache and has no place in the arena.
 *
 *   t = mul(a, b); u = add(t, c); v = tanh(u)   →   v = fused(a, b, c) { x = mul a, b; x = add x, c; v = tanh x }
 *
 * One walk over each list. Ops gather in a group per shape; a group is written out where something reads what it computes, or is about to
 * write what it reads, and before branches and loops. So ops move down only, past items that have nothing to do with them.
 *
 * Taken are ops that cannot fail and whose operands lie along the result by a pattern (pattern.ts). Elementwise ops that stay single say
 * why (single.ts).
 */
import { DTYPES, type DType } from "../core/dtype.ts";
import { type Shape, sameShape } from "../core/shape.ts";
import { getOp } from "../ops/op.ts";
import { opMayFail } from "./failures.ts";
import { patternOf } from "./pattern.ts";
import type { Fused, FusedOp, FusedRef } from "./plan.ts";
import { type Item, type Program, placed, type Register, type RegisterInfo } from "./program.ts";
import type { SingleOps, WhySingle } from "./single.ts";

type OpItem = Extract<Item, { kind: "op" }>;

const MOST_OPS = 64;
/** Values from outside, of them those that are repeated, and values inside at the same time: see native/src/graph/fused.h. */
const MOST_INPUTS = 96;
const MOST_REPEATED = 16;
const MOST_INSIDE = 32;
/**
 * Bytes read and written, beyond which ops stay single where groups are not compiled: from memory one long loop after the other reads faster
 * than pieces do, whose reading does not overlap with computing (`test/perf/graphs.bench.mjs`).
 */
const MOST_BYTES = 12 << 20;
const DTYPES_FUSED: ReadonlySet<DType> = new Set(["bool", "uint8", "int32", "int64", "float32", "float64"]);

/** `compiles` is asked when that matters: whether groups become code of their own. */
export function fuse(program: Program, compiles: () => boolean): Program {
  const fusion = new Fusion(program, compiles);
  const items = fusion.items(program.items);
  const { single } = fusion;
  return items === program.items ? { ...program, single } : { ...program, items, single, length: placed(items) };
}

class Group {
  readonly shape: Shape;
  readonly ops: OpItem[] = [];
  /** Registers that its ops write, and those that they read from outside. */
  readonly made = new Set<Register>();
  readonly read = new Set<Register>();

  constructor(shape: Shape) {
    this.shape = shape;
  }

  static of(shape: Shape, ops: readonly OpItem[]): Group {
    const group = new Group(shape);
    for (const op of ops) group.add(op);
    return group;
  }

  /** Whether an op with these operands has room, given which are repeated. */
  hasRoomFor(item: OpItem, isRepeated: (register: Register) => boolean): boolean {
    const inputs = [...this.read, ...item.inputs.filter((r) => !this.read.has(r) && !this.made.has(r))];
    return this.ops.length < MOST_OPS && inputs.length <= MOST_INPUTS && inputs.filter(isRepeated).length <= MOST_REPEATED;
  }

  add(item: OpItem): void {
    this.ops.push(item);
    for (const input of item.inputs) if (!this.made.has(input)) this.read.add(input);
    for (const output of item.outputs) this.made.add(output);
  }
}

class Fusion {
  readonly single: SingleOps[] = [];
  readonly #registers: readonly RegisterInfo[];
  /** How often each register is read, in the whole program. */
  readonly #reads = new Map<Register, number>();

  readonly #compiles: () => boolean;

  constructor(program: Program, compiles: () => boolean) {
    this.#registers = program.registers;
    this.#compiles = compiles;
    const count = (items: readonly Item[]): void => {
      for (const item of items) {
        for (const register of readsOf(item)) this.#reads.set(register, (this.#reads.get(register) ?? 0) + 1);
        for (const inner of listsIn(item)) count(inner);
      }
    };
    count(program.items);
  }

  #info(register: Register): RegisterInfo {
    return this.#registers[register] as RegisterInfo;
  }

  /** The same list where nothing was fused. */
  items(items: readonly Item[]): readonly Item[] {
    const out: Item[] = [];
    let open: Group[] = [];
    /** Writes out the groups for which there is a reason to. */
    const closeIf = (ends: (group: Group) => WhySingle | null): void => {
      const closing = open.flatMap((group) => {
        const why = ends(group);
        return why === null ? [] : [{ group, why }];
      });
      if (closing.length === 0) return;
      open = open.filter((group) => !closing.some((each) => each.group === group));
      for (const { group, why } of closing) out.push(...this.#written(group, why));
    };
    // Ops that read what a group computes wait for those that the group may still get: the last uses of its values.
    const isUsed = new Set(items.flatMap((item) => (item.kind === "op" ? item.inputs : [])));
    let waiting: OpItem[] = [];
    const concerns = (item: Item): boolean => {
      const [reads, writes] = [readsOf(item), writesOf(item)];
      return waiting.some(
        (w) => w.outputs.some((r) => reads.includes(r) || writes.includes(r)) || w.inputs.some((r) => writes.includes(r)),
      );
    };
    const flush = (): void => {
      closeIf(({ made }) => {
        const reader = waiting.find(({ inputs }) => inputs.some((r) => made.has(r)));
        return reader === undefined ? null : { kind: "whole", reader: reader.op };
      });
      out.push(...waiting);
      waiting = [];
    };
    let isSame = true;
    for (const item of items) {
      const fusible = this.#fusible(item);
      if (fusible !== null && "shape" in fusible) {
        const { shape } = fusible;
        const op = item as OpItem;
        const isLast = op.outputs.every((r) => !isUsed.has(r)) && open.some(({ made }) => op.inputs.some((r) => made.has(r)));
        if (waiting.length > 0 && (!isLast || concerns(op))) flush();
        const mine = (group: Group): boolean => sameShape(group.shape, shape);
        const isRepeated = (r: Register): boolean => {
          const kind = patternOf(shape, this.#info(r).shape)?.kind;
          return kind === "row" || kind === "column";
        };
        closeIf((group) => {
          if (mine(group)) return group.hasRoomFor(op, isRepeated) ? null : { kind: "full" };
          return op.inputs.some((r) => group.made.has(r)) ? { kind: "shapes", reader: op.op, shape } : null;
        });
        let group = open.find(mine);
        if (group === undefined) open.push((group = new Group(shape)));
        group.add(op);
        continue;
      }
      const inner = listsIn(item);
      const [reads, writes] = [readsOf(item), writesOf(item)];
      if (fusible !== null) this.#noteSingle([item as OpItem], fusible.why);
      const overwrites = open.some(({ made, read }) => writes.some((r) => made.has(r) || read.has(r)));
      if (item.kind === "op" && !overwrites && (concerns(item) || open.some(({ made }) => reads.some((r) => made.has(r))))) {
        waiting.push(item);
        continue;
      }
      if (waiting.length > 0 && (item.kind !== "op" || overwrites)) flush();
      closeIf(({ made, read }) => {
        if (inner.length > 0) return { kind: "control", before: item.kind === "loop" ? "loop" : "branch" };
        if (reads.some((r) => made.has(r)))
          return item.kind === "op" ? { kind: "whole", reader: item.op } : { kind: "moved", by: item.kind };
        return writes.some((r) => made.has(r) || read.has(r)) ? { kind: "written" } : null;
      });
      const fused = this.#inside(item);
      if (fused !== item) isSame = false;
      out.push(fused);
    }
    flush();
    closeIf(() => ({ kind: "alone" }));
    return isSame && out.length === items.length && out.every((item, i) => item === items[i]) ? items : out;
  }

  #inside(item: Item): Item {
    if (item.kind === "branch") {
      const [whenTrue, whenFalse] = [this.items(item.whenTrue), this.items(item.whenFalse)];
      return whenTrue === item.whenTrue && whenFalse === item.whenFalse ? item : { ...item, whenTrue, whenFalse };
    }
    if (item.kind === "loop") {
      const [body, test] = [this.items(item.body), this.items(item.test)];
      return body === item.body && test === item.test ? item : { ...item, body, test };
    }
    return item;
  }

  /** The shape of the result of an op that can be fused; of other elementwise ops on more than one element why it cannot. */
  #fusible(item: Item): { readonly shape: Shape } | { readonly why: WhySingle } | null {
    if (item.kind !== "op" || item.outputs.length !== 1 || !getOp(item.op).flags.has("elementwise")) return null;
    const infos = item.inputs.map((r) => this.#info(r));
    const out = this.#info(item.outputs[0] as Register);
    if (out.size < 2) return null;
    const dtypes = infos.map(({ dtype }) => dtype);
    const foreign = [out.dtype, ...dtypes].find((dtype) => !DTYPES_FUSED.has(dtype));
    if (foreign !== undefined) return { why: { kind: "dtype", dtype: foreign } };
    if (opMayFail(item.op, dtypes)) return { why: { kind: "mayFail" } };
    const across = infos.find(({ shape }) => patternOf(out.shape, shape) === null);
    return across === undefined ? { shape: out.shape } : { why: { kind: "pattern", operand: across.shape } };
  }

  #noteSingle(items: readonly OpItem[], why: WhySingle): void {
    const [{ span, outputs }] = items as readonly [OpItem];
    const { dtype, shape } = this.#info(outputs[0] as Register);
    this.single.push({ ops: items.map(({ op }) => op), dtype, shape, why, span });
  }

  /** `why` no more ops are added. */
  #written(group: Group, why: WhySingle): Item[] {
    const { ops, made, read, shape } = group;
    if (ops.length === 1) {
      this.#noteSingle(ops, why);
      return ops;
    }
    const lastRead = new Map<Register, number>();
    const inside = new Map<Register, number>();
    for (const [i, { inputs }] of ops.entries()) {
      for (const register of inputs) {
        lastRead.set(register, i);
        inside.set(register, (inside.get(register) ?? 0) + 1);
      }
    }
    const inputs = [...read];
    const outputs = [...made].filter((r) => (this.#reads.get(r) ?? 0) > (inside.get(r) ?? 0));
    // Dead code that passes have left.
    if (outputs.length === 0) return [];
    const bytes = [...inputs, ...outputs].reduce((sum, r) => sum + bytesOf(this.#info(r)) * this.#info(r).size, 0);
    if (bytes > MOST_BYTES && !this.#compiles()) {
      this.#noteSingle(ops, { kind: "bytes", bytes, most: MOST_BYTES });
      return ops;
    }
    const refs = new Map<Register, FusedRef>([...inputs, ...outputs].map((register, i) => [register, i]));
    const first = refs.size;
    const free: FusedRef[] = [];
    let temporaries = 0;
    const fused = ops.map((op, i): FusedOp => {
      const operands = op.inputs.map((r) => refs.get(r) as FusedRef);
      const register = op.outputs[0] as Register;
      const { dtype } = this.#info(register);
      // What is read for the last time gives its room away: to the result itself where elements are of one size.
      const ending = [...new Set(op.inputs)].filter((r) => lastRead.get(r) === i && (refs.get(r) as FusedRef) >= first);
      const sameSize = ending.filter((r) => bytesOf(this.#info(r)) === DTYPES[dtype].bytes);
      for (const r of sameSize) free.push(refs.get(r) as FusedRef);
      let result = refs.get(register);
      if (result === undefined) {
        result = free.pop() ?? first + temporaries++;
        refs.set(register, result);
        if (!lastRead.has(register)) free.push(result);
      }
      for (const r of ending) if (!sameSize.includes(r)) free.push(refs.get(r) as FusedRef);
      return { op: op.op, attrs: op.attrs, operands, result, dtype, span: op.span };
    });
    if (temporaries > MOST_INSIDE) {
      const half = ops.length >> 1;
      return [ops.slice(0, half), ops.slice(half)].flatMap((part) => this.#written(Group.of(shape, part), { kind: "full" }));
    }
    const { position, middle, end } = ops[0] as OpItem;
    return [{ kind: "fused", inputs, outputs, ops: fused, temporaries, shape, position, middle, end }];
  }
}

/**
 * Whether an output may lie where operands `inputs` do (all of them at one place): each is read, element by element, no later than by the op
 * that writes the output.
 */
export function mayWorkInPlace(item: Fused, output: Register, inputs: readonly Register[], registers: readonly RegisterInfo[]): boolean {
  const written = item.ops.findIndex(({ result }) => result === item.inputs.length + item.outputs.indexOf(output));
  return inputs.every((register) => {
    const { shape } = registers[register] as RegisterInfo;
    const ref = item.inputs.indexOf(register);
    return patternOf(item.shape, shape)?.kind === "full" && item.ops.every(({ operands }, i) => i <= written || !operands.includes(ref));
  });
}

function bytesOf({ dtype }: RegisterInfo): number {
  return DTYPES[dtype].bytes;
}

/** Lists of items inside of an item. */
function listsIn(item: Item): readonly (readonly Item[])[] {
  if (item.kind === "branch") return [item.whenTrue, item.whenFalse];
  return item.kind === "loop" ? [item.body, item.test] : [];
}

/** Registers that an item itself reads, as often as it does. */
function readsOf(item: Item): readonly Register[] {
  switch (item.kind) {
    case "op":
    case "fused":
    case "print":
      return item.inputs;
    case "copies":
      return item.pairs.map(([, from]) => from);
    case "push":
      return [item.from];
    case "branch":
    case "loop":
      return [item.pred];
    case "fail":
    case "pop":
      return [];
  }
}

function writesOf(item: Item): readonly Register[] {
  switch (item.kind) {
    case "op":
    case "fused":
      return item.outputs;
    case "copies":
      return item.pairs.map(([to]) => to);
    case "pop":
      return [item.to];
    default:
      return [];
  }
}
