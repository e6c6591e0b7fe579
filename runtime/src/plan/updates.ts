/**
 * Updates of variables move behind everything that may fail, so that they can be computed in the variables' memory (failures.ts).
 *
 *   %w2 = sub %w, %step; %loss = sum %d; return %loss, %w := %w2
 *   →  %loss = sum %d; %w2 = sub %w, %step; return …
 *
 * What moves: ops of the outermost region that cannot fail, compute the new value of a variable, and are used only by what comes
 * behind or moves along. Their operands live a little longer; order among them stays.
 */
import type { Graph, Node, Value } from "../ir/graph.ts";
import { freeValues, operandsOf, regionsOf } from "../ir/walk.ts";
import { nodeMayFail } from "./failures.ts";

export function delayUpdates(graph: Graph): Graph {
  const results = new Set(graph.variables?.flatMap(({ result }) => (result === null ? [] : [graph.body.yields[result] as Value])));
  if (results.size === 0) return graph;
  const { nodes } = graph.body;
  const last = nodes.findLastIndex(nodeMayFail);
  if (last < 0) return graph;
  const moving = movable(nodes.slice(0, last + 1), results);
  if (moving.size === 0) return graph;
  const stay = (node: Node): boolean => !moving.has(node);
  return { ...graph, body: { ...graph.body, nodes: [...nodes.slice(0, last + 1).filter(stay), ...moving, ...nodes.slice(last + 1)] } };
}

/** Nodes that compute `results` or use what those compute, in order, as far as all of them can move. */
function movable(nodes: readonly Node[], results: ReadonlySet<Value>): Set<Node> {
  const users = new Map<Value, Node[]>();
  const use = (value: Value, node: Node): void => {
    const list = users.get(value);
    if (list === undefined) users.set(value, [node]);
    else list.push(node);
  };
  for (const node of nodes) {
    for (const value of operandsOf(node)) use(value, node);
    for (const region of regionsOf(node)) for (const value of freeValues(region)) use(value, node);
  }
  const usersOf = (node: Node): Node[] => node.results.flatMap((v) => users.get(v) ?? []);
  const can = new Set<Node>();
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as Node;
    if (node.kind === "op" && !nodeMayFail(node) && usersOf(node).every((user) => can.has(user))) can.add(node);
  }
  const moving = new Set<Node>();
  const wanted = new Set<Node>();
  for (const node of nodes) {
    if (!wanted.has(node) && !node.results.some((v) => results.has(v))) continue;
    if (!can.has(node)) continue;
    moving.add(node);
    for (const user of usersOf(node)) wanted.add(user);
  }
  return moving;
}
