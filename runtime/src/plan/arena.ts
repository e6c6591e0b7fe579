/**
 * Places groups of registers in one arena. Scalars get slots of eight bytes at the start, next to each other; larger
 * buffers follow at multiples of 64. One sweep over time: a group takes the smallest free block that holds it, from the
 * first moment any of its registers is written to the last one it is read.
 */
import type { Stretch } from "./liveness.ts";

export interface Tenant {
  readonly bytes: number;
  readonly stretches: readonly Stretch[];
}

export interface Arena {
  readonly offsets: readonly number[];
  readonly bytes: number;
}

const SLOT = 8;
const LINE = 64;

export function placeInArena(tenants: readonly Tenant[]): Arena {
  const small = sweep(tenants, (t) => t.bytes <= SLOT, SLOT, 0);
  const base = roundUp(small.end, LINE);
  const large = sweep(tenants, (t) => t.bytes > SLOT, LINE, base);
  return { offsets: tenants.map((_, i) => small.offsets.get(i) ?? (large.offsets.get(i) as number)), bytes: roundUp(large.end, LINE) };
}

/** All moments from the first write to the last read, in whole positions: copies of one position are done one after another. */
function whole({ stretches }: Tenant): { readonly from: number; readonly to: number } {
  const [first, last] = [stretches[0], stretches[stretches.length - 1]];
  return { from: Math.floor((first?.[0] ?? 0) / 2) * 2, to: roundUp(last?.[1] ?? 0, 2) };
}

interface Block {
  offset: number;
  bytes: number;
}

function sweep(
  tenants: readonly Tenant[],
  mine: (t: Tenant) => boolean,
  unit: number,
  base: number,
): { readonly offsets: Map<number, number>; readonly end: number } {
  const order = tenants
    .map((t, i) => ({ i, bytes: roundUp(Math.max(t.bytes, 1), unit), ...whole(t) }))
    .filter(({ i }) => mine(tenants[i] as Tenant))
    .sort((a, b) => a.from - b.from || b.bytes - a.bytes);
  const offsets = new Map<number, number>();
  const free: Block[] = [];
  const leaving: { to: number; block: Block }[] = [];
  let end = base;
  for (const { i, bytes, from, to } of order) {
    while (leaving.length > 0 && (leaving[0] as { to: number }).to <= from) release(free, (heapPop(leaving) as { block: Block }).block);
    const block = take(free, bytes) ?? { offset: end, bytes };
    end = Math.max(end, block.offset + bytes);
    offsets.set(i, block.offset);
    heapPush(leaving, { to, block });
  }
  return { offsets, end };
}

/** Smallest free block that is large enough; the rest of it stays free. */
function take(free: Block[], bytes: number): Block | null {
  let best = -1;
  for (let i = 0; i < free.length; i++) {
    const size = (free[i] as Block).bytes;
    if (size >= bytes && (best < 0 || size < (free[best] as Block).bytes)) best = i;
  }
  if (best < 0) return null;
  const block = free[best] as Block;
  if (block.bytes === bytes) free.splice(best, 1);
  else {
    free[best] = { offset: block.offset + bytes, bytes: block.bytes - bytes };
  }
  return { offset: block.offset, bytes };
}

/** Gives a block back, joined with its free neighbours. `free` is sorted by offset. */
function release(free: Block[], block: Block): void {
  let i = free.findIndex((b) => b.offset > block.offset);
  if (i < 0) i = free.length;
  const before = free[i - 1];
  const after = free[i];
  if (before !== undefined && before.offset + before.bytes === block.offset) {
    before.bytes += block.bytes;
    if (after !== undefined && before.offset + before.bytes === after.offset) {
      before.bytes += after.bytes;
      free.splice(i, 1);
    }
  } else if (after !== undefined && block.offset + block.bytes === after.offset) {
    free[i] = { offset: block.offset, bytes: block.bytes + after.bytes };
  } else {
    free.splice(i, 0, { ...block });
  }
}

type Leaving = { to: number; block: Block };

function heapPush(heap: Leaving[], item: Leaving): void {
  heap.push(item);
  let i = heap.length - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if ((heap[parent] as Leaving).to <= item.to) break;
    heap[i] = heap[parent] as Leaving;
    i = parent;
  }
  heap[i] = item;
}

function heapPop(heap: Leaving[]): Leaving | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return top;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as Leaving).to < (heap[child] as Leaving).to) child++;
    if ((heap[child] as Leaving).to >= last.to) break;
    heap[i] = heap[child] as Leaving;
    i = child;
  }
  heap[i] = last;
  return top;
}

function roundUp(n: number, unit: number): number {
  return Math.ceil(n / unit) * unit;
}
