/**
 * Fusion: elementwise ops on one shape that stand in one list of items become one item, which computes them piece by piece. What they
 * hand to each other stays in the first-level cache and has no place in the arena.
 *
 *   t = mul(a, b); u = add(t, c); v = tanh(u)   →   v = fused(a, b, c) { x = mul a, b; x = add x, c; v = tanh x }
 *
 * One walk over each list. Ops gather in a group per shape; a group is written out where something reads what it computes, or is about to
 * write what it reads, and before branches and loops. So ops move down only, past items that have nothing to do with them.
 *
 * A group that reads a matrix product takes it in as its first op, where it can (heads.ts). What does not hang together in a group is
 * apart then, since a group has one head.
 *
 * Taken are ops that cannot fail and whose operands lie along the result by a pattern (pattern.ts), and ops on rows of such a shape, such as
 * reductions over the last axes, with what is computed of their results (rows.ts). Elementwise ops that stay single say why (single.ts).
 */
import type { DType } from "../core/dtype.ts";
import { type Shape, sameShape, sizeOf } from "../core/shape.ts";
import { getOp } from "../ops/op.ts";
import { opMayFail } from "./failures.ts";
import { type As, bytesOf, Group, inPhases, MOST_INSIDE, numbered, ON_ELEMENTS, type OpItem } from "./group.ts";
import { findHead, type Heads, headOf, isHead, Products } from "./heads.ts";
import { patternOf } from "./pattern.ts";
import type { Fused } from "./plan.ts";
import { type Item, type Program, placed, type Register, type RegisterInfo } from "./program.ts";
import { hasRoomForRow, MOST_ROW_OPS, mayHaveRows, Rows, rowOpOf, widestOf } from "./rows.ts";
import type { SingleOps, WhySingle } from "./single.ts";
import { listsIn, readsOf, writesOf } from "./uses.ts";

/**
 * Bytes read and written, beyond which ops stay single where groups are not compiled: from memory one long loop after the other reads faster
 * than pieces do, whose reading does not overlap with computing (`test/perf/graphs.bench.mjs`).
 */
const MOST_BYTES = 12 << 20;
const DTYPES_FUSED: ReadonlySet<DType> = new Set(["bool", "uint8", "int32", "int64", "float32", "float64"]);

export interface FuseOptions {
  /** Asked when that matters: whether groups become code of their own, and whether large products are computed by a library. */
  readonly compiles: () => boolean;
  readonly usesLibrary: () => boolean;
  readonly heads: Heads;
}

export function fuse(program: Program, options: FuseOptions): Program {
  const fusion = new Fusion(program, options);
  const items = fusion.items(program.items);
  const { single } = fusion;
  return items === program.items ? { ...program, single } : { ...program, items, single, length: placed(items) };
}

/** A group's shape that takes an op, and the group itself where it is open. */
interface Joining extends As {
  readonly shape: Shape;
  readonly group: Group | undefined;
}

class Fusion {
  readonly single: SingleOps[] = [];
  readonly #registers: readonly RegisterInfo[];
  /** How often each register is read, in the whole program. */
  readonly #reads = new Map<Register, number>();
  /** What products make. */
  readonly #made = new Set<Register>();
  readonly #products: Products;

  readonly #compiles: () => boolean;
  /** Off where the ops of a group are put together anew. */
  #rows = true;

