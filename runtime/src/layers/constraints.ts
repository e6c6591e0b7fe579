/** Constraints: what weights are put back to after each update. `gf.constraints.nonNeg()`, `.maxNorm()`, `.unitNorm()`, `.minMaxNorm()`. */

import { describe } from "../api/convert.ts";
import { add, clipByValue, maximum, mul, realDiv, relu, sqrt, square } from "../api/elementwise.ts";
import { sum } from "../api/reduce.ts";
import { ArgumentError } from "../core/errors.ts";
import { opaque } from "../core/opaque.ts";
import type { Tensor } from "../core/tensor.ts";
import { configured } from "./configured.ts";
import { type ConfigDict, deserializeObject, registerClass, type Serialized } from "./serialization.ts";

const EPSILON = 1e-7;

export abstract class Constraint {
  abstract apply(w: Tensor): Tensor;

  getClassName(): string {
    return (this.constructor as { className?: string }).className ?? this.constructor.name;
  }

  getConfig(): ConfigDict {
    return {};
  }
}
opaque(Constraint);

/** Lengths of the vectors along an axis, which stays. */
function lengths(w: Tensor, axis: number | readonly number[]): Tensor {
  return sqrt(sum(square(w), axis, true));
}

/** Negative weights become 0. */
export class NonNeg extends Constraint {
  static readonly className: string = "NonNeg";
  apply(w: Tensor): Tensor {
    return relu(w);
  }
}

interface NormArgs {
  readonly axis?: number | readonly number[];
}

/** Vectors longer than maxValue are shortened to it. */
export class MaxNorm extends Constraint {
  static readonly className: string = "MaxNorm";
  readonly maxValue: number;
  readonly axis: number | readonly number[];

  constructor({ maxValue = 2, axis = 0 }: NormArgs & { readonly maxValue?: number } = {}) {
    super();
    this.maxValue = maxValue;
    this.axis = axis;
  }

  apply(w: Tensor): Tensor {
    const norms = lengths(w, this.axis);
    return mul(w, realDiv(clipByValue(norms, 0, this.maxValue), add(EPSILON, norms)));
  }

  override getConfig(): ConfigDict {
    return { maxValue: this.maxValue, axis: this.axis };
  }
}

/** Vectors get length 1. */
export class UnitNorm extends Constraint {
  static readonly className: string = "UnitNorm";
  readonly axis: number | readonly number[];

  constructor({ axis = 0 }: NormArgs = {}) {
    super();
    this.axis = axis;
  }

  apply(w: Tensor): Tensor {
    return realDiv(w, add(EPSILON, lengths(w, this.axis)));
  }

  override getConfig(): ConfigDict {
    return { axis: this.axis };
  }
}

/** Lengths are brought between two values, by a share `rate` of the way. */
export class MinMaxNorm extends Constraint {
  static readonly className: string = "MinMaxNorm";
  readonly minValue: number;
  readonly maxValue: number;
  readonly rate: number;
  readonly axis: number | readonly number[];

  constructor({
    minValue = 0,
    maxValue = 1,
    rate = 1,
    axis = 0,
  }: NormArgs & { readonly minValue?: number; readonly maxValue?: number; readonly rate?: number } = {}) {
    super();
    this.minValue = minValue;
    this.maxValue = maxValue;
    this.rate = rate;
    this.axis = axis;
  }

  apply(w: Tensor): Tensor {
    const norms = lengths(w, this.axis);
    const desired = add(mul(this.rate, clipByValue(norms, this.minValue, this.maxValue)), mul(1 - this.rate, norms));
    return mul(w, realDiv(desired, maximum(add(EPSILON, norms), EPSILON)));
  }

  override getConfig(): ConfigDict {
    return { minValue: this.minValue, maxValue: this.maxValue, rate: this.rate, axis: this.axis };
  }
}

for (const cls of [NonNeg, MaxNorm, UnitNorm, MinMaxNorm]) registerClass(cls);

export const constraints = configured("constraints", {
  nonNeg: (): Constraint => new NonNeg(),
  maxNorm: (args?: ConstructorParameters<typeof MaxNorm>[0]): Constraint => new MaxNorm(args),
  unitNorm: (args?: NormArgs): Constraint => new UnitNorm(args),
  minMaxNorm: (args?: ConstructorParameters<typeof MinMaxNorm>[0]): Constraint => new MinMaxNorm(args),
});

export type ConstraintIdentifier = Constraint | keyof typeof constraints | Serialized | null;

/** E_ARGUMENT with the known names for an unknown one. */
export function getConstraint(identifier: ConstraintIdentifier | undefined): Constraint | null {
  if (identifier === null || identifier === undefined || identifier instanceof Constraint) return identifier ?? null;
  if (typeof identifier === "object") return deserializeObject(identifier, "constraint", Constraint);
  if (Object.hasOwn(constraints, identifier)) return constraints[identifier]();
  throw new ArgumentError(`There is no constraint ${describe(identifier)}.`, { hint: `Known: ${Object.keys(constraints).join(", ")}.` });
}
