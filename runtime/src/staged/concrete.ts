/**
 * ConcreteFunction: one trace of a marked function for one signature, ready to run: graph → passes → plan → executable.
 */

import type { Backend, Executable } from "../backends/backend.ts";
import { activeBackend } from "../backends/select.ts";
import type { TypedArray } from "../core/dtype.ts";
import { StagingError } from "../core/errors.ts";
import { dataOf, isTensor, type Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { withInterpreter } from "../dispatch/dispatch.ts";
import { allocate, dispose, share } from "../eager/memory.ts";
import { assignEager } from "../eager/variables.ts";
import type { Graph } from "../ir/graph.ts";
import type { Block } from "../ops/op.ts";
import { optimize } from "../passes/pipeline.ts";
import { buildPlan } from "../plan/build.ts";
import type { Plan, PrintSite } from "../plan/plan.ts";
import { isPoison } from "../trace/poison.ts";
import { flatten, rebuild, type Skeleton } from "../trace/structure.ts";
import { GraphTracer, type Guard } from "../trace/tracer.ts";
import type { LeafSpec, Signature } from "./signature.ts";
import { leavesOf } from "./signature.ts";

type OutputLeaf =
  | { readonly kind: "tensor"; readonly index: number; readonly weak: boolean }
  | { readonly kind: "plain"; readonly value: unknown };

export interface TraceRequest {
  readonly name: string;
  readonly file: string;
  readonly params: readonly string[];
  readonly fn: Function;
  readonly self: unknown;
  readonly args: ArrayLike<unknown>;
  readonly signature: Signature;
}

export class ConcreteFunction {
  readonly signature: Signature;
  /** As traced. */
  readonly traced: Graph;
  /** After all passes. */
  readonly graph: Graph;
  readonly plan: Plan;
  /** Variables that the function reads or assigns, in the order of the graph's slots. */
  readonly variables: readonly Variable[];
  readonly #captured: readonly Tensor[];
  readonly #guards: readonly Guard[];
  #backend: Backend | null = null;
  #executable: Executable | null = null;
  readonly #skeleton: Skeleton;
  readonly #leaves: readonly OutputLeaf[];
  readonly #weakOutputs: readonly boolean[];
  /** Positions of tensors among the argument leaves. */
  readonly #tensorLeaves: readonly number[];

  constructor(request: TraceRequest) {
    const { signature, name } = request;
    const t = new GraphTracer(request.file, retain);
    const skeleton = { value: undefined as Skeleton | undefined };
    const leaves: OutputLeaf[] = [];
    const outputs = withInterpreter(t, () => {
      const result: unknown = request.fn.apply(request.self, symbolicArguments(t, request));
      const values: unknown[] = [];
      skeleton.value = flatten(result, values);
      return t.resume(t.root, () =>
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
    });
    this.signature = signature;
    this.traced = t.finish(name, outputs);
    this.graph = optimize(this.traced).graph;
    this.plan = buildPlan(this.graph);
    this.#guards = t.guards;
    this.#captured = t.captured.map((c) => c.tensor);
    this.variables = [...t.variables.keys()];
    this.#skeleton = skeleton.value as Skeleton;
    this.#leaves = leaves;
    this.#weakOutputs = leaves.flatMap((l) => (l.kind === "tensor" ? [l.weak] : []));
    this.#tensorLeaves = signature.leaves.flatMap((l, i) => (l.kind === "tensor" ? [i] : []));
  }

  /** Variables that functions called from this one read have the values they had. */
  guardsHold(): boolean {
    for (const { read, values } of this.#guards) {
      const now = read();
      for (let i = 0; i < values.length; i++) if (!Object.is(now[i], values[i])) return false;
    }
    return true;
  }

  /** The plan decoded for the backend in force; again when that has changed. */
  #compiled(): Executable {
    const backend = activeBackend();
    if (this.#executable === null || backend !== this.#backend) {
      this.#executable?.dispose();
      const sites = this.plan.prints;
      this.#executable = backend.compile(this.plan, (site, values) => printValues(sites[site] as PrintSite, values));
      this.#backend = backend;
    }
    return this.#executable;
  }

  /** One call of the backend. Arguments match the signature. */
  run(args: ArrayLike<unknown>): unknown {
    const leaves = this.signature.flat ? args : leavesOf(args).leaves;
    const positions = this.#tensorLeaves;
    const { variables } = this;
    const first = positions.length + this.#captured.length;
    const inputs = new Array<TypedArray>(first + variables.length);
    for (let i = 0; i < positions.length; i++) inputs[i] = dataOf(leaves[positions[i] as number] as Tensor, symbolicArgument);
    for (let i = 0; i < this.#captured.length; i++) inputs[positions.length + i] = dataOf(this.#captured[i] as Tensor, symbolicArgument);
    for (let i = 0; i < variables.length; i++) inputs[first + i] = dataOf(variables[i] as Variable, symbolicArgument);
    const { plan } = this;
    const tensors = new Array<Tensor>(plan.outputs.length);
    const outputs = new Array<TypedArray>(plan.outputs.length);
    for (let i = 0; i < tensors.length; i++) {
      const buffer = plan.buffers[plan.outputs[i] as number] as Plan["buffers"][number];
      const tensor = allocate(buffer.dtype, buffer.shape, buffer.size, this.#weakOutputs[i] ?? false);
      tensors[i] = tensor;
      outputs[i] = tensor.elements as TypedArray;
    }
    this.#compiled().run(inputs, outputs);
    for (const [i, { result }] of (this.graph.variables ?? []).entries()) {
      if (result === null) continue;
      assignEager(variables[i] as Variable, tensors[result] as Tensor);
      dispose(tensors[result] as Tensor);
    }
    if (this.#skeleton.kind === "leaf") {
      const leaf = this.#leaves[0] as OutputLeaf;
      return leaf.kind === "tensor" ? tensors[0] : leaf.value;
    }
    const values = this.#leaves.map((leaf) => (leaf.kind === "tensor" ? tensors[leaf.index] : leaf.value));
    return rebuild(this.#skeleton, values[Symbol.iterator]());
  }

  dispose(): void {
    this.#executable?.dispose();
    this.#executable = null;
    for (const t of this.#captured) dispose(t);
  }
}

/** Another handle on a captured tensor's storage: the trace keeps it, whatever the user disposes. */
function retain(t: Tensor): Tensor {
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
      name,
    );
  };
  return signature.skeletons.map((skeleton, i) => {
    const name = params[i] ?? `arg${i}`;
    const count = leafCount(skeleton);
    const values = Array.from({ length: count }, (_, k) => next(count === 1 ? name : `${name}.${k}`));
    return rebuild(skeleton, values[Symbol.iterator]());
  });
}

function leafCount(s: Skeleton): number {
  return s.kind === "leaf" ? 1 : s.items.reduce((n, item) => n + leafCount(item), 0);
}

function symbolicArgument(): Error {
  return new StagingError("A tensor of a graph under construction was passed to a compiled function.", {
    code: "E_LEAK",
    hint: "Keep only tensors that graph functions returned.",
  });
}

function printValues(site: PrintSite, values: readonly Block[]): void {
  const shown = site.parts.map((part) => {
    if (typeof part === "string") return part;
    const block = values[part] as Block;
    const tensor = allocate(block.dtype, block.shape, block.data.length, false);
    (tensor.elements as TypedArray).set(block.data as never);
    return tensor;
  });
  console[site.method](...shown);
}
