/** Errors that say which layer they are about. */
import { GraphFnError } from "../core/errors.ts";
import type { Layer } from "./layer.ts";

export function notBuilt(name: string, what: string): GraphFnError {
  return new GraphFnError("E_NOT_BUILT", `${what}: ${name} has no weights yet.`, {
    hint: "Give the first layer an inputShape, or call the model on data once.",
  });
}

/** Errors that name their layer already. */
const named = new WeakSet<Error>();

/** Runs `body`; errors of ops say in which layer they came up. */
export function inLayer<T>(layer: Layer, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof GraphFnError && !named.has(error)) {
      named.add(error);
      if (!error.message.includes(layer.name)) error.message += ` (in layer ${layer.name})`;
    }
    throw error;
  }
}
