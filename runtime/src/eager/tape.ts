/**
 * The eager tape: remembers ops as they run and goes through them backwards.
 *
 *   record   every op with an operand that depends on a watched tensor or on a trainable variable
 *   gradient adjoints flow from the target to the sources, by the rules of the op records
 *
 * What a tape has recorded stays alive until the tape ends, also when a tidy() is left in between. Variables are recorded by the
 * value they had. Tapes nest: what one computes backwards, the others record. A tape that nobody refers to any more is dropped.
 */
import { builder, gradientsOf, isDifferentiable } from "../autodiff/rules.ts";
import { hasGradient } from "../core/dtype.ts";
import type { Tensor } from "../core/tensor.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import { isTracing, type Recorder, setRecorder } from "../dispatch/dispatch.ts";
import type { Attrs, OpRecord } from "../ops/op.ts";
import { dispose, enterScope, leaveScope, setHeir } from "./memory.ts";
import { readEager, variableOf } from "./variables.ts";

/** One step of the forward pass: how gradients of its results become those of its operands. */
interface Entry {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly backward: (dys: readonly (Tensor | null)[], wanted: readonly boolean[]) => readonly (Tensor | null)[];
}

function keyOf(t: Tensor): number {
  return (variableOf(t) ?? t).id;
}

export class EagerTape {
  readonly #entries: Entry[] = [];
  /** Ids of tensors and variables that depend on something watched. */
  readonly #active = new Set<number>();
  readonly #watchVariables: boolean;
  /** Tensors that the entries need. */
  readonly #needed = new Set<Tensor>();
  /** Of those, the ones whose scope has ended: the tape disposes them. */
  readonly #inherited: Tensor[] = [];
  readonly #lastReading = new Map<Variable, Tensor>();
  readonly #variables = new Map<number, Variable>();
  recording = true;

  constructor(watchVariables: boolean) {
    this.#watchVariables = watchVariables;
  }

  watch(t: Tensor): void {
    this.#active.add(keyOf(t));
    if (isVariable(t)) this.#variables.set(t.id, t);
  }

