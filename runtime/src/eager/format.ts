/**
 * Tensors as text, in TensorFlow.js's layout: columns aligned, long tensors abbreviated as NumPy does (more than 1000 elements:
 * the first and last 3 along each long axis).
 *
 *   Tensor
 *       [[1 , 2.5],
 *        [10, 3  ]]
 */
import { type DType, isInteger } from "../core/dtype.ts";
import { type Shape, sizeOf, stridesOf } from "../core/shape.ts";
import { type StringArray, showElement } from "../core/strings.ts";
import type { Block } from "../ops/op.ts";

const LIMIT = 1000;
const EDGE = 3;
/** Significant digits: what the dtype holds, without its noise (0.1 in float32 is 0.1, not 0.10000000149). */
const DIGITS: Readonly<Record<Exclude<DType, "string">, number>> = {
  bool: 1,
  uint8: 3,
  int32: 10,
  int64: 19,
  float32: 7,
  float64: 15,
  complex64: 7,
};

/** Element i of a block; complex ones as `1 + 2j`, text of an array in quotes. */
function formatElement({ data, dtype, shape }: Block, i: number): string {
  if (dtype === "string") {
    const text = showElement((data as unknown as StringArray)[i] as string);
    return shape.length === 0 ? text : `'${text}'`;
  }
  if (dtype !== "complex64") return formatNumber(data[i], dtype);
  return `${formatNumber(data[2 * i], dtype)} + ${formatNumber(data[2 * i + 1], dtype)}j`;
}

/** Elements of int64 are bigints: they come without an n. */
export function formatNumber(value: number, dtype: Exclude<DType, "string">): string {
  if (dtype === "bool") return value === 0 ? "false" : "true";
  if (Object.is(value, -0)) return "-0";
  return isInteger(dtype) || !Number.isFinite(value) ? String(value) : String(Number(value.toPrecision(DIGITS[dtype])));
}

export interface FormatOptions {
  /** Adds dtype, rank and shape. */
  readonly verbose?: boolean;
}

/** The whole text, with header and indentation. */
export function formatTensor(block: Block, { verbose = false }: FormatOptions = {}): string {
  const header = verbose
    ? ["Tensor", `  dtype: ${block.dtype}`, `  rank: ${block.shape.length}`, `  shape: [${block.shape.join(",")}]`, "  values:"]
    : ["Tensor"];
  return [...header, ...valueLines(block).map((line) => (line === "" ? "" : `    ${line}`))].join("\n");
}

/** Only the values: `3.5` or `[[1, 2],\n [3, 4]]`. */
export function formatValues(block: Block): string {
  return valueLines(block).join("\n");
}

function valueLines(block: Block): string[] {
  const { shape } = block;
  if (shape.length === 0) return [formatElement(block, 0)];
  // Empty axes count as one: what stands in front of them is shown too.
  const cut = sizeOf(shape.map((d) => Math.max(d, 1))) > LIMIT;
  const strides = stridesOf(shape);
  const columns = shownIndices(shape[shape.length - 1], cut);
  const widths = columns.map(() => 0);
  eachRow(shape, strides, cut, 0, 0, (start) => {
    for (const [k, column] of columns.entries()) {
      if (column >= 0) widths[k] = Math.max(widths[k], formatElement(block, start + column).length);
    }
  });
  const row = (start: number) => {
    const cells = columns.map((column, k) => (column < 0 ? "..." : formatElement(block, start + column).padEnd(widths[k])));
    return `[${cells.join(", ")}]`;
  };
  return linesOf(shape, strides, cut, 0, 0, row);
}

/** Positions along an axis that are shown; -1 stands for those left out. */
function shownIndices(length: number, cut: boolean): number[] {
  if (!cut || length <= 2 * EDGE + 1) return Array.from({ length }, (_, i) => i);
  const first = Array.from({ length: EDGE }, (_, i) => i);
  return [...first, -1, ...first.map((i) => length - EDGE + i)];
}

function eachRow(
  shape: Shape,
  strides: readonly number[],
  cut: boolean,
  axis: number,
  start: number,
  visit: (start: number) => void,
): void {
  if (axis === shape.length - 1) {
    visit(start);
    return;
  }
  for (const i of shownIndices(shape[axis], cut)) {
    if (i >= 0) eachRow(shape, strides, cut, axis + 1, start + i * strides[axis], visit);
  }
}

function linesOf(
  shape: Shape,
  strides: readonly number[],
  cut: boolean,
  axis: number,
  start: number,
  row: (start: number) => string,
): string[] {
  if (axis === shape.length - 1) return [row(start)];
  const lines: string[] = [];
  const gap = shape.length - 2 - axis;
  const shown = shownIndices(shape[axis], cut);
  for (const [k, i] of shown.entries()) {
    const part = i < 0 ? ["..."] : linesOf(shape, strides, cut, axis + 1, start + i * strides[axis], row);
    if (k < shown.length - 1) {
      part[part.length - 1] += ",";
      for (let blank = 0; blank < gap; blank++) part.push("");
    }
    lines.push(...part);
  }
  if (lines.length === 0) return ["[]"];
  const indented = lines.map((line, k) => (k === 0 ? `[${line}` : line === "" ? "" : ` ${line}`));
  indented[indented.length - 1] += "]";
  return indented;
}
