/**
 * Elementwise kernels beyond the samples: every size around a vector's width, every broadcast pattern, several threads, memory in
 * place, and the accuracy of functions over their whole range.
 */
import { afterEach, describe, expect, it } from "vitest";
import { type DType, isInteger, newElements, writeElements } from "../../runtime/src/core/dtype.ts";
import { allOps } from "../../runtime/src/ops/index.ts";
import { type Block, getOp, type OpRecord } from "../../runtime/src/ops/op.ts";
import { random, sizeOf } from "../ops/support.ts";
import { addon, describeNative, native, ulps } from "./support.ts";

/** Sums of functions of the C library or of Math. */
const SUMS = new Set(["erfc", "lgamma", "digamma", "polygamma"]);
const elementwise = allOps().filter((op) => op.flags.has("elementwise"));

/** Values of both signs, whole ones among them; divisors and exponents of integers stay valid. */
function operand(op: OpRecord, index: number, dtype: DType, shape: readonly number[], seed: number): Block {
  const next = random(seed);
  const data = newElements(dtype, sizeOf(shape));
  const positive = op.flags.has("checked") && index === 1;
  const whole = isInteger(dtype) || op.name === "toIndex";
  const isSigned = dtype !== "uint8" && op.name !== "toByte";
  const any = (): number => {
    const x = (next() - 0.5) * 12;
    if (dtype === "bool") return next() < 0.5 ? 1 : 0;
    if (whole) return positive ? 1 + Math.floor(next() * 5) : Math.round(isSigned ? x : 20 * (x + 6));
    return next() < 0.2 ? Math.round(x) : x;
  };
  writeElements(data, Array.from(data, any));
  return { dtype, shape, data };
}

function operandDType(op: OpRecord, index: number, dtype: DType): DType {
  return op.name === "where" && index === 0 ? "bool" : dtype;
}

function compute(op: OpRecord, inputs: readonly Block[], run: "native" | "reference"): Block {
  const sample = op.samples[0]?.attrs ?? {};
  const [type] = op.infer(inputs, sample);
  const shape = type!.shape as number[];
  const out: Block = { dtype: type!.dtype, shape, data: newElements(type!.dtype, sizeOf(shape)) };
  if (run === "native") native.kernel(op, inputs, [out], sample);
  else op.reference(inputs, [out], sample);
  return out;
}

function agree(op: OpRecord, inputs: readonly Block[], what: string): void {
  const [got, want] = [compute(op, inputs, "native"), compute(op, inputs, "reference")];
  for (let i = 0; i < want.data.length; i++) {
    const [a, b] = [got.data[i] as number, want.data[i] as number];
    const limit = op.name === "squaredDifference" ? 3 : 2;
    // Where their terms cancel, the C library's and V8's last bits of those show.
    if (SUMS.has(op.name) && Math.abs(a - b) <= 8 * 2 ** -52 * Math.max(1, Math.abs(b))) continue;
    if (ulps(a, b, want.dtype) > limit) expect.fail(`${op.name} ${what}, element ${i}: native ${a}, reference ${b}`);
  }
}

/** Shapes of two operands; a third repeats the first. */
const PATTERNS: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[7], [7]],
  [[3, 5], []],
  [[], [3, 5]],
  [[1], [1, 1]],
  [
    [4, 1],
    [1, 6],
  ],
  [[2, 3, 4], [4]],
  [
    [3, 4],
    [2, 3, 4],
  ],
  [
    [2, 1, 4],
    [2, 3, 1],
  ],
  [
    [2, 3, 1, 5],
    [1, 3, 4, 1],
  ],
  [
    [1, 2, 1, 2, 1, 2, 1, 2],
    [2, 1, 2, 1, 2, 1, 2, 1],
  ],
  [[700, 3], [3]],
  [
    [700, 3],
    [700, 1],
  ],
  [
    [1, 3],
    [700, 1],
  ],
  [
    [5, 40, 3],
    [40, 1],
  ],
  [
    [5, 1, 3],
    [5, 40, 1],
  ],
  [
    [3, 2, 31],
    [3, 1, 31],
  ],
  [[2, 1100, 2], [2]],
  [[0, 3], [3]],
  [
    [2, 0],
    [1, 1],
  ],
];

