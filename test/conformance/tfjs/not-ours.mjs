/** Files and cases of TensorFlow.js's tests that are left out, each with the reason. Whatever is not listed counts. */
const inside = "tests the inside of TensorFlow.js: its engine, flags or registry";
export const browser = "needs a browser";

const handlers = "saves and loads through TensorFlow.js's registry of handlers, of which most are a browser's";

const words = "compares the words of a message; the same case is refused here";
const folded = "TensorFlow.js leaves the mirrored elements out of the gradient; here they count, as in TensorFlow";
const more = "refused by TensorFlow.js, computed here: strides and dilations may both differ from 1";
const lifted = "refused by TensorFlow.js, computed here: integers become float32";
const nan = "NaN is the largest number here, and decides";
const empty = "expects a value for windows that hold nothing but padding: E_ARGUMENT here, as such pads are a mistake";
const large = "expects an empty result for a window larger than x: E_SHAPE here";

/** Whole names of single cases about windows. */
const windows = {
  "conv1d throws when both stride and dilation are greater than 1": more,
  "pool max throws when neither s=1 nor d=1": more,
  "pool avg throws when neither s=1 nor d=1": more,
  "depthwiseConv2d gradients throws error on dilations > 1": more,
  "avgPool input int32 throws error": lifted,
  "conv2d throws when input is int32": lifted,
  "conv2d throws when filter is int32": lifted,
  "depthwiseConv2D throws when input is int32": lifted,
  "depthwiseConv2D throws when filter is int32": lifted,
  "fused conv2d throws when input is int32": lifted,
  "fused conv2d throws when filter is int32": lifted,
  "fused depthwiseConv2D throws when input is int32": lifted,
  "fused depthwiseConv2D throws when filter is int32": lifted,
  "maxPool [x=[3,3,1] f=[2,2] s=1 ignores NaNs": nan,
  "maxPool3d x=[1,3,3,3,1] f=[2,2,2] s=1 p=valid, ignores NaNs": nan,
  "maxPoolWithArgmax [x=[1,3,3,1] f=[2,2] s=1 ignores NaNs": nan,
  "maxPool x=[2,2,3] f=[1,1] s=2 p=1 dimRoundingMode=floor": empty,
  "maxPool x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=round": empty,
  "maxPool x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=ceil": empty,
  "avgPool x=[2,2,3] f=[1,1] s=2 p=1 dimRoundingMode=floor": empty,
  "avgPool x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=round": empty,
  "avgPool x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=ceil": empty,
  "avgPool3d x=[1,1,1,1,1] f=[2,2,2] s=1 p=2": empty,
  "pool max x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=ceil": empty,
  "pool avg x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=ceil": empty,
  "pool max x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding": empty,
  "pool avg x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding": empty,
  "avgPool3d x=[1,1,1,1,1] f=[1,1,3] s=1 p=valid": large,
  "avgPool gradient x=[3,3,1] f=[3,3] s=1 p=explicit": "the gradient divides by all cells of the window, the result by those in the image",
  "conv2dTranspose input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4": "no conv2d of this outputShape has x's shape: E_SHAPE here",
};

/** Image functions of which TensorFlow.js refuses int32. */
const images = {
  "nonMaxSuppression NonMaxSuppression Basic throws when boxes is int32": lifted,
  "nonMaxSuppression NonMaxSuppression Basic throws when scores is int32": lifted,
  "image.transform throws when input is int32.": lifted,
  "image.transform throws when transforms is int32.": lifted,
};

const whole = "integers and bool have no gradients here, neither as sources nor as targets: E_GRADIENT says so and names cast";
const ties = "elements that tie share the gradient, as in TensorFlow";
const axes = "refused by TensorFlow.js, computed here: any axis";
const printed = "numbers are printed with as few digits as tell them apart, and longer rows in full";
const keras = "the formula is that of Keras";
const selu = "at 0 the gradient is that of the right-hand side, as in TensorFlow";

/** The same name with each ending. */
const all = (start, endings, reason) => Object.fromEntries(endings.map((end) => [`${start}${end}`, reason]));

