/** Tables of functions that take one configuration each: what is none is refused before anything reads from it. */
import { describe } from "../api/convert.ts";
import { ArgumentError } from "../core/errors.ts";

const isClass = (f: object): boolean => Object.getOwnPropertyDescriptor(f, "prototype")?.writable === false;

/** The table with each function's argument checked, and an empty configuration where there is none; classes stay as they are. */
export function configured<T extends object>(kind: string, table: T): T {
  const checked = (name: string, make: (config: object) => unknown) => (config?: unknown) => {
    if (config !== undefined && (typeof config !== "object" || Array.isArray(config))) {
      throw new ArgumentError(`${kind}.${name}: the configuration must be an object, but is ${describe(config)}.`, {
        hint: "Name what you set, as in { name: value }.",
      });
    }
    return make(config ?? {});
  };
  return Object.fromEntries(
    Object.entries(table).map(([name, make]) => [
      name,
      isClass(make as object) ? make : checked(name, make as (config: object) => unknown),
    ]),
  ) as T;
}
