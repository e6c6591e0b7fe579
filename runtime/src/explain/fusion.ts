/**
 * Which elementwise ops of a plan run together, and why others do not: the groups are the plan's fused steps, the reasons those that the
 * planner gave (plan/single.ts).
 *
 *   g1  mul, add, tanh  f32[64]  768 B → 256 B  tiles  model.ts:5:9
 *   g2  matMul → add, maximum  f32[1024,1024]  8.5 MiB → 4 MiB, llvm, 4 MiB stay inside
 *   –   exp             f32[64]  sum needs it as a whole  model.ts:6:9
 */
import { DTYPES, type DType } from "../core/dtype.ts";
import { type Shape, showShape, sizeOf } from "../core/shape.ts";
import type { Span } from "../ir/graph.ts";
import { headOf } from "../plan/heads.ts";
import type { Fused, Plan, PlanBuffer } from "../plan/plan.ts";
import { sayWhy } from "../plan/single.ts";
import { showBytes } from "./text.ts";

/** Ops that are one step. */
export interface FusedGroup {
  /** "g1", "g2", … in the order of the plan. */
  readonly name: string;
  readonly ops: readonly string[];
  /** The product whose blocks the ops read as they come, and the bytes that it has in no memory therefore. */
  readonly head: { readonly op: string; readonly bytesInside: number } | null;
  /** Of the result: "f32[64]". */
  readonly type: string;
  /** From and to memory; what ops hand to each other inside counts as neither. */
  readonly bytes: { readonly read: number; readonly written: number };
  /** What computes it: "tiles" piece by piece with precompiled loops, "llvm" code of its own, "reference" in TypeScript. */
  readonly tier: string;
  /** "file:line:column" of the first op, where known. */
  readonly at: string | null;
}

/** Elementwise ops that are steps of their own. */
export interface SingleGroup {
  readonly ops: readonly string[];
  readonly type: string;
  readonly why: string;
  readonly at: string | null;
}

export interface Fusion {
  readonly groups: readonly FusedGroup[];
  readonly single: readonly SingleGroup[];
}

export function fusionOf(plan: Plan, tierOf: (step: Fused) => string): Fusion {
  const fused = plan.steps.filter((step) => step.kind === "fused");
  const bytes = (ids: readonly number[]): number => [...new Set(ids)].reduce((sum, id) => sum + bytesOf(plan.buffers[id] as PlanBuffer), 0);
  const groups = fused.map((step, i): FusedGroup => {
    const result = plan.buffers[step.outputs[0] as number] as PlanBuffer;
    const head = headOf(step.ops);
    const isKept = head !== null && head.result < step.inputs.length + step.outputs.length;
    return {
      name: `g${i + 1}`,
      ops: step.ops.filter((op) => op !== head).map(({ op }) => op),
      head: head === null ? null : { op: head.op, bytesInside: isKept ? 0 : sizeOf(head.shape) * DTYPES[head.dtype].bytes },
      type: typeOf(result.dtype, step.shape),
      bytes: { read: bytes(step.inputs), written: bytes(step.outputs) },
      tier: tierOf(step),
      at: placeOf(step.ops[0]?.span),
    };
  });
  const single = (plan.single ?? []).map(
    ({ ops, dtype, shape, why, span }): SingleGroup => ({ ops, type: typeOf(dtype, shape), why: sayWhy(why), at: placeOf(span) }),
  );
  return { groups, single };
}

/** Lines for a report; none where the plan has no elementwise ops on more than one element. */
export function fusionLines({ groups, single }: Fusion): string[] {
  const rows = [
    ...groups.map(({ name, ops, head, type, bytes, tier, at }) => [
      name,
      `${head === null ? "" : `${head.op} → `}${shorten(ops)}`,
      type,
      `${showBytes(bytes.read)} → ${showBytes(bytes.written)}, ${tier}${head === null ? "" : `, ${showBytes(head.bytesInside)} stay inside`}`,
      at,
    ]),
    ...single.map(({ ops, type, why, at }) => ["–", shorten(ops), type, why, at]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => {
    const cells = row.slice(0, 3).map((cell, column) => (cell ?? "").padEnd(widths[column] as number));
    return [...cells, row[3] ?? "", ...(row[4] === null ? [] : [`// ${row[4]}`])].join("  ");
  });
}

const SHOWN = 8;

function shorten(ops: readonly string[]): string {
  if (ops.length <= SHOWN) return ops.join(", ");
  return `${ops.slice(0, SHOWN - 1).join(", ")}, … (${ops.length} ops)`;
}

function bytesOf({ dtype, size }: PlanBuffer): number {
  return DTYPES[dtype].bytes * size;
}

function typeOf(dtype: DType, shape: Shape): string {
  return `${DTYPES[dtype].short}${showShape(shape)}`;
}

export function placeOf(span: Span | undefined): string | null {
  const place = span?.place();
  return place ? `${place.file.split("/").at(-1)}:${place.line}:${place.column}` : null;
}
