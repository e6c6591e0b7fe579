/**
 * Building blocks of graphs for passes, parsers and tests: fresh values and well-typed nodes.
 *
 *   const ids = new FreshIds(graph);
 *   const one = constant(ids, "int32", [], [1]);
 *   const sum = operation(ids, "add", [x, one.results[0]]);       // result types come from the op record
 */
import { DTYPES, type DType, newElements, type TypedArray, writeElements } from "../core/dtype.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";
import type { Attrs } from "../ops/op.ts";
import { getOp } from "../ops/op.ts";
import type { CondNode, ConstNode, Graph, OpNode, Region, Span, Value } from "./graph.ts";
import { greatestId } from "./walk.ts";

/** Hands out values whose ids no value of the graph has. */
export class FreshIds {
  #next: number;

  constructor(graph: Graph | null = null) {
    this.#next = graph === null ? 0 : greatestId(graph) + 1;
  }

  /** The next id; all ids in use are smaller. */
  get next(): number {
    return this.#next;
  }

  value(type: TensorType, name?: string): Value {
    return { id: this.#next++, type, ...(name === undefined ? {} : { name }) };
  }
}

/** A constant of a dtype and static shape; one element is repeated where the shape has more. */
export function constant(ids: FreshIds, dtype: DType, shape: Shape, elements: ArrayLike<number | bigint>, span?: Span): ConstNode {
  const data: TypedArray = newElements(dtype, sizeOf(shape));
  const { parts } = DTYPES[dtype];
  const all = elements.length > 1 ? elements : Array.from({ length: data.length }, (_, i) => (i % parts === 0 ? elements[0] : 0));
  writeElements(data, all);
  return { kind: "const", data, results: [ids.value({ dtype, shape })], span };
}

/** A node of an op; operands must be promoted already. Throws the op's typed errors. */
export function operation(ids: FreshIds, op: string, operands: readonly Value[], attrs: Attrs = {}, span?: Span): OpNode {
  const types = getOp(op).infer(
    operands.map((v) => v.type),
    attrs,
  );
  return { kind: "op", op, operands, attrs, results: types.map((type) => ids.value(type)), span };
}

/** A branch whose results have the types of the yields of its first arm. */
export function cond(ids: FreshIds, pred: Value, whenTrue: Region, whenFalse: Region, span?: Span): CondNode {
  const results = whenTrue.yields.map((v) => ids.value(v.type, v.name));
  // biome-ignore lint/suspicious/noThenProperty: arms of a branch
  return { kind: "cond", pred, then: whenTrue, else: whenFalse, results, span };
}
