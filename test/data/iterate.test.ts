/** Iterations: for of and for await, closing, prefetching, shuffling, memory. */
import * as gf from "graphfn";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { RandomIntegers } from "../../runtime/src/data/random.ts";

const { data } = gf;
const later = <T>(value: T, ms = 0) => new Promise<T>((resolve) => setTimeout(() => resolve(value), ms));
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("for of", () => {
  it("refuses what has to be awaited, at once where that is known", () => {
    const slow = data.range(3).mapAsync((x) => later(x));
    for (const ds of [slow, slow.map((x) => x).batch(2), slow.repeat().shuffle(2), data.zip([data.range(3), slow])]) {
      expect(() => (ds as gf.data.Dataset<unknown>)[Symbol.iterator]()).toThrow(/E_ASYNC.*mapAsync\(\) gives promises.*for await/);
    }
  });

  it("refuses a promise that turns up, and closes its source", async () => {
    const closed = vi.fn();
    const ds = data.generator(async function* () {
      try {
        yield 1;
      } finally {
        closed();
      }
    });
    expect(() => [...ds.map((x) => x + 1)]).toThrow(/E_ASYNC/);
    await later(0, 5);
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it("works through prefetch where nothing waits", () => {
    expect([
      ...data
        .range(4)
        .map((x) => x + 1)
        .prefetch(2),
    ]).toEqual([1, 2, 3, 4]);
  });
});

describe("closing", () => {
  const watched = (log: string[]) =>
    data.generator(function* () {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        log.push("closed");
      }
    });

  const through: [string, (ds: gf.data.Dataset<number>) => gf.data.Dataset<unknown>][] = [
    ["nothing", (ds) => ds],
    ["map, filter", (ds) => ds.map((x) => x).filter(() => true)],
    ["batch", (ds) => ds.batch(2)],
    ["shuffle", (ds) => ds.shuffle(3, 1)],
    ["repeat, skip", (ds) => ds.repeat().skip(1)],
    ["concatenate", (ds) => data.array([5]).concatenate(ds)],
    ["prefetch", (ds) => ds.prefetch(3)],
    ["zip", (ds) => data.zip([ds, data.range(100)])],
  ];
  it.each(through)("break closes the source through %s", async (_, stage) => {
    const log: string[] = [];
    const ds = stage(watched(log));
    let n = 0;
    for (const _ of ds) if (++n === 3) break;
    expect(log).toEqual(["closed"]);
    n = 0;
    for await (const _ of ds) if (++n === 3) break;
    expect(log).toEqual(["closed", "closed"]);
    const it = await ds.iterator();
    await it.next();
    await it.next();
    await it.return?.();
    await it.return?.();
    expect(log.length).toBe(3);
    expect(await it.next()).toEqual({ value: undefined, done: true });
  });

  it("take, zip and errors close what is left", async () => {
    const log: string[] = [];
    expect([...watched(log).take(2)]).toEqual([0, 1]);
    expect([...data.zip([watched(log), data.array([7])])]).toEqual([[0, 7]]);
    const fails = watched(log).map((x) => {
      if (x === 1) throw new Error("mine");
      return x;
    });
    expect(() => [...fails]).toThrow("mine");
    await expect(fails.batch(4).toArray()).rejects.toThrow("mine");
    expect(log.length).toBe(4);
  });

  it("waits for asynchronous sources to close", async () => {
    const log: string[] = [];
    const ds = data.generator(async function* () {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        await later(0, 5);
        log.push("closed");
      }
    });
    for await (const x of ds.batch(2).prefetch(2)) {
      x.dispose();
      break;
    }
    expect(log).toEqual(["closed"]);
    expect(await ds.take(2).toArray()).toEqual([0, 1]);
    expect(log.length).toBe(2);
  });

  it("a function may close or pull the iteration that it is part of; nothing is left open", () => {
    const log: string[] = [];
    const stops: IterableIterator<number> = watched(log)
      .map((x) => {
        stops.return?.();
        return x;
      })
      [Symbol.iterator]();
    expect(() => stops.next()).toThrow();
    const pulls: IterableIterator<number> = watched(log)
      .map((): number => pulls.next().value)
      [Symbol.iterator]();
    expect(() => pulls.next()).toThrow();
    expect(log.length).toBe(2);
    expect([stops.next().done, pulls.next().done]).toEqual([true, true]);
  });

  it("closing does not wait for a function that never answers", async () => {
    const log: string[] = [];
    for (const n of [0, 2]) {
      const stuck = watched(log).mapAsync(() => new Promise<number>(() => {}));
      const it = await (n === 0 ? stuck : stuck.prefetch(n)).iterator();
      void it.next();
      await later(0);
      await it.return?.();
    }
    expect(log).toEqual(["closed", "closed"]);
  });

  it("a generator whose clean-up fails says so", async () => {
    const ds = data.generator(function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: the failure is what is tested
        throw new Error("clean-up");
      }
    });
    expect(() => [...ds.take(1)]).toThrow("clean-up");
    await expect(ds.take(1).toArray()).rejects.toThrow("clean-up");
  });

  it("after an error the iteration is over", async () => {
    const it = data
      .range(3)
      .map((x) => {
        if (x === 0) throw new Error("mine");
        return x;
      })
      [Symbol.asyncIterator]();
    await expect(it.next()).rejects.toThrow("mine");
    expect((await it.next()).done).toBe(true);
  });
});

