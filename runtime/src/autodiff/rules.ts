/**
 * Applies the gradient rules of op records: from gradients of an op's results to those of its operands. Used by the eager tape
 * with values and by the graph transformation with symbols; both give their own way to read operands and results.
 */
import { hasGradient } from "../core/dtype.ts";
import { GraphFnError, StagingError } from "../core/errors.ts";
import { dimsBehind, guardedShape, isStatic, type Shape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import { apply, interpreter, weakConstant } from "../dispatch/dispatch.ts";
import { Builder, type GradSite } from "../ops/grad.ts";
import type { Attrs, OpRecord } from "../ops/op.ts";

export const builder = new Builder(apply, (value, dtype) =>
  dtype === null ? weakConstant(value) : interpreter().constant(value, dtype, false),
);

/** What an op was run with. Operands and results are asked for only when a rule reads them. */
export interface OpUse {
  readonly op: OpRecord;
  readonly attrs: Attrs;
  readonly inputTypes: readonly TensorType[];
  readonly outputTypes: readonly TensorType[];
  input(i: number): Tensor;
  output(i: number): Tensor;
}

class Site implements GradSite {
  readonly f = builder;
  readonly #use: OpUse;
  readonly #dys: readonly (Tensor | null)[];

  constructor(use: OpUse, dys: readonly (Tensor | null)[]) {
    this.#use = use;
    this.#dys = dys;
  }

  get attrs(): Attrs {
    return this.#use.attrs;
  }
  get a(): Tensor {
    return this.#use.input(0);
  }
  get b(): Tensor {
    return this.#use.input(1);
  }
  get c(): Tensor {
    return this.#use.input(2);
  }
  get out(): Tensor {
    return this.#use.output(0);
  }
  get dy(): Tensor {
    return this.dyOf(0);
  }
  get count(): number {
    return this.#use.inputTypes.length;
  }
  input(i: number): Tensor {
    return this.#use.input(i);
  }
  output(i: number): Tensor {
    return this.#use.output(i);
  }
  dyOf(i: number): Tensor {
    return this.#dys[i] ?? builder.zeros(this.#use.outputTypes[i]);
  }
  type(i: number): TensorType {
    return this.#use.inputTypes[i];
  }
  shape(i: number): Shape {
    const { shape } = this.#use.inputTypes[i];
    if (isStatic(shape)) return shape;
    return guardedShape(dimsBehind(shape), () => {
      throw new StagingError(`The gradient of ${this.#use.op.name} needs the lengths of ${showShape(dimsBehind(shape))}.`, {
        code: "E_SYMBOLIC",
        hint: "A length that depends on data is known only when the graph runs: take the gradient outside of the graph function.",
      });
    });
  }
}

/** Whether gradients can flow through an op at all: floating results, and rules that are not all zero. */
export function isDifferentiable(op: OpRecord, outputTypes: readonly TensorType[]): boolean {
  return op.grad !== "zero" && outputTypes.some((t) => hasGradient(t.dtype));
}

/**
 * Gradients of the operands that are `wanted`; null where none flows. `dys`: gradients of the results, null for those that nothing
 * depends on. Throws E_GRADIENT for an op that has no rules.
 */
export function gradientsOf(use: OpUse, dys: readonly (Tensor | null)[], wanted: readonly boolean[]): (Tensor | null)[] {
  const { op, inputTypes } = use;
  const rules = op.grad;
  if (rules === "zero") return inputTypes.map(() => null);
  const site = new Site(use, dys);
  return inputTypes.map((type, i) => {
    if (!wanted[i] || !hasGradient(type.dtype)) return null;
    if (rules === undefined) {
      throw new GraphFnError("E_GRADIENT", `${op.name} has no gradient.`, {
        hint: op.withoutGradient ?? "Put stopGradient() around its operands, or give it one with customGrad().",
      });
    }
    const rule = typeof rules === "function" ? rules : rules[i];
    if (rule === null) return null;
    const dx = rule(site, i);
    return op.flags.has("elementwise") ? builder.sumTo(dx, type.shape) : dx;
  });
}
