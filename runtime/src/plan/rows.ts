/**
 * Rows in fused groups: ops that make one element of each row, or look at a row as a whole, and ops on those single elements ("columns").
 *
 *   x f32[128,512]:  m = mean x; d = sub x, m; q = square d; v = mean q; s = rsqrt v; y = mul d, s     rows of 512, six ops, one pass
 *
 * A row is what lies along the axes that are reduced, which are the last ones; all row ops of a group have rows of one length. Where an op
 * on elements or a column waits for a row, rows are held in the caches while all ops go over them, so they may not be long, and operands
 * that are repeated must be so along these rows. Otherwise rows may have any length: they are reduced while their elements are computed.
 */
import { DTYPES, type DType } from "../core/dtype.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { type Attrs, getOp } from "../ops/op.ts";
import { patternOf } from "./pattern.ts";
import type { Register, RegisterInfo } from "./program.ts";

/** Groups on fewer elements are left to machine code, which keeps small arrays in registers: jit::kMostLanes. */
const LEAST_SIZE = 65;
/** Bytes of a row that is held, of its widest elements; and of all that is held of one: native/src/graph/rows.cpp. */
const MOST_HELD = 32 << 10;
const MOST_ROOM = 192 << 10;
/** Shorter rows are taken in blocks of several, which operands with other periods do not follow. */
const LEAST_STREAMED = 1024;
/** kMaxRowOps in native/src/graph/rows.h. */
export const MOST_ROW_OPS = 8;

const DTYPES_OF_ROWS: ReadonlySet<DType> = new Set(["bool", "uint8", "int32", "int64", "float32", "float64"]);

export interface RowOp {
  /** Elements of a row. */
  readonly run: number;
  /** To one element per row; otherwise the result has the rows' shape. */
  readonly reduces: boolean;
  /** Takes a row's elements piece by piece, as they come; otherwise it goes over the row more than once. */
  readonly inPieces: boolean;
}

/** Null for other ops, and where rows do not lie along the last axes. */
export function rowOpOf(op: string, attrs: Attrs, { dtype, shape, size }: RegisterInfo): RowOp | null {
  const { flags } = getOp(op);
  if (!flags.has("rows") || size < LEAST_SIZE || !DTYPES_OF_ROWS.has(dtype)) return null;
  const { axes } = attrs;
  const inPieces = Array.isArray(axes);
  const reduced = new Set(inPieces ? (axes as readonly number[]) : [shape.length - 1]);
  const first = Math.min(...reduced);
  if (shape.some((d, axis) => d !== 1 && axis >= first && !reduced.has(axis))) return null;
  const run = shape.slice(first).reduce((n, d) => n * d, 1);
  return run < 2 ? null : { run, reduces: flags.has("reduction"), inPieces };
}

/** What a group knows of its rows. */
export class Rows {
  readonly run: number;
  readonly #shape: Shape;
  /** Registers of the group with one element per row. */
  readonly #columns: ReadonlySet<Register>;

  constructor(shape: Shape, run: number, columns: ReadonlySet<Register>) {
    this.#shape = shape;
    this.run = run;
    this.#columns = columns;
  }

  /** Whether an op on so many elements is one on columns, given that it reads one. */
  isColumn(register: Register, { shape }: RegisterInfo, out: RegisterInfo): boolean {
    const along = patternOf(out.shape, shape)?.kind;
    if (along === "one") return patternOf(this.#shape, shape)?.kind === "one";
    return along === "full" && (this.#columns.has(register) || this.standsForRows(shape));
  }

  /** Whether each element of an operand stands for a row. */
  standsForRows(shape: Shape): boolean {
    const pattern = patternOf(this.#shape, shape);
    if (pattern?.kind === "one") return sizeOf(this.#shape) === this.run;
    return pattern?.kind === "column" && pattern.period === this.run;
  }

  /** Whether an operand is repeated in no other way than along these rows. */
  followsRows(shape: Shape): boolean {
    const pattern = patternOf(this.#shape, shape);
    return pattern !== null && (pattern.period === this.run || pattern.kind === "one" || pattern.kind === "full");
  }
}

/** Whether rows can go through a group. `held`: something waits for a row. `follows`: all that is repeated is so along the rows. */
export function mayHaveRows(run: number, widest: number, held: boolean, follows: boolean): boolean {
  if (held) return follows && run * widest <= MOST_HELD;
  return follows || run >= LEAST_STREAMED;
}

/** Whether what is held of a row has room, for so many values inside. */
export function hasRoomForRow(run: number, widest: number, places: number, columns: number): boolean {
  return places * (run * widest + 256) + columns * 264 <= MOST_ROOM;
}

export function widestOf(infos: readonly RegisterInfo[]): number {
  return Math.max(1, ...infos.map(({ dtype }) => DTYPES[dtype].bytes));
}
