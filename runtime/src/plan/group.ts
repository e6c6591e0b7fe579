/** Ops on their way into one fused item: what a group reads and makes, in which order it computes, and how its values are numbered. */
import { DTYPES } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import { getOp } from "../ops/op.ts";
import { isHead } from "./heads.ts";
import type { Fused, FusedOp, FusedRef } from "./plan.ts";
import type { Item, Register, RegisterInfo } from "./program.ts";
import type { RowOp } from "./rows.ts";

export type OpItem = Extract<Item, { kind: "op" }>;

const MOST_OPS = 64;
/** Values from outside, of them those that are repeated, and values inside at the same time: see native/src/graph/fused.h. */
const MOST_INPUTS = 96;
const MOST_REPEATED = 16;
export const MOST_INSIDE = 32;

export class Group {
  readonly shape: Shape;
  readonly ops: OpItem[] = [];
  /** Registers that its ops write, and those that they read from outside. */
  readonly made = new Set<Register>();
  readonly read = new Set<Register>();
  /** Of what is made, what has one element per row. */
  readonly columns = new Set<Register>();
  /** Elements of a row; 0 as long as no op looks at rows. */
  run = 0;
  rowOps = 0;
  /** Whether an op waits for a row. */
  held = false;

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

  /** Whether so many values from outside have room. */
  isWithin(inputs: readonly Register[]): boolean {
    return this.ops.length <= MOST_OPS && inputs.length <= MOST_INPUTS;
  }

  /** Its ops, those together that hand values to each other. */
  parts(): readonly Group[] {
    const partOf = new Map<Register, OpItem[]>();
    const parts = new Set<OpItem[]>();
    for (const op of this.ops) {
      const mine = [op];
      parts.add(mine);
      for (const part of new Set(op.inputs.map((r) => partOf.get(r)))) {
        if (part === undefined) continue;
        parts.delete(part);
        mine.unshift(...part);
      }
      for (const { outputs } of mine) for (const r of outputs) partOf.set(r, mine);
    }
    if (parts.size === 1) return [this];
    const places = new Map(this.ops.map((op, i) => [op, i]));
    const place = (op: OpItem): number => places.get(op) as number;
    return [...parts].map((ops) =>
      Group.of(
        this.shape,
        ops.sort((a, b) => place(a) - place(b)),
      ),
    );
  }

  add(item: OpItem, { row, isColumn }: As = ON_ELEMENTS): void {
    this.held = this.waits(item, row, isColumn);
    this.ops.push(item);
    for (const input of item.inputs) if (!this.made.has(input)) this.read.add(input);
    for (const output of item.outputs) {
      this.made.add(output);
      if (isColumn || row?.reduces === true) this.columns.add(output);
    }
    if (row !== null) {
      this.run = row.run;
      this.rowOps++;
    }
  }

  /** `held`, with one op more. */
  waits(item: OpItem, row: RowOp | null, isColumn: boolean): boolean {
    return this.held || isColumn || row?.inPieces === false || item.inputs.some((r) => this.columns.has(r));
  }
}

/** What an op is in a group: one on elements, where it is neither one on rows nor on columns. */
export interface As {
  readonly row: RowOp | null;
  readonly isColumn: boolean;
}

export const ON_ELEMENTS: As = { row: null, isColumn: false };

/** The ops that are wanted, those on columns, on elements and on rows together as far as rows allow: what waits for fewer rows first. */
export function inPhases({ ops, columns }: Group, isReadOutside: (register: Register) => boolean): readonly OpItem[] {
  const inside = new Set<Register>();
  const wanted: OpItem[] = [];
  for (const op of [...ops].reverse()) {
    const out = op.outputs[0] as Register;
    if (!inside.has(out) && !isReadOutside(out)) continue;
    for (const r of op.inputs) inside.add(r);
    wanted.unshift(op);
  }
  /** How many rows are waited for, one after the other. */
  const depth = new Map<Register, number>();
  const keyed = wanted.map((op) => {
    const out = op.outputs[0] as Register;
    const mine = Math.max(0, ...op.inputs.map((r) => depth.get(r) ?? 0));
    const isRow = getOp(op.op).flags.has("rows");
    depth.set(out, isRow ? mine + 1 : mine);
    return { op, key: 3 * mine + (isRow ? 2 : columns.has(out) ? 0 : 1) };
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ op }) => op);
}

/**
 * Values by number: inputs, outputs, room inside, room for columns. What is read for the last time gives its room away.
 * `registers` says what is in them.
 */
export function numbered(
  ops: readonly OpItem[],
  inputs: readonly Register[],
  outputs: readonly Register[],
  { run, columns }: Group,
  registers: readonly RegisterInfo[],
): Pick<Fused, "ops" | "temporaries" | "columns"> {
  const info = (register: Register): RegisterInfo => registers[register] as RegisterInfo;
  const lastRead = new Map<Register, number>();
  // Nobody writes over a head's result: blocks of it lie elsewhere.
  const kept = new Set(ops.filter(isHead).flatMap(({ outputs: own }) => own));
  for (const [i, { inputs: read }] of ops.entries()) for (const register of read) lastRead.set(register, i);
  const refs = new Map<Register, FusedRef>([...inputs, ...outputs].map((register, i) => [register, i]));
  const first = refs.size;
  // Elements of several sizes share no room where rows are held: it is as long as some rows.
  const freed = new Map<number, FusedRef[]>();
  const freeFor = (register: Register): FusedRef[] => {
    const key = (columns.has(register) ? 16 : 0) + (run === 0 ? 0 : bytesOf(info(register)));
    let list = freed.get(key);
    if (list === undefined) freed.set(key, (list = []));
    return list;
  };
  /** Numbers of columns come last: until their first is known they count from −1 down. */
  const counts = { values: 0, columns: 0 };
  const fresh = (register: Register): FusedRef => (columns.has(register) ? -1 - counts.columns++ : first + counts.values++);
  const fused = ops.map((op, i): FusedOp => {
    const operands = op.inputs.map((r) => refs.get(r) as FusedRef);
    const register = op.outputs[0] as Register;
    const { dtype, shape } = info(register);
    // What is read for the last time gives its room away: to the result itself where elements are of one size.
    const isInside = (r: Register): boolean => (refs.get(r) as FusedRef) >= first || (refs.get(r) as FusedRef) < 0;
    const ending = [...new Set(op.inputs)].filter((r) => lastRead.get(r) === i && isInside(r) && !kept.has(r));
    const sameSize = ending.filter((r) => bytesOf(info(r)) === DTYPES[dtype].bytes);
    for (const r of sameSize) freeFor(r).push(refs.get(r) as FusedRef);
    let result = refs.get(register);
    if (result === undefined) {
      result = freeFor(register).pop() ?? fresh(register);
      refs.set(register, result);
      if (!lastRead.has(register)) freeFor(register).push(result);
    }
    for (const r of ending) if (!sameSize.includes(r)) freeFor(r).push(refs.get(r) as FusedRef);
    return { op: op.op, attrs: op.attrs, operands, result, dtype, shape, span: op.span };
  });
  const temporaries = counts.values;
  const placedRef = (ref: FusedRef): FusedRef => (ref < 0 ? first + temporaries - 1 - ref : ref);
  const placed = fused.map((op) => ({ ...op, operands: op.operands.map(placedRef), result: placedRef(op.result) }));
  return { ops: placed, temporaries, columns: counts.columns };
}

export function bytesOf({ dtype }: RegisterInfo): number {
  return DTYPES[dtype].bytes;
}
