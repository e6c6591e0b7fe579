/**
 * vmap over every op record: three examples of each sample's operands, every choice of operands that differ between them, against single
 * runs that are stacked. A single run that fails makes vmap fail with the same code.
 */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { newTensor } from "../../runtime/src/api/convert.ts";
import { DTYPES, isFloating, type TypedArray, writeElements } from "../../runtime/src/core/dtype.ts";
import { GraphFnError } from "../../runtime/src/core/errors.ts";
import { apply } from "../../runtime/src/dispatch/dispatch.ts";
import { allOps } from "../../runtime/src/ops/index.ts";
import type { Block, OpRecord, OpSample } from "../../runtime/src/ops/op.ts";
import { compiled } from "../../runtime/src/staged/compiled.ts";
import { blockOf, sizeOf } from "../ops/support.ts";

const EXAMPLES = 3;
/** Larger ones say nothing more, and take their time. */
const MOST = 300;

function tensorOf({ dtype, shape, data }: Block): gf.Tensor {
  const t = newTensor(dtype, [...shape], sizeOf(shape));
  (t.elements as Float32Array).set(data as Float32Array);
  return t;
}

/** Example k of an operand: scaled where it is floating, otherwise its elements moved around, so that indices stay in range. */
function example({ dtype, shape, data }: Block, k: number): Block {
  const copy = data.slice();
  const { length } = data;
  if (dtype === "bool")
    writeElements(
      copy,
      Array.from(data as Uint8Array, (x, i) => (i % (k + 1) === 0 ? x : 1 - x)),
    );
  else if (isFloating(dtype) || dtype === "complex64")
    writeElements(
      copy,
      Array.from(data as Float32Array, (x) => x * (1 + k / 4)),
    );
  else for (let i = 0; i < length; i++) copy[i] = data[(i + k) % length] as never;
  return { dtype, shape, data: copy };
}

function stacked(blocks: readonly Block[]): Block {
  const [{ dtype, shape, data }] = blocks as [Block];
  const all = new (data.constructor as new (n: number) => TypedArray)(blocks.length * data.length);
  blocks.forEach((block, k) => {
    (all as Float32Array).set(block.data as Float32Array, k * data.length);
  });
  return { dtype, shape: [blocks.length, ...shape], data: all };
}

/** Results, or the code of the error. */
function outcome(run: () => gf.Tensor[]): Block[] | string {
  try {
    return run().map((t) => ({ dtype: t.dtype, shape: t.shape, data: t.elements as TypedArray }));
  } catch (error) {
    if (error instanceof GraphFnError) return error.code;
    throw error;
  }
}

function expectSame(got: Block[] | string, want: Block[] | string): void {
  if (typeof got === "string" || typeof want === "string") return expect(got).toBe(want);
  expect(got.map(({ dtype, shape }) => [dtype, ...shape])).toEqual(want.map(({ dtype, shape }) => [dtype, ...shape]));
  got.forEach(({ dtype, data }, r) => {
    const right = (want[r] as Block).data;
    const loose = isFloating(dtype) || dtype === "complex64";
    for (let i = 0; i < data.length; i++) {
      const [a, b] = [data[i], right[i]];
      if (Object.is(a, b)) continue;
      if (!loose) expect(a).toBe(b);
      const [x, y] = [Number(a), Number(b)];
      if (!(Math.abs(x - y) <= (DTYPES[dtype].bytes === 8 && dtype !== "complex64" ? 1e-9 : 2e-6) * Math.max(1, Math.abs(y))))
        expect(x).toBe(y);
    }
  });
}

/** Which operands differ between examples. */
function choices(count: number): boolean[][] {
  if (count > 3) return [Array.from({ length: count }, () => true)];
  return Array.from({ length: 2 ** count - 1 }, (_, n) => Array.from({ length: count }, (__, i) => ((n + 1) & (1 << i)) !== 0));
}

function judge(op: OpRecord, sample: OpSample, differs: readonly boolean[], graph: boolean): void {
  const attrs = sample.attrs ?? {};
  const blocks = sample.inputs.map((input, i) => blockOf(input, i + 1));
  const examples = blocks.map((block, i) => Array.from({ length: EXAMPLES }, (_, k) => (differs[i] ? example(block, k) : block)));
  const single = (k: number): Block[] | string =>
    outcome(() =>
      apply(
        op,
        examples.map((of) => tensorOf(of[k] as Block)),
        attrs,
      ),
    );
  const runs = Array.from({ length: EXAMPLES }, (_, k) => single(k));
  const failed = runs.find((run) => typeof run === "string");
  const want = failed ?? (runs[0] as Block[]).map((_, r) => stacked(runs.map((run) => (run as Block[])[r] as Block)));
  const given = blocks.map((block, i) => tensorOf(differs[i] ? stacked(examples[i] as Block[]) : block));
  const mapped = gf.vmap((...xs: gf.Tensor[]) => apply(op, xs, attrs), { inAxes: differs.map((each) => (each ? 0 : null)) });
  const run = graph ? compiled(mapped, { name: "mapped" }) : mapped;
  expectSame(
    outcome(() => run(...given) as gf.Tensor[]),
    want as Block[] | string,
  );
}

describe.each(allOps().map((op) => [op.name, op] as const))("%s", (_, op) => {
  const samples = op.samples.filter(({ inputs }) => inputs.every(({ shape }) => sizeOf(shape) <= MOST));

  it("as its single runs", () => {
    for (const sample of samples) {
      for (const differs of choices(sample.inputs.length)) {
        try {
          judge(op, sample, differs, false);
        } catch (error) {
          throw Object.assign(error as Error, { message: `${sample.name}, ${String(differs)}: ${(error as Error).message}` });
        }
      }
    }
  });

  it("in a graph", () => {
    for (const sample of samples.slice(0, 3)) for (const differs of choices(sample.inputs.length)) judge(op, sample, differs, true);
  });
});
