/** Datasets: order, sizes and edge cases of every stage, as tf.data and TensorFlow.js document them; sync and async alike. */
import * as gf from "graphfn";
import { describe, expect, it, vi } from "vitest";

const { data } = gf;
const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
const later = <T>(value: T, ms = 0) => new Promise<T>((resolve) => setTimeout(() => resolve(value), ms));

/** What one iteration gives, by `for of`; checked to be what `for await` gives. */
async function all<T>(ds: gf.data.Dataset<T>): Promise<unknown[]> {
  const sync = [...ds].map(plain);
  expect((await ds.toArray()).map(plain)).toEqual(sync);
  return sync;
}

/** Tensors as nested arrays. */
function plain(value: unknown): unknown {
  if (value instanceof gf.Tensor) return value.arraySync();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

describe("sources", () => {
  it("array gives its items, again and again", async () => {
    const items = [{ a: 1 }, { a: 2 }];
    const ds = data.array(items);
    items.push({ a: 3 });
    expect(ds.size).toBe(2);
    expect(await all(ds)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(await all(data.array([]))).toEqual([]);
  });

  it("range counts as Python's does", async () => {
    expect(await all(data.range(3))).toEqual([0, 1, 2]);
    expect(await all(data.range(2, 5))).toEqual([2, 3, 4]);
    expect(await all(data.range(5, 0, -2))).toEqual([5, 3, 1]);
    expect(await all(data.range(1, 6, 2))).toEqual([1, 3, 5]);
    expect(await all(data.range(3, 1))).toEqual([]);
    expect(data.range(1, 6, 2).size).toBe(3);
    expect(() => data.range(0, 1, 0)).toThrow(/step is 0/);
    expect(() => data.range(0.5)).toThrow(/whole number/);
  });

  it("fromTensorSlices gives the rows of a structure", async () => {
    const x = gf.tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const y = gf.tensor([7, 8, 9], undefined, "int32");
    expect(await all(data.fromTensorSlices(x))).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const ds = data.fromTensorSlices({ x, rest: [y, [true, false, true]] });
    expect(ds.size).toBe(3);
    const first = [...ds][0]!;
    expect(plain(first)).toEqual({ x: [1, 2], rest: [7, 1] });
    expect([first.x.dtype, first.rest[0]!.dtype, first.rest[1]!.dtype, first.rest[0]!.shape]).toEqual(["float32", "int32", "bool", []]);
    expect(
      await all(
        data.fromTensorSlices([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await all(data.fromTensorSlices(new Float64Array([1, 2])))).toEqual([1, 2]);
    expect(await all(data.fromTensorSlices(gf.zeros([0, 4])))).toEqual([]);
  });

  it("fromTensorSlices refuses what has no rows, or not as many", () => {
    expect(() => data.fromTensorSlices(gf.scalar(1))).toThrow(/E_SHAPE.*scalar/);
    expect(() => data.fromTensorSlices({ xs: gf.zeros([3, 2]), ys: gf.zeros([4]) })).toThrow(
      /E_SHAPE: data.fromTensorSlices: xs of shape \[3,2\] has 3 rows, but ys of shape \[4\] has 4/,
    );
    expect(() => data.fromTensorSlices({ xs: "no" } as never)).toThrow(/E_ARGUMENT.*xs is a string/);
    expect(() => data.fromTensorSlices({})).toThrow(/empty/);
    const gone = gf.zeros([3, 100]);
    const ds = data.fromTensorSlices({ gone });
    gone.dispose();
    expect(() => [...ds]).toThrow(/E_DISPOSED/);
  });

  it("generator is called anew by each iteration, whatever it returns", async () => {
    const make = vi.fn(function* () {
      yield* [1, 2, 3];
    });
    const ds = data.generator(make);
    expect(ds.size).toBe(null);
    expect(make).not.toHaveBeenCalled();
    expect(await all(ds)).toEqual([1, 2, 3]);
    expect(make).toHaveBeenCalledTimes(2);
    expect(await all(data.generator(() => [4, 5]))).toEqual([4, 5]);
    let i = 0;
    const counter = { next: () => (i < 2 ? { value: i++, done: false } : { value: undefined, done: true }) };
    expect([...data.generator(() => counter as Iterator<number>)]).toEqual([0, 1]);
    const slow = data.generator(async function* () {
      yield await later(1);
      yield 2;
    });
    expect(await slow.toArray()).toEqual([1, 2]);
    expect(await data.generator(async () => [7, 8].values()).toArray()).toEqual([7, 8]);
  });

  it("generator: errors come out, bad results are named", async () => {
    const fails = data.generator(function* () {
      yield 1;
      throw new Error("mine");
    });
    const seen: number[] = [];
    expect(() => {
      for (const x of fails) seen.push(x);
    }).toThrow("mine");
    expect(seen).toEqual([1]);
    await expect(fails.toArray()).rejects.toThrow("mine");
    await expect(
      fails
        .map((x) => x)
        .batch(2)
        .prefetch(3)
        .toArray(),
    ).rejects.toThrow("mine");
    expect(() => [...data.generator(() => 3 as never)]).toThrow(/E_ARGUMENT.*must return an iterator/);
    expect(() => data.generator([1].values() as never)).toThrow(/needs a function/);
    expect(() => [...data.generator(() => ({ next: () => 3 }) as never)]).toThrow(/must return \{ value, done \}/);
  });
});

describe("stages", () => {
  it("map, filter, mapAsync", async () => {
    const ds = data.range(6).map((x) => x * x);
    expect(ds.size).toBe(6);
    expect(await all(ds)).toEqual([0, 1, 4, 9, 16, 25]);
    const odd = ds.filter((x) => x % 2 === 1);
    expect(odd.size).toBe(null);
    expect(await all(odd)).toEqual([1, 9, 25]);
    expect(await all(ds.filter(() => false))).toEqual([]);
    expect(await all(data.array([1, 5, 2]).filter((x) => gf.scalar(x).greater(1)))).toEqual([5, 2]);
    expect(await ds.filter(async (x) => (await later(x)) > 5).toArray()).toEqual([9, 16, 25]);
    const slow = ds.mapAsync((x) => later(-x));
    expect([slow.size, await slow.toArray()]).toEqual([6, [-0, -1, -4, -9, -16, -25]]);
  });

  it("functions that answer wrongly are named", async () => {
    expect(() => [...data.range(2).map(async (x) => x)]).toThrow(/map: the function returned a promise\. Use mapAsync/);
    expect(() => [...data.range(2).filter(() => undefined)]).toThrow(/filter: the predicate returned nothing/);
    expect(() => [...data.range(2).filter(() => gf.zeros([2]))]).toThrow(/shape \[2\]/);
    expect(() => data.range(2).map(3 as never)).toThrow(/map: needs a function/);
    await expect(
      data
        .range(3)
        .mapAsync(async () => Promise.reject(new Error("mine")))
        .toArray(),
    ).rejects.toThrow("mine");
  });

  it("take and skip, with TensorFlow.js's meaning of missing and negative counts", async () => {
    const ds = data.range(5);
    const sized = async (d: gf.data.Dataset<number>) => [d.size, await all(d)];
    expect(await sized(ds.take(2))).toEqual([2, [0, 1]]);
    expect(await sized(ds.take(0))).toEqual([0, []]);
    expect(await sized(ds.take(9))).toEqual([5, numbers(5)]);
    expect(await sized(ds.take(-1))).toEqual([5, numbers(5)]);
    expect(await sized(ds.take())).toEqual([5, numbers(5)]);
    expect(await sized(ds.skip(2))).toEqual([3, [2, 3, 4]]);
    expect(await sized(ds.skip(0))).toEqual([5, numbers(5)]);
    expect(await sized(ds.skip(9))).toEqual([0, []]);
    expect(await sized(ds.skip(-1))).toEqual([0, []]);
    expect(await sized(ds.skip())).toEqual([0, []]);
    expect(() => ds.take(1.5)).toThrow(/take: count must be a whole number/);
    const unknown = ds.filter(() => true);
    expect(await sized(unknown.skip(3).take(1))).toEqual([null, [3]]);
  });

  it("repeat", async () => {
    const ds = data.array([1, 2]);
    expect([ds.repeat(3).size, await all(ds.repeat(3))]).toEqual([6, [1, 2, 1, 2, 1, 2]]);
    expect([ds.repeat(0).size, await all(ds.repeat(0))]).toEqual([0, []]);
    expect(ds.repeat().size).toBe(Infinity);
    expect(await all(ds.repeat().take(5))).toEqual([1, 2, 1, 2, 1]);
    expect(ds.repeat(-1).batch(2).size).toBe(Infinity);
    await expect(ds.repeat().toArray()).rejects.toThrow(/no end/);
    expect(await all(data.array([]).repeat())).toEqual([]);
    const none = ds.filter(() => false).repeat();
    expect([none.size, [...none]]).toEqual([null, []]);
  });

  it("concatenate and zip", async () => {
    const [a, b] = [data.range(3), data.array([10, 20])];
    expect([a.concatenate(b).size, await all(a.concatenate(b))]).toEqual([5, [0, 1, 2, 10, 20]]);
    expect(a.concatenate(b.repeat()).size).toBe(Infinity);
    expect(a.concatenate(b.filter(() => true)).size).toBe(null);
    expect(await all(data.zip([a, b]))).toEqual([
      [0, 10],
      [1, 20],
    ]);
    expect(await all(data.zip({ x: a, y: { z: b.map((v) => -v) } }))).toEqual([
      { x: 0, y: { z: -10 } },
      { x: 1, y: { z: -20 } },
    ]);
    expect(data.zip([a, b.repeat()]).size).toBe(3);
    expect(data.zip([a, b.filter(() => true)]).size).toBe(null);
    expect(await all(data.zip({ x: a.skip(1), y: b }))).toEqual([
      { x: 1, y: 10 },
      { x: 2, y: 20 },
    ]);
    expect(await data.zip({ x: a, y: b.mapAsync((v) => later(v)) }).toArray()).toEqual([
      { x: 0, y: 10 },
      { x: 1, y: 20 },
    ]);
    expect(() => data.zip([a, 3] as never)).toThrow(/\[1\] is 3, but must be a dataset/);
    expect(() => data.zip({})).toThrow(/empty/);
  });

  it("batch stacks numbers, booleans, arrays, typed arrays and tensors in structures", async () => {
    const ds = data.array(
      numbers(5).map((i) => ({
        n: i,
        even: i % 2 === 0,
        pair: [i, -i],
        bytes: Uint8Array.of(i),
        t: gf.tensor([[i]]),
        deep: [gf.scalar(i), { k: i }],
      })),
    );
    const [first, , last] = [...ds.batch(2)];
    expect(ds.batch(2).size).toBe(3);
    expect(plain(first)).toEqual({
      n: [0, 1],
      even: [1, 0],
      pair: [
        [0, -0],
        [1, -1],
      ],
      bytes: [[0], [1]],
      t: [[[0]], [[1]]],
      deep: [[0, 1], { k: [0, 1] }],
    });
    expect([first!.n.dtype, first!.even.dtype, first!.bytes.dtype]).toEqual(["float32", "bool", "int32"]);
    expect(plain(last)).toMatchObject({ n: [4], pair: [[4, -4]] });
  });

  it("batch sizes", async () => {
    const ds = data.range(5);
    expect(await all(ds.batch(2))).toEqual([[0, 1], [2, 3], [4]]);
    expect(await all(ds.batch(2, false))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(await all(ds.batch(9))).toEqual([numbers(5)]);
    expect([ds.batch(9, false).size, await all(ds.batch(9, false))]).toEqual([0, []]);
    expect(await all(ds.batch(5))).toEqual([numbers(5)]);
    expect(await all(ds.take(0).batch(3))).toEqual([]);
    expect(await all(ds.map((x) => x).batch(2, false))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(await all(ds.batch(2).batch(2, false))).toEqual([
      [
        [0, 1],
        [2, 3],
      ],
    ]);
    for (const bad of [0, -1, 1.5, Infinity, "2", undefined]) expect(() => ds.batch(bad as number)).toThrow(/E_ARGUMENT.*batchSize/);
  });

  it.each([
    [[{ x: gf.zeros([2]) }, { x: gf.zeros([3]) }], /E_RAGGED: batch 0: element 1, x, has shape \[3\], but element 0 has \[2\]/],
    [[{ x: [1, 2] }, { x: [1] }], /E_RAGGED: batch 0: element 1, x, has shape \[1\], but element 0 has \[2\]/],
    [[{ x: [[1], [2, 3]] }], /E_RAGGED.*element 0, x/],
    [[{ x: gf.zeros([2]) }, { x: gf.zeros([2], "int32") }], /E_DTYPE: batch 0: element 1, x, is int32, but element 0 is float32/],
    [[{ x: 1 }, { y: 1 }], /E_ARGUMENT: batch 0: element 0 has no "y", but element 1 has/],
    [[{ x: 1 }, { x: true }], /E_RAGGED: batch 0: element 1, x, is a boolean, but element 0 has a number there/],
    [[{ x: 1 }, { x: gf.scalar(1) }], /E_RAGGED.*element 1, x, is a tensor/],
    [[{ x: gf.scalar(1) }, { x: 1 }], /E_RAGGED.*element 1, x, is a number, but element 0 has a tensor/],
    [[{ x: 1 }, { x: undefined }], /E_ARGUMENT: batch 0: element 1, x, is undefined.*default/],
    [[null], /element 0 is null/],
    [[{ a: [{ b: "red" }] }], /U_UNSUPPORTED: batch 0: element 0, a\[0\]\.b, is the string "red"/],
    [[new Map()], /element 0 is an object of a class/],
    [[[1, 2], { x: 1 }], /E_RAGGED/],
  ])("batch refuses %#", (items, message) => {
    expect(() => [...data.array(items as unknown[]).batch(4)]).toThrow(message);
  });

  it("structures that contain themselves are refused", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    const ring: Record<string, unknown> = {};
    ring.ring = ring;
    expect(() => [...data.array([loop]).batch(1)]).toThrow(/deeper/);
    expect(() => [...data.array([ring]).batch(1)]).toThrow(/deeper/);
    expect(() => data.fromTensorSlices(loop)).toThrow(/deeper/);
    expect(() => data.fromTensorSlices(ring)).toThrow(/contains itself/);
    expect(() => data.zip(ring)).toThrow(/contains itself/);
  });

  it("promises as elements are awaited", async () => {
    const ds = data.array([later(1), later(2)]);
    expect(await ds.map((x) => x).toArray()).toEqual([1, 2]);
    expect(() => [...ds]).toThrow(/E_ASYNC/);
  });

  it("NaN, infinities, −0 and large integers pass through", () => {
    const values = [Number.NaN, Infinity, -0, 16777217];
    expect([...data.array(values)]).toEqual(values);
    expect([...data.array(values).batch(4)][0]!.arraySync()).toEqual([Number.NaN, Infinity, -0, 16777216]);
    const rows = data.fromTensorSlices(gf.tensor(values, undefined, "float64")).shuffle(4, 1, false);
    const order = [...data.array(values).shuffle(4, 1, false)];
    expect([...rows.batch(4)][0]!.arraySync()).toEqual(order);
    expect([...rows].map((t) => t.item())).toEqual(order);
  });

  it("rows of a variable are those of its value when the dataset was made", () => {
    const v = gf.variable(
      gf.tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    const ds = data.fromTensorSlices(v).batch(2);
    v.assign(gf.zeros([2, 2]));
    expect([...ds][0]!.arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("gathering rows equals stacking them", () => {
    const x = gf.range(0, 60).reshape([12, 5]);
    const y = gf.range(0, 12, 1, "int32");
    const rows = data.fromTensorSlices({ x, y: [y] });
    const zipped = data.zip({ x: data.fromTensorSlices(x), y: [data.fromTensorSlices(y)] });
    for (const ds of [rows, zipped]) {
      const make = (d: typeof rows) => d.skip(1).shuffle(4, 9, false).repeat(2).take(19).batch(4);
      const stacked = make(ds.map((element) => element)); // map hides the table
      expect([...make(ds)].map(plain)).toEqual([...stacked].map(plain));
      expect([...make(ds)].length).toBe(5);
    }
  });

  it("batch names the batch", () => {
    const ds = data.array([[1], [2], [3], [4, 5]]).map((x) => x);
    expect(() => [...ds.batch(2)]).toThrow(/batch 1: element 1 has shape \[2\]/);
  });
});
