/**
 * Seeded shapes, axes and attributes for the ops that are not elementwise: sizes around those where kernels change their way
 * (vector lengths, tiles, leaves, columns, pieces), empty axes, ranks up to 5, NaN and infinities among the elements.
 */
import { describe, expect, it } from "vitest";
import type { DType } from "../../runtime/src/core/dtype.ts";
import { newElements } from "../../runtime/src/core/dtype.ts";
import { getOp } from "../../runtime/src/ops/index.ts";
import type { Attrs, Block } from "../../runtime/src/ops/op.ts";
import { sizeOf } from "../ops/support.ts";
import { Random } from "../support/random.ts";
import { largestDistance, type Pair, present, runBoth } from "./compare.ts";

const LENGTHS = [0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65];
const ANY: readonly DType[] = ["bool", "uint8", "int32", "int64", "float32", "float64"];
const NUMERIC = ANY.slice(1);
/** What adds up. */
const ADDED = ANY.slice(2);

function shapeOf(random: Random, rank = random.int(0, 5), limit = 12_000): number[] {
  for (;;) {
    const shape = Array.from({ length: rank }, () => random.pick(LENGTHS));
    if (sizeOf(shape) <= limit) return shape;
  }
}

const ENDS = [-(2n ** 63n), 2n ** 63n - 1n];
const long = (random: Random): bigint => (BigInt(random.int(-0x80000000, 0x7fffffff)) << 32n) + BigInt(random.int(0, 0x7fffffff));

/** `wild`: NaN, infinities and zeros of both signs among floats. */
function elements(random: Random, dtype: DType, shape: readonly number[], wild = false): Block {
  const data = newElements(dtype, sizeOf(shape));
  const large = (): number | bigint =>
    dtype === "int64" ? (random.chance(0.1) ? random.pick(ENDS) : long(random)) : random.int(-0x80000000, 0x7fffffff);
  const to = data as unknown as (number | bigint)[];
  for (let i = 0; i < data.length; i++) {
    if (dtype === "bool") data[i] = random.int(0, 1);
    else if (dtype === "uint8") data[i] = random.int(0, 255);
    else if (dtype === "int32") data[i] = random.chance(0.5) ? random.int(-9, 9) : (large() as number);
    else if (dtype === "int64") to[i] = random.chance(0.5) ? BigInt(random.int(-9, 9)) : large();
    else data[i] = wild && random.chance(0.02) ? random.pick([NaN, Infinity, -Infinity, 0, -0]) : (random.next() - 0.5) * 8;
  }
  return { dtype, shape, data };
}

const ints = (values: readonly number[]): Block => ({ dtype: "int32", shape: [values.length], data: Int32Array.from(values) });
const some = (random: Random, rank: number): number[] => Array.from({ length: rank }, (_, i) => i).filter(() => random.chance(0.5));
const describeCase = (inputs: readonly Block[], attrs: Attrs) =>
  `${inputs.map((b) => `${b.dtype}[${b.shape}]`).join(" ")} ${JSON.stringify(attrs)}`;

interface Case {
  readonly inputs: readonly Block[];
  readonly attrs: Attrs;
}
type Maker = (random: Random) => Case;

const reduction =
  (dtypes: readonly DType[], wild = false): Maker =>
  (random) => {
    const shape = shapeOf(random);
    return {
      inputs: [elements(random, random.pick(dtypes), shape, wild)],
      attrs: { axes: some(random, shape.length), keepDims: random.chance(0.5) },
    };
  };

const alongAxis =
  (more: (random: Random) => Attrs, empty: boolean): Maker =>
  (random) => {
    let shape = shapeOf(random, random.int(1, 4));
    const axis = random.int(0, shape.length - 1);
    if (!empty && shape[axis] === 0) shape = shape.map((d, i) => (i === axis ? 3 : d));
    const signed = random.chance(0.5) ? axis : axis - shape.length;
    return { inputs: [elements(random, random.pick(empty ? ADDED : NUMERIC), shape, !empty)], attrs: { axis: signed, ...more(random) } };
  };

