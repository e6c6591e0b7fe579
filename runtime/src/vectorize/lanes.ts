/**
 * Values while a function is run for many examples: one tensor for all of them, or one with an axis more, the first, for examples.
 * Here is what is done to them outside of any op of the user's.
 */
import { builder } from "../autodiff/rules.ts";
import { type Dim, dimsBehind } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import type { GraphTracer } from "../trace/tracer.ts";

export interface Lane {
  readonly tensor: Tensor;
  /** It differs between examples: axis 0 counts them. */
  readonly batched: boolean;
}

export class Lanes {
  readonly t: GraphTracer;
  /** Number of examples. */
  readonly size: Dim;
  readonly #length: () => Tensor;

  /** `length` gives the number of examples as an int32 scalar, where it is no constant. */
  constructor(t: GraphTracer, size: Dim, length: () => Tensor) {
    this.t = t;
    this.size = size;
    this.#length = length;
  }

  shared(tensor: Tensor): Lane {
    return { tensor, batched: false };
  }

  each(tensor: Tensor): Lane {
    return { tensor, batched: true };
  }

  length(): Tensor {
    return typeof this.size === "number" ? builder.scalar(this.size, "int32") : this.#length();
  }

  /** 0, 1, 2, … */
  examples(): Tensor {
    const ones = builder.fill(1, "int32", [this.size]);
    return builder.op("cumsum", [ones], { axis: 0, exclusive: true, reverse: false });
  }

  /** The type of a value for all examples. */
  type({ dtype, shape, weak }: TensorType, batched: boolean): TensorType {
    const dims = batched ? [this.size, ...shape] : shape;
    return weak ? { dtype, shape: dims, weak } : { dtype, shape: dims };
  }

  /** With the axis of examples. */
  spread({ tensor, batched }: Lane): Tensor {
    return batched ? tensor : builder.broadcastTo(tensor, [this.size, ...dimsBehind(tensor.shape)]);
  }

  /** A value as one of a type for one example. */
  as(lane: Lane, type: TensorType, batched: boolean): Tensor {
    const tensor = batched ? this.spread(lane) : lane.tensor;
    return this.t.cast(tensor, type.dtype, type.weak ?? false);
  }

  /** A condition per example, beside values of an example with so many axes. */
  #beside(mask: Tensor, x: Tensor): Tensor {
    const rank = dimsBehind(x.shape).length;
    return builder.reshape(mask, [this.size, ...new Array<number>(rank - 1).fill(1)]);
  }

  /** Per example the first where the mask holds, otherwise the second. Both have the axis of examples. */
  select(mask: Tensor, a: Tensor, b: Tensor): Tensor {
    return a === b ? a : builder.where(this.#beside(mask, a), a, b);
  }

  any(mask: Tensor): Tensor {
    return builder.op("any", [mask], { axes: [0], keepDims: false });
  }

  /**
   * Values for code that some examples do not take: those get the values of the first one that does. So nothing fails, loops for ever or has
   * an infinite derivative that would not for an example that does take it; and no gradient goes through the copies. Some example must
   * take it.
   */
  standIns(mask: Tensor): (x: Tensor) => Tensor {
    if (this.size === 0) return (x) => x;
    const first = builder.op("argMax", [builder.cast(mask, "int32")], { axis: 0 });
    return (x) => builder.where(this.#beside(mask, x), x, builder.op("stopGradient", [builder.op("index", [x, first])]));
  }
}
