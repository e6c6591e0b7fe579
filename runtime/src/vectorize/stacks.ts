/**
 * Stacks of gradients under vmap. A loop that goes round as often as the slowest example needs pushes something for all examples in each
 * round. Those that are done early leave what counts in the first rounds ("early"), so the loop that pops it must take them in in its last
 * rounds ("late"), and the one that pops what that one pushes in its first again.
 *
 *   rounds         0 1 2        2 1 0
 *   example of 3   x x x   →    x x x
 *   example of 1   x . .   →    . . x
 */
import type { Region } from "../ir/graph.ts";
import { walkNodes } from "../ir/walk.ts";

/** In which rounds of a loop an example takes part that needs fewer than others. */
export type Alignment = "early" | "late";

/** A loop whose number of rounds differs between examples. */
export interface Masked {
  readonly alignment: Alignment;
}

export interface Stack {
  readonly batched: boolean;
  /** Masked loops around the push, from the outermost. */
  readonly loops: readonly Masked[];
}

export class Stacks {
  readonly #stacks = new Map<number, Stack>();

  get(stack: number): Stack | undefined {
    return this.#stacks.get(stack);
  }

  /** What was batched once stays so: a loop may be gone through again. */
  push(stack: number, batched: boolean, loops: readonly Masked[]): boolean {
    const all = batched || this.#stacks.get(stack)?.batched === true;
    this.#stacks.set(stack, { batched: all, loops });
    return all;
  }

  /**
   * How examples must take part in a loop that differs between them, with so many such loops around: against the order of the loop that pushed
   * what it pops. null where it pops from loops of both kinds, or from one that is none.
   */
  alignmentFor(body: Region, depth: number): Alignment | null {
    const own = new Set<number>();
    walkNodes(body, (node) => {
      if (node.kind === "push") own.add(node.stack);
    });
    const found = new Set<Alignment | null>();
    walkNodes(body, (node) => {
      if (node.kind !== "pop" || own.has(node.stack)) return;
      const loop = this.#stacks.get(node.stack)?.loops[depth];
      found.add(loop === undefined ? null : loop.alignment === "early" ? "late" : "early");
    });
    if (found.size === 0) return "early";
    const [only] = found;
    return found.size === 1 ? (only as Alignment | null) : null;
  }

  /** Whether a pop here meets what its push left: loops around both, then loops of opposite order. */
  fits(stack: number, loops: readonly Masked[]): boolean {
    const pushed = this.#stacks.get(stack)?.loops;
    if (pushed === undefined || pushed.length !== loops.length) return false;
    let shared = 0;
    while (shared < loops.length && loops[shared] === pushed[shared]) shared++;
    return loops.slice(shared).every((loop, i) => loop.alignment !== (pushed[shared + i] as Masked).alignment);
  }
}
