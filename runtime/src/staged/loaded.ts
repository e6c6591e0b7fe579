/**
 * Functions that were read from files: callable with the arguments they were saved for. Outside of traces a call runs the plan;
 * inside one the graph becomes part of the trace.
 */
import { inlineRegion } from "../autodiff/inline.ts";
import { InternalError, StagingError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { showType } from "../core/type.ts";
import type { Variable } from "../core/variable.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import type { Graph, Value } from "../ir/graph.ts";
import { showValue } from "../ir/print.ts";
import { leafCount, rebuild, showSkeleton } from "../trace/structure.ts";
import { tracer } from "../trace/tracer.ts";
import type { ConcreteFunction } from "./concrete.ts";
import { writeFunction } from "./graph-function.ts";
import { difference, type LeafSpec, leavesOf, matches, showLeaf } from "./signature.ts";

/** What a loaded function has besides being callable. */
export interface LoadedMembers {
  /** Those that it reads or assigns: new ones, under the names they were saved with. */
  readonly variables: readonly Variable[];
  /** `predict(x: f32[1,4]) → f32[1,3]` */
  readonly signature: string;
  /** The optimised graph. */
  graph(): Graph;
  /** Graph, plan, run. */
  concrete(): ConcreteFunction;
  /** Writes it to a folder again, with the values that its variables have now. */
  save(folder: string | URL): Promise<void>;
  /** Gives back its memory, captured tensors included; variables stay. */
  dispose(): void;
}

export type LoadedFunction<F extends (...args: any[]) => unknown = (...args: any[]) => any> = F & LoadedMembers;

export function loadedFunction<F extends (...args: any[]) => unknown>(concrete: ConcreteFunction): LoadedFunction<F> {
  const { params, signature, graph } = concrete.parts;
  const { name } = graph;
  const call = (...args: unknown[]): unknown => {
    if (!matches(signature, args, undefined, [])) {
      throw new StagingError(
        `${name} was saved for other arguments: ${difference(signature, args, undefined, params) ?? "it has others"}.`,
        {
          code: "E_SIGNATURE",
          hint: `It is ${signatureText(concrete)}.`,
        },
      );
    }
    return isTracing() ? inline(concrete, args) : concrete.run(args);
  };
  const members: { [K in keyof LoadedMembers]: PropertyDescriptor } & { name: PropertyDescriptor } = {
    name: { value: name },
    variables: { value: concrete.variables },
    signature: { value: signatureText(concrete) },
    graph: { value: () => concrete.graph },
    concrete: { value: () => concrete },
    save: { value: (folder: string | URL) => writeFunction(concrete, folder) },
    dispose: { value: () => concrete.dispose() },
  };
  return Object.defineProperties(call, members) as unknown as LoadedFunction<F>;
}

function signatureText({ parts: { params, signature, result, graph } }: ConcreteFunction): string {
  const leaves = signature.leaves[Symbol.iterator]();
  const takes = signature.skeletons.map((skeleton, i) => {
    const shown = Array.from({ length: leafCount(skeleton) }, () => showLeaf((leaves.next() as IteratorYieldResult<LeafSpec>).value));
    return `${params[i] ?? `arg${i}`}: ${skeleton.kind === "leaf" ? shown.join("") : `${showSkeleton(skeleton)} with ${shown.join(", ")}`}`;
  });
  const gives = result.leaves.map((leaf) =>
    leaf.kind === "plain" ? showLeaf(leaf) : showType((graph.body.yields[leaf.index] as Value).type),
  );
  return `${graph.name}(${takes.join(", ")}) → ${gives.length === 0 ? "nothing" : gives.join(", ")}`;
}

/** The results of a call inside a trace. */
function inline(concrete: ConcreteFunction, args: readonly unknown[]): unknown {
  const { signature, graph, captured, variables, result } = concrete.parts;
  const t = tracer();
  const given = leavesOf(args).leaves.filter((_, i) => signature.leaves[i]?.kind === "tensor") as Tensor[];
  const yields = inlineRegion(t, graph.body, [...given, ...captured, ...variables], (value) => {
    throw new InternalError(`A loaded graph uses ${showValue(value)}, which it does not define.`);
  });
  graph.variables?.forEach((slot, i) => {
    if (slot.result !== null) t.assign(variables[i] as Variable, yields[slot.result] as Tensor);
  });
  const values = result.leaves.map((leaf) => (leaf.kind === "plain" ? leaf.value : yields[leaf.index]));
  return rebuild(result.skeleton, values[Symbol.iterator]());
}
