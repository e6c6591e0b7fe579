/**
 * What `fn.explain(...args)` returns: everything known of one trace, as text (`String(x)`, `console.log`), as parts, and as a
 * page.
 */
import { activeBackend } from "../backends/select.ts";
import { showType } from "../core/type.ts";
import { explainHtml } from "../explain/html.ts";
import { type ExplainParts, explainText } from "../explain/text.ts";
import { toDot } from "../ir/dot.ts";
import type { Region } from "../ir/graph.ts";
import { printGraph } from "../ir/print.ts";
import { showPlan } from "../plan/show.ts";
import type { ConcreteFunction } from "./concrete.ts";
import type { FunctionInfo } from "./info.ts";
import { showLeaf } from "./signature.ts";

export class Explanation {
  readonly name: string;
  /** [place, construct, "staged" | "static" | "dynamic" | "unrolled", reason] per construct. */
  readonly decisions: FunctionInfo["decisions"];
  /** The code that the transform emitted, as JavaScript. */
  readonly emitted: string;
  /** The graph as traced, and after all passes. */
  readonly traced: string;
  readonly graph: string;
  readonly plan: string;
  /** The optimised graph for Graphviz. */
  readonly dot: string;
  readonly #parts: ExplainParts;

  constructor(info: FunctionInfo, fn: Function, concrete: ConcreteFunction, traces: number) {
    this.name = info.name;
    this.decisions = info.decisions;
    this.emitted = fn.toString();
    this.traced = printGraph(concrete.traced, { spans: true });
    this.graph = printGraph(concrete.graph, { spans: true });
    this.plan = showPlan(concrete.plan);
    this.dot = toDot(concrete.graph, { file: info.file });
    const results = concrete.graph.body.yields.map((v) => showType(v.type)).join(", ");
    this.#parts = {
      name: info.name,
      file: info.file,
      at: info.at,
      signature: `(${concrete.signature.leaves.map((leaf, i) => `${info.params[i] ?? `arg${i}`}: ${showLeaf(leaf)}`).join(", ")}) → ${results === "" ? "nothing" : results}`,
      traces,
      backend: activeBackend().name,
      decisions: info.decisions,
      emitted: this.emitted,
      traced: this.traced,
      graph: this.graph,
      plan: this.plan,
      counts: {
        tracedNodes: countNodes(concrete.traced.body),
        nodes: countNodes(concrete.graph.body),
        steps: concrete.plan.steps.length,
        arenaBytes: concrete.plan.arenaBytes,
      },
    };
  }

  /** A self-contained page. `source`: the user's code; `svg`: a drawing of `dot`. */
  html(extra: { readonly source?: string; readonly svg?: string } = {}): string {
    return explainHtml({ ...this.#parts, ...extra });
  }

  toString(): string {
    return explainText(this.#parts);
  }

  print(): void {
    console.log(this.toString());
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

function countNodes(region: Region): number {
  let count = 0;
  const waiting = [region];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    count += next.nodes.length;
    for (const node of next.nodes) {
      if (node.kind === "cond") waiting.push(node.then, node.else);
      else if (node.kind === "while") waiting.push(node.test, node.body);
      else if (node.kind === "for") waiting.push(node.body);
    }
  }
  return count;
}
