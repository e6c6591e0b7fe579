/**
 * Convolutions, pools and their gradients on seeded shapes, native against the reference: strides, dilations and pads of all
 * kinds, sizes around those where the loops change their way (tiles, bands, several images or a part of a row per band, runs,
 * blocks of depth, pixels a page apart), empty operands, numbers of threads.
 */
import { afterEach, expect, it } from "vitest";
import { DTYPES } from "../../runtime/src/core/dtype.ts";
import { getOp } from "../../runtime/src/ops/index.ts";
import type { Attrs, Block } from "../../runtime/src/ops/op.ts";
import { sizeOf } from "../ops/support.ts";
import { Random } from "../support/random.ts";
import { largestDistance, type Pair, runBoth } from "./compare.ts";
import { addon, describeNative, native } from "./support.ts";

type Dtype = "float32" | "float64";
const FLOATS: readonly Dtype[] = ["float32", "float64"];

function elements(random: Random, dtype: Dtype | "int32", shape: readonly number[], wild = 0): Block {
  const data = new DTYPES[dtype].array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) {
    data[i] = random.chance(wild) ? random.pick([NaN, Infinity, -Infinity, 0, -0, 1, 1]) : (random.next() - 0.5) * 8;
  }
  return { dtype, shape, data };
}

/** x, filter, attributes and the result's shape of one convolution. */
interface Convolution {
  readonly x: readonly number[];
  readonly filter: readonly number[];
  readonly y: readonly number[];
  readonly attrs: Attrs;
}

function convolution(x: readonly number[], filter: readonly number[], attrs: Attrs): Convolution {
  const operand = (shape: readonly number[]) => ({ dtype: "float32", shape }) as const;
  const [type] = getOp("conv2d").infer([operand(x), operand(filter)], attrs);
  return { x, filter, y: type?.shape as number[], attrs };
}

function randomConvolution(random: Random): Convolution {
  for (;;) {
    const [kh, kw] = [random.int(1, 4), random.int(1, 4)];
    const dilations = [random.int(1, 3), random.int(1, 3)];
    const pads = Array.from({ length: 4 }, () => (random.chance(0.4) ? 0 : random.int(0, 5)));
    const strides = random.chance(0.4) ? [1, 1] : [random.int(1, 4), random.int(1, 4)];
    const channels = random.pick([1, 2, 3, 4, 7, 16, 17]);
    const x = [random.pick([0, 1, 1, 2, 3, 5]), random.int(0, 12), random.int(0, 20), channels];
    const filter = [kh, kw, channels, random.pick([0, 1, 3, 8, 16, 17, 32, 33, 40])];
    try {
      return convolution(x, filter, { strides, pads, dilations });
    } catch {
      // The window does not fit: another one.
    }
  }
}

const PLAIN = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1] };
const AT_EDGES: readonly Convolution[] = [
  // Several bands of several images.
  convolution([40, 6, 6, 2], [3, 3, 2, 5], PLAIN),
  convolution([70, 5, 5, 1], [2, 2, 1, 3], { ...PLAIN, pads: [0, 0, 0, 0] }),
  convolution([9, 30, 3, 3], [3, 3, 3, 4], { ...PLAIN, strides: [3, 2] }),
  // Parts of a row.
  convolution([1, 1, 1200, 2], [1, 5, 2, 3], { ...PLAIN, pads: [0, 0, 2, 2] }),
  convolution([2, 2, 1030, 1], [2, 3, 1, 2], { strides: [1, 2], pads: [1, 0, 4, 0], dilations: [1, 2] }),
  // Blocks of depth: one run longer than a block, and several.
  convolution([1, 3, 4, 130], [3, 3, 130, 3], PLAIN),
  convolution([1, 2, 2, 500], [1, 2, 500, 2], { ...PLAIN, pads: [0, 0, 0, 0] }),
  // Pixels half a page apart.
  convolution([1, 4, 5, 512], [3, 2, 512, 3], PLAIN),
  convolution([2, 5, 6, 256], [2, 2, 256, 5], { ...PLAIN, strides: [2, 2] }),
  // Windows larger than the image, and steps larger than windows.
  convolution([1, 2, 2, 2], [5, 5, 2, 3], { ...PLAIN, pads: [4, 3, 3, 4] }),
  convolution([2, 11, 13, 3], [2, 1, 3, 4], { strides: [5, 4], pads: [0, 0, 0, 0], dilations: [1, 1] }),
  convolution([1, 9, 9, 2], [2, 2, 2, 2], { strides: [4, 6], pads: [3, 3, 1, 0], dilations: [6, 4] }),
  // Many outputs: several slivers and groups.
  convolution([1, 4, 4, 8], [3, 3, 8, 150], PLAIN),
];

