/**
 * Liveness: for every register the stretches of the program during which its value is needed.
 *
 * Time is doubled: an item at position p reads at 2p and writes at 2p+1. A stretch [from, to) begins when a value is
 * written and ends after its last read: at 2p+2 for operands of ops (an output must not share their memory, unless it is
 * put there on purpose, see coalesce.ts), at 2p+1 for sources of copies.
 *
 * One walk backwards over the tree. A loop keeps alive, from its first to its last item, everything that it reads from
 * outside and everything that is needed after it; carried registers are followed exactly. usesOf is asked once per loop and
 * level of nesting.
 */
import type { Item, Program, Register } from "./program.ts";

export type Stretch = readonly [from: number, to: number];
/** Per register, sorted, disjoint. Empty for a register that is never read. */
export type Lifetimes = Stretch[][];

/** Registers live at a point → the time up to which they are. */
type Live = Map<Register, number>;

export function lifetimes(program: Program): Lifetimes {
  const walk = new Walk(program.registers.length);
  const live: Live = new Map();
  for (const register of program.outputs) live.set(register, 2 * program.length + 2);
  walk.items(program.items, live);
  for (const [register, to] of live) walk.add(register, 0, to);
  return walk.stretches.map(normalize);
}

class Walk {
  readonly stretches: Stretch[][];

  constructor(count: number) {
    this.stretches = Array.from({ length: count }, () => []);
  }

  add(register: Register, from: number, to: number): void {
    if (from < to) (this.stretches[register] as Stretch[]).push([from, to]);
  }

  /** Changes `live` from what is live after the items to what is live before them. */
  items(items: readonly Item[], live: Live): void {
    for (let i = items.length - 1; i >= 0; i--) this.#item(items[i] as Item, live);
  }

  #item(item: Item, live: Live): void {
    const at = 2 * item.position;
    switch (item.kind) {
      case "op":
        for (const out of item.outputs) this.#write(out, at, live);
        for (const input of item.inputs) read(input, at + 2, live);
        return;
      case "print":
        for (const input of item.inputs) read(input, at + 2, live);
        return;
      case "copies":
        for (const [to] of item.pairs) this.#write(to, at, live);
        for (const [, from] of item.pairs) read(from, at + 1, live);
        return;
      case "branch":
        this.#branch(item, live);
        return;
      case "loop":
        this.#loop(item, live);
    }
  }

  /** A value nobody reads still occupies its place while it is written. */
  #write(register: Register, at: number, live: Live): void {
    this.add(register, at + 1, live.get(register) ?? at + 2);
    live.delete(register);
  }

  #branch(item: Extract<Item, { kind: "branch" }>, live: Live): void {
    const jump = 2 * item.position;
    const before: Live = new Map();
    for (const [register, to] of live) this.add(register, 2 * item.end, to);
    for (const [arm, start, end] of [
      [item.whenTrue, jump + 2, 2 * item.middle],
      [item.whenFalse, 2 * item.middle, 2 * item.end],
    ] as const) {
      const inside: Live = new Map([...live.keys()].map((register) => [register, end]));
      this.items(arm, inside);
      for (const [register, to] of inside) {
        this.add(register, start, to);
        before.set(register, jump + 2);
      }
    }
    live.clear();
    for (const [register, to] of before) live.set(register, to);
    read(item.pred, jump + 1, live);
  }

  #loop(item: Extract<Item, { kind: "loop" }>, live: Live): void {
    const [bodyStart, testStart, back] = [2 * item.position + 2, 2 * item.middle, 2 * item.end];
    const [test, body] = [usesOf(item.test), usesOf(item.body)];
    // Live at the jump back, on either way: what is needed after the loop, by the next body, or by the next test.
    const around: Live = new Map(live);
    for (const register of body.readFirst) read(register, back + 2, around);
    for (const register of test.readFirst) if (!body.written.has(register)) read(register, back + 2, around);
    read(item.pred, back + 1, around);
    this.items(item.test, around);
    for (const [register, to] of around) this.add(register, testStart, to);
    const inBody: Live = new Map([...around.keys()].map((register) => [register, testStart]));
    this.items(item.body, inBody);
    for (const [register, to] of inBody) this.add(register, bodyStart, to);
    live.clear();
    for (const register of around.keys()) live.set(register, bodyStart);
  }
}

function read(register: Register, until: number, live: Live): void {
  const to = live.get(register);
  if (to === undefined || to < until) live.set(register, until);
}

interface Uses {
  /** Read before they are written here. */
  readonly readFirst: ReadonlySet<Register>;
  readonly written: ReadonlySet<Register>;
}

/**
 * Registers that a list of items reads from outside, and those it writes. A register that both arms of a branch write
 * counts as written; one that a single arm writes is read in that arm only.
 */
function usesOf(items: readonly Item[]): Uses {
  const written = new Set<Register>();
  const readFirst = new Set<Register>();
  const reads = (registers: readonly Register[]): void => {
    for (const register of registers) if (!written.has(register)) readFirst.add(register);
  };
  const visit = (list: readonly Item[]): void => {
    for (const item of list) {
      switch (item.kind) {
        case "op":
          reads(item.inputs);
          for (const out of item.outputs) written.add(out);
          break;
        case "print":
          reads(item.inputs);
          break;
        case "copies":
          reads(item.pairs.map(([, from]) => from));
          for (const [to] of item.pairs) written.add(to);
          break;
        case "branch":
          reads([item.pred]);
          visit(item.whenTrue);
          visit(item.whenFalse);
          break;
        case "loop":
          visit(item.test);
          reads([item.pred]);
          visit(item.body);
      }
    }
  };
  visit(items);
  return { readFirst, written };
}

function normalize(stretches: Stretch[]): Stretch[] {
  stretches.sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [from, to] of stretches) {
    const last = merged[merged.length - 1];
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}
