/**
 * prefetch: keeps up to `count` elements ready while the consumer works. It overlaps waiting: as soon as the source gives a
 * promise, the next elements are asked for in the background, one after the other (a source is never asked twice at once).
 * A source that never waits has nothing to overlap and is passed through, so that `for…of` still works.
 */
import { END, Flow, type Step } from "./flow.ts";
import { discard } from "./owned.ts";
import type { Recipe } from "./recipe.ts";

export function prefetch<T>(source: Recipe<T>, count: number): Recipe<T> {
  return { size: source.size, awaits: source.awaits, open: () => new PrefetchFlow(source.open(), count) };
}

class PrefetchFlow<T> extends Flow<T> {
  #source: Flow<T>;
  #count: number;
  /** Elements that nobody asked for yet, in order; END or a failure is the last. */
  #ready: (Step<T> | Failed)[] = [];
  /** The consumer that waits: `#ready` is empty then. */
  #waiting: { resolve: (step: Step<T>) => void; reject: (error: unknown) => void } | null = null;
  #pulling = false;
  #done = false;
  #closed = false;

  constructor(source: Flow<T>, count: number) {
    super();
    this.#source = source;
    this.#count = count;
  }

  next(): Step<T> | Promise<Step<T>> {
    if (this.#closed) return END;
    if (this.#ready.length > 0) {
      const step = this.#ready.shift() as Step<T> | Failed;
      this.#fill();
      if (step instanceof Failed) throw step.error;
      return step;
    }
    if (this.#done) return END;
    if (!this.#pulling) {
      const step = this.#source.next();
      if (!(step instanceof Promise)) return step;
      this.#pull(step);
    }
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** Takes over a promise of the source; when it settles, goes on until `#count` elements are ready. */
  #pull(step: Promise<Step<T>>): void {
    this.#pulling = true;
    const settle = (result: Step<T> | Failed) => {
      this.#pulling = false;
      this.#give(result);
      this.#fill();
    };
    step.then(settle, (error: unknown) => settle(new Failed(error)));
  }

  #give(step: Step<T> | Failed): void {
    if (this.#closed) {
      if (step !== END && !(step instanceof Failed)) discard(step);
      return;
    }
    if (step === END || step instanceof Failed) this.#done = true;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting === null) this.#ready.push(step);
    else if (step instanceof Failed) waiting.reject(step.error);
    else waiting.resolve(step);
  }

  #fill(): void {
    while (!this.#pulling && !this.#done && !this.#closed && this.#ready.length < this.#count) {
      let step: Step<T> | Promise<Step<T>> | Failed;
      try {
        step = this.#source.next();
      } catch (error) {
        step = new Failed(error);
      }
      if (step instanceof Promise) this.#pull(step);
      else this.#give(step);
    }
  }

  close(): void | Promise<void> {
    if (this.#closed) return undefined;
    this.#closed = true;
    this.#waiting?.resolve(END);
    for (const step of this.#ready) if (step !== END && !(step instanceof Failed)) discard(step);
    this.#ready.length = 0;
    return this.#source.close();
  }
}

/** An error that waits for its turn. */
class Failed {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}
