/**
 * Symbolic tensors: what a layer would give, without elements. Functional models are made of them: each knows the call that makes it.
 *
 *   const x = gf.input({ shape: [4] });          SymbolicTensor [null,4]
 *   const y = gf.layers.dense({ units: 2 }).apply(x);   SymbolicTensor [null,2], made by a LayerCall
 */
import type { DType } from "../core/dtype.ts";
import type { Layer } from "./layer.ts";
import type { LayerShape } from "./shapes.ts";

/** One use of a layer on symbolic tensors. A layer that is shared has several. */
export interface LayerCall {
  readonly layer: Layer;
  /** Position among the layer's calls. */
  readonly index: number;
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: SymbolicTensor[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

export class SymbolicTensor {
  readonly shape: LayerShape;
  readonly dtype: DType;
  readonly name: string;
  readonly call: LayerCall;
  /** Position among the results of the call. */
  readonly index: number;

  constructor(shape: LayerShape, dtype: DType, name: string, call: LayerCall, index: number) {
    this.shape = shape;
    this.dtype = dtype;
    this.name = name;
    this.call = call;
    this.index = index;
  }

  get rank(): number {
    return this.shape.length;
  }

  get sourceLayer(): Layer {
    return this.call.layer;
  }
}

export function isSymbolic(x: unknown): x is SymbolicTensor {
  return x instanceof SymbolicTensor;
}