/** Where gradients are ours on purpose. */
const gradients = {
  ...all("gradients ", ["does not error if irrelevant (pruned) ops are missing grads", "works with asType"], whole),
  ...all("argmax ", ["has gradient", "gradient with clones"], whole),
  ...all("argmin ", ["has gradient", "gradient with clones"], whole),
  ...all("div gradient: ", ["Tensor1D with int32", "1d<int32> with 1d<bool> "], whole),
  "mul gradient: Tensor1D with dtype int32": whole,
  ...all("pow gradient", ["s: Scalar ^ Scalar", " with clones", "s: Tensor ^ Tensor", " wrt exponent with negative base"], whole),
  ...all("clone gradient: ", ["2D int32", "4D bool"], whole),
  ...all("greaterEqual ", ["has gradient", "gradient with clones"], whole),
  ...all("isFinite gradients: ", ["Scalar", "Tensor1D", "Tensor2D"], whole),
  ...all("isInf gradients: ", ["Scalar", "Tensor1D", "Tensor2D"], whole),
  ...all("isNaN gradients: ", ["Scalar", "Tensor1D", "Tensor2D"], whole),
  ...all("oneHot ", ["has gradient", "gradient with clones", "gradient when indices is 3d"], whole),
  ...all("where ", ["1D gradient", "gradient with clones", "2D gradient", "3D gradient", "4D gradient"], whole),
  ...Object.assign(
    ...["max", "min"].map((op) =>
      all(
        `${op} ${op} gradient: `,
        [
          "1D, ties",
          "ties, 2D, axes=-1, keepDims=false",
          "ties, 3D, axes=[1, 2], keepDims=false",
          "ties, 4D, axes=[1, 2, 3], keepDims=false",
          "ties, 4D, axes=[2, 3], keepDims=true",
        ],
        ties,
      ),
    ),
  ),
  ...all("selu gradients: ", ["Tensor1D", "Tensor2D"], selu),
  "optimizer only bias trainable, only x in varList throws error": "variables that are listed are changed, trainable or not",
  ...all("AdadeltaOptimizer ", ["basic", "Save, load weights and continue training"], keras),
};

const slots = "dispose() of an optimizer frees two variables of its own, rate and number of updates, beside the slots; TensorFlow.js one";
const complexPrinted = "long complex tensors are printed in full, with as few digits as tell numbers apart";

/** What differs still: known, and not meant for ever. */
const known = {
  "gradients reshape outside tf.grads() throws error":
    "the gradient of an argument that the result does not depend on is zero, not an error",
  "gradients saves tensors from the forward pass as expected":
    "a tensor that is disposed of while a tape may need it is refused: E_DISPOSED; TensorFlow.js keeps it alive",
  ...all("MomentumOptimizer ", ["basic", "basic - with Nesterov"], slots),
  "clone gradient: 1D string works with float32 dy": "strings have no gradient",
  "depthwiseConv2D input=1x5x5x1,f=3,s=1,d=2,p=explicit,chMul=1":
    "the pad is beside channels, where TensorFlow.js ignores it: E_ARGUMENT here",
  "tensor tf.tensor() from TypedArrays which are themselves 3D": "values are given flat, or nested as deep as the shape: E_SHAPE here",
  "tensor debug mode tf.tensor() from TypedArray + number[] fails due to wrong shape": "switches a flag of TensorFlow.js's environment",
  "tensor.toString 1d long string tensor verbose": "numbers and texts of long tensors are printed in full",
  ...all(
    "tensor.toString ",
    [
      ...["1d long complex64 tensor", "2d long complex64 tensor", "2d complex64 with padding to align columns"].flatMap((name) => [
        name,
        `${name} verbose`,
      ]),
    ],
    complexPrinted,
  ),
};

/** Where values or refusals are ours on purpose. */
const values = {
  ...Object.fromEntries(
    ["ceil", "cos", "cosh", "elu", "floor", "log", "rsqrt", "sigmoid", "sin", "sqrt", "tan", "tanh"].map((op) => [
      `${op} throws for int32 tensor`,
      lifted,
    ]),
  ),
  "softmax throws when passed an int32 tensor": lifted,
  "flipLeftRight throws when input is int32": lifted,
  "softmax 2D, dim=0 throws error": axes,
  "logSoftmax 2D, axis=0 throws error": axes,
  "stack non matching dtypes throws error": "dtypes are lifted to their common one",
  "oneHot Depth 1 throws error": "one class is a number of classes",
  "variable if name already used, throw error": "a second variable of a name gets another one, Name_1",
  ...all("argmax ", ["ignores NaNs"], nan),
  ...all("argmin ", ["ignores NaNs", "3D, ignores NaNs"], nan),
  ...all("sign ", ["basic", "does not propagate NaNs", "accepts a tensor-like object"], "the sign of NaN is NaN, as in TensorFlow"),
  "ensureShape null shape": "null is no number",
  ...all(
    "softmaxCrossEntropy ",
    ["Weighted - Reduction.SUM_BY_NONZERO_WEIGHTS", "Label Smoothing - Weighted - Reduction.MEAN"],
    "weights larger than the losses that they weigh: E_SHAPE here",
  ),
  ...Object.assign(
    ...["", " verbose"].map((end) => ({
      [`tensor.toString 1d long tensor${end}`]: printed,
      [`tensor.toString 2d with padding to align columns${end}`]: printed,
    })),
  ),
  ...all("tensor.toString ", ["2D 0 shaped tensor verbose", "3D 0 shaped tensor verbose"], printed),
};

