/** Optimizers whose steps come from signs and thresholds: Lion and FTRL. */
import { fill } from "../api/create.ts";
import { add, clipByValue, mul, pow, realDiv, sign, square, sub } from "../api/elementwise.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { type LearningRate, Optimizer, type OptimizerOptions, settled, single, type UpdateStep } from "./optimizer.ts";

/** w ← w − rate · sign(β₁ · m + (1 − β₁) · g); m ← β₂ · m + (1 − β₂) · g. Source: Keras. */
export class LionOptimizer extends Optimizer {
  static readonly className: string = "Lion";
  static override readonly ownArgs: readonly string[] = ["beta1", "beta2"];
  readonly beta1: number;
  readonly beta2: number;

  constructor(learningRate: LearningRate, beta1 = 0.9, beta2 = 0.99, options?: OptimizerOptions) {
    super(learningRate, options);
    this.beta1 = this.checked(beta1, "beta1");
    this.beta2 = this.checked(beta2, "beta2");
  }

  protected update(target: Variable, gradient: Tensor, step: UpdateStep): void {
    const m = this.slot("m", target);
    const direction = sign(add(mul(m, this.beta1), mul(gradient, 1 - this.beta1)));
    target.assign(sub(target, mul(direction, step.rate(target.dtype))));
    m.assign(settled(add(mul(m, this.beta2), mul(gradient, 1 - this.beta2))));
  }

  getConfig(): Record<string, unknown> {
    return { learningRate: this.learningRateConfig, beta1: this.beta1, beta2: this.beta2, ...this.options };
  }
}

export interface FtrlOptions extends OptimizerOptions {
  /** At most 0: how fast the rate falls. Default −0.5. */
  readonly learningRatePower?: number;
  /** Default 0.1. */
  readonly initialAccumulatorValue?: number;
  /** Weight of |w|: makes weights exactly zero. Default 0. */
  readonly l1RegularizationStrength?: number;
  /** Weight of w². Default 0. */
  readonly l2RegularizationStrength?: number;
  /** Weight of w² in the gradient alone. Default 0. */
  readonly l2ShrinkageRegularizationStrength?: number;
  /** Default 0. */
  readonly beta?: number;
}

/** Follow the regularised leader: weights computed anew from sums of gradients. Source: Keras. */
export class FtrlOptimizer extends Optimizer {
  static readonly className: string = "Ftrl";

  constructor(learningRate: LearningRate, options: FtrlOptions = {}) {
    super(learningRate, options);
  }

  protected update(target: Variable, gradient: Tensor, step: UpdateStep): void {
    const o: FtrlOptions = this.options;
    const power = -(o.learningRatePower ?? -0.5);
    const [l1, l2, shrinkage] = [
      o.l1RegularizationStrength ?? 0,
      o.l2RegularizationStrength ?? 0,
      o.l2ShrinkageRegularizationStrength ?? 0,
    ];
    const sums = this.slot("accumulator", target, (shape, dtype) => fill(shape, single(o.initialAccumulatorValue ?? 0.1), dtype));
    const linear = this.slot("linear", target);
    const rate = step.rate(target.dtype);
    const next = add(sums, square(gradient));
    const used = shrinkage === 0 ? gradient : add(gradient, mul(2 * shrinkage, target));
    const [before, after] = [pow(sums, power), pow(next, power)];
    linear.assign(add(linear, sub(used, mul(realDiv(sub(after, before), rate), target))));
    const quadratic = add(realDiv(after, rate), mul(2, add(l2, realDiv(o.beta ?? 0, mul(2, rate)))));
    target.assign(realDiv(sub(clipByValue(linear, -l1, l1), linear), quadratic));
    sums.assign(next);
  }

  getConfig(): Record<string, unknown> {
    return { learningRate: this.learningRateConfig, ...this.options };
  }
}
