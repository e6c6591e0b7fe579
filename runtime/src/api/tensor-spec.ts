/** `gf.tensorSpec`: an argument's dtype and shape, where elements are not needed. */
import type { DType } from "../core/dtype.ts";
import { ArgumentError, UnsupportedError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import { TensorSpec } from "../core/tensor-spec.ts";
import { checkDType, checkShape, describe } from "./convert.ts";

/**
 * Stands for a tensor argument of a graph function in `save`, `concrete`, `graph` and `explain`.
 * Shapes   any of known lengths. Dtypes  any; float32 by default.
 * Errors   E_SHAPE, E_DTYPE, E_ARGUMENT; U_UNSUPPORTED for lengths that are null or −1: a trace has one shape.
 * Source   TensorFlow's tf.TensorSpec.
 * Example  await predict.save("predict", gf.tensorSpec([1, 28, 28, 1], "float32", "image"));
 */
export function tensorSpec<D extends DType = "float32">(shape: Shape, dtype?: D, name?: string): TensorSpec<D> {
  if (Array.isArray(shape) && shape.some((d) => d === null || d === undefined || d === -1)) {
    throw new UnsupportedError("tensorSpec: a length of the shape is not known, but a trace has one shape.", {
      hint: "Give the length; for other lengths save the function once more.",
    });
  }
  const dims = checkShape(shape, "tensorSpec");
  const to = checkDType(dtype ?? "float32", "tensorSpec");
  if (name !== undefined && typeof name !== "string")
    throw new ArgumentError(`tensorSpec: name must be a string, but is ${describe(name)}.`);
  return new TensorSpec(Object.freeze([...dims]), to as D, name);
}

export { TensorSpec };
