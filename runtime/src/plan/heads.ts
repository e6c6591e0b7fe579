/**
 * Heads of fused groups: a matrix product whose result a group reads moves down to the group and becomes its first op. Each block of the
 * product goes through the group as soon as it is there, while it is in the caches; where nobody else reads the product, it is in no buffer.
 *
 *   p = matMul x, w; y = fused(p, b) { s = add p, b; y = maximum s, 0 }   →   y = fused(x, w, b) { p = matMul x, w; s = add p, b; … }
 *
 * Between the two nothing may read the product or write what it reads. A head never fails (native/src/linalg/gemm.h), so it may stand
 * behind an update of a variable, and be followed by one. Results of the group lie over none of the product's operands.
 */
import { DTYPES, type DType } from "../core/dtype.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { getOp } from "../ops/op.ts";
import type { OpItem } from "./group.ts";
import { patternOf } from "./pattern.ts";
import type { FusedOp } from "./plan.ts";
import type { Item, Register, RegisterInfo } from "./program.ts";
import { listsIn, readsOf, writesOf } from "./uses.ts";

/** "worthwhile": where the two together are faster than apart, as measured (`node test/perf/heads.bench.mjs`). */
export type Heads = "off" | "worthwhile" | "always";

/** kMostReadDepth in native/src/linalg/gemm.h. */
const MOST_DEPTH = 4096;

/** Beyond one block of sums (kDepth in native/src/linalg/gemm.simd.cpp) C is gone over again and again, and its last time hardly counts. */
const WORTHWHILE_DEPTH = 256;
/** With fewer rows a product reads all of its second operand for each few rows of C. */
const WORTHWHILE_ROWS = 48;
/** Bytes from which a product and the other array of its shape that the group reads, as updates do, drive each other out of the caches. */
const WORTHWHILE_BYTES = 512 << 10;
/** What oneDNN takes (native/src/linalg/onednn.cpp): in parts whose rows are too short to be gone on with. */
const LIBRARY_LENGTH = 48;
const LIBRARY_WORK = 192 ** 3;

const DTYPES_OF_PRODUCTS: ReadonlySet<DType> = new Set(["int32", "int64", "float32", "float64"]);

export function isHead({ op }: { readonly op: string }): boolean {
  return getOp(op).flags.has("blocks");
}

/** The head of a fused item or step. */
export function headOf(ops: readonly FusedOp[]): FusedOp | null {
  const [first] = ops;
  return first !== undefined && isHead(first) ? first : null;
}

/** What a group knows of its products. */
export class Products {
  readonly #registers: readonly RegisterInfo[];
  readonly #heads: Heads;
  readonly #usesLibrary: () => boolean;

  /** `usesLibrary` is asked where that matters: whether large products in float32 are computed by a library. */
  constructor(registers: readonly RegisterInfo[], heads: Heads, usesLibrary: () => boolean) {
    this.#registers = registers;
    this.#heads = heads;
    this.#usesLibrary = usesLibrary;
  }

  #info(register: Register | undefined): RegisterInfo {
    return this.#registers[register ?? -1] as RegisterInfo;
  }

  /** Whether a product may be the head of a group on `shape` that reads `read`. */
  mayHead(item: OpItem, shape: Shape, read: ReadonlySet<Register>): boolean {
    const [a, b, c] = [this.#info(item.inputs[0]), this.#info(item.inputs[1]), this.#info(item.outputs[0])];
    if (this.#heads === "off" || !DTYPES_OF_PRODUCTS.has(c.dtype)) return false;
    if (patternOf(shape, c.shape)?.kind !== "full") return false;
    const isTurned = item.attrs["transposeA"] === true;
    const n = c.shape.at(-1) as number;
    const k = a.shape.at(isTurned ? -2 : -1) as number;
    const m = c.size / n;
    // Batches are more rows of one product, or there is one.
    const isOne = sizeOf(c.shape.slice(0, -2)) === 1 || (!isTurned && b.size === k * n && a.size === m * k);
    if (!isOne || m < 2 || n < 2 || k < 1 || k > MOST_DEPTH) return false;
    if (this.#heads === "always") return true;
    const beside = [...read].some((r) => !item.outputs.includes(r) && patternOf(shape, this.#info(r).shape)?.kind === "full");
    const isLarge = c.size * DTYPES[c.dtype].bytes >= WORTHWHILE_BYTES;
    return beside && isLarge && k <= WORTHWHILE_DEPTH && m >= WORTHWHILE_ROWS && !(isOfLibrary(c.dtype, m, n, k) && this.#usesLibrary());
  }
}

function isOfLibrary(dtype: DType, m: number, n: number, k: number): boolean {
  return dtype === "float32" && Math.min(m, n, k) >= LIBRARY_LENGTH && m * n * k >= LIBRARY_WORK;
}

/** The last product in `items` that a group behind them may take as its head, given what the group reads: its index, or −1. */
export function findHead(items: readonly Item[], read: ReadonlySet<Register>, fits: (item: OpItem) => boolean): number {
  const [readBehind, writtenBehind] = [new Set<Register>(), new Set<Register>()];
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i] as Item;
    if (listsIn(item).length > 0) return -1;
    const [reads, writes] = [readsOf(item), writesOf(item)];
    if (item.kind === "op" && isHead(item) && writes.every((r) => read.has(r))) {
      const stays = writes.some((r) => readBehind.has(r) || writtenBehind.has(r)) || reads.some((r) => writtenBehind.has(r));
      if (!stays && fits(item)) return i;
    }
    for (const r of reads) readBehind.add(r);
    for (const r of writes) writtenBehind.add(r);
  }
  return -1;
}
