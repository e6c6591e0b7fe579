/**
 * The eager interpreter: each op computes its result at once. Inference gives the result types, the pool the memory, the
 * reference rule (tiny tensors) or the backend's kernel the elements. Shortcuts for the commonest cases are in fast.ts.
 */
import { activeBackend } from "../backends/select.ts";
import { DTYPES, type DType } from "../core/dtype.ts";
import { DisposedError, GraphFnError, ShapeError } from "../core/errors.ts";
import { checkMemory } from "../core/pool.ts";
import { isStatic, type Shape, showShape } from "../core/shape.ts";
import { dataOf, type Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import { type Interpreter, installEager } from "../dispatch/dispatch.ts";
import { castNumber, cast as castOp } from "../ops/cast.ts";
import type { Attrs, Block, OpRecord } from "../ops/op.ts";
import { adopt, allocate, dispose, share } from "./memory.ts";

/** Up to this many elements an op runs in JavaScript: crossing to native code would cost more (native: about 50 ns). */
export const TINY = 32;

/** Rank 0. */
export const SCALAR: Shape = Object.freeze([]);

export function symbolicError(t: Tensor): GraphFnError {
  return new GraphFnError(
    "E_SYMBOLIC",
    `Tensor ${t.name ?? `#${t.id}`} (${t.dtype} ${showShape(t.shape)}) has no elements: it stands for a value of a graph.`,
    {
      hint: "Elements exist when the graph runs: return the tensor from the graph function, or print it with console.log there.",
    },
  );
}

/** What kernels read. Throws E_DISPOSED (naming tensor and op) or E_SYMBOLIC for a tensor without elements. */
export function blockOf(t: Tensor, what?: string): Block {
  if (t.elements === null && t.symbol === null && what !== undefined) {
    throw new DisposedError(`${what}: tensor ${t.name ?? `#${t.id}`} (${t.dtype}${showShape(t.shape)}) was disposed before.`);
  }
  return { dtype: t.dtype, shape: t.shape, data: dataOf(t, symbolicError) };
}

/** A result of an inferred type, with undefined elements. Throws E_MEMORY before it allocates. */
function resultFor({ dtype, shape, weak = false }: TensorType): Tensor {
  if (!isStatic(shape)) throw new ShapeError(`An eager tensor cannot have the shape ${showShape(shape)}.`);
  let size = 1;
  for (const d of shape) size *= d;
  checkMemory(size * DTYPES[dtype].bytes);
  return allocate(dtype, shape.length === 0 ? SCALAR : Object.freeze(shape), size, weak);
}

/** Computes `outputs` where the work is cheapest. Nothing is launched for empty results. */
export function runKernel(op: OpRecord, inputs: readonly Block[], outputs: readonly Block[], attrs: Attrs): void {
  let largest = 0;
  for (const { data } of outputs) if (data.length > largest) largest = data.length;
  if (largest === 0 && !op.flags.has("checked")) return;
  for (const { data } of inputs) if (data.length > largest) largest = data.length;
  if (largest <= TINY) op.reference(inputs, outputs, attrs);
  else activeBackend().kernel(op, inputs, outputs, attrs);
}

/** Fills `outputs`; where the kernel throws they are given back. */
export function computed(op: OpRecord, inputs: readonly Block[], outputs: Tensor[], attrs: Attrs): Tensor[] {
  try {
    runKernel(
      op,
      inputs,
      outputs.map((t) => blockOf(t)),
      attrs,
    );
  } catch (error) {
    for (const t of outputs) dispose(t);
    throw error;
  }
  return outputs;
}

function run(op: OpRecord, inputs: readonly Tensor[], attrs: Attrs): Tensor[] {
  const blocks = inputs.map((t) => blockOf(t, op.name));
  const types = op.infer(inputs, attrs);
  if (op.flags.has("view")) {
    const [x, type] = [inputs[0], types[0]];
    return [share(x, blocks[0].data, Object.freeze([...type.shape]) as Shape, type.weak === true)];
  }
  return computed(op, blocks, types.map(resultFor), attrs);
}

export const eagerInterpreter: Interpreter = {
  kind: "eager",
  run,
  constant(value: number | boolean, dtype: DType, weak: boolean): Tensor {
    const data = new DTYPES[dtype].array(1);
    data[0] = castNumber(Number(value), dtype);
    return adopt(dtype, SCALAR, 1, weak, data, null);
  },
  cast(x: Tensor, dtype: DType, weak: boolean): Tensor {
    if (x.dtype === dtype && x.weak === weak) return x;
    const block = blockOf(x, "cast");
    if (x.dtype === dtype) return share(x, block.data, x.shape, weak);
    return computed(castOp, [block], [allocate(dtype, x.shape, x.size, weak)], { dtype })[0];
  },
};

installEager(eagerInterpreter);
