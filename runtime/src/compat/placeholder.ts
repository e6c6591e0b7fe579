/** What a graph takes from outside: placeholders, constants, and names for tensors. */
import { checkDType, describe, fromValues, type NestedValues, type TensorLike, toTensor } from "../api/convert.ts";
import type { DType } from "../core/dtype.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { type Dim, MAX_RANK, type Shape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { apply1, outside } from "../dispatch/dispatch.ts";
import { dispose } from "../eager/memory.ts";
import { identity as identityOp } from "../ops/identity.ts";
import { type Graph, graphInForce } from "./graph.ts";
import { checkName } from "./names.ts";
import { unknownLength } from "./unknown.ts";

/** Lengths per axis; null or −1 where a length is known only when the value is fed. */
export type PlaceholderShape = readonly (number | null)[];

function dimsOf(shape: PlaceholderShape, what: string): Dim[] {
  if (!Array.isArray(shape)) throw new ArgumentError(`${what}: the shape must be an array of lengths, but is ${describe(shape)}.`);
  if (shape.length > MAX_RANK) throw new ShapeError(`${what}: rank ${shape.length} is over the limit of ${MAX_RANK}.`);
  return shape.map((d: unknown, i) => {
    if (d === null || d === -1) return unknownLength();
    if (typeof d === "number" && Number.isInteger(d) && d >= 0 && d < 2 ** 31) return d + 0;
    throw new ShapeError(`${what}: length ${i} of the shape is ${describe(d)}, but must be a whole number, or null where it is not known.`);
  });
}

function addPlaceholder(g: Graph, dtype: DType, shape: PlaceholderShape | null | undefined, name: string): Tensor {
  const known = shape === undefined || shape === null ? null : dimsOf(shape, "placeholder");
  const t = g.tracer;
  const full = t.names.unique(checkName(name, "A placeholder"));
  return t.act("placeholder", { kind: "placeholder" }, [], [{ dtype, shape: known ?? [] }], { name: full, rankless: [known === null] })
    .outputs[0] as Tensor;
}

/**
 * A tensor that has a value only in runs that feed it.
 * Shapes   `shape`, with null for lengths that vary; anything where it is missing (then only elementwise ops and reductions over all
 *          axes take it).
 * Dtypes   `dtype`.
 * Errors   E_EAGER where no graph is in force; E_FEED in a run that needs it and does not feed it.
 * Gradient as a source.
 * Example  const x = gf.compat.v1.placeholder("float32", [null, 3], "x");
 */
export function placeholder(dtype: DType, shape?: PlaceholderShape | null, name = "Placeholder"): Tensor {
  return addPlaceholder(graphInForce("placeholder"), checkDType(dtype, "placeholder"), shape, name);
}

/** `input`, unless a run feeds another value. `shape` must fit the input's; null for lengths that vary. */
export function placeholderWithDefault(input: TensorLike, shape?: PlaceholderShape | null, name = "PlaceholderWithDefault"): Tensor {
  const g = graphInForce("placeholderWithDefault");
  const given = constant(input);
  const dims = shape === undefined || shape === null ? null : dimsOf(shape, "placeholderWithDefault");
  const own = given.symbol?.dims ?? given.shape;
  const fits = dims === null || (dims.length === own.length && dims.every((d, i) => typeof d !== "number" || d === own[i]));
  if (!fits) {
    throw new ShapeError(
      `placeholderWithDefault: the default of ${name} has shape [${given.shape.join(",")}], which does not fit the given shape.`,
    );
  }
  return g.tracer.defaulted(given, dims, checkName(name, "A placeholder"));
}

/** A constant of the graph. Numbers are float32 unless a dtype is given. */
export function constant(value: TensorLike, dtype?: DType, shape?: Shape, name = "Const"): Tensor {
  const g = graphInForce("constant");
  if (isTensor(value)) return toTensor(value, "constant");
  const to = dtype === undefined ? undefined : checkDType(dtype, "constant");
  const eager = outside(() => fromValues(value as NestedValues, shape, to, "constant"));
  try {
    return g.tracer.constantNamed(eager, checkName(name, "A constant"));
  } finally {
    dispose(eager);
  }
}

/** The same tensor under another name. */
export function identity(input: TensorLike, name = "Identity"): Tensor {
  return named(name, () => apply1(identityOp, [toTensor(input, "identity")]));
}

/** What `body` adds last, under a name. */
function named(name: string, body: () => Tensor): Tensor {
  return graphInForce(name).tracer.named(checkName(name, "An operation"), body);
}
