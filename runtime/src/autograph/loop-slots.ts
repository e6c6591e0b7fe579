/**
 * The state of a staged loop by name, and its slots: local variables under their names, places that an iteration writes, and the program's own
 * variables. See staged-loop.ts.
 */
import type { Tensor } from "../core/tensor.ts";
import { sameType, type TensorType } from "../core/type.ts";
import type { Variable } from "../core/variable.ts";
import { ABSENT, type Place } from "../trace/journal.ts";
import type { Liftable } from "../trace/lift.ts";
import type { GraphTracer } from "../trace/tracer.ts";
import type { Vars } from "./contract.ts";

export type Slot =
  | { readonly kind: "carried"; readonly name: string; readonly entry: Liftable; readonly type: TensorType }
  | { readonly kind: "plain"; readonly name: string; readonly entry: unknown }
  | { readonly kind: "hole"; readonly name: string; readonly type: TensorType | null }
  | { readonly kind: "unset"; readonly name: string; readonly entry: unknown; readonly type: TensorType | null; readonly fact: string };

/** Begins the key of a written place. */
export const PLACE = "place ";

export function namesOf(places: readonly Place[]): string {
  return places
    .map(({ name }) => name)
    .toSorted()
    .join();
}

/** A field that is not there yet reads as undefined. */
export function present(value: unknown): unknown {
  return value === ABSENT ? undefined : value;
}

export function mapValues(values: Readonly<Record<string, unknown>>, map: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

/** The name of a variable or place, for messages. */
export function labelOf(key: string): string {
  return key.startsWith(PLACE) ? key.slice(key.indexOf(":") + 1) : key;
}

/** Adds written places and the program's variables to the local ones: a loop carries all of them. */
export function withVariables(vars: Vars, t: GraphTracer, variables: ReadonlySet<Variable>, places: ReadonlyMap<Place, string>): Vars {
  const key = (variable: Variable): string => `variable ${variable.name}#${variable.id}`;
  return {
    get: () => {
      const values = { ...vars.get() };
      for (const [place, name] of places) values[name] = place.get();
      for (const variable of variables) values[key(variable)] = t.state.get(variable);
      return values;
    },
    set: (values) => {
      vars.set(values);
      for (const [place, name] of places) place.set(values[name]);
      for (const variable of variables) t.setState(variable, values[key(variable)] as Tensor);
    },
    ...(vars.optional === undefined ? {} : { optional: vars.optional }),
  };
}

export function sameSlot(a: Slot, b: Slot): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === "plain" || b.kind === "plain") return true;
  return a.type === b.type || (a.type !== null && b.type !== null && sameType(a.type, b.type) && a.type.weak === b.type.weak);
}