describe("iterations", () => {
  it("are independent of each other, and take calls in order", async () => {
    const ds = data.range(4).mapAsync((x) => later(x, 4 - x));
    const [a, b] = [await ds.iterator(), await ds.iterator()];
    const results = await Promise.all([a.next(), a.next(), b.next(), a.next()]);
    expect(results.map((r) => r.value)).toEqual([0, 1, 0, 2]);
  });

  it("forEachAsync waits for its function", async () => {
    const log: string[] = [];
    await data.range(2).forEachAsync(async (x) => {
      log.push(`start ${x}`);
      await later(0, 2);
      log.push(`end ${x}`);
    });
    expect(log).toEqual(["start 0", "end 0", "start 1", "end 1"]);
  });

  it("compute at once, also while a function is traced", () => {
    const ds = data
      .fromTensorSlices(
        gf.tensor([
          [1, 2],
          [3, 4],
        ]),
      )
      .map((x) => x.add(1))
      .batch(2);
    const batch = () => [...ds][0]!;
    const total = gf.graphFunction((x: gf.Tensor) => {
      const first = batch();
      expect(first.symbol).toBe(null);
      return x.add(first.sum());
    });
    expect(total(gf.scalar(1)).item()).toBe(15);
  });
});

describe("prefetch", () => {
  it("keeps order and overlaps a slow producer, no further ahead than its buffer", async () => {
    let made = 0;
    const ds = data
      .range(12)
      .mapAsync(async (x) => {
        await later(0);
        made++;
        return x;
      })
      .prefetch(3);
    const seen: number[] = [];
    for await (const x of ds) {
      seen.push(x);
      const ahead = Math.min(3, 12 - seen.length);
      await vi.waitFor(() => expect(made - seen.length).toBe(ahead)); // made while this element is worked on
      await later(0, 5);
      expect(made - seen.length).toBe(ahead);
    }
    expect(seen).toEqual(numbers(12));
    expect(ds.size).toBe(12);
  });

  it("gives errors in their place", async () => {
    const ds = data
      .range(5)
      .mapAsync(async (x) => {
        if (x === 2) throw new Error("mine");
        return x;
      })
      .prefetch(4);
    const seen: number[] = [];
    await expect(
      ds.forEachAsync(async (x) => {
        await later(0, 3);
        seen.push(x);
      }),
    ).rejects.toThrow("mine");
    expect(seen).toEqual([0, 1]);
  });

  it("refuses a missing size", () => {
    expect(() => data.range(3).prefetch(undefined as never)).toThrow(/prefetch: bufferSize/);
  });
});

