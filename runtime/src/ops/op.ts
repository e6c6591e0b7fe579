/**
 * The op record: everything the system knows about one op, in one place. Dispatch, tracing, passes, backends,
 * documentation and tests loop over records; none of them lists ops by name.
 *
 * Control flow (cond, while, for) is not an op: see ir/graph.ts.
 */
import { describeDeep } from "../core/describe.ts";
import { type DType, isDType, NUMERIC_DTYPES, type TypedArray } from "../core/dtype.ts";
import { ArgumentError, DTypeError, InternalError, ShapeError } from "../core/errors.ts";
import { type Dim, MAX_RANK, type Shape } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";
import type { BatchRule } from "./batch.ts";
import { asCells } from "./cells.ts";
import type { GradRules } from "./grad.ts";

/** `Dim`: a length of an argument, by its name; a number before the graph runs. */
export type AttrValue = number | boolean | string | readonly number[] | readonly Dim[];
export type Attrs = Readonly<Record<string, AttrValue>>;

/** How an attribute is stored; the order of the schema's keys is the order native code reads them in. */
export type AttrKind = "int" | "ints" | "dims" | "bool" | "number" | "dtype" | "string";
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
  /** Reads the shapes of its operands, none of their elements. */
  | "shape"
  /** Reduces some axes. */
  | "reduction"
  /** A row, which lies along the attribute `axes` or the last axis, decides its result alone: one element (reductions) or a row. */
  | "rows"
  /** Native code makes the result block by block: fused ops that read it may take each block as it comes (plan/heads.ts). */
  | "blocks"
  /** Can fail at run time on values (index out of range, integer division by zero). */
  | "checked"
  /** May not be folded or shared: each run differs. */
  | "random"
  /** Random numbers of a state: under vmap each example has its own, also of a state that all share. */
  | "draws";

/** A typed array with its type: what kernels read and write. Always contiguous, row-major. Complex elements take two numbers each. */
export interface Block {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TypedArray;
}

export interface OpSample {
  readonly name: string;
  /** Complex values are real and imaginary parts by turns; those of int64 may be bigints. */
  readonly inputs: readonly { readonly dtype: DType; readonly shape: Shape; readonly values?: readonly (number | bigint)[] }[];
  readonly attrs?: Attrs;
}

export interface OpErrorSample extends OpSample {
  /** Code of the error that must come. */
  readonly code: string;
}

/**
 * One element of an elementwise op as plain JavaScript: what reference kernels, tiny eager tensors and constant folding
 * compute with. Floats are doubles; the store into the result rounds them. Booleans are 0 and 1. Missing: not elementwise,
 * or the rule needs attributes.
 */
export type ComplexRule = (re: number, im: number, re2: number, im2: number) => readonly [number, number];

export interface ScalarRule {
  readonly float?: (x: number, y: number) => number;
  /** int32 operands, and uint8 ones where there is no rule for them; the result is wrapped to the dtype by the store. */
  readonly int?: (x: number, y: number) => number;
  /** uint8 operands, where the width matters. */
  readonly byte?: (x: number, y: number) => number;
  /** int64 operands; the result is wrapped to int64 by the store. A predicate gives a number. Present: uint8 is taken too. */
  readonly long?: (x: bigint, y: bigint) => bigint | number;
  readonly bool?: (x: number, y: number) => number;
  /** By real and imaginary parts of both operands; a predicate gives its answer as the first part. */
  readonly complex?: ComplexRule;
  /** The result is bool, whatever the operands are. */
  readonly predicate?: boolean;
}

export interface OpRecord {
  readonly name: string;
  /** Number of tensor operands; -1 for any number ≥ 1. */
  readonly arity: number;
  /**
   * Dtypes each promoted operand may have (all operands where `promote` is "none"). Dispatch lifts an operand whose dtype is
   * missing to the next one of the table that is listed (exp of int32 is float32; add of bool is int32); where there is none,
   * the error is E_DTYPE. With `promote` "none" nothing is lifted.
   */
  readonly dtypes: readonly DType[];
  /** Indices of operands that are cast to their common dtype before the op; "all" for every operand. */
  readonly promote: "all" | "none" | readonly number[];
  readonly flags: ReadonlySet<OpFlag>;
  readonly attrs: AttrSchema;
  /** Resources read or written, in program order: "stdout", a variable, a generator. Empty for pure ops. */
  readonly effects: readonly string[];
  readonly doc: string;
  readonly scalar: ScalarRule | undefined;
  /** Takes this op's place where all operands are weak whole numbers: fails where the result leaves int32 instead of wrapping. */
  readonly exact: OpRecord | undefined;
  /**
   * Result types, or a typed error with both facts. Never looks at values. Checks number and dtypes of operands and the kinds
   * of attributes first. A result is weak when every promoted operand is (operand 0 where `promote` is "none").
   */
  infer(inputs: readonly TensorType[], attrs: Attrs): TensorType[];
  /** Computes preallocated outputs. Inputs already promoted and checked; outputs never alias inputs. */
  reference(inputs: readonly Block[], outputs: readonly Block[], attrs: Attrs): void;
  /** Gradient rules: see grad.ts. */
  readonly grad: GradRules | undefined;
  /** Why floating results have no gradient, and what has one: the hint of the error. */
  readonly withoutGradient: string | undefined;
  /** How it runs for many examples at once: see batch.ts. */
  readonly batch: BatchRule | undefined;
  /** Why no native kernel is needed; elsewhere there is one. */
  readonly withoutKernel: string | undefined;
  readonly samples: readonly OpSample[];
  readonly errors: readonly OpErrorSample[];
  /** The reference may be called with strings: it moves elements of any dtype, or compares them. Eager only. */
  readonly strings: boolean;
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
  scalar?: ScalarRule;
  exact?: OpRecord;
  /** The reference moves elements and never looks at them: it sees complex ones as cells (cells.ts). Implied by "movement". */
  moves?: true;
  /** Takes string tensors too. Implied where elements of any dtype are moved. */
  strings?: true;
  /** Operands and attributes are of the right number and kind already; `name` is the op's, for messages. */
  infer: (inputs: readonly TensorType[], attrs: Attrs, name: string) => TensorType[];
  reference: OpRecord["reference"];
  grad?: GradRules;
  batch?: BatchRule;
  withoutGradient?: string;
  withoutKernel?: string;
  /** Called when somebody asks: most programs never do. */
  samples: () => readonly OpSample[];
  errors?: readonly OpErrorSample[];
}

