/**
 * Parts of a region that a plan can hold, though the graph has none: nodes in a row whose shapes are known, branches and loops of such
 * nodes among them. A part that has run some times becomes one call.
 *
 *   %4: f32[1, 64] = matMul %2, %0   ┐
 *   %5: f32[1, 64] = tanh %4         ├ a part: %2, %0 → %5, %7
 *   %7: i32[] = argMax %6            ┘
 *   %8: list = list.push %3, %7        lists have no plan
 */
import { isStatic } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { ConstNode, Graph, Node, Value } from "../../ir/graph.ts";
import { freeValues, operandsOf, regionsOf } from "../../ir/walk.ts";

/** Runs a part: values of its inputs → those of its outputs, which belong to the caller. */
export interface PartRunner {
  run(inputs: readonly Tensor[]): readonly Tensor[];
}

export interface PartMaker {
  /** How often a part without loops runs node by node first. */
  readonly after: number;
  /** Null where node by node is better. `graph`: its parameters are the inputs, its results the outputs of the part. */
  make(graph: Graph): PartRunner | null;
}

/** Usually: a plan takes as long as some hundred ops to make. */
export const PART_AFTER = 8;

/** What a call costs, in ops on arrays. */
const CALL = 2;
/** An op on scalars, in ops on arrays. */
const SCALAR = 0.15;

/** A run of nodes, [from, to) of their region. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The parts of a list of nodes that are worth a call, in order. */
export function findParts(nodes: readonly Node[]): Stretch[] {
  const parts: Stretch[] = [];
  let [from, weight] = [0, 0];
  nodes.forEach((node, at) => {
    if (isPlannable(node)) weight += weightOf(node);
    else {
      if (weight >= CALL) parts.push({ from, to: at });
      [from, weight] = [at + 1, 0];
    }
  });
  if (weight >= CALL) parts.push({ from, to: nodes.length });
  return parts;
}

/** Constants of more elements are inputs: each plan that holds one has a copy. */
const MOST_CONSTANT = 64;

/** What nodes that are no constants read from outside: small constants, and all else. */
export function readBy(nodes: readonly Node[], constants: ReadonlyMap<Value, ConstNode>): { inputs: Value[]; constants: ConstNode[] } {
  const own = new Set(nodes.flatMap((node) => node.results));
  const read = new Set(nodes.flatMap((node) => [...operandsOf(node), ...regionsOf(node).flatMap(freeValues)]));
  const inputs: Value[] = [];
  const small: ConstNode[] = [];
  for (const value of read) {
    const constant = constants.get(value);
    if (constant !== undefined && constant.data.length <= MOST_CONSTANT) small.push(constant);
    else if (!own.has(value)) inputs.push(value);
  }
  return { inputs, constants: small };
}

/** Prints take tensors of the caller's, stacks and functions belong to the whole graph. */
function isPlannable(node: Node, inside = false): boolean {
  switch (node.kind) {
    case "const":
      return true;
    case "fail":
      return inside;
    case "op":
    case "cond":
    case "while":
    case "for":
      break;
    default:
      return false;
  }
  const isKnown = ({ type }: Value): boolean => !type.list && isStatic(type.shape) && type.dtype !== "string";
  if (![...operandsOf(node), ...node.results].every(isKnown)) return false;
  return regionsOf(node).every(
    ({ params, nodes, yields }) => [...params, ...yields].every(isKnown) && nodes.every((inner) => isPlannable(inner, true)),
  );
}

function weightOf(node: Node): number {
  if (node.kind === "const") return 0;
  if (node.kind === "while" || node.kind === "for") return CALL;
  if (node.kind === "cond") return SCALAR + Math.max(...regionsOf(node).map(({ nodes }) => nodes.reduce((sum, n) => sum + weightOf(n), 0)));
  const isScalar = [...operandsOf(node), ...node.results].every(({ type }) => type.shape.length === 0);
  return isScalar ? SCALAR : 1;
}