describe("shuffle", () => {
  it("is repeatable by its seed, and another order each time", async () => {
    const make = (seed?: number | string) => data.range(50).shuffle(50, seed);
    const [a, b] = [make(7), make(7)];
    const first = [...a];
    expect([...b]).toEqual(first);
    const second = [...a];
    expect(second).not.toEqual(first);
    expect([...b]).toEqual(second);
    expect(sorted(first)).toEqual(numbers(50));
    expect([...make(8)]).not.toEqual(first);
    expect([...make("seven")]).toEqual([...make("seven")]);
    expect([...make()]).not.toEqual([...make()]);
    expect([...make(7).prefetch(2)]).toEqual(first);
  });

  it("does not depend on what the elements are", async () => {
    const order = [...data.range(20).shuffle(6, 3)];
    expect([...data.generator(() => numbers(20)).shuffle(6, 3)]).toEqual(order);
    const rows = [...data.fromTensorSlices(gf.range(0, 20)).shuffle(6, 3)];
    expect(rows.map((t) => t.item())).toEqual(order);
    expect(
      await data
        .range(20)
        .mapAsync((x) => later(x))
        .shuffle(6, 3)
        .toArray(),
    ).toEqual(order);
  });

  it("reshuffles with each repetition, unless told not to", () => {
    const twice = [...data.range(20).shuffle(20, 1).repeat(2)];
    expect(sorted(twice.slice(0, 20))).toEqual(numbers(20));
    expect(twice.slice(20)).not.toEqual(twice.slice(0, 20));
    const fixed = data.range(20).shuffle(20, 1, false);
    const [train, test] = [[...fixed.take(15)], [...fixed.skip(15)]];
    expect(sorted([...train, ...test])).toEqual(numbers(20));
    expect([...fixed]).toEqual([...train, ...test]);
  });

  it("moves an element forward by less than its buffer", () => {
    const order = [...data.range(200).shuffle(10, 5)];
    order.forEach((x, i) => {
      expect(x - i).toBeLessThan(10);
    });
    expect([...data.range(5).shuffle(1, 5)]).toEqual(numbers(5));
    expect(sorted([...data.range(5).shuffle(1000, 5)])).toEqual(numbers(5));
    expect([...data.array([]).shuffle(3)]).toEqual([]);
    for (const bad of [0, -1, 1.5, undefined, Infinity]) expect(() => data.range(3).shuffle(bad as number)).toThrow(/bufferSize/);
    expect(() => data.range(3).shuffle(2, Number.NaN)).toThrow(/seed/);
  });

  it("gives every order of three equally often", () => {
    const counts = new Map<string, number>();
    const ds = data.range(3).shuffle(3, 11);
    for (let i = 0; i < 6000; i++) counts.set([...ds].join(), (counts.get([...ds].join()) ?? 0) + 1);
    expect(counts.size).toBe(6);
    for (const n of counts.values()) expect(Math.abs(n - 1000)).toBeLessThan(130); // 4.5 standard deviations
  });

  it("draws from 0..n−1 evenly", () => {
    const random = new RandomIntegers(1, 0);
    const counts = new Array(10).fill(0);
    for (let i = 0; i < 100000; i++) counts[random.below(10)]++;
    for (const n of counts) expect(Math.abs(n - 10000)).toBeLessThan(450);
    expect(random.below(1)).toBe(0);
    expect(random.below(2 ** 32)).toBeLessThan(2 ** 32);
  });
});

