/** Stages that choose and order elements without looking at them. */
import { type Body, END, type Flow, StageFlow, type Step, type Use } from "./flow.ts";
import { discard } from "./owned.ts";
import { RandomIntegers } from "./random.ts";
import { type Recipe, staged } from "./recipe.ts";

/** The first `count` elements; all of them for a negative count. */
export function take<T>(source: Recipe<T>, count: number): Recipe<T> {
  if (count < 0) return source;
  const size = source.size === null ? (count === 0 ? 0 : null) : Math.min(source.size, count);
  return staged(source, size, function* (flow): Body<T> {
    for (let i = 0; i < count; i++) {
      const item = (yield flow) as Step<T>;
      if (item === END) return;
      yield item;
    }
  });
}

/** What follows the first `count` elements; nothing for a negative count. */
export function skip<T>(source: Recipe<T>, count: number): Recipe<T> {
  if (count < 0) return take(source, 0);
  const size = source.size === null ? null : Math.max(0, source.size - count);
  return staged(source, size, function* (flow): Body<T> {
    for (let i = 0; i < count; i++) {
      const item = (yield flow) as Step<T>;
      if (item === END) return;
      discard(item);
    }
    yield* rest(flow);
  });
}

/** All elements that are left. */
function* rest<T>(flow: Flow<T>): Body<T> {
  for (;;) {
    const item = (yield flow) as Step<T>;
    if (item === END) return;
    yield item;
  }
}

export function concatenate<T>(first: Recipe<T>, second: Recipe<T>): Recipe<T> {
  const infinite = first.size === Infinity || second.size === Infinity;
  const known = first.size !== null && second.size !== null;
  return {
    size: infinite ? Infinity : known ? (first.size as number) + (second.size as number) : null,
    awaits: first.awaits ?? second.awaits,
    open: () =>
      new StageFlow(function* (use): Body<T> {
        yield* rest(use(first));
        yield* rest(use(second));
      }),
  };
}

/** The source again and again, opened anew each time. Negative: without end, unless it is empty. */
export function repeat<T>(source: Recipe<T>, count: number): Recipe<T> {
  return {
    size: repeatedSize(source.size, count),
    awaits: source.awaits,
    open: () => new StageFlow((use) => repeated(use, source, count)),
  };
}

function repeatedSize(size: number | null, count: number): number | null {
  if (count === 0 || size === 0) return 0;
  return size === null ? null : count < 0 ? Infinity : size * count;
}

function* repeated<T>(use: Use, source: Recipe<T>, count: number): Body<T> {
  for (let round = 0; round !== count; round++) {
    const flow = use(source);
    let item = (yield flow) as Step<T>;
    if (item === END && count < 0) return; // an empty source without end would spin for ever
    while (item !== END) {
      yield item;
      item = (yield flow) as Step<T>;
    }
  }
}

/**
 * Random order from a buffer, as in TensorFlow: fill it, then again and again give a random one of its elements and put the next
 * element of the source in its place. A buffer of at least the size of the source gives every order with equal chance.
 * `stream` is asked once per iteration.
 */
export function shuffle<T>(source: Recipe<T>, bufferSize: number, seed: number, stream: () => number): Recipe<T> {
  return {
    size: source.size,
    awaits: source.awaits,
    open: () => {
      const random = new RandomIntegers(seed, stream());
      return new StageFlow((use) => shuffled(use(source), bufferSize, random));
    },
  };
}

function* shuffled<T>(flow: Flow<T>, bufferSize: number, random: RandomIntegers): Body<T> {
  const buffer: T[] = [];
  try {
    let next: Step<T> = END;
    while (buffer.length < bufferSize) {
      next = (yield flow) as Step<T>;
      if (next === END) break;
      buffer.push(next);
    }
    let open = next !== END;
    while (buffer.length > 0) {
      const chosen = random.below(buffer.length);
      const item = buffer[chosen];
      if (open) next = (yield flow) as Step<T>;
      open = open && next !== END;
      if (open) buffer[chosen] = next as T;
      else {
        const last = buffer.pop() as T;
        if (chosen < buffer.length) buffer[chosen] = last;
      }
      yield item;
    }
  } finally {
    for (const item of buffer) discard(item);
  }
}
