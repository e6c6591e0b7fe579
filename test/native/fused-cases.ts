/** What tests of fused ops share: graphs with their inputs, every op of them by itself, and their plan by native code. */
import { createNativeBackend } from "../../runtime/src/backends/native.ts";
import { type DType, newElements, type TypedArray, writeElements } from "../../runtime/src/core/dtype.ts";
import { type Shape, sizeOf } from "../../runtime/src/core/shape.ts";
import type { Graph, Value } from "../../runtime/src/ir/graph.ts";
import { getOp } from "../../runtime/src/ops/index.ts";
import type { Attrs, Block } from "../../runtime/src/ops/op.ts";
import type { Plan } from "../../runtime/src/plan/plan.ts";
import type { Random } from "../support/random.ts";

export const NUMBERS: Record<string, Attrs> = {
  clipByValue: { min: 0, max: 1 },
  step: { alpha: 2 },
  leakyRelu: { alpha: 0.2 },
  polygamma: { order: 2 },
  flushToZero: { below: 1e-30 },
};

export const below = (r: Random, n: number): number => r.int(0, n - 1);

export function elements(r: Random, dtype: DType, n: number): TypedArray {
  const data = newElements(dtype, n);
  const special = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-40, 1e30];
  writeElements(
    data,
    Array.from({ length: n }, () => {
      if (dtype === "bool") return below(r, 2);
      if (dtype === "uint8") return below(r, 256);
      if (dtype === "int32" || dtype === "int64") return below(r, 200) - 100;
      return below(r, 50) === 0 ? (special[below(r, special.length)] as number) : below(r, 4000) / 1000 - 2;
    }),
  );
  return data;
}

export interface Case {
  readonly graph: Graph;
  readonly inputs: readonly TypedArray[];
}

const backend = createNativeBackend();

/** Every op by itself, over whole arrays, with the native kernel that an eager op has. */
export function oneByOne({ graph, inputs }: Case): TypedArray[] {
  const known = new Map<Value, Block>();
  graph.body.params.forEach((v, i) => void known.set(v, { dtype: v.type.dtype, shape: v.type.shape as Shape, data: inputs[i]! }));
  for (const node of graph.body.nodes) {
    const [v] = node.results as [Value];
    const { dtype } = v.type;
    const shape = v.type.shape as Shape;
    if (node.kind === "const") known.set(v, { dtype, shape, data: node.data });
    if (node.kind !== "op") continue;
    const out: Block = { dtype, shape, data: newElements(dtype, sizeOf(shape)) };
    const operands = node.operands.map((operand) => known.get(operand)!);
    backend!.kernel(getOp(node.op), operands, [out], node.attrs);
    known.set(v, out);
  }
  return graph.body.yields.map((v) => known.get(v)!.data);
}

/** The same elements at a place that no vector is aligned to. */
function displaced(data: TypedArray, seed: number): TypedArray {
  const bytes = data.BYTES_PER_ELEMENT;
  const apart = seed % 17;
  const Type = data.constructor as new (buffer: ArrayBuffer, at: number, length: number) => TypedArray;
  const moved = new Type(new ArrayBuffer((data.length + apart) * bytes), apart * bytes, data.length);
  (moved as Uint8Array).set(data as Uint8Array);
  return moved;
}

/** By its plan, with all arrays at places that no vector is aligned to. */
export function planned(plan: Plan, { graph, inputs }: Case, seed: number): TypedArray[] {
  const slots = graph.variables ?? [];
  const variables = slots.map(({ param }) => displaced(inputs[param]!, seed));
  const outputs = plan.outputs.map((id) => displaced(newElements(plan.buffers[id]!.dtype, plan.buffers[id]!.size), seed * 3));
  const executable = backend!.compile(plan, () => {});
  executable.run(
    inputs.filter((_, i) => !slots.some(({ param }) => param === i)).map((data) => displaced(data, seed * 5)),
    outputs,
    variables,
  );
  executable.dispose();
  return [...variables, ...outputs];
}

/** Bytes, but that all NaN are one: which of two operands' NaN an op hands on is not said. */
export const bits = (data: TypedArray) =>
  Array.from(data as ArrayLike<number | bigint>, (v) => (Object.is(v, -0) ? "-0" : String(v))).join();
