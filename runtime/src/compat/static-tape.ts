/**
 * Gradients in a static graph: one operation, whatever is between targets and sources. A tape there remembers nothing: the graph is
 * there, and gradients are those of the whole graph.
 */
import { hasGradient } from "../core/dtype.ts";
import { UnsupportedError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import type { Value } from "../ir/graph.ts";
import type { Recording } from "../trace/tracer.ts";
import { dependents } from "./slice.ts";
import type { StaticTracer } from "./static-tracer.ts";

/** Adds the operation that gives the gradients of the sum of all targets. `name`: complete. */
export function addGradients(
  t: StaticTracer,
  targets: readonly Value[],
  sources: readonly Tensor[],
  seeds: readonly (Value | null)[],
  name: string,
): Tensor[] {
  const values = sources.map((x) => (isVariable(x) ? null : t.valueOf(x)));
  const operation = t.act(
    "gradients",
    {
      kind: "gradients",
      targets: targets.length,
      sources: sources.map((x) => (isVariable(x) ? x : null)),
      seeds: seeds.map((seed) => seed !== null),
    },
    [...targets, ...values.filter((v) => v !== null), ...seeds.filter((seed) => seed !== null)],
    sources.map((x) => ({ dtype: x.dtype, shape: x.symbol?.dims ?? x.shape })),
    { name, rankless: values.map((v) => v !== null && t.isRankless(v)) },
  );
  return operation.outputs;
}

/** Whether a target is computed from a source at all. */
export function isConnected(t: StaticTracer, targets: readonly Value[], source: Tensor): boolean {
  const reached = dependents(t, isVariable(source) ? t.readsOf(source) : [t.valueOf(source)]);
  return targets.some((y) => reached.has(y));
}

export class StaticTape implements Recording {
  readonly #t: StaticTracer;
  readonly #from: number;
  readonly #watchVariables: boolean;
  readonly #watched = new Set<Variable>();

  constructor(t: StaticTracer, watchVariables: boolean) {
    this.#t = t;
    this.#from = t.nextId;
    this.#watchVariables = watchVariables;
  }

  get recording(): boolean {
    return true;
  }

  set recording(on: boolean) {
    if (on) return;
    throw new UnsupportedError("stopRecording in a static graph: its tapes have the whole graph.", {
      hint: "Put stopGradient() around what is to count as a constant.",
    });
  }

  watch(x: Tensor): void {
    if (isVariable(x)) this.#watched.add(x);
  }

  /** Trainable ones that were read since the tape was made. */
  variables(): Variable[] {
    const read = this.#t.variablesRead().filter((v) => this.#t.readsOf(v).some(({ id }) => id >= this.#from));
    return read.filter((v) => this.#watched.has(v) || (this.#watchVariables && v.trainable && hasGradient(v.dtype)));
  }

  gradients(targets: readonly Tensor[], sources: readonly Tensor[], seeds: readonly (Tensor | null)[]): (Tensor | null)[] {
    const t = this.#t;
    const values = targets.map((y) => t.valueOf(y));
    const given = seeds.map((seed) => (seed === null ? null : t.valueOf(seed)));
    const found = addGradients(t, values, sources, given, t.names.unique("gradients"));
    return found.map((dx, i) => (isConnected(t, values, sources[i] as Tensor) ? dx : null));
  }
}
