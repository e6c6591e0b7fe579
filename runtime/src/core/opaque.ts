/** Classes of this library whose instances count as one thing: what is inside is their own business, and changes as they work. */
const OPAQUE = Symbol.for("graphfn.opaque");

/** Marks a class, and with it those that extend it. */
export function opaque(type: Function): void {
  Object.defineProperty(type.prototype, OPAQUE, { value: true });
}

export function isOpaque(x: object): boolean {
  return OPAQUE in x;
}
