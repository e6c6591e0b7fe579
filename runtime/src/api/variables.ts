/**
 * Variables: tensors whose value can be replaced. Eager code and graph functions read and assign them in program order; graph
 * functions take them by reference. Names and meaning are those of TensorFlow.js.
 */
import type { DType } from "../core/dtype.ts";
import { ArgumentError, DTypeError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isVariable, Variable } from "../core/variable.ts";
import { castTo, interpreter, isTracing, outside } from "../dispatch/dispatch.ts";
import { tidied } from "../eager/scope.ts";
import { checkAssign, createVariable } from "../eager/variables.ts";
import { tracer } from "../trace/tracer.ts";
import { checkDType, describe, type TensorLike, toTensor } from "./convert.ts";
import { add, cast, sub } from "./elementwise.ts";

declare module "../core/variable.ts" {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- must repeat the parameters of the class
  interface Variable<D extends DType = DType> {
    /** Replaces the value. A number is taken as the variable's dtype. E_SHAPE, E_DTYPE where the value does not fit. */
    assign(value: TensorLike): Tensor;
    /** Adds to the value. */
    assignAdd(value: TensorLike): Tensor;
    /** Subtracts from the value. */
    assignSub(value: TensorLike): Tensor;
    /** The value now, as a tensor that later assignments leave alone. */
    read(): Tensor;
    /** `read`, under TensorFlow's name. */
    value(): Tensor;
  }
}

const counters = new Map<string, number>();

/** `Variable`, `Variable_1`, …: the name itself the first time. */
function uniqueName(base: string): string {
  const count = counters.get(base) ?? 0;
  counters.set(base, count + 1);
  return count === 0 ? base : `${base}_${count}`;
}

/**
 * A variable with an initial value.
 * Shapes   that of the value, for ever.
 * Dtypes   `dtype`, or that of the value.
 * Errors   E_ARGUMENT for a name that is no string; E_DTYPE, E_SHAPE as `tensor`; E_SYMBOLIC for the value of a graph function.
 * Gradient of reads, to the variable; assignments pass none.
 * Example  const w = gf.variable(gf.zeros([3]), true, "w");
 */
export const variable = tidied("variable", (initialValue: TensorLike, trainable = true, name?: string, dtype?: DType): Variable => {
  if (name !== undefined && typeof name !== "string")
    throw new ArgumentError(`variable: the name must be a string, but is ${describe(name)}.`);
  if (typeof trainable !== "boolean") throw new ArgumentError(`variable: trainable must be a boolean, but is ${describe(trainable)}.`);
  const given = isTensor(initialValue) ? initialValue : toTensor(initialValue, "variable");
  if (given.dtype === "string") {
    throw new DTypeError("variable: a variable holds numbers, but the value is a string tensor.", {
      hint: "Keep the tensor in a constant: its elements never change.",
    });
  }
  const make = (): Variable => {
    const value = dtype !== undefined && dtype !== given.dtype ? cast(given, checkDType(dtype, "variable")) : strong(given);
    return createVariable(value, trainable, uniqueName(name ?? "Variable"));
  };
  if (!isTracing()) return make();
  const value = (): Tensor => (dtype === undefined ? strong(given) : castTo(given, checkDType(dtype, "variable"), false));
  return tracer().variable(value, trainable, name) ?? outside(make);
});

/** Numbers have no dtype: float32, as in tensor(). */
function strong(t: Tensor): Tensor {
  return t.weak ? castTo(t, t.dtype === "float64" || t.dtype === "int32" ? "float32" : t.dtype, false) : t;
}

const assign = tidied("assign", (target: Variable, value: TensorLike | (() => Tensor), what: string): Tensor => {
  const given = typeof value === "function" ? value() : toTensor(value, what);
  const fitting = given.weak ? castTo(given, target.dtype, false) : given;
  checkAssign(target, fitting);
  return interpreter().assign(target, fitting);
});

const methods: PropertyDescriptorMap & ThisType<Variable> = {
  assign: {
    value(this: Variable, value: TensorLike): Tensor {
      return assign(this, value, "assign");
    },
  },
  assignAdd: {
    value(this: Variable, value: TensorLike): Tensor {
      return assign(this, () => add(this, value), "assignAdd");
    },
  },
  assignSub: {
    value(this: Variable, value: TensorLike): Tensor {
      return assign(this, () => sub(this, value), "assignSub");
    },
  },
  read: {
    value(this: Variable): Tensor {
      return interpreter().read(this);
    },
  },
  value: {
    value(this: Variable): Tensor {
      return interpreter().read(this);
    },
  },
};
Object.defineProperties(Variable.prototype, methods);

export { isVariable, Variable };
