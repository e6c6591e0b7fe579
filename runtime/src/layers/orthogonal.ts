/** A random matrix with orthonormal rows or columns, from normal numbers. Source: the definition in Keras. */
import { tensor } from "../api/create.ts";
import { randomNormal } from "../api/random.ts";
import { dataSync } from "../api/read.ts";
import type { DType } from "../core/dtype.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { outside } from "../dispatch/dispatch.ts";
import { tidy } from "../eager/scope.ts";

/** Columns of a tall matrix [rows, columns] become orthonormal: modified Gram-Schmidt, done twice so that nothing is lost. */
function orthonormalize(a: Float64Array, rows: number, columns: number): void {
  for (let j = 0; j < columns; j++) {
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < j; k++) {
        let dot = 0;
        for (let i = 0; i < rows; i++) dot += (a[i * columns + k] as number) * (a[i * columns + j] as number);
        for (let i = 0; i < rows; i++) a[i * columns + j] = (a[i * columns + j] as number) - dot * (a[i * columns + k] as number);
      }
    }
    let length = 0;
    for (let i = 0; i < rows; i++) length += (a[i * columns + j] as number) ** 2;
    for (let i = 0; i < rows; i++) a[i * columns + j] = (a[i * columns + j] as number) / Math.sqrt(length);
  }
}

export function orthogonalMatrix(shape: Shape, gain: number, dtype: DType, seed?: number | string): Tensor {
  const columns = shape[shape.length - 1] as number;
  const rows = sizeOf(shape.slice(0, -1));
  const [tall, wide] = [Math.max(rows, columns), Math.min(rows, columns)];
  return outside(() =>
    tidy(() => {
      const a = dataSync(randomNormal([tall, wide], 0, 1, "float64", seed)) as Float64Array;
      orthonormalize(a, tall, wide);
      const values = new Float64Array(rows * columns);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) values[i * columns + j] = gain * ((rows < columns ? a[j * wide + i] : a[i * wide + j]) as number);
      }
      return tensor(values, [...shape], dtype);
    }),
  );
}