  constructor(program: Program, { compiles, usesLibrary, heads }: FuseOptions) {
    this.#registers = program.registers;
    this.#compiles = compiles;
    this.#products = new Products(program.registers, heads, usesLibrary);
    const count = (items: readonly Item[]): void => {
      for (const item of items) {
        for (const register of readsOf(item)) this.#reads.set(register, (this.#reads.get(register) ?? 0) + 1);
        if (item.kind === "op" && isHead(item)) for (const register of item.outputs) this.#made.add(register);
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
      for (const { group, why } of closing) this.#write(group, why, out);
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
      let joining = this.#joining(item, open);
      if (joining !== null && "shape" in joining) {
        const op = item as OpItem;
        const isLast = op.outputs.every((r) => !isUsed.has(r)) && open.some(({ made }) => op.inputs.some((r) => made.has(r)));
        if (waiting.length > 0 && (!isLast || concerns(op))) {
          flush();
          joining = this.#joining(item, open) as Joining;
        }
        const { shape, group: mine } = joining;
        const as: As = joining;
        closeIf((group) => {
          if (group === mine) return this.#against(group, op, as);
          return op.inputs.some((r) => group.made.has(r)) ? { kind: "shapes", reader: op.op, shape } : null;
        });
        let group = open.find((each) => each === mine);
        if (group === undefined) open.push((group = new Group(shape)));
        group.add(op, as);
        continue;
      }
      const inner = listsIn(item);
      const [reads, writes] = [readsOf(item), writesOf(item)];
      if (joining !== null) this.#noteSingle([item as OpItem], joining.why);
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

  /** The group that an op may go into, or a new one; why an elementwise op cannot. */
  #joining(item: Item, open: readonly Group[]): Joining | { readonly why: WhySingle } | null {
    if (item.kind !== "op") return null;
    const fusible = this.#fusible(item);
    if (fusible !== null && "shape" in fusible) {
      const isColumn = (group: Group): boolean =>
        this.#isColumnOp(group, item) && this.#against(group, item, { row: null, isColumn: true }) === null;
      const group = open.find(isColumn);
      if (group !== undefined) return { ...ON_ELEMENTS, isColumn: true, shape: group.shape, group };
      return { ...ON_ELEMENTS, shape: fusible.shape, group: open.find(({ shape }) => sameShape(shape, fusible.shape)) };
    }
    if (fusible !== null || !this.#rows) return fusible;
    const x = this.#info(item.inputs[0] ?? -1);
    const row = x === undefined ? null : rowOpOf(item.op, item.attrs, x);
    if (row === null) return null;
    const group = open.find(({ shape }) => sameShape(shape, x.shape));
    const as: As = { row, isColumn: false };
    return group === undefined || this.#against(group, item, as) === null ? { ...as, shape: x.shape, group } : null;
  }

  /** Whether an elementwise op works on columns of a group. */
  #isColumnOp(group: Group, { inputs, outputs }: OpItem): boolean {
    const out = this.#info(outputs[0] as Register);
    if (group.run === 0 || out.size !== sizeOf(group.shape) / group.run || !inputs.some((r) => group.columns.has(r))) return false;
    const rows = new Rows(group.shape, group.run, group.columns);
    return inputs.every((r) => rows.isColumn(r, this.#info(r), out));
  }

  /** What speaks against an op in a group. */
  #against(group: Group, item: OpItem, { row, isColumn }: As): WhySingle | null {
    const { shape, columns, made } = group;
    const isRepeated = (r: Register): boolean => {
      const kind = patternOf(shape, this.#info(r).shape)?.kind;
      return kind === "row" || kind === "column";
    };
    if (!group.hasRoomFor(item, isRepeated) || (row !== null && group.rowOps === MOST_ROW_OPS)) return { kind: "full" };
    const run = row?.run ?? group.run;
    if (run === 0) return null;
    const refused: WhySingle = { kind: "rows", reader: item.op };
    if (group.run !== 0 && run !== group.run) return refused;
    const rows = new Rows(shape, run, columns);
    // As a column, what has one element per row stands for rows in no other way.
    const misread = (r: Register): boolean => columns.has(r) && !rows.standsForRows(this.#info(r).shape);
    if (!isColumn && item.inputs.some(misread)) return refused;
    const read = [...group.read, ...item.inputs.filter((r) => !made.has(r))];
    const follows = read.every((r) => rows.followsRows(this.#info(r).shape));
    const widest = widestOf([...read, ...made, ...item.outputs].map((r) => this.#info(r)));
    return mayHaveRows(run, widest, group.waits(item, row, isColumn), follows) ? null : refused;
  }

  /** The shape of the result of an op that can be fused; of other elementwise ops on more than one element why it cannot. */
  #fusible(item: OpItem): { readonly shape: Shape } | { readonly why: WhySingle } | null {
    if (item.outputs.length !== 1 || !getOp(item.op).flags.has("elementwise")) return null;
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

  /** Writes a group out behind `out`. `why` no more ops are added. */
  #write(group: Group, why: WhySingle, out: Item[]): void {
    const readsProduct = group.run === 0 && [...group.read].some((r) => this.#made.has(r));
    if (!readsProduct) {
      out.push(...this.#written(group, why));
      return;
    }
    const headed = new Set<OpItem>();
    for (const part of group.parts()) {
      const at = findHead(out, part.read, (item) => this.#products.mayHead(item, part.shape, part.read));
      const item = at < 0 ? null : this.#headed(part, out[at] as OpItem);
      if (item === null) continue;
      out.splice(at, 1);
      out.push(item);
      for (const op of part.ops) headed.add(op);
    }
    // What has no head comes last: it may read products that others took.
    const others = group.ops.filter((op) => !headed.has(op));
    if (others.length > 0) out.push(...this.#written(headed.size === 0 ? group : Group.of(group.shape, others), why));
  }

  /** A part of a group with the product that it reads; null where they have no room together. */
  #headed({ shape, ops }: Group, head: OpItem): Item | null {
    const group = Group.of(shape, [head, ...ops]);
    const inputs = [...group.read];
    const outputs = [...group.made].filter((r) => this.#isReadOutside(group, r));
    const inside = numbered(group.ops, inputs, outputs, group, this.#registers);
    const isDead = outputs.every((r) => head.outputs.includes(r));
    if (isDead || !group.isWithin(inputs) || inside.temporaries > MOST_INSIDE || this.#isLarge(inputs, outputs)) return null;
    const { position, middle, end } = head;
    return { kind: "fused", inputs, outputs, ...inside, run: 0, shape, position, middle, end };
  }

  /** Whether one loop after the other is faster. */
  #isLarge(inputs: readonly Register[], outputs: readonly Register[]): boolean {
    return this.#bytes(inputs, outputs) > MOST_BYTES && !this.#compiles();
  }

  #bytes(inputs: readonly Register[], outputs: readonly Register[]): number {
    return [...inputs, ...outputs].reduce((sum, r) => sum + bytesOf(this.#info(r)) * this.#info(r).size, 0);
  }

  /** Several items where a group is too large for one. */
  #written(group: Group, why: WhySingle): readonly Item[] {
    const { shape, run } = group;
    const ops = run === 0 ? group.ops : inPhases(group, (r) => this.#isReadOutside(group, r));
    const { made, read } = run === 0 ? group : Group.of(shape, ops);
    if (ops.length === 1) {
      if (run === 0) this.#noteSingle(ops, why);
      return ops;
    }
    const inputs = [...read];
    const outputs = [...made].filter((r) => this.#isReadOutside(group, r));
    // Dead code that passes have left.
    if (outputs.length === 0) return [];
    if (this.#isLarge(inputs, outputs)) {
      if (run > 0) return this.#withoutRows(group);
      this.#noteSingle(ops, { kind: "bytes", bytes: this.#bytes(inputs, outputs), most: MOST_BYTES });
      return ops;
    }
    const inside = numbered(ops, inputs, outputs, group, this.#registers);
    const { temporaries } = inside;
    if (run > 0) {
      const widest = widestOf([...inputs, ...made].map((r) => this.#info(r)));
      const fits = !group.held || hasRoomForRow(run, widest, temporaries, inside.columns);
      if (!fits || temporaries + inside.columns > MOST_INSIDE) return this.#withoutRows(group);
    } else if (temporaries > MOST_INSIDE) {
      const half = ops.length >> 1;
      return [ops.slice(0, half), ops.slice(half)].flatMap((part) => this.#written(Group.of(shape, part), { kind: "full" }));
    }
    const { position, middle, end } = ops[0] as OpItem;
    return [{ kind: "fused", inputs, outputs, ...inside, run, shape, position, middle, end }];
  }

  #isReadOutside({ ops }: Group, register: Register): boolean {
    const inside = ops.reduce((sum, { inputs }) => sum + inputs.filter((r) => r === register).length, 0);
    return (this.#reads.get(register) ?? 0) > inside;
  }

  /** The ops of a group again, with reductions and their kind by themselves. */
  #withoutRows({ ops }: Group): readonly Item[] {
    this.#rows = false;
    const items = this.items(ops);
    this.#rows = true;
    return items;
  }
}

/**
 * Whether an output may lie where operands `inputs` do (all of them at one place): each is read, element by element, no later than by the op
 * that writes the output, and not by a head, which reads all of it.
 */
export function mayWorkInPlace(item: Fused, output: Register, inputs: readonly Register[], registers: readonly RegisterInfo[]): boolean {
  const written = item.ops.findIndex(({ result }) => result === item.inputs.length + item.outputs.indexOf(output));
  const head = headOf(item.ops);
  return inputs.every((register) => {
    const { shape } = registers[register] as RegisterInfo;
    const ref = item.inputs.indexOf(register);
    if (head?.operands.includes(ref)) return false;
    return patternOf(item.shape, shape)?.kind === "full" && item.ops.every(({ operands }, i) => i <= written || !operands.includes(ref));
  });
}
