/** What layers with a kernel and a bias share: their arguments, making the weights, the configuration. */
import { add } from "../api/elementwise.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { type Activation, type ActivationIdentifier, activationName, getActivation } from "./activations.ts";
import { type Constraint, type ConstraintIdentifier, getConstraint } from "./constraints.ts";
import { getInitializer, type Initializer, type InitializerIdentifier } from "./initializers.ts";
import { Layer, type LayerArgs } from "./layer.ts";
import { getRegularizer, type Regularizer, type RegularizerIdentifier } from "./regularizers.ts";
import { type ConfigDict, type Serializable, serializeObject } from "./serialization.ts";

export interface KernelArgs extends LayerArgs {
  /** Applied to the result. Default none. */
  readonly activation?: ActivationIdentifier;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default "glorotNormal", as in TensorFlow.js. */
  readonly kernelInitializer?: InitializerIdentifier;
  /** Default "zeros". */
  readonly biasInitializer?: InitializerIdentifier;
  readonly kernelRegularizer?: RegularizerIdentifier;
  readonly biasRegularizer?: RegularizerIdentifier;
  readonly kernelConstraint?: ConstraintIdentifier;
  readonly biasConstraint?: ConstraintIdentifier;
}

export function serialized(x: Serializable | null): unknown {
  return x === null ? null : serializeObject(x);
}

export abstract class KernelLayer extends Layer {
  readonly activation: Activation;
  readonly useBias: boolean;
  protected readonly kernelInitializer: Initializer;
  protected readonly biasInitializer: Initializer;
  protected readonly kernelRegularizer: Regularizer | null;
  protected readonly biasRegularizer: Regularizer | null;
  protected readonly kernelConstraint: Constraint | null;
  protected readonly biasConstraint: Constraint | null;
  protected kernel: Variable | undefined;
  protected bias: Variable | undefined;

  constructor(args: KernelArgs) {
    super(args);
    this.activation = getActivation(args.activation);
    this.useBias = args.useBias ?? true;
    this.kernelInitializer = getInitializer(args.kernelInitializer ?? "glorotNormal");
    this.biasInitializer = getInitializer(args.biasInitializer ?? "zeros");
    this.kernelRegularizer = getRegularizer(args.kernelRegularizer);
    this.biasRegularizer = getRegularizer(args.biasRegularizer);
    this.kernelConstraint = getConstraint(args.kernelConstraint);
    this.biasConstraint = getConstraint(args.biasConstraint);
  }

  protected makeKernel(shape: readonly (number | null)[], name = "kernel"): Variable {
    return this.addWeight(name, shape, null, this.kernelInitializer, this.kernelRegularizer, true, this.kernelConstraint);
  }

  protected makeBias(length: number): void {
    if (this.useBias)
      this.bias = this.addWeight("bias", [length], null, this.biasInitializer, this.biasRegularizer, true, this.biasConstraint);
  }

  /** Bias and activation. */
  protected finish(x: Tensor): Tensor {
    return this.activation.apply(this.bias === undefined ? x : add(x, this.bias));
  }

  override getConfig(): ConfigDict {
    return {
      ...super.getConfig(),
      activation: activationName(this.activation, this.name),
      useBias: this.useBias,
      kernelInitializer: serialized(this.kernelInitializer),
      biasInitializer: serialized(this.biasInitializer),
      kernelRegularizer: serialized(this.kernelRegularizer),
      biasRegularizer: serialized(this.biasRegularizer),
      kernelConstraint: serialized(this.kernelConstraint),
      biasConstraint: serialized(this.biasConstraint),
    };
  }
}
