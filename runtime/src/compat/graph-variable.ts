/**
 * GraphVariable: a variable of a static graph. It has no elements of its own: each session has a value for it, from the moment at
 * which its initializer has run there.
 */
import { ShapeError } from "../core/errors.ts";
import { isStatic, showShape, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { Variable } from "../core/variable.ts";
import type { GraphSymbol } from "../trace/tracer.ts";
import type { Operation } from "./operation.ts";
import type { StaticTracer } from "./static-tracer.ts";

export class GraphVariable extends Variable {
  /** Gives it its initial value, in the session that runs it. */
  #initializer: Operation | null = null;
  readonly #initial: Tensor;

  constructor(t: StaticTracer, initial: Tensor, trainable: boolean, name: string) {
    const value = t.valueOf(initial);
    const { dtype, shape } = value.type;
    if (!isStatic(shape) || t.isRankless(value)) {
      throw new ShapeError(`Variable ${name}: the shape ${showShape(shape)} of its initial value is not known.`, {
        hint: "A variable keeps one shape: give an initial value whose lengths are all known.",
      });
    }
    const own = t.freshValue({ dtype, shape }, name);
    const symbol: GraphSymbol = { id: own.id, dims: shape, tracer: t, region: t.root, value: own };
    super(dtype, shape, sizeOf(shape), null, null, trainable, name, symbol);
    this.#initial = initial;
  }

  static create(t: StaticTracer, initial: Tensor, trainable: boolean, name: string): GraphVariable {
    const variable = new GraphVariable(t, initial, trainable, name);
    variable.#initializer = t.assignment(variable, initial, t.names.complete(`${name}/Assign`));
    return variable;
  }

  get initializer(): Operation {
    return this.#initializer as Operation;
  }

  /** The initial value, for initial values of others. */
  initializedValue(): Tensor {
    return this.#initial;
  }
}
