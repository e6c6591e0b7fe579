/**
 * Large float32 convolutions and their gradients by oneDNN, next to our own kernels (which `images-fuzz.test.ts` compares with the
 * reference): seeded shapes of every kind that it gets, cut by images, rows and channels; numbers that are not finite; threads; the cache.
 */
import { Worker } from "node:worker_threads";
import { nativeInfo } from "@graphfn/native";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { getOp } from "../../runtime/src/ops/index.ts";
import type { Attrs, Block } from "../../runtime/src/ops/op.ts";
import { encodePlan } from "../../runtime/src/plan/encode.ts";
import type { Plan } from "../../runtime/src/plan/plan.ts";
import { sizeOf } from "../ops/support.ts";
import { Random } from "../support/random.ts";
import { addon, native, PlanWriter, runOnce } from "./support.ts";

type Shape = readonly number[];

/** One sum: y of x and filter, or one of the two gradients. */
interface Case {
  readonly op: string;
  readonly shapes: readonly Shape[];
  readonly attrs: Attrs;
  readonly out: Shape;
  /** Products behind one element of the result. */
  readonly depth: number;
}

const installed = addon?.setOneDnn(true) === true && addon.convolution().startsWith("oneDNN");
/** Products that oneDNN is asked for from: `kLeastWork` in native/src/kernels/convolution-parts.cpp. */
const LEAST = 4e6;

/** The three sums of a convolution. */
function casesOf(x: Shape, filter: Shape, attrs: Attrs): Case[] {
  const axes = x.length - 2;
  const root = `conv${axes}d`;
  const operand = (shape: Shape) => ({ dtype: "float32", shape }) as const;
  const y = getOp(root).infer([operand(x), operand(filter)], attrs)[0]?.shape as Shape;
  const window = filter.slice(0, axes);
  const [channels, outputs] = filter.slice(axes) as [number, number];
  return [
    { op: root, shapes: [x, filter], attrs, out: y, depth: sizeOf(window) * channels },
    {
      op: `${root}InputGrad`,
      shapes: [y, filter],
      attrs: { inputSize: x.slice(1, -1), ...attrs },
      out: x,
      depth: sizeOf(window) * outputs,
    },
    { op: `${root}FilterGrad`, shapes: [x, y], attrs: { filterSize: window, ...attrs }, out: filter, depth: sizeOf(y.slice(0, -1)) },
  ];
}

const plain = (axes: number, pad = 1): Attrs => ({
  strides: Array(axes).fill(1),
  pads: Array(2 * axes).fill(pad),
  dilations: Array(axes).fill(1),
});

/** A convolution of random form with as many images as make it large enough. */
function randomCases(seed: number): Case[] {
  const random = new Random(seed);
  const axes = random.chance(0.3) ? 3 : 2;
  const each = <T>(make: () => T): T[] => Array.from({ length: axes }, make);
  const COUNTS = [1, 2, 3, 5, 8, 16, 17, 32, 48, 64, 100, 130, 192];
  for (;;) {
    const window = each(() => random.int(1, axes === 3 ? 3 : 4));
    const dilations = random.chance(0.6) ? each(() => 1) : each(() => random.int(1, 3));
    const strides = random.chance(0.5) ? each(() => 1) : each(() => random.int(1, 3));
    const pads = [...each(() => 0), ...each(() => 0)].map(() => (random.chance(0.4) ? 0 : random.int(0, 4)));
    const [channels, outputs] = [random.pick(COUNTS), random.pick(COUNTS)];
    const lengths = each(() => random.int(1, axes === 3 ? 10 : 30));
    try {
      const one = casesOf([1, ...lengths, channels], [...window, channels, outputs], { strides, pads, dilations })[0] as Case;
      const images = Math.ceil(LEAST / (sizeOf(one.out) * one.depth)) + random.int(0, 2);
      const size = images * (sizeOf(lengths) * channels + sizeOf(one.out));
      if (size < 2e6) return casesOf([images, ...lengths, channels], [...window, channels, outputs], one.attrs);
    } catch {
      // The window does not fit: another one.
    }
  }
}

