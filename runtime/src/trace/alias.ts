/**
 * A tensor of the graph that stands for a variable on some path: `r = c ? u : x`. JavaScript would see in it what is assigned to the
 * variable later, the graph does not: using it after that is refused.
 */
import { StagingError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import { captureSpan } from "./span.ts";

/** The variables, and what they held where the tensor was made. */
interface Alias {
  readonly variables: readonly Variable[];
  readonly then: (variable: Variable) => Tensor;
}

const aliases = new WeakMap<Tensor, Alias>();

/** Variables that a value is on some path. */
export function variablesIn(x: unknown): readonly Variable[] {
  if (isVariable(x)) return [x];
  return isTensor(x) ? (aliases.get(x)?.variables ?? []) : [];
}

/** `then` says what a variable held there; it is asked when the tensor is used. */
export function standsFor(t: Tensor, variables: readonly Variable[], then: (variable: Variable) => Tensor): void {
  if (variables.length > 0) aliases.set(t, { variables: [...new Set(variables)], then });
}

/** The error of using a tensor that stands for a variable which has been assigned since; undefined where that is not so. */
export function staleAlias(t: Tensor, now: (variable: Variable) => Tensor): StagingError | undefined {
  const alias = aliases.get(t);
  const changed = alias?.variables.find((v) => alias.then(v) !== now(v));
  if (changed === undefined) return undefined;
  return new StagingError(`A value that is the variable ${changed.name} on one path was used after the variable was assigned.`, {
    code: "E_ALIAS",
    hint: "JavaScript would see the new value there. Take the value where it is meant: `x.clone()`.",
    at: captureSpan().place(),
  });
}
