/** One op for many examples: elementwise by broadcasting, otherwise by the rule of its record, otherwise by a loop over the examples. */
import { builder } from "../autodiff/rules.ts";
import { InternalError } from "../core/errors.ts";
import { type Dims, dimsBehind, mayBeSameShape, normalizeAxis, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import type { OpNode, Value } from "../ir/graph.ts";
import type { BatchSite } from "../ops/batch.ts";
import { type Attrs, getOp, type OpRecord } from "../ops/op.ts";
import type { Lane, Lanes } from "./lanes.ts";

export function batchedOp(lanes: Lanes, node: OpNode, inputs: readonly Lane[]): Lane[] {
  const op = getOp(node.op);
  const types = node.results.map((v) => v.type);
  const isShared = !op.flags.has("draws") && inputs.every(({ batched }) => !batched);
  const tensors = isShared
    ? lanes.t.run(
        op,
        inputs.map(({ tensor }) => tensor),
        node.attrs,
      )
    : results(new Site(lanes, op, node, inputs));
  // What says how long operands are is the same for all examples.
  const batched = !isShared && !op.flags.has("shape");
  return tensors.map((tensor, i) => ({ tensor: settled(lanes, op, tensor, types[i] as TensorType, batched), batched }));
}

function results(site: Site): readonly Tensor[] {
  const { op } = site;
  if (op.flags.has("elementwise")) return site.run(aligned(site));
  if (op.batch === "leading") return site.run(Array.from({ length: site.count }, (_, i) => site.input(i)));
  return op.batch?.(site) ?? site.loop(Array.from({ length: site.count }, (_, i) => site.input(i)));
}

/** Operands of examples have their axis in front of as many axes as the largest operand has. */
function aligned(site: Site): Tensor[] {
  const shapes = Array.from({ length: site.count }, (_, i) => site.type(i).shape);
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return shapes.map((shape, i) => {
    const x = site.given(i);
    if (!site.isBatched(i) || shape.length === rank) return x;
    return builder.reshape(x, [site.size, ...new Array<number>(rank - shape.length).fill(1), ...shape]);
  });
}

/** Of the type that the op has for one example. */
function settled(lanes: Lanes, op: OpRecord, x: Tensor, type: TensorType, batched: boolean): Tensor {
  const want: Dims = batched ? [lanes.size, ...type.shape] : type.shape;
  const have = dimsBehind(x.shape);
  if (!mayBeSameShape(have, want))
    throw new InternalError(`${op.name} for many examples gave shape ${showShape(have)} instead of ${showShape(want)}.`);
  return lanes.t.cast(x, type.dtype, type.weak ?? false);
}

class Site implements BatchSite {
  readonly f = builder;
  readonly op: OpRecord;
  readonly #lanes: Lanes;
  readonly #node: OpNode;
  readonly #inputs: readonly Lane[];

  constructor(lanes: Lanes, op: OpRecord, node: OpNode, inputs: readonly Lane[]) {
    this.op = op;
    this.#lanes = lanes;
    this.#node = node;
    this.#inputs = inputs;
  }

  get attrs(): Attrs {
    return this.#node.attrs;
  }
  get count(): number {
    return this.#inputs.length;
  }
  get size(): Lanes["size"] {
    return this.#lanes.size;
  }
  isBatched(i: number): boolean {
    return (this.#inputs[i] as Lane).batched;
  }
  given(i: number): Tensor {
    return (this.#inputs[i] as Lane).tensor;
  }
  input(i: number): Tensor {
    return this.#lanes.spread(this.#inputs[i] as Lane);
  }
  type(i: number): TensorType {
    return (this.#node.operands[i] as Value).type;
  }
  result(i: number): TensorType {
    return (this.#node.results[i] as Value).type;
  }
  axis(): number {
    return normalizeAxis(this.attrs["axis"] as number, this.type(0).shape.length) + 1;
  }
  run(inputs: readonly Tensor[], attrs: Attrs = this.attrs): Tensor[] {
    return this.#lanes.t.run(this.op, inputs, attrs);
  }
  examples(): Tensor {
    return this.#lanes.examples();
  }

  /** for i in 0 … size { results[i] = op(operands[i]) } */
  loop(inputs: readonly Tensor[]): Tensor[] {
    const { t } = this.#lanes;
    const strong = this.#node.results.map(({ type: { dtype, shape } }): TensorType => ({ dtype, shape: [this.size, ...shape] }));
    const zeros = strong.map((type) => t.valueOf(builder.zeros(type)));
    const [start, step] = [0, 1].map((n) => t.valueOf(builder.scalar(n, "int32"))) as [Value, Value];
    const limit = t.valueOf(this.#lanes.length());
    const { region, result: yields } = t.within((open) => {
      const i = t.param(open, { dtype: "int32", shape: [] });
      const sofar = strong.map((type) => t.param(open, type));
      const one = inputs.map((x) => builder.op("index", [x, i]));
      const made = this.run(one);
      return made.map((y, k) => {
        const { dtype } = strong[k] as TensorType;
        return t.valueOf(builder.op("setIndex", [sofar[k] as Tensor, i, t.cast(y, dtype, false)]));
      });
    });
    const results = strong.map((type) => t.freshValue(type));
    t.add({ kind: "for", start, limit, step, init: zeros, body: region.close(yields), results });
    return results.map((v) => t.tensor(v));
  }
}
