/**
 * Layer: a function of tensors with weights. Weights are made when the shape of the inputs is known (`build`), from then on a layer is
 * a pure function of inputs and variables: it runs eagerly, in graph functions, and symbolically in functional models.
 *
 *   class Scale extends gf.layers.Layer {
 *     static className = "Scale";
 *     build(inputShape) { this.factor = this.addWeight("factor", [], undefined, "ones"); }
 *     call(x) { return x.mul(this.factor); }
 *   }
 *
 * Layers and variables that a subclass keeps in its properties (also in arrays and objects) belong to it: their weights are its weights.
 * A layer without a dtype takes that of its first inputs; inputs are cast to the dtype of the weights.
 */

import { describe, type TensorLike, toTensor } from "../api/convert.ts";
import { cast } from "../api/elementwise.ts";
import { variable } from "../api/variables.ts";
import { type DType, isFloating } from "../core/dtype.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { opaque } from "../core/opaque.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import { outside } from "../dispatch/dispatch.ts";
import { discard, dispose } from "../eager/memory.ts";
import { tidy } from "../eager/scope.ts";
import { type Constraint, type ConstraintIdentifier, getConstraint } from "./constraints.ts";
import { inLayer, notBuilt } from "./in-layer.ts";
import { outputTypes } from "./infer-shape.ts";
import { getInitializer, type InitializerIdentifier } from "./initializers.ts";
import { checkInputs, type InputSpec } from "./input-spec.ts";
import { getRegularizer, type Regularizer, type RegularizerIdentifier } from "./regularizers.ts";
import { type ConfigDict, defaultName } from "./serialization.ts";
import { checkLayerShape, type LayerShape } from "./shapes.ts";
import { isSymbolic, type LayerCall, SymbolicTensor } from "./symbolic.ts";

export interface LayerArgs {
  /** Default: class name and a number. */
  readonly name?: string;
  /** Default true. */
  readonly trainable?: boolean;
  /** Dtype of the weights; that of the first inputs otherwise. */
  readonly dtype?: DType;
  /** Shape of one input without the batch axis: makes the layer the first of a model. */
  readonly inputShape?: readonly (number | null)[] | number;
  /** `inputShape` with the batch axis. */
  readonly batchInputShape?: readonly (number | null)[];
  /** Length of the batch axis. Default: any. */
  readonly batchSize?: number;
  /** Dtype of the input of the model. Default float32. */
  readonly inputDType?: DType;
  /** First values of the weights. */
  readonly weights?: readonly Tensor[];
}

export interface CallArgs {
  /** Whether the model is being trained: dropout and batch normalisation differ. */
  readonly training?: boolean;
  readonly [name: string]: unknown;
}

/** A weight with what goes along with it. */
interface Weight {
  /** `dense_Dense1/kernel`: as in files. The variable's own name may have a number behind it. */
  readonly name: string;
  readonly variable: Variable;
  readonly regularizer: Regularizer | null;
  readonly constraint: Constraint | null;
}

/** A weight under the name it has in files. */
export interface NamedWeight {
  readonly name: string;
  readonly variable: Variable;
}

export abstract class Layer {
  static className: string = "Layer";
  readonly name: string;
  /** Dtype of the weights, once it is known. */
  dtype: DType | undefined;
  built = false;
  /** What inputs must look like; checked at each call. */
  inputSpec: readonly InputSpec[] | null = null;
  /** For layers written for TensorFlow.js, which set it. Masks are not passed on. */
  supportsMasking = false;
  /** Shape of the inputs with the batch axis, where it was given. */
  readonly batchInputShape: LayerShape | undefined;
  readonly inputDType: DType | undefined;
  readonly #calls: LayerCall[] = [];
  readonly #weights: Weight[] = [];
  readonly #initialWeights: readonly Tensor[] | undefined;
  #trainable: boolean;
  /** Dtype of weights that are made without one. */
  #weightDType: DType = "float32";

  constructor(args: LayerArgs = {}) {
    this.name = args.name ?? defaultName(this.getClassName());
    if (typeof this.name !== "string") throw new ArgumentError(`The name of a layer must be a string, but is ${describe(this.name)}.`);
    this.#trainable = args.trainable ?? true;
    this.dtype = args.dtype;
    this.inputDType = args.inputDType ?? args.dtype;
    this.#initialWeights = args.weights;
    const batch = args.batchSize ?? null;
    if (args.batchInputShape !== undefined) this.batchInputShape = checkLayerShape(args.batchInputShape, `${this.name}: batchInputShape`);
    else if (args.inputShape !== undefined) this.batchInputShape = [batch, ...checkLayerShape(args.inputShape, `${this.name}: inputShape`)];
  }

  getClassName(): string {
    return className(this);
  }

