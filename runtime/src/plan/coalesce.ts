/**
 * Coalescing: registers that can share one place in memory are put into one group, so that copies vanish and ops work in
 * place.
 *
 *   1. views (reshape): the result is its operand, and both live on, unless one of them is written again meanwhile
 *   2. copies: the value of a branch or of a loop's next round is computed where it is needed, unless the old value there
 *      is still read after the new one is written
 *   3. in place: an elementwise op, fused ops, or an op flagged "inplace" write over an operand that dies there
 *
 * Two groups may merge when their stretches do not overlap; for an op in place the moment between reading and writing does
 * not count. What is never written stays alone. The memory of a variable that is assigned takes part: `w − lr · g` is computed
 * in place over w, and the copy at the end vanishes.
 */
import { DTYPES } from "../core/dtype.ts";
import { getOp, type OpRecord } from "../ops/op.ts";
import { mayWorkInPlace } from "./fuse.ts";
import type { Lifetimes, Stretch } from "./liveness.ts";
import { type CopyPair, type Item, isReadOnly, type Program, type Register, type RegisterInfo } from "./program.ts";

type OpItem = Extract<Item, { kind: "op" }>;
type FusedItem = Extract<Item, { kind: "fused" }>;

/** Per register, the times at which it is written. */
type Writes = Map<Register, number[]>;

export interface Groups {
  /** Representative of a register's group. */
  of(register: Register): Register;
  /** Stretches of the whole group, sorted. */
  stretches(representative: Register): readonly Stretch[];
}

export function coalesce(program: Program, lifetimes: Lifetimes): Groups {
  const groups = new UnionFind(program, lifetimes);
  const copies: { readonly pairs: readonly CopyPair[]; readonly depth: number }[] = [];
  const ops: OpItem[] = [];
  const fused: FusedItem[] = [];
  const writes: Writes = new Map();
  const wrote = (register: Register, position: number): void => {
    const times = writes.get(register);
    if (times === undefined) writes.set(register, [2 * position + 1]);
    else times.push(2 * position + 1);
  };
  const visit = (items: readonly Item[], depth: number): void => {
    for (const item of items) {
      if (item.kind === "copies") {
        copies.push({ pairs: item.pairs, depth });
        for (const [to] of item.pairs) wrote(to, item.position);
      } else if (item.kind === "op") {
        ops.push(item);
        for (const out of item.outputs) wrote(out, item.position);
      } else if (item.kind === "fused") {
        fused.push(item);
        for (const out of item.outputs) wrote(out, item.position);
      } else if (item.kind === "pop") {
        wrote(item.to, item.position);
      } else if (item.kind === "branch") {
        visit(item.whenTrue, depth);
        visit(item.whenFalse, depth);
      } else if (item.kind === "loop") {
        visit(item.body, depth + 1);
        visit(item.test, depth + 1);
      }
    }
  };
  visit(program.items, 0);
  // Inner copies first: they run most often.
  copies.sort((a, b) => b.depth - a.depth);
  for (const item of [...ops, ...fused]) groups.itemAt(item);
  for (const op of ops) {
    const [out, operand] = [op.outputs[0], op.inputs[0]];
    if (out === undefined || operand === undefined || !getOp(op.op).flags.has("view")) continue;
    if ((program.registers[out] as RegisterInfo).size > 1) groups.share(out, operand, 2 * op.position + 1, writes);
  }
  for (const { pairs } of copies) for (const [to, from] of pairs) groups.merge(to, from);
  // A scalar gains nothing from working in place, and may lose: its slot is wanted by a copy later.
  for (const op of ops) if ((program.registers[op.outputs[0] as Register]?.size ?? 1) > 1) inPlace(op, groups, program.registers);
  for (const item of fused) for (const out of item.outputs) item.inputs.some((operand) => groups.merge(out, operand));
  return groups;
}

function inPlace(item: OpItem, groups: UnionFind, registers: readonly RegisterInfo[]): void {
  if (item.outputs.length !== 1) return;
  const out = item.outputs[0] as Register;
  for (const operand of inPlaceOperands(getOp(item.op), item, registers)) {
    if (groups.merge(out, operand)) return;
  }
}

/** Operands whose memory the output may take when they die at the op. */
export function inPlaceOperands(
  op: OpRecord,
  item: { readonly inputs: readonly Register[]; readonly outputs: readonly Register[] },
  registers: readonly RegisterInfo[],
): Register[] {
  const out = registers[item.outputs[0] as Register] as RegisterInfo;
  const fits = (register: Register): boolean => {
    const info = registers[register] as RegisterInfo;
    return info.size === out.size && DTYPES[info.dtype].bytes === DTYPES[out.dtype].bytes;
  };
  if (op.flags.has("elementwise")) return [...new Set(item.inputs)].filter(fits);
  const first = item.inputs[0];
  if (first === undefined || !fits(first)) return [];
  if (op.flags.has("view")) return [first];
  return op.flags.has("inplace") && !item.inputs.slice(1).includes(first) ? [first] : [];
}

class UnionFind implements Groups {
  readonly #parent: Register[];
  readonly #stretches: (readonly Stretch[])[];
  /** Groups whose place is given and that no other register may join. */
  readonly #fixed: boolean[];
  readonly #registers: readonly RegisterInfo[];
  /** By position. */
  readonly #items: (OpItem | FusedItem | undefined)[];

