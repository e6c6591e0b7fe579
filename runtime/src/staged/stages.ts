/**
 * The way of one graph: traced, through the passes, to a plan. Told line by line (GRAPHFN_LOG), kept as files (GRAPHFN_DUMP), noted as events
 * (GRAPHFN_TRACE). Where nobody asked, it is the calls alone.
 */
import type { Executable, StepTimes } from "../backends/backend.ts";
import { activeBackend, compilesKernels, multipliesByLibrary } from "../backends/select.ts";
import { DTYPES, type TypedArray } from "../core/dtype.ts";
import { showShape } from "../core/shape.ts";
import { showBytes } from "../explain/text.ts";
import { toDot } from "../ir/dot.ts";
import type { Graph } from "../ir/graph.ts";
import { printGraph } from "../ir/print.ts";
import { countNodes } from "../ir/walk.ts";
import { optimize, type PassChange } from "../passes/pipeline.ts";
import { buildPlan } from "../plan/build.ts";
import type { Fused, Plan, PlanBuffer, Step } from "../plan/plan.ts";
import type { Script } from "../plan/script/script.ts";
import { showPlan } from "../plan/show.ts";
import { DumpFolder } from "../watch/dump.ts";
import { log, logs, milliseconds } from "../watch/log.ts";
import { MOST_STEPS, recorded, recording, type Timeline } from "../watch/timeline.ts";
import { type Signature, showLeaf } from "./signature.ts";
import { type Origin, type TracedCall, type TraceRequest, traceCall } from "./trace-call.ts";

/** A trace, told and noted. */
export function trace(request: TraceRequest): TracedCall {
  const { name, file, at = null, fn } = request;
  const origin = { name, file, at, emitted: DumpFolder.isWanted() ? fn.toString() : null };
  if (recording() === null && !logs("trace")) return { ...traceCall(request), origin };
  const { of } = new Stages(name, origin);
  const start = performance.now();
  const traced = recorded(
    `trace ${name}`,
    "trace",
    () => traceCall(request),
    ({ graph, signature }) => ({ function: of, signature: showSignature(signature), nodes: countNodes(graph.body) }),
  );
  const took = performance.now() - start;
  log("trace", of, `(${showSignature(traced.signature)}) → ${countNodes(traced.graph.body)} nodes in ${milliseconds(took)}`);
  return { ...traced, origin };
}

function showSignature({ leaves }: Signature): string {
  return leaves.map(showLeaf).join(", ");
}

export class Stages {
  /** The function, with its place. */
  readonly of: string;
  readonly #name: string;
  readonly #origin: Origin | null;
  #dump: DumpFolder | null | undefined;

  constructor(name: string, origin: Origin | null = null) {
    this.#name = name;
    this.#origin = origin;
    this.of = origin === null || origin.at === null ? name : `${origin.name} (${origin.file}:${origin.at})`;
  }

