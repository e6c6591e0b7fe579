/** What the tables of ops are made of. */
import * as gf from "graphfn";

/** Dtypes of the cases that graphfn may not have. */
const KNOWN = new Map();

export function checkDType(dtype) {
  if (!KNOWN.has(dtype)) {
    let known = true;
    try {
      gf.zeros([0], dtype);
    } catch (error) {
      if (!(error instanceof gf.GraphFnError)) throw error;
      known = false;
    }
    KNOWN.set(dtype, known);
  }
  if (!KNOWN.get(dtype)) throw unsupported(`dtype ${dtype}`);
}

export function unsupported(what) {
  return Object.assign(new Error(`no ${what}`), { unsupported: true });
}

/** Where TensorFlow refuses to mix dtypes, graphfn promotes by its documented rule: not comparable. */
export function sameDTypes(op, a, b) {
  if (a.dtype !== b.dtype) throw unsupported(`refusal of mixed dtypes in ${op}: they are promoted`);
}

export const binary =
  (fn) =>
  (op, [a, b]) => {
    sameDTypes(op, a, b);
    return fn(a, b);
  };
/** Ops of one tensor, and of an axis. */
export const unary =
  (fn) =>
  (_, [x]) =>
    fn(x);
