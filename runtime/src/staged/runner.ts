/**
 * How an optimised graph is run: by its plan, in one call of the backend, or, where it can have none, node by node over eager
 * kernels. Both take tensors and give tensors; a run that fails leaves variables as they were.
 */
import type { Backend, BesideExecutable, Executable, LoopCode } from "../backends/backend.ts";
import { ScriptExecutable } from "../backends/script.ts";
import { activeBackend, takesScripts } from "../backends/select.ts";
import type { TypedArray } from "../core/dtype.ts";
import { ArgumentError, StagingError, UnsupportedError } from "../core/errors.ts";
import { showShape, sizeOf } from "../core/shape.ts";
import { dataOf, type Tensor } from "../core/tensor.ts";
import { isTensorSpec } from "../core/tensor-spec.ts";
import type { Variable } from "../core/variable.ts";
import { formatValues } from "../eager/format.ts";
import { type GraphCode, prepare } from "../eager/interpret/code.ts";
import { PART_AFTER, type PartRunner } from "../eager/interpret/parts.ts";
import { interpret, type Result } from "../eager/interpret/run.ts";
import { allocate, dispose, share } from "../eager/memory.ts";
import { assignEager, readEager, unshare } from "../eager/variables.ts";
import type { Graph, PrintNode } from "../ir/graph.ts";
import type { Block } from "../ops/op.ts";
import type { Plan, PlanBuffer, PrintSite } from "../plan/plan.ts";
import { whyNoPlan } from "../plan/plannable.ts";
import { type Script, scriptOf } from "../plan/script/script.ts";
import { log, logsRuns } from "../watch/log.ts";
import { recorded, recording } from "../watch/timeline.ts";
import { type RunAsyncOptions, runBeside } from "./beside.ts";
import { Stages } from "./stages.ts";
import { retain } from "./trace-call.ts";

export interface Runner {
  /** Null where the graph is run node by node. */
  readonly plan: Plan | null;
  /** Why it is; null where there is a plan. */
  readonly interpreted: string | null;
  /** Of a graph that is run node by node: how many parts of it become plans when they have run some times, and those that have. */
  readonly parts: { readonly count: number; readonly plans: readonly Plan[] };
  /** JavaScript that runs in place of the plan. */
  readonly script: Script | null;
  /** What becomes of the plan's loops on the backend in force. */
  loops(): readonly LoopCode[];
  /** `inputs`: for the parameters that are no variables. `weak`: which results are weak. Results are new tensors, or arrays of them. */
  run(inputs: readonly Tensor[], variables: readonly Variable[], weak: readonly boolean[]): Result[];
  /** The same beside the thread that asks, where there is a plan and a backend that can. */
  runAsync(
    inputs: readonly Tensor[],
    variables: readonly Variable[],
    weak: readonly boolean[],
    options: RunAsyncOptions,
  ): Promise<readonly Result[]>;
  dispose(): void;
}

/** A run that cannot be beside the thread that asks is one call. */
function runHere(of: string, why: string, run: () => Result[]): Promise<Result[]> {
  log("fallback", of, `runAsync runs it on the thread that asked: ${why}`);
  return new Promise((resolve) => resolve(run()));
}

export function runnerOf(graph: Graph, stages: Stages = new Stages(graph.name)): Runner {
  if (process.env["GRAPHFN_INTERPRET"]) return new InterpretedRunner(graph, "GRAPHFN_INTERPRET is set", false);
  const why = whyNoPlan(graph);
  return why === null ? new PlanRunner(graph, stages) : new InterpretedRunner(graph, why, true);
}

class PlanRunner implements Runner {
  readonly plan: Plan;
  readonly interpreted = null;
  readonly parts = { count: 0, plans: [] };
  readonly #graph: Graph;
  readonly #stages: Stages;
  #script: Script | null | undefined;
  #backend: Backend | null = null;
  #executable: Executable | null = null;
  /** For runs beside the thread that asks. */
  #beside: BesideExecutable | null = null;
  #besideBackend: Backend | null = null;

  constructor(graph: Graph, stages: Stages) {
    this.#graph = graph;
    this.#stages = stages;
    this.plan = stages.plan(graph);
  }

  get script(): Script | null {
    if (!takesScripts()) return null;
    if (this.#script === undefined) {
      this.#script = scriptOf(this.#graph);
      this.#stages.script(this.#script);
    }
    return this.#script;
  }

