/**
 * Random numbers: the generator against its authors' vectors, distributions against their formulas (fixed seeds, bounds that a
 * right generator passes but for one seed in a million), the API, and what is refused.
 */
import { describe, expect, it } from "vitest";
import * as gf from "../../runtime/src/index.ts";
import { philox } from "../../runtime/src/ops/philox.ts";
import { erf } from "../../runtime/src/ops/special.ts";

const N = 100_000;
const mean = (x: ArrayLike<number>): number => Array.from(x).reduce((a, b) => a + b, 0) / x.length;
const moment = (x: ArrayLike<number>, k: number): number => mean(Array.from(x, (v) => v ** k));
const normalCdf = (x: number): number => 0.5 * (1 + erf(x / Math.SQRT2));

/** Largest distance of the empirical distribution to a cumulative one, times √n: beyond 2.6 for one seed in a million. */
function kolmogorov(x: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(x).sort();
  let largest = 0;
  sorted.forEach((v, i) => {
    const p = cdf(v);
    largest = Math.max(largest, Math.abs(p - i / sorted.length), Math.abs(p - (i + 1) / sorted.length));
  });
  return largest * Math.sqrt(sorted.length);
}

/** (χ² − degrees) / √(2 · degrees): about standard normal. */
function chiSquare(counts: readonly number[], expected: number): number {
  const degrees = counts.length - 1;
  return (counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0) - degrees) / Math.sqrt(2 * degrees);
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof gf.GraphFnError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

describe("Philox4x32-10", () => {
  // Known answers of Random123 (kat_vectors): counter, key, words.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [-1, -1, -1, -1],
      [-1, -1],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])("counter %j, key %j", ([block, attempt, low, high], [k0, k1], want) => {
    const words = new Uint32Array(4);
    philox([k0!, k1!, low!, high!], block!, attempt!, words);
    expect([...words]).toEqual(want);
  });

  it("gives the words to the elements, in order", () => {
    gf.setSeed(0);
    const words = Float64Array.of(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    expect([...gf.randomUniform([4], 0, 1, "float32", 0).dataSync()]).toEqual([...words].map((w) => Math.floor(w / 256) / 2 ** 24));
    expect([...gf.randomUniform([2], 0, 1, "float64", 0).dataSync()]).toEqual(
      [0, 2].map((i) => (Math.floor(words[i]! / 32) * 2 ** 26 + Math.floor(words[i + 1]! / 64)) / 2 ** 53),
    );
  });
});

describe("gamma", () => {
  /** Of alpha: the mean of N draws is alpha, their variance alpha; each of the moments within five standard errors. */
  it.each([0.2, 0.9, 1, 3.7, 120])("alpha %d: mean, variance, range", (alpha) => {
    for (const dtype of ["float32", "float64"] as const) {
      const x = gf.randomGamma([N], alpha, 1, dtype, 23).dataSync();
      expect(Math.abs(mean(x) - alpha)).toBeLessThan(5 * Math.sqrt(alpha / N));
      const spread = mean(Array.from(x, (v) => (v - alpha) ** 2));
      // Fourth central moment: 3·alpha² + 6·alpha.
      expect(Math.abs(spread - alpha)).toBeLessThan(5 * Math.sqrt((2 * alpha * alpha + 6 * alpha) / N));
      expect(x.every((v) => v >= 0 && v < Infinity)).toBe(true);
    }
  });

  it("alpha 1 is exponential, and beta a rate: Kolmogorov–Smirnov", () => {
    expect(kolmogorov(gf.randomGamma([N], 1, 4, "float32", 5).dataSync(), (v) => 1 - Math.exp(-4 * v))).toBeLessThan(2.6);
    // Half a χ² of one degree.
    expect(kolmogorov(gf.randomGamma([N], 0.5, 1, "float64", 6).dataSync(), (v) => erf(Math.sqrt(v)))).toBeLessThan(2.6);
  });

  it("dtypes, and what is refused", () => {
    expect(gf.randomGamma([3], 2, 2, "int32").dtype).toBe("int32");
    expect(gf.randomGamma([3], 2, null, null).dtype).toBe("float32");
    expect(gf.randomNormal([3], 0, 1, null).dtype).toBe("float32");
    expect(codeOf(() => gf.randomGamma([3], 0))).toBe("E_ARGUMENT");
    expect(codeOf(() => gf.randomGamma([3], 1, -1))).toBe("E_ARGUMENT");
    expect(codeOf(() => gf.randomGamma([3], 1, 1, "bool"))).toBe("E_DTYPE");
  });
});

