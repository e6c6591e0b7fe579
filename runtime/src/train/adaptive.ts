/** Optimizers that scale each element by how large its gradients have been. */
import { fill } from "../api/create.ts";
import { add, mul, neg, realDiv, rsqrt, sqrt, square, sub } from "../api/elementwise.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { type LearningRate, Optimizer, type OptimizerOptions, settled, single, type UpdateStep } from "./optimizer.ts";

/** rate · old + (1 − rate) · fresh: an average that forgets. */
function average(rate: number, old: Tensor, fresh: Tensor): Tensor {
  return settled(add(mul(old, rate), mul(fresh, 1 - rate)));
}

/** a ← a + g²; w ← w − rate · g / √(a + ε), with ε inside of the root. Source: Keras, as TensorFlow.js. */
export class AdagradOptimizer extends Optimizer {
  static readonly className: string = "Adagrad";
  static override readonly ownArgs: readonly string[] = ["initialAccumulatorValue", "epsilon"];
  readonly initialAccumulatorValue: number;
  readonly epsilon: number;

  constructor(learningRate: LearningRate, initialAccumulatorValue = 0.1, epsilon = 1e-7, options?: OptimizerOptions) {
    super(learningRate, options);
    this.initialAccumulatorValue = this.checked(initialAccumulatorValue, "initialAccumulatorValue");
    this.epsilon = this.checked(epsilon, "epsilon");
  }

  protected update(target: Variable, gradient: Tensor, step: UpdateStep): void {
    const sums = this.slot("accumulator", target, (shape, dtype) => fill(shape, single(this.initialAccumulatorValue), dtype));
    sums.assign(add(sums, square(gradient)));
    target.assign(sub(target, realDiv(mul(gradient, step.rate(target.dtype)), sqrt(add(sums, this.epsilon)))));
  }

  getConfig(): Record<string, unknown> {
    return { learningRate: this.learningRateConfig, initialAccumulatorValue: this.initialAccumulatorValue, ...this.options };
  }
}

/**
 * Steps as large as the average of past steps, over that of gradients, so that there are no units to choose: δ = g · √(d + ε) / √(a + ε) with
 * averages d of δ² and a of g². Source: Keras, as TensorFlow.js.
 */
export class AdadeltaOptimizer extends Optimizer {
  static readonly className: string = "Adadelta";
  static override readonly ownArgs: readonly string[] = ["rho", "epsilon"];
  readonly rho: number;
  readonly epsilon: number;

  constructor(learningRate: LearningRate, rho = 0.95, epsilon = 1e-7, options?: OptimizerOptions) {
    super(learningRate, options);
    this.rho = this.checked(rho, "rho");
    this.epsilon = this.checked(epsilon, "epsilon");
  }

  protected update(target: Variable, gradient: Tensor, step: UpdateStep): void {
    const squares = this.slot("accumulatedGradients", target);
    const updates = this.slot("accumulatedUpdates", target);
    squares.assign(average(this.rho, squares, square(gradient)));
    const root = (x: Tensor): Tensor => sqrt(add(x, this.epsilon));
    const delta = neg(realDiv(mul(root(updates), gradient), root(squares)));
    updates.assign(average(this.rho, updates, square(delta)));
    target.assign(add(target, mul(delta, step.rate(target.dtype))));
  }

  getConfig(): Record<string, unknown> {
    return { learningRate: this.learningRateConfig, rho: this.rho, epsilon: this.epsilon, ...this.options };
  }
}

/**
 * a ← decay · a + (1 − decay) · g²; w ← w − rate · g / √(a + ε), with momentum; `centered` divides by the variance instead. ε is inside of
 * the root. Source: Keras, as TensorFlow.js.
 */
export class RMSPropOptimizer extends Optimizer {
  static readonly className: string = "RMSProp";
  static override readonly ownArgs: readonly string[] = ["decay", "momentum", "epsilon", "centered"];
  readonly decay: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;

  constructor(learningRate: LearningRate, decay = 0.9, momentum = 0, epsilon = 1e-7, centered = false, options?: OptimizerOptions) {
    super(learningRate, options);
    this.decay = this.checked(decay, "decay");
    this.momentum = this.checked(momentum, "momentum");
    this.epsilon = this.checked(epsilon, "epsilon");
    this.centered = centered;
  }

  protected update(target: Variable, gradient: Tensor, step: UpdateStep): void {
    const squares = this.slot("meanSquare", target);
    squares.assign(average(this.decay, squares, square(gradient)));
    let spread: Tensor = squares;
    if (this.centered) {
      const mean = this.slot("meanGradient", target);
      mean.assign(average(this.decay, mean, gradient));
      spread = sub(squares, square(mean));
    }
    const down = mul(mul(gradient, step.rate(target.dtype)), rsqrt(add(spread, this.epsilon)));
    if (this.momentum === 0) {
      target.assign(sub(target, down));
      return;
    }
    const m = this.slot("momentum", target);
    m.assign(settled(add(mul(m, this.momentum), down)));
    target.assign(sub(target, m));
  }

  getConfig(): Record<string, unknown> {
    const { decay, momentum, epsilon, centered } = this;
    return { learningRate: this.learningRateConfig, decay, momentum, epsilon, centered, ...this.options };
  }
}
