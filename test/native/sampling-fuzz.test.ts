/** Resizing, crops and transforms of images on seeded shapes: native equals the reference to the bit, for any number of threads. */
import { afterEach, expect, it } from "vitest";
import { newElements } from "../../runtime/src/core/dtype.ts";
import { getOp } from "../../runtime/src/ops/index.ts";
import type { Attrs, Block } from "../../runtime/src/ops/op.ts";
import { sizeOf } from "../ops/support.ts";
import { Random } from "../support/random.ts";
import { type Pair, runBoth } from "./compare.ts";
import { addon, describeNative } from "./support.ts";

function elements(random: Random, dtype: "float32" | "float64", shape: readonly number[], wild = 0): Block {
  const data = newElements(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++)
    data[i] = random.chance(wild) ? random.pick([NaN, Infinity, -Infinity, -0, 1]) : (random.next() - 0.5) * 6;
  return { dtype, shape, data };
}

interface Task {
  readonly inputs: readonly Block[];
  readonly attrs: Attrs;
}

/** Small shapes, and now and then one of many rows. */
function imagesOf(random: Random, dtype: "float32" | "float64", large: boolean): Block {
  const length = (): number => (large ? random.int(30, 90) : random.int(1, 9));
  return elements(random, dtype, [random.int(1, 3), length(), length(), large ? random.int(1, 20) : random.int(0, 4)], large ? 0 : 0.05);
}

function resizing(random: Random, large: boolean): Task {
  const dtype = random.pick(["float32", "float64"] as const);
  const kind = random.int(0, 2);
  const length = (): number => (large ? random.int(20, 120) : random.int(1, 12));
  return {
    inputs: [imagesOf(random, dtype, large)],
    attrs: { size: [length(), length()], alignCorners: kind === 1, halfPixel: kind === 2 },
  };
}

function crops(random: Random, large: boolean): Task {
  const dtype = random.pick(["float32", "float64"] as const);
  const x = imagesOf(random, dtype, large);
  const count = random.int(0, large ? 40 : 4);
  const boxes = elements(random, dtype, [count, 4], large ? 0 : 0.1);
  boxes.data.forEach((v, i) => {
    boxes.data[i] = Number(v) / 4 + 0.5;
  });
  const owners: Block = {
    dtype: "int32",
    shape: [count],
    data: Int32Array.from({ length: count }, () => random.int(0, (x.shape[0] as number) - 1)),
  };
  const attrs = { size: [random.int(1, 9), random.int(1, 9)], bilinear: random.chance(0.5), outside: random.next() };
  return { inputs: [x, boxes, owners], attrs };
}

function transforms(random: Random, large: boolean): Task {
  const dtype = random.pick(["float32", "float64"] as const);
  const x = imagesOf(random, dtype, large);
  const own = elements(random, dtype, [random.chance(0.5) ? 1 : (x.shape[0] as number), 8], large ? 0 : 0.05);
  const attrs = {
    size: [random.int(0, 40), random.int(1, 40)],
    bilinear: random.chance(0.5),
    fill: random.int(0, 3),
    value: random.next(),
  };
  return { inputs: [x, own], attrs };
}

const TASKS: readonly [string, (random: Random, large: boolean) => Task][] = [
  ["resizeBilinear", resizing],
  ["resizeBilinearBack", resizing],
  ["resizeNearest", resizing],
  ["resizeNearestBack", resizing],
  ["cropAndResize", crops],
  ["transform", transforms],
];

describeNative("images", () => {
  const threads = addon?.threads() ?? 1;
  afterEach(() => addon?.setThreads(threads));

  it.each(TASKS)("%s", (name, taskOf) => {
    for (let seed = 1; seed <= 120; seed++) {
      const random = new Random(seed);
      const { inputs, attrs } = taskOf(random, seed % 20 === 0);
      addon?.setThreads(1);
      const alone = runBoth(getOp(name), inputs, attrs) as Pair;
      addon?.setThreads(3);
      const together = runBoth(getOp(name), inputs, attrs) as Pair;
      const what = `seed ${seed}: ${inputs.map(({ dtype, shape }) => `${dtype}[${shape}]`)} ${JSON.stringify(attrs)}`;
      expect(alone.native[0]?.data, what).toEqual(alone.reference[0]?.data);
      expect(together.native[0]?.data, what).toEqual(alone.reference[0]?.data);
    }
  });
});
