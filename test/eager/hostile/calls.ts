/** The functions under attack, and right calls of those that chance would not hit upon. */
import * as gf from "graphfn";

type Call = readonly unknown[];

/** They change what others see, take callbacks that trace, or read files: each has tests of its own. */
const LEFT_OUT = new Set([
  ...["setBackend", "getBackend", "activeBackend", "backendInfo", "ready", "nextFrame", "runFunctionsEagerly", "functionsRunEagerly"],
  ...["memory", "setSeed", "executingEagerly", "dispose", "keep", "print", "locate", "loadFunction", "loadLayersModel"],
  ...["model", "sequential", "input", "graphFunction", "customGrad", "grad", "grads", "valueAndGrad", "valueAndGrads", "variableGrads"],
  ...["gradientTape", "multiRNNCell", "profile", "time", "vjp", "jvp", "jacobian", "hessian"],
]);
const METHODS_LEFT_OUT = new Set(["constructor", "dispose", "print"]);
const NAMESPACES = [
  ...["linalg", "signal", "sparse", "spectral", "fused", "losses", "image", "math", "string", "metrics", "initializers", "regularizers"],
  ...["constraints", "train", "callbacks"],
];

export interface Target {
  readonly name: string;
  readonly run: (...args: unknown[]) => unknown;
  /** A method: the first argument is `this`, always a tensor. */
  readonly method: boolean;
}

const isClass = (f: object): boolean => /^class/.test(Function.prototype.toString.call(f));

export function targets(): Target[] {
  const list: Target[] = [];
  const add = (prefix: string, from: object): void => {
    for (const [key, value] of Object.entries(from)) {
      if (typeof value !== "function" || isClass(value) || (prefix === "" && LEFT_OUT.has(key))) continue;
      list.push({ name: prefix + key, run: value as Target["run"], method: false });
    }
  };
  add("", gf);
  // The second argument of a layer is what it is applied to.
  for (const [key, make] of Object.entries(gf.layers)) {
    if (isClass(make) || key === "input") continue;
    const applied = (config: unknown, x: unknown): unknown => {
      const layer = (make as (config: unknown) => gf.Layer)(config);
      return x === undefined ? layer : layer.apply(x as gf.Tensor);
    };
    list.push({ name: `layers.${key}`, run: applied as Target["run"], method: false });
  }
  for (const name of NAMESPACES) add(`${name}.`, ((gf as Record<string, unknown>)[name] ?? {}) as object);
  for (const key of Object.getOwnPropertyNames(gf.Tensor.prototype)) {
    const method = Object.getOwnPropertyDescriptor(gf.Tensor.prototype, key)?.value as unknown;
    if (typeof method !== "function" || METHODS_LEFT_OUT.has(key)) continue;
    list.push({ name: `Tensor#${key}`, run: (self, ...args) => Reflect.apply(method, self, args) as unknown, method: true });
  }
  return list;
}

const t = (...shape: number[]): gf.Tensor => gf.keep(gf.tidy(() => gf.range(0, gf.util.sizeFromShape(shape)).reshape(shape).mod(5)));
const of = (...values: number[]): gf.Tensor => gf.keep(gf.tensor(values));
const ints = (...values: number[]): gf.Tensor => gf.keep(gf.tensor(values, [values.length], "int32"));
const scalar = (x: number): gf.Tensor => gf.keep(gf.scalar(x));