  constructor(program: Program, lifetimes: Lifetimes) {
    this.#registers = program.registers;
    this.#parent = program.registers.map((_, i) => i);
    this.#items = new Array<OpItem | FusedItem | undefined>(program.length);
    this.#stretches = lifetimes;
    // Scalars arrive and leave through a copy at the end, so that all scalar work stays in the arena.
    this.#fixed = program.registers.map(
      ({ source, size }) => isReadOnly(source) || (size === 1 && (source.kind === "output" || source.kind === "variable")),
    );
  }

  of(register: Register): Register {
    let root = register;
    while (this.#parent[root] !== root) root = this.#parent[root] as Register;
    let at = register;
    while (at !== root) {
      const next = this.#parent[at] as Register;
      this.#parent[at] = root;
      at = next;
    }
    return root;
  }

  stretches(representative: Register): readonly Stretch[] {
    return this.#stretches[representative] as readonly Stretch[];
  }

  itemAt(item: OpItem | FusedItem): void {
    this.#items[item.position] = item;
  }

  /** Whether the op at a position writes into group `to` and may do so over its operand in group `from`. */
  #handsOver(position: number, from: Register, to: Register): boolean {
    const op = this.#items[position];
    if (op?.kind === "fused") {
      const out = op.outputs.find((register) => this.of(register) === to);
      const operands = op.inputs.filter((register) => this.of(register) === from);
      // Where another result lies already is no room: one that nobody reads hides inside the operand's life.
      if (op.outputs.some((register) => this.of(register) === from)) return false;
      return out !== undefined && operands.length > 0 && mayWorkInPlace(op, out, operands, this.#registers);
    }
    if (op === undefined || op.outputs.length !== 1 || this.of(op.outputs[0] as Register) !== to) return false;
    const record = getOp(op.op);
    if (!inPlaceOperands(record, op, this.#registers).some((operand) => this.of(operand) === from)) return false;
    // Elementwise, every operand there is read where it is written. Otherwise no second operand may lie there, as a view does.
    return record.flags.has("elementwise") || op.inputs.slice(1).every((operand) => this.of(operand) !== from);
  }

  /**
   * Puts a view and its operand into one group though both live on. They hold the same value as long as nobody writes: no
   * register of one may be written while one of the other is alive, but for the view itself at `time`. Before any merge().
   * Regions as they are never break this (a view dies with the round that its operand belongs to); it is checked all the same.
   */
  share(view: Register, operand: Register, time: number, writes: Writes): void {
    const [x, y] = [this.of(view), this.of(operand)];
    if (x === y || this.#fixed[x] || this.#fixed[y]) return;
    const [ofView, ofOperand] = [writes.get(x) ?? [], writes.get(y) ?? []];
    const others = ofView.filter((t) => t !== time);
    if (this.#aliveAt(x, ofOperand) || this.#aliveAt(y, others)) return;
    this.#parent[x] = y;
    this.#stretches[y] = joined(this.stretches(x), this.stretches(y));
    writes.set(y, [...ofOperand, ...ofView]);
  }

  #aliveAt(root: Register, times: readonly number[]): boolean {
    const list = this.stretches(root);
    return times.some((time) => (list[firstAfter(list, time)]?.[0] ?? Number.POSITIVE_INFINITY) <= time);
  }

  /** Puts two registers into one group if nothing speaks against it. */
  merge(a: Register, b: Register): boolean {
    const [x, y] = [this.of(a), this.of(b)];
    if (x === y) return true;
    if (this.#fixed[x] || this.#fixed[y]) return false;
    if (this.#isPlaced(x) && this.#isPlaced(y)) return false;
    const [infoA, infoB] = [this.#registers[a] as RegisterInfo, this.#registers[b] as RegisterInfo];
    if (infoA.size !== infoB.size || DTYPES[infoA.dtype].bytes !== DTYPES[infoB.dtype].bytes) return false;
    if (this.#overlap(x, y)) return false;
    const [root, other] = this.#isPlaced(y) ? [y, x] : [x, y];
    this.#parent[other] = root;
    this.#stretches[root] = joined(this.stretches(x), this.stretches(y));
    return true;
  }

  /**
   * Whether two groups are alive at the same moment, other than the [2p+1, 2p+2) of an op at p that works in place. There the
   * operand must end: a result that nobody reads is as short as that moment, and would otherwise hide inside a longer life.
   */
  #overlap(x: Register, y: Register): boolean {
    const shorter = this.stretches(x).length <= this.stretches(y).length ? x : y;
    const longer = shorter === x ? y : x;
    const list = this.stretches(longer);
    for (const mine of this.stretches(shorter)) {
      for (let i = firstAfter(list, mine[0]); i < list.length && (list[i] as Stretch)[0] < mine[1]; i++) {
        const other = list[i] as Stretch;
        const [from, to] = [Math.max(mine[0], other[0]), Math.min(mine[1], other[1])];
        if (to - from !== 1 || from % 2 === 0 || mine[0] === other[0]) return true;
        const mineEnds = mine[0] < other[0];
        if ((mineEnds ? mine : other)[1] !== to) return true;
        const [ending, beginning] = mineEnds ? [shorter, longer] : [longer, shorter];
        if (!this.#handsOver((from - 1) / 2, ending, beginning)) return true;
      }
    }
    return false;
  }

  /** The memory is the caller's: an output's or a variable's. */
  #isPlaced(root: Register): boolean {
    return (this.#registers[root] as RegisterInfo).source.kind !== "computed";
  }
}

/** Index of the first stretch that ends after a time. */
function firstAfter(list: readonly Stretch[], time: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as Stretch)[1] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Union of two sorted lists; stretches that touch become one. */
function joined(a: readonly Stretch[], b: readonly Stretch[]): Stretch[] {
  const out: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const next = j >= b.length || (i < a.length && (a[i] as Stretch)[0] <= (b[j] as Stretch)[0]) ? a[i++] : b[j++];
    const [from, to] = next as Stretch;
    const last = out[out.length - 1];
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}
