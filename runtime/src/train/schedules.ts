/**
 * Learning-rate schedules: the rate as a function of the number of updates made so far, made of ops so that it
 * works inside graph functions too. Formulas and names of options are those of Keras.
 *
 *   gf.train.sgd(gf.train.exponentialDecay(0.1, 1000, 0.5))
 */

import { describe } from "../api/convert.ts";
import { scalar } from "../api/create.ts";
import { add, cast, ceil, cos, equal, floor, lessEqual, maximum, minimum, mul, pow, realDiv, sub, where } from "../api/elementwise.ts";
import { item } from "../api/read.ts";
import { ArgumentError } from "../core/errors.ts";
import { opaque } from "../core/opaque.ts";
import type { Tensor } from "../core/tensor.ts";

/** A rate by step. `at` takes and gives float64 scalars; in between numbers are float32, as in Keras. */
export class LearningRateSchedule {
  readonly className: string;
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #rate: (step: Tensor) => Tensor;

  constructor(className: string, config: Readonly<Record<string, unknown>>, rate: (step: Tensor) => Tensor) {
    this.className = className;
    this.#config = config;
    this.#rate = rate;
  }

  /** The rate after `step` updates. */
  at(step: Tensor): Tensor {
    return cast(this.#rate(cast(step, "float32")), "float64");
  }

  /** The rate after `step` updates, as a number. */
  value(step: number): number {
    return item(this.at(scalar(step, "float64"))) as number;
  }

  getConfig(): Record<string, unknown> {
    return { ...this.#config };
  }
}
opaque(LearningRateSchedule);

function number(value: unknown, what: string, positive = false): number {
  if (typeof value !== "number" || !Number.isFinite(value) || (positive && value <= 0)) {
    throw new ArgumentError(`${what} must be a ${positive ? "positive" : "finite"} number, but is ${describe(value)}.`);
  }
  return value;
}

function decaySteps(value: unknown, fn: string): number {
  return number(value, `${fn}: decaySteps`, true);
}

/** initial · rate^(step / decaySteps); `staircase` takes the whole part of the exponent. */
export function exponentialDecay(initialLearningRate: number, steps: number, decayRate: number, staircase = false): LearningRateSchedule {
  const fn = "exponentialDecay";
  const [initial, every, rate] = [
    number(initialLearningRate, `${fn}: initialLearningRate`),
    decaySteps(steps, fn),
    number(decayRate, `${fn}: decayRate`),
  ];
  return new LearningRateSchedule("ExponentialDecay", { initialLearningRate, decaySteps: steps, decayRate, staircase }, (step) => {
    const p = realDiv(step, every);
    return mul(initial, pow(rate, staircase ? floor(p) : p));
  });
}

/** initial / (1 + rate · step / decaySteps). */
export function inverseTimeDecay(initialLearningRate: number, steps: number, decayRate: number, staircase = false): LearningRateSchedule {
  const fn = "inverseTimeDecay";
  const [initial, every, rate] = [
    number(initialLearningRate, `${fn}: initialLearningRate`),
    decaySteps(steps, fn),
    number(decayRate, `${fn}: decayRate`),
  ];
  return new LearningRateSchedule("InverseTimeDecay", { initialLearningRate, decaySteps: steps, decayRate, staircase }, (step) => {
    const p = realDiv(step, every);
    return realDiv(initial, add(1, mul(rate, staircase ? floor(p) : p)));
  });
}

/** values[i] up to and including step boundaries[i], the last value afterwards. */
export function piecewiseConstantDecay(boundaries: readonly number[], values: readonly number[]): LearningRateSchedule {
  const fn = "piecewiseConstantDecay";
  if (!Array.isArray(boundaries) || !Array.isArray(values) || values.length !== boundaries.length + 1) {
    throw new ArgumentError(`${fn}: ${boundaries?.length} boundaries need ${boundaries?.length + 1} values, but got ${values?.length}.`);
  }
  for (const [i, v] of values.entries()) number(v, `${fn}: values[${i}]`);
  boundaries.forEach((b, i) => {
    number(b, `${fn}: boundaries[${i}]`);
    if (i > 0 && b <= (boundaries[i - 1] as number))
      throw new ArgumentError(`${fn}: the boundaries must increase, but ${b} follows ${boundaries[i - 1]}.`);
  });
  return new LearningRateSchedule("PiecewiseConstantDecay", { boundaries, values }, (step) => {
    let rate = scalar(values[values.length - 1] as number);
    for (let i = boundaries.length - 1; i >= 0; i--)
      rate = where(lessEqual(step, boundaries[i] as number), scalar(values[i] as number), rate);
    return rate;
  });
}

/** From initial to end along (1 − step / decaySteps)^power; `cycle` starts again with longer and longer periods. */
export function polynomialDecay(
  initialLearningRate: number,
  steps: number,
  endLearningRate = 0.0001,
  power = 1,
  cycle = false,
): LearningRateSchedule {
  const fn = "polynomialDecay";
  const [initial, period, end] = [
    number(initialLearningRate, `${fn}: initialLearningRate`),
    decaySteps(steps, fn),
    number(endLearningRate, `${fn}: endLearningRate`),
  ];
  return new LearningRateSchedule("PolynomialDecay", { initialLearningRate, decaySteps: steps, endLearningRate, power, cycle }, (step) => {
    const whole = cycle ? mul(period, where(equal(step, 0), 1, ceil(realDiv(step, period)))) : period;
    const p = realDiv(cycle ? step : minimum(step, period), whole);
    return add(mul(initial - end, pow(sub(1, p), number(power, `${fn}: power`))), end);
  });
}

/**
 * Half a cosine from the initial rate (or `warmupTarget`) down to alpha times it, after a linear warm-up of `warmupSteps` from the
 * initial rate to the target.
 */
export function cosineDecay(
  initialLearningRate: number,
  steps: number,
  alpha = 0,
  warmupTarget: number | null = null,
  warmupSteps = 0,
): LearningRateSchedule {
  const fn = "cosineDecay";
  const [initial, period] = [number(initialLearningRate, `${fn}: initialLearningRate`), decaySteps(steps, fn)];
  const config = { initialLearningRate, decaySteps: steps, alpha, warmupTarget, warmupSteps };
  return new LearningRateSchedule("CosineDecay", config, (step) => {
    const top = warmupTarget ?? initial;
    const down = (at: Tensor): Tensor => {
      const p = realDiv(minimum(maximum(at, 0), period), period);
      return mul(top, add(mul((1 - alpha) * 0.5, add(1, cos(mul(Math.PI, p)))), alpha));
    };
    if (warmupTarget === null) return down(step);
    const up = add(initial, mul(warmupTarget - initial, realDiv(minimum(step, warmupSteps), Math.max(1, warmupSteps))));
    return where(lessEqual(step, warmupSteps), up, down(sub(step, warmupSteps)));
  });
}
