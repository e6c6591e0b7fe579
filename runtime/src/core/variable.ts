/**
 * Variable: a tensor whose elements can be replaced. Ops take it as the value it has at that moment; graph functions take it by
 * reference: they read and assign it in program order and leave the last value in it (see trace/state.ts).
 *
 * `elements` always has memory that no other tensor shares while a compiled function writes it: `unshared` in eager/memory.ts.
 */
import type { DType, TypedArray } from "./dtype.ts";
import type { Shape } from "./shape.ts";
import { type Storage, Tensor, type TensorSymbol } from "./tensor.ts";

export class Variable<D extends DType = DType> extends Tensor<D> {
  /** Gradients are taken with respect to it unless a list says otherwise. */
  trainable: boolean;

  constructor(
    dtype: D,
    shape: Shape,
    size: number,
    elements: TypedArray | null,
    storage: Storage | null,
    trainable: boolean,
    name: string,
    /** Of a variable of a static graph: it has a value per session, and none here. */
    symbol: TensorSymbol | null = null,
  ) {
    super(dtype, shape, size, false, elements, storage, symbol);
    this.trainable = trainable;
    this.name = name;
    this.kept = true;
    remember(this, name);
  }
}

/** Variables by name, as long as someone else refers to them. */
const named = new Map<string, WeakRef<Variable>>();
let sweepAt = 1024;

function remember(variable: Variable, name: string): void {
  named.set(name, new WeakRef(variable));
  if (named.size < sweepAt) return;
  for (const [key, ref] of named) if (ref.deref() === undefined) named.delete(key);
  sweepAt = Math.max(1024, 2 * named.size);
}

/** The variable of a name, unless it was disposed or forgotten. */
export function variableNamed(name: string): Variable | undefined {
  const found = named.get(name)?.deref();
  return found?.isDisposed ? undefined : found;
}

export function isVariable(x: unknown): x is Variable {
  return x instanceof Variable;
}