  loops(): readonly LoopCode[] {
    const backend = activeBackend();
    if (this.script !== null) return [];
    if (this.#executable !== null && this.#backend === backend) return this.#executable.loops();
    const executable = backend.compile(this.plan, () => {});
    try {
      return executable.loops();
    } finally {
      executable.dispose();
    }
  }

  /** The plan decoded for the backend in force, or the graph's script; again when the backend has changed. */
  #compiled(): Executable {
    const backend = activeBackend();
    if (this.#executable === null || backend !== this.#backend) {
      this.#executable?.dispose();
      const { script } = this;
      this.#executable =
        script === null
          ? this.#decoded(backend)
          : new ScriptExecutable(
              script,
              () => this.#decoded(backend),
              () => backend.compiles(false),
            );
      this.#backend = backend;
    }
    return this.#executable;
  }

  #decoded(backend: Backend): Executable {
    const sites = this.plan.prints;
    this.#stages.compiled(this.plan);
    return recorded(
      `compile ${this.plan.name}`,
      "compile",
      () => backend.compile(this.plan, (site, values) => act(sites[site] as PrintSite, values)),
      () => ({ function: this.#stages.of, backend: backend.name }),
    );
  }

  /** One run in the memory that is given. */
  #execute(inputs: readonly TypedArray[], outputs: readonly TypedArray[], variables: readonly TypedArray[]): void {
    const executable = this.#compiled();
    if (recording() === null && !logsRuns()) executable.run(inputs, outputs, variables);
    else this.#stages.run(this.plan, executable, inputs, outputs, variables);
  }

  run(inputs: readonly Tensor[], variables: readonly Variable[], weak: readonly boolean[]): Tensor[] {
    const { plan } = this;
    const given = new Array<TypedArray>(inputs.length);
    for (let i = 0; i < given.length; i++) given[i] = dataOf(inputs[i] as Tensor, symbolicArgument);
    const memory = new Array<TypedArray>(variables.length);
    for (let i = 0; i < variables.length; i++) {
      const variable = variables[i] as Variable;
      memory[i] = plan.variables[i]?.written ? unshare(variable) : dataOf(variable, symbolicArgument);
    }
    const tensors = new Array<Tensor>(plan.outputs.length);
    const outputs = new Array<TypedArray>(plan.outputs.length);
    for (let i = 0; i < tensors.length; i++) {
      const { dtype, shape, size } = plan.buffers[plan.outputs[i] as number] as PlanBuffer;
      const tensor = allocate(dtype, shape, size, weak[i] ?? false);
      tensors[i] = tensor;
      outputs[i] = tensor.elements as TypedArray;
    }
    try {
      if (plan.prints.length === 0) this.#execute(given, outputs, memory);
      else this.#holding(inputs, variables, memory, () => this.#execute(given, outputs, memory));
    } catch (error) {
      for (const t of tensors) dispose(t);
      throw error;
    }
    return tensors;
  }

  /**
   * User code runs during the call, in print steps: what the call works on must stay, though that code disposes tensors, assigns
   * variables or calls this function again. Of a variable that was assigned meanwhile the call's value stays, as the later one.
   */
  #holding(inputs: readonly Tensor[], variables: readonly Variable[], memory: readonly TypedArray[], run: () => void): void {
    const held = [...inputs, ...variables].map(retain);
    try {
      run();
      for (const [i, variable] of variables.entries()) {
        if (!this.plan.variables[i]?.written || variable.elements === memory[i]) continue;
        assignEager(variable, held[inputs.length + i] as Tensor);
      }
    } finally {
      for (const t of held) dispose(t);
    }
  }

  runAsync(
    inputs: readonly Tensor[],
    variables: readonly Variable[],
    weak: readonly boolean[],
    options: RunAsyncOptions,
  ): Promise<readonly Result[]> {
    const beside = this.#besideOf(activeBackend());
    if (beside === null) {
      const why = `the ${activeBackend().name} backend has no other`;
      return runHere(this.#stages.of, why, () => this.run(inputs, variables, weak));
    }
    const given = inputs.map((t) => dataOf(t, symbolicArgument));
    return runBeside(this.plan, beside, given, variables, weak, options);
  }

  #besideOf(backend: Backend): BesideExecutable | null {
    if (backend !== this.#besideBackend) {
      this.#beside?.dispose();
      this.#beside = backend.compileBeside(this.plan, (site, values) => act(this.plan.prints[site] as PrintSite, values));
      this.#besideBackend = backend;
    }
    return this.#beside;
  }

  dispose(): void {
    this.#executable?.dispose();
    this.#executable = null;
    this.#beside?.dispose();
    this.#beside = null;
    this.#besideBackend = null;
  }
}

class InterpretedRunner implements Runner {
  readonly plan = null;
  readonly script = null;
  readonly interpreted: string;
  readonly #graph: Graph;
  readonly #code: GraphCode;
  readonly #parts: PlanRunner[] = [];

