/** Runs records on their own samples, without the API: blocks in, blocks out. */
import { newElements, writeElements } from "../../runtime/src/core/dtype.ts";
import type { Attrs, Block, OpErrorSample, OpRecord, OpSample } from "../../runtime/src/ops/op.ts";

/** The same numbers on every run: a small generator with a seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

export function blockOf({ dtype, shape, values }: OpSample["inputs"][number], seed = 1): Block {
  const next = random(seed);
  const data = newElements(dtype, sizeOf(shape));
  const any = (): number => (dtype === "bool" ? Math.round(next()) : (next() - 0.5) * 8);
  const given = Array.from(data, (_, i) => values?.[i] ?? any());
  writeElements(data, dtype === "int64" ? given.map((x) => (typeof x === "bigint" ? x : Math.trunc(x))) : given);
  return { dtype, shape, data };
}

/** Elements that a kernel forgets to write stay recognisable. */
function dirty(block: Block): Block {
  writeElements(block.data, new Array<number>(block.data.length).fill(block.dtype === "bool" ? 1 : 77));
  return block;
}

export type Runner = (op: OpRecord, inputs: readonly Block[], outputs: readonly Block[], attrs: Attrs) => void;

export const reference: Runner = (op, inputs, outputs, attrs) => op.reference(inputs, outputs, attrs);

export function runSample(op: OpRecord, sample: OpSample | OpErrorSample, run: Runner = reference): Block[] {
  const attrs = sample.attrs ?? {};
  const inputs = sample.inputs.map((input, i) => blockOf(input, i + 1));
  const outputs = op.infer(inputs, attrs).map(({ dtype, shape }) => dirty(blockOf({ dtype, shape: shape as number[] })));
  run(op, inputs, outputs, attrs);
  return outputs;
}