  isActive(t: Tensor): boolean {
    if (this.#active.has(keyOf(t))) return true;
    const variable = isVariable(t) ? t : variableOf(t);
    if (!this.#watchVariables || variable?.trainable !== true || !hasGradient(t.dtype)) return false;
    this.#active.add(variable.id);
    this.#variables.set(variable.id, variable);
    return true;
  }

  /** Asks about every one, also behind the first: a variable counts from its first use on. */
  anyActive(tensors: readonly Tensor[]): boolean {
    let any = false;
    for (const t of tensors) if (this.isActive(t)) any = true;
    return any;
  }

  /** Trainable variables that were used, and those that were watched by name. */
  variables(): Variable[] {
    return [...this.#variables.values()];
  }

  recordOp(op: OpRecord, inputs: readonly Tensor[], outputs: readonly Tensor[], attrs: Attrs): void {
    if (!this.recording || !this.anyActive(inputs) || !isDifferentiable(op, outputs)) return;
    const held = inputs.map((t) => this.hold(t));
    for (const t of outputs) this.hold(t);
    const use = { op, attrs, inputTypes: held, outputTypes: outputs, input: (i: number) => held[i], output: (i: number) => outputs[i] };
    this.add(held, outputs, (dys, wanted) => gradientsOf(use, dys, wanted));
  }

  /** A step with a backward function of its own. */
  add(inputs: readonly Tensor[], outputs: readonly Tensor[], backward: Entry["backward"]): void {
    for (const t of outputs) if (hasGradient(t.dtype)) this.#active.add(t.id);
    this.#entries.push({ inputs, outputs, backward });
  }

  /** A tensor as the backward pass will need it: it stays alive; of a variable, its value now. */
  hold(t: Tensor): Tensor {
    if (!isVariable(t)) {
      this.#needed.add(t);
      return t;
    }
    const last = this.#lastReading.get(t);
    if (last !== undefined && last.elements === t.elements) return last;
    const reading = readEager(t);
    reading.kept = true;
    this.#lastReading.set(t, reading);
    this.#inherited.push(reading);
    return reading;
  }

  /** Takes a tensor over from a scope that ends, if it is needed here. */
  inherit(t: Tensor): boolean {
    if (!this.#needed.has(t)) return false;
    this.#inherited.push(t);
    return true;
  }

  /** Gradients of the sum of `targets` (weighted by `seeds`) with respect to the sources; null where they do not depend on them. */
  gradients(targets: readonly Tensor[], sources: readonly Tensor[], seeds: readonly (Tensor | null)[]): (Tensor | null)[] {
    const was = this.recording;
    this.recording = false;
    const outer = enterScope();
    let results: (Tensor | null)[] = [];
    try {
      results = this.#backward(targets, sources, seeds);
    } finally {
      leaveScope(outer, new Set(results.filter((t) => t !== null)));
      this.recording = was;
    }
    return results;
  }

  #backward(targets: readonly Tensor[], sources: readonly Tensor[], seeds: readonly (Tensor | null)[]): (Tensor | null)[] {
    const adjoints = new Map<number, Tensor>();
    const add = (key: number, dx: Tensor): void => {
      const sofar = adjoints.get(key);
      adjoints.set(key, sofar === undefined ? dx : builder.add(sofar, dx));
    };
    targets.forEach((target, i) => {
      // A variable that is itself the target counts as used.
      if (this.isActive(target)) add(keyOf(target), seeds[i] ?? builder.fill(1, target.dtype, target.shape));
    });
    const wantedKeys = new Set(sources.map(keyOf));
    for (let k = this.#entries.length - 1; k >= 0; k--) {
      const { inputs, outputs, backward } = this.#entries[k];
      const dys = outputs.map((t) => adjoints.get(t.id) ?? null);
      if (dys.every((dy) => dy === null)) continue;
      // Nothing before this step sees these results.
      for (const t of outputs) if (!wantedKeys.has(t.id)) adjoints.delete(t.id);
      const wanted = inputs.map((t) => this.#active.has(keyOf(t)));
      backward(dys, wanted).forEach((dx, i) => {
        if (dx !== null && wanted[i]) add(keyOf(inputs[i]), dx);
      });
    }
    return sources.map((s) => adjoints.get(keyOf(s)) ?? null);
  }

  /** `heirs`: tapes that may have recorded what this one computed, and then need its tensors. */
  end(heirs: readonly EagerTape[]): void {
    this.recording = false;
    this.#entries.length = 0;
    this.#needed.clear();
    for (const t of this.#inherited) if (!heirs.some((tape) => tape.inherit(t))) dispose(t);
    this.#inherited.length = 0;
  }
}

/** Tapes that record, oldest first. Held weakly: a tape that was forgotten does not record for ever. */
let open: readonly WeakRef<EagerTape>[] = [];
/** Tapes that record no more, but still give gradients. */
let stopped: readonly WeakRef<EagerTape>[] = [];

function derefAll(tapes: readonly WeakRef<EagerTape>[]): EagerTape[] {
  return tapes.flatMap((ref) => ref.deref() ?? []);
}

function openTapes(): EagerTape[] {
  return derefAll(open);
}

function without(tapes: readonly WeakRef<EagerTape>[], tape: EagerTape): WeakRef<EagerTape>[] {
  return tapes.filter((ref) => ref.deref() !== undefined && ref.deref() !== tape);
}

const recorder: Recorder = {
  record(op, inputs, outputs, attrs) {
    for (const tape of openTapes()) tape.recordOp(op, inputs, outputs, attrs);
  },
};

function update(nextOpen: readonly WeakRef<EagerTape>[], nextStopped: readonly WeakRef<EagerTape>[]): void {
  open = nextOpen;
  stopped = nextStopped;
  setRecorder(open.length === 0 ? null : recorder);
  const needed = (t: Tensor): boolean => [...openTapes(), ...derefAll(stopped)].some((tape) => tape.inherit(t));
  setHeir(open.length + stopped.length === 0 ? null : needed);
}

/** Starts recording. */
export function startTape(watchVariables: boolean): EagerTape {
  const tape = new EagerTape(watchVariables);
  update([...open, new WeakRef(tape)], stopped);
  return tape;
}

/** Ends the recording of a tape for good; it goes on giving gradients. */
export function stopTape(tape: EagerTape): void {
  if (!openTapes().includes(tape)) return;
  tape.recording = false;
  update(without(open, tape), [...stopped, new WeakRef(tape)]);
}

/** Ends a tape: it forgets what it has recorded. */
export function endTape(tape: EagerTape): void {
  update(without(open, tape), without(stopped, tape));
  tape.end([...openTapes(), ...derefAll(stopped)]);
}

/** Stops all tapes while `body` runs. */
export function withoutTapes<T>(body: () => T): T {
  const before = openTapes().filter((tape) => tape.recording);
  for (const tape of before) tape.recording = false;
  try {
    return body();
  } finally {
    for (const tape of before) tape.recording = true;
  }
}

export function isTaping(): boolean {
  return open.length > 0;
}

/** Tapes that record and see one of these tensors. */
export function tapesFor(inputs: readonly Tensor[]): EagerTape[] {
  if (open.length === 0 || isTracing()) return [];
  return openTapes().filter((tape) => tape.recording && tape.anyActive(inputs));
}
