/**
 * The op record: everything the system knows about one op, in one place. Dispatch, tracing, passes, backends,
 * documentation and tests loop over records; none of them lists ops by name.
 *
 * Control flow (cond, while, for) is not an op: see ir/graph.ts.
 */
import type { DType, TypedArray } from "../core/dtype.ts";
import { InternalError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";

export type AttrValue = number | boolean | string | readonly number[];
export type Attrs = Readonly<Record<string, AttrValue>>;

/** How an attribute is stored; the order of the schema's keys is the order native code reads them in. */
export type AttrKind = "int" | "ints" | "bool" | "number" | "dtype" | "string";
export type AttrSchema = Readonly<Record<string, AttrKind>>;

export type OpFlag =
  /** No effect and no hidden input: may be folded, shared, dropped, moved. */
  | "pure"
  /** Output element i depends on element i of the (broadcast) operands only. */
  | "elementwise"
  | "commutative"
  /** Result elements are exactly operand elements: no arithmetic. */
  | "movement"
  /** Output shares the bytes of operand 0 (reshape): costs nothing in a plan. */
  | "view"
  /** Output may take operand 0's buffer when that dies here. Implied by elementwise. */
  | "inplace"
  /** Reduces some axes. */
  | "reduction"
  /** Can fail at run time on values (index out of range, integer division by zero). */
  | "checked"
  /** May not be folded or shared: each run differs. */
  | "random";

/** A typed array with its type: what kernels read and write. Always contiguous, row-major. */
export interface Block {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TypedArray;
}

export interface OpSample {
  readonly name: string;
  readonly inputs: readonly { readonly dtype: DType; readonly shape: Shape; readonly values?: readonly number[] }[];
  readonly attrs?: Attrs;
}

export interface OpErrorSample extends OpSample {
  /** Code of the error that must come. */
  readonly code: string;
}

export interface OpRecord {
  readonly name: string;
  /** Number of tensor operands; -1 for any number ≥ 1. */
  readonly arity: number;
  /** Dtypes each operand may have after promotion. */
  readonly dtypes: readonly DType[];
  /** Indices of operands that are cast to their common dtype before the op; "all" for every operand. */
  readonly promote: "all" | "none" | readonly number[];
  readonly flags: ReadonlySet<OpFlag>;
  readonly attrs: AttrSchema;
  /** Resources read or written, in program order: "stdout", a variable, a generator. Empty for pure ops. */
  readonly effects: readonly string[];
  readonly doc: string;
  /** Result types, or a typed error with both facts. Never looks at values. */
  infer(inputs: readonly TensorType[], attrs: Attrs): TensorType[];
  /** Computes preallocated outputs. Inputs already promoted and checked; outputs never alias inputs. */
  reference(inputs: readonly Block[], outputs: readonly Block[], attrs: Attrs): void;
  readonly samples: readonly OpSample[];
  readonly errors: readonly OpErrorSample[];
}

export interface OpSpec {
  name: string;
  arity: number;
  dtypes: readonly DType[];
  promote?: OpRecord["promote"];
  flags: readonly OpFlag[];
  attrs?: AttrSchema;
  effects?: readonly string[];
  doc: string;
  infer: OpRecord["infer"];
  reference: OpRecord["reference"];
  samples: readonly OpSample[];
  errors?: readonly OpErrorSample[];
}

const registry = new Map<string, OpRecord>();

export function defineOp(spec: OpSpec): OpRecord {
  if (registry.has(spec.name)) throw new InternalError(`Op ${spec.name} is defined twice.`);
  const record: OpRecord = {
    ...spec,
    promote: spec.promote ?? "all",
    flags: new Set(spec.flags),
    attrs: spec.attrs ?? {},
    effects: spec.effects ?? [],
    errors: spec.errors ?? [],
  };
  registry.set(record.name, record);
  return record;
}

export function findOp(name: string): OpRecord | undefined {
  return registry.get(name);
}

export function getOp(name: string): OpRecord {
  const op = registry.get(name);
  if (!op) throw new InternalError(`There is no op named ${name}.`);
  return op;
}

/** All records in order of definition. */
export function allOps(): readonly OpRecord[] {
  return [...registry.values()];
}
