/** The lengths that a staged loop changes: see trace/join.ts for what open lengths are. */
import { type Dim, isOpen, isStatic } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";
import type { OpenLengths } from "../trace/join.ts";
import type { GraphTracer } from "../trace/tracer.ts";

/** Names of lengths that change from round to round: of carried values, and of those that a round makes. */
export class LoopLengths implements OpenLengths {
  readonly #tracer: GraphTracer;
  readonly #names = new Set<string>();

  constructor(tracer: GraphTracer) {
    this.#tracer = tracer;
  }

  fresh(): Dim {
    const dim = this.#tracer.freshDim();
    this.#names.add(dim.sym);
    return dim;
  }

  has(d: Dim): boolean {
    return typeof d === "object" && this.#names.has(d.sym);
  }

  /** The type of a value of one round, for all rounds: its open lengths are those of that round. */
  opened(type: TensorType): TensorType {
    return isStatic(type.shape) ? type : { ...type, shape: type.shape.map((d) => (isOpen(d) ? this.fresh() : d)) };
  }
}
