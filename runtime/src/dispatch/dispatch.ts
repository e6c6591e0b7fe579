/**
 * The one door of every op: `apply(op, inputs, attrs)`. Operands are promoted by one rule, then the interpreter in force
 * decides what happens: the eager one runs a kernel, a tracer adds a node. Interpreters nest; the innermost is in force.
 *
 *   apply(add, [f32 tensor, weak 2])  →  interpreter.cast(weak 2, "float32"), then interpreter.run(add, …)
 */
import { type DType, liftTo, promoteWeak, weakDType } from "../core/dtype.ts";
import { InternalError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import { cast as castOp, toByte } from "../ops/cast.ts";
import type { Attrs, OpRecord } from "../ops/op.ts";

export interface Interpreter {
  readonly kind: "eager" | "trace";
  /** Operands are promoted already. Returns one tensor per result type. */
  run(op: OpRecord, inputs: readonly Tensor[], attrs: Attrs): Tensor[];
  /** A constant of a dtype, from a JavaScript number or bigint that it holds: a small tensor or a graph constant. */
  constant(value: number | bigint | boolean, dtype: Tensor["dtype"], weak: boolean): Tensor;
  /** The same elements as another dtype, weak or strong; `x` itself where it has both. Used by promotion and joins. */
  cast(x: Tensor, dtype: Tensor["dtype"], weak: boolean): Tensor;
  /** Ends the life of a tensor that promotion made: the op that needed it has run. */
  discard(t: Tensor): void;
  /** Gives a variable another value, of its dtype and shape; returns it. */
  assign(variable: Variable, value: Tensor): Tensor;
  /** The value of a variable now: later assignments leave it alone. */
  read(variable: Variable): Tensor;
}

/** Sees every op that runs eagerly, after it ran: tapes. */
export interface Recorder {
  record(op: OpRecord, inputs: readonly Tensor[], outputs: readonly Tensor[], attrs: Attrs): void;
}

let current: Interpreter | null = null;
let eager: Interpreter | null = null;
let recorder: Recorder | null = null;

/** True while ops run at once and nobody watches: shortcuts for tiny tensors look at this and nothing else. */
export let direct = false;

function enter(next: Interpreter | null): void {
  current = next;
  direct = next !== null && next === eager && recorder === null;
}

/** Who watches ops that run eagerly from now on; null for nobody. */
export function setRecorder(next: Recorder | null): void {
  recorder = next;
  enter(current);
}

/** Tells the recorder of an op that did not come through `apply`. */
export function recordOp(op: OpRecord, inputs: readonly Tensor[], outputs: readonly Tensor[], attrs: Attrs): void {
  if (recorder !== null && current !== null && current.kind === "eager") recorder.record(op, inputs, outputs, attrs);
}

/** Called once by eager/. */
export function installEager(interpreter: Interpreter): void {
  eager = interpreter;
  enter(current ?? interpreter);
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
  enter(next);
  try {
    return body();
  } finally {
    enter(before);
  }
}

/** Puts an interpreter in force until another call; null for the eager one. */
export function setInterpreter(next: Interpreter | null): void {
  enter(next ?? eager);
}

/** Runs `body` eagerly, also inside a trace. */
export function outside<T>(body: () => T): T {
  if (eager === null) throw new InternalError("No eager interpreter is installed.");
  return withInterpreter(eager, body);
}

const NO_ATTRS: Attrs = {};

/** Runs an op on tensors. Throws the typed errors of promotion and of the op's inference. */
export function apply(op: OpRecord, inputs: readonly Tensor[], attrs: Attrs = NO_ATTRS): Tensor[] {
  const operands = promoteOperands(op, inputs);
  if (operands === inputs) return run(op, inputs, attrs);
  try {
    return run(op, operands, attrs);
  } finally {
    discardNew(operands, inputs);
  }
}

function discardNew(operands: readonly Tensor[], inputs: readonly Tensor[]): void {
  for (let i = 0; i < operands.length; i++) if (operands[i] !== inputs[i]) interpreter().discard(operands[i]);
}

function run(op: OpRecord, operands: readonly Tensor[], attrs: Attrs): Tensor[] {
  const exact = exactForm(op, operands);
  const results = interpreter().run(exact, operands, attrs);
  if (recorder !== null) recordOp(exact, operands, results, attrs);
  return results;
}

/** `apply` for ops with one result. */
export function apply1(op: OpRecord, inputs: readonly Tensor[], attrs: Attrs = NO_ATTRS): Tensor {
  return apply(op, inputs, attrs)[0];
}

/**
 * Whole numbers without a dtype count as JavaScript numbers: they must not wrap around at 2^31. Ops that could have a form
 * that fails there instead.
 */
function exactForm(op: OpRecord, operands: readonly Tensor[]): OpRecord {
  return op.exact !== undefined && operands.every((t) => t.weak && t.dtype === "int32") ? op.exact : op;
}

/** `x` with exactly this dtype and weakness; the same tensor where it has them. */
export function castTo(x: Tensor, dtype: DType, weak: boolean): Tensor {
  const result = interpreter().cast(x, dtype, weak);
  if (recorder !== null && result !== x) recordOp(castOp, [x], [result], { dtype });
  return result;
}

/** A value as the dtype of what it meets: `castTo`, but a number without a dtype that uint8 does not hold is E_OVERFLOW. */
export function settle(x: Tensor, dtype: DType, weak: boolean): Tensor {
  if (dtype !== "uint8" || !x.weak || x.dtype !== "int32") return castTo(x, dtype, weak);
  const strong = castTo(x, "int32", false);
  try {
    return apply1(toByte, [strong]);
  } finally {
    if (strong !== x) interpreter().discard(strong);
  }
}

/** A JavaScript number or boolean as a weak scalar. */
export function weakConstant(value: number | boolean): Tensor {
  return interpreter().constant(value, weakDType(value), true);
}

/**
 * The promotion rule of all ops: promoted operands get their common dtype (weak ones follow the strong ones, see promoteWeak),
 * lifted to one the op takes. The same array when there is nothing to do.
 */
export function promoteOperands(op: OpRecord, inputs: readonly Tensor[]): readonly Tensor[] {
  if (op.promote === "none" || inputs.length === 0) return inputs;
  const which = op.promote === "all" ? inputs.keys() : op.promote;
  let dtype: DType | null = null;
  let weak = true;
  for (const i of which) {
    const t = inputs[i];
    if (t === undefined) return inputs; // wrong number of operands: inference says so
    dtype = dtype === null ? t.dtype : promoteWeak(dtype, weak, t.dtype, t.weak);
    weak &&= t.weak;
  }
  const target = liftTo(dtype as DType, op.dtypes, weak);
  let out: Tensor[] | null = null;
  for (const i of op.promote === "all" ? inputs.keys() : op.promote) {
    const t = inputs[i];
    if (t.dtype === target) continue;
    out ??= [...inputs];
    try {
      out[i] = settle(t, target, weak);
    } catch (error) {
      discardNew(out, inputs);
      throw error;
    }
  }
  return out ?? inputs;
}