/** By name; none of them throws. */
export function rightCalls(): Record<string, readonly Call[]> {
  const [image, volume] = [t(1, 4, 4, 2), t(1, 3, 3, 3, 1)];
  const places = gf.keep(gf.tensor([0, 0, 1, 1], [2, 2], "int32"));
  const three = gf.keep(gf.eye(3));
  const line = gf.keep(gf.complex([1, 2, 3], [3, 4, 5]));
  const image2 = { x: image, filter: t(2, 2, 2, 1), strides: 1, pad: "same", dataFormat: "NHWC", dilations: [1, 1], activation: "relu" };
  return {
    clipByNorm: [[t(2, 3), 1, 1]],
    globalNorm: [[[t(2), t(3)]], [{ a: t(2) }]],
    clipByGlobalNorm: [
      [[t(2), t(3)], 1],
      [{ a: t(2) }, scalar(1), 3],
    ],
    conv1d: [[t(1, 5, 2), t(3, 2, 2), 1, "same"]],
    conv2d: [
      [image, t(3, 3, 2, 2), 1, "same"],
      [
        image,
        t(3, 3, 2, 2),
        [1, 1],
        [
          [0, 0],
          [1, 1],
          [1, 1],
          [0, 0],
        ],
        "NHWC",
        1,
        "floor",
      ],
    ],
    conv2dTranspose: [[image, t(3, 3, 2, 2), [1, 4, 4, 2], 1, "same"]],
    conv3d: [[volume, t(2, 2, 2, 1, 1), 1, "same"]],
    conv3dTranspose: [[volume, t(2, 2, 2, 1, 1), [1, 3, 3, 3, 1], 1, "same"]],
    depthwiseConv2d: [[image, t(3, 3, 2, 2), 1, "same", "NHWC", 1]],
    separableConv2d: [[image, t(3, 3, 2, 1), t(1, 1, 2, 3), 1, "same"]],
    dilation2d: [[image, t(2, 2, 2), 1, "same"]],
    maxPool: [[image, 2, 2, "same"]],
    avgPool: [[image, [2, 2], 1, "valid"]],
    maxPool3d: [[volume, 2, 2, "same"]],
    avgPool3d: [[volume, 2, 2, "same"]],
    pool: [[image, 2, "max", "same", [1, 1], [1, 1]]],
    maxPoolWithArgmax: [[image, 2, 2, "same", true]],
    localResponseNormalization: [[image, 2, 1, 1, 0.5]],
    batchNorm: [[t(2, 3), t(3), of(1, 1, 1), t(3), t(3), 0.1]],
    batchNorm4d: [[image, t(2), of(1, 1)]],
    basicLSTMCell: [[scalar(1), t(4, 8), t(8), t(1, 2), t(1, 2), t(1, 2)]],
    batchToSpaceND: [
      [
        t(4, 1, 1, 1),
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ],
    ],
    spaceToBatchND: [
      [
        image,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ],
    ],
    depthToSpace: [[t(1, 1, 1, 4), 2, "NHWC"]],
    bincount: [[ints(0, 1, 1), of(1, 1, 1), 3]],
    denseBincount: [[ints(0, 1, 1), of(1, 1, 1), 3, false]],
    einsum: [
      ["ij,jk->ik", t(2, 3), t(3, 2)],
      ["i,i->", t(3), t(3)],
    ],
    matMul: [[t(2, 3), t(3, 2), false, false]],
    gather: [[t(3, 2), ints(0, 2), 0, 0]],
    gatherND: [[t(2, 2), places]],
    scatterND: [[places, t(2), [2, 2]]],
    tensorScatterUpdate: [[t(2, 2), places, t(2)]],
    sparseToDense: [[places, t(2), [2, 2], scalar(0)]],
    "sparse.sparseFillEmptyRows": [[places, t(2), ints(3, 2), scalar(1)]],
    "sparse.sparseReshape": [[places, ints(2, 2), ints(4, 1)]],
    "sparse.sparseSegmentMean": [[t(3, 2), ints(0, 1, 2), ints(0, 0, 1)]],
    "sparse.sparseSegmentSum": [[t(3, 2), ints(0, 1, 2), ints(0, 0, 1)]],
    raggedGather: [[[ints(0, 1, 3)], t(3), ints(0, 1), 1]],
    raggedRange: [[ints(0, 2), ints(3, 4), ints(1, 1)]],
    raggedTensorToTensor: [[ints(2, 3), t(3), scalar(0), [ints(0, 1, 3)], ["ROW_SPLITS"]]],
    searchSorted: [[of(1, 2, 3), t(2), "left"]],
    unsortedSegmentSum: [[t(3, 2), ints(0, 1, 1), 2]],
    topk: [[t(2, 5), 3, true]],
    unique: [[t(5, 2), 0]],
    inTopK: [[t(2, 3), ints(0, 1), 2]],
    multinomial: [[t(2, 3), 4, 1, false]],
    setdiff1dAsync: [[t(5), t(2)]],
    booleanMaskAsync: [[t(3, 2), gf.keep(gf.tensor([true, false, true])), 0]],
    stridedSlice: [[t(4, 4), [0, 1], [4, 3], [1, 1], 0, 0, 0, 0, 0]],
    slice: [[t(4, 4), [0, 1], [2, -1]]],
    setIndex: [[t(3), 1, 5]],
    index: [[t(3), 1]],
    pad: [
      [
        t(2, 2),
        [
          [1, 1],
          [0, 0],
        ],
        3,
      ],
    ],
    mirrorPad: [
      [
        t(3, 3),
        [
          [1, 1],
          [1, 1],
        ],
        "reflect",
      ],
    ],
    oneHot: [[ints(0, 1), 3, 1, 0, "float32"]],
    split: [
      [t(4, 2), 2, 0],
      [t(4, 2), [1, 3]],
    ],
    reshape: [[t(4, 2), [2, 4]]],
    tile: [[t(4, 2), [2, 1]]],
    transpose: [[t(4, 2), [1, 0]]],
    cast: [[t(4, 2), "int32"]],
    where: [[gf.keep(gf.tensor([true, false])), t(2), t(2)]],
    complex: [[t(2), t(2)]],
    moments: [[t(2, 3), [0], true]],
    norm: [[t(2, 3), 2, [0], true]],
    clipByValue: [[t(3), 0, 1]],
    "fused.conv2d": [[{ ...image2, bias: t(1) }]],
    "fused.depthwiseConv2d": [[{ ...image2, bias: t(2) }]],
    "fused.matMul": [[{ a: t(2, 3), b: t(3, 2), transposeA: false, transposeB: false, bias: t(2), activation: "relu" }]],
    "linalg.bandPart": [[t(3, 3), 1, 1]],
    "linalg.qr": [[t(3, 2), true]],
    "linalg.gramSchmidt": [[t(2, 3)], [[t(3), t(3)]]],
    "linalg.cholesky": [[three]],
    "linalg.solve": [[three, t(3, 2), false]],
    "linalg.triangularSolve": [[three, t(3, 2), true, false]],
    "linalg.inv": [[three, false]],
    "linalg.svd": [[t(3, 2), false, true]],
    "signal.stft": [[t(32), 8, 4, 8]],
    "signal.frame": [[t(32), 8, 4, true, 0]],
    "signal.hannWindow": [[5]],
    "spectral.fft": [[line]],
    "spectral.irfft": [[line]],
    "spectral.rfft": [[t(5), 5]],
    range: [[0, 5, 1, "int32"]],
    linspace: [[0, 1, 5]],
    buffer: [[[2, 3], "float32"]],
    tensor: [
      [[1, 2], [2], "float32"],
      [new Float32Array(4), [2, 2]],
    ],
    fill: [[[2], 1, "float32"]],
    eye: [[3, 3, [2], "float32"]],
    rand: [[[2], () => 0.5, "float32"]],
    randomUniform: [[[2], 0, 1, "float32", 3]],
    randomNormal: [[[2], 0, 1, "float32", 3]],
    truncatedNormal: [[[2], 0, 1, "float32", 3]],
    dropout: [[t(4), 0.5, [4], 3]],
    "layers.dense": [[{ units: 2, activation: "relu", useBias: true, kernelInitializer: "zeros", kernelRegularizer: "l2" }, t(2, 3)]],
    "layers.conv1d": [[{ filters: 2, kernelSize: 2, strides: 1, padding: "same", kernelInitializer: "ones" }, t(1, 4, 2)]],
    "layers.conv2d": [
      [{ filters: 2, kernelSize: [2, 2], strides: [1, 1], dilationRate: 1, dataFormat: "channelsLast", kernelInitializer: "ones" }, image],
    ],
    "layers.conv2dTranspose": [[{ filters: 2, kernelSize: 2, strides: [1, 1], kernelInitializer: "ones" }, image]],
    "layers.maxPooling2d": [[{ poolSize: [2, 2], strides: [1, 1], padding: "same" }, image]],
    "layers.averagePooling1d": [[{ poolSize: 2, strides: 1 }, t(1, 4, 2)]],
    "layers.embedding": [[{ inputDim: 3, outputDim: 2, embeddingsInitializer: "ones" }, ints(0, 1)]],
    "layers.batchNormalization": [[{ axis: -1, momentum: 0.9, epsilon: 0.1, center: true, scale: true }, t(2, 3)]],
    "layers.layerNormalization": [[{ axis: [-1], epsilon: 0.1, center: true }, t(2, 3)]],
    "layers.reshape": [[{ targetShape: [3, -1] }, t(2, 6)]],
    "layers.permute": [[{ dims: [2, 1] }, t(2, 3, 2)]],
    "layers.repeatVector": [[{ n: 2 }, t(2, 3)]],
    "layers.zeroPadding2d": [
      [
        {
          padding: [
            [1, 1],
            [0, 1],
          ],
          dataFormat: "channelsLast",
        },
        image,
      ],
    ],
    "layers.cropping2D": [
      [
        {
          cropping: [
            [1, 1],
            [0, 1],
          ],
        },
        image,
      ],
    ],
    "layers.upSampling2d": [[{ size: [2, 1], interpolation: "nearest" }, image]],
    "layers.activation": [[{ activation: "relu", name: "a", dtype: "float32", trainable: true }, t(2, 3)]],
    "layers.concatenate": [[{ axis: -1 }, [t(2, 3), t(2, 2)]]],
    "layers.dot": [[{ axes: [1, 1], normalize: true }, [t(2, 3), t(2, 3)]]],
    "layers.add": [[{}, [t(2, 3), t(2, 3)]]],
    "layers.prelu": [[{ alphaInitializer: "ones", sharedAxes: [1] }, t(2, 3, 2)]],
    "layers.softmax": [[{ axis: 1 }, t(2, 3)]],
    "layers.dropout": [[{ rate: 0.5, noiseShape: [2, 1], seed: 1 }, t(2, 3)]],
    "train.adam": [[0.1, 0.9, 0.99, 1e-7, { clipNorm: 1, weightDecay: 0.1, useEma: true, emaMomentum: 0.9 }]],
    "train.sgd": [[0.1, { globalClipNorm: 1 }]],
    "train.piecewiseConstantDecay": [
      [
        [1, 2],
        [0.1, 0.2, 0.3],
      ],
    ],
    "initializers.varianceScaling": [[{ scale: 1, mode: "fanIn", distribution: "normal", seed: 3 }]],
    "initializers.constant": [[{ value: 2 }]],
    "constraints.minMaxNorm": [[{ minValue: 0, maxValue: 1, rate: 1, axis: [0] }]],
    "regularizers.l1l2": [[{ l1: 0.1, l2: 0.2 }]],
    "losses.softmaxCrossEntropy": [[t(2, 3), t(2, 3), of(1, 2), 0.1]],
    "losses.huberLoss": [[t(2, 3), t(2, 3), of(1, 2, 1), 0.5]],
    "losses.sigmoidCrossEntropy": [[t(2, 3), t(2, 3), of(1, 2, 1), 0.5]],
    "losses.categoricalCrossentropy": [[t(2, 3), t(2, 3), { fromLogits: true, labelSmoothing: 0.1, axis: -1 }]],
    meshgrid: [[t(2), t(3), { indexing: "xy" }]],
  };
}
