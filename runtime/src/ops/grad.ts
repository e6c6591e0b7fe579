/**
 * Gradient rules: how the gradient of an op's results becomes that of its operands. They stand in the op records, one function
 * per operand, and are written once with a builder:
 *
 *   mul   [(s) => s.f.mul(s.dy, s.b), (s) => s.f.mul(s.dy, s.a)]
 *   exp   [(s) => s.f.mul(s.dy, s.out)]
 *
 * The builder's ops go through dispatch: run eagerly a rule computes, in a trace it adds nodes, and what it does can itself be
 * differentiated. Operands and results are read lazily: only what a rule reads is kept from the forward pass.
 *
 * Elementwise ops need not care for broadcasting: the caller sums a gradient down to the shape of its operand.
 */
import { InternalError, StagingError } from "../core/errors.ts";
import { type Dims, dimsBehind, type Shape, sameDim, sameShape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import { type Attrs, getOp, type OpRecord } from "./op.ts";

/** One op whose results have gradients. */
export interface GradSite {
  readonly f: Builder;
  readonly attrs: Attrs;
  /** Operands 0, 1, 2, as they were. */
  readonly a: Tensor;
  readonly b: Tensor;
  readonly c: Tensor;
  /** Result 0. */
  readonly out: Tensor;
  /** Gradient of result 0. */
  readonly dy: Tensor;
  input(i: number): Tensor;
  output(i: number): Tensor;
  /** Gradient of result i: zeros where nothing depends on it. */
  dyOf(i: number): Tensor;
  /** Type of operand i; costs nothing, as reading the operand does. */
  type(i: number): TensorType;
  /** Shape of operand i. */
  shape(i: number): Shape;
  readonly count: number;
}

/** Gradient of operand `index`: of its shape, except that elementwise ops may return the broadcast shape. */
export type GradRule = (s: GradSite, index: number) => Tensor;

/**
 * One rule per operand (null: no gradient flows into it), one rule for all operands of a variadic op, or "zero" for an op whose
 * derivative is zero wherever it has one (floor). An op with floating results and without rules refuses to be differentiated.
 */
export type GradRules = readonly (GradRule | null)[] | GradRule | "zero";

type Operand = Tensor | number;

/** A scalar of a dtype; weak without one. */
type Constant = (value: number, dtype: TensorType["dtype"] | null) => Tensor;

/** What rules are written with: ops by name. Numbers are weak. */
export class Builder {
  readonly #apply: (op: OpRecord, inputs: readonly Tensor[], attrs: Attrs) => Tensor[];
  readonly #constant: Constant;

  constructor(apply: (op: OpRecord, inputs: readonly Tensor[], attrs: Attrs) => Tensor[], constant: Constant) {
    this.#apply = apply;
    this.#constant = constant;
  }

  /** An op with one result. */
  op(name: string, inputs: readonly Operand[], attrs: Attrs = {}): Tensor {
    return this.ops(name, inputs, attrs)[0];
  }

  ops(name: string, inputs: readonly Operand[], attrs: Attrs = {}): Tensor[] {
    return this.#apply(
      getOp(name),
      inputs.map((x) => (typeof x === "number" ? this.#constant(x, null) : x)),
      attrs,
    );
  }

  add = (a: Operand, b: Operand): Tensor => this.op("add", [a, b]);
  sub = (a: Operand, b: Operand): Tensor => this.op("sub", [a, b]);
  mul = (a: Operand, b: Operand): Tensor => this.op("mul", [a, b]);
  div = (a: Operand, b: Operand): Tensor => this.op("realDiv", [a, b]);
  pow = (a: Operand, b: Operand): Tensor => this.op("pow", [a, b]);
  neg = (a: Operand): Tensor => this.op("neg", [a]);
  /** x of real dtypes: derivatives of complex functions are conjugated (complex.ts). */
  conj = (a: Tensor): Tensor => (a.dtype === "complex64" ? this.op("conj", [a]) : a);
  square = (a: Operand): Tensor => this.op("square", [a]);
  where = (condition: Tensor, a: Operand, b: Operand): Tensor => this.op("where", [condition, a, b]);
  equal = (a: Operand, b: Operand): Tensor => this.op("equal", [a, b]);
  less = (a: Operand, b: Operand): Tensor => this.op("less", [a, b]);
  greater = (a: Operand, b: Operand): Tensor => this.op("greater", [a, b]);
  greaterEqual = (a: Operand, b: Operand): Tensor => this.op("greaterEqual", [a, b]);

  cast(a: Tensor, dtype: TensorType["dtype"]): Tensor {
    return a.dtype === dtype ? a : this.op("cast", [a], { dtype });
  }

  reshape(a: Tensor, to: Dims): Tensor {
    const shape = dimsBehind(to);
    return sameShape(dimsBehind(a.shape), shape) ? a : this.op("reshape", [a], { shape });
  }

  broadcastTo(a: Tensor, to: Dims): Tensor {
    const shape = dimsBehind(to);
    return sameShape(dimsBehind(a.shape), shape) ? a : this.op("broadcastTo", [a], { shape });
  }

  transpose(a: Tensor, perm: readonly number[]): Tensor {
    return perm.every((p, i) => p === i) ? a : this.op("transpose", [a], { perm });
  }

  sum(a: Tensor, axes: readonly number[], keepDims = false): Tensor {
    return axes.length === 0 ? a : this.op("sum", [a], { axes, keepDims });
  }

  matMul(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
    return this.op("matMul", [a, b], { transposeA, transposeB });
  }

  /** A scalar of a dtype. */
  scalar(value: number, dtype: TensorType["dtype"]): Tensor {
    return this.#constant(value, dtype);
  }

  fill(value: number, dtype: TensorType["dtype"], shape: Dims): Tensor {
    return this.broadcastTo(this.scalar(value, dtype), shape);
  }

  /** Zeros of a type. */
  zeros({ dtype, shape }: { readonly dtype: TensorType["dtype"]; readonly shape: Dims }): Tensor {
    return this.fill(0, dtype, shape);
  }

  /** Sums over the axes along which `shape` was broadcast to that of `a`. */
  sumTo(a: Tensor, to: Dims): Tensor {
    const [from, shape] = [dimsBehind(a.shape), dimsBehind(to)];
    if (sameShape(from, shape)) return a;
    const lead = from.length - shape.length;
    const misfit = `a gradient of shape ${showShape(from)} for an operand of shape ${showShape(shape)}`;
    if (lead < 0) throw new InternalError(`Found ${misfit}.`);
    const axes = from.flatMap((d, i) => {
      const length = shape[i - lead];
      if (i < lead || (length === 1 && d !== 1)) return [i];
      // It was broadcast if it is 1, which nobody knows.
      if (!sameDim(d, length)) throw new StagingError(`It is not known whether to sum ${misfit}.`, { code: "E_SYMBOLIC" });
      return [];
    });
    return this.reshape(this.sum(a, axes, true), shape);
  }

  /** `dy` of a reduction, with the reduced axes back at length 1. */
  unreduced(dy: Tensor, shape: Dims, axes: readonly number[]): Tensor {
    return this.reshape(
      dy,
      dimsBehind(shape).map((d, i) => (axes.includes(i) ? 1 : d)),
    );
  }
}
