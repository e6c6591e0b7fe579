/** Structures that users write: one thing, or arrays and plain objects of things, nested. */
import { ArgumentError } from "../core/errors.ts";

export interface Taken<L> {
  readonly leaves: readonly L[];
  /** Where each leaf was: `xs`, `[1].a`, or an empty text for a structure that is a leaf itself. */
  readonly names: readonly string[];
  /** The structure with other leaves. */
  readonly rebuild: (leaves: readonly unknown[]) => unknown;
}

/** Takes a structure apart. `leaf` gives the leaf that a value is, or null where it must be looked into. */
export function takeApart<L>(structure: unknown, leaf: (value: unknown, name: string) => L | null, fn: string): Taken<L> {
  const leaves: L[] = [];
  const names: string[] = [];
  const visit = (value: unknown, name: string, around: readonly unknown[]): ((parts: readonly unknown[]) => unknown) => {
    const found = leaf(value, name);
    if (found !== null) {
      const at = leaves.push(found) - 1;
      names.push(name);
      return (parts) => parts[at];
    }
    if (typeof value !== "object" || value === null) {
      throw new ArgumentError(`${fn}: ${name === "" ? "the argument" : name} is ${value === null ? "null" : `a ${typeof value}`}.`, {
        hint: "Use arrays and plain objects, nested as deep as you like.",
      });
    }
    if (around.includes(value)) throw new ArgumentError(`${fn}: ${name} contains itself.`);
    const inside = [...around, value];
    if (Array.isArray(value)) {
      const builders = value.map((part, i) => visit(part, `${name}[${i}]`, inside));
      return (parts) => builders.map((build) => build(parts));
    }
    const builders = Object.entries(value).map(([key, part]) => [key, visit(part, name === "" ? key : `${name}.${key}`, inside)] as const);
    return (parts) => Object.fromEntries(builders.map(([key, build]) => [key, build(parts)]));
  };
  const rebuild = visit(structure, "", []);
  if (leaves.length === 0) throw new ArgumentError(`${fn}: the argument is empty.`);
  return { leaves, names, rebuild };
}
