/**
 * Carried values that never change become captured ones.
 *
 *   %3, %4 = while (%5 = %0, %6 = %1) { … } do (%7, %8) { … yield %9, %8 }
 *   →  %8 and %6 are %1, and so is %4
 *
 * A value is unchanged if the body yields its own parameter, or the initial value. What one removal makes equal is seen too,
 * and so are values that an inner loop hands through. The carried values themselves are left to dce: nobody uses them now.
 */
import type { ForNode, Graph, Region, Value, WhileNode } from "../ir/graph.ts";
import { mapUses, regionsOf } from "../ir/walk.ts";
import { hasLoops } from "./facts.ts";

export function invariants(graph: Graph): Graph {
  if (!hasLoops(graph.body)) return graph;
  const same = new Map<Value, Value>();
  const resolve = (value: Value): Value => {
    let v = value;
    for (let next = same.get(v); next !== undefined; next = same.get(v)) v = next;
    return v;
  };
  find(graph.body, same, resolve);
  if (same.size === 0) return graph;
  const body = mapUses(graph.body, resolve);
  return body === graph.body ? graph : { ...graph, body };
}

function find(region: Region, same: Map<Value, Value>, resolve: (v: Value) => Value): void {
  for (const node of region.nodes) {
    for (const inner of regionsOf(node)) find(inner, same, resolve);
    if (node.kind === "while" || node.kind === "for") while (unchanged(node, same, resolve)) {}
  }
}

/** One look at all carried values of a loop; true if another look may find more. */
function unchanged(loop: WhileNode | ForNode, same: Map<Value, Value>, resolve: (v: Value) => Value): boolean {
  const lead = loop.kind === "for" ? 1 : 0;
  let found = false;
  loop.init.forEach((value, i) => {
    const param = loop.body.params[i + lead];
    if (same.has(param)) return;
    const init = resolve(value);
    const next = resolve(loop.body.yields[i]);
    if (next !== param && next !== init) return;
    same.set(param, init);
    same.set(loop.results[i], init);
    if (loop.kind === "while") same.set(loop.test.params[i], init);
    found = true;
  });
  return found;
}
