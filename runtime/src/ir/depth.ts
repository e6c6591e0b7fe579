/**
 * How deep regions nest. Passes and plans recurse into regions, so that a graph beyond MAX_DEPTH is refused here, with a typed
 * error, and not by a stack that overflows somewhere. Needs no stack itself.
 */
import { UnsupportedError } from "../core/errors.ts";
import type { Graph, Node, Region } from "./graph.ts";
import { regionsOf } from "./walk.ts";

/** On Node's default stack, passes overflow between 1000 and 1500 levels. */
export const MAX_DEPTH = 1000;

/** Throws U_DEPTH at the first node that is nested too deep. */
export function checkDepth(graph: Graph): void {
  const open: { readonly region: Region; readonly depth: number }[] = [{ region: graph.body, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const node of next.region.nodes) {
      const inner = regionsOf(node);
      if (inner.length > 0 && next.depth >= MAX_DEPTH) throw tooDeep(graph, node);
      for (const region of inner) open.push({ region, depth: next.depth + 1 });
    }
  }
}

function tooDeep(graph: Graph, node: Node): UnsupportedError {
  return new UnsupportedError(`${graph.name} nests more than ${MAX_DEPTH} conditions and loops in each other.`, {
    code: "U_DEPTH",
    hint: "Early returns in an unrolled loop nest once per round: loop over a tensor instead.",
    at: node.span?.place(),
  });
}
