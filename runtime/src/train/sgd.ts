/** Gradient descent, plain and with momentum. */
import { add, mul, sub } from "../api/elementwise.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { type LearningRate, Optimizer, type OptimizerOptions, settled, single, type UpdateStep } from "./optimizer.ts";

/** w ← w − rate · g. */
export class SGDOptimizer extends Optimizer {
  static readonly className: string = "SGD";

  protected update(target: Variable, gradient: Tensor, step: UpdateStep): void {
    target.assign(sub(target, mul(gradient, step.rate(target.dtype))));
  }

  getConfig(): Record<string, unknown> {
    return { learningRate: this.learningRateConfig, ...this.options };
  }
}

/**
 * m ← momentum · m − rate · g; w ← w + m, with Nesterov's look ahead w ← w + momentum · m − rate · g.
 * Source   Keras. TensorFlow.js keeps m without the rate and multiplies by it in each step: the same while the rate stays.
 */
export class MomentumOptimizer extends Optimizer {
  static readonly className: string = "Momentum";
  static override readonly ownArgs: readonly string[] = ["momentum", "useNesterov"];
  readonly momentum: number;
  readonly useNesterov: boolean;
  readonly #factor: number;

  constructor(learningRate: LearningRate, momentum: number, useNesterov = false, options?: OptimizerOptions) {
    super(learningRate, options);
    this.momentum = this.checked(momentum, "momentum");
    this.#factor = single(this.momentum);
    this.useNesterov = useNesterov;
  }

  protected update(target: Variable, gradient: Tensor, step: UpdateStep): void {
    const m = this.slot("momentum", target);
    const down = mul(gradient, step.rate(target.dtype));
    m.assign(settled(sub(mul(m, this.#factor), down)));
    target.assign(add(target, this.useNesterov ? sub(mul(m, this.#factor), down) : m));
  }

  getConfig(): Record<string, unknown> {
    return { learningRate: this.learningRateConfig, momentum: this.momentum, useNesterov: this.useNesterov, ...this.options };
  }
}