describeNative("elementwise kernels", () => {
  const threads = addon?.threads() ?? 1;
  afterEach(() => addon?.setThreads(threads));

  describe.each(elementwise.map((op) => [op.name, op] as const))("%s", (_, op) => {
    it("agrees with the reference at every length", () => {
      for (const dtype of op.dtypes) {
        for (const n of [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 1000]) {
          const inputs = Array.from({ length: op.arity }, (_x, k) => operand(op, k, operandDType(op, k, dtype), [n], n + k));
          agree(op, inputs, `${dtype}[${n}]`);
        }
      }
    });

    it("agrees in every broadcast pattern", () => {
      if (op.arity < 2) return;
      for (const dtype of op.dtypes) {
        for (const [a, b] of PATTERNS) {
          const inputs = Array.from({ length: op.arity }, (_x, k) => operand(op, k, operandDType(op, k, dtype), k === 1 ? b : a, k + 1));
          agree(op, inputs, `${dtype} [${a}] with [${b}]`);
        }
      }
    });
  });

  it("gives the same bits on one thread and on many, also for scalars beside large operands", () => {
    const n = 300_001;
    for (const [name, dtype] of [
      ["tanh", "float32"],
      ["add", "float64"],
      ["less", "int32"],
      ["where", "float32"],
      ["clipByValue", "float32"],
    ] as const) {
      const op = getOp(name);
      for (const scalars of [0, 1]) {
        const inputs = Array.from({ length: op.arity }, (_x, k) =>
          operand(op, k, operandDType(op, k, dtype), k > 0 && scalars === 1 ? [] : [n], k + 3),
        );
        addon!.setThreads(1);
        const one = compute(op, inputs, "native");
        addon!.setThreads(4);
        const many = compute(op, inputs, "native");
        expect(Buffer.compare(Buffer.from(one.data.buffer), Buffer.from(many.data.buffer)), name).toBe(0);
      }
    }
  });

  it("views that start anywhere in a buffer are read and written where they are", () => {
    const add = getOp("add");
    const buffer = new ArrayBuffer(4 * 100);
    for (let offset = 0; offset < 16; offset++) {
      const at = (start: number): Float32Array => new Float32Array(buffer, 4 * (start + offset), 20);
      new Float32Array(buffer).fill(9);
      const [a, b, out] = [at(0).fill(1), at(20).fill(2), at(60)];
      const block = (data: Float32Array): Block => ({ dtype: "float32", shape: [20], data });
      native.kernel(add, [block(a), block(b)], [block(out)], {});
      expect([...out].every((v) => v === 3)).toBe(true);
      expect(new Float32Array(buffer)[59 + offset]).toBe(9);
      expect(new Float32Array(buffer)[80 + offset]).toBe(9);
    }
  });
});

/** Functions with float32 polynomials of our own, with the units in the last place they promise. */
const POLYNOMIALS = ["exp", "expm1", "log", "log1p", "tanh", "sigmoid", "softplus", "elu", "selu", "sin", "cos", "tan"];
const POLYNOMIALS64 = ["exp", "log", "sigmoid", "softplus"];