  /** Makes the weights. Runs once, before the first call, with the shape of the input (or an array of shapes). */
  build(_inputShape: LayerShape | readonly LayerShape[]): void {
    this.built = true;
  }

  /** What the layer computes, from tensors of which some may be symbols of a graph. */
  abstract call(inputs: Tensor | Tensor[], kwargs: CallArgs): Tensor | Tensor[];

  /** Does nothing: layers written for TensorFlow.js call it first in their `call`. */
  protected invokeCallHook(_inputs: Tensor | Tensor[], _kwargs?: CallArgs): void {}

  /**
   * Calls the layer: on tensors it computes, on symbolic tensors (`gf.input`) it becomes part of a model. Builds it first.
   * Errors   E_SHAPE with name of layer, expected and given shape.
   */
  apply(inputs: SymbolicTensor, kwargs?: CallArgs): SymbolicTensor;
  apply(inputs: readonly SymbolicTensor[], kwargs?: CallArgs): SymbolicTensor;
  apply(inputs: TensorLike, kwargs?: CallArgs): Tensor;
  apply(inputs: readonly Tensor[], kwargs?: CallArgs): Tensor;
  apply(inputs: unknown, kwargs: CallArgs = {}): unknown {
    const several = Array.isArray(inputs) && inputs.length > 0 && (isTensor(inputs[0]) || isSymbolic(inputs[0]));
    // With holes filled: they are refused like anything else.
    const list: readonly unknown[] = several ? Array.from(inputs as unknown[]) : [inputs];
    if (list.some(isSymbolic)) return this.#applySymbolic(list, kwargs);
    const tensors = list.map((x) => (isTensor(x) ? x : toTensor(x, this.name, "inputs")));
    const fitting: Tensor[] = [];
    let result: Tensor | Tensor[] = [];
    try {
      this.#build(tensors);
      for (const t of tensors)
        fitting.push(this.dtype !== undefined && isFloating(t.dtype) && t.dtype !== this.dtype ? cast(t, this.dtype) : t);
      result = inLayer(this, () => this.call(fitting.length === 1 ? fitting[0] : fitting, kwargs));
      return result;
    } finally {
      // What was made of the inputs, unless the layer hands it on. What its `call` made is the layer's own.
      for (const t of [...tensors, ...fitting])
        if (!list.includes(t) && t !== result && !(Array.isArray(result) && result.includes(t))) discard(t);
    }
  }