const registry = new Map<string, OpRecord>();

export function defineOp(spec: OpSpec): OpRecord {
  if (registry.has(spec.name)) throw new InternalError(`Op ${spec.name} is defined twice.`);
  const promote = spec.promote ?? "all";
  const attrs = spec.attrs ?? {};
  // Every record and every rule has the same fields in the same order, so that hot paths see one hidden class.
  const { float, int, byte, long, bool, complex, predicate = false } = spec.scalar ?? {};
  const { reference } = spec;
  const isMove = spec.moves === true || spec.flags.includes("movement");
  let samples: readonly OpSample[] | undefined;
  const record: OpRecord = {
    name: spec.name,
    arity: spec.arity,
    dtypes: spec.dtypes,
    promote,
    flags: new Set(spec.flags),
    attrs,
    effects: spec.effects ?? [],
    doc: spec.doc,
    scalar: spec.scalar === undefined ? undefined : { float, int, byte, long, bool, complex, predicate },
    reference: isMove ? (inputs, outputs, given) => reference(inputs.map(asCells), outputs.map(asCells), given) : reference,
    grad: spec.grad,
    batch: spec.batch,
    withoutGradient: spec.withoutGradient,
    withoutKernel: spec.withoutKernel,
    get samples() {
      samples ??= spec.samples();
      return samples;
    },
    errors: spec.errors ?? [],
    exact: spec.exact,
    strings: spec.strings ?? (isMove && NUMERIC_DTYPES.every((dtype) => spec.dtypes.includes(dtype))),
    infer(inputs, given) {
      checkOperands(record, inputs);
      checkAttrs(record, given);
      const results = spec.infer(inputs, given, spec.name);
      for (const t of results) checkRank(spec.name, t);
      return isWeak(record, inputs) ? results.map((t) => ({ ...t, weak: true })) : results;
    },
  };
  registry.set(record.name, record);
  return record;
}

function checkOperands(op: OpRecord, inputs: readonly TensorType[]): void {
  if (op.arity >= 0 ? inputs.length !== op.arity : inputs.length === 0) {
    throw new ArgumentError(`${op.name} takes ${op.arity >= 0 ? op.arity : "at least 1"} tensor operands, but got ${inputs.length}.`);
  }
  for (let i = 0; i < inputs.length; i++) {
    const dtype = inputs[i].dtype;
    if (Array.isArray(op.promote) && !op.promote.includes(i)) continue;
    if (!op.dtypes.includes(dtype) && !(dtype === "string" && op.strings)) {
      const hint =
        dtype === "string" ? "Text has to be made numbers in JavaScript first." : `It takes ${op.dtypes.join(", ")}; use cast().`;
      throw new DTypeError(`${op.name} does not take ${dtype} (operand ${i}).`, { hint });
    }
  }
}

/** Whether all deciding operands are weak: the promoted ones, or operand 0. */
function isWeak(op: OpRecord, inputs: readonly TensorType[]): boolean {
  if (op.promote === "none") return inputs[0]?.weak === true;
  for (let i = 0; i < inputs.length; i++) {
    if (inputs[i].weak !== true && (op.promote === "all" || op.promote.includes(i))) return false;
  }
  return inputs.length > 0;
}

function checkRank(name: string, { shape }: TensorType): void {
  if (shape.length > MAX_RANK) throw new ShapeError(`${name}: a result of rank ${shape.length} is over the limit of ${MAX_RANK}.`);
}

/** The schema's attributes, each of its kind; no others. */
function checkAttrs(op: OpRecord, attrs: Attrs): void {
  for (const key in attrs) {
    if (!Object.hasOwn(op.attrs, key)) throw new ArgumentError(`${op.name} has no attribute ${key}.`);
  }
  for (const key in op.attrs) {
    const kind = op.attrs[key];
    if (kind === "dtype" && attrs[key] === "string") throw new DTypeError(`${op.name} does not make string tensors.`);
    if (!isOfKind(attrs[key], kind)) {
      throw new ArgumentError(
        `Attribute ${key} of ${op.name} must be of kind ${kind}, but is ${attrs[key] === undefined ? "missing" : describeDeep(attrs[key])}.`,
      );
    }
  }
}

function isOfKind(value: AttrValue | undefined, kind: AttrKind): boolean {
  switch (kind) {
    case "int":
      return isInt(value);
    case "ints":
      return Array.isArray(value) && value.every(isInt);
    case "dims":
      return Array.isArray(value) && value.every((d) => isInt(d) || (typeof d === "object" && "sym" in d));
    case "bool":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number";
    case "dtype":
      return isDType(value);
    case "string":
      return typeof value === "string";
  }
}

/** Attributes are int32 words in plans; sizes beyond that are refused before any memory is asked for. */
function isInt(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= -0x80000000 && value <= 0x7fffffff;
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
