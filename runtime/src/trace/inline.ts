/**
 * A graph written into the trace that is under way: every node again, with fresh values, at the end of the open region.
 *
 *   inlineGraph(t, graph g(%0: f32) { %1 = neg %0; return %1 }, [%x.7])  →  appends `%8 = neg %x.7`, returns [%8]
 *
 * `inputs` stand for the graph's parameters and have their types.
 */
import type { Graph, Node, Region, Value } from "../ir/graph.ts";
import { mapOperands, mapRegions } from "../ir/walk.ts";
import type { GraphTracer } from "./tracer.ts";

export function inlineGraph(t: GraphTracer, graph: Graph, inputs: readonly Value[]): Value[] {
  const copy = new Copy(t, new Map(graph.body.params.map((param, i) => [param, inputs[i]])));
  for (const node of graph.body.nodes) t.add(copy.node(node));
  return graph.body.yields.map(copy.use);
}

class Copy {
  readonly #tracer: GraphTracer;
  readonly #values: Map<Value, Value>;

  constructor(t: GraphTracer, values: Map<Value, Value>) {
    this.#tracer = t;
    this.#values = values;
  }

  readonly use = (value: Value): Value => this.#values.get(value) ?? value;

  node(node: Node): Node {
    const inner = mapRegions(mapOperands(node, this.use), (region) => this.#region(region));
    return { ...inner, results: inner.results.map(this.#define) } as Node;
  }

  #region(region: Region): Region {
    const params = region.params.map(this.#define);
    const nodes = region.nodes.map((node) => this.node(node));
    return { params, nodes, yields: region.yields.map(this.use) };
  }

  readonly #define = (value: Value): Value => {
    const fresh = this.#tracer.freshValue(value.type, value.name);
    this.#values.set(value, fresh);
    return fresh;
  };
}
