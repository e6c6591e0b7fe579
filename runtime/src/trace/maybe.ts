/**
 * Maybe: what a variable of type `Tensor | null` (or undefined, or of a structure of tensors) holds while tracing, when the graph decides
 * whether there is a value. Emitted code asks `isMaybe` where TypeScript sees a test for null; any other use is refused.
 */
import { type SourcePlace, StagingError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";

export type Nothing = null | undefined;

export interface Maybe {
  /** bool scalar: whether there is a value. */
  readonly has: Tensor;
  /** Of the value's structure. Where `has` is false its tensors hold zeros. */
  readonly value: unknown;
  /** What JavaScript has where there is no value. */
  readonly nothing: Nothing;
}

const parts = new WeakMap<object, Maybe>();

/** `place` is where the value became one that may be missing, `name` the variable. */
export function maybe(has: Tensor, value: unknown, nothing: Nothing, name?: string, place?: () => SourcePlace | undefined): unknown {
  const refuse = (): never => {
    throw new StagingError(
      `${name === undefined ? "A value" : `\`${name}\``} may be ${nothing} here: the graph decides whether it has a value.`,
      {
        code: "E_MAYBE",
        hint: `Test it first: \`if (x !== ${nothing}) …\`, \`x ?? other\`.`,
        at: place?.(),
      },
    );
  };
  const proxy = new Proxy(function maybe() {}, {
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
  parts.set(proxy, { has, value, nothing });
  return proxy;
}

export function maybeOf(x: unknown): Maybe | undefined {
  return typeof x === "function" ? parts.get(x) : undefined;
}

/** Those of fields that may not even be there. */
const ofFields = new WeakSet<Maybe>();

/** The value of a field that some path does not set, or deletes: undefined, where it is read. */
export function asField(x: unknown): unknown {
  const found = maybeOf(x);
  if (found !== undefined) ofFields.add(found);
  return x;
}

export function isOfField(found: Maybe): boolean {
  return ofFields.has(found);
}
