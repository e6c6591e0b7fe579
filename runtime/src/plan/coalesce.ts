/**
 * Coalescing: registers that can share one place in memory are put into one group, so that copies vanish and ops work in
 * place.
 *
 *   1. copies: the value of a branch or of a loop's next round is computed where it is needed, unless the old value there
 *      is still read after the new one is written
 *   2. views (reshape): the result is its operand
 *   3. in place: an elementwise op, or one flagged "inplace", writes over an operand that dies there
 *
 * Two groups may merge when their stretches do not overlap; for an op in place the moment between reading and writing does
 * not count. Inputs and constants are never written, so they stay alone.
 */
import { DTYPES } from "../core/dtype.ts";
import { getOp, type OpRecord } from "../ops/op.ts";
import type { Lifetimes, Stretch } from "./liveness.ts";
import type { CopyPair, Item, Program, Register, RegisterInfo } from "./program.ts";

type OpItem = Extract<Item, { kind: "op" }>;

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
  const visit = (items: readonly Item[], depth: number): void => {
    for (const item of items) {
      if (item.kind === "copies") copies.push({ pairs: item.pairs, depth });
      else if (item.kind === "op") ops.push(item);
      else if (item.kind === "branch") {
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
  for (const op of ops) for (const out of op.outputs) groups.definedBy(out, op);
  for (const { pairs } of copies) for (const [to, from] of pairs) groups.merge(to, from);
  // A scalar gains nothing from working in place, and may lose: its slot is wanted by a copy later.
  for (const op of ops) if ((program.registers[op.outputs[0] as Register]?.size ?? 1) > 1) inPlace(op, groups, program.registers);
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
  /** Groups of an output, input or constant: their place is given. */
  readonly #fixed: boolean[];
  readonly #registers: readonly RegisterInfo[];
  readonly #members: Register[][];
  readonly #definitions = new Map<Register, OpItem>();

  constructor(program: Program, lifetimes: Lifetimes) {
    this.#registers = program.registers;
    this.#parent = program.registers.map((_, i) => i);
    this.#members = program.registers.map((_, i) => [i]);
    this.#stretches = lifetimes;
    // Scalars leave through a copy at the end, so that all scalar work stays in the arena.
    this.#fixed = program.registers.map(
      ({ source, size }) => source.kind === "input" || source.kind === "const" || (source.kind === "output" && size === 1),
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

  definedBy(register: Register, op: OpItem): void {
    this.#definitions.set(register, op);
  }

  /** Positions of ops that could write a register of group `x` over an operand in group `y`. */
  #inPlacePositions(x: Register, y: Register, into: Set<number>): void {
    for (const register of this.#members[x] as Register[]) {
      const op = this.#definitions.get(register);
      if (op === undefined || op.outputs.length !== 1) continue;
      if (inPlaceOperands(getOp(op.op), op, this.#registers).some((operand) => this.of(operand) === y)) into.add(op.position);
    }
  }

  /** Puts two registers into one group if nothing speaks against it. */
  merge(a: Register, b: Register): boolean {
    const [x, y] = [this.of(a), this.of(b)];
    if (x === y) return true;
    if (this.#fixed[x] || this.#fixed[y]) return false;
    if (this.#isOutput(x) && this.#isOutput(y)) return false;
    const [infoA, infoB] = [this.#registers[a] as RegisterInfo, this.#registers[b] as RegisterInfo];
    if (infoA.size !== infoB.size || DTYPES[infoA.dtype].bytes !== DTYPES[infoB.dtype].bytes) return false;
    const inPlace = new Set<number>();
    this.#inPlacePositions(x, y, inPlace);
    this.#inPlacePositions(y, x, inPlace);
    if (overlap(this.stretches(x), this.stretches(y), inPlace)) return false;
    const larger = (this.#members[x] as Register[]).length >= (this.#members[y] as Register[]).length;
    const [root, other] = this.#isOutput(y) || (!larger && !this.#isOutput(x)) ? [y, x] : [x, y];
    this.#parent[other] = root;
    (this.#members[root] as Register[]).push(...(this.#members[other] as Register[]));
    this.#stretches[root] = joined(this.stretches(x), this.stretches(y));
    return true;
  }

  #isOutput(root: Register): boolean {
    return (this.#registers[root] as RegisterInfo).source.kind === "output";
  }
}

/**
 * Whether two sorted lists share a moment, other than the [2p+1, 2p+2) of an op at p that works in place. There the operand
 * must end: a result that nobody reads is as short as that moment, and would otherwise hide inside a longer life.
 */
function overlap(a: readonly Stretch[], b: readonly Stretch[], inPlace: ReadonlySet<number>): boolean {
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] as Stretch, b[j] as Stretch];
    const [from, to] = [Math.max(x[0], y[0]), Math.min(x[1], y[1])];
    if (from < to) {
      const operand = x[0] < y[0] ? x : y;
      const handover = x[0] !== y[0] && to - from === 1 && operand[1] === to && from % 2 === 1;
      if (!handover || !inPlace.has((from - 1) / 2)) return true;
    }
    if (x[1] < y[1]) i++;
    else j++;
  }
  return false;
}

function joined(a: readonly Stretch[], b: readonly Stretch[]): Stretch[] {
  const all = [...a, ...b].sort((x, y) => x[0] - y[0]);
  const out: [number, number][] = [];
  for (const [from, to] of all) {
    const last = out[out.length - 1];
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}
