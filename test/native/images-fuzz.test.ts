/**
 * Convolutions of images, volumes and channels apart, pools and their gradients on seeded shapes, native against the reference: strides, dilations and pads of all
 * kinds, sizes around those where the loops change their way (tiles, bands, several images or a part of a row per band, runs,
 * blocks of depth, pixels a page apart), empty operands, numbers of threads.
 */
import { afterEach, expect, it } from "vitest";
import { newElements } from "../../runtime/src/core/dtype.ts";
import { getOp } from "../../runtime/src/ops/index.ts";
import type { Attrs, Block } from "../../runtime/src/ops/op.ts";
import { sizeOf } from "../ops/support.ts";
import { Random } from "../support/random.ts";
import { largestDistance, type Pair, runBoth } from "./compare.ts";
import { addon, describeNative, native } from "./support.ts";

type Dtype = "float32" | "float64";
const FLOATS: readonly Dtype[] = ["float32", "float64"];

function elements(random: Random, dtype: Dtype | "int32", shape: readonly number[], wild = 0): Block {
  const data = newElements(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) {
    data[i] = random.chance(wild) ? random.pick([NaN, Infinity, -Infinity, 0, -0, 1, 1]) : (random.next() - 0.5) * 8;
  }
  return { dtype, shape, data };
}

type Root = "conv2d" | "conv3d" | "depthwiseConv2d";

/** x, filter, attributes and the result's shape of one convolution. */
interface Convolution {
  readonly root: Root;
  readonly x: readonly number[];
  readonly filter: readonly number[];
  readonly y: readonly number[];
  readonly attrs: Attrs;
}

function convolution(x: readonly number[], filter: readonly number[], attrs: Attrs, root: Root = "conv2d"): Convolution {
  const operand = (shape: readonly number[]) => ({ dtype: "float32", shape }) as const;
  const [type] = getOp(root).infer([operand(x), operand(filter)], attrs);
  return { root, x, filter, y: type?.shape as number[], attrs };
}