/** Through TensorFlow.js's engine, or about its own modules. */
const inner = {
  ...Object.fromEntries(["expandDims", "dot", "stridedSlice"].map((op) => [`${op} ensure no memory leak`, inside])),
  "operation throws when passing an object with multiple keys": inside,
  "registerClass registerClass fails on missing className": inside,
};

export const notOurs = {
  ...gradients,
  ...known,
  ...values,
  ...inner,
  ...windows,
  ...images,
  "io/": handlers,
  "platforms/": browser,
  ...Object.fromEntries(
    ["browser_files", "indexed_db", "local_storage", "model_management", "passthrough", "router_registry", "weights_loader"].map((file) => [
      `io/${file}_test.js`,
      browser,
    ]),
  ),
  "backends/": inside,
  "browser_util_test.js": browser,
  "device_util_test.js": browser,
  "debug_mode_test.js": inside,
  "engine_test.js": inside,
  "environment_test.js": inside,
  "flags_test.js": inside,
  "globals_test.js": inside,
  "hash_util_test.js": inside,
  "jasmine_util_test.js": inside,
  "kernel_registry_test.js": inside,
  "profiler_test.js": inside,
  "tape_test.js": inside,
  "tensor_util_test.js": inside,
  "test_util_test.js": inside,
  "types_test.js": inside,
  "util_test.js": inside,
  "version_test.js": inside,
  "axis_util_test.js": inside,
  "broadcast_util_test.js": inside,
  "concat_util_test.js": inside,
  "conv_util_test.js": inside,
  "dropout_util_test.js": inside,
  "reduce_util_test.js": inside,
  "selu_util_test.js": inside,
  "slice_util_test.js": inside,
  "rand_util_test.js": inside,
  "from_pixels_test.js": browser,
  "to_pixels_test.js": browser,

  // Cases, by their full names.
  "gather ensure no memory leak": inside,
  "reverse works with int32 input": inside,
  "reverse ensure no memory leak": inside,
  "memory test ensure no memory leak": inside,
  "slice  shallow slicing delayed async read of sliced tensor has no mem leak": inside,
  "sparseFillEmptyRows does not have memory leak.": inside,
  "sparseReshape does not have memory leak.": inside,
  "sparseSegmentMean does not have memory leak.": inside,
  "sparseSegmentSum does not have memory leak.": inside,
  "raggedGather  does not have memory leak.": inside,
  "raggedRange  does not have memory leak.": inside,
  "raggedTensorToTensor  does not have memory leak.": inside,
  "booleanMaskAsync should throw if mask is scalar": words,
  "booleanMaskAsync should throw if array and mask shape miss match": words,
  "inTopKAsync throws when predictions_rank <2": words,
  "inTopKAsync throws when prediction.rank != targets.rank + 1": words,
  "inTopKAsync throws when k > size of last dimension of predictions": words,
  "setdiff1dAsync should throw if x is not 1d": words,
  "setdiff1dAsync should throw if y is not 1d": words,
  "setdiff1dAsync should throw if x and y dtype mismatch": words,
  "whereAsync throws error if condition is not of type bool": words,
  "addN list of numbers gets treated as a list of scalars": "numbers without a dtype are weak: a sum of whole ones is int32",
  "depthToSpace throws for int32 input": "moves any dtype",
  "einsum 2d matrix calculate trace: duplicate axes not implemented yet": "takes diagonals",
  "tanh throws for string tensor": lifted,
  "einsum more than two input tensors throws error": "takes any number of tensors",
  "mirrorPad grad": folded,
  "mirrorPad gradient with clones": folded,
  "tf.buffer string": "elements that were not set are empty strings, not undefined",
  "slice2d grad": "asks for the gradient of a tensor that the function reads from outside; ours are of its arguments",
};
