/**
 * Types of values whose lengths or rank are known only when they are fed. What is found here serves checks, printing and the lengths
 * that code asks for while the graph is built; a run infers all types again from what is fed.
 *
 * A length that is not known is a symbol, and two of them may turn out equal, or be 1, or the number they meet: an op is refused only
 * if it fails for all of these.
 *
 *   [?a,1] - [?b,1]  →  [?,1]        [?] + [3]  →  [3]        matMul [?,2] [3,4]  →  E_SHAPE
 */
import { GraphFnError, ShapeError } from "../core/errors.ts";
import { type Dim, isStatic } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";
import type { Attrs, OpRecord } from "../ops/op.ts";

let symbols = 0;

/** A length that is not known yet, unlike all others. */
export function unknownLength(): Dim {
  return { sym: `?${symbols++}` };
}

export interface OpenTypes {
  readonly types: readonly TensorType[];
  /** Nothing is known of the results' shapes; their types say []. */
  readonly rankless: boolean;
}

/** Result types of an op. `rankless`: which operands have no known rank; their types say []. Throws the op's typed errors. */
export function inferOpen(op: OpRecord, inputs: readonly TensorType[], rankless: readonly boolean[], attrs: Attrs): OpenTypes {
  if (!rankless.includes(true)) return { types: inferLengths(op, inputs, attrs), rankless: false };
  if (isFullReduction(op, attrs)) return { types: op.infer(inputs, attrs), rankless: attrs["keepDims"] === true };
  if (!op.flags.has("elementwise") && !op.flags.has("view")) throw rankNeeded(op);
  if (op.flags.has("view") && op.attrs["shape"] !== undefined) throw rankNeeded(op);
  const scalars = inputs.map((type) => ({ ...type, shape: [] }));
  return { types: op.infer(scalars, attrs), rankless: true };
}

/** Over all axes, whatever their number: what the API makes of a reduction without axes of a value without known rank. */
export function isFullReduction(op: OpRecord, attrs: Attrs): boolean {
  return op.flags.has("reduction") && Array.isArray(attrs["axes"]) && attrs["axes"].length === 0;
}

function rankNeeded(op: OpRecord): ShapeError {
  return new ShapeError(`${op.name} needs to know the rank of its operand, which a placeholder without a shape does not tell.`, {
    hint: "Give the placeholder a shape, with null for lengths that vary: placeholder(dtype, [null, 3]).",
  });
}

function inferLengths(op: OpRecord, inputs: readonly TensorType[], attrs: Attrs): TensorType[] {
  try {
    return op.infer(inputs, attrs);
  } catch (error) {
    if (!(error instanceof GraphFnError) || inputs.every(({ shape }) => isStatic(shape))) throw error;
    for (const assumed of assumptions(inputs)) {
      try {
        return op.infer(assumed, attrs);
      } catch {
        // The error of the types as they are says what is wrong.
      }
    }
    throw error;
  }
}

/** The operands with unknown lengths made equal, or equal to a number that stands beside them. */
function* assumptions(inputs: readonly TensorType[]): Generator<TensorType[], void> {
  const all = inputs.flatMap(({ shape }) => shape);
  const unknown = [...new Set(all.flatMap((d) => (typeof d === "number" ? [] : [d.sym])))];
  const numbers = [...new Set(all.filter((d) => typeof d === "number"))];
  const replaced = (by: (sym: string) => Dim): TensorType[] =>
    inputs.map((type) => ({ ...type, shape: type.shape.map((d) => (typeof d === "number" ? d : by(d.sym))) }));
  if (unknown.length > 1) {
    const one = unknownLength();
    yield replaced(() => one);
  }
  for (const sym of unknown) for (const n of numbers) yield replaced((s) => (s === sym ? n : { sym: s }));
  const one = unknownLength();
  for (const sym of unknown) for (const n of numbers) yield replaced((s) => (s === sym ? n : one));
  for (const n of numbers) yield replaced(() => n);
}