  constructor(graph: Graph, why: string, withParts: boolean) {
    this.interpreted = why;
    this.#graph = graph;
    this.#code = prepare(graph, withParts ? { after: PART_AFTER, make: (part) => this.#part(part) } : null);
  }

  get parts(): Runner["parts"] {
    return { count: this.#code.parts, plans: this.#parts.map(({ plan }) => plan) };
  }

  /** A part of the graph as a plan; null where there can be none, or the backend lacks a kernel, since then all of the plan ran elsewhere. */
  #part(graph: Graph): PartRunner | null {
    let runner: PlanRunner;
    try {
      runner = new PlanRunner(graph, new Stages(graph.name));
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      log("fallback", graph.name, `runs node by node: ${error.message}`);
      return null;
    }
    const missing = activeBackend().missing(runner.plan);
    if (missing.length > 0) {
      log("fallback", graph.name, `runs node by node: no ${activeBackend().name} kernel for ${missing.join(", ")}`);
      return null;
    }
    this.#parts.push(runner);
    const weak = graph.body.yields.map(({ type }) => type.weak ?? false);
    return { run: (inputs) => runner.run(inputs, [], weak) };
  }

  loops(): readonly LoopCode[] {
    return [];
  }

  /** New values of variables are written at the end, when nothing can fail any more. */
  run(inputs: readonly Tensor[], variables: readonly Variable[], weak: readonly boolean[]): Result[] {
    const slots = this.#graph.variables ?? [];
    const readings = variables.map(readEager);
    const given = new Map(slots.map(({ param }, i) => [param, readings[i] as Tensor]));
    const own = inputs[Symbol.iterator]();
    const all = this.#graph.body.params.map((_, i) => given.get(i) ?? (own.next().value as Tensor));
    for (const t of all) dataOf(t, symbolicArgument);
    let results: Result[];
    try {
      const how = () => ({ runs: `node by node, since ${this.interpreted}` });
      results = recorded(`run ${this.#graph.name}`, "run", () => interpret(this.#code, all, printValues), how);
    } finally {
      for (const t of readings) dispose(t);
    }
    const assigned = new Map(slots.flatMap(({ result }, i) => (result === null ? [] : [[result, variables[i] as Variable]])));
    const outputs: Result[] = [];
    for (const [i, t] of results.entries()) {
      const variable = assigned.get(i);
      const isWeak = weak[outputs.length] ?? false;
      if (Array.isArray(t)) outputs.push(t.map((element) => withWeakness(element, isWeak)));
      else if (variable === undefined) outputs.push(withWeakness(t, isWeak));
      else {
        assignEager(variable, t);
        dispose(t);
      }
    }
    return outputs;
  }

  runAsync(inputs: readonly Tensor[], variables: readonly Variable[], weak: readonly boolean[]): Promise<readonly Result[]> {
    return runHere(this.#graph.name, this.interpreted, () => this.run(inputs, variables, weak));
  }

  dispose(): void {
    for (const part of this.#parts) part.dispose();
  }
}

/** The tensor itself, or one that takes its place. */
function withWeakness(t: Tensor, weak: boolean): Tensor {
  if (t.weak === weak) return t;
  const result = share(t, t.elements as TypedArray, t.shape, weak);
  dispose(t);
  return result;
}

function symbolicArgument(t: unknown): Error {
  if (isTensorSpec(t)) {
    return new ArgumentError(`A graph function was called with tensorSpec(${showShape(t.shape)}, "${t.dtype}"), which has no elements.`, {
      hint: "Call it with a tensor; specs are for save, concrete, graph and explain.",
    });
  }
  return new StagingError("A tensor of a graph under construction was passed to a compiled function.", {
    code: "E_LEAK",
    hint: "Keep only tensors that graph functions returned.",
  });
}

/** What JavaScript does in the middle of a run. */
function act(site: PrintSite, values: readonly Block[]): void {
  if (site.kind === "fail") throw site.error;
  printValues(site, values);
}

function printValues(site: Pick<PrintNode, "method" | "parts">, values: readonly Block[]): void {
  const shown = site.parts.map((part) => {
    if (typeof part === "string") return part;
    if (typeof part === "object") return part.map((p) => (typeof p === "string" ? p : formatValues(values[p] as Block))).join("");
    const block = values[part] as Block;
    const tensor = allocate(block.dtype, block.shape, sizeOf(block.shape), false);
    (tensor.elements as TypedArray).set(block.data as never);
    return tensor;
  });
  (console as unknown as Record<string, (...values: unknown[]) => void>)[site.method]?.(...shown);
}