const moved =
  (attrs: (random: Random, shape: readonly number[]) => Attrs): Maker =>
  (random) => {
    const shape = shapeOf(random, random.int(0, 5), 4000);
    return { inputs: [elements(random, random.pick(ANY), shape)], attrs: attrs(random, shape) };
  };

/** A state of a random generator; counters at their ends too. */
const stateOf = (random: Random): Block =>
  ints(Array.from({ length: 4 }, () => (random.chance(0.3) ? random.pick([0, -1, 1]) : random.int(-0x80000000, 0x7fffffff))));

/** Sizes around those of blocks, groups and chunks. */
const drawn =
  (attrs: (random: Random) => Attrs): Maker =>
  (random) => {
    const shape = random.chance(0.2) ? [random.pick([127, 128, 129, 255, 256, 257, 33_000, 40_001])] : shapeOf(random);
    return { inputs: [stateOf(random)], attrs: { shape, ...attrs(random) } };
  };

const EXACT: Readonly<Record<string, Maker>> = {
  max: reduction(NUMERIC, true),
  min: reduction(NUMERIC, true),
  any: reduction(["bool"]),
  all: reduction(["bool"]),
  argMax: alongAxis(() => ({}), false),
  argMin: alongAxis(() => ({}), false),
  cumsum: alongAxis((random) => ({ exclusive: random.chance(0.5), reverse: random.chance(0.5) }), true),
  cumprod: alongAxis((random) => ({ exclusive: random.chance(0.5), reverse: random.chance(0.5) }), true),
  transpose: moved((random, shape) => ({ perm: random.shuffle(shape.map((_, i) => i)) })),
  reverse: moved((random, shape) => ({
    axes: some(random, shape.length).map((axis) => (random.chance(0.5) ? axis : axis - shape.length)),
  })),
  tile: moved((random, shape) => ({ reps: shape.map(() => random.pick([0, 1, 1, 2, 3])) })),
  reshape: moved((_, shape) => ({ shape: [sizeOf(shape)] })),
  pad: moved((random, shape) => ({
    paddings: shape.flatMap(() => [random.int(0, 2), random.int(0, 2)]),
    value: random.pick([0, 1, -2.5, NaN]),
  })),
  broadcastTo: (random) => {
    const to = shapeOf(random, random.int(0, 5), 4000);
    const from = to.slice(random.int(0, to.length)).map((d) => (random.chance(0.4) ? 1 : d));
    return { inputs: [elements(random, random.pick(ANY), from)], attrs: { shape: to } };
  },
  slice: moved((random, shape) => {
    const begin = shape.map((d) => random.int(0, d));
    return { begin, size: shape.map((d, i) => (random.chance(0.2) ? -1 : random.int(0, d - begin[i]!))) };
  }),
  stridedSlice: moved((random, shape) => {
    const strides = shape.map(() => random.pick([-3, -2, -1, 1, 2, 3]));
    const begin = shape.map((d) => Math.max(0, random.int(0, d - 1)));
    const size = shape.map((d, i) => {
      const room = d === 0 ? 0 : strides[i]! > 0 ? d - 1 - begin[i]! : begin[i]!;
      return d === 0 ? 0 : random.int(0, Math.floor(room / Math.abs(strides[i]!)) + 1);
    });
    return { begin, size, strides };
  }),
  concat: (random) => {
    const shape = shapeOf(random, random.int(1, 4), 3000);
    const axis = random.int(0, shape.length - 1);
    const dtype = random.pick(ANY);
    const part = () => shape.map((d, i) => (i === axis ? random.pick(LENGTHS) : d));
    return { inputs: Array.from({ length: random.int(1, 4) }, () => elements(random, dtype, part())), attrs: { axis } };
  },
  index: (random) => {
    const shape = [random.int(1, 9), ...shapeOf(random, random.int(0, 3), 2000)];
    return { inputs: [elements(random, random.pick(ANY), shape), scalar(random.int(-1, shape[0]!))], attrs: {} };
  },
  setIndex: (random) => {
    const shape = [random.int(1, 9), ...shapeOf(random, random.int(0, 3), 2000)];
    const dtype = random.pick(ANY);
    const value = elements(random, dtype, shape.slice(1));
    return { inputs: [elements(random, dtype, shape), scalar(random.int(-1, shape[0]!)), value], attrs: {} };
  },
  gather: (random) => {
    const shape = shapeOf(random, random.int(1, 4), 3000);
    const axis = random.int(0, shape.length - 1);
    const batchDims = random.chance(0.5) ? 0 : random.int(0, axis);
    const picks = [...shape.slice(0, batchDims), ...shapeOf(random, random.int(0, 2), 20)];
    const n = shape[axis]!;
    const bad = random.chance(0.1);
    const data = ints(Array.from({ length: sizeOf(picks) }, () => (bad ? random.int(-1, n) : random.int(0, Math.max(0, n - 1)))));
    return { inputs: [elements(random, random.pick(ANY), shape), { ...data, shape: picks }], attrs: { axis, batchDims } };
  },
  segmentSum: (random) => {
    const n = random.pick(LENGTHS);
    const shape = random.chance(0.1) ? [random.int(100, 300), 700] : [n, ...shapeOf(random, random.int(0, 3), 700)];
    const count = random.int(0, 9);
    const bad = random.chance(0.1);
    const least = random.chance(0.2) ? -2 : 0;
    const ids = ints(Array.from({ length: shape[0]! }, () => random.int(least, bad ? count : Math.max(0, count - 1))));
    return { inputs: [elements(random, random.pick(ADDED), shape, true), ids], attrs: { count } };
  },
  randomUniform: drawn((random) => ({ dtype: random.pick(["float32", "float64"]) })),
  randomInt: drawn((random) => {
    const lo = random.pick([0, -7, -0x80000000]);
    return { lo, hi: random.pick([lo + 1, lo + 10, 0x7fffffff]) };
  }),
  randomPermutation: (random) => ({ inputs: [stateOf(random)], attrs: { count: random.pick([...LENGTHS, 127, 128, 129, 5000]) } }),
  nextRandomState: (random) => ({ inputs: [stateOf(random)], attrs: {} }),
  oneHot: (random) => {
    const shape = shapeOf(random, random.int(0, 3), 500);
    const data = ints(Array.from({ length: sizeOf(shape) }, () => random.int(-2, 9)));
    const attrs = {
      depth: random.int(0, 9),
      onValue: random.pick([1, 2.5, NaN, 3e9]),
      offValue: random.pick([0, -1]),
      dtype: random.pick(ANY),
    };
    return { inputs: [{ ...data, shape }], attrs };
  },
};

