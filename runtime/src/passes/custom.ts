/** Custom gradients: once gradients have been taken, such a node is its values. First of all passes; the others never see one. */
import type { Graph, Node, Region, Value } from "../ir/graph.ts";
import { mapList, mapOperands, mapRegions, walkNodes } from "../ir/walk.ts";

export function dropCustomGradients(graph: Graph): Graph {
  let found = false;
  walkNodes(graph.body, (node) => {
    found ||= node.kind === "customGrad";
  });
  return found ? { ...graph, body: drop(graph.body, new Map()) } : graph;
}

function drop(region: Region, same: Map<Value, Value>): Region {
  const use = (value: Value): Value => same.get(value) ?? value;
  const nodes: Node[] = [];
  for (const node of region.nodes) {
    if (node.kind === "customGrad") for (const [i, result] of node.results.entries()) same.set(result, use(node.values[i]));
    else nodes.push(mapRegions(mapOperands(node, use), (inner) => drop(inner, same)));
  }
  return { params: region.params, nodes, yields: mapList(region.yields, use) };
}
