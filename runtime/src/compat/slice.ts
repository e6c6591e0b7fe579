/**
 * What a run needs: the nodes of a graph from which the fetched values and operations are computed, fed values standing for
 * themselves.
 *
 * A gradient follows the formulas from its sources to its targets also where a value between them is fed: such a value is `bridged`,
 * computed for its formula while its fed value is used.
 */
import type { Node, Value } from "../ir/graph.ts";
import { freeValues, operandsOf, regionsOf, walkNodes } from "../ir/walk.ts";
import type { Operation } from "./operation.ts";
import type { StaticTracer } from "./static-tracer.ts";

export interface Slice {
  /** Nodes of the root region, in order. */
  readonly nodes: readonly Node[];
  readonly bridged: ReadonlySet<Value>;
}

export function sliceOf(t: StaticTracer, fetched: readonly Value[], operations: readonly Operation[], fed: ReadonlySet<Value>): Slice {
  const needed = new Set<Node>();
  const bridged = new Set<Value>();
  const pending: Node[] = [];
  const needNode = (node: Node): void => {
    if (needed.has(node)) return;
    needed.add(node);
    pending.push(node);
  };
  const need = (value: Value): void => {
    if (fed.has(value)) return;
    const maker = t.makerOf(value);
    if (maker !== undefined) needNode(maker.node);
  };
  fetched.forEach(need);
  for (const operation of operations) needNode(operation.node);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    usesOf(node).forEach(need);
    eachWithin(node, (inner) => {
      const operation = t.operationOf(inner);
      operation?.controlInputs.forEach((o) => {
        needNode(o.node);
      });
      if (operation?.action?.kind !== "gradients" || fed.size === 0) return;
      for (const value of between(t, operation, fed)) {
        bridged.add(value);
        const maker = t.makerOf(value);
        if (maker !== undefined) needNode(maker.node);
      }
    });
  }
  return { nodes: t.root.nodes.filter((node) => needed.has(node)), bridged };
}

/** Values that a node takes from its region. */
export function usesOf(node: Node): readonly Value[] {
  return [...operandsOf(node), ...regionsOf(node).flatMap((region) => freeValues(region))];
}

function eachWithin(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const region of regionsOf(node)) walkNodes(region, visit);
}

/** Fed values that depend on a source of a gradient, and are not sources themselves. */
function between(t: StaticTracer, operation: Operation, fed: ReadonlySet<Value>): Value[] {
  const { action } = operation;
  if (action?.kind !== "gradients") return [];
  const reached = dependents(t, sourceValues(t, operation));
  return [...fed].filter((value) => reached.has(value) && !operandsOf(operation.node).includes(value));
}

/** What stands for the sources of a gradient: tensors, and all reads of variables. */
export function sourceValues(t: StaticTracer, operation: Operation): Value[] {
  const { action, node } = operation;
  if (action?.kind !== "gradients") return [];
  const operands = operandsOf(node).slice(action.targets);
  let next = 0;
  return action.sources.flatMap((variable) => (variable === null ? [operands[next++] as Value] : t.readsOf(variable)));
}

/** Values of the root region that depend on one of these. */
export function dependents(t: StaticTracer, values: readonly Value[]): Set<Value> {
  const reached = new Set(values);
  for (const node of t.root.nodes) {
    if (usesOf(node).some((v) => reached.has(v))) for (const v of node.results) reached.add(v);
  }
  return reached;
}
