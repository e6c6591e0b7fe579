/** A graph as a function of tensors: no variables, nothing printed. Tapes see it as one step, whose gradient is a graph again. */

import { inlineRegion } from "../autodiff/inline.ts";
import { reverse } from "../autodiff/reverse.ts";
import { builder } from "../autodiff/rules.ts";
import { hasGradient } from "../core/dtype.ts";
import { InternalError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { type EagerTape, tapesFor } from "../eager/tape.ts";
import type { Graph } from "../ir/graph.ts";
import { tracer } from "../trace/tracer.ts";
import { type Runner, runnerOf } from "./runner.ts";
import { Stages } from "./stages.ts";

export class GraphCall {
  readonly #graph: Graph;
  #runner: Runner | null = null;
  readonly #gradients = new Map<string, { readonly call: GraphCall; readonly sources: readonly number[] }>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  run(inputs: readonly Tensor[]): Tensor[] {
    // The way back of a tape from outside, as a part of a graph.
    if (isTracing()) return inlineRegion(tracer(), this.#graph.body, inputs, outsideOfGraph);
    const outputs = this.#run(inputs);
    for (const tape of tapesFor(inputs)) record(tape, this, inputs, outputs);
    return outputs;
  }

  #run(inputs: readonly Tensor[]): Tensor[] {
    if (this.#runner === null) {
      const stages = new Stages(this.#graph.name);
      this.#runner = runnerOf(stages.optimize(this.#graph), stages);
    }
    // Lists have no gradients, so none is among the results.
    return this.#runner.run(inputs, [], []) as Tensor[];
  }

  /** Gradients of inputs from those of the floating results; the function is computed again. */
  gradients(inputs: readonly Tensor[], dys: readonly Tensor[], wanted: readonly boolean[]): (Tensor | null)[] {
    const key = wanted.map(Number).join("");
    let found = this.#gradients.get(key);
    if (found === undefined) {
      const { joint, sources } = reverse(this.#graph, wanted);
      found = { call: new GraphCall(joint), sources };
      this.#gradients.set(key, found);
    }
    return spread(found.sources, found.call.run([...inputs, ...dys]), inputs.length);
  }
}

/** Gradients by parameter; null where there is none. */
export function spread(sources: readonly number[], gradients: readonly Tensor[], count: number): (Tensor | null)[] {
  const all = new Array<Tensor | null>(count).fill(null);
  sources.forEach((i, k) => {
    all[i] = gradients[k] as Tensor;
  });
  return all;
}

/** Gradients of the floating results, zeros for those that nothing depends on. */
export function completed(dys: readonly (Tensor | null)[], outputs: readonly Tensor[]): Tensor[] {
  return outputs.flatMap((t, i) => (hasGradient(t.dtype) ? [dys[i] ?? builder.zeros(t as { dtype: Tensor["dtype"]; shape: Shape })] : []));
}

/** One call on a tape, by computing it again on the way back. */
export function record(tape: EagerTape, call: GraphCall, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
  const held = inputs.map((t) => tape.hold(t));
  tape.add(held, outputs, (dys, wanted) => call.gradients(held, completed(dys, outputs), wanted));
}

function outsideOfGraph(): never {
  throw new InternalError("A graph uses a value from outside.");
}
