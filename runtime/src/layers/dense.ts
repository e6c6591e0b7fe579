/** Dense: every output sees every input along the last axis. */

import { checkInt } from "../api/convert.ts";
import { matMul } from "../api/linalg.ts";
import { reshape } from "../api/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { registerLayers } from "./built-in.ts";
import { type KernelArgs, KernelLayer } from "./kernel.ts";
import type { ConfigDict } from "./serialization.ts";
import type { LayerShape } from "./shapes.ts";

export interface DenseArgs extends KernelArgs {
  /** Length of the output's last axis. */
  readonly units: number;
  /** Length of the input, for a first layer: `inputShape: [inputDim]`. */
  readonly inputDim?: number;
}

/** activation(x · kernel + bias). x [...S, N] → [...S, units]. */
export class Dense extends KernelLayer {
  static override readonly className: string = "Dense";
  readonly units: number;

  constructor(args: DenseArgs) {
    const { inputDim, batchSize = null } = args;
    const shaped = inputDim !== undefined && args.inputShape === undefined && args.batchInputShape === undefined;
    super(shaped ? { ...args, batchInputShape: [batchSize, inputDim] } : args);
    this.units = checkInt(args.units, `${this.name}: units`, 1);
    this.inputSpec = [{ minNDim: 2 }];
  }

  override build(inputShape: LayerShape): void {
    const inputs = inputShape[inputShape.length - 1] ?? null;
    this.kernel = this.makeKernel([inputs, this.units]);
    this.makeBias(this.units);
    this.inputSpec = [{ minNDim: 2, axes: { [-1]: inputs as number } }];
  }

  call(x: Tensor): Tensor {
    const kernel = this.kernel as Variable;
    if (x.rank === 2) return this.finish(matMul(x, kernel));
    const rows = matMul(reshape(x, [-1, x.shape[x.rank - 1]]), kernel);
    return this.finish(reshape(rows, [...x.shape.slice(0, -1), this.units]));
  }

  override getConfig(): ConfigDict {
    return { units: this.units, ...super.getConfig() };
  }
}
registerLayers(Dense);
