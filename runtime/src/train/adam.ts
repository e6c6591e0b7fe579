/** Adam and its relatives: averages of gradients and of their squares, corrected for starting at zero. */
import { scalar } from "../api/create.ts";
import { abs, add, maximum, mul, pow, realDiv, sqrt, square, sub } from "../api/elementwise.ts";
import { variable } from "../api/variables.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { outside } from "../dispatch/dispatch.ts";
import { tidy } from "../eager/scope.ts";
import { checkNumber, type LearningRate, Optimizer, type OptimizerOptions, settled, single, type UpdateStep } from "./optimizer.ts";

export interface AdamOptions extends OptimizerOptions {
  /** Divides by the largest second moment so far. Default false. */
  readonly amsgrad?: boolean;
}

abstract class MomentOptimizer extends Optimizer {
  static override readonly ownArgs: readonly string[] = ["beta1", "beta2", "epsilon"];
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;

  constructor(learningRate: LearningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, options?: OptimizerOptions) {
    super(learningRate, options);
    this.beta1 = this.checked(beta1, "beta1");
    this.beta2 = this.checked(beta2, "beta2");
    this.epsilon = this.checked(epsilon, "epsilon");
  }

  /** m ← m + (g − m) · (1 − β₁). */
  protected firstMoment(target: Variable, gradient: Tensor): Variable {
    const m = this.slot("m", target);
    m.assign(settled(add(m, mul(sub(gradient, m), 1 - this.beta1))));
    return m;
  }

  /** v ← v + (g² − v) · (1 − β₂). */
  protected secondMoment(target: Variable, gradient: Tensor): Variable {
    const v = this.slot("v", target);
    v.assign(settled(add(v, mul(sub(square(gradient), v), 1 - this.beta2))));
    return v;
  }

  getConfig(): Record<string, unknown> {
    const { beta1, beta2, epsilon } = this;
    return { learningRate: this.learningRateConfig, beta1, beta2, epsilon, ...this.options };
  }
}

/**
 * w ← w − α · m / (√v + ε) with α = rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ).
 * Source   Keras. TensorFlow.js corrects v before it adds ε, so that ε weighs less in its first steps: the same where ε is small beside √v.
 */
export class AdamOptimizer extends MomentOptimizer {
  static readonly className: string = "Adam";
  readonly #amsgrad: boolean;

  constructor(learningRate: LearningRate, beta1?: number, beta2?: number, epsilon?: number, options?: AdamOptions) {
    super(learningRate, beta1, beta2, epsilon, options);
    this.#amsgrad = options?.amsgrad ?? false;
  }

  protected update(target: Variable, gradient: Tensor, step: UpdateStep): void {
    const alpha = step.shared("alpha", target.dtype, (rate, count) =>
      realDiv(mul(rate, sqrt(sub(1, pow(single(this.beta2), count)))), sub(1, pow(single(this.beta1), count))),
    );
    const m = this.firstMoment(target, gradient);
    const v = this.secondMoment(target, gradient);
    let spread = v;
    if (this.#amsgrad) {
      spread = this.slot("vMax", target);
      spread.assign(maximum(spread, v));
    }
    target.assign(sub(target, realDiv(mul(m, alpha), add(sqrt(spread), this.epsilon))));
  }
}

/** Adam with the weight decay outside of the averages: w ← w − rate · decay · w before each update. Source: Keras. */
export class AdamWOptimizer extends AdamOptimizer {
  static override readonly className: string = "AdamW";
}

/** Adam with the largest gradient: u ← max(β₂ · u, |g|); w ← w − rate / (1 − β₁ᵗ) · m / (u + ε). Source: Keras, as TensorFlow.js. */
export class AdamaxOptimizer extends MomentOptimizer {
  static readonly className: string = "Adamax";
  static override readonly ownArgs: readonly string[] = [...MomentOptimizer.ownArgs, "decay"];
  readonly decay: number;

  constructor(learningRate: LearningRate, beta1?: number, beta2?: number, epsilon?: number, decay = 0, options?: OptimizerOptions) {
    super(learningRate, beta1, beta2, epsilon, options);
    this.decay = this.checked(decay, "decay");
  }

  protected update(target: Variable, gradient: Tensor, step: UpdateStep): void {
    const alpha = step.shared("alpha", target.dtype, (rate, count) => {
      const slower = this.decay === 0 ? rate : realDiv(rate, add(1, mul(this.decay, sub(count, 1))));
      return realDiv(slower, sub(1, pow(single(this.beta1), count)));
    });
    const m = this.firstMoment(target, gradient);
    const u = this.slot("u", target);
    u.assign(settled(maximum(mul(u, this.beta2), abs(gradient))));
    target.assign(sub(target, realDiv(mul(m, alpha), add(u, this.epsilon))));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), decay: this.decay };
  }
}

/** Adam with Nesterov's look ahead: momenta β₁ · (1 − ½ · 0.96ᵗ), of which the products correct m. Source: Keras. */
export class NadamOptimizer extends MomentOptimizer {
  static readonly className: string = "Nadam";
  #product: Variable | null = null;
  readonly #beta1: number;

  constructor(learningRate: LearningRate, beta1?: number, beta2?: number, epsilon?: number, options?: OptimizerOptions) {
    const [first, second] = [checkNumber(beta1 ?? 0.9, "Nadam: beta1"), checkNumber(beta2 ?? 0.999, "Nadam: beta2")];
    super(learningRate, single(first), single(second), epsilon, options);
    this.#beta1 = beta1 ?? 0.9;
    this.#momenta();
  }

  /** Product of the momenta so far. */
  #momenta(): Variable {
    this.#product ??= outside(() => tidy(() => variable(scalar(1, "float64"), false, "nadamProduct")));
    return this.#product;
  }

  /** Momentum of a step. */
  #momentum(count: Tensor): Tensor {
    return mul(this.beta1, sub(1, mul(0.5, pow(single(0.96), count))));
  }

  /** Product of the momenta with that of this step: Keras does not round here. */
  #next(count: Tensor): Tensor {
    return mul(this.#momenta(), mul(this.#beta1, sub(1, mul(0.5, pow(0.96, count)))));
  }

  protected update(target: Variable, gradient: Tensor, step: UpdateStep): void {
    const { dtype } = target;
    // Weights of the average and of the gradient in a step, both divided by what is missing to 1.
    const ahead = step.shared("ahead", dtype, (rate, count) => {
      const next = this.#momentum(add(count, 1));
      return mul(rate, realDiv(next, sub(1, mul(this.#next(count), next))));
    });
    const now = step.shared("now", dtype, (rate, count) => {
      return mul(rate, realDiv(sub(1, this.#momentum(count)), sub(1, this.#next(count))));
    });
    const scale = step.shared("scale", dtype, (_rate, count) => sub(1, pow(single(this.beta2), count)));
    const m = this.firstMoment(target, gradient);
    const v = this.secondMoment(target, gradient);
    const down = add(mul(m, ahead), mul(gradient, now));
    target.assign(sub(target, realDiv(down, add(sqrt(realDiv(v, scale)), this.epsilon))));
  }

  protected override afterUpdates(step: UpdateStep): void {
    this.#momenta().assign(this.#next(step.count));
  }

  override dispose(): void {
    super.dispose();
    this.#product?.dispose();
  }
}
