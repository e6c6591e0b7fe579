/** Plans as words written by hand, for what no planner would make. The format: runtime/src/plan/encode.ts. */
import { DTYPES, type DType } from "../../runtime/src/core/dtype.ts";
import { FORMAT_VERSION, MAGIC } from "../../runtime/src/plan/encode.ts";
import { addon } from "./support.ts";

export type Row = readonly number[];

/** A plan as its words have it, see runtime/src/plan/encode.ts. */
export interface Parts {
  readonly buffers?: readonly Row[];
  readonly variables?: readonly Row[];
  readonly steps?: readonly Row[];
  readonly inputs?: readonly Row[];
  readonly outputs?: readonly Row[];
  /** In lines of 64 bytes. */
  readonly arena?: number;
  readonly stacks?: number;
  readonly prints?: number;
  readonly numbers?: Row;
  /** How many bytes. */
  readonly constants?: number;
}

const buffer =
  (place: number) =>
  (dtype: DType, argument: number, shape: Row = []) => [DTYPES[dtype].code, place, argument, shape.length, ...shape];
export const [arena, input, output, constant, variable] = [buffer(0), buffer(1), buffer(2), buffer(3), buffer(4)];

export const copy = (from: number, to: number) => [1, from, to];
export const jump = (target: number) => [2, target];
export const unless = (pred: number, target: number) => [3, pred, target];
export const print = (site: number, ...values: Row) => [4, site, values.length, ...values];
export const when = (pred: number, target: number) => [5, pred, target];
export const push = (stack: number, from: number) => [6, stack, from];
export const pop = (stack: number, to: number) => [7, stack, to];
export const op = (name: string, inputs: Row, outputs: Row, attrs: Row = []) => [
  ...[0, addon!.opNames.indexOf(name), inputs.length, outputs.length],
  ...[...inputs, ...outputs, attrs.length, ...attrs],
];

/** Operands and a result as numbers of values: see runtime/src/plan/encode.ts. */
export type FusedRow = readonly [name: string, operands: Row, result: number, dtype: DType, attrs?: Row];
export const fused = (inputs: Row, outputs: Row, shape: Row, room: number, ops: readonly FusedRow[], run = 0, columns = 0) => [
  ...[8, inputs.length, outputs.length, ...inputs, ...outputs, shape.length, ...shape, run, room, columns, ops.length],
  ...ops.flatMap(([name, operands, result, dtype, attrs = []]) => [
    ...[addon!.opNames.indexOf(name), operands.length, ...operands, result, DTYPES[dtype].code, attrs.length, ...attrs],
  ]),
];

export function encode(parts: Parts): Int32Array {
  const { buffers = [], variables = [], steps = [], inputs = [], outputs = [] } = parts;
  const sizes = [buffers.length, steps.length, inputs.length, outputs.length, parts.prints ?? 0, parts.arena ?? 0];
  const rest = [...buffers, ...variables, ...steps, ...inputs, ...outputs].flat();
  return Int32Array.of(MAGIC, FORMAT_VERSION, ...sizes, variables.length, parts.stacks ?? 0, ...rest);
}

export const create = (parts: Parts, words = encode(parts)): number =>
  addon!.createPlan(words, Float64Array.from(parts.numbers ?? []), new Uint8Array(parts.constants ?? 0), () => {});
