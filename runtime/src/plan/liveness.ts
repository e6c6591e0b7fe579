/**
 * Liveness: for every register the stretches of the program during which its value is needed.
 *
 * Time is doubled: an item at position p reads at 2p and writes at 2p+1. A stretch [from, to) begins when a value is
 * written and ends after its last read: at 2p+2 for operands of ops (an output must not share their memory, unless it is
 * put there on purpose, see coalesce.ts), at 2p+1 for sources of copies.
 *
 * One walk backwards over the tree. A loop keeps alive, from its first to its last item, everything that it reads from
 * outside and everything that is needed after it; carried registers are followed exactly. What a branch or loop does not
 * mention lives through it untouched.
 */
import { lastFallible } from "./failures.ts";
import type { Item, Program, Register } from "./program.ts";

export type Stretch = readonly [from: number, to: number];
/** Per register, sorted, disjoint. Empty for a register that is never read. */
export type Lifetimes = Stretch[][];

/** Registers live at a point → the time up to which they are. */
type Live = Map<Register, number>;

export function lifetimes(program: Program): Lifetimes {
  const walk = new Walk(program.registers.length);
  const live: Live = new Map();
  const end = 2 * program.length + 2;
  for (const register of program.outputs) live.set(register, end);
  for (const { register, written } of program.variables) if (written) live.set(register, end);
  walk.items(program.items, live);
  // The value that a variable had at the start must be there as long as the run may fail: nothing is written over it before.
  const last = lastFallible(program);
  if (last >= 0) for (const { register, written } of program.variables) if (written) walk.add(register, 0, 2 * last + 3);
  for (const [register, to] of live) walk.add(register, 0, to);
  return walk.stretches.map(normalize);
}

class Walk {
  readonly stretches: Stretch[][];
  readonly #uses = new UsesOfLists();

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
      case "fused":
        for (const out of item.outputs) this.#write(out, at, live);
        for (const input of item.inputs) read(input, at + 2, live);
        return;
      case "print":
        for (const input of item.inputs) read(input, at + 2, live);
        return;
      case "fail":
        return;
      case "push":
        read(item.from, at + 2, live);
        return;
      case "pop":
        this.#write(item.to, at, live);
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
    const after = takeOut(live, [this.#uses.of(item.whenTrue), this.#uses.of(item.whenFalse)]);
    for (const [register, to] of after) this.add(register, 2 * item.end, to);
    for (const [arm, start, end] of [
      [item.whenTrue, jump + 2, 2 * item.middle],
      [item.whenFalse, 2 * item.middle, 2 * item.end],
    ] as const) {
      const inside = until(after, end);
      this.items(arm, inside);
      for (const [register, to] of inside) {
        this.add(register, start, to);
        live.set(register, jump + 2);
      }
    }
    read(item.pred, jump + 1, live);
  }

  #loop(item: Extract<Item, { kind: "loop" }>, live: Live): void {
    const [bodyStart, testStart, back] = [2 * item.position + 2, 2 * item.middle, 2 * item.end];
    const [test, body] = [this.#uses.of(item.test), this.#uses.of(item.body)];
    // Live at the jump back, on either way: what is needed after the loop, by the next body, or by the next test.
    const around = takeOut(live, [test, body]);
    for (const register of body.readFirst) read(register, back + 2, around);
    for (const register of test.readFirst) if (!body.written.has(register)) read(register, back + 2, around);
    read(item.pred, back + 1, around);
    this.items(item.test, around);
    for (const [register, to] of around) this.add(register, testStart, to);
    const inBody = until(around, testStart);
    this.items(item.body, inBody);
    for (const [register, to] of inBody) this.add(register, bodyStart, to);
    for (const register of around.keys()) read(register, bodyStart, live);
  }
}

/**
 * Moves out of `live` what the given lists of items mention. The rest lives through them unchanged and stays where it is, so
 * that a branch costs what it mentions, not what is alive around it.
 */
function takeOut(live: Live, uses: readonly Uses[]): Live {
  const out: Live = new Map();
  for (const { readFirst, written } of uses) {
    for (const set of [readFirst, written]) {
      for (const register of set) {
        const to = live.get(register);
        if (to === undefined) continue;
        out.set(register, to);
        live.delete(register);
      }
    }
  }
  return out;
}

/** The same registers, alive up to another time. */
function until(live: Live, time: number): Live {
  const out: Live = new Map();
  for (const register of live.keys()) out.set(register, time);
  return out;
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
 * Registers that a list of items reads from outside, and those it writes; each list is looked at once. A register that both
 * arms of a branch write counts as written; one that a single arm writes is read in that arm only.
 */
class UsesOfLists {
  readonly #known = new Map<readonly Item[], Uses>();

  of(items: readonly Item[]): Uses {
    const known = this.#known.get(items);
    if (known !== undefined) return known;
    const readFirst = new Set<Register>();
    const written = new Set<Register>();
    const reads = (register: Register): void => {
      if (!written.has(register)) readFirst.add(register);
    };
    const within = (inner: Uses): void => {
      for (const register of inner.readFirst) reads(register);
      for (const register of inner.written) written.add(register);
    };
    for (const item of items) {
      switch (item.kind) {
        case "op":
        case "fused":
          item.inputs.forEach(reads);
          for (const out of item.outputs) written.add(out);
          break;
        case "print":
          item.inputs.forEach(reads);
          break;
        case "fail":
          break;
        case "push":
          reads(item.from);
          break;
        case "pop":
          written.add(item.to);
          break;
        case "copies":
          for (const [, from] of item.pairs) reads(from);
          for (const [to] of item.pairs) written.add(to);
          break;
        case "branch":
          reads(item.pred);
          within(this.of(item.whenTrue));
          within(this.of(item.whenFalse));
          break;
        case "loop":
          within(this.of(item.test));
          reads(item.pred);
          within(this.of(item.body));
      }
    }
    const uses = { readFirst, written };
    this.#known.set(items, uses);
    return uses;
  }
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
