/** `gf.layers`: functions that make layers, under TensorFlow.js's names, and the base class of layers of your own. */

import { ELU, LeakyReLU, PReLU, type PReLUArgs, ReLU, type ReLUArgs, Softmax, ThresholdedReLU } from "./advanced-activations.ts";
import { Activation, Dropout, type DropoutArgs, Flatten, type FlattenArgs, Permute, RepeatVector, Reshape } from "./basic.ts";
import { configured } from "./configured.ts";
import { Conv1D, Conv2D, Conv2DTranspose, type ConvArgs } from "./convolutional.ts";
import { Dense, type DenseArgs } from "./dense.ts";
import { Embedding, type EmbeddingArgs } from "./embedding.ts";
import { InputLayer, input } from "./input.ts";
import { Layer, type LayerArgs } from "./layer.ts";
import { Add, Average, Concatenate, Dot, type DotArgs, Maximum, Minimum, Multiply, Subtract } from "./merge.ts";
import { BatchNormalization, type BatchNormalizationArgs, LayerNormalization, type LayerNormalizationArgs } from "./normalization.ts";
import {
  AveragePooling1D,
  AveragePooling2D,
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  MaxPooling1D,
  MaxPooling2D,
  type PoolArgs,
} from "./pooling-layers.ts";
import { Cropping2D, UpSampling1D, UpSampling2D, ZeroPadding2D } from "./resizing.ts";

type First<C extends new (args: any) => unknown> = ConstructorParameters<C>[0];

const averagePooling1d = (args?: PoolArgs) => new AveragePooling1D(args);
const averagePooling2d = (args?: PoolArgs) => new AveragePooling2D(args);
const maxPooling1d = (args?: PoolArgs) => new MaxPooling1D(args);
const maxPooling2d = (args?: PoolArgs) => new MaxPooling2D(args);
const globalMaxPooling1d = (args?: LayerArgs) => new GlobalMaxPooling1D(args);
const globalMaxPooling2d = (args?: First<typeof GlobalMaxPooling2D>) => new GlobalMaxPooling2D(args);

export const layers = configured("layers", {
  /** Base class of layers of your own. */
  Layer,
  input,
  inputLayer: (args: LayerArgs) => new InputLayer(args),
  /** activation(x · kernel + bias). */
  dense: (args: DenseArgs) => new Dense(args),
  activation: (args: First<typeof Activation>) => new Activation(args),
  dropout: (args: DropoutArgs) => new Dropout(args),
  flatten: (args?: FlattenArgs) => new Flatten(args),
  reshape: (args: First<typeof Reshape>) => new Reshape(args),
  permute: (args: First<typeof Permute>) => new Permute(args),
  repeatVector: (args: First<typeof RepeatVector>) => new RepeatVector(args),
  elu: (args?: First<typeof ELU>) => new ELU(args),
  reLU: (args?: ReLUArgs) => new ReLU(args),
  leakyReLU: (args?: First<typeof LeakyReLU>) => new LeakyReLU(args),
  prelu: (args?: PReLUArgs) => new PReLU(args),
  softmax: (args?: First<typeof Softmax>) => new Softmax(args),
  thresholdedReLU: (args?: First<typeof ThresholdedReLU>) => new ThresholdedReLU(args),
  conv1d: (args: ConvArgs) => new Conv1D(args),
  conv2d: (args: ConvArgs) => new Conv2D(args),
  conv2dTranspose: (args: ConvArgs) => new Conv2DTranspose(args),
  zeroPadding2d: (args?: First<typeof ZeroPadding2D>) => new ZeroPadding2D(args),
  cropping2D: (args?: First<typeof Cropping2D>) => new Cropping2D(args),
  upSampling1d: (args?: First<typeof UpSampling1D>) => new UpSampling1D(args),
  upSampling2d: (args?: First<typeof UpSampling2D>) => new UpSampling2D(args),
  averagePooling1d,
  avgPool1d: averagePooling1d,
  averagePooling2d,
  avgPool2d: averagePooling2d,
  maxPooling1d,
  maxPool1d: maxPooling1d,
  maxPooling2d,
  maxPool2d: maxPooling2d,
  globalAveragePooling1d: (args?: LayerArgs) => new GlobalAveragePooling1D(args),
  globalAveragePooling2d: (args?: First<typeof GlobalAveragePooling2D>) => new GlobalAveragePooling2D(args),
  globalMaxPooling1d,
  globalMaxPool1d: globalMaxPooling1d,
  globalMaxPooling2d,
  globalMaxPool2d: globalMaxPooling2d,
  batchNormalization: (args?: BatchNormalizationArgs) => new BatchNormalization(args),
  layerNormalization: (args?: LayerNormalizationArgs) => new LayerNormalization(args),
  embedding: (args: EmbeddingArgs) => new Embedding(args),
  add: (args?: LayerArgs) => new Add(args),
  subtract: (args?: LayerArgs) => new Subtract(args),
  multiply: (args?: LayerArgs) => new Multiply(args),
  average: (args?: LayerArgs) => new Average(args),
  maximum: (args?: LayerArgs) => new Maximum(args),
  minimum: (args?: LayerArgs) => new Minimum(args),
  concatenate: (args?: First<typeof Concatenate>) => new Concatenate(args),
  dot: (args: DotArgs) => new Dot(args),
});
