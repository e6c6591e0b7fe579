/** `gf.input({ shape })`: where a functional model begins. */

import { checkDType } from "../api/convert.ts";
import type { DType } from "../core/dtype.ts";
import { ArgumentError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { registerLayers } from "./built-in.ts";
import { Layer, type LayerArgs } from "./layer.ts";
import type { ConfigDict } from "./serialization.ts";
import { checkLayerShape, type LayerShape } from "./shapes.ts";
import type { SymbolicTensor } from "./symbolic.ts";

export interface InputArgs {
  /** Shape of one input, without the batch axis. */
  readonly shape?: readonly (number | null)[];
  /** Shape with the batch axis. */
  readonly batchShape?: readonly (number | null)[];
  readonly name?: string;
  /** Default float32. */
  readonly dtype?: DType;
}

/** Passes its input on. Models of TensorFlow.js have one per input. */
export class InputLayer extends Layer {
  static override readonly className: string = "InputLayer";
  readonly symbol: SymbolicTensor;

  constructor(args: LayerArgs = {}) {
    super(args);
    if (this.batchInputShape === undefined) {
      throw new ArgumentError(`${this.name}: an input layer needs an inputShape or a batchInputShape.`);
    }
    this.dtype = args.dtype !== undefined ? checkDType(args.dtype, this.name) : "float32";
    this.built = true;
    this.symbol = this.record([], [{ shape: this.batchInputShape, dtype: this.dtype }], {}) as SymbolicTensor;
  }

  call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    return inputs;
  }

  override getConfig(): ConfigDict {
    return { batchInputShape: this.batchInputShape, dtype: this.dtype, sparse: false, name: this.name };
  }
}
registerLayers(InputLayer);

/**
 * A symbolic tensor that stands for data of a shape.
 *   const x = gf.input({ shape: [28, 28, 1] });
 * Errors   E_ARGUMENT without a shape.
 */
export function input({ shape, batchShape, name, dtype = "float32" }: InputArgs): SymbolicTensor {
  if (shape === undefined && batchShape === undefined) {
    throw new ArgumentError("input: there is no shape.", { hint: "gf.input({ shape: [28, 28, 1] }) leaves out the batch axis." });
  }
  const batchInputShape: LayerShape =
    batchShape === undefined ? [null, ...checkLayerShape(shape, "input: shape")] : checkLayerShape(batchShape, "input: batchShape");
  return new InputLayer({ batchInputShape, dtype, ...(name === undefined ? {} : { name }) }).symbol;
}
