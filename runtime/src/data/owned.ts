/**
 * Tensors that a pipeline made and that nobody else can have: rows of fromTensorSlices, batches, what a map's function made.
 * A stage that drops an element (a batch its rows, a filter what it rejects) gives their memory back; an element that leaves
 * the pipeline belongs to the user. Tensors that came in from outside are never disposed.
 *
 * A function that holds on to a tensor says so with keep(), as in tidy().
 */
import type { Tensor } from "../core/tensor.ts";
import { dispose, enroll } from "../eager/memory.ts";
import { tensorsIn } from "../eager/scope.ts";

const owned = new WeakSet<Tensor>();
/** At least the number of owned tensors that are alive: 0 means that no element needs to be searched. */
let count = 0;

export function own(t: Tensor): Tensor {
  if (!owned.has(t)) {
    owned.add(t);
    count++;
  }
  return t;
}

/** Disposes the owned tensors of an element, except those in `survivors`. */
export function discard(element: unknown, survivors?: ReadonlySet<Tensor>): void {
  if (count === 0) return;
  for (const t of tensorsIn(element)) {
    if (survivors?.has(t) || !owned.delete(t)) continue;
    count--;
    if (!t.kept) dispose(t);
  }
}

/** An element leaves the pipeline: its tensors are the user's, and belong to the tidy() that is open. */
export function handOver<T>(element: T): T {
  if (count === 0) return element;
  for (const t of tensorsIn(element)) {
    if (!owned.delete(t)) continue;
    count--;
    enroll(t);
  }
  return element;
}

/** Whether `discard` and `handOver` could find anything. */
export function ownsAny(): boolean {
  return count > 0;
}
