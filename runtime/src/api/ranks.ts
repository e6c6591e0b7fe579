/** TensorFlow.js's names for tensors of a known rank. They say what is meant; ranks are checked when ops run, not by types. */
import type { DType } from "../core/dtype.ts";
import type { Tensor } from "../core/tensor.ts";

export type Scalar = Tensor;
export type Tensor1D = Tensor;
export type Tensor2D = Tensor;
export type Tensor3D = Tensor;
export type Tensor4D = Tensor;
export type Tensor5D = Tensor;
export type Tensor6D = Tensor;
export type DataType = DType;
