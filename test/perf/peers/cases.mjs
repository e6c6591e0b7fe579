/**
 * Eager work that every library has, by name: which op, on operands of which shapes. `bar`: what ours must not be slower than, as a part
 * of the fastest peer's time.
 *
 * @type {readonly { name: string, op: string, shapes: number[][], dtype?: string, bar?: number }[]}
 */
const MILLION = [1000, 1000];
const square = (n) => [
  [n, n],
  [n, n],
];

export const CASES = [
  { name: "scalar add", op: "add", shapes: [[], []], bar: 0.2 },
  { name: "10 add", op: "add", shapes: [[10], [10]], bar: 0.3 },
  { name: "1000 add", op: "add", shapes: [[1000], [1000]], bar: 1 },
  { name: "10 sum", op: "sum", shapes: [[10]], bar: 1 },
  { name: "2x2 matMul", op: "matMul", shapes: square(2), bar: 1 },
  { name: "1M add", op: "add", shapes: [MILLION, MILLION], bar: 1 },
  { name: "1M + row", op: "add", shapes: [MILLION, [1000]], bar: 1 },
  { name: "1M + column", op: "add", shapes: [MILLION, [1000, 1]], bar: 1 },
  { name: "1M mul int32", op: "mul", shapes: [MILLION, MILLION], dtype: "int32", bar: 1 },
  { name: "1M tanh", op: "tanh", shapes: [MILLION], bar: 1 },
  { name: "1M exp", op: "exp", shapes: [MILLION], bar: 1 },
  { name: "1M sum", op: "sum", shapes: [MILLION], bar: 1 },
  { name: "1M sum of rows", op: "sumRows", shapes: [MILLION], bar: 1 },
  { name: "1M sum of columns", op: "sumColumns", shapes: [MILLION], bar: 1 },
  { name: "1M transpose", op: "transpose", shapes: [MILLION], bar: 1 },
  { name: "1M softmax", op: "softmax", shapes: [MILLION], bar: 1 },
  { name: "1M cumsum", op: "cumsum", shapes: [MILLION], bar: 1 },
  { name: "128 matMul", op: "matMul", shapes: square(128), bar: 1.05 },
  { name: "512 matMul", op: "matMul", shapes: square(512), bar: 1.05 },
  { name: "1024 matMul", op: "matMul", shapes: square(1024), bar: 1.05 },
  {
    name: "conv 3x3 16→32",
    op: "conv2d",
    shapes: [
      [8, 32, 32, 16],
      [3, 3, 16, 32],
    ],
    bar: 1.05,
  },
  { name: "maxPool 2x2", op: "maxPool", shapes: [[8, 32, 32, 32]], bar: 1.05 },
];

/** Element i of an operand: numbers from -1 to 1 in no order; small whole ones for int32. */
export function element(i, dtype) {
  return dtype === "int32" ? ((i * 37) % 101) - 50 : ((i * 37) % 101) / 50 - 1;
}

export function sizeOf(shape) {
  return shape.reduce((a, b) => a * b, 1);
}
