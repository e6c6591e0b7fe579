/** Embedding: a learned vector per index. */

import { checkInt } from "../api/convert.ts";
import { gather } from "../api/slice.ts";
import { UnsupportedError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { classNumbers } from "../train/sparse.ts";
import { registerLayers } from "./built-in.ts";
import { type ConstraintIdentifier, getConstraint } from "./constraints.ts";
import { getInitializer, type InitializerIdentifier } from "./initializers.ts";
import { ONE } from "./input-spec.ts";
import { serialized } from "./kernel.ts";
import { Layer, type LayerArgs } from "./layer.ts";
import { getRegularizer, type RegularizerIdentifier } from "./regularizers.ts";
import type { ConfigDict } from "./serialization.ts";
import { checkLayerShape } from "./shapes.ts";

export interface EmbeddingArgs extends LayerArgs {
  /** Number of indices: they are 0 … inputDim − 1. */
  readonly inputDim: number;
  /** Length of the vectors. */
  readonly outputDim: number;
  /** Default "randomUniform". */
  readonly embeddingsInitializer?: InitializerIdentifier;
  readonly embeddingsRegularizer?: RegularizerIdentifier;
  readonly embeddingsConstraint?: ConstraintIdentifier;
  /** Length of the sequences, for a first layer. */
  readonly inputLength?: number | readonly (number | null)[];
  readonly maskZero?: boolean;
}

/** Indices [N, ...S] → vectors [N, ...S, outputDim]. E_INDEX for an index out of range, or a fraction. */
export class Embedding extends Layer {
  static override readonly className: string = "Embedding";
  readonly inputDim: number;
  readonly outputDim: number;
  readonly #args: EmbeddingArgs;
  #embeddings: Variable | undefined;

  constructor(args: EmbeddingArgs) {
    const { inputLength, batchSize = null } = args;
    // As in TensorFlow.js: an embedding is a first layer also without a shape, of sequences of any length.
    const shape =
      args.batchInputShape ??
      (args.inputShape === undefined ? [batchSize, ...checkLayerShape(inputLength ?? [null], "inputLength")] : undefined);
    super(shape === undefined ? args : { ...args, batchInputShape: shape });
    this.inputSpec = ONE;
    this.inputDim = checkInt(args.inputDim, `${this.name}: inputDim`, 1);
    this.outputDim = checkInt(args.outputDim, `${this.name}: outputDim`, 1);
    if (args.maskZero === true) throw new UnsupportedError(`${this.name}: maskZero is not supported yet.`);
    this.#args = args;
  }

  override build(): void {
    const { embeddingsInitializer = "randomUniform", embeddingsRegularizer, embeddingsConstraint } = this.#args;
    const shape = [this.inputDim, this.outputDim];
    this.#embeddings = this.addWeight("embeddings", shape, null, embeddingsInitializer, embeddingsRegularizer, true, embeddingsConstraint);
  }

  call(x: Tensor): Tensor {
    return gather(this.#embeddings as Variable, classNumbers(x));
  }

  override getConfig(): ConfigDict {
    const { embeddingsInitializer = "randomUniform", embeddingsRegularizer, embeddingsConstraint, inputLength } = this.#args;
    return {
      ...super.getConfig(),
      inputDim: this.inputDim,
      outputDim: this.outputDim,
      embeddingsInitializer: serialized(getInitializer(embeddingsInitializer)),
      embeddingsRegularizer: serialized(getRegularizer(embeddingsRegularizer)),
      activityRegularizer: null,
      embeddingsConstraint: serialized(getConstraint(embeddingsConstraint)),
      maskZero: false,
      inputLength: inputLength ?? null,
    };
  }
}
registerLayers(Embedding);