function scalar(i: number): Block {
  return { dtype: "int32", shape: [], data: Int32Array.of(i) };
}

function outcome(name: string, { inputs, attrs }: Case): Pair | undefined {
  const pair = runBoth(getOp(name), inputs, attrs);
  if (!("referenceCode" in pair)) return pair;
  expect(pair.nativeCode, describeCase(inputs, attrs)).toBe(pair.referenceCode);
  return undefined;
}

describe.runIf(present)("kernels on seeded operands", () => {
  it.each(Object.entries(EXACT))("%s: the same elements", (name, make) => {
    for (let seed = 1; seed <= 150; seed++) {
      const given = make(new Random(seed));
      const pair = outcome(name, given);
      if (pair) expect(largestDistance(pair), `seed ${seed}: ${describeCase(given.inputs, given.attrs)}`).toBe(0);
    }
  });

  it.each(["randomNormal", "randomTruncatedNormal"])("%s: within a few units in the last place", (name) => {
    for (let seed = 1; seed <= 100; seed++) {
      const given = drawn((random) => ({ dtype: random.pick(["float32", "float64"]) }))(new Random(seed));
      const pair = outcome(name, given) as Pair;
      expect(largestDistance(pair), `seed ${seed}: ${describeCase(given.inputs, given.attrs)}`).toBeLessThanOrEqual(4);
    }
  });

  // Polynomials against the C library, sums in another order: relative to the result, or to 1 for logarithms near 0.
  it.each(["softmax", "logSoftmax", "logSumExp"])("%s: the same within rounding", (name) => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new Random(seed);
      const shape = [...shapeOf(random, random.int(0, 3), 3000), random.pick([...LENGTHS, 100, 1023, 1024, 1025, 3000])];
      if (sizeOf(shape) > 200_000) continue;
      const dtype = random.pick(["float32", "float64"] as const);
      const given: Case = {
        inputs: [elements(random, dtype, shape, random.chance(0.3))],
        attrs: name === "logSumExp" ? { keepDims: random.chance(0.5) } : {},
      };
      const pair = outcome(name, given) as Pair;
      const { data } = pair.native[0]!;
      const expected = pair.reference[0]!.data;
      const unit = dtype === "float32" ? 2 ** -21 : 2 ** -46;
      for (let i = 0; i < data.length; i++) {
        const [a, b] = [data[i]!, expected[i]!];
        const scale = name === "softmax" ? b : Math.max(1, Math.abs(b));
        const close = Object.is(a, b) || Math.abs(a - b) <= unit * scale;
        if (!close) expect.fail(`seed ${seed}, ${a} against ${b}: ${describeCase(given.inputs, given.attrs)}`);
      }
    }
  });

  // Both add in double precision, in different orders; floats the native backend adds eight at a time before, pairwise, so with three roundings.
  it.each(["sum", "mean", "prod"])("%s: the same within rounding", (name) => {
    for (let seed = 1; seed <= 200; seed++) {
      const given = reduction(name === "mean" ? ["float32", "float64"] : ADDED)(new Random(seed));
      const pair = outcome(name, given) as Pair;
      const { data, dtype } = pair.native[0]!;
      const expected = pair.reference[0]!.data;
      const unit = dtype === "float32" ? 2 ** -23 : 2 ** -44;
      const size = given.inputs[0]!.data.length;
      const terms = name === "mean" ? 1 : size / Math.max(1, data.length);
      const floor = name === "prod" ? 0 : 4 * (2 ** -44 * size + (dtype === "float32" ? 3 * 2 ** -24 * terms : 0));
      for (let i = 0; i < data.length; i++) {
        const isFloat = dtype === "float32" || dtype === "float64";
        const close =
          Object.is(data[i], expected[i]) || (isFloat && Math.abs(data[i]! - expected[i]!) <= unit * Math.abs(expected[i]!) + floor);
        expect(close, `seed ${seed}, ${data[i]} against ${expected[i]}: ${describeCase(given.inputs, given.attrs)}`).toBe(true);
      }
    }
  });

  it("matMul: within the error bound of k roundings", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed);
      const [m, k, n] = [random.pick(LENGTHS), random.pick(LENGTHS), random.pick(LENGTHS)];
      const batch = shapeOf(random, random.int(0, 2), 12);
      const part = () => batch.slice(random.int(0, batch.length)).map((d) => (random.chance(0.3) ? 1 : d));
      const [transposeA, transposeB] = [random.chance(0.5), random.chance(0.5)];
      const dtype = random.pick(ADDED);
      const a = elements(random, dtype, [...part(), ...(transposeA ? [k, m] : [m, k])]);
      const b = elements(random, dtype, [...part(), ...(transposeB ? [n, k] : [k, n])]);
      const given = { inputs: [a, b], attrs: { transposeA, transposeB } };
      const { native, reference } = outcome("matMul", given) as Pair;
      const bound = (k + 2) * k * 16 * (dtype === "float32" ? 2 ** -24 : 2 ** -52);
      for (const [i, x] of native[0]!.data.entries()) {
        const wanted = reference[0]!.data[i]!;
        const close = x === wanted || (dtype.startsWith("float") && Math.abs(x - wanted) <= bound);
        expect(close, `seed ${seed}, ${x} against ${reference[0]!.data[i]}: ${describeCase(given.inputs, given.attrs)}`).toBe(true);
      }
    }
  });

  it("matMul lets NaN and infinities through, as sums do", () => {
    const a = Float32Array.from({ length: 40 * 40 }, () => 1);
    a[5 * 40 + 3] = NaN;
    a[7 * 40 + 3] = Infinity;
    const block = (data: Float32Array): Block => ({ dtype: "float32", shape: [40, 40], data });
    const pair = outcome("matMul", {
      inputs: [block(a), block(new Float32Array(1600).fill(2))],
      attrs: { transposeA: false, transposeB: false },
    });
    expect(largestDistance(pair as Pair)).toBe(0);
  });
});
