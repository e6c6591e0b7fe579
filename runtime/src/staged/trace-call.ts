/**
 * One call of a marked function, traced: arguments → graph, with what it takes besides them and how its results are put together.
 *
 * Parameters of the graph: tensors among the arguments, captured tensors, feeds, numbers, variables; in this order.
 *
 * Numbers without a dtype count as int32 when they are whole and as float64 otherwise, which is the same wherever they meet
 * floating tensors. So a function with lifted numbers is traced as if all of them were whole; where that makes a difference and
 * one is not, it is traced again as they are.
 */
import { type DType, isFloating, type TypedArray, weakDType } from "../core/dtype.ts";
import { InternalError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isTensorSpec } from "../core/tensor-spec.ts";
import type { TensorType } from "../core/type.ts";
import type { Variable } from "../core/variable.ts";
import { withInterpreter } from "../dispatch/dispatch.ts";
import { dispose, share } from "../eager/memory.ts";
import type { Graph, Node, Region, Value } from "../ir/graph.ts";
import { operandsOf, regionsOf, walkNodes } from "../ir/walk.ts";
import { listIn } from "../trace/elements.ts";
import type { Provide } from "../trace/feed.ts";
import { type Compute, isLifted, LiftedNumber } from "../trace/number.ts";
import { isPoison } from "../trace/poison.ts";
import { flatten, leafCount, rebuild, type Skeleton } from "../trace/structure.ts";
import { GraphTracer, type Guard, type LengthRead, type OpenRegion } from "../trace/tracer.ts";
import { isThrown, Unwinding } from "../trace/unwinding.ts";
import { isSame } from "./contents.ts";
import { type LeafSpec, leavesOf, type Signature } from "./signature.ts";

/** Where a function is, and what the transformer made of it, where somebody wants to read that. */
export interface Origin {
  readonly name: string;
  readonly file: string;
  /** "line:column". */
  readonly at: string | null;
  readonly emitted: string | null;
}

/** A leaf of the result: the graph's next result, a tensor or an array of them, or a value that the trace found. */
export type ResultLeaf =
  | { readonly kind: "tensor" | "list"; readonly index: number; readonly weak: boolean }
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

/** A number of the call that the graph takes as a scalar. */
export interface NumberLeaf {
  readonly compute: Compute;
  readonly dtype: DType;
  /** Only numbers of that dtype will do: the graph has another one for fractions, or for whole numbers. */
  readonly only: boolean;
}

/** Everything that a function is for one signature: made by a trace, or read from files. */
export interface FunctionParts {
  /** Where the function is; not of those read from files, and parts of others. */
  readonly origin?: Origin;
  /** Names of the arguments. */
  readonly params: readonly string[];
  readonly signature: Signature;
  readonly graph: Graph;
  readonly captured: readonly Tensor[];
  /** What is read at each call: loops over datasets. */
  readonly feeds: readonly Feed[];
  /** Lifted numbers, as the graph meets them. */
  readonly numbers: readonly NumberLeaf[];
  /** Captured tensors that are constants of the graph, with their values there: tapes may watch them. */
  readonly constants: readonly CapturedConstant[];
  /** In the order of the graph's slots. */
  readonly variables: readonly Variable[];
  readonly result: { readonly skeleton: Skeleton; readonly leaves: readonly ResultLeaf[] };
}

export interface TraceRequest {
  readonly name: string;
  readonly file: string;
  /** "line:column" of the function. */
  readonly at?: string;
  readonly params: readonly string[];
  readonly fn: Function;
  readonly self: unknown;
  readonly args: ArrayLike<unknown>;
  readonly signature: Signature;
  /** Of functions that call themselves. */
  readonly maxDepth?: number;
}

export type TracedCall = FunctionParts & { readonly guards: readonly Guard[] };

/** Throws what the function throws, and what staging refuses. `guards`: variables that the trace read. */
export function traceCall(request: TraceRequest): TracedCall {
  const lifts = request.signature.leaves.some((leaf) => leaf.kind === "number");
  return (lifts ? traceAsWhole(request) : null) ?? (traceWith(request, weakDType) as TracedCall);
}

/** null where it makes a difference; an error may be one. */
function traceAsWhole(request: TraceRequest): TracedCall | null {
  try {
    return traceWith(request, () => "int32");
  } catch {
    return null;
  }
}

/** null where a number would have had another dtype, and that matters. */
function traceWith(request: TraceRequest, dtypeOfNumber: (value: number) => DType): TracedCall | null {
  const t = new GraphTracer(request.file, retain, dtypeOfNumber, request.maxDepth);
  // Whatever came of it: what the program did with the error of reading a length does not count.
  const refuseReads = (): void => {
    if (t.lengthsRead.length > 0) throw new LengthsRead(t.lengthsRead);
  };
  try {
    const traced = traceBy(t, request);
    refuseReads();
    return traced;
  } catch (error) {
    for (const { tensor } of t.captured) dispose(tensor);
    refuseReads();
    throw error;
  }
}

/** The program needs lengths as numbers that the signature leaves open. */
export class LengthsRead extends InternalError {
  readonly reads: readonly LengthRead[];

