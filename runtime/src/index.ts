/** graphfn's public API: `import * as gf from "graphfn"`. */
import "./api/install-methods.ts";
import "./api/variables.ts";

export * from "./api/batch-norm.ts";
export * from "./api/blocks.ts";
export { buffer, TensorBuffer } from "./api/buffer.ts";
export { clipByGlobalNorm, clipByNorm, globalNorm } from "./api/clipping.ts";
export { complex, conj, imag, real } from "./api/complex.ts";
export * as math from "./api/confusion.ts";
export type { NestedValues, TensorLike } from "./api/convert.ts";
export { conv1d, conv2d, conv2dTranspose, conv3d, conv3dTranspose } from "./api/convolution.ts";
export * from "./api/create.ts";
export { type CustomGradient, type CustomGradientFunc, customGrad, type GradSaveFunc } from "./api/custom-grad.ts";
export * from "./api/depthwise.ts";
export { hessian, jacobian, jvp, type Pullback, vjp } from "./api/derivatives.ts";
export * from "./api/dilation.ts";
export * from "./api/dropout.ts";
export { einsum } from "./api/einsum.ts";
export {
  abs,
  acos,
  acosh,
  add,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  bitwiseAnd,
  bitwiseOr,
  bitwiseXor,
  cast,
  ceil,
  clipByValue,
  clone,
  cos,
  cosh,
  digamma,
  div,
  divNoNan,
  elu,
  equal,
  erf,
  erfc,
  exp,
  expm1,
  floor,
  floorDiv,
  flushToZero,
  greater,
  greaterEqual,
  isFinite,
  isInf,
  isNaN,
  jsPow,
  leakyRelu,
  leftShift,
  less,
  lessEqual,
  lgamma,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  logSigmoid,
  maximum,
  minimum,
  mod,
  mul,
  neg,
  notEqual,
  polygamma,
  pow,
  prelu,
  realDiv,
  reciprocal,
  relu,
  relu6,
  rightShift,
  round,
  rsqrt,
  selu,
  sigmoid,
  sign,
  sin,
  sinh,
  softplus,
  sqrt,
  square,
  squaredDifference,
  step,
  sub,
  tan,
  tanh,
  trunc,
  truncMod,
  where,
} from "./api/elementwise.ts";
export { getBackend, nextFrame, ready, setBackend } from "./api/environment.ts";
export type { Activation, Epilogue, FusedConvolution, FusedProduct } from "./api/fused.ts";
export * as fused from "./api/fused.ts";
export type { Seed } from "./api/generator.ts";
export {
  type GradientOptions,
  GradientTape,
  type GradientTapeOptions,
  grad,
  gradientTape,
  grads,
  type NamedTensorMap,
  stopGradient,
  valueAndGrad,
  valueAndGrads,
  variableGrads,
} from "./api/gradients.ts";
export { image } from "./api/image/namespace.ts";
export * from "./api/join.ts";
export * from "./api/linalg.ts";
export * from "./api/local-response.ts";
export { type LoopOptions, loop } from "./api/loop.ts";
export { linalg } from "./api/matrices/linalg.ts";
export { executingEagerly } from "./api/mode.ts";
export * from "./api/multinomial.ts";
export type { DataFormat2D, DataFormat3D, ExplicitPadding, Padding, Padding3D, RoundingMode } from "./api/placing.ts";
export * from "./api/pooling.ts";
export { type KernelInfo, type ProfileInfo, profile, type TimelineInfo, type TimingInfo, time, timeline } from "./api/profile.ts";
export { raggedGather, raggedRange } from "./api/ragged/gather.ts";
export { raggedTensorToTensor } from "./api/ragged/to-tensor.ts";
export * from "./api/random.ts";
export * from "./api/ranked.ts";
export type { DataType, Scalar, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Tensor5D, Tensor6D } from "./api/ranks.ts";
export { type NestedNumbers, print } from "./api/read.ts";
export * from "./api/recurrent.ts";
export * from "./api/reduce.ts";
export { Rows, reversed, zip } from "./api/rows.ts";
export * from "./api/select/masks.ts";
export * from "./api/select/nd.ts";
export * from "./api/select/search.ts";
export * from "./api/select/top-k.ts";
export * from "./api/select/unique.ts";
export {
  broadcastTo,
  cumprod,
  cumsum,
  expandDims,
  flatten,
  lengthOf,
  pad,
  reshape,
  reshapeAs,
  reverse,
  squeeze,
  tile,
  transpose,
} from "./api/shape.ts";
export * as signal from "./api/signal.ts";
export * from "./api/slice.ts";
export * from "./api/softmax.ts";
export { sparse } from "./api/sparse/namespace.ts";
export * as spectral from "./api/spectral.ts";
export * as string from "./api/string/index.ts";
export type { TensorMethods } from "./api/tensor-methods.ts";
export { type TensorSpec, tensorSpec } from "./api/tensor-spec.ts";
export * as util from "./api/util.ts";
export { Variable, variable } from "./api/variables.ts";
export { type Batched, type VmapAxis, type VmapOptions, vmap } from "./api/vmap.ts";
export { activeBackend, backendInfo } from "./backends/select.ts";
export * as compat from "./compat/index.ts";
export type { DType, DTypeMap, TypedArray } from "./core/dtype.ts";
export * from "./core/errors.ts";
export type { Shape } from "./core/shape.ts";
export { Tensor } from "./core/tensor.ts";
export * as data from "./data/index.ts";
export { type MemoryInfo, memory } from "./eager/memory.ts";
export { dispose, keep, type TensorContainer, tidy } from "./eager/scope.ts";
export * as io from "./io/index.ts";
export { loadFunction } from "./io/load-function.ts";
export * as models from "./io/model-json.ts";
export { loadLayersModel } from "./io/models.ts";
export { Callback, CustomCallback, type CustomCallbackArgs, callbacks, EarlyStopping, History, type Logs } from "./layers/callbacks.ts";
export type { CompileArgs } from "./layers/compiled-model.ts";
export { constraints } from "./layers/constraints.ts";
export type { EvaluateArgs, FitArgs, PredictArgs } from "./layers/fit.ts";
export type { EvaluateDatasetArgs, FitDatasetArgs } from "./layers/fit-dataset.ts";
export { LayersModel, model } from "./layers/functional.ts";
export { layers } from "./layers/index.ts";
export { initializers } from "./layers/initializers.ts";
export { input } from "./layers/input.ts";
export type { CallArgs, Layer, LayerArgs } from "./layers/layer.ts";
export { metrics } from "./layers/metrics.ts";
export { Model } from "./layers/model.ts";
export { regularizers } from "./layers/regularizers.ts";
export { Sequential, sequential } from "./layers/sequential.ts";
export * as serialization from "./layers/serialization.ts";
export { SymbolicTensor } from "./layers/symbolic.ts";
export type { RunAsyncOptions, RunProgress } from "./staged/beside.ts";
export type { ConcreteFunction } from "./staged/concrete.ts";
export type { Explanation } from "./staged/explanation.ts";
export {
  functionsRunEagerly,
  type GraphFunctionOptions,
  type GraphMembers,
  type Retrace,
  runFunctionsEagerly,
} from "./staged/graph-function.ts";
export type { LoadedFunction, LoadedMembers } from "./staged/loaded.ts";
export { runAsync } from "./staged/run-async.ts";
export { type GraphCallable, type GraphFunctionMark, graphFunction } from "./staged/wrapper.ts";
export { AdamaxOptimizer, AdamOptimizer } from "./train/adam.ts";
export { AdadeltaOptimizer, AdagradOptimizer, RMSPropOptimizer } from "./train/adaptive.ts";
export { train } from "./train/index.ts";
export type { LossOptions } from "./train/loss-functions.ts";
export { losses } from "./train/losses-namespace.ts";
export { type LearningRate, type NamedTensor, Optimizer, type OptimizerOptions } from "./train/optimizer.ts";
export { Reduction } from "./train/reduction.ts";
export { LearningRateSchedule } from "./train/schedules.ts";
export { MomentumOptimizer, SGDOptimizer } from "./train/sgd.ts";
