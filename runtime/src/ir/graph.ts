/**
 * The graph IR: SSA nodes in ordered regions.
 *
 * - A Graph is a region with parameters (the function's tensor inputs, then its captures) and yields (its results).
 * - A node in a region may use values of the enclosing regions directly (captured values); region parameters are for what
 *   changes per entry: carried values of loops.
 * - Node order within a region is execution order for nodes with effects; per resource it never changes. Pure nodes may move.
 * - A weak type says that a value came from JavaScript numbers only; plans treat it as its dtype.
 *
 *   graph collatz(%0: f32) {
 *     %1: i32 = const value=0
 *     %2, %3 = while (%4 = %0, %5 = %1) {
 *       %6: bool = greater %4, %…
 *       yield %6
 *     } do { … yield %9, %10 }
 *     return %3
 *   }
 */
import type { TypedArray } from "../core/dtype.ts";
import type { TensorType } from "../core/type.ts";
import type { Attrs } from "../ops/op.ts";

export interface Value {
  readonly id: number;
  readonly type: TensorType;
  /** User's variable name where known: shown in graph text and in errors. */
  readonly name?: string | undefined;
}

/** Calls within calls of a graph before it ends with an error. */
export const DEFAULT_MAX_DEPTH = 100_000;

/** Where a node comes from: resolved lazily to a place in the user's source (see trace/span.ts). */
export interface Span {
  readonly place: () => { file: string; line: number; column: number } | undefined;
}

interface NodeBase {
  readonly results: readonly Value[];
  readonly span?: Span | undefined;
}
export interface ConstNode extends NodeBase {
  readonly kind: "const";
  readonly data: TypedArray;
}
export interface OpNode extends NodeBase {
  readonly kind: "op";
  readonly op: string;
  readonly operands: readonly Value[];
  readonly attrs: Attrs;
}
export interface CondNode extends NodeBase {
  readonly kind: "cond";
  readonly pred: Value;
  readonly then: Region;
  readonly else: Region;
}
/** results = carried values when `test` first yields false. */
export interface WhileNode extends NodeBase {
  readonly kind: "while";
  readonly init: readonly Value[];
  readonly test: Region;
  readonly body: Region;
  readonly checkpoint?: Checkpoint;
}
/** Trip count known at entry: for (i = start; step > 0 ? i < limit : i > limit; i += step). body params: [i, ...carried]. */
export interface ForNode extends NodeBase {
  readonly kind: "for";
  readonly start: Value;
  readonly limit: Value;
  readonly step: Value;
  readonly init: readonly Value[];
  readonly body: Region;
  readonly checkpoint?: Checkpoint;
}
/** Of which rounds a gradient of the loop keeps the state: every so many, or ever further apart. Without it, of each. */
export type Checkpoint = "sqrt" | number;
/** Methods of the console that print. */
export const PRINT_METHODS = ["log", "info", "warn", "error", "debug", "trace", "table", "group", "groupEnd"] as const;
/** Literal text or operand index; a list of them is one text. */
export type PrintPart = string | number | readonly (string | number)[];
/** Writes to a stream when run, in program order. */
export interface PrintNode extends NodeBase {
  readonly kind: "print";
  readonly method: (typeof PRINT_METHODS)[number];
  readonly operands: readonly Value[];
  readonly parts: readonly PrintPart[];
}
/** Ends the run with an error that the user's code threw. */
export interface FailNode extends NodeBase {
  readonly kind: "fail";
  readonly error: unknown;
}
/**
 * Puts a value on a stack; `pop` takes the last one off. Stacks hold what loops and branches leave for their gradients: every push
 * of a run has its pop, in reverse order, and that within each run of the innermost region around all pushes and pops of the stack. All
 * values of a stack have one type; order is kept per stack.
 */
export interface PushNode extends NodeBase {
  readonly kind: "push";
  readonly stack: number;
  readonly operands: readonly [Value];
  /** It is made in these rounds of the loop around it only. */
  readonly checkpoint?: Checkpoint;
}
export interface PopNode extends NodeBase {
  readonly kind: "pop";
  readonly stack: number;
}
/**
 * Lists of tensors: what a JavaScript array holds whose length the graph decides. A list is a value like any other, of a type that says
 * so: to change one is to make another, and which array holds which list is known while tracing (trace/list.ts).
 *
 *   make x, y → list      push list, x → list      pop list → list without its last element, if it has one
 *   last list → x         get list, i → x          set list, i, x → list (i may be its length)
 *   length list → i32     slice list, from, to     concat list, list
 *   cast list             stack list {axis}        join list {axis}: one tensor, as gf.stack and gf.concat make it
 *
 * Gradients of lists are lists of the same length:
 *
 *   fill n, x → list      add list, list → list    unstack x {axis}, split x {axis, size}: what stack and join put together
 *
 * `last`, `get`, `set`, `stack` and `join` fail where JavaScript would find no element.
 */
export interface ListNode extends NodeBase {
  readonly kind: "list";
  readonly action: ListAction;
  readonly operands: readonly Value[];
  readonly attrs: Attrs;
}
export const LIST_ACTIONS = [
  ...(["make", "push", "pop", "last", "get", "set", "length", "slice", "concat", "cast", "stack", "join"] as const),
  ...(["fill", "add", "unstack", "split"] as const),
] as const;
export type ListAction = (typeof LIST_ACTIONS)[number];
/**
 * The results are the `values`, with a gradient of their own: `vjp` computes from its parameters, the gradients of the results,
 * those of `inputs`. Only traced graphs have it: gradients are taken before passes run, and the first pass drops it.
 */
export interface CustomGradNode extends NodeBase {
  readonly kind: "customGrad";
  readonly inputs: readonly Value[];
  readonly values: readonly Value[];
  readonly vjp: Region;
}
/**
 * A function that calls itself: `call` nodes behind it, in its region and in regions inside that, run `body`, and so do those in the body.
 * Runs nothing itself. The body may use values of the regions around.
 */
export interface DefineNode extends NodeBase {
  readonly kind: "define";
  readonly fn: number;
  readonly name: string;
  readonly body: Region;
  /** Types of what a call gives: those of the body's yields where they are not more exact. */
  readonly gives: readonly TensorType[];
  /** Calls within calls before the run ends with E_RECURSION. */
  readonly maxDepth: number;
}
export interface CallNode extends NodeBase {
  readonly kind: "call";
  readonly fn: number;
  readonly operands: readonly Value[];
}
export type Node =
  | ConstNode
  | OpNode
  | CondNode
  | WhileNode
  | ForNode
  | PrintNode
  | FailNode
  | PushNode
  | PopNode
  | ListNode
  | CustomGradNode
  | DefineNode
  | CallNode;

export interface Region {
  readonly params: readonly Value[];
  readonly nodes: readonly Node[];
  readonly yields: readonly Value[];
}

/** A variable: a parameter of the graph, and the result that becomes its value when the graph has run; null if it is only read. */
export interface VariableSlot {
  readonly param: number;
  readonly result: number | null;
}

export interface Graph {
  readonly name: string;
  readonly body: Region;
  readonly variables?: readonly VariableSlot[];
}
