/** Which arrays of the user may hold lists of the graph, and what they hold: see list.ts. */
import type { Tensor } from "../core/tensor.ts";

/** What an array holds: elements, or a list of the graph in their place. */
export interface Elements {
  readonly name: string;
  /** Empty while there is a list. */
  readonly items: unknown[];
  list: Tensor | null;
}

const arrays = new WeakMap<object, Elements>();

/** `array` is what the user's code sees of it. */
export function holdElements(array: object, elements: Elements): void {
  arrays.set(array, elements);
}

export function elementsOf(x: unknown): Elements | undefined {
  return typeof x === "object" && x !== null ? arrays.get(x) : undefined;
}

/** The list that an array holds; undefined for an array with elements, and for anything else. */
export function listIn(x: unknown): Tensor | undefined {
  return elementsOf(x)?.list ?? undefined;
}
