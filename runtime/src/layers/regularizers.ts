/** Regularizers: what weights cost, added to the loss of a model. `gf.regularizers.l1()`, `.l2()`, `.l1l2()`. */

import { describe } from "../api/convert.ts";
import { fill } from "../api/create.ts";
import { abs, add, mul, square } from "../api/elementwise.ts";
import { sum } from "../api/reduce.ts";
import { ArgumentError } from "../core/errors.ts";
import { opaque } from "../core/opaque.ts";
import type { Tensor } from "../core/tensor.ts";
import { configured } from "./configured.ts";
import { type ConfigDict, deserializeObject, registerClass, type Serialized } from "./serialization.ts";

export abstract class Regularizer {
  /** Cost of a weight: a scalar. */
  abstract apply(x: Tensor): Tensor;
  abstract getConfig(): ConfigDict;

  getClassName(): string {
    return (this.constructor as { className?: string }).className ?? this.constructor.name;
  }
}
opaque(Regularizer);

/** l1 · Σ|w| + l2 · Σw². */
export class L1L2 extends Regularizer {
  static readonly className: string = "L1L2";
  readonly l1: number;
  readonly l2: number;

  constructor({ l1 = 0.01, l2 = 0.01 }: { readonly l1?: number; readonly l2?: number } = {}) {
    super();
    for (const [name, value] of [
      ["l1", l1],
      ["l2", l2],
    ] as const) {
      if (typeof value !== "number" || !Number.isFinite(value))
        throw new ArgumentError(`${name} must be a number, but is ${describe(value)}.`);
    }
    this.l1 = l1;
    this.l2 = l2;
  }

  apply(x: Tensor): Tensor {
    let cost: Tensor | null = this.l1 === 0 ? null : mul(this.l1, sum(abs(x)));
    if (this.l2 !== 0) {
      const squares = mul(this.l2, sum(square(x)));
      cost = cost === null ? squares : add(cost, squares);
    }
    return cost ?? fill([], 0, x.dtype);
  }

  getConfig(): ConfigDict {
    return { l1: this.l1, l2: this.l2 };
  }
}
registerClass(L1L2);

export const regularizers = configured("regularizers", {
  l1: ({ l1 = 0.01 }: { readonly l1?: number } = {}): Regularizer => new L1L2({ l1, l2: 0 }),
  l2: ({ l2 = 0.01 }: { readonly l2?: number } = {}): Regularizer => new L1L2({ l1: 0, l2 }),
  l1l2: (args?: { readonly l1?: number; readonly l2?: number }): Regularizer => new L1L2(args),
});

export type RegularizerIdentifier = Regularizer | "l1" | "l2" | "l1l2" | Serialized | null;

/** E_ARGUMENT with the known names for an unknown one. */
export function getRegularizer(identifier: RegularizerIdentifier | undefined): Regularizer | null {
  if (identifier === null || identifier === undefined || identifier instanceof Regularizer) return identifier ?? null;
  if (typeof identifier === "object") return deserializeObject(identifier, "regularizer", Regularizer);
  if (Object.hasOwn(regularizers, identifier)) return regularizers[identifier]();
  throw new ArgumentError(`There is no regularizer ${describe(identifier)}.`, { hint: `Known: ${Object.keys(regularizers).join(", ")}.` });
}
