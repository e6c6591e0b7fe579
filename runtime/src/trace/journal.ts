/**
 * The journal: what a trace writes to JavaScript objects. While an arm of a branch or the body of a loop is traced, every write is recorded with
 * the value before it; at the end of the region the writes are taken back, and the construct merges or carries them like variables.
 * So state that is changed by helpers, methods and closures, through whatever name, has one value after the construct.
 *
 * A place is a field of an object, all elements of an array, Map or Set, or a cell: a local variable that an inner function assigns.
 */
import { isTensor } from "../core/tensor.ts";
import { elementsOf } from "./elements.ts";
import { isPoison } from "./poison.ts";
import { type Snapshot, snapshot } from "./snapshot.ts";

export interface Place {
  readonly name: string;
  get(): unknown;
  set(value: unknown): void;
  /** Its elements may differ in number between paths: then its value is a list of the graph. */
  readonly grows?: boolean;
}

/** Value of a field that is not there. */
export const ABSENT = Symbol("absent");

/** Places written in a region, with what they held at its end. */
export type Writes = ReadonlyMap<Place, Snapshot>;

export class Journal {
  #level: Map<Place, unknown> | null = null;
  /** Attempt → the level of the region that it is a part of. */
  readonly #continued = new WeakMap<ReadonlyMap<Place, unknown>, Map<Place, unknown>>();
  readonly #fields = new WeakMap<object, Map<PropertyKey, Place>>();
  readonly #contents = new WeakMap<object, Place>();

  /** Before a write. */
  record(place: Place): void {
    if (this.#level !== null && !this.#level.has(place)) this.#level.set(place, place.get());
  }

  write(place: Place, value: unknown): void {
    this.record(place);
    place.set(value);
  }

  /** Places written so far in the region, with what they hold now and what they held before. */
  current(): Map<Place, { readonly now: Snapshot; readonly before: unknown }> {
    const levels: ReadonlyMap<Place, unknown>[] = [];
    for (let level = this.#level; level !== null; level = this.#continued.get(level) ?? null) levels.unshift(level);
    const written = new Map<Place, { readonly now: Snapshot; readonly before: unknown }>();
    for (const level of levels) {
      for (const [place, before] of level) if (!written.has(place)) written.set(place, { now: snapshot(place.get()), before });
    }
    return written;
  }

  /** Writes of `body` stay, and are known as its own meanwhile. */
  scope<T>(body: () => T): T {
    const outer = this.#level;
    const level = new Map<Place, unknown>();
    this.#level = level;
    try {
      return body();
    } finally {
      this.#level = outer;
      if (outer !== null) for (const [place, before] of level) if (!outer.has(place)) outer.set(place, before);
    }
  }

  /** Runs `body` as a region. `atEnd` sees the state that it leaves; then its writes are taken back. */
  within<T, U>(body: () => T, atEnd: (result: T) => U): { readonly result: U; readonly writes: Writes } {
    const outer = this.#level;
    const level = new Map<Place, unknown>();
    this.#level = level;
    try {
      const result = atEnd(body());
      return { result, writes: new Map([...level.keys()].map((place) => [place, snapshot(place.get())])) };
    } finally {
      this.#level = outer;
      for (const [place, before] of [...level].reverse()) place.set(before);
    }
  }

  /** Runs `body` in the open region. Its writes are taken back if it throws and `isVoid` says so of what it threw. */
  attempt<T>(body: () => T, isVoid: (error: unknown) => boolean): T {
    const outer = this.#level;
    const level = new Map<Place, unknown>();
    if (outer !== null) this.#continued.set(level, outer);
    this.#level = level;
    let undo = false;
    try {
      return body();
    } catch (error) {
      undo = isVoid(error);
      throw error;
    } finally {
      this.#level = outer;
      if (undo) for (const [place, before] of [...level].reverse()) place.set(before);
      else if (outer !== null) for (const [place, before] of level) if (!outer.has(place)) outer.set(place, before);
    }
  }

  /** `access` where a name does not reach the field: `#private` ones. */
  field(owner: object, key: PropertyKey, access?: { readonly get: () => unknown; readonly set: (value: unknown) => void }): Place {
    let places = this.#fields.get(owner);
    if (places === undefined) {
      places = new Map();
      this.#fields.set(owner, places);
    }
    let place = places.get(key);
    if (place === undefined) {
      place = access === undefined ? fieldPlace(owner as Record<PropertyKey, unknown>, key) : { name: nameOf(owner, key), ...access };
      places.set(key, place);
    }
    return place;
  }

  contents(owner: object): Place {
    let place = this.#contents.get(owner);
    if (place === undefined) {
      place = contentsPlace(owner);
      this.#contents.set(owner, place);
    }
    return place;
  }
}

function nameOf(owner: object, key: PropertyKey): string {
  const kind = (owner.constructor as { name?: string } | undefined)?.name ?? "object";
  return `${kind === "Object" ? "" : kind}.${String(key)}`;
}

function fieldPlace(owner: Record<PropertyKey, unknown>, key: PropertyKey): Place {
  return {
    name: nameOf(owner, key),
    get: () => (Object.hasOwn(owner, key) ? owner[key] : ABSENT),
    set: (value) => {
      if (value === ABSENT) delete owner[key];
      else owner[key] = value;
    },
  };
}

/** Elements as an array, so that they are merged one by one. A value without a place in the container is refused where it arises. */
function contentsPlace(owner: object): Place {
  const elements = (value: unknown): readonly unknown[] => {
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- any use of a poison value throws its error
    if (isPoison(value)) value.toString();
    return value as readonly unknown[];
  };
  const held = elementsOf(owner);
  if (held !== undefined) {
    const { name, items } = held;
    return {
      name,
      grows: true,
      get: () => held.list ?? [...items],
      set: (value) => {
        held.list = isTensor(value) ? value : null;
        items.splice(0, items.length, ...(isTensor(value) ? [] : elements(value)));
      },
    };
  }
  if (Array.isArray(owner)) {
    return {
      name: "the array",
      get: () => [...(owner as unknown[])],
      set: (value) => void owner.splice(0, owner.length, ...elements(value)),
    };
  }
  if (owner instanceof Map) {
    return {
      name: "the Map",
      get: () => [...owner].map(([key, value]: [unknown, unknown]) => [key, value]),
      set: (value) => {
        owner.clear();
        for (const [key, element] of elements(value) as [unknown, unknown][]) owner.set(key, element);
      },
    };
  }
  if (owner instanceof Set) {
    return {
      name: "the Set",
      get: () => [...owner] as unknown[],
      set: (value) => {
        owner.clear();
        for (const element of elements(value)) owner.add(element);
      },
    };
  }
  const typed = owner as Float64Array;
  return { name: "the typed array", get: () => Array.from(typed), set: (value) => typed.set(elements(value) as number[]) };
}
