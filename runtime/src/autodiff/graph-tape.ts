/**
 * The tape of a trace. Nothing is recorded: the graph is there. A tape knows from when to when it would have recorded, what is
 * watched since when, and which variables were read; gradients are added to the graph by backward.ts.
 */
import { hasGradient } from "../core/dtype.ts";
import { UnsupportedError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { isVariable, type Variable } from "../core/variable.ts";
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
  /** Functions of one example around. */
  readonly #depth: number;

  constructor(t: GraphTracer, watchVariables: boolean) {
    this.#t = t;
    this.#depth = exampleDepth(t);
    this.#watchVariables = watchVariables;
    this.#used = t.state.watchReads();
    this.recording = true;
  }

  get recording(): boolean {
    return this.#spans[this.#spans.length - 1]?.to === Number.POSITIVE_INFINITY;
  }

  set recording(on: boolean) {
    if (on === this.recording) return;
    this.#checkDepth();
    if (on) this.#spans.push({ from: this.#t.nextId, to: Number.POSITIVE_INFINITY });
    else (this.#spans[this.#spans.length - 1] as { to: number }).to = this.#t.nextId;
  }

  watch(x: Tensor): void {
    this.#checkDepth();
    if (isVariable(x)) this.#variables.add(x);
    else {
      const value = this.#t.valueOf(x);
      if (!this.#watched.has(value)) this.#watched.set(value, this.#t.nextId);
    }
  }

  variables(): Variable[] {
    const used = this.#watchVariables ? [...this.#used].filter((v) => v.trainable && hasGradient(v.dtype)) : [];
    return [...new Set([...used, ...this.#variables])];
  }

  gradients(targets: readonly Tensor[], sources: readonly Tensor[], seeds: readonly (Tensor | null)[]): (Tensor | null)[] {
    const t = this.#t;
    this.#checkDepth();
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
      const seen = Activity.of(t, this.#seeds(), recorded);
      const wanted = sources.map((source) =>
        (isVariable(source) ? t.state.visible(source) : [t.valueOf(source)]).filter((v) => seen.has(v)),
      );
      const from = new Map(wanted.flat().map((v) => [v, this.#watched.get(v) ?? 0]));
      const ones = targets.map((target, i) => seeds[i] ?? builder.fill(1, target.dtype, target.shape));
      // What is read of a variable counts there; its value does not pass gradients on to the one before.
      const ends = new Set(sources.flatMap((source, i) => (isVariable(source) ? (wanted[i] as Value[]) : [])));
      const carried = this.#carried().filter((v) => !from.has(v));
      for (const v of carried) from.set(v, 0);
      const found = new Backward(t, Activity.of(t, from, recorded)).run(values, ones, [...wanted, ...carried.map((v) => [v])], {
        recorded,
        ends,
      });
      const lost = carried.find((_, i) => found[wanted.length + i] !== null);
      if (lost !== undefined) throw carriedBy(lost);
      return found.slice(0, wanted.length);
    } finally {
      this.recording = was;
    }
  }

  /** What one example computes is not what the graph computes in the end. */
  #checkDepth(): void {
    if (exampleDepth(this.#t) === this.#depth) return;
    throw new UnsupportedError("A tape was used in a function that vmap runs for one example, but made outside of it.", {
      hint: "Make the tape in that function for gradients per example, or take the gradient of what vmap gives.",
    });
  }

  /** Everything watched, and since when. */
  #seeds(): Map<Value, number> {
    const seeds = new Map(this.#watched);
    for (const variable of this.variables()) for (const value of this.#t.state.visible(variable)) seeds.set(value, 0);
    return seeds;
  }

  /** What loops around carry that began while this recorded: what that depends on by earlier iterations is not known inside. */
  #carried(): Value[] {
    const { from } = this.#spans[0] as { from: number };
    const found: Value[] = [];
    for (let { region } = this.#t; region.parent !== null; region = region.parent) {
      found.push(...region.params.filter((p) => p.id >= from && hasGradient(p.type.dtype)));
    }
    return found;
  }
}

function exampleDepth(t: GraphTracer): number {
  let depth = 0;
  for (let region: OpenRegion | null = t.region; region !== null; region = region.parent) if (region.examples) depth++;
  return depth;
}

function carriedBy(value: Value): UnsupportedError {
  const name = value.name === undefined ? "a value" : `\`${value.name}\``;
  return new UnsupportedError(
    `A gradient was taken inside of a loop, through ${name} that the loop carries; the tape began before the loop, so earlier iterations count too.`,
    { hint: "Create the tape inside of the loop, or take the gradient after it." },
  );
}
