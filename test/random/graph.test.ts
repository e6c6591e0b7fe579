/** Random numbers in graph functions: new at every call, the sequence of eager code, through branches and loops; nothing left over. */
import * as gf from "graphfn";
import { expect, test } from "vitest";

const draw = gf.graphFunction((x: gf.Tensor) => x.add(gf.randomUniform([40])).add(gf.randomNormal([40], 1, 2)));
const values = (t: gf.Tensor): number[] => [...t.dataSync()];
const eager = (x: gf.Tensor): gf.Tensor => x.add(gf.randomUniform([40])).add(gf.randomNormal([40], 1, 2));

test("a graph function draws anew at every call, as eager code would", () => {
  const zero = gf.zeros([40]);
  gf.setSeed(5);
  const want = [eager(zero), eager(zero), eager(zero)].map(values);
  gf.setSeed(5);
  // Eager, graph, eager: one sequence.
  const got = [draw(zero), eager(zero), draw(zero)].map(values);
  expect(want[0]).not.toEqual(want[1]);
  for (const [k, list] of got.entries()) for (const [i, v] of list.entries()) expect(v).toBeCloseTo(want[k]![i]!, 5);
  expect(draw.traces).toBe(1);
});

test("in branches and loops, only what runs is drawn", () => {
  const walk = gf.graphFunction((n: gf.Tensor) => {
    let sum: gf.Tensor = gf.scalar(0, "float64");
    let i: gf.Tensor = 0;
    while (i < n) {
      if (i % 2 === 0) sum = sum.add(gf.randomUniform([], 0, 1, "float64"));
      i += 1;
    }
    return sum;
  });
  gf.setSeed("walk");
  const list = Array.from({ length: 5 }, () => gf.randomUniform([], 0, 1, "float64").dataSync()[0]!);
  gf.setSeed("walk");
  expect(walk(gf.scalar(5, "int32")).dataSync()[0]).toBeCloseTo(list[0]! + list[1]! + list[2]!, 14);
  expect(walk(gf.scalar(4, "int32")).dataSync()[0]).toBeCloseTo(list[3]! + list[4]!, 14);
});

test("a seed inside a graph function gives the same numbers at every call, and those of eager code", () => {
  const f = gf.graphFunction((x: gf.Tensor) => x.add(gf.randomNormal([3], 0, 1, "float64", 9)));
  const zero = gf.zeros([3], "float64");
  const want = values(gf.randomNormal([3], 0, 1, "float64", 9));
  for (let k = 0; k < 2; k++) for (const [i, v] of values(f(zero)).entries()) expect(v).toBeCloseTo(want[i]!, 14);
});

test("setSeed inside a graph function happens when it runs", () => {
  const f = gf.graphFunction((x: gf.Tensor) => {
    gf.setSeed(3);
    return x.add(gf.randomUniform([2]));
  });
  gf.setSeed(3);
  const want = values(gf.randomUniform([2]));
  gf.randomUniform([2]);
  expect(values(f(gf.zeros([2])))).toEqual(want);
  expect(values(f(gf.zeros([2])))).toEqual(want);
});

test("rand is refused in a graph function, whose numbers would stay the same", () => {
  const f = gf.graphFunction((x: gf.Tensor) => x.add(gf.rand([2], Math.random)));
  expect(() => f(gf.zeros([2]))).toThrow(/E_STAGING.*randomUniform/);
});

test("draws leave nothing behind but their results", () => {
  const [logits, x] = [gf.tensor([1, 2, 3]), gf.ones([50])];
  const before = gf.memory();
  for (const make of [
    () => gf.randomUniform([50]),
    () => gf.randomUniform([50], 2, 3),
    () => gf.randomNormal([50], 1, 2, "int32", 4),
    () => gf.randomUniform([50], 0, 1, "bool"),
    () => gf.multinomial(logits, 50),
    () => gf.dropout(x, 0.5),
  ]) {
    make().dispose();
  }
  gf.setSeed(1);
  const after = gf.memory();
  expect([after.numTensors, after.numDataBuffers, after.numBytes]).toEqual([before.numTensors, before.numDataBuffers, before.numBytes]);
});

test("dropout and its gradient keep the same elements", () => {
  const x = gf.ones([1000]);
  const tape = gf.gradientTape();
  tape.watch(x);
  const y = gf.dropout(x, 0.5);
  const dx = tape.gradient(y, x);
  expect(values(dx)).toEqual(values(y));
  expect(new Set(values(y))).toEqual(new Set([0, 2]));
});

test("the gradient of a graph function with dropout sees the numbers that were drawn", () => {
  const f = gf.graphFunction((x: gf.Tensor) => {
    const tape = gf.gradientTape();
    tape.watch(x);
    const y = gf.dropout(x, 0.5);
    return [y, tape.gradient(y, x)];
  });
  const x = gf.ones([100]);
  const [y, dx] = f(x) as [gf.Tensor, gf.Tensor];
  expect(values(dx)).toEqual(values(y));
  const [again] = f(x) as [gf.Tensor];
  expect(values(again)).not.toEqual(values(y));
  expect(f.traces).toBe(1);
});

test("the gradient of a compiled function with dropout, taken outside, sees the numbers that were drawn", () => {
  const f = gf.graphFunction((x: gf.Tensor) => gf.dropout(x, 0.5));
  const x = gf.ones([100]);
  const tape = gf.gradientTape();
  tape.watch(x);
  const y = f(x);
  expect(values(tape.gradient(y, x))).toEqual(values(y));
});
