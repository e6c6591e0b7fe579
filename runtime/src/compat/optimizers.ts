/**
 * Optimizers of static graphs: `minimize(loss)` adds gradients and updates and gives the operation that runs them. Their state (slots,
 * powers of rates) are variables of the graph, so each session has its own. Formulas and defaults are those of TensorFlow 1.
 */

import { describe } from "../api/convert.ts";
import { fill } from "../api/create.ts";
import { add, cast, mul, realDiv, sqrt, square, sub } from "../api/elementwise.ts";
import type { DType } from "../core/dtype.ts";
import { ArgumentError, GraphFnError } from "../core/errors.ts";
import { opaque } from "../core/opaque.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import { castTo, weakConstant } from "../dispatch/dispatch.ts";
import { groupOf } from "./control-flow.ts";
import { gradients } from "./gradients.ts";
import { type Graph, graphInForce } from "./graph.ts";
import type { Operation } from "./operation.ts";

/** A number, or a scalar tensor: a placeholder, a schedule. */
export type Rate = number | Tensor;

export interface MinimizeOptions {
  /** Variables to change. Default: the trainable ones of the graph that the loss depends on. */
  readonly varList?: readonly Variable[];
  /** Counted up by one per run. */
  readonly globalStep?: Variable | null;
  readonly name?: string;
}

export abstract class Optimizer {
  readonly #name: string;
  readonly #slots = new Map<string, Map<Variable, Variable>>();

  constructor(name: string) {
    this.#name = name;
  }

  /** The operations of one update. */
  protected abstract update(target: Variable, gradient: Tensor): readonly Tensor[];

  /** After all variables. */
  protected finish(_graph: Graph): readonly Tensor[] {
    return [];
  }

  /** Adds the gradient of a scalar loss and the updates of variables. */
  minimize(loss: Tensor, options: MinimizeOptions = {}): Operation {
    return this.applyGradients(this.computeGradients(loss, options.varList), options);
  }

  /** [gradient, variable] pairs; gradients are null for variables that the loss does not depend on. */
  computeGradients(loss: Tensor, varList?: readonly Variable[]): (readonly [Tensor | null, Variable])[] {
    const g = graphInForce(`${this.#name}.minimize`);
    if (!isTensor(loss)) throw new ArgumentError(`${this.#name}: the loss is ${describe(loss)}, but must be a tensor of the graph.`);
    const variables = varList ?? g.getVariables().filter((v) => v.trainable);
    for (const v of variables)
      if (!isVariable(v)) throw new ArgumentError(`${this.#name}: varList contains ${describe(v)}, not only variables.`);
    if (variables.length === 0) throw new GraphFnError("E_GRADIENT", `${this.#name}: the graph has no trainable variables.`);
    const found = gradients(loss, variables, null, { unconnected: "null" });
    return variables.map((v, i) => [found[i] ?? null, v]);
  }

