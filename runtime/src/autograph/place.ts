/**
 * Writes to JavaScript state that other code may see: fields, elements, containers, and local variables that inner functions assign. Emitted
 * code says before each what will be written; while tracing, the journal (trace/journal.ts) keeps what was there.
 */
import { isTracing } from "../dispatch/dispatch.ts";
import type { Journal, Place } from "../trace/journal.ts";
import { checkWritable } from "../trace/snapshot.ts";
import { tracer } from "../trace/tracer.ts";

let made = 0;

/** A local variable that an inner function assigns. */
class Cell implements Place {
  readonly number: number = ++made;
  readonly name: string;
  readonly get: () => unknown;
  readonly set: (value: unknown) => void;

  constructor(name: string, get: () => unknown, set: (value: unknown) => void) {
    this.name = name;
    this.get = get;
    this.set = set;
  }
}

export function cell(name: string, get: () => unknown, set: (value: unknown) => void): object {
  return new Cell(name, get, set);
}

/** Tells cells that are there by now from later ones. */
export function earlierCells(): (place: Place) => boolean {
  const last = made;
  return (place) => place instanceof Cell && place.number <= last;
}

export function touch(target: unknown, key?: unknown, get?: () => unknown, set?: (value: unknown) => void): unknown {
  if (!isTracing() || (typeof target !== "object" && typeof target !== "function") || target === null) return target;
  const { journal } = tracer();
  if (target instanceof Cell) journal.record(target);
  else {
    checkWritable(target);
    recordWrite(journal, target, key as PropertyKey | undefined, get === undefined || set === undefined ? undefined : { get, set });
  }
  return target;
}

function recordWrite(
  journal: Journal,
  target: object,
  key: PropertyKey | undefined,
  access: { get: () => unknown; set: (value: unknown) => void } | undefined,
): void {
  if (access !== undefined) journal.record(journal.field(target, key as PropertyKey, access));
  else if (isContainer(target)) journal.record(journal.contents(target));
  else if (key !== undefined && !isAccessor(target, key)) journal.record(journal.field(target, key));
}

function isContainer(x: object): boolean {
  return Array.isArray(x) || x instanceof Map || x instanceof Set || ArrayBuffer.isView(x);
}

/** Setters are functions: what they write is seen where they write it. */
function isAccessor(target: object, key: PropertyKey): boolean {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, key);
    if (found !== undefined) return found.set !== undefined || found.get !== undefined;
  }
  return false;
}
