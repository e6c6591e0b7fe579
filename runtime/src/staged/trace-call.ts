/**
 * One call of a marked function, traced: arguments → graph, with what it takes besides them and how its results are put together.
 *
 * Parameters of the graph: tensors among the arguments, captured tensors, feeds, variables; in this order.
 */
import type { TypedArray } from "../core/dtype.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isTensorSpec } from "../core/tensor-spec.ts";
import type { TensorType } from "../core/type.ts";
import type { Variable } from "../core/variable.ts";
import { withInterpreter } from "../dispatch/dispatch.ts";
import { share } from "../eager/memory.ts";
import type { Graph, Value } from "../ir/graph.ts";
import type { Provide } from "../trace/feed.ts";
import { isPoison } from "../trace/poison.ts";
import { flatten, leafCount, rebuild, type Skeleton } from "../trace/structure.ts";
import { GraphTracer, type Guard } from "../trace/tracer.ts";
import { Unwinding } from "../trace/unwinding.ts";
import { type LeafSpec, leavesOf, type Signature } from "./signature.ts";

/** A leaf of the result: the graph's next result, or a value that the trace found. */
export type ResultLeaf =
  | { readonly kind: "tensor"; readonly index: number; readonly weak: boolean }
  | { readonly kind: "plain"; readonly value: unknown };

/** Tensors of certain types that a graph takes besides its arguments. */
export interface Feed {
  readonly provide: Provide;
  readonly types: readonly TensorType[];
}

/** A small captured tensor and its elements: it may be disposed later, the graph goes on with them. */
export interface CapturedConstant {
  readonly tensor: Tensor;
  readonly value: Value;
  readonly data: TypedArray;
}

/** Everything that a function is for one signature: made by a trace, or read from files. */
export interface FunctionParts {
  /** Names of the arguments. */
  readonly params: readonly string[];
  readonly signature: Signature;
  readonly graph: Graph;
  readonly captured: readonly Tensor[];
  /** What is read at each call: loops over datasets. */
  readonly feeds: readonly Feed[];
  /** Captured tensors that are constants of the graph, with their values there: tapes may watch them. */
  readonly constants: readonly CapturedConstant[];
  /** In the order of the graph's slots. */
  readonly variables: readonly Variable[];
  readonly result: { readonly skeleton: Skeleton; readonly leaves: readonly ResultLeaf[] };
}

export interface TraceRequest {
  readonly name: string;
  readonly file: string;
  readonly params: readonly string[];
  readonly fn: Function;
  readonly self: unknown;
  readonly args: ArrayLike<unknown>;
  readonly signature: Signature;
}

/** Throws what the function throws, and what staging refuses. `guards`: variables that the trace read. */
export function traceCall(request: TraceRequest): FunctionParts & { readonly guards: readonly Guard[] } {
  const { signature, name, params } = request;
  const t = new GraphTracer(request.file, retain);
  const leaves: ResultLeaf[] = [];
  const { skeleton, outputs } = withInterpreter(t, () => {
    const result = returned(() => request.fn.apply(request.self, symbolicArguments(t, request)) as unknown);
    const values: unknown[] = [];
    const skeleton = flatten(result, values);
    const outputs = t.resume(t.root, () =>
      values.flatMap((leaf) => {
        // eslint-disable-next-line @typescript-eslint/no-base-to-string -- any use of a poison value throws its error
        if (isPoison(leaf)) leaf.toString();
        if (!isTensor(leaf)) {
          leaves.push({ kind: "plain", value: leaf });
          return [];
        }
        const value = t.valueOf(leaf);
        leaves.push({ kind: "tensor", index: leaves.filter((l) => l.kind === "tensor").length, weak: leaf.weak });
        return [value];
      }),
    );
    return { skeleton, outputs };
  });
  return {
    params,
    signature,
    graph: t.finish(name, outputs),
    captured: t.captured.map((c) => c.tensor),
    feeds: t.feeds.map(({ provide, values }) => ({ provide, types: values.map((v) => v.type) })),
    constants: t.constants,
    variables: [...t.variables.keys()],
    result: { skeleton, leaves },
    guards: t.guards,
  };
}

/** Undefined for a function that throws on every path. */
function returned(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    if (error instanceof Unwinding) return undefined;
    throw error;
  }
}

/** Another handle on a tensor's storage, which keeps it, whatever the user disposes. */
export function retain(t: Tensor): Tensor {
  const held = share(t, t.elements as TypedArray, t.shape, t.weak);
  held.kept = true;
  return held;
}

/** The arguments with every tensor replaced by a parameter of the graph. */
function symbolicArguments(t: GraphTracer, request: TraceRequest): unknown[] {
  const { signature, params } = request;
  const given = leavesOf(request.args).leaves;
  let leaf = 0;
  const next = (name: string): unknown => {
    const spec = signature.leaves[leaf] as LeafSpec;
    const value = given[leaf++];
    if (spec.kind === "plain") return value;
    return t.param(
      t.root,
      spec.weak ? { dtype: spec.dtype, shape: spec.shape, weak: true } : { dtype: spec.dtype, shape: spec.shape },
      isTensorSpec(value) ? (value.name ?? name) : name,
    );
  };
  return signature.skeletons.map((skeleton, i) => {
    const name = params[i] ?? `arg${i}`;
    const count = leafCount(skeleton);
    const values = Array.from({ length: count }, (_, k) => next(count === 1 ? name : `${name}.${k}`));
    return rebuild(skeleton, values[Symbol.iterator]());
  });
}