describe.each(["float32", "float64"] as const)("distributions, %s", (dtype) => {
  it("uniform: Kolmogorov–Smirnov, mean, variance, range", () => {
    const x = gf.randomUniform([N], 0, 1, dtype, 17).dataSync();
    expect(kolmogorov(x, (v) => v)).toBeLessThan(2.6);
    expect(Math.abs(mean(x) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / N));
    expect(Math.abs(moment(x, 2) - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / N));
    expect(x.every((v) => v >= 0 && v < 1)).toBe(true);
  });

  it("uniform: each bit is set half the time, pairs of neighbours fill the square evenly", () => {
    const x = gf.randomUniform([N], 0, 1, dtype, 3).dataSync();
    for (let bit = 1; bit <= 24; bit++) {
      const ones = [...x].reduce((n, v) => n + (Math.floor(v * 2 ** bit) % 2), 0);
      expect(Math.abs(ones - N / 2), `bit ${bit}`).toBeLessThan(5 * Math.sqrt(N / 4));
    }
    for (const distance of [1, 2, 4, 128]) {
      const counts = new Array<number>(256).fill(0);
      for (let i = 0; i + distance < N; i++) counts[Math.floor(x[i]! * 16) * 16 + Math.floor(x[i + distance]! * 16)]!++;
      expect(Math.abs(chiSquare(counts, (N - distance) / 256)), `distance ${distance}`).toBeLessThan(5.5);
    }
  });

  it("normal: Kolmogorov–Smirnov and four moments", () => {
    const x = gf.randomNormal([N], 0, 1, dtype, "a text as seed").dataSync();
    expect(kolmogorov(x, normalCdf)).toBeLessThan(2.6);
    // Variances of xᵏ: E x²ᵏ − (E xᵏ)².
    expect(Math.abs(mean(x))).toBeLessThan(5 * Math.sqrt(1 / N));
    expect(Math.abs(moment(x, 2) - 1)).toBeLessThan(5 * Math.sqrt(2 / N));
    expect(Math.abs(moment(x, 3))).toBeLessThan(5 * Math.sqrt(15 / N));
    expect(Math.abs(moment(x, 4) - 3)).toBeLessThan(5 * Math.sqrt(96 / N));
  });

  it("normal: the two of a pair are independent", () => {
    const x = gf.randomNormal([N], 0, 1, dtype, 5).dataSync();
    for (const f of [(v: number) => v, (v: number) => v * v - 1]) {
      const products = Array.from({ length: N / 2 }, (_, i) => f(x[2 * i]!) * f(x[2 * i + 1]!));
      expect(Math.abs(mean(products))).toBeLessThan(5 * Math.sqrt(moment(products, 2) / products.length));
    }
  });

  it("truncated normal: Kolmogorov–Smirnov, nothing outside", () => {
    const x = gf.truncatedNormal([N], 0, 1, dtype, 6).dataSync();
    const inside = normalCdf(2) - normalCdf(-2);
    expect(kolmogorov(x, (v) => (normalCdf(v) - normalCdf(-2)) / inside)).toBeLessThan(2.6);
    expect(x.every((v) => Math.abs(v) < 2)).toBe(true);
  });
});

