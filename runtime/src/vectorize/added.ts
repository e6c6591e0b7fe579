/**
 * Nodes that a trace adds for one example, added for many instead:
 *
 *   body(one)   adds nodes to the open region that compute from `one`, and may make others of nodes before them, as gradients do
 *   then        the nodes added are taken away, and visited for all of `batch`
 *
 * Loops around that leave something for these nodes leave it once, for all examples.
 */
import { builder } from "../autodiff/rules.ts";
import type { Dim } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Node, Value } from "../ir/graph.ts";
import { captureSpan } from "../trace/span.ts";
import type { GraphTracer, OpenRegion } from "../trace/tracer.ts";
import { type Lane, Lanes } from "./lanes.ts";
import { refused } from "./refuse.ts";
import { Vectorizer } from "./vectorize.ts";

/** `batch` has the axis of examples in front. Throws U_VMAP, and then leaves the trace as it was. */
export function mapAdded(t: GraphTracer, size: Dim, batch: Tensor, body: (one: Tensor) => readonly (Tensor | null)[]): (Lane | null)[] {
  const undo = undoable(t);
  const before = t.state.snapshot();
  const { nodes } = t.region;
  const border = t.constantValue(new Int32Array(1), { dtype: "int32", shape: [] });
  const { dtype, shape } = t.valueOf(batch).type;
  const one = t.freshValue({ dtype, shape: shape.slice(1) });
  try {
    const found = body(t.tensor(one)).map((x): Value | null => (x === null ? null : t.valueOf(x)));
    for (const [variable, value] of t.state.snapshot()) {
      if (before.get(variable) === value) continue;
      throw refused(
        `the variable ${variable.name ?? `#${variable.id}`} is assigned by a gradient.`,
        "Return the value, and assign it outside.",
        captureSpan().place(),
      );
    }
    const [, ...added] = nodes.splice(nodes.findIndex((node) => node.results[0] === border));
    const lanes = new Lanes(t, size, () => t.cast(builder.op("lengthOf", [batch], { axis: 0 }), "int32", false));
    const v = new Vectorizer(lanes, { outerStacks: true });
    v.define(one, lanes.each(batch));
    for (const node of added) v.node(node);
    return found.map((value) => (value === null ? null : v.lookup(value)));
  } catch (error) {
    undo();
    t.state.restore(before);
    throw error;
  }
}

/** Puts back the nodes of all open regions, but for captured constants: those stand at the head of the graph, and are known by then. */
function undoable(t: GraphTracer): () => void {
  const known: [OpenRegion, readonly Node[]][] = [];
  for (let region: OpenRegion | null = t.region; region !== null; region = region.parent) known.push([region, region.nodes.slice()]);
  const constants = t.constants.length;
  return () => {
    for (const [region, nodes] of known) {
      const captured = region === t.root ? region.nodes.slice(0, t.constants.length - constants) : [];
      region.nodes.splice(0, region.nodes.length, ...captured, ...nodes);
    }
  };
}
