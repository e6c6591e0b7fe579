/**
 * The completeness matrix: what each op record has, found out by running it. `npm run ops` prints it, matrix.test.ts looks that
 * nothing is missing.
 *
 *   dtypes     per dtype that the op takes: a native kernel runs its samples (records.test.ts compares), or the reference rule alone
 *   open       some length of an operand may be a symbol while a graph is traced
 *   vmap       how it runs for many examples: by a rule (elementwise ops need none), or by a loop of the graph
 *   gradient   rules; zero where the derivative is; none where results are no real or complex numbers
 */
import { createNativeBackend, fallbacks } from "../../runtime/src/backends/native.ts";
import { type DType, hasGradient, NUMERIC_DTYPES } from "../../runtime/src/core/dtype.ts";
import { GraphFnError } from "../../runtime/src/core/errors.ts";
import type { Dim } from "../../runtime/src/core/shape.ts";
import type { TensorType } from "../../runtime/src/core/type.ts";
import { allOps } from "../../runtime/src/ops/index.ts";
import type { OpRecord, OpSample } from "../../runtime/src/ops/op.ts";
import { runSample } from "./support.ts";

export const ALL_DTYPES = NUMERIC_DTYPES;

/** "view": nothing runs; "untested": the op takes the dtype, but no sample has it. */
export type Support = "native" | "reference" | "view" | "untested" | "not taken";

export interface MatrixRow {
  readonly op: OpRecord;
  readonly dtypes: Readonly<Record<DType, Support>>;
  /** Operands without a kernel, with the reason that the record gives. */
  readonly reason: string | undefined;
  readonly open: boolean;
  readonly samples: number;
  readonly errors: number;
  readonly vmap: "rule" | "loop";
  readonly gradient: "yes" | "zero" | "none" | "missing";
}

const native = createNativeBackend();

export function hasAddon(): boolean {
  return native !== null;
}

export function matrix(): readonly MatrixRow[] {
  return allOps().map((op) => ({
    op,
    dtypes: Object.fromEntries(ALL_DTYPES.map((dtype) => [dtype, supportOf(op, dtype)])) as Record<DType, Support>,
    reason: op.withoutKernel,
    open: op.samples.some((sample) => mayBeOpen(op, sample)),
    samples: op.samples.length,
    errors: op.errors.length,
    vmap: op.batch !== undefined || op.flags.has("elementwise") ? "rule" : "loop",
    gradient: gradientOf(op),
  }));
}

/** What a complete record lacks, in words. */
export function gaps(rows: readonly MatrixRow[]): readonly string[] {
  return rows.flatMap(({ op, dtypes, open, errors, gradient, reason }) => {
    const found: string[] = [];
    for (const dtype of ALL_DTYPES) {
      if (dtypes[dtype] === "untested") found.push(`no sample of ${dtype}`);
      if (dtypes[dtype] === "reference" && reason === undefined) found.push(`no native kernel for ${dtype}`);
    }
    if (op.doc.trim() === "") found.push("no documentation");
    if (errors === 0 && mayRefuse(op)) found.push("no error sample");
    if (!open && op.arity !== 0) found.push("no operand may have an open length");
    if (gradient === "missing") found.push("no gradient, and none of its results says why");
    return found.map((gap) => `${op.name}: ${gap}`);
  });
}

/** Number and dtypes of operands, and kinds of attributes, are checked alike for all; what is left is the op's own. */
function mayRefuse(op: OpRecord): boolean {
  return op.arity !== 1 || !keepsShape(op) || Object.values(op.attrs).some((kind) => kind !== "number" && kind !== "dtype");
}

function keepsShape(op: OpRecord): boolean {
  return op.samples.every(({ inputs, attrs = {} }) => {
    const [x] = inputs;
    return op.infer(typesOf(inputs), attrs).every(({ shape }) => x !== undefined && String(shape) === String(x.shape));
  });
}

function typesOf(inputs: OpSample["inputs"]): TensorType[] {
  return inputs.map(({ dtype, shape }) => ({ dtype, shape }));
}

function supportOf(op: OpRecord, dtype: DType): Support {
  if (!op.dtypes.includes(dtype)) return "not taken";
  const samples = op.samples.filter(({ inputs }) => inputs.some((input, i) => isDeciding(op, i) && input.dtype === dtype));
  if (samples.length === 0) return op.arity === 0 ? "native" : "untested";
  if (op.flags.has("view")) return "view";
  return native !== null && samples.every((sample) => runsNatively(op, sample)) ? "native" : "reference";
}

/** Operands that the list of dtypes is about. */
function isDeciding(op: OpRecord, operand: number): boolean {
  return !Array.isArray(op.promote) || op.promote.includes(operand);
}

function runsNatively(op: OpRecord, sample: OpSample): boolean {
  const before = fallbacks.get(op.name) ?? 0;
  runSample(op, sample, (...parts) => native?.kernel(...parts));
  return (fallbacks.get(op.name) ?? 0) === before;
}

/** Inference answers with one length of one operand, or all equal ones of it, open. */
function mayBeOpen(op: OpRecord, { inputs, attrs = {} }: OpSample): boolean {
  const lengths = new Set(inputs.flatMap(({ shape }) => shape));
  return [...lengths].some((length) => {
    const open = (d: number): Dim => (d === length ? { sym: "N" } : d);
    return [inputs.map(() => true), ...inputs.map((_, k) => inputs.map((__, i) => i === k))].some((isOpen) => {
      const types = inputs.map(({ dtype, shape }, i): TensorType => ({ dtype, shape: isOpen[i] ? shape.map(open) : shape }));
      return infers(op, types, attrs);
    });
  });
}

function infers(op: OpRecord, types: readonly TensorType[], attrs: OpSample["attrs"] = {}): boolean {
  try {
    op.infer(types, attrs);
    return true;
  } catch (error) {
    if (error instanceof GraphFnError) return false;
    throw error;
  }
}

function gradientOf(op: OpRecord): MatrixRow["gradient"] {
  const { grad } = op;
  if (grad === "zero" || (Array.isArray(grad) && grad.every((rule) => rule === null))) return "zero";
  if (grad !== undefined) return "yes";
  const results = op.samples.flatMap(({ inputs, attrs = {} }) => op.infer(typesOf(inputs), attrs));
  return op.withoutGradient === undefined && results.some(({ dtype }) => hasGradient(dtype)) ? "missing" : "none";
}
