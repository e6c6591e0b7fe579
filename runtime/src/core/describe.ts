/** A user's values in messages. Never runs the user's code: no valueOf, toString, toJSON or getter is called. */

/** One value: what it is, or of which type. */
export function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return `the bigint ${value}n`;
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return Array.isArray(value) ? "an array" : `of type ${typeof value}`;
}

const ENTRIES = 8;

/** The same, and short arrays with their elements: [[1,2],"a"]. */
export function describeDeep(value: unknown, levels = 3): string {
  if (!Array.isArray(value) || levels === 0) return describe(value);
  const shown = Array.from(value.slice(0, ENTRIES), (v: unknown) => describeDeep(v, levels - 1));
  return `[${[...shown, ...(value.length > ENTRIES ? ["…"] : [])].join(",")}]`;
}
