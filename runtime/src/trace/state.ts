/**
 * Variables in a trace. A variable is a parameter of the graph and, if it was assigned, one of its results as well; in between its
 * value is an ordinary value of the graph. So program order needs no effects: a read is the value last assigned, branches and
 * loops merge and carry values of variables as they do those of local ones, and every pass may work on them.
 */
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";

/** Variables that have another value than at the start, with that value. */
export type Assigned = ReadonlyMap<Variable, Tensor>;

export class VariableState {
  /** The value at the start. */
  readonly initial: (variable: Variable) => Tensor;
  #current: Map<Variable, Tensor> = new Map();
  #journal: Set<Variable> | null = null;

  /** `initial` gives the parameter that stands for a variable's value at the start. */
  constructor(initial: (variable: Variable) => Tensor) {
    this.initial = initial;
  }

  get(variable: Variable): Tensor {
    return this.#current.get(variable) ?? this.initial(variable);
  }

  set(variable: Variable, value: Tensor): void {
    this.#current.set(variable, value);
    this.#journal?.add(variable);
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
