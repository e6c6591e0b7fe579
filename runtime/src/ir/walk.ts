/**
 * Reading and rebuilding graphs. Recursion goes into nested regions only, never along a list of nodes.
 *
 * Free values of a region are those it uses from enclosing regions: what a branch or loop captures.
 */
import type { DefineNode, Graph, Node, Region, Value } from "./graph.ts";

const NONE: readonly Region[] = [];

/** Regions of a node, in the order they may run. */
export function regionsOf(node: Node): readonly Region[] {
  switch (node.kind) {
    case "cond":
      return [node.then, node.else];
    case "while":
      return [node.test, node.body];
    case "for":
      return [node.body];
    case "customGrad":
      return [node.vjp];
    case "define":
      return [node.body];
    default:
      return NONE;
  }
}

/** Values the node reads itself; what its regions read is not among them. */
export function operandsOf(node: Node): readonly Value[] {
  switch (node.kind) {
    case "const":
    case "fail":
    case "pop":
    case "define":
      return [];
    case "op":
    case "call":
    case "print":
    case "push":
    case "list":
      return node.operands;
    case "customGrad":
      return [...node.inputs, ...node.values];
    case "cond":
      return [node.pred];
    case "while":
      return node.init;
    case "for":
      return [node.start, node.limit, node.step, ...node.init];
  }
}

/** The same node with every own operand mapped; the same object where nothing changed. */
export function mapOperands(node: Node, map: (value: Value) => Value): Node {
  switch (node.kind) {
    case "const":
    case "fail":
    case "pop":
    case "define":
      return node;
    case "push": {
      const operand = map(node.operands[0]);
      return operand === node.operands[0] ? node : { ...node, operands: [operand] };
    }
    case "customGrad": {
      const [inputs, values] = [mapList(node.inputs, map), mapList(node.values, map)];
      return inputs === node.inputs && values === node.values ? node : { ...node, inputs, values };
    }
    case "op":
    case "call":
    case "print":
    case "list": {
      const operands = mapList(node.operands, map);
      return operands === node.operands ? node : { ...node, operands };
    }
    case "cond": {
      const pred = map(node.pred);
      return pred === node.pred ? node : { ...node, pred };
    }
    case "while": {
      const init = mapList(node.init, map);
      return init === node.init ? node : { ...node, init };
    }
    case "for": {
      const init = mapList(node.init, map);
      const [start, limit, step] = [map(node.start), map(node.limit), map(node.step)];
      const same = init === node.init && start === node.start && limit === node.limit && step === node.step;
      return same ? node : { ...node, start, limit, step, init };
    }
  }
}

/** The same array where no element changed. */
export function mapList<T>(list: readonly T[], map: (item: T) => T): readonly T[] {
  let out: T[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    const mapped = map(item);
    if (mapped === item && out === null) continue;
    out ??= list.slice(0, i);
    out.push(mapped);
  }
  return out ?? list;
}

/** The same node with its regions mapped; the same object where nothing changed. */
export function mapRegions(node: Node, map: (region: Region, node: Node) => Region): Node {
  switch (node.kind) {
    case "cond": {
      const [then, otherwise] = [map(node.then, node), map(node.else, node)];
      return then === node.then && otherwise === node.else ? node : { ...node, then, else: otherwise };
    }
    case "while": {
      const [test, body] = [map(node.test, node), map(node.body, node)];
      return test === node.test && body === node.body ? node : { ...node, test, body };
    }
    case "define":
    case "for": {
      const body = map(node.body, node);
      return body === node.body ? node : { ...node, body };
    }
    case "customGrad": {
      const vjp = map(node.vjp, node);
      return vjp === node.vjp ? node : { ...node, vjp };
    }
    default:
      return node;
  }
}

/** Every operand and yield of a region and of the regions in it, replaced; definitions stay. */
export function mapUses(region: Region, map: (value: Value) => Value): Region {
  const nodes = mapList(region.nodes, (node) => mapRegions(mapOperands(node, map), (inner) => mapUses(inner, map)));
  const yields = mapList(region.yields, map);
  return nodes === region.nodes && yields === region.yields ? region : { ...region, nodes, yields };
}

/** Visits nodes in order, each before its regions. */
export function walkNodes(region: Region, visit: (node: Node, region: Region) => void): void {
  for (const node of region.nodes) {
    visit(node, region);
    for (const inner of regionsOf(node)) walkNodes(inner, visit);
  }
}

/** Nodes of a region and of all regions in it; stops counting beyond `limit`. */
export function countNodes(region: Region, limit = Number.POSITIVE_INFINITY): number {
  let count = 0;
  for (const node of region.nodes) {
    count++;
    for (const inner of regionsOf(node)) count += countNodes(inner, limit - count);
    if (count > limit) break;
  }
  return count;
}

/** −1 for a graph without values. */
export function greatestId(graph: Graph): number {
  let greatest = -1;
  const see = (values: readonly Value[]): void => {
    for (const v of values) if (v.id > greatest) greatest = v.id;
  };
  const within = (region: Region): void => {
    see(region.params);
    for (const node of region.nodes) {
      see(node.results);
      for (const inner of regionsOf(node)) within(inner);
    }
  };
  within(graph.body);
  return greatest;
}

/**
 * Values that a function takes from the regions around it, also through functions that it calls: those of `known`. Recursion asks for
 * nothing new.
 */
export function capturesOf(define: DefineNode, known: ReadonlyMap<number, readonly Value[]>): readonly Value[] {
  const captured = new Set(freeValues(define.body));
  walkNodes(define.body, (node) => {
    if (node.kind === "call") for (const v of known.get(node.fn) ?? []) captured.add(v);
  });
  return [...captured];
}

/** Values used in a region, or in regions inside it, and defined outside: in order of first use. */
export function freeValues(region: Region): Value[] {
  const defined = new Set<Value>();
  const free = new Set<Value>();
  const use = (value: Value): void => {
    if (!defined.has(value)) free.add(value);
  };
  const within = (r: Region): void => {
    for (const p of r.params) defined.add(p);
    for (const node of r.nodes) {
      operandsOf(node).forEach(use);
      for (const inner of regionsOf(node)) within(inner);
      for (const v of node.results) defined.add(v);
    }
    r.yields.forEach(use);
  };
  within(region);
  return [...free];
}
