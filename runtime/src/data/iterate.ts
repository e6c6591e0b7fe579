/**
 * Iterations as users see them, over flows. What a pull computes is computed at once and belongs to no tidy(), whatever is open
 * around it: the pipeline holds some of it for later pulls. Only the element that comes out joins the tidy().
 */
import { ArgumentError } from "../core/errors.ts";
import { outside } from "../dispatch/dispatch.ts";
import { apart } from "../eager/memory.ts";
import { END, type Flow, type Step } from "./flow.ts";
import { handOver } from "./owned.ts";
import type { Recipe } from "./recipe.ts";

function pull<T>(flow: Flow<T>): Step<T> | Promise<Step<T>> {
  return apart(() => outside(() => flow.next()), null);
}

const DONE: IteratorReturnResult<undefined> = { value: undefined, done: true };

export class SyncIteration<T> implements IterableIterator<T> {
  #flow: Flow<T>;

  constructor(recipe: Recipe<T>) {
    if (recipe.awaits !== null) throw mustAwait(`${recipe.awaits} gives promises`);
    this.#flow = recipe.open();
  }

  next(): IteratorResult<T> {
    const step = pull(this.#flow);
    if (step instanceof Promise) {
      step.catch(() => {}); // the error below says what matters
      const closing = this.#flow.close();
      if (closing instanceof Promise) closing.catch(() => {});
      throw mustAwait("an element came as a promise");
    }
    return step === END ? DONE : { value: handOver(step), done: false };
  }

  return(): IteratorResult<T> {
    const closing = this.#flow.close();
    if (closing instanceof Promise) closing.catch(() => {});
    return DONE;
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this;
  }
}

function mustAwait(why: string): ArgumentError {
  return new ArgumentError(`The dataset cannot be iterated with for…of: ${why}.`, {
    code: "E_ASYNC",
    hint: "Use `for await (const element of dataset)`, or forEachAsync().",
  });
}

export class AsyncIteration<T> implements AsyncIterableIterator<T> {
  #flow: Flow<T>;
  /** Settles when all earlier calls of `next` have: flows are pulled one step at a time. */
  #last: Promise<unknown> = Promise.resolve();
  #release: ((element: unknown) => void) | null;
  #given: unknown = undefined;

  /** `release` is called with an element when the next one is asked for: then the iteration keeps what it made to the end. */
  constructor(recipe: Recipe<T>, release: ((element: unknown) => void) | null = null) {
    this.#flow = recipe.open();
    this.#release = release;
  }

  next(): Promise<IteratorResult<T>> {
    const result = this.#last.then(() => this.#step());
    this.#last = result.catch(() => {});
    return result;
  }

  async #step(): Promise<IteratorResult<T>> {
    this.#releaseGiven();
    const pulled = pull(this.#flow);
    const step = pulled instanceof Promise ? await pulled : pulled;
    if (step === END) return DONE;
    if (this.#release === null) return { value: handOver(step), done: false };
    this.#given = step;
    return { value: step, done: false };
  }

  #releaseGiven(): void {
    this.#release?.(this.#given);
    this.#given = undefined;
  }

  async return(): Promise<IteratorResult<T>> {
    this.#releaseGiven();
    await this.#flow.close();
    return DONE;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this;
  }
}