describe("memory", () => {
  let before: gf.MemoryInfo;
  beforeEach(() => {
    before = gf.memory();
  });
  const grown = () => {
    const now = gf.memory();
    return [now.numTensors - before.numTensors, now.numBytes - before.numBytes];
  };
  const pipelines: [string, (rows: gf.data.Dataset<gf.Tensor>) => gf.data.Dataset<unknown>][] = [
    ["rows", (ds) => ds],
    ["batch", (ds) => ds.batch(4)],
    ["shuffle, repeat, batch", (ds) => ds.shuffle(5, 1).repeat(2).batch(4, false)],
    ["map, batch", (ds) => ds.map((x) => x.mul(2).add(1)).batch(3)],
    ["map to a structure with the element", (ds) => ds.map((x) => ({ x, twice: x.mul(2) })).batch(3)],
    ["filter", (ds) => ds.filter((x) => x.sum().greater(200)).batch(2)],
    [
      "map, shuffle, skip, batch",
      (ds) =>
        ds
          .map((x) => x.neg())
          .shuffle(4, 2)
          .skip(3)
          .batch(4, false),
    ],
    ["zip of unequal lengths", (ds) => data.zip([ds.map((x) => x.neg()), ds.map((x) => x.neg()).skip(2)])],
    ["mapAsync", (ds) => ds.mapAsync(async (x) => x.shape[0]).batch(2)],
    [
      "batches of batches",
      (ds) =>
        ds
          .batch(2)
          .map((x) => x.mul(2))
          .batch(2)
          .prefetch(2),
    ],
  ];

  it.each(pipelines)("%s: nothing is left when elements are disposed", async (_, stage) => {
    const x = gf.range(0, 1000).reshape([10, 100]);
    before = gf.memory();
    const ds = stage(data.fromTensorSlices(x));
    for await (const element of ds) gf.dispose(element as gf.TensorContainer);
    expect(grown()).toEqual([0, 0]);
    await ds.forEachAsync(() => {});
    expect(grown()).toEqual([0, 0]);
    for await (const element of ds) {
      gf.dispose(element as gf.TensorContainer);
      break;
    }
    expect(grown()).toEqual([0, 0]);
    expect(x.isDisposed).toBe(false);
  });

  it("an element joins the tidy() around it, the pipeline's own does not", () => {
    const ds = data
      .fromTensorSlices(gf.range(0, 500).reshape([10, 50]))
      .map((x) => x.neg())
      .shuffle(5, 1);
    before = gf.memory();
    const iteration = ds[Symbol.iterator]();
    const sums: number[] = [];
    for (let i = 0; i < 10; i++) gf.tidy(() => sums.push(iteration.next().value.sum().item()));
    expect(sums.length).toBe(10);
    expect(iteration.next().done).toBe(true);
    expect(grown()).toEqual([0, 0]);
  });

  it("tensors from outside are never disposed", async () => {
    const mine = [gf.ones([50]), gf.zeros([50])];
    const weight = gf.fill([50], 3);
    const ds = data
      .array(mine)
      .map((x) => ({ x, weight }))
      .batch(2);
    for (let i = 0; i < 2; i++) for (const batch of ds) expect(batch.weight.sum().item()).toBe(300);
    for await (const element of data.generator(() => mine).filter(() => false)) gf.dispose(element);
    await data.array(mine).forEachAsync(() => {});
    expect([...mine, weight].map((t) => t.isDisposed)).toEqual([false, false, false]);
  });

  it("keep() protects what a function holds on to", () => {
    const cache = new Map<number, gf.Tensor>();
    const ds = data.range(4).map((i) => {
      if (!cache.has(i)) cache.set(i, gf.keep(gf.fill([50], i)));
      return cache.get(i)!;
    });
    for (let epoch = 0; epoch < 2; epoch++) expect([...ds.batch(4)][0]!.sum().item()).toBe(300);
  });

  it("a function that throws leaves nothing", () => {
    const ds = data.fromTensorSlices(gf.ones([4, 50])).map((x) => {
      x.add(1);
      throw new Error("mine");
    });
    before = gf.memory();
    expect(() => [...ds]).toThrow("mine");
    expect(() => [...data.array([[1, 2], [3]] as number[][]).batch(2)]).toThrow(/E_RAGGED/);
    expect(() => [...data.fromTensorSlices(gf.ones([4, 50])).filter(() => Promise.reject(new Error("mine")) as never)]).toThrow(/E_ASYNC/);
    expect(grown()[0]).toBeLessThanOrEqual(3);
  });
});