const OPS = ["conv2d", "conv2dInputGrad", "conv2dFilterGrad"] as const;

function operandsOf(
  op: (typeof OPS)[number],
  { x, filter, y, attrs }: Convolution,
): { shapes: (readonly number[])[]; attrs: Attrs; depth: number } {
  const more: Attrs = { conv2d: {}, conv2dInputGrad: { inputSize: x.slice(1, 3) }, conv2dFilterGrad: { filterSize: filter.slice(0, 2) } }[
    op
  ];
  const shapes = { conv2d: [x, filter], conv2dInputGrad: [y, filter], conv2dFilterGrad: [x, y] }[op];
  // Products behind one element of the result.
  const depth = {
    conv2d: sizeOf(filter.slice(0, 3)),
    conv2dInputGrad: sizeOf(filter) / (filter[2] as number),
    conv2dFilterGrad: sizeOf(y.slice(0, 3)),
  }[op];
  return { shapes, attrs: { ...more, ...attrs }, depth };
}

describeNative("convolutions", () => {
  const threads = addon?.threads() ?? 1;
  afterEach(() => addon?.setThreads(threads));

  it.each(OPS)("%s: within the error bound of its sums", (op) => {
    const random = new Random(11);
    const given = [...AT_EDGES, ...Array.from({ length: 250 }, (_, seed) => randomConvolution(new Random(seed)))];
    for (const [seed, one] of given.entries()) {
      const { shapes, attrs, depth } = operandsOf(op, one);
      const dtype = FLOATS[seed % 2] as Dtype;
      const inputs = shapes.map((shape) => elements(random, dtype, shape));
      const pair = runBoth(getOp(op), inputs, attrs) as Pair;
      const bound = (depth + 2) * depth * 16 * (dtype === "float32" ? 2 ** -24 : 2 ** -52);
      const [got, want] = [pair.native[0] as Block, pair.reference[0] as Block];
      for (let i = 0; i < want.data.length; i++) {
        const [a, b] = [got.data[i] as number, want.data[i] as number];
        if (!(Math.abs(a - b) <= bound)) expect.fail(`case ${seed} ${dtype} ${JSON.stringify(one)}: element ${i} is ${a}, not ${b}`);
      }
    }
  });

  it.each(OPS)("%s: NaN and infinities reach the same results", (op) => {
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const { shapes, attrs } = operandsOf(op, randomConvolution(random));
      const pair = runBoth(
        getOp(op),
        shapes.map((shape) => elements(random, "float64", shape, 0.02)),
        attrs,
      ) as Pair;
      const [got, want] = [pair.native[0] as Block, pair.reference[0] as Block];
      const kind = (v: number) => (Number.isFinite(v) ? 0 : v);
      expect([...got.data].map(kind), `seed ${seed}`).toEqual([...want.data].map(kind));
    }
  });

  it.each(OPS)("%s: the number of threads changes no bit", (op) => {
    const random = new Random(3);
    for (const one of [
      convolution([8, 28, 28, 8], [3, 3, 8, 40], PLAIN),
      convolution([1, 14, 14, 64], [3, 3, 64, 96], PLAIN),
      convolution([3, 40, 40, 4], [5, 5, 4, 24], { ...PLAIN, strides: [2, 2] }),
    ]) {
      const { shapes, attrs } = operandsOf(op, one);
      const inputs = shapes.map((shape) => elements(random, "float32", shape));
      const results = [1, 2, 5].map((count) => {
        addon?.setThreads(count);
        return runNative(op, inputs, attrs);
      });
      for (const result of results.slice(1)) expect(Buffer.compare(result, results[0] as Buffer)).toBe(0);
    }
  });
});