  #build(tensors: readonly Tensor[]): void {
    const shapes = tensors.map((t) => (t.symbol === null ? t.shape : t.symbol.dims.map((d) => (typeof d === "number" ? d : null))));
    this.ensureBuilt(
      shapes,
      tensors.map((t) => t.dtype),
    );
  }

  #applySymbolic(inputs: readonly unknown[], kwargs: CallArgs): SymbolicTensor | SymbolicTensor[] {
    const given = inputs.map((x, i) => {
      if (isSymbolic(x)) return x;
      throw new ArgumentError(`${this.name}: input ${i} is ${describe(x)}, but the others are symbolic.`);
    });
    const shapes = given.map((x) => x.shape);
    const dtypes = given.map((x) => x.dtype);
    this.ensureBuilt(shapes, dtypes);
    const fitting = dtypes.map((d) => (this.dtype !== undefined && isFloating(d) ? this.dtype : d));
    const results = inLayer(this, () => this.outputTypes(shapes, fitting, kwargs));
    return this.record(given, results, kwargs);
  }

  /** Adds a call to the graph of models. */
  protected record(
    inputs: readonly SymbolicTensor[],
    results: readonly { readonly shape: LayerShape; readonly dtype: DType }[],
    kwargs: CallArgs,
  ): SymbolicTensor | SymbolicTensor[] {
    const call: LayerCall = { layer: this, index: this.#calls.length, inputs, outputs: [], kwargs };
    this.#calls.push(call);
    call.outputs.push(
      ...results.map(({ shape, dtype }, i) => new SymbolicTensor(shape, dtype, `${this.name}/${call.index}:${i}`, call, i)),
    );
    return call.outputs.length === 1 ? call.outputs[0] : call.outputs;
  }

  /** Shapes and dtypes of the results: found by tracing the call, unless a layer knows them itself. */
  protected outputTypes(
    shapes: readonly LayerShape[],
    dtypes: readonly DType[],
    kwargs: CallArgs,
  ): readonly { readonly shape: LayerShape; readonly dtype: DType }[] {
    return outputTypes((inputs) => this.call(inputs.length === 1 ? inputs[0] : inputs, kwargs), shapes, dtypes);
  }

  /** Shape of the result for a shape of the input. Builds the layer. */
  computeOutputShape(inputShape: LayerShape | readonly LayerShape[]): LayerShape | LayerShape[] {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as readonly LayerShape[];
    const dtypes = shapes.map((): DType => this.dtype ?? "float32");
    this.ensureBuilt(shapes, dtypes);
    const found = inLayer(this, () => this.outputTypes(shapes, dtypes, {})).map((t) => t.shape);
    return found.length === 1 ? found[0] : found;
  }

  /** Checks shapes of inputs, and builds the layer if that was not done. */
  ensureBuilt(shapes: readonly LayerShape[], dtypes: readonly DType[]): void {
    if (this.inputSpec !== null) checkInputs(this.inputSpec, shapes, dtypes, this.name);
    if (!this.built) {
      this.#weightDType = this.dtype ?? dtypes.find(isFloating) ?? "float32";
      inLayer(this, () => this.build(shapes.length === 1 ? shapes[0] : shapes));
      this.built = true;
      if (this.#initialWeights !== undefined) this.setWeights(this.#initialWeights);
    }
  }

  /**
   * Makes a weight; to be called in `build`. Outside of any trace: also when the layer is first called in a graph function.
   * Errors   E_SHAPE for a shape with holes.
   */
  addWeight(
    name: string,
    shape: LayerShape,
    dtype?: DType | null,
    initializer: InitializerIdentifier = "glorotUniform",
    regularizer?: RegularizerIdentifier,
    trainable = true,
    constraint?: ConstraintIdentifier,
  ): Variable {
    if (shape.some((d) => d === null)) {
      throw new ShapeError(`${this.name}: the weight ${name} would have the shape [${shape.map(String).join(",")}].`, {
        hint: "The length of an axis of the input must be known to build this layer.",
      });
    }
    const from = getInitializer(initializer);
    const full = `${this.name}/${name}`;
    this.dtype ??= this.#weightDType;
    const to = dtype ?? this.dtype;
    const made = outside(() => tidy(() => variable(from.apply(shape as Shape, to), trainable, full)));
    this.#weights.push({ name: full, variable: made, regularizer: getRegularizer(regularizer), constraint: getConstraint(constraint) });
    return made;
  }

  get trainable(): boolean {
    return this.#trainable;
  }

  /** Whether training changes the weights; for layers with layers inside it speaks for them, too. */
  set trainable(value: boolean) {
    this.#trainable = value;
    for (const layer of this.sublayers()) layer.trainable = value;
  }

  /** `trainable` of this layer and of all inside it. */
  trainability(found = new Map<Layer, boolean>()): Map<Layer, boolean> {
    if (found.has(this)) return found;
    found.set(this, this.#trainable);
    for (const layer of this.sublayers()) layer.trainability(found);
    return found;
  }

  /** Runs `body` with what `trainable` was when `state` was taken; layers that are not in it are as they are now. */
  static withTrainability<T>(state: ReadonlyMap<Layer, boolean>, body: () => T): T {
    const now = new Map([...state.keys()].map((layer) => [layer, layer.#trainable]));
    for (const [layer, trainable] of state) layer.#trainable = trainable;
    try {
      return body();
    } finally {
      for (const [layer, trainable] of now) layer.#trainable = trainable;
    }
  }

  /** Layers that this one is made of. */
  protected sublayers(): readonly Layer[] {
    return keptIn(this).layers;
  }

  /** Weights of this layer alone, then those of the layers inside; each once. */
  #all(seen: Set<Variable>, trainable: boolean): (Weight & { readonly trainable: boolean })[] {
    const live = trainable && this.#trainable;
    const known = new Set(this.#weights.map((w) => w.variable));
    const kept = keptIn(this).variables.filter((v) => !known.has(v));
    const own = [...this.#weights, ...kept.map((v) => ({ name: v.name ?? "", variable: v, regularizer: null, constraint: null }))];
    const mine = own.flatMap((w) => {
      if (seen.has(w.variable)) return [];
      seen.add(w.variable);
      return [{ ...w, trainable: live && w.variable.trainable }];
    });
    return [...mine, ...this.sublayers().flatMap((layer) => layer.#all(seen, live))];
  }

  #ordered(): (Weight & { readonly trainable: boolean })[] {
    const all = this.#all(new Set(), true);
    return [...all.filter((w) => w.trainable), ...all.filter((w) => !w.trainable)];
  }

  /** All weights: first those that training changes. */
  get weights(): Variable[] {
    return this.#ordered().map((w) => w.variable);
  }

  get trainableWeights(): Variable[] {
    return this.#ordered().flatMap((w) => (w.trainable ? [w.variable] : []));
  }

  get nonTrainableWeights(): Variable[] {
    return this.#ordered().flatMap((w) => (w.trainable ? [] : [w.variable]));
  }

  /** `weights` with their names in files. */
  get namedWeights(): NamedWeight[] {
    return this.#ordered().map(({ name, variable: v }) => ({ name, variable: v }));
  }

  /** Costs of the weights that have a regularizer: scalars. */
  calculateLosses(): Tensor[] {
    return this.#ordered().flatMap(({ regularizer, variable: v }) => (regularizer === null ? [] : [regularizer.apply(v)]));
  }

  /** Puts weights with a constraint back to where it allows them. */
  applyConstraints(): void {
    for (const { constraint, variable: v, trainable } of this.#ordered())
      if (constraint !== null && trainable) v.assign(constraint.apply(v));
  }

  /** Values of the weights, as tensors of their own. */
  getWeights(): Tensor[] {
    return this.weights.map((w) => w.read());
  }

  /** Replaces the values. E_ARGUMENT, E_SHAPE where they do not fit; then nothing has changed. */
  setWeights(values: readonly TensorLike[]): void {
    const targets = this.weights;
    if (!Array.isArray(values) || values.length !== targets.length) {
      throw new ArgumentError(
        `${this.name} has ${targets.length} weights, but was given ${Array.isArray(values) ? values.length : describe(values)}.`,
        {
          hint: this.built ? undefined : "It is not built yet: its weights are made with the first input shape.",
        },
      );
    }
    tidy(() => {
      const tensors = values.map((v, i) => toTensor(v, `${this.name}: setWeights`, `weight ${i}`));
      tensors.forEach((t, i) => {
        const target = targets[i];
        if (!sameShape(t.shape, target.shape))
          throw new ShapeError(
            `${target.name} has shape ${showShape(target.shape)}, but was given a value of shape ${showShape(t.shape)}.`,
          );
      });
      tensors.forEach((t, i) => {
        targets[i].assign(t.dtype === targets[i].dtype ? t : cast(t, targets[i].dtype));
      });
    });
  }

  /** Number of elements of all weights. E_NOT_BUILT before they are there. */
  countParams(): number {
    if (!this.built) throw notBuilt(this.name, "countParams");
    return this.weights.reduce((n, w) => n + sizeOf(w.shape), 0);
  }

  /** What makes an equal layer, without the values of the weights. */
  getConfig(): ConfigDict {
    const config: ConfigDict = { name: this.name, trainable: this.trainable };
    if (this.batchInputShape !== undefined) config.batchInputShape = this.batchInputShape;
    const dtype = this.dtype ?? this.inputDType;
    if (dtype !== undefined) config.dtype = dtype;
    return config;
  }

  static fromConfig(cls: new (config: any) => Layer, config: ConfigDict): Layer {
    return new cls(config);
  }

  /** Calls on symbolic tensors: how models are connected. */
  get inboundNodes(): readonly LayerCall[] {
    return this.#calls;
  }

  /** Symbolic input of the only call. E_ARGUMENT where there is none or several. */
  get input(): SymbolicTensor | SymbolicTensor[] {
    const { inputs } = this.#onlyCall("input");
    return inputs.length === 1 ? inputs[0] : [...inputs];
  }

  /** Symbolic output of the only call. */
  get output(): SymbolicTensor | SymbolicTensor[] {
    const { outputs } = this.#onlyCall("output");
    return outputs.length === 1 ? outputs[0] : [...outputs];
  }

  get outputShape(): LayerShape | LayerShape[] {
    const { output } = this;
    return Array.isArray(output) ? output.map((o) => o.shape) : output.shape;
  }

  #onlyCall(what: string): LayerCall {
    if (this.#calls.length === 1) return this.#calls[0];
    const why = this.#calls.length === 0 ? "it was never called on symbolic tensors" : `it was called ${this.#calls.length} times`;
    throw new ArgumentError(`${this.name} has no ${what} that is clear: ${why}.`);
  }

  /** Frees the weights. */
  dispose(): { readonly numDisposedVariables: number } {
    const all = this.weights.filter((w) => !w.isDisposed);
    for (const w of all) dispose(w);
    return { numDisposedVariables: all.length };
  }

  toString(): string {
    return `${this.getClassName()}(${this.name})`;
  }
}
opaque(Layer);

function className(layer: Layer): string {
  const cls = layer.constructor as { className?: string; name: string };
  // A subclass without a className of its own goes by its own name.
  return Object.hasOwn(cls, "className") && cls.className !== undefined ? cls.className : cls.name || "Layer";
}

/** Layers and variables in the properties of an object, and in arrays and plain objects there; each once. */
function keptIn(owner: Layer): { readonly layers: Layer[]; readonly variables: Variable[] } {
  const [layers, variables] = [new Set<Layer>(), new Set<Variable>()];
  const seen = new Set<unknown>([owner]);
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Layer) layers.add(value);
    else if (isVariable(value)) variables.add(value);
    else if (Array.isArray(value)) for (const item of value) visit(item);
    else if (Object.getPrototypeOf(value) === Object.prototype) for (const item of Object.values(value)) visit(item);
  };
  for (const value of Object.values(owner)) visit(value);
  return { layers: [...layers], variables: [...variables] };
}
