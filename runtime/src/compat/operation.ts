/**
 * Operations: the nodes of a static graph by name. Some stand for what a session does and have no record among the ops: their
 * `action` says what; replay.ts carries it out.
 */
import type { Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import type { Variable } from "../core/variable.ts";
import type { Node } from "../ir/graph.ts";

export type Action =
  /** Has a value only if it is fed. */
  | { readonly kind: "placeholder" }
  /** The operand, unless it is fed. */
  | { readonly kind: "default" }
  /** The value of a variable at this point of a run. */
  | { readonly kind: "read"; readonly variable: Variable }
  /** Gives a variable the operand's value; the result is that value. */
  | { readonly kind: "assign"; readonly variable: Variable }
  /** Operands: targets, sources that are tensors, then the gradients of the targets that were given (`seeds` has their targets). */
  | {
      readonly kind: "gradients";
      readonly targets: number;
      readonly sources: readonly (Variable | null)[];
      readonly seeds: readonly boolean[];
    }
  /** Nothing: holds other operations together. */
  | { readonly kind: "group" };

export class Operation {
  /** Unique in its graph, with its scopes: `layer/add_1`. */
  readonly name: string;
  /** What it does: the name of an op, `placeholder`, `assign`, … */
  readonly type: string;
  /** Operations that run before this one. */
  readonly controlInputs: readonly Operation[];
  /** For the machinery: the node, and what a session does for it. */
  readonly node: Node;
  readonly action: Action | null;
  /** For the machinery: the interpreter of its graph. */
  readonly owner: object;
  readonly #outputs: () => Tensor[];

  constructor(
    owner: object,
    name: string,
    type: string,
    node: Node,
    action: Action | null,
    controlInputs: readonly Operation[],
    outputs: (o: Operation) => Tensor[],
  ) {
    this.owner = owner;
    this.name = name;
    this.type = type;
    this.node = node;
    this.action = action;
    this.controlInputs = controlInputs;
    this.#outputs = () => outputs(this);
  }

  /** Its results. */
  get outputs(): Tensor[] {
    return this.#outputs();
  }

  toString(): string {
    return `Operation("${this.name}", type=${this.type})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** `Tensor("add:0", shape=(?, 3), dtype=float32)`; `rankless`: nothing is known of the shape. */
export function showTensor(name: string, { dtype, shape }: TensorType, rankless: boolean): string {
  const dims = shape.map((d) => (typeof d === "number" ? String(d) : "?"));
  const text = rankless ? "<unknown>" : `(${dims.join(", ")}${dims.length === 1 ? "," : ""})`;
  return `Tensor("${name}", shape=${text}, dtype=${dtype})`;
}