/** The bytes of an op's result on the native backend. */
function runNative(name: string, inputs: readonly Block[], attrs: Attrs): Buffer {
  const op = getOp(name);
  const outputs = op.infer(inputs, attrs).map(({ shape }) => elements(new Random(1), "float32", shape as number[]));
  native.kernel(op, inputs, outputs, attrs);
  const { buffer, byteOffset, byteLength } = (outputs[0] as Block).data;
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** x and attributes of a pool that fits. */
function randomPool(random: Random): { x: number[]; y: number[]; attrs: Attrs } {
  for (;;) {
    const window = [random.int(1, 4), random.int(1, 4)];
    const pads = window.flatMap((size) => [random.int(0, size - 1), random.int(0, size - 1)]);
    const attrs = { window, strides: [random.int(1, 5), random.int(1, 5)], pads };
    const x = [random.pick([0, 1, 2, 3]), random.int(1, 12), random.int(1, 12), random.pick([0, 1, 3, 7, 8, 9, 16, 17, 40])];
    try {
      return { x, y: getOp("maxPool").infer([{ dtype: "float32", shape: x }], attrs)[0]?.shape as number[], attrs };
    } catch {
      // The window does not fit: another one.
    }
  }
}

const POOLS: Readonly<Record<string, (random: Random) => { inputs: readonly Block[]; attrs: Attrs }>> = {
  maxPool: (random) => {
    const { x, attrs } = randomPool(random);
    return { inputs: [elements(random, random.pick([...FLOATS, "int32"] as const), x, 0.1)], attrs };
  },
  maxPoolGrad: (random) => {
    const { x, y, attrs } = randomPool(random);
    const dtype = random.pick(FLOATS);
    return { inputs: [elements(random, dtype, x, 0.3), elements(random, dtype, y, 0.02)], attrs };
  },
  maxPoolGradGrad: (random) => {
    const { x, attrs } = randomPool(random);
    const dtype = random.pick(FLOATS);
    return { inputs: [elements(random, dtype, x, 0.3), elements(random, dtype, x, 0.1)], attrs };
  },
  avgPool: (random) => {
    const { x, attrs } = randomPool(random);
    return { inputs: [elements(random, random.pick(FLOATS), x, 0.02)], attrs };
  },
  avgPoolGrad: (random) => {
    const { x, y, attrs } = randomPool(random);
    return { inputs: [elements(random, random.pick(FLOATS), y, 0.02)], attrs: { inputSize: x.slice(1, 3), ...attrs } };
  },
};

describeNative("pools", () => {
  it.each(Object.entries(POOLS))("%s: the same elements", (name, make) => {
    for (let seed = 1; seed <= 300; seed++) {
      const { inputs, attrs } = make(new Random(seed));
      const what = `seed ${seed}: ${inputs.map((b) => `${b.dtype}[${b.shape}]`).join(" ")} ${JSON.stringify(attrs)}`;
      expect(largestDistance(runBoth(getOp(name), inputs, attrs) as Pair), what).toBe(0);
    }
  });

  it("many channels and images: threads share them out", () => {
    const random = new Random(2);
    const attrs = { window: [3, 3], strides: [2, 2], pads: [0, 1, 0, 1] };
    const x = elements(random, "float32", [3, 20, 20, 70], 0.05);
    const dy = elements(random, "float32", [3, 10, 10, 70]);
    expect(largestDistance(runBoth(getOp("maxPool"), [x], attrs) as Pair)).toBe(0);
    expect(largestDistance(runBoth(getOp("maxPoolGrad"), [x, dy], attrs) as Pair)).toBe(0);
    expect(largestDistance(runBoth(getOp("avgPoolGrad"), [dy], { inputSize: [20, 20], ...attrs }) as Pair)).toBe(0);
  });
});