/** Shapes for each way of cutting, and around its ends. */
const CHOSEN: readonly Case[][] = [
  // By images: a last part with fewer of them.
  casesOf([33, 14, 14, 16], [3, 3, 16, 32], plain(2)),
  casesOf([37, 12, 19, 8], [3, 3, 8, 40], plain(2)),
  // By rows of one image and of a few, also where strides cut between places.
  casesOf([1, 60, 40, 16], [3, 3, 16, 32], plain(2)),
  casesOf([2, 61, 33, 24], [5, 3, 24, 16], { strides: [2, 1], pads: [2, 2, 1, 1], dilations: [1, 1] }),
  casesOf([1, 97, 91, 16], [2, 2, 16, 64], { strides: [3, 2], pads: [1, 0, 0, 1], dilations: [1, 1] }),
  casesOf([1, 64, 32, 16], [3, 3, 16, 32], { strides: [1, 1], pads: [4, 4, 2, 2], dilations: [4, 2] }),
  casesOf([1, 140, 90, 32], [1, 1, 32, 64], { strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1] }),
  casesOf([1, 30, 12, 10, 16], [3, 3, 3, 16, 32], plain(3)),
  casesOf([2, 1, 40, 30, 32], [1, 3, 3, 32, 32], { strides: [1, 2, 1], pads: [0, 0, 1, 1, 1, 1], dilations: [1, 1, 1] }),
  // One row: along columns.
  casesOf([1, 1, 4000, 16], [1, 5, 16, 32], { strides: [1, 1], pads: [0, 0, 2, 2], dilations: [1, 1] }),
  casesOf([3, 1, 999, 24], [1, 4, 24, 48], { strides: [1, 2], pads: [0, 0, 3, 0], dilations: [1, 1] }),
  // By channels of the result, also with a last part that is smaller.
  casesOf([2, 7, 7, 256], [3, 3, 256, 256], plain(2)),
  casesOf([3, 5, 4, 150], [3, 3, 150, 210], plain(2)),
  casesOf([1, 4, 4, 4, 128], [3, 3, 3, 128, 130], plain(3)),
  casesOf([6, 8, 8, 192], [1, 1, 192, 320], { strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1] }),
  // Windows of one cell.
  casesOf([8, 28, 28, 64], [1, 1, 64, 64], plain(2, 0)),
  casesOf([1, 6, 7, 8, 128], [1, 1, 1, 128, 192], plain(3, 0)),
  // Few channels, and single ones.
  casesOf([16, 32, 32, 3], [3, 3, 3, 32], plain(2)),
  casesOf([1, 112, 112, 3], [7, 7, 3, 64], { strides: [2, 2], pads: [3, 2, 3, 2], dilations: [1, 1] }),
  casesOf([32, 28, 28, 1], [5, 5, 1, 16], plain(2, 2)),
  casesOf([8, 40, 40, 32], [4, 4, 32, 1], plain(2, 2)),
];

function elements(random: Random, shape: Shape, wild = 0): Block {
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = random.next() * 2 - 1;
  for (let k = 0; k < wild; k++) data[random.int(0, data.length - 1)] = random.pick([NaN, Infinity, -Infinity]);
  return { dtype: "float32", shape, data };
}

const sizes = ({ data, ...rest }: Block): Block => ({ ...rest, data: (data as Float32Array).map(Math.abs) });

function run({ op, attrs, out }: Case, inputs: readonly Block[], oneDnn = true): Float32Array {
  const result: Block = { dtype: "float32", shape: out, data: new Float32Array(sizeOf(out)).fill(77) };
  addon?.setOneDnn(oneDnn);
  native.kernel(getOp(op), inputs, [result], attrs);
  return result.data as Float32Array;
}

/** Both are within k roundings of the sum, each in units of the sum of the terms' sizes. */
function expectSame(one: Case, inputs: readonly Block[], what: string): void {
  const got = run(one, inputs);
  const want = run(one, inputs, false);
  const terms = run(one, inputs.map(sizes), false);
  const unit = 2 * (one.depth + 2) * 2 ** -24;
  for (let i = 0; i < want.length; i++) {
    const [a, b] = [got[i] as number, want[i] as number];
    if (!(Math.abs(a - b) <= unit * (terms[i] as number))) expect.fail(`${what} ${JSON.stringify(one)}: element ${i} is ${a}, not ${b}`);
  }
}

/** A plan of the one op. */
function planOf(one: Case): Plan {
  const p = new PlanWriter();
  const inputs = one.shapes.map((shape) => p.input("float32", shape));
  p.op(one.op, inputs, p.output("float32", one.out), one.attrs);
  return p.done();
}

/** Plain JavaScript, so that a worker needs nothing but the addon: all plans some rounds long, compared with what the main thread got. */
const WORKER = `
  const { parentPort, workerData } = require("node:worker_threads");
  const addon = require(workerData.file);
  const { jobs, first } = workerData;
  const ids = jobs.map(({ plan }) => addon.createPlan(plan.words, plan.numbers, plan.constants, () => {}));
  for (let round = 0; round < 4 * jobs.length; round++) {
    const at = (first + round) % jobs.length;
    const { inputs, want } = jobs[at];
    const out = new Float32Array(want.length);
    const status = addon.runPlan(ids[at], ...inputs, out);
    if (status !== 0) throw new Error("status " + status);
    if (Buffer.compare(Buffer.from(out.buffer), Buffer.from(want.buffer, want.byteOffset, want.byteLength)) !== 0) throw new Error("case " + at);
  }
  parentPort.postMessage("the same bits");
`;

