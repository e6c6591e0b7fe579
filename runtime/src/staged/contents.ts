/**
 * What is in an object at one moment: the leaves of arrays, objects, maps, sets and class instances, to compare with those of another
 * moment. Tensors, functions and objects of this library are leaves.
 *
 *   contents({ rate: 0.1, sizes: [2, 3] })   leaves Object, "rate", 0.1, "sizes", Array, 2, 2, 3
 */
import { isOpaque } from "../core/opaque.ts";
import { isTensor } from "../core/tensor.ts";
import { elementsOf } from "../trace/elements.ts";

/** Where in the object, and what happened to it. */
export type Change = readonly [place: string, change: string];

export class Contents {
  readonly #root: object;
  readonly #leaves: readonly unknown[];

  constructor(root: object, leaves: readonly unknown[]) {
    this.#root = root;
    this.#leaves = leaves;
  }

  sameAs(other: Contents): boolean {
    const [a, b] = [this.#leaves, other.#leaves];
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
    return true;
  }

  /** The first thing that is another one in `now`: [".rate", "changed from 0.1 to 0.2"]. */
  difference(now: Contents): Change {
    const at = this.#leaves.findIndex((leaf, i) => !Object.is(leaf, now.#leaves[i]));
    const places: string[] = [];
    collect(now.#root, [], new Set(), places, "");
    if (at < 0 || this.#leaves.length !== now.#leaves.length) return ["", "has other contents"];
    return [places[at] ?? "", changeOf(this.#leaves[at], now.#leaves[at])];
  }
}

/** A leaf as it is, of anything else the contents. */
export function contents(value: unknown): unknown {
  if (isLeaf(value)) return value;
  const leaves: unknown[] = [];
  collect(value, leaves, new Set(), null, "");
  return new Contents(value, leaves);
}

/** Values of guards: the same, or objects with the same contents. */
export function isSame(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || (isContents(a) && isContents(b) && a.sameAs(b));
}

/** Asks for the type first: what a trace left in a variable may refuse every question. */
function isContents(x: unknown): x is Contents {
  return typeof x === "object" && x instanceof Contents;
}

/** Between two values of a guard. */
export function describeChange(before: unknown, now: unknown): Change {
  return isContents(before) && isContents(now) ? before.difference(now) : ["", changeOf(before, now)];
}

function changeOf(before: unknown, now: unknown): string {
  return `changed from ${show(before)} to ${show(now)}`;
}

function show(x: unknown): string {
  if (isTensor(x)) return `a tensor ${x.dtype}[${x.shape.join(",")}]`;
  if (typeof x === "string") return JSON.stringify(x);
  if (typeof x === "function") return x.name === "" ? "a function" : `function ${x.name}`;
  return typeof x === "object" && x !== null ? "an object" : String(x);
}

function isLeaf(x: unknown): x is string | number | boolean | bigint | symbol | null | undefined {
  // An array that a trace made is nobody's but its own.
  return typeof x !== "object" || x === null || isTensor(x) || isOpaque(x) || elementsOf(x) !== undefined;
}

/** `places`, where asked for, gets a name per leaf. */
function collect(value: unknown, leaves: unknown[], seen: Set<object>, places: string[] | null, place: string): void {
  const leaf = (x: unknown, at = place): void => {
    leaves.push(x);
    places?.push(at);
  };
  const inside = (x: unknown, key: string): void => collect(x, leaves, seen, places, places === null ? "" : `${place}${key}`);
  if (isLeaf(value)) return leaf(value);
  const object: object = value;
  if (seen.has(object)) return leaf(object);
  seen.add(object);
  if (Array.isArray(object) || (ArrayBuffer.isView(object) && !(object instanceof DataView))) {
    const list = object as ArrayLike<unknown>;
    leaf(Array);
    leaf(list.length, `${place}.length`);
    for (let i = 0; i < list.length; i++) inside(list[i], `[${i}]`);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(object);
  const isPlain = prototype === Object.prototype || prototype === null;
  // Instances may hold more than can be seen from here.
  leaf(isPlain ? Object : object);
  if (object instanceof Map) {
    leaf(object.size, `${place}.size`);
    for (const [key, item] of object) {
      inside(key, " (a key)");
      inside(item, `.get(${places === null ? "" : show(key)})`);
    }
  } else if (object instanceof Set) {
    leaf(object.size, `${place}.size`);
    for (const item of object) inside(item, " (an element)");
  } else if (object instanceof Date) leaf(object.getTime());
  for (const key of Object.keys(object)) {
    leaf(key, `${place}.${key}`);
    inside((object as Record<string, unknown>)[key], `.${key}`);
  }
}
