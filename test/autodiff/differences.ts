/**
 * Derivatives by central differences in double precision: what gradient rules are judged by. Two step sizes, extrapolated
 * (Richardson); their disagreement bounds the error, and must be small, so that no point near a kink passes by accident.
 */
import * as gf from "graphfn";
import { apply, apply1 } from "../../runtime/src/dispatch/dispatch.ts";
import { identity } from "../../runtime/src/ops/identity.ts";
import type { Block, OpRecord, OpSample } from "../../runtime/src/ops/op.ts";
import { blockOf, random, sizeOf } from "../ops/support.ts";

/** Operands that must be positive for the op to be differentiable at them. */
const POSITIVE: Readonly<Record<string, readonly number[]>> = { sqrt: [0], rsqrt: [0], pow: [0], jsPow: [0] };

/** What a random operand becomes where an op does not take any, or where its derivative is too steep for differences. */
const SHAPED: Readonly<Record<string, readonly ((x: Block) => Block)[]>> = {
  cholesky: [(x) => heavyDiagonal(symmetric(x))],
  triangularSolve: [heavyDiagonal],
  solve: [heavyDiagonal],
  det: [heavyDiagonal],
};

/** With 6 more on the diagonals of matrices: positive definite, with an inverse that is not large. */
function heavyDiagonal(x: Block): Block {
  const [rows, columns] = x.shape.slice(-2);
  return { ...x, data: Float64Array.from(x.data, (v, i) => (i % columns === Math.floor(i / columns) % rows ? v + 6 : v)) };
}

/** Ops whose gradient is meant for symmetric matrices, though they read one triangle. */
const OF_SYMMETRIC: ReadonlySet<string> = new Set(["cholesky"]);

function symmetric(x: Block): Block {
  const n = x.shape.at(-1) as number;
  return {
    ...x,
    data: Float64Array.from(x.data, (v, i) => {
      const [row, column] = [Math.floor(i / n) % n, i % n];
      return (v + (x.data[i + (column - row) * (n - 1)] as number)) / 2;
    }),
  };
}

/** What differences are taken of: operands that changed in one element, as symmetric matrices where that is meant. */
export function meant({ op, free }: Point, blocks: readonly Block[]): readonly Block[] {
  return OF_SYMMETRIC.has(op.name) ? blocks.map((x, i) => (i < free.length ? symmetric(x) : x)) : blocks;
}

/** An op with operands to differentiate at; `free` are those of float64. */
export interface Point {
  readonly op: OpRecord;
  readonly attrs: NonNullable<OpSample["attrs"]>;
  readonly operands: readonly Block[];
  readonly free: readonly number[];
  /** Weights of the results. */
  readonly weights: readonly Block[];
}

export function randomBlock(shape: readonly number[], next: () => number): Block {
  return { dtype: "float64", shape, data: Float64Array.from({ length: sizeOf(shape) }, () => 4 * next() - 2) };
}

/**
 * The point of a sample: its shapes, attributes and integers. Elementwise ops keep their values too, since those lie in the
 * domain, drawn inwards and shaken off kinks; the others get random ones. null where there is nothing to differentiate.
 */
export function pointOf(op: OpRecord, sample: OpSample, seed = 1): Point | null {
  const next = random(seed);
  const attrs = sample.attrs ?? {};
  if (sample.inputs.some(({ values }) => values?.some((v) => !Number.isFinite(v)))) return null;
  const operands = sample.inputs.map((input, k): Block => {
    const block = blockOf(input, k + 1);
    if (block.dtype !== "float64") return block;
    // cast has samples at the ends of int32.
    const scale = block.data.some((v) => Math.abs(v) > 1e6) ? 1e-9 : 1;
    if (!op.flags.has("elementwise")) {
      const any = randomBlock(block.shape, next);
      return SHAPED[op.name]?.[k]?.(any) ?? any;
    }
    const [lo, hi] = [Math.min(...block.data), Math.max(...block.data)];
    const middle = block.data.length < 2 ? block.data[0] * 0.8 : (lo + hi) / 2;
    const data = Float64Array.from(block.data, (v) => scale * (middle + (v - middle) * 0.85 + (next() - 0.5) * 0.04 * (hi - lo)));
    return { ...block, data: POSITIVE[op.name]?.includes(k) === true ? data.map((v) => Math.abs(v) + 0.1) : data };
  });
  const results = op.infer(operands, attrs);
  const free = operands.flatMap((x, k) => (x.dtype === "float64" ? [k] : []));
  if (free.length === 0 || results.every((t) => t.dtype !== "float64")) return null;
  return { op, attrs, operands, free, weights: results.map((t) => randomBlock(t.shape as number[], next)) };
}

