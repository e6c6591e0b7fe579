/**
 * The compiled functions of a model: one batch of training, testing or predicting is one call of a graph.
 *
 *   train   forward, losses, costs of weights, gradients, updates of the optimizer, constraints, statistics of metrics
 *   test    forward, losses, costs of weights, statistics
 *
 * They are traced once per shape of a batch and per set of weights that train. Weights, slots and the learning rate are variables: the
 * graph reads and writes them in place. Both return [losses, …metrics]: losses = [total · n, n, loss per output · n …] for n samples, and
 * the sums of each metric; all float64, so that batches are added up exactly.
 */

import { fill } from "../api/create.ts";
import { add, cast, mul } from "../api/elementwise.ts";
import { GradientTape } from "../api/gradients.ts";
import { mean } from "../api/reduce.ts";
import { lengthOf } from "../api/shape.ts";
import { GraphFnError, StagingError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { tidy } from "../eager/scope.ts";
import { compiled } from "../staged/compiled.ts";
import type { GraphMembers } from "../staged/graph-function.ts";
import { computeWeightedLoss, Reduction } from "../train/reduction.ts";
import type { Compiled, OutputGoal } from "./compiled-model.ts";
import { spread, vector } from "./metric.ts";
import type { Model } from "./model.ts";

/** One batch: inputs, labels, weights per sample (null: all 1). */
export interface Batch {
  readonly xs: readonly Tensor[];
  readonly ys: readonly Tensor[];
  readonly weights: readonly (Tensor | null)[];
  /** Number of samples. */
  readonly size: number;
}

type Step = (xs: readonly Tensor[], ys: readonly Tensor[], weights: readonly (Tensor | null)[], variant: number) => Tensor[];

export class Steps {
  readonly #model: Model;
  readonly #goal: Compiled;
  /** The compiled functions: `explain`, `traces` and the like tell of them. */
  readonly trainStep: Step & GraphMembers<Parameters<Step>>;
  readonly testStep: Step & GraphMembers<Parameters<Step>>;
  readonly #variants = new Map<string, number>();

  constructor(model: Model, goal: Compiled) {
    this.#model = model;
    this.#goal = goal;
    this.trainStep = compiled((xs, ys, weights, _variant) => this.#trainBatch(xs, ys, weights), { name: `${model.name}.trainStep` });
    this.testStep = compiled((xs, ys, weights, _variant) => this.#testBatch(xs, ys, weights), { name: `${model.name}.testStep` });
  }

  /** Number of the set of weights that train now: another one, another trace. Asked for once per epoch. */
  variant(): number {
    const key = this.#goal
      .asCompiled(() => this.#model.trainableWeights)
      .map((w) => w.id)
      .join(" ");
    const known = this.#variants.get(key) ?? this.#variants.size;
    this.#variants.set(key, known);
    return known;
  }

  /** Trains on a batch; the statistics belong to the caller. */
  train(batch: Batch, variant: number): Tensor[] {
    return this.#run(this.trainStep, (xs, ys, weights) => this.#trainBatch(xs, ys, weights), batch, variant);
  }

  /** Statistics of a batch. */
  test(batch: Batch, variant: number): Tensor[] {
    return this.#run(this.testStep, (xs, ys, weights) => this.#testBatch(xs, ys, weights), batch, variant);
  }

  #run(step: Step, body: Step, { xs, ys, weights }: Batch, variant: number): Tensor[] {
    if (this.#goal.args.runEagerly === true) return tidy(() => body(xs, ys, weights, variant));
    try {
      return step(xs, ys, weights, variant);
    } catch (error) {
      throw explained(error, this.#model.name);
    }
  }

  #trainBatch(xs: readonly Tensor[], ys: readonly Tensor[], weights: readonly (Tensor | null)[]): Tensor[] {
    return this.#goal.asCompiled(() => this.#update(xs, ys, weights));
  }

  #update(xs: readonly Tensor[], ys: readonly Tensor[], weights: readonly (Tensor | null)[]): Tensor[] {
    const model = this.#model;
    const trained = model.trainableWeights;
    if (trained.length === 0) {
      throw new GraphFnError("E_NOTHING_TO_TRAIN", `${model.name} has no weights that train.`, {
        hint: "Set trainable = true on a layer, and compile() again.",
      });
    }
    const tape = new GradientTape({ watchAccessedVariables: false });
    tape.watch(trained);
    const { total, statistics } = this.#forward(xs, ys, weights, true);
    const gradients = tape.gradient(total, trained);
    this.#goal.optimizer.applyGradients(gradients, trained);
    model.applyConstraints();
    return statistics;
  }

  #testBatch(xs: readonly Tensor[], ys: readonly Tensor[], weights: readonly (Tensor | null)[]): Tensor[] {
    return this.#goal.asCompiled(() => this.#forward(xs, ys, weights, false).statistics);
  }

  #forward(
    xs: readonly Tensor[],
    ys: readonly Tensor[],
    weights: readonly (Tensor | null)[],
    training: boolean,
  ): { readonly total: Tensor; readonly statistics: Tensor[] } {
    const model = this.#model;
    const result: Tensor | Tensor[] = xs.length === 1 ? model.apply(xs[0], { training }) : model.apply(xs, { training });
    const outputs: Tensor[] = Array.isArray(result) ? result : [result];
    const goals = this.#goal.goals();
    const losses = goals.map((goal, i) => lossOf(goal, ys[i], outputs[i], weights[i] ?? null));
    let total = losses.map((loss, i) => (goals[i].weight === 1 ? loss : mul(loss, goals[i].weight))).reduce((a, b) => add(a, b));
    for (const cost of model.calculateLosses()) total = add(total, cast(cost, total.dtype));
    const n = outputs[0].rank === 0 ? fill([], 1, "float64") : cast(lengthOf(outputs[0]), "float64");
    const each = goals.length > 1 ? losses : [];
    const sums = vector([mul(cast(total, "float64"), n), n, ...each.map((loss) => mul(cast(loss, "float64"), n))]);
    const metrics = goals.flatMap((goal, i) => goal.metrics.map((m) => m.statistics(ys[i], outputs[i], null)));
    return { total, statistics: [sums, ...metrics] };
  }
}

/** The mean of the losses per sample, weighted. */
function lossOf(goal: OutputGoal, yTrue: Tensor, yPred: Tensor, weights: Tensor | null): Tensor {
  const losses = goal.loss(yTrue, yPred);
  if (losses.rank === 0) {
    if (weights === null) return losses;
    throw new GraphFnError("E_SAMPLE_WEIGHT", `The loss of ${goal.name} is one scalar for the batch, so that samples cannot be weighted.`, {
      hint: "Return one loss per sample.",
    });
  }
  if (weights === null) return mean(losses);
  return computeWeightedLoss(losses, cast(spread(weights, losses.rank), losses.dtype), Reduction.SUM_OVER_BATCH_SIZE);
}

/** Errors of tracing say how to go on without a trace. */
function explained(error: unknown, model: string): unknown {
  const staging = error instanceof StagingError || (error instanceof GraphFnError && error.code === "E_SYMBOLIC");
  if (staging && !error.message.includes("runEagerly")) {
    error.message += ` The train step of ${model} is compiled; compile({ runEagerly: true }) runs its layers as plain code.`;
  }
  return error;
}
