/** Part of a trace that may have to be traced in another way: then all that it left in the open region, and in JavaScript, is taken back. */
import type { Node } from "../ir/graph.ts";
import type { GraphTracer } from "../trace/tracer.ts";
import { markPendings } from "./throwing.ts";

/** Runs `body` in the open region. `isVoid`: what it threw means that it counts for nothing. */
export function attempt<T>(t: GraphTracer, body: () => T, isVoid: (error: unknown) => boolean): T {
  const { region } = t;
  const before = new Set(region.nodes);
  const state = t.state.snapshot();
  const forgetPendings = markPendings(t);
  return t.journal.attempt(body, (error) => {
    if (!isVoid(error)) return false;
    forgetPendings();
    t.returnTo(region);
    // Captured constants stand in the outermost region, and stay.
    const captured = new Set(t.constants.map(({ value }) => value));
    const kept = region.nodes.filter((node: Node) => before.has(node) || (node.kind === "const" && captured.has(node.results[0] as never)));
    region.nodes.splice(0, region.nodes.length, ...kept);
    t.state.restore(state);
    return true;
  });
}
