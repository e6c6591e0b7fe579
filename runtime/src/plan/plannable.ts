/**
 * Which graphs a plan can hold: those without lists, in which the shape of every value is known before they run, and no function calls
 * itself. All others are run node by node (eager/interpret), but for parts of them.
 */
import { isStatic } from "../core/shape.ts";
import { showType } from "../core/type.ts";
import type { Graph, Region, Value } from "../ir/graph.ts";
import { regionsOf } from "../ir/walk.ts";

/** Why a graph has no plan, in words for `explain`; null if it has one. */
export function whyNoPlan(graph: Graph): string | null {
  const recursive = functionIn(graph.body);
  if (recursive !== null) return `\`${recursive}\` calls itself`;
  const list = valuesIn(graph.body).find((v) => v.type.list);
  if (list !== undefined) return `${list.name === undefined ? "an array" : `\`${list.name}\``} holds as many tensors as the data decides`;
  const open = valuesIn(graph.body).filter((v) => !isStatic(v.type.shape));
  if (open.length === 0) return null;
  const value = open.find((v) => v.name !== undefined) ?? (open[0] as Value);
  return `the shape of ${value.name === undefined ? "a value" : `\`${value.name}\``} depends on data (${showType(value.type)})`;
}

function functionIn(region: Region): string | null {
  for (const node of region.nodes) {
    if (node.kind === "define") return node.name;
    for (const inner of regionsOf(node)) {
      const found = functionIn(inner);
      if (found !== null) return found;
    }
  }
  return null;
}

function valuesIn(region: Region): Value[] {
  return [...region.params, ...region.nodes.flatMap((node) => [...node.results, ...regionsOf(node).flatMap(valuesIn)])];
}