  /** The operation that updates all variables, then the global step. E_GRADIENT if all gradients are null. */
  applyGradients(
    pairs: readonly (readonly [Tensor | null, Variable])[],
    { globalStep, name = this.#name }: MinimizeOptions = {},
  ): Operation {
    const g = graphInForce(`${this.#name}.applyGradients`);
    const useful = pairs.filter((pair): pair is readonly [Tensor, Variable] => pair[0] !== null);
    if (useful.length === 0) {
      throw new GraphFnError(
        "E_GRADIENT",
        `${this.#name}: the loss depends on none of the variables (${pairs.map(([, v]) => v.name).join(", ")}).`,
      );
    }
    const updates = g.tracer.names.within(name, () => {
      const all = useful.flatMap(([gradient, target]) => this.update(target, gradient));
      const last = [...this.finish(g), ...(globalStep ? [globalStep.assignAdd(1)] : [])];
      return [...all, ...last].map((t) => g.tracer.makerOf(g.tracer.valueOf(t)) as Operation);
    });
    return groupOf(g, updates, name);
  }

  /** A variable that goes with another one: zeros at first. */
  protected slot(name: string, owner: Variable): Variable {
    return this.state(name, owner, `${owner.name}/${name}`, () => fill(owner.shape, 0, owner.dtype));
  }

  /** A variable of the optimizer's own. */
  protected scalar(name: string, like: Variable, initial: number): Variable {
    const anchor = [...(this.#slots.get(name)?.keys() ?? [])].find((v) => v.dtype === like.dtype) ?? like;
    return this.state(name, anchor, name, () => fill([], initial, like.dtype));
  }

  protected state(kind: string, owner: Variable, name: string, initial: () => Tensor): Variable {
    let all = this.#slots.get(kind);
    if (all === undefined) {
      all = new Map();
      this.#slots.set(kind, all);
    }
    let found = all.get(owner);
    if (found === undefined) {
      found = graphInForce(this.#name).variable(initial, false, name, false);
      all.set(owner, found);
    }
    return found;
  }

  protected allOf(kind: string): readonly Variable[] {
    return [...(this.#slots.get(kind)?.values() ?? [])];
  }
}
opaque(Optimizer);

function checkRate(rate: Rate, what: string): Rate {
  if (isTensor(rate) || (typeof rate === "number" && Number.isFinite(rate))) return rate;
  throw new ArgumentError(`${what} must be a finite number or a scalar tensor, but is ${describe(rate)}.`);
}

/** A rate in the dtype of a variable. */
function rateAs(rate: Rate, dtype: DType): Tensor {
  return isTensor(rate) ? cast(rate, dtype) : castTo(weakConstant(rate), dtype, false);
}

/** w ← w − rate · g. */
export class GradientDescentOptimizer extends Optimizer {
  readonly #rate: Rate;

  constructor(learningRate: Rate, name = "GradientDescent") {
    super(name);
    this.#rate = checkRate(learningRate, "GradientDescentOptimizer: learningRate");
  }

  protected update(target: Variable, gradient: Tensor): readonly Tensor[] {
    return [target.assignSub(mul(gradient, rateAs(this.#rate, target.dtype)))];
  }
}

/** a ← momentum · a + g; w ← w − rate · a, or with Nesterov's look ahead w ← w − rate · (g + momentum · a). */
export class MomentumOptimizer extends Optimizer {
  readonly #rate: Rate;
  readonly #momentum: Rate;
  readonly #nesterov: boolean;

  constructor(learningRate: Rate, momentum: Rate, useNesterov = false, name = "Momentum") {
    super(name);
    this.#rate = checkRate(learningRate, "MomentumOptimizer: learningRate");
    this.#momentum = checkRate(momentum, "MomentumOptimizer: momentum");
    this.#nesterov = useNesterov;
  }

  protected update(target: Variable, gradient: Tensor): readonly Tensor[] {
    const [rate, momentum] = [rateAs(this.#rate, target.dtype), rateAs(this.#momentum, target.dtype)];
    const sums = this.slot("Momentum", target);
    const a = sums.assign(add(mul(sums, momentum), gradient));
    return [a, target.assignSub(mul(rate, this.#nesterov ? add(gradient, mul(momentum, a)) : a))];
  }
}

/** m ← m + (g − m)(1 − β₁); v ← v + (g² − v)(1 − β₂); w ← w − rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε). */
export class AdamOptimizer extends Optimizer {
  readonly #rate: Rate;
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;

  constructor(learningRate: Rate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, name = "Adam") {
    super(name);
    this.#rate = checkRate(learningRate, "AdamOptimizer: learningRate");
    for (const x of [beta1, beta2, epsilon]) checkRate(x, "AdamOptimizer: beta1, beta2 and epsilon");
    [this.#beta1, this.#beta2, this.#epsilon] = [beta1, beta2, epsilon];
  }

  protected update(target: Variable, gradient: Tensor): readonly Tensor[] {
    const [power1, power2] = [this.scalar("beta1_power", target, this.#beta1), this.scalar("beta2_power", target, this.#beta2)];
    const rate = realDiv(mul(rateAs(this.#rate, target.dtype), sqrt(sub(1, power2))), sub(1, power1));
    const [m, v] = [this.slot("Adam", target), this.slot("Adam_1", target)];
    const first = m.assignAdd(mul(sub(gradient, m), 1 - this.#beta1));
    const second = v.assignAdd(mul(sub(square(gradient), v), 1 - this.#beta2));
    return [first, second, target.assignSub(realDiv(mul(first, rate), add(sqrt(second), this.#epsilon)))];
  }

  protected override finish(): readonly Tensor[] {
    const advanced = (kind: string, beta: number): Tensor[] => this.allOf(kind).map((power) => power.assign(mul(power, beta)));
    return [...advanced("beta1_power", this.#beta1), ...advanced("beta2_power", this.#beta2)];
  }
}