  constructor(reads: readonly LengthRead[]) {
    super("Lengths of arguments were read as numbers.");
    this.reads = reads;
  }
}

function traceBy(t: GraphTracer, request: TraceRequest): TracedCall | null {
  const { name, params } = request;
  const leaves: ResultLeaf[] = [];
  const { skeleton, outputs } = withInterpreter(t, () => {
    const result = returned(t, () => request.fn.apply(request.self, symbolicArguments(t, request)) as unknown);
    const values: unknown[] = [];
    const skeleton = flatten(result, values);
    const outputs = t.resume(t.root, () =>
      values.flatMap((leaf) => {
        // eslint-disable-next-line @typescript-eslint/no-base-to-string -- any use of a poison value throws its error
        if (isPoison(leaf)) leaf.toString();
        const handle = listIn(leaf) ?? leaf;
        if (!isTensor(handle)) {
          leaves.push({ kind: "plain", value: isLifted(leaf) ? Number(leaf) : leaf });
          return [];
        }
        const value = t.valueOf(handle);
        leaves.push({
          kind: handle === leaf ? "tensor" : "list",
          index: leaves.filter((l) => l.kind !== "plain").length,
          weak: handle.weak,
        });
        return [value];
      }),
    );
    return { skeleton, outputs };
  });
  const graph = t.finish(name, outputs);
  const numbers = settleNumbers(t, graph);
  if (numbers === null) return null;
  return {
    params,
    signature: withPinned(request, t.pinned),
    graph,
    captured: t.captured.map((c) => c.tensor),
    feeds: t.feeds.map(({ provide, values }) => ({ provide, types: values.map((v) => v.type) })),
    numbers,
    constants: t.constants,
    variables: [...t.variables.keys()],
    result: { skeleton, leaves },
    guards: t.guards.flatMap(ofOthers),
  };
}

/** Undefined for a function that throws on every path: the graph does, after what comes before. */
function returned(t: GraphTracer, call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    if (error instanceof Unwinding) return undefined;
    if (!isThrown(error) || !isNoticed(t.root)) throw error;
    t.returnTo(t.root);
    t.fail(error);
    return undefined;
  }
}

/** Running the nodes of a region can be told from not running them. */
function isNoticed(region: OpenRegion): boolean {
  let found = false;
  const look = (node: Node): void => {
    found ||= node.kind === "fail" || node.kind === "print";
  };
  for (const node of region.nodes) {
    look(node);
    for (const inner of regionsOf(node)) walkNodes(inner, look);
  }
  return found;
}

/** Decides which numbers each input takes. Those that are only ever cast to a floating dtype are float64, so that any number fits. */
function settleNumbers(t: GraphTracer, graph: Graph): NumberLeaf[] | null {
  const inputs = [...t.numbers.values()];
  const particular = usedAsTheyAre(graph.body, new Set(inputs.map((input) => input.value)));
  const numbers: NumberLeaf[] = [];
  for (const { compute, value, type, now } of inputs) {
    const only = particular.has(value);
    if (only && type.dtype !== weakDType(now)) return null;
    // A fraction that is only cast may have made an int32 tensor float: whole numbers would not.
    const any = !only && type.dtype === "int32";
    if (any) type.dtype = "float64";
    numbers.push({ compute, dtype: type.dtype, only: !any });
  }
  return numbers;
}

/** Which of these values are used as anything but the operand of a cast to a floating dtype. */
function usedAsTheyAre(region: Region, values: ReadonlySet<Value>, found = new Set<Value>()): Set<Value> {
  if (values.size === 0) return found;
  for (const node of region.nodes) {
    const isCast = node.kind === "op" && node.op === "cast" && isFloating(node.attrs["dtype"] as DType);
    if (!isCast) for (const value of operandsOf(node)) if (values.has(value)) found.add(value);
    for (const inner of regionsOf(node)) usedAsTheyAre(inner, values, found);
  }
  for (const value of region.yields) if (values.has(value)) found.add(value);
  return found;
}

/** The signature for which the trace holds: of lifted numbers that were needed as such, their values count. */
function withPinned({ signature, args }: TraceRequest, pinned: ReadonlySet<number>): Signature {
  if (pinned.size === 0) return signature;
  const given = leavesOf(args).leaves;
  return { ...signature, leaves: signature.leaves.map((leaf, i) => (pinned.has(i) ? { kind: "plain", value: given[i] } : leaf)) };
}

/** A guard without what the trace itself has changed: fields of objects that it made, which no other call sees. */
function ofOthers(guard: Guard): Guard[] {
  const now = guard.read();
  const kept = [...guard.values.keys()].filter((i) => isSame(guard.values[i], now[i]));
  if (kept.length === guard.values.length) return [guard];
  const only = <T>(list: readonly T[]): T[] => kept.map((i) => list[i] as T);
  return kept.length === 0 ? [] : [{ read: () => only(guard.read()), values: only(guard.values), names: only(guard.names) }];
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
    const position = leaf++;
    const value = given[position];
    if (spec.kind === "plain") return value;
    if (spec.kind === "number") return LiftedNumber.argument(position, value as number);
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
