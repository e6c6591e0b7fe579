/**
 * One iteration of a dataset: flows that are pulled. A step is an element or END; it comes at once, or as a promise where
 * something upstream must be waited for. Stages are written once, for both:
 *
 *   function* doubled(source: Flow<number>): Body<number> {
 *     for (;;) {
 *       const item = yield source;               // pull: the element, or END
 *       if (item === END) return;
 *       yield item * 2;                          // give
 *     }
 *   }
 *
 * A body yields a Flow to pull from it, a Wait to await a promise, anything else to give an element. While no promise turns up
 * it runs like plain code; where one does, `next` returns a promise and the body goes on when that settles.
 * A flow closes its sources when it ends, when it fails and when it is closed, so that files and generators are never left open.
 */
import { discard } from "./owned.ts";

/** After the last element. */
export const END: unique symbol = Symbol("end");
export type Step<T> = T | typeof END;

export abstract class Flow<T> {
  /** The next element. After END or an error: END. Not called again before a promise that it gave has settled. */
  abstract next(): Step<T> | Promise<Step<T>>;
  /** Gives back what the iteration holds. Does nothing the second time. */
  abstract close(): void | Promise<void>;
}

/** Yielded by a body that needs a promise's value. */
export class Wait {
  readonly promise: Promise<unknown>;
  constructor(promise: PromiseLike<unknown>) {
    this.promise = Promise.resolve(promise);
  }
}

/** What `yield` returns depends on what was yielded, which a type cannot say: bodies state it, `(yield flow) as Step<T>`. */
export type Body<T> = Generator<Flow<unknown> | Wait | T, void>;

/** What a stage may pull from: opens a source and has it closed with the stage. */
export type Use = <S>(source: { readonly open: () => Flow<S> }) => Flow<S>;

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** The flow of a stage: drives its body. */
export class StageFlow<T> extends Flow<T> {
  #body: Body<T>;
  #sources = new Set<Flow<unknown>>();
  #closed = false;

  constructor(stage: (use: Use) => Body<T>) {
    super();
    this.#body = stage((source) => {
      const flow = source.open();
      this.#sources.add(flow);
      return flow;
    });
  }

  next(): Step<T> | Promise<Step<T>> {
    return this.#closed ? END : this.#run(undefined, null);
  }

  /** Resumes the body with `input`, the answer to what it yielded last: a step of `from`, or a promise's value. */
  #run(input: unknown, from: Flow<unknown> | null): Step<T> | Promise<Step<T>> {
    try {
      for (;;) {
        if (input === END && from !== null) this.#sources.delete(from);
        const { done, value } = this.#body.next(input);
        if (done === true) return this.#end();
        if (value instanceof Flow) {
          const step: unknown = value.next();
          if (step instanceof Promise) return this.#after(step, value);
          input = step;
          from = value;
        } else if (value instanceof Wait) {
          return this.#after(value.promise, null);
        } else return value as T;
      }
    } catch (error) {
      return this.#fail(error);
    }
  }

  #after(promise: Promise<unknown>, from: Flow<unknown> | null): Promise<Step<T>> {
    return promise.then(
      (value) => {
        if (!this.#closed) return this.#run(value, from);
        discard(value); // nobody waits for it any more
        return END;
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #end(): Step<T> | Promise<Step<T>> {
    const closing = this.close();
    return closing instanceof Promise ? closing.then(() => END) : END;
  }

  /** Throws `error` when the sources are closed; what goes wrong while closing gives way to it. */
  #fail(error: unknown): Promise<never> {
    let closing: void | Promise<void>;
    try {
      closing = this.close();
    } catch {
      throw error;
    }
    return afterwards(closing, error);
  }

  close(): void | Promise<void> {
    if (this.#closed) return undefined;
    this.#closed = true;
    try {
      this.#body.return();
    } catch (error) {
      // Its own clean-up failed, or it is running: a function in it closed the iteration that it is part of.
      return afterwards(closeAll(this.#sources), error);
    }
    return closeAll(this.#sources);
  }
}

/** Throws `error` when the closing is done. */
function afterwards(closing: void | Promise<void>, error: unknown): Promise<never> {
  const fail = () => {
    throw error;
  };
  return closing instanceof Promise ? closing.then(fail, fail) : fail();
}

/** Closes every flow, also where one fails; then throws the first failure. */
function closeAll(flows: ReadonlySet<Flow<unknown>>): void | Promise<void> {
  const waiting: Promise<void>[] = [];
  const failures: unknown[] = [];
  for (const flow of flows) {
    try {
      const closing = flow.close();
      if (closing instanceof Promise) waiting.push(closing);
    } catch (error) {
      failures.push(error);
    }
  }
  if (waiting.length === 0) {
    if (failures.length > 0) throw failures[0];
    return undefined;
  }
  return Promise.allSettled(waiting).then((ends) => {
    for (const end of ends) if (end.status === "rejected") failures.push(end.reason);
    if (failures.length > 0) throw failures[0];
  });
}
