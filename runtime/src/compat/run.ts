/** One kind of run: fetches and shapes of feeds, prepared as a function without control over what it computes. */
import { GraphFnError } from "../core/errors.ts";
import { newArray } from "../core/pool.ts";
import { isStatic, sizeOf } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import { adopt, dispose } from "../eager/memory.ts";
import type { Graph as IrGraph, Node, Value } from "../ir/graph.ts";
import { operandsOf, regionsOf, walkNodes } from "../ir/walk.ts";
import { getOp } from "../ops/op.ts";
import { dropCustomGradients } from "../passes/custom.ts";
import { dce } from "../passes/dce.ts";
import { ConcreteFunction } from "../staged/concrete.ts";
import { signatureOf } from "../staged/signature.ts";
import { type FunctionParts, traceCall } from "../staged/trace-call.ts";
import { tracer } from "../trace/tracer.ts";
import { type Feed, placeName } from "./feeds.ts";
import type { Graph } from "./graph.ts";
import { Operation } from "./operation.ts";
import { Replay } from "./replay.ts";
import type { Fetch } from "./session.ts";
import type { SessionState } from "./session-state.ts";
import { sliceOf } from "./slice.ts";
import type { StaticTracer } from "./static-tracer.ts";

export interface RunRequest {
  readonly graph: Graph;
  readonly wanted: readonly Fetch[];
  readonly feeds: readonly Feed[];
  readonly state: SessionState;
}

export class Run {
  readonly #concrete: ConcreteFunction;
  readonly #state: SessionState;
  /** Variables whose values it needs, and those that it assigns. */
  readonly #reads: readonly Variable[];
  readonly #writes: readonly Variable[];
  readonly #count: number;
  /** Positions of results among the fetches. */
  readonly #tensors: readonly number[];

  constructor(request: RunRequest) {
    const { graph, wanted, feeds, state } = request;
    const missing = new Map<Tensor, Operation>();
    this.#state = state;
    this.#count = wanted.length;
    this.#tensors = wanted.flatMap((w, i) => (w instanceof Operation ? [] : [i]));
    const args = feeds.map(({ given }) => given);
    const parts = traceCall({
      name: "run",
      file: "graph",
      params: feeds.map(({ name }) => name.replace(":", "_")),
      fn: (...fed: Tensor[]) => replay(request, fed, missing),
      self: undefined,
      args,
      signature: signatureOf(args, undefined, []),
    });
    const needed = dce(dropCustomGradients(parts.graph));
    checkFed(graph, parts, needed, missing);
    const used = usedIn(needed);
    const slots = parts.graph.variables ?? [];
    this.#reads = parts.variables.filter((_, i) => used.has(parts.graph.body.params[slots[i]?.param as number] as Value));
    this.#writes = parts.variables.filter((_, i) => slots[i]?.result !== null);
    this.#concrete = new ConcreteFunction(parts);
  }

