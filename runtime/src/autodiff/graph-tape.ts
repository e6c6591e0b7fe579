/**
 * The tape of a trace. Nothing is recorded: the graph is there. A tape knows from when to when it would have recorded, what is
 * watched since when, and which variables were read; gradients are added to the graph by backward.ts.
 */
import { isFloating } from "../core/dtype.ts";
import { GraphFnError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import { interpreter } from "../dispatch/dispatch.ts";
import type { Node, Value } from "../ir/graph.ts";
import type { GraphTracer, OpenRegion } from "../trace/tracer.ts";
import { Activity } from "./activity.ts";
import { Backward } from "./backward.ts";
import { builder } from "./rules.ts";

export class GraphTape {
  readonly #t: GraphTracer;
  readonly #watchVariables: boolean;
  /** Value numbers between which nodes are recorded: [from, to), the last one open. */
  readonly #spans: { readonly from: number; to: number }[] = [];
  readonly #watched = new Map<Value, number>();
  readonly #variables = new Set<Variable>();
  readonly #used: ReadonlySet<Variable>;

  constructor(t: GraphTracer, watchVariables: boolean) {
    this.#t = t;
    this.#watchVariables = watchVariables;
    this.#used = t.state.watchReads();
    this.recording = true;
  }

  get recording(): boolean {
    return this.#spans[this.#spans.length - 1]?.to === Number.POSITIVE_INFINITY;
  }

  set recording(on: boolean) {
    if (on === this.recording) return;
    if (on) this.#spans.push({ from: this.#t.nextId, to: Number.POSITIVE_INFINITY });
    else (this.#spans[this.#spans.length - 1] as { to: number }).to = this.#t.nextId;
  }

  watch(x: Tensor): void {
    if (isVariable(x)) this.#variables.add(x);
    else {
      const value = this.#t.valueOf(x);
      if (!this.#watched.has(value)) this.#watched.set(value, this.#t.nextId);
    }
  }

  variables(): Variable[] {
    return [...this.#used].filter((v) => v.trainable && isFloating(v.dtype));
  }

  gradients(targets: readonly Tensor[], sources: readonly Tensor[], seeds: readonly (Tensor | null)[]): (Tensor | null)[] {
    const t = this.#t;
    if (interpreter() !== t) {
      throw new GraphFnError("E_TAPE", "A tape of a graph function was used outside of it.", { hint: "Take the gradient inside." });
    }
    const was = this.recording;
    this.recording = false;
    const recorded = (node: Node): boolean => {
      // A node without results (push) is seen with the one whose gradient it serves.
      const id = node.results[0]?.id;
      return id === undefined || this.#spans.some(({ from, to }) => id >= from && id < to);
    };
    try {
      // First of all: a variable that is itself the target counts as used.
      const values = targets.map((target) => t.valueOf(target));
      const seen = this.#scan(this.#seeds(), recorded);
      const wanted = sources.map((source) =>
        (isVariable(source) ? this.#valuesOf(source) : [t.valueOf(source)]).filter((v) => seen.has(v)),
      );
      const from = new Map(wanted.flat().map((v) => [v, this.#watched.get(v) ?? 0]));
      const ones = targets.map((target, i) => seeds[i] ?? builder.fill(1, target.dtype, target.shape));
      // What is read of a variable counts there; its value does not pass gradients on to the one before.
      const ends = new Set(sources.flatMap((source, i) => (isVariable(source) ? (wanted[i] as Value[]) : [])));
      return new Backward(t, this.#scan(from, recorded)).run(values, ones, wanted, { recorded, ends });
    } finally {
      this.recording = was;
    }
  }

  /** Everything watched, and since when. */
  #seeds(): Map<Value, number> {
    const seeds = new Map(this.#watched);
    const automatic = this.#watchVariables ? this.variables() : [];
    for (const variable of new Set([...this.#variables, ...automatic])) for (const value of this.#valuesOf(variable)) seeds.set(value, 0);
    return seeds;
  }

  /**
   * The values that a variable has had and that are at hand here. Those of branches and loops that have ended pass their gradients
   * on to the first of them: see GraphTracer.assign.
   */
  #valuesOf(variable: Variable): readonly Value[] {
    return this.#t.state.history(variable).flatMap(({ value, region }) => (region.open ? [value] : []));
  }

  #scan(from: ReadonlyMap<Value, number>, recorded: (node: Node) => boolean): Activity {
    const activity = new Activity(from, recorded);
    const regions: OpenRegion[] = [];
    for (let region: OpenRegion | null = this.#t.region; region !== null; region = region.parent) regions.unshift(region);
    for (const region of regions) activity.scan(region.nodes);
    return activity;
  }
}
