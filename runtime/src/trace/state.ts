/**
 * Variables in a trace. A variable is a parameter of the graph and, if it was assigned, one of its results as well; in between its
 * value is an ordinary value of the graph. So program order needs no effects: a read is the value last assigned, branches and
 * loops merge and carry values of variables as they do those of local ones, and every pass may work on them.
 */
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import type { Value } from "../ir/graph.ts";

/** Variables that have another value than at the start, with that value. */
export type Assigned = ReadonlyMap<Variable, Tensor>;

/** A value of a variable, and the region in which it was made. */
export interface Made {
  readonly value: Value;
  readonly region: { readonly open: boolean };
}

export class VariableState {
  /** The value at the start. */
  readonly initial: (variable: Variable) => Tensor;
  #current: Map<Variable, Tensor> = new Map();
  #journal: Set<Variable> | null = null;
  readonly #history = new Map<Variable, Made[]>();
  #readers: WeakRef<Set<Variable>>[] = [];

  /** `initial` gives the parameter that stands for a variable's value at the start. */
  constructor(initial: (variable: Variable) => Tensor) {
    this.initial = initial;
  }

  get(variable: Variable): Tensor {
    return this.#current.get(variable) ?? this.initial(variable);
  }

  /** The value now, for an op that uses it. */
  read(variable: Variable): Tensor {
    for (const ref of this.#readers) ref.deref()?.add(variable);
    return this.get(variable);
  }

  /** Variables that are read from now on. */
  watchReads(): ReadonlySet<Variable> {
    const reads = new Set<Variable>();
    this.#readers.push(new WeakRef(reads));
    return reads;
  }

  /** A value that a variable has from here on: assigned, merged, or carried by a loop. */
  set(variable: Variable, value: Tensor, made: Made): void {
    this.remember(variable, made);
    this.#current.set(variable, value);
    this.#journal?.add(variable);
  }

  remember(variable: Variable, made: Made): void {
    const list = this.#history.get(variable);
    if (list === undefined) this.#history.set(variable, [made]);
    else if (!list.some(({ value }) => value === made.value)) list.push(made);
  }

  /**
   * The values it has had that are at hand here. Those of branches and loops that have ended pass their gradients on to the first of
   * all: see GraphTracer.assign.
   */
  visible(variable: Variable): readonly Value[] {
    this.get(variable);
    const made = this.#history.get(variable) ?? [];
    return made.flatMap(({ value, region }) => (region.open ? [value] : []));
  }

  snapshot(): Assigned {
    return new Map(this.#current);
  }

  restore(to: Assigned): void {
    this.#current = new Map(to);
  }

  /** Runs `body`; tells which variables it assigned. */
  watch<T>(body: () => T): { readonly result: T; readonly assigned: ReadonlySet<Variable> } {
    const outer = this.#journal;
    const assigned = new Set<Variable>();
    this.#journal = assigned;
    try {
      return { result: body(), assigned };
    } finally {
      this.#journal = outer;
      if (outer !== null) for (const variable of assigned) outer.add(variable);
    }
  }
}