function randomConvolution(random: Random, root: Root = "conv2d"): Convolution {
  const axes = root === "conv3d" ? 3 : 2;
  const each = <T>(make: () => T): T[] => Array.from({ length: axes }, make);
  for (;;) {
    const window = each(() => random.int(1, axes === 3 ? 3 : 4));
    const dilations = each(() => random.int(1, 3));
    const pads = [...each(() => 0), ...each(() => 0)].map(() => (random.chance(0.4) ? 0 : random.int(0, axes === 3 ? 3 : 5)));
    const strides = random.chance(0.4) ? each(() => 1) : each(() => random.int(1, 4));
    const channels = random.pick(root === "depthwiseConv2d" ? [1, 2, 3, 4, 7, 16, 17, 21, 33, 70] : [1, 2, 3, 4, 7, 16, 17]);
    const lengths = axes === 3 ? [random.int(0, 6), random.int(0, 7), random.int(0, 9)] : [random.int(0, 12), random.int(0, 20)];
    const x = [random.pick([0, 1, 1, 2, 3, 5]), ...lengths, channels];
    const outputs = random.pick(root === "depthwiseConv2d" ? [0, 1, 1, 1, 2, 3, 8] : [0, 1, 3, 8, 16, 17, 32, 33, 40]);
    try {
      return convolution(x, [...window, channels, outputs], { strides, pads, dilations }, root);
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

const PLAIN_3D = { strides: [1, 1, 1], pads: [1, 1, 1, 1, 1, 1], dilations: [1, 1, 1] };
const VOLUMES_AT_EDGES: readonly Convolution[] = [
  // Several bands over planes and volumes, a copy of several planes.
  convolution([3, 9, 7, 6, 2], [3, 3, 3, 2, 5], PLAIN_3D, "conv3d"),
  convolution([2, 12, 5, 5, 1], [2, 2, 2, 1, 3], { ...PLAIN_3D, pads: [0, 0, 0, 0, 0, 0] }, "conv3d"),
  convolution([1, 3, 2, 1100, 1], [3, 1, 3, 1, 2], PLAIN_3D, "conv3d"),
  // Blocks of depth, pixels half a page apart, a window larger than x.
  convolution([1, 3, 3, 3, 40], [3, 3, 3, 40, 3], PLAIN_3D, "conv3d"),
  convolution([1, 2, 3, 4, 512], [2, 2, 2, 512, 3], PLAIN_3D, "conv3d"),
  convolution([1, 1, 2, 2, 2], [4, 5, 5, 2, 3], { ...PLAIN_3D, pads: [3, 2, 4, 3, 3, 4] }, "conv3d"),
  convolution([2, 9, 8, 7, 3], [2, 1, 2, 3, 4], { strides: [4, 5, 3], pads: [0, 0, 0, 0, 0, 0], dilations: [1, 1, 1] }, "conv3d"),
];

const FAMILIES: readonly (readonly [Root, readonly Convolution[], number])[] = [
  ["conv2d", AT_EDGES, 250],
  ["conv3d", VOLUMES_AT_EDGES, 150],
  [
    "depthwiseConv2d",
    [
      convolution([2, 40, 30, 48], [3, 3, 48, 1], PLAIN, "depthwiseConv2d"),
      convolution([1, 30, 40, 6], [5, 3, 6, 4], { strides: [2, 1], pads: [2, 2, 1, 1], dilations: [1, 1] }, "depthwiseConv2d"),
      convolution([1, 9, 9, 3], [2, 2, 3, 2], { strides: [4, 6], pads: [3, 3, 1, 0], dilations: [6, 4] }, "depthwiseConv2d"),
      convolution([1, 2, 2, 5], [9, 9, 5, 1], { ...PLAIN, pads: [8, 8, 8, 8] }, "depthwiseConv2d"),
    ],
    250,
  ],
];
const ENDINGS = ["", "InputGrad", "FilterGrad"] as const;
const OPS = FAMILIES.flatMap(([root, edges, count]) => ENDINGS.map((ending) => [`${root}${ending}`, root, ending, edges, count] as const));

function operandsOf(
  ending: (typeof ENDINGS)[number],
  { root, x, filter, y, attrs }: Convolution,
): { shapes: (readonly number[])[]; attrs: Attrs; depth: number } {
  const axes = x.length - 2;
  const more: Attrs = { "": {}, InputGrad: { inputSize: x.slice(1, -1) }, FilterGrad: { filterSize: filter.slice(0, axes) } }[ending];
  const shapes = { "": [x, filter], InputGrad: [y, filter], FilterGrad: [x, y] }[ending];
  const window = sizeOf(filter.slice(0, axes));
  const apart = root === "depthwiseConv2d";
  // Products behind one element of the result.
  const depth = {
    "": apart ? window : window * (filter[axes] as number),
    InputGrad: window * (filter[axes + 1] as number),
    FilterGrad: sizeOf(y.slice(0, -1)),
  }[ending];
  return { shapes, attrs: { ...more, ...attrs }, depth };
}

describeNative("convolutions", () => {
  const threads = addon?.threads() ?? 1;
  afterEach(() => addon?.setThreads(threads));

  it.each(OPS)("%s: within the error bound of its sums", (op, root, ending, edges, count) => {
    const random = new Random(11);
    const given = [...edges, ...Array.from({ length: count }, (_, seed) => randomConvolution(new Random(seed), root))];
    for (const [seed, one] of given.entries()) {
      const { shapes, attrs, depth } = operandsOf(ending, one);
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

  it.each(OPS)("%s: NaN and infinities reach the same results", (op, root, ending) => {
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed);
      const { shapes, attrs } = operandsOf(ending, randomConvolution(random, root));
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

  it.each(OPS)("%s: the number of threads changes no bit", (op, root, ending) => {
    const random = new Random(3);
    const large: Record<Root, readonly Convolution[]> = {
      conv2d: [
        convolution([8, 28, 28, 8], [3, 3, 8, 40], PLAIN),
        convolution([1, 14, 14, 64], [3, 3, 64, 96], PLAIN),
        convolution([3, 40, 40, 4], [5, 5, 4, 24], { ...PLAIN, strides: [2, 2] }),
      ],
      conv3d: [convolution([2, 10, 14, 14, 8], [3, 3, 3, 8, 24], PLAIN_3D, "conv3d")],
      depthwiseConv2d: [
        convolution([4, 40, 40, 24], [3, 3, 24, 1], PLAIN, "depthwiseConv2d"),
        convolution([2, 40, 40, 7], [3, 3, 7, 3], { ...PLAIN, strides: [2, 2] }, "depthwiseConv2d"),
      ],
    };
    for (const one of large[root]) {
      const { shapes, attrs } = operandsOf(ending, one);
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

/** x and attributes of a pool that fits: of images, and of volumes with cells apart. */
function randomPool(random: Random): { x: number[]; y: number[]; attrs: Attrs } {
  const axes = random.chance(0.4) ? 3 : 2;
  const most = axes === 3 ? 3 : 4;
  for (;;) {
    const window = Array.from({ length: axes }, () => random.int(1, most));
    const dilations = window.map(() => (random.chance(0.6) ? 1 : random.int(2, 4)));
    const pads = window.flatMap((size, i) => {
      const span = (size - 1) * (dilations[i] as number);
      return [random.int(0, span), random.int(0, span)];
    });
    const attrs = { window, strides: window.map(() => random.int(1, 5)), pads, dilations };
    const x = [
      random.pick([0, 1, 2, 3]),
      ...window.map(() => random.int(1, axes === 3 ? 7 : 12)),
      random.pick([0, 1, 3, 7, 8, 9, 16, 17, 40]),
    ];
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
    return { inputs: [elements(random, random.pick(FLOATS), y, 0.02)], attrs: { inputSize: x.slice(1, -1), ...attrs } };
  },
  maxPoolArgMax: (random) => {
    const { x, attrs } = randomPool(random);
    const inputs = [elements(random, random.pick([...FLOATS, "int32"] as const), x, 0.2)];
    return { inputs, attrs: { includeBatch: random.chance(0.5), ...attrs } };
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
    const attrs = { window: [3, 3], strides: [2, 2], pads: [0, 1, 0, 1], dilations: [1, 1] };
    const x = elements(random, "float32", [3, 20, 20, 70], 0.05);
    const dy = elements(random, "float32", [3, 10, 10, 70]);
    expect(largestDistance(runBoth(getOp("maxPool"), [x], attrs) as Pair)).toBe(0);
    expect(largestDistance(runBoth(getOp("maxPoolGrad"), [x, dy], attrs) as Pair)).toBe(0);
    expect(largestDistance(runBoth(getOp("avgPoolGrad"), [dy], { inputSize: [20, 20], ...attrs }) as Pair)).toBe(0);
  });
});
