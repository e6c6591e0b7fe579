/**
 * A compiled function called while tapes record: its gradient is compiled too. One tape: the call leaves what the way back needs,
 * and that runs alone. Several tapes (gradients of gradients), or loops: the way back computes the function again.
 */

import { type Reverse, reverse } from "../autodiff/reverse.ts";
import { UnsupportedError } from "../core/errors.ts";
import { Tensor } from "../core/tensor.ts";
import { isVariable } from "../core/variable.ts";
import { type EagerTape, tapesFor } from "../eager/tape.ts";
import type { Graph, Value } from "../ir/graph.ts";
import { flatten } from "../trace/structure.ts";
import { ConcreteFunction } from "./concrete.ts";
import { completed, GraphCall, record, spread } from "./graph-call.ts";
import type { CapturedConstant, FunctionParts } from "./trace-call.ts";

interface Split {
  readonly forward: ConcreteFunction;
  readonly backward: GraphCall;
  readonly params: readonly number[];
  readonly sources: readonly number[];
}

export class TapedCalls {
  readonly #parts: FunctionParts;
  /** The graph with the constants as parameters that tapes may watch: small captured tensors. */
  readonly #graph: Graph;
  readonly #again: GraphCall;
  readonly #splits = new Map<string, Split | null>();

  constructor(parts: FunctionParts) {
    this.#parts = parts;
    this.#graph = openConstants(parts);
    this.#again = new GraphCall(pure(this.#graph));
  }

  /** Runs the function and tells the tapes; null where no tape sees anything of it. `leaves`: tensors among the arguments. */
  run(
    leaves: readonly Tensor[],
    fed: readonly Tensor[],
    args: ArrayLike<unknown>,
    plain: () => unknown,
  ): { readonly result: unknown } | null {
    const { captured, variables, constants } = this.#parts;
    const inputs = [...leaves, ...captured, ...fed, ...variables, ...constants.map(standing)];
    const tapes = tapesFor(inputs);
    const [tape] = tapes;
    if (tape === undefined) return null;
    if (this.#parts.result.leaves.some((leaf) => leaf.kind === "list")) {
      throw new UnsupportedError("The gradient of a function was taken that returns as many tensors as the data decides.", {
        hint: "Return one tensor, such as gf.stack(xs).",
      });
    }
    const held = inputs.map((t) => tape.hold(t));
    if (tapes.length === 1) {
      const wanted = inputs.map((t) => tape.isActive(t));
      const split = this.#split(wanted);
      if (split !== null) return { result: this.#runSplit(split, tape, held, fed, args) };
    }
    // Values of variables before the call: it may assign them.
    const readings = tapes.map((each) => inputs.map((t) => (isVariable(t) ? each.hold(t) : t)));
    const result = plain();
    const outputs = tensorsOf(result);
    tapes.forEach((each, i) => {
      record(each, this.#again, readings[i] as Tensor[], outputs);
    });
    return { result };
  }

  #runSplit(
    { forward, backward, params, sources }: Split,
    tape: EagerTape,
    held: readonly Tensor[],
    fed: readonly Tensor[],
    args: ArrayLike<unknown>,
  ): unknown {
    const constants = held.slice(held.length - this.#parts.constants.length);
    const [result, kept] = forward.runWith(args, [...fed, ...constants]) as [unknown, Tensor[]];
    for (const t of kept) tape.hold(t);
    const outputs = tensorsOf(result);
    const needed = [...params.map((i) => held[i] as Tensor), ...kept];
    tape.add(held, outputs, (dys) => spread(sources, backward.run([...needed, ...completed(dys, outputs)]), held.length));
    return result;
  }

  #split(wanted: readonly boolean[]): Split | null {
    const key = wanted.map(Number).join("");
    let split = this.#splits.get(key);
    if (split === undefined) {
      split = this.#made(reverse(this.#graph, wanted));
      this.#splits.set(key, split);
    }
    return split;
  }

  #made({ split, sources }: Reverse): Split | null {
    if (split === null) return null;
    const { result } = this.#parts;
    const tensors = result.leaves.filter((leaf) => leaf.kind === "tensor").length;
    const kept = Array.from({ length: split.kept }, (_, i) => ({ kind: "tensor" as const, index: tensors + i, weak: false }));
    const leaf = { kind: "leaf" as const };
    const parts: FunctionParts = {
      ...this.#parts,
      graph: split.forward,
      result: {
        skeleton: { kind: "array", items: [result.skeleton, { kind: "array", items: kept.map(() => leaf) }] },
        leaves: [...result.leaves, ...kept],
      },
    };
    return { forward: new ConcreteFunction(parts), backward: new GraphCall(split.backward), params: split.params, sources };
  }
}

/** Tensors of a result, in the order of the graph's results. */
function tensorsOf(result: unknown): Tensor[] {
  const leaves: unknown[] = [];
  flatten(result, leaves);
  return leaves.filter((leaf): leaf is Tensor => typeof leaf === "object" && leaf !== null && "elements" in leaf);
}

/** A captured constant, or, where it was disposed, another tensor of its elements: nobody can watch it any more. */
function standing({ tensor, data }: CapturedConstant): Tensor {
  if (tensor.elements !== null) return tensor;
  return new Tensor(tensor.dtype, tensor.shape, tensor.size, tensor.weak, data, null, null);
}

/** Captured constants as parameters after the others. */
function openConstants({ graph, constants }: FunctionParts): Graph {
  const values = new Set<Value>(constants.map((c) => c.value));
  const { body } = graph;
  return {
    ...graph,
    body: {
      ...body,
      params: [...body.params, ...values],
      nodes: body.nodes.filter((node) => node.kind !== "const" || !values.has(node.results[0] as Value)),
    },
  };
}

/** Without new values of variables. */
function pure(graph: Graph): Graph {
  const assigned = new Set(graph.variables?.map(({ result }) => result));
  return { name: graph.name, body: { ...graph.body, yields: graph.body.yields.filter((_, i) => !assigned.has(i)) } };
}