describe.runIf(installed)("large float32 convolutions by oneDNN", () => {
  const threads = addon?.threads() ?? 1;
  beforeAll(() => void addon?.setOneDnn(true));
  afterEach(() => addon?.setThreads(threads));
  afterAll(() => void addon?.setOneDnn(true));

  it("are within the error bound of their sums: shapes for every way of cutting", () => {
    const cases = CHOSEN.flat();
    for (const [i, one] of cases.entries()) {
      const random = new Random(i);
      const before = addon?.convolutionShapes() ?? 0;
      expectSame(
        one,
        one.shapes.map((shape) => elements(random, shape)),
        `case ${i}`,
      );
      // Unless one before had parts of the same shape, oneDNN was asked; not for the convolution of a single channel.
      const asked = (addon?.convolutionShapes() ?? 0) > before;
      expect(asked, JSON.stringify(one)).toBe(one.op !== "conv2d" || one.shapes[0]?.at(-1) !== 1);
    }
  });

  it("are within the error bound of their sums: random shapes", () => {
    for (let seed = 0; seed < 60; seed++) {
      for (const one of randomCases(seed)) {
        const random = new Random(seed);
        expectSame(
          one,
          one.shapes.map((shape) => elements(random, shape)),
          `seed ${seed}`,
        );
      }
    }
  });

  it("take infinities and NaN where our own kernels do, zeros around x included", () => {
    const kind = (v: number) => (Number.isFinite(v) ? 0 : v);
    const given = [...CHOSEN, ...Array.from({ length: 30 }, (_, seed) => randomCases(1000 + seed))].flat();
    for (const [i, one] of given.entries()) {
      for (const wild of [0, 1]) {
        const random = new Random(i);
        const inputs = one.shapes.map((shape, k) => elements(random, shape, k === wild ? 3 : 0));
        const [got, want] = [run(one, inputs), run(one, inputs, false)];
        const at = got.findIndex((v, k) => !Object.is(kind(v), kind(want[k] as number)));
        expect(at, `operand ${wild} of ${JSON.stringify(one)}: element ${at} is ${got[at]}, not ${want[at]}`).toBe(-1);
      }
    }
  });

  it("give the same bits with any number of threads", () => {
    for (const one of CHOSEN.flat()) {
      const random = new Random(5);
      const inputs = one.shapes.map((shape) => elements(random, shape));
      const [first, ...others] = [1, 2, 5].map((count) => {
        addon?.setThreads(count);
        return Buffer.from(run(one, inputs).buffer);
      });
      for (const other of others) expect(Buffer.compare(other, first as Buffer), JSON.stringify(one)).toBe(0);
    }
  });

  it("give the same bits after other shapes have taken their places in the cache", () => {
    const [one] = CHOSEN[0] as [Case];
    const random = new Random(6);
    const inputs = one.shapes.map((shape) => elements(random, shape));
    const before = Buffer.from(run(one, inputs).buffer);
    for (let width = 20; width < 290; width++) {
      const [other] = casesOf([1, 30, width, 16], [3, 3, 16, 64], plain(2)) as [Case];
      run(
        other,
        other.shapes.map((shape) => elements(random, shape)),
      );
    }
    expect(addon?.convolutionShapes()).toBe(256);
    expect(Buffer.compare(Buffer.from(run(one, inputs).buffer), before)).toBe(0);
  });

  it("give plans the bits of single ops", () => {
    for (const one of CHOSEN.flat()) {
      const random = new Random(8);
      const inputs = one.shapes.map((shape) => elements(random, shape));
      const plan = planOf(one);
      const [out] = runOnce(
        native,
        plan,
        inputs.map(({ data }) => data as Float32Array),
      );
      expect(Buffer.compare(Buffer.from((out as Float32Array).buffer), Buffer.from(run(one, inputs).buffer)), JSON.stringify(one)).toBe(0);
    }
  });

  it("serve several environments at once", async () => {
    const cases = [CHOSEN[0], CHOSEN[2], CHOSEN[11], CHOSEN[15]].flat() as Case[];
    const kernels = new Map((addon?.opNames ?? []).map((name, id) => [name, id]));
    const jobs = cases.map((one) => {
      const random = new Random(9);
      const inputs = one.shapes.map((shape) => elements(random, shape));
      const encoded = encodePlan(planOf(one), kernels, addon?.layout.mailboxBytes ?? 0);
      return { inputs: inputs.map(({ data }) => data), want: run(one, inputs), plan: encoded };
    });
    const file = nativeInfo().file;
    // Each starts with another case, so that some use a primitive while others have one made.
    const workers = [0, 3, 6].map((first) => new Worker(WORKER, { eval: true, workerData: { file, jobs, first } }));
    const ended = workers.map((worker) => new Promise((resolve) => worker.once("message", resolve).once("error", resolve)));
    for (const [i, { want }] of jobs.entries()) {
      const one = cases[i] as Case;
      const random = new Random(9);
      const got = run(
        one,
        one.shapes.map((shape) => elements(random, shape)),
      );
      expect(Buffer.compare(Buffer.from(got.buffer), Buffer.from(want.buffer))).toBe(0);
    }
    expect(await Promise.all(ended)).toEqual(workers.map(() => "the same bits"));
  });

  it("leave small ones to our own kernels", () => {
    const before = addon?.convolutionShapes();
    for (const one of casesOf([1, 8, 8, 8], [3, 3, 8, 8], plain(2))) {
      const random = new Random(7);
      const inputs = one.shapes.map((shape) => elements(random, shape));
      expect(run(one, inputs)).toEqual(run(one, inputs, false));
    }
    expect(addon?.convolutionShapes()).toBe(before);
  });
});
