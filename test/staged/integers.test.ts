/** uint8 and int64 in graph functions: what comes out is what comes out eagerly, on both backends, to the last bit. */
import { join } from "node:path";
import * as gf from "graphfn";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { folder } from "../io/files.ts";
import { graph, thrown, type V } from "./emitted.ts";

const BIG = 2n ** 62n;
const initial = gf.activeBackend().name as "native" | "reference";
afterAll(() => void gf.setBackend(initial));

const long = (...values: (number | bigint)[]): gf.Tensor => gf.tensor(values, [values.length], "int64");
const bytes = (...values: number[]): gf.Tensor => gf.tensor(values, [values.length], "uint8");
const shown = (t: gf.Tensor): unknown => [t.dtype, t.shape, t.arraySync()];

/** @graphFunction */
function gcd(a: gf.Tensor, b: gf.Tensor): gf.Tensor {
  while (b !== 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/**
 * A generator of random numbers: all bits of the product count.
 * @graphFunction
 */
function scramble(x: gf.Tensor, rounds: gf.Tensor): gf.Tensor {
  for (let i: gf.Tensor = 0; i < rounds; i += 1) x = x.mul(6364136223846793005n).add(1442695040888963407n);
  return x;
}

/** @graphFunction */
function collatz(n: gf.Tensor): gf.Tensor {
  let steps: gf.Tensor = 0;
  while (n > 1) {
    n = n % 2 === 0 ? n.floorDiv(2) : 3 * n + 1;
    steps += 1;
  }
  return steps;
}

/** @graphFunction */
function checksum(data: gf.Tensor): gf.Tensor {
  let sum = gf.scalar(0, "uint8");
  for (const x of data) sum = (sum << 1) ^ (sum >> 7) ^ x;
  return sum;
}

/** @graphFunction */
function chosen(x: gf.Tensor, big: boolean): gf.Tensor {
  let y = x;
  if (x > 3) y = 1;
  return big ? y + 300 : y + 1;
}

const total = gf.variable(long(1, 2));
const step = gf.graphFunction((x: gf.Tensor) => {
  total.assign(total.add(x));
  return total.sum();
});

describe.each(["native", "reference"] as const)("on the %s backend", (backend) => {
  beforeEach(() => void gf.setBackend(backend));

  it("loops over int64 scalars", () => {
    expect(gcd(gf.scalar(2n ** 62n - 1n), gf.scalar(2n ** 31n - 1n)).item()).toBe(2n ** 31n - 1n);
    // Passes 2^53 on its way.
    const start = 2n ** 34n - 1n;
    let rounds = 0;
    for (let n = start; n > 1n; rounds++) n = n % 2n === 0n ? n / 2n : 3n * n + 1n;
    expect(collatz(gf.scalar(start)).item()).toBe(rounds);
    let want = 7n;
    for (let i = 0; i < 5; i++) want = BigInt.asIntN(64, want * 6364136223846793005n + 1442695040888963407n);
    expect(scramble(gf.scalar(7n), gf.scalar(5, "int32")).item()).toBe(want);
    const many = scramble(gf.fill([100], 7n), gf.scalar(5, "int32"));
    expect([...many.dataSync<"int64">()]).toEqual(new Array(100).fill(want));
  });

  it("loops over bytes", () => {
    let want = 0;
    const data = Array.from({ length: 300 }, (_, i) => (i * 37) % 256);
    for (const x of data) want = ((want << 1) ^ (want >> 7) ^ x) & 255;
    expect(shown(checksum(bytes(...data)))).toEqual(["uint8", [], want]);
  });

  it("whole literals take the dtype that they meet, where it holds them", () => {
    for (const [x, want] of [
      [2, 3],
      [9, 2],
      [255, 2],
    ] as const) {
      expect(shown(chosen(gf.scalar(x, "uint8"), false))).toEqual(["uint8", [], want]);
      expect(shown(chosen(gf.scalar(x, "int64"), true))).toEqual(["int64", [], BigInt(want + 299)]);
      expect(thrown(() => chosen(gf.scalar(x, "uint8"), true)).code).toBe("E_OVERFLOW");
    }
  });

  it("carries variables of int64", () => {
    total.assign(long(1, BIG));
    expect(step(long(1, 2)).item()).toBe(BIG + 4n);
    expect(step(gf.scalar(2n ** 63n - 1n).broadcastTo([2])).item()).toBe(BigInt.asIntN(64, BIG + 4n + 2n * (2n ** 63n - 1n)));
    expect(total.arraySync()).toEqual([BigInt.asIntN(64, 2n ** 63n + 1n), BigInt.asIntN(64, BIG + 2n + 2n ** 63n - 1n)]);
  });

  it("prints what arrives, and large arrays too", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const f = gf.graphFunction((x: gf.Tensor, u: gf.Tensor) => {
      console.log(x, u);
      return x.neg();
    });
    expect(f(long(BIG), bytes(200)).item()).toBe(-BIG);
    expect(String(log.mock.calls.flat().join(" "))).toMatch(/4611686018427387904.*200/s);
    const large = gf.range(0, 1000, 1, "int64").add(BIG);
    expect([...f(large, bytes(1)).dataSync<"int64">()]).toEqual(Array.from({ length: 1000 }, (_, i) => -BIG - BigInt(i)));
    log.mockRestore();
  });

  it("fails as eagerly: by zero, beyond, negative powers", () => {
    const quotient = gf.graphFunction((a: gf.Tensor, b: gf.Tensor) => a.floorDiv(b));
    const power = gf.graphFunction((a: gf.Tensor, b: gf.Tensor) => a.pow(b));
    for (const make of [long, bytes]) expect(thrown(() => quotient(make(1), make(0))).code).toBe("E_DIVIDE");
    expect(thrown(() => power(long(1), long(-1))).code).toBe("E_POWER");
    expect(quotient(gf.scalar(-(2n ** 63n)), gf.scalar(-1n)).item()).toBe(-(2n ** 63n));
    const picked = gf.graphFunction((x: gf.Tensor, i: gf.Tensor) => gf.gather(x, i));
    expect(picked(bytes(5, 6, 7), long(2, 0)).arraySync()).toEqual([7, 5]);
    expect(thrown(() => picked(bytes(5, 6, 7), long(2n ** 32n))).code).toBe("E_INDEX");
  });

  it("saved graph functions keep constants and values", async () => {
    const table = gf.range(0, 100, 1, "int64").add(BIG);
    const f = gf.graphFunction((x: gf.Tensor) => [x.add(long(BIG, -BIG)), gf.gather(table, [1, 99]), x.cast("uint8").add(bytes(250, 3))]);
    const x = long(3, 2n ** 63n - 1n);
    const want = (f(x) as unknown as gf.Tensor[]).map(shown);
    const file = join(folder(), "f");
    await f.save(file, x);
    const loaded = (await gf.loadFunction(file)) as unknown as (t: gf.Tensor) => gf.Tensor[];
    expect(loaded(x).map(shown)).toEqual(want);
    expect(want[0]).toEqual(["int64", [2], [BIG + 3n, BIG - 1n]]);
  });
});

describe("numbers of a call", () => {
  it("one beyond a byte is refused when it comes, without another trace", () => {
    const f = graph("shift", ["x", "k"], ((x: V, k: V) => gf.add(x, k)) as never) as unknown as (x: gf.Tensor, k: gf.Tensor) => gf.Tensor;
    const weak = (n: number): gf.Tensor => gf.add(n, 0);
    expect(shown(f(bytes(1), weak(4)))).toEqual(["uint8", [1], [5]]);
    expect(thrown(() => f(bytes(1), weak(256))).code).toBe("E_OVERFLOW");
    expect(shown(f(bytes(1), weak(255)))).toEqual(["uint8", [1], [0]]);
  });
});