  #folder(): DumpFolder | null {
    if (this.#dump !== undefined) return this.#dump;
    this.#dump = DumpFolder.of(this.#name);
    if (this.#origin !== null) this.#dump?.origin(this.#origin.file, this.#origin.emitted);
    return this.#dump;
  }

  optimize(traced: Graph): Graph {
    const dump = this.#folder();
    const line = recording();
    if (dump === null && line === null && !logs("passes")) return optimize(traced).graph;
    dump?.stage("traced", printGraph(traced, SHOWN));
    const onPass = (pass: string, graph: Graph, change: PassChange, started: number): void => {
      const took = performance.now() - started;
      line?.add(pass, "passes", started * 1000, took * 1000, { ...change });
      log("passes", this.of, `${said(change)} in ${milliseconds(took)}`);
      dump?.stage(pass, printGraph(graph, SHOWN));
    };
    const { graph, changes } = recorded(
      `passes ${this.#name}`,
      "passes",
      () => optimize(traced, { onPass }),
      (result) => ({ function: this.of, passes: result.changes.length, nodes: countNodes(result.graph.body) }),
    );
    if (changes.length === 0) log("passes", this.of, "no pass changed the graph");
    return graph;
  }

  plan(graph: Graph): Plan {
    const start = performance.now();
    const plan = recorded(
      `plan ${this.#name}`,
      "plan",
      () => buildPlan(graph, { compiles: compilesKernels, usesLibrary: multipliesByLibrary }),
      (made) => ({ function: this.of, steps: made.steps.length, arenaBytes: made.arenaBytes }),
    );
    const took = performance.now() - start;
    const dump = this.#folder();
    dump?.stage("plan", showPlan(plan));
    dump?.stage("graph", toDot(graph, { file: this.#origin?.file ?? "" }), "dot");
    if (logs("plan")) log("plan", this.of, `${facts(plan)} in ${milliseconds(took)}`);
    return plan;
  }

  script(script: Script | null): void {
    if (script === null) return;
    this.#folder()?.stage("script", script.source, "js");
    log("jit", this.of, "runs as JavaScript in place of the plan");
  }

  /** A run, told and noted with its steps. */
  run(
    plan: Plan,
    executable: Executable,
    inputs: readonly TypedArray[],
    outputs: readonly TypedArray[],
    variables: readonly TypedArray[],
  ): void {
    const line = recording();
    const start = performance.now();
    let times: StepTimes | null = null;
    let failed = true;
    try {
      if (line === null) executable.run(inputs, outputs, variables);
      else times = executable.runTimed(inputs, outputs, variables, MOST_STEPS);
      failed = false;
    } finally {
      const took = performance.now() - start;
      log("run", this.of, `${failed ? "failed after" : "ran in"} ${milliseconds(took)}`);
      if (line !== null) noteRun(line, this.of, plan, { start: start * 1000, took: took * 1000, times });
    }
  }

  /** The plan was decoded for a backend. */
  compiled(plan: Plan): void {
    if (!logs("jit")) return;
    const backend = activeBackend();
    for (const [i, step] of fusedOf(plan).entries()) {
      log("jit", this.of, `g${i + 1} ${step.ops.map(({ op }) => op).join(", ")}: ${backend.tier(step)}`);
    }
  }
}

const SHOWN = { spans: true, renumber: true };

function fusedOf(plan: Plan): Fused[] {
  return plan.steps.filter((step) => step.kind === "fused");
}

function facts({ steps, arenaBytes, single = [] }: Plan): string {
  const groups = steps.filter((step) => step.kind === "fused");
  const ops = groups.reduce((sum, { ops: { length } }) => sum + length, 0);
  const alone = single.reduce((sum, each) => sum + each.ops.length, 0);
  const memory = `${count(steps.length, "step")}, ${showBytes(arenaBytes)} of arena`;
  return `${memory}, ${count(groups.length, "fused group")} of ${count(ops, "op")}, ${count(alone, "single op")}`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

function said({ pass, round, before, after, rules = {} }: PassChange): string {
  const applied = Object.entries(rules).map(([rule, count]) => `${rule} ${count}`);
  return `${pass}, round ${round}: ${before} → ${after} nodes${applied.length === 0 ? "" : ` (${applied.join(", ")})`}`;
}

interface RunTime {
  /** In microseconds. */
  readonly start: number;
  readonly took: number;
  readonly times: StepTimes | null;
}

/** A run as an event, and one for each step of which the beginning is known. */
function noteRun(line: Timeline, of: string, plan: Plan, { start, took, times }: RunTime): void {
  if (times === null) {
    line.add(`run ${plan.name}`, "run", start, took, { function: of, runs: "as JavaScript, or again within a run" });
    return;
  }
  const { executed, entries, totals } = times;
  const steps = plan.steps.map((step) => describeStep(plan, step));
  const slowest = [...totals.entries()].filter(([, total]) => total.count > 0).sort(([, a], [, b]) => b.took - a.took);
  const slow = slowest
    .slice(0, 10)
    .map(([i, total]) => `${steps[i]?.name} (step ${i}): ${total.count} times, ${milliseconds(total.took / 1000)}`);
  line.add(`run ${plan.name}`, "run", start, took, { function: of, steps: executed, shown: entries.length, slowest: slow });
  // What a timed step begins with lies within the run, whatever the clocks say.
  for (const { step, start: at, took: time, compiled } of entries) {
    const { name, args } = steps[step] as StepSaid;
    const begin = Math.min(at, took);
    const shown = compiled ? `compiled loop from ${name}` : name;
    line.add(shown, "step", start + begin, Math.min(time, took - begin), { step, ...args });
  }
}

interface StepSaid {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

function describeStep(plan: Plan, step: Step): StepSaid {
  const buffer = (id: number): PlanBuffer => plan.buffers[id] as PlanBuffer;
  const type = (id: number): string => `${DTYPES[buffer(id).dtype].short}${showShape(buffer(id).shape)}`;
  const bytes = (ids: readonly number[]): number =>
    [...new Set(ids)].reduce((sum, id) => sum + buffer(id).size * DTYPES[buffer(id).dtype].bytes, 0);
  const values = (inputs: readonly number[], outputs: readonly number[]) => ({
    inputs: inputs.map(type),
    outputs: outputs.map(type),
    bytesRead: bytes(inputs),
    bytesWritten: bytes(outputs),
  });
  switch (step.kind) {
    case "op": {
      const place = step.span?.place();
      const at = place === undefined ? {} : { at: `${place.file}:${place.line}:${place.column}` };
      return { name: step.op, args: { ...values(step.inputs, step.outputs), ...at } };
    }
    case "fused": {
      const place = step.ops[0]?.span?.place();
      const at = place === undefined ? {} : { at: `${place.file}:${place.line}:${place.column}` };
      return { name: `fused ${step.ops.map(({ op }) => op).join(", ")}`, args: { ...values(step.inputs, step.outputs), ...at } };
    }
    case "copy":
      return { name: "copy", args: values([step.from], [step.to]) };
    case "push":
      return { name: `push stack${step.stack}`, args: values([step.from], []) };
    case "pop":
      return { name: `pop stack${step.stack}`, args: values([], [step.to]) };
    case "print":
      return { name: "print", args: values(step.inputs, []) };
    case "unless":
    case "when":
    case "jump":
      return { name: step.kind, args: { target: step.target } };
  }
}
