/**
 * Writes to JavaScript state that other code may see: fields, elements, containers, and local variables that inner functions assign. While
 * tracing, the journal (trace/journal.ts) knows of each.
 */
import { isTracing } from "../dispatch/dispatch.ts";
import type { Place } from "../trace/journal.ts";
import { checkWritable } from "../trace/snapshot.ts";
import { tracer } from "../trace/tracer.ts";
import type { Cell } from "./contract.ts";

type Container = unknown[] | Map<unknown, unknown> | Set<unknown> | ArrayBufferView;

function isContainer(x: object): x is Container {
  return Array.isArray(x) || x instanceof Map || x instanceof Set || ArrayBuffer.isView(x);
}

function isObject(x: unknown): x is object {
  return (typeof x === "object" && x !== null) || typeof x === "function";
}

export function set(target: unknown, key: unknown, value: unknown): unknown {
  if (isTracing() && isObject(target)) {
    checkWritable(target);
    if (isContainer(target) && key !== undefined) tracer().journal.record(tracer().journal.contents(target));
    else if (!isAccessor(target, key as PropertyKey)) tracer().journal.record(tracer().journal.field(target, key as PropertyKey));
  }
  (target as Record<PropertyKey, unknown>)[key as PropertyKey] = value;
  return value;
}

/** Setters are functions: what they write is seen where they write it. */
function isAccessor(target: object, key: PropertyKey): boolean {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, key);
    if (found !== undefined) return found.set !== undefined || found.get !== undefined;
  }
  return false;
}

export function field(owner: object, name: string, get: () => unknown, write: (value: unknown) => void, value: unknown): unknown {
  if (isTracing()) tracer().journal.record(tracer().journal.field(owner, name, { get, set: write }));
  write(value);
  return value;
}

/** All that the call may change is one container, or the fields of one object. */
export function mutate(target: unknown, call: () => unknown): unknown {
  if (isTracing() && isObject(target)) {
    checkWritable(target);
    const { journal } = tracer();
    if (isContainer(target)) journal.record(journal.contents(target));
    else {
      const copy = { ...(target as Record<string, unknown>) };
      const result = call();
      const now = target as Record<string, unknown>;
      for (const key of new Set([...Object.keys(copy), ...Object.keys(now)])) if (!Object.is(copy[key], now[key])) rewrite(now, key, copy);
      return result;
    }
  }
  return call();
}

/** A field was written already: the journal gets the value from before. */
function rewrite(target: Record<string, unknown>, key: string, before: Record<string, unknown>): void {
  const has = Object.hasOwn(target, key);
  const value = target[key];
  if (Object.hasOwn(before, key)) target[key] = before[key];
  else delete target[key];
  const { journal } = tracer();
  journal.record(journal.field(target, key));
  if (has) target[key] = value;
  else delete target[key];
}

export function cell(name: string, get: () => unknown, write: (value: unknown) => void): Cell {
  return { name, get, set: write };
}

export function put(place: Cell, value: unknown): unknown {
  if (isTracing()) tracer().journal.write(place as Place, value);
  else place.set(value);
  return value;
}
