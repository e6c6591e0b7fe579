/**
 * The plan: what a backend runs. A flat list of steps with jumps over buffers whose place in one arena is fixed.
 * cond and while are branches in the list. Backends read a plan once (`compile`) and then run it without JavaScript
 * objects: see encode.ts for the words that native code reads.
 *
 * Invariants: every buffer has a static shape; `offset` is a multiple of 64 for buffers over 8 bytes and of 8 otherwise;
 * buffers whose lifetimes overlap do not overlap in the arena; inputs, constants and variables that are only read are never
 * written. Nothing that may fail stands behind a step that writes into a variable's memory: a run that fails leaves variables
 * as they were.
 */
import type { DType, TypedArray } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { PrintNode, Span } from "../ir/graph.ts";
import type { Attrs } from "../ops/op.ts";
import type { SingleOps } from "./single.ts";

export type BufferId = number;

export interface PlanBuffer {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly size: number;
  /**
   * "arena": at `offset`. "input": argument `index` of the call. "output": result `index`, memory from the caller. "variable":
   * variable `index`, in its own memory. "const": `data`.
   */
  readonly place:
    | { readonly kind: "arena"; readonly offset: number }
    | { readonly kind: "input"; readonly index: number }
    | { readonly kind: "output"; readonly index: number }
    | { readonly kind: "variable"; readonly index: number }
    | { readonly kind: "const"; readonly data: TypedArray };
  /** User's variable, where known. */
  readonly name?: string | undefined;
}

/** A value in fused ops: the inputs by number, then the outputs, then room for what stays inside, then room for columns. */
export type FusedRef = number;

export interface FusedOp {
  readonly op: string;
  readonly attrs: Attrs;
  readonly operands: readonly FusedRef[];
  readonly result: FusedRef;
  /** Of the result. */
  readonly dtype: DType;
  readonly shape: Shape;
  readonly span: Span | undefined;
}

/**
 * Elementwise ops on one shape, computed piece by piece, and ops on its rows: see fuse.ts. The first may be a product that the others read
 * block by block: see heads.ts. Of registers in a program, of buffers in a plan.
 */
export interface Fused {
  readonly kind: "fused";
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly ops: readonly FusedOp[];
  /** Values that stay inside at the same time, at most. */
  readonly temporaries: number;
  /** Those of them beside that have one element per row. */
  readonly columns: number;
  /** Elements of a row; 0 where no op looks at rows. */
  readonly run: number;
  readonly shape: Shape;
}

export type Step =
  | {
      readonly kind: "op";
      readonly op: string;
      readonly inputs: readonly BufferId[];
      readonly outputs: readonly BufferId[];
      readonly attrs: Attrs;
      readonly span?: Span | undefined;
    }
  | Fused
  /** Copies a whole buffer (carried values, results of branches). Same dtype and size. */
  | { readonly kind: "copy"; readonly from: BufferId; readonly to: BufferId }
  | { readonly kind: "jump"; readonly target: number }
  /** Goes to `target` when the boolean scalar is false. */
  | { readonly kind: "unless"; readonly pred: BufferId; readonly target: number }
  /** Goes to `target` when the boolean scalar is true: the back edge of a loop. */
  | { readonly kind: "when"; readonly pred: BufferId; readonly target: number }
  | { readonly kind: "print"; readonly site: number; readonly inputs: readonly BufferId[] }
  /** Puts a copy of a buffer on a stack; fails with E_MEMORY where that has no room. */
  | { readonly kind: "push"; readonly stack: number; readonly from: BufferId }
  /** Takes the last value off a stack. */
  | { readonly kind: "pop"; readonly stack: number; readonly to: BufferId };

export type PrintSite = { readonly kind: "fail"; readonly error: unknown } | Printed;

export interface Printed {
  readonly kind: "print";
  readonly method: PrintNode["method"];
  readonly parts: PrintNode["parts"];
}

/** A variable of the graph: the buffer in its memory, and whether a run may change it. */
export interface PlanVariable {
  readonly buffer: BufferId;
  readonly written: boolean;
}

/** A stack grows while a plan runs; it is empty when a run begins. */
export interface PlanStack {
  /** Of one value. */
  readonly bytes: number;
}

export interface Plan {
  readonly name: string;
  readonly buffers: readonly PlanBuffer[];
  readonly steps: readonly Step[];
  readonly inputs: readonly BufferId[];
  readonly outputs: readonly BufferId[];
  /** In the order of the graph's slots. They are neither inputs nor outputs. */
  readonly variables: readonly PlanVariable[];
  readonly stacks: readonly PlanStack[];
  readonly arenaBytes: number;
  readonly prints: readonly PrintSite[];
  /** Elementwise ops that were not fused, and why; not there where nobody tried. */
  readonly single?: readonly SingleOps[];
}
