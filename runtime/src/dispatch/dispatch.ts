/**
 * The one door of every op: `apply(op, inputs, attrs)`. The interpreter in force decides what happens: the eager one
 * runs a kernel, a tracer adds a node. Interpreters nest; the innermost is in force.
 */
import { InternalError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Attrs, OpRecord } from "../ops/op.ts";

export interface Interpreter {
  readonly kind: "eager" | "trace";
  /** Operands are promoted already. Returns one tensor per result type. */
  run(op: OpRecord, inputs: readonly Tensor[], attrs: Attrs): Tensor[];
  /** A constant of a dtype, from a JavaScript number: a small tensor or a graph constant. */
  constant(value: number | boolean, dtype: Tensor["dtype"], weak: boolean): Tensor;
  /** The same elements as another dtype, weak or strong; `x` itself where it has both. Used by promotion and joins. */
  cast(x: Tensor, dtype: Tensor["dtype"], weak: boolean): Tensor;
}

let current: Interpreter | null = null;
let eager: Interpreter | null = null;

/** Called once by eager/. */
export function installEager(interpreter: Interpreter): void {
  eager = interpreter;
  current ??= interpreter;
}

export function interpreter(): Interpreter {
  if (current === null) throw new InternalError("No interpreter is installed.");
  return current;
}

export function isTracing(): boolean {
  return current !== null && current.kind === "trace";
}

/** Runs `body` with another interpreter in force; restores the old one on every way out. */
export function withInterpreter<T>(next: Interpreter, body: () => T): T {
  const before = current;
  current = next;
  try {
    return body();
  } finally {
    current = before;
  }
}

/** Runs `body` eagerly, also inside a trace. */
export function outside<T>(body: () => T): T {
  if (eager === null) throw new InternalError("No eager interpreter is installed.");
  return withInterpreter(eager, body);
}