export function toTensor({ data, shape, dtype }: Block): gf.Tensor {
  return gf.tensor(data as Float64Array, shape as number[], dtype as "float64");
}

/** Σ weight · result, over floating results. */
export function weighted({ op, attrs }: Point, operands: readonly gf.Tensor[], weights: readonly gf.Tensor[]): gf.Tensor {
  let total: gf.Tensor = gf.scalar(0, "float64");
  apply(op, operands, attrs).forEach((y, k) => {
    if (y.dtype === "float64") total = gf.add(total, gf.sum(gf.mul(y, weights[k] as gf.Tensor)));
  });
  return total;
}

/** Gradients of Σ weight · result with respect to the free operands. */
export function gradients(point: Point, operands: readonly gf.Tensor[], weights: readonly gf.Tensor[]): gf.Tensor[] {
  const own = operands.map((t) => apply1(identity, [t]));
  const wanted = point.free.map((k) => own[k] as gf.Tensor);
  const tape = gf.gradientTape();
  tape.watch(wanted);
  return tape.gradient(weighted(point, own, weights), wanted) as gf.Tensor[];
}

/** Elements to vary: all of a few, some of many. */
function picks(size: number): number[] {
  const step = Math.max(1, Math.ceil(size / 12));
  return Array.from({ length: Math.ceil(size / step) }, (_, i) => i * step);
}

/**
 * Compares `given`, one per block, with differences of `f` over the blocks' elements. Returns sentences about what is wrong, and
 * elements whose differences do not settle, and how many were compared.
 */
export function disagreements(
  blocks: readonly Block[],
  given: readonly gf.Tensor[],
  f: (blocks: readonly Block[]) => number,
): { wrong: string[]; kinks: string[]; compared: number } {
  const [wrong, kinks]: [string[], string[]] = [[], []];
  let compared = 0;
  const size = Math.abs(f(blocks));
  blocks.forEach((block, b) => {
    const analytic = (given[b] as gf.Tensor).dataSync();
    const shape = (given[b] as gf.Tensor).shape;
    if (`${shape}` !== `${block.shape}`) wrong.push(`gradient ${b} has shape [${shape}], not [${block.shape}]`);
    for (const i of picks(block.data.length)) {
      const at = (h: number): number =>
        f(blocks.map((other, k) => (k === b ? { ...other, data: other.data.map((v, j) => (j === i ? v + h : v)) } : other)));
      const h = 2e-3;
      const [wide, close] = [(at(h) - at(-h)) / (2 * h), (at(h / 2) - at(-h / 2)) / h];
      const slope = close + (close - wide) / 3;
      const roundOff = (8 * Number.EPSILON * size) / h;
      compared++;
      if (!(Math.abs(close - wide) <= 1e-2 * (1 + Math.abs(slope)))) kinks.push(`[${i}] of ${b}: ${wide}, ${close}`);
      else if (!(Math.abs((analytic[i] as number) - slope) <= 1e-6 * (0.01 + Math.abs(slope)) + Math.abs(close - wide) * 0.01 + roundOff)) {
        wrong.push(`[${i}] of ${b}: ${analytic[i]}, but differences say ${slope}`);
      }
    }
  });
  return { wrong, kinks, compared };
}