describe("integers", () => {
  it("all are equally likely", () => {
    const counts = new Array<number>(10).fill(0);
    for (const v of gf.randomUniformInt([N], -3, 7, 1).dataSync()) counts[v + 3]!++;
    expect(Math.abs(chiSquare(counts, N / 10))).toBeLessThan(5);
  });

  it("reach both ends of int32", () => {
    const x = gf.randomUniformInt([N], -0x7fffffff, 0x7fffffff, 1).dataSync();
    expect(kolmogorov(x, (v) => (v + 2 ** 31) / 2 ** 32)).toBeLessThan(2.6);
  });

  it("permutations hold every number once, and are all equally likely", () => {
    for (const n of [0, 1, 33, 1000])
      expect([...gf.randomPermutation(n, n).dataSync()].sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 12_000; seed++) {
      const key = gf.randomPermutation(4, seed).dataSync().join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(Math.abs(chiSquare([...counts.values()], 500))).toBeLessThan(5);
  });

  it("int32 uniform numbers are whole and all there; bool is a fair coin", () => {
    const x = gf.randomUniform([1000], -2, 2, "int32", 1);
    expect(x.dtype).toBe("int32");
    expect(new Set(x.dataSync())).toEqual(new Set([-2, -1, 0, 1]));
    const coin = mean(gf.randomUniform([N], 0, 1, "bool", 1).dataSync());
    expect(Math.abs(coin - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / N));
  });

  it("multinomial draws by probability, row by row, and never what is impossible", () => {
    const logits = [
      [Math.log(0.1), Math.log(0.2), Math.log(0.7), -Infinity],
      [-Infinity, 1, 1, -Infinity],
    ];
    const x = gf.multinomial(gf.tensor2d(logits), 20_000, 9);
    expect([x.dtype, x.shape]).toEqual(["int32", [2, 20_000]]);
    const share = (row: number, outcome: number) => mean(x.slice([row, 0], [1, -1]).equal(outcome).dataSync());
    for (const [row, outcome, p] of [
      [0, 0, 0.1],
      [0, 1, 0.2],
      [0, 2, 0.7],
      [0, 3, 0],
      [1, 0, 0],
      [1, 1, 0.5],
      [1, 2, 0.5],
      [1, 3, 0],
    ] as const) {
      expect(Math.abs(share(row, outcome) - p), `outcome ${outcome} of row ${row}`).toBeLessThanOrEqual(
        5 * Math.sqrt((p * (1 - p)) / 20_000),
      );
    }
    const direct = gf.multinomial([0.25, 0.75], 20_000, 9, true);
    expect(direct.shape).toEqual([20_000]);
    expect(Math.abs(mean(direct.dataSync()) - 0.75)).toBeLessThan(0.02);
  });
});

describe("the generator", () => {
  it("begins again with a seed, moves on with each draw", () => {
    const draws = () => [gf.randomUniform([3]), gf.randomNormal([3]), gf.randomUniform([3])].map((t) => [...t.dataSync()]);
    gf.setSeed(42);
    const first = draws();
    gf.setSeed(42);
    expect(draws()).toEqual(first);
    expect(draws()).not.toEqual(first);
    expect(first[0]).not.toEqual(first[2]);
    gf.setSeed(43);
    expect(draws()).not.toEqual(first);
  });

  it("with a seed, equal calls are equal and the generator is left alone", () => {
    gf.setSeed(1);
    const want = [...gf.randomUniform([4]).dataSync()];
    gf.setSeed(1);
    const seeded = [...gf.randomNormal([40], 1, 2, "float32", 7).dataSync()];
    expect([...gf.randomNormal([40], 1, 2, "float32", 7).dataSync()]).toEqual(seeded);
    expect([...gf.randomUniform([4]).dataSync()]).toEqual(want);
    expect([...gf.randomNormal([40], 1, 2, "float32", "7").dataSync()]).not.toEqual(seeded);
  });

  it("a longer draw begins like a shorter one", () => {
    const long = gf.randomNormal([300], 0, 1, "float32", 1).dataSync();
    expect([...gf.randomNormal([10, 10], 0, 1, "float32", 1).dataSync()]).toEqual([...long.slice(0, 100)]);
  });

  it("ranges are half open even where rounding would reach their end", () => {
    const x = gf.randomUniform([200_000], 16_777_215, 16_777_216, "float32", 2).dataSync();
    expect(new Set(x)).toEqual(new Set([16_777_215]));
    expect(gf.randomUniform([5], 3, 3).dataSync()).toEqual(Float32Array.of(3, 3, 3, 3, 3));
  });
});

describe("dropout", () => {
  it("keeps the mean; what is kept is scaled, the rest 0, NaN too", () => {
    const x = gf.dropout(gf.ones([N]), 0.25, null, 3).dataSync();
    expect(new Set(x)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    expect(Math.abs(mean(x) - 1)).toBeLessThan(5 * Math.sqrt(0.25 / 0.75 / N));
    expect([...gf.dropout(gf.fill([N], NaN), 0.5, null, 3).dataSync()].some((v) => v === 0)).toBe(true);
  });

  it("drops together along axes of length 1 of the noise shape", () => {
    const x = gf.dropout(gf.ones([50, 8]), 0.5, [null, 1], 3).arraySync() as number[][];
    expect(x.every((row) => new Set(row).size === 1)).toBe(true);
    expect(new Set(x.map((row) => row[0])).size).toBe(2);
  });

  it("of rate 0 is the tensor itself", () => {
    expect(gf.dropout([1, 2], 0).arraySync()).toEqual([1, 2]);
  });
});

describe("refused", () => {
  const table: [string, () => unknown, string][] = [
    ["a negative length", () => gf.randomUniform([-1]), "E_SHAPE"],
    ["a range upside down", () => gf.randomUniform([1], 2, 1), "E_ARGUMENT"],
    ["an endless range", () => gf.randomUniform([1], 0, Infinity), "E_ARGUMENT"],
    ["no whole number in the range", () => gf.randomUniform([1], 0.2, 0.7, "int32"), "E_ARGUMENT"],
    ["a range beyond int32", () => gf.randomUniformInt([1], 0, 2 ** 32), "E_ARGUMENT"],
    ["fractions as a range of integers", () => gf.randomUniformInt([1], 0.5, 2), "E_ARGUMENT"],
    ["a range of bool", () => gf.randomUniform([1], 0, 5, "bool"), "E_ARGUMENT"],
    ["normal bool", () => gf.randomNormal([1], 0, 1, "bool"), "E_DTYPE"],
    ["an unknown dtype", () => gf.randomNormal([1], 0, 1, "float7" as "float32"), "E_DTYPE"],
    ["NaN as seed", () => gf.randomNormal([1], 0, 1, "float32", NaN), "E_ARGUMENT"],
    ["an object as seed", () => gf.setSeed({} as number), "E_ARGUMENT"],
    ["one outcome", () => gf.multinomial([1], 3), "E_SHAPE"],
    ["logits of rank 3", () => gf.multinomial(gf.zeros([2, 2, 2]), 3), "E_SHAPE"],
    ["a rate of 1", () => gf.dropout([1], 1), "E_ARGUMENT"],
    ["dropout of int32", () => gf.dropout(gf.tensor([1], [1], "int32"), 0.5), "E_DTYPE"],
    ["a noise shape that does not fit", () => gf.dropout(gf.ones([2, 3]), 0.5, [2, 2]), "E_SHAPE"],
    ["rand without a function", () => gf.rand([2], 3 as never), "E_ARGUMENT"],
  ];
  it.each(table)("%s", (_, run, code) => expect(codeOf(run)).toBe(code));
});