describeNative("accuracy of functions", () => {
  it.each(POLYNOMIALS)("%s of float32 is within 2 units in the last place over all of float32", (name) => {
    const op = getOp(name);
    const bits = new Uint32Array(1 << 16);
    // Every sign and exponent with spread mantissas, then dense runs where the function bends.
    const next = random(7);
    for (let i = 0; i < bits.length; i++) bits[i] = ((i << 16) | Math.floor(next() * 65536)) >>> 0;
    const dense = Float32Array.from({ length: 200_000 }, (_, i) => (i - 100_000) / 1000);
    const edge = Float32Array.of(
      0,
      -0,
      1,
      -1,
      88.72283,
      88.72284,
      -87.33655,
      -103.97,
      -104,
      1e-45,
      1.1754944e-38,
      3.4028235e38,
      Infinity,
      -Infinity,
      NaN,
    );
    for (const data of [new Float32Array(bits.buffer), dense, edge]) {
      const input: Block = { dtype: "float32", shape: [data.length], data };
      const [got, want] = [compute(op, [input], "native"), compute(op, [input], "reference")];
      for (let i = 0; i < data.length; i++) {
        const [a, b] = [got.data[i] as number, want.data[i] as number];
        if (ulps(a, b, "float32") > 2) expect.fail(`${name}(${data[i]}): native ${a}, reference ${b}, ${ulps(a, b, "float32")} apart`);
      }
    }
  });

  it.each(POLYNOMIALS64)("%s of float64 is within 3 units in the last place of V8's", (name) => {
    const bits = new BigUint64Array(1 << 16);
    const next = random(8);
    for (let i = 0; i < bits.length; i++) bits[i] = (BigInt(i) << 48n) | BigInt(Math.floor(next() * 2 ** 48));
    const dense = Float64Array.from({ length: 200_000 }, (_, i) => (i - 100_000) / 137 + next() / 1000);
    const edge = Float64Array.of(
      0,
      -0,
      1,
      -1,
      709.78,
      709.79,
      -708.4,
      -745.13,
      -745.2,
      5e-324,
      2.2250738585072014e-308,
      1.7e308,
      Infinity,
      -Infinity,
      NaN,
    );
    for (const data of [new Float64Array(bits.buffer), dense, edge]) {
      const input: Block = { dtype: "float64", shape: [data.length], data };
      const [got, want] = [compute(getOp(name), [input], "native"), compute(getOp(name), [input], "reference")];
      for (let i = 0; i < data.length; i++) {
        const [a, b] = [got.data[i] as number, want.data[i] as number];
        // The reference's sigmoid and softplus underflow a little early.
        if (Math.abs(a - b) < 1e-300) continue;
        if (ulps(a, b, "float64") > 3) expect.fail(`${name}(${data[i]}): native ${a}, reference ${b}, ${ulps(a, b, "float64")} apart`);
      }
    }
  });
});

/** Results of 16 MB and more are streamed past the caches, unless they overwrite an operand. */
describeNative("large results", () => {
  afterEach(() => addon?.setThreads(2));
  const BYTES = 2 ** 24;
  const rows: readonly (readonly [string, DType])[] = [
    ["add", "float32"],
    ["neg", "float64"],
    ["mul", "int32"],
    ["greater", "float32"],
    ["maximum", "int64"],
    ["logicalNot", "bool"],
  ];
  it.each(rows.flatMap(([name, dtype]) => [1, 2].map((threads) => [name, dtype, threads] as const)))(
    "%s of %s, %i threads",
    (name, dtype, threads) => {
      addon?.setThreads(threads);
      const op = getOp(name);
      const result = op.infer(
        [...Array(op.arity)].map(() => ({ dtype, shape: [1] })),
        {},
      )[0]!.dtype;
      const bytes = newElements(result, 0).BYTES_PER_ELEMENT;
      const n = BYTES / bytes + 7;
      const inputs = Array.from({ length: op.arity }, (_, k): Block => {
        const data = newElements(dtype, n);
        const period = 1009 + k;
        const some = Array.from({ length: period }, (_, i) => (dtype === "bool" ? i % 2 : (i % 101) - 50));
        writeElements(data.subarray(0, period) as never, some);
        for (let at = period; at < n; at *= 2) data.copyWithin(at, 0, Math.min(at, n - at));
        return { dtype, shape: [n], data };
      });
      const part = (block: Block, from: number, to: number): Block => ({
        ...block,
        shape: [to - from],
        data: block.data.subarray(from, to) as never,
      });
      const expected = newElements(result, n);
      const whole: Block = { dtype: result, shape: [n], data: expected };
      for (let from = 0; from < n; from += 100_000) {
        const to = Math.min(n, from + 100_000);
        native.kernel(
          op,
          inputs.map((x) => part(x, from, to)),
          [part(whole, from, to)],
          {},
        );
      }
      // Elements around the result stay, wherever it begins in a line of the cache.
      for (const before of [0, 1, 5]) {
        const around = newElements(result, before + n + 3);
        const out: Block = { dtype: result, shape: [n], data: around.subarray(before, before + n) as never };
        native.kernel(op, inputs, [out], {});
        expect(Buffer.compare(bytesOf(out.data), bytesOf(expected))).toBe(0);
        expect([...around.subarray(0, before), ...around.subarray(before + n)].every((x) => Number(x) === 0)).toBe(true);
      }
      if (result === dtype) {
        native.kernel(op, inputs, [inputs[0]!], {});
        expect(Buffer.compare(bytesOf(inputs[0]!.data), bytesOf(expected))).toBe(0);
      }
    },
  );
});

function bytesOf({ buffer, byteOffset, byteLength }: Block["data"]): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
