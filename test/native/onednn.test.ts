/**
 * Large float32 products with oneDNN and with our own kernels, against sums in double precision: both within the error bound of k
 * roundings. Sizes around the least ones that oneDNN gets, sizes that end inside a part, and every way of transposing.
 */
import { afterAll, describe, expect, it } from "vitest";
import { nativeAddon } from "../../native/src/index.ts";
import { createNativeBackend } from "../../runtime/src/backends/native.ts";
import { getOp } from "../../runtime/src/ops/index.ts";
import type { Block } from "../../runtime/src/ops/op.ts";
import { Random } from "../support/random.ts";

const addon = nativeAddon();
const backend = createNativeBackend();
const installed = addon?.setOneDnn(true) === true;
const LENGTHS = [48, 49, 192, 193, 255, 257, 300, 417];

interface Product {
  readonly a: Block;
  readonly b: Block;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly attrs: { readonly transposeA: boolean; readonly transposeB: boolean };
}

function productOf(seed: number): Product {
  const random = new Random(seed);
  const [m, n] = [random.pick(LENGTHS), random.pick(LENGTHS)];
  const k = Math.max(random.pick(LENGTHS), Math.ceil((192 * 192 * 192) / (m * n)));
  const [transposeA, transposeB] = [random.chance(0.5), random.chance(0.5)];
  const elements = (rows: number, columns: number): Block => ({
    dtype: "float32",
    shape: [rows, columns],
    data: Float32Array.from({ length: rows * columns }, () => random.next() * 2 - 1),
  });
  return {
    a: transposeA ? elements(k, m) : elements(m, k),
    b: transposeB ? elements(n, k) : elements(k, n),
    m,
    k,
    n,
    attrs: { transposeA, transposeB },
  };
}

/** The largest error in units of the bound, over some elements of C: all corners and a few hundred others. */
function largestError({ a, b, m, k, n, attrs }: Product): number {
  const out: Block = { dtype: "float32", shape: [m, n], data: new Float32Array(m * n).fill(NaN) };
  backend!.kernel(getOp("matMul"), [a, b], [out], attrs);
  const random = new Random(m * n + k);
  let largest = 0;
  for (let round = 0; round < 400; round++) {
    const i = round < 4 ? (round & 1) * (m - 1) : random.int(0, m - 1);
    const j = round < 4 ? (round >> 1) * (n - 1) : random.int(0, n - 1);
    let [sum, size] = [0, 0];
    for (let p = 0; p < k; p++) {
      const term = a.data[attrs.transposeA ? p * m + i : i * k + p]! * b.data[attrs.transposeB ? j * k + p : p * n + j]!;
      sum += term;
      size += Math.abs(term);
    }
    const error = Math.abs(out.data[i * n + j]! - sum) / (k * 2 ** -24 * size);
    largest = Math.max(largest, Number.isNaN(error) ? Infinity : error);
  }
  return largest;
}

describe.runIf(backend !== null)("large float32 products", () => {
  afterAll(() => void addon!.setOneDnn(true));

  const ways: [string, boolean][] = installed
    ? [
        ["own kernels", false],
        ["oneDNN", true],
      ]
    : [["own kernels", false]];
  it.each(ways)("by %s", (name, use) => {
    expect(addon!.setOneDnn(use)).toBe(use);
    expect(addon!.gemm()).toContain(name);
    for (let seed = 1; seed <= 24; seed++) expect(largestError(productOf(seed)), `seed ${seed}`).toBeLessThanOrEqual(1);
  });

  it.each(ways)("by %s: the same bits with any number of threads", (_, use) => {
    addon!.setOneDnn(use);
    const given = productOf(99);
    const before = addon!.threads();
    const results = [1, 2, 5].map((threads) => {
      addon!.setThreads(threads);
      const out: Block = { dtype: "float32", shape: [given.m, given.n], data: new Float32Array(given.m * given.n) };
      backend!.kernel(getOp("matMul"), [given.a, given.b], [out], given.attrs);
      return out.data;
    });
    addon!.setThreads(before);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });
});