  /** Results in the order of the fetches, null for operations. */
  call(feeds: readonly Feed[]): (Tensor | null)[] {
    for (const variable of this.#reads) this.#state.checkInitialized(variable);
    const found = this.#concrete.run(feeds.map(({ given }) => given)) as Tensor[];
    for (const variable of this.#writes) this.#state.assigned(variable);
    const results = new Array<Tensor | null>(this.#count).fill(null);
    this.#tensors.forEach((position, i) => {
      results[position] = found[i] as Tensor;
    });
    return results;
  }

  dispose(): void {
    this.#concrete.dispose();
  }
}

/** What the trace computes: the fetched tensors, then values of checked ops that run for their errors only. */
function replay({ graph, wanted, feeds, state }: RunRequest, given: readonly Tensor[], missing: Map<Tensor, Operation>): Tensor[] {
  const t = tracer();
  const fed = new Map(feeds.map(({ value }, i) => [value, given[i] as Tensor]));
  const operations = wanted.filter((w) => w instanceof Operation);
  const values = wanted.filter((w): w is Value => !(w instanceof Operation) && !isTensor(w));
  const slice = sliceOf(graph.tracer, values, operations, new Set(fed.keys()));
  const run = new Replay(graph.tracer, t, {
    slice,
    fed,
    holder: (variable) => state.holder(variable),
    missing: (placeholder) => standIn(graph, placeholder, missing),
  });
  run.run();
  const strong = (x: Tensor): Tensor => t.cast(x, x.dtype, false);
  const results = wanted.flatMap((w): Tensor[] => {
    if (w instanceof Operation) return [];
    if (!isTensor(w)) return [strong(run.value(w))];
    return [strong(isVariable(w) ? t.read(state.holder(w)) : w)];
  });
  return [...results, ...checkedOnly(graph.tracer, slice.nodes, new Set(fed.keys())).map((value) => run.value(value))];
}

/** Results of ops that may fail and that no node outside of branches and loops uses: passes would drop or delay them. */
function checkedOnly(t: StaticTracer, nodes: readonly Node[], fed: ReadonlySet<Value>): Value[] {
  const used = new Set(nodes.flatMap((node) => operandsOf(node)));
  return nodes.flatMap((node) => {
    if (node.kind !== "op" || node.results.length === 0) return [];
    const value = node.results[0] as Value;
    if (t.operationOf(node)?.action || used.has(value) || fed.has(value)) return [];
    return getOp(node.op).flags.has("checked") ? [value] : [];
  });
}

/** Zeros for a placeholder that is not fed; `checkFed` refuses them where they are used. */
function standIn(graph: Graph, placeholder: Operation, missing: Map<Tensor, Operation>): Tensor {
  const value = placeholder.node.results[0] as Value;
  const { dtype, shape } = value.type;
  if (!isStatic(shape) || graph.tracer.isRankless(value)) throw notFed(graph, value);
  const size = sizeOf(shape);
  const zeros = adopt(dtype, shape, size, false, newArray(dtype, size, null), null);
  missing.set(zeros, placeholder);
  return zeros;
}

function checkFed(graph: Graph, parts: FunctionParts, needed: IrGraph, missing: ReadonlyMap<Tensor, Operation>): void {
  if (missing.size === 0) return;
  const used = usedIn(needed);
  const { constants, captured } = parts;
  const first = parts.graph.body.params.length - captured.length - parts.variables.length;
  for (const [zeros, placeholder] of missing) {
    const constant = constants.find((c) => c.tensor === zeros)?.value;
    const at = captured.findIndex((c) => c.elements === zeros.elements);
    const value = constant ?? (at < 0 ? undefined : parts.graph.body.params[first + at]);
    if (value !== undefined && used.has(value)) throw notFed(graph, placeholder.node.results[0] as Value);
    dispose(zeros);
  }
}

function notFed(graph: Graph, value: Value): GraphFnError {
  const name = placeName(graph, value);
  return new GraphFnError(
    "E_FEED",
    `run: placeholder ${name} (${graph.tracer.show(graph.tracer.tensor(value, graph.tracer.root))}) is needed, but was not fed.`,
    {
      hint: `Give it a value: session.run(fetches, { ${JSON.stringify(name)}: value }), or a Map or pairs by tensor.`,
    },
  );
}

/** All values that nodes or results of a graph use; a variable's own slot does not count. */
function usedIn({ body, variables = [] }: IrGraph): Set<Value> {
  const used = new Set<Value>();
  walkNodes(body, (node) => {
    for (const v of operandsOf(node)) used.add(v);
    for (const region of regionsOf(node)) for (const v of region.yields) used.add(v);
  });
  const slots = new Map(variables.map(({ param, result }) => [result, body.params[param]]));
  body.yields.forEach((v, i) => {
    if (slots.get(i) !== v) used.add(v);
  });
  return used;
}
