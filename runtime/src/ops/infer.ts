/**
 * Shape and dtype inference shared by op records: a rule written twice belongs here.
 * All of them take checked operands (see defineOp) and work on symbolic dimensions.
 */
import type { DType } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { broadcastDims, type Dim, type Dims, showDim, showShape } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";
import type { OpSpec } from "./op.ts";

type Infer = OpSpec["infer"];

/** Whole numbers. */
export const INTEGER: readonly DType[] = ["uint8", "int32", "int64"];
/** Real numbers. */
export const NUMERIC: readonly DType[] = [...INTEGER, "float32", "float64"];
/** Without uint8, which counts as int32 here: results would soon be beyond it. */
export const ADDED: readonly DType[] = ["int32", "int64", "float32", "float64"];
/** Without int64, which is refused: a cast has to be asked for. */
export const USUAL: readonly DType[] = ["int32", "float32", "float64"];
export const FLOATING: readonly DType[] = ["float32", "float64"];
export const BOOL: readonly DType[] = ["bool"];
export const INT: readonly DType[] = ["int32"];
/** One number per element. */
export const REAL: readonly DType[] = ["bool", ...NUMERIC];
export const COMPLEX: readonly DType[] = ["complex64"];
/** What adds up. */
export const SUMMED: readonly DType[] = [...ADDED, ...COMPLEX];
export const ANY: readonly DType[] = [...REAL, ...COMPLEX];

/** The type of operand 0. */
export const sameType: Infer = ([x]) => {
  const { dtype, shape } = x;
  return [{ dtype, shape }];
};

/** bool of the shape of operand 0. */
export const predicate: Infer = ([x]) => [{ dtype: "bool", shape: x.shape }];

/** Broadcast shape of all operands; throws E_SHAPE with every shape. */
export function broadcastAll(inputs: readonly TensorType[], name: string): Dims {
  let shape: Dims = inputs[0].shape;
  for (let i = 1; i < inputs.length; i++) {
    const next: Dim[] | null = broadcastDims(shape, inputs[i].shape);
    if (next === null) {
      throw new ShapeError(`${name}: shapes ${inputs.map((t) => showShape(t.shape)).join(" and ")} do not broadcast.`, {
        hint: "Axes are matched from the last one; each pair must be equal or contain a 1.",
      });
    }
    shape = next;
  }
  return shape;
}

/** Common dtype, broadcast shape. */
export const broadcast: Infer = (inputs, _, name) => [{ dtype: inputs[0].dtype, shape: broadcastAll(inputs, name) }];

/** bool, broadcast shape. */
export const broadcastPredicate: Infer = (inputs, _, name) => [{ dtype: "bool", shape: broadcastAll(inputs, name) }];

/** Refuses negative lengths in an attribute. */
export function lengths(name: string, what: string, list: Dims): void {
  if (list.some((d) => typeof d === "number" && d < 0)) throw new ShapeError(`${name}: ${what} ${showShape(list)} has a negative length.`);
}

/** n·d. */
export function timesDim(d: Dim, n: number): Dim {
  return typeof d === "number" ? d * n : n === 1 ? d : n === 0 ? 0 : { sym: `(${showDim(d)}*${n})` };
}

/** d + n. */
export function plusDim(d: Dim, n: number): Dim {
  return typeof d === "number" ? d + n : n === 0 ? d : { sym: `(${showDim(d)}${n < 0 ? "" : "+"}${n})` };
}
