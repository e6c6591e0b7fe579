/**
 * Poison: what a variable holds after a staged construct that left it without a single value (assigned on one path only,
 * or a plain JavaScript value that differs between paths). Carrying poison is legal; touching it in any way throws the
 * error that explains how it came to be.
 */
import type { GraphFnError } from "../core/errors.ts";

const poisons = new WeakSet<object>();

export function poison(explain: () => GraphFnError): unknown {
  const refuse = (): never => {
    throw explain();
  };
  const value = new Proxy(function poisoned() {}, {
    get: refuse,
    set: refuse,
    has: refuse,
    apply: refuse,
    construct: refuse,
    getPrototypeOf: refuse,
    ownKeys: refuse,
    getOwnPropertyDescriptor: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
  });
  poisons.add(value);
  return value;
}

export function isPoison(value: unknown): value is object {
  return typeof value === "function" && poisons.has(value);
}
