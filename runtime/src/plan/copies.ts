/**
 * Parallel copies as a sequence: a destination is written only after everybody has read it; a circle is opened with a
 * temporary.
 *
 *   [a ← b, b ← a]  →  t ← a, a ← b, b ← t
 */
import type { CopyPair, Register } from "./program.ts";

/** `place` tells registers that share memory; `temporary(like)` gives a new register of the same type. */
export function sequence(
  pairs: readonly CopyPair[],
  place: (register: Register) => Register,
  temporary: (like: Register) => Register,
): CopyPair[] {
  const out: CopyPair[] = [];
  let waiting = pairs.filter(([to, from]) => place(to) !== place(from));
  while (waiting.length > 0) {
    const read = new Set(waiting.map(([, from]) => place(from)));
    const ready = waiting.filter(([to]) => !read.has(place(to)));
    if (ready.length > 0) {
      out.push(...ready);
      waiting = waiting.filter((pair) => !ready.includes(pair));
      continue;
    }
    // Only circles are left: save one destination, and let its readers read the saved value.
    const [to] = waiting[0] as CopyPair;
    const saved = temporary(to);
    out.push([saved, to]);
    waiting = waiting.map(([t, from]): CopyPair => (place(from) === place(to) ? [t, saved] : [t, from]));
  }
  return out;
}
