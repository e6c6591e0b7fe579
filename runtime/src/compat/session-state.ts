/** Values of variables in one session. A variable of a graph has a holder here; one made by eager code holds its own value. */
import { GraphFnError } from "../core/errors.ts";
import { newArray } from "../core/pool.ts";
import { isVariable, Variable } from "../core/variable.ts";
import { born, dispose } from "../eager/memory.ts";
import { GraphVariable } from "./graph-variable.ts";

export class SessionState {
  readonly #holders = new Map<GraphVariable, Variable>();
  readonly #initialized = new Set<Variable>();

  holder(variable: Variable): Variable {
    if (!(variable instanceof GraphVariable)) return variable;
    let holder = this.#holders.get(variable);
    if (holder === undefined) {
      const { dtype, shape, size, trainable } = variable;
      // Zeros until it is assigned: what reads it before is refused.
      holder = new Variable(dtype, shape, size, newArray(dtype, size, null), null, trainable, variable.name ?? "variable");
      born();
      this.#holders.set(variable, holder);
    }
    return holder;
  }

  /** E_UNINITIALIZED for a variable without a value. */
  checkInitialized(holder: Variable): void {
    if (this.#initialized.has(holder) || ![...this.#holders.values()].includes(holder)) return;
    throw new GraphFnError("E_UNINITIALIZED", `Variable ${holder.name} has no value in this session.`, {
      hint: "Run its initializer first: session.run(gf.compat.v1.globalVariablesInitializer()).",
    });
  }

  assigned(holder: Variable): void {
    this.#initialized.add(holder);
  }

  dispose(): void {
    for (const holder of this.#holders.values()) if (isVariable(holder)) dispose(holder);
    this.#holders.clear();
  }
}
