/**
 * What `fn.explain(...args)` returns: everything known of one trace, as text (`String(x)`, `console.log`), as parts, and as a
 * page.
 */
import { activeBackend } from "../backends/select.ts";
import { showType } from "../core/type.ts";
import { PART_AFTER } from "../eager/interpret/parts.ts";
import { type Fusion, fusionLines, fusionOf } from "../explain/fusion.ts";
import { explainHtml } from "../explain/html.ts";
import { type Kept, keptByLoops, showKept } from "../explain/kept.ts";
import { loopLines } from "../explain/loops.ts";
import { type ExplainParts, explainText } from "../explain/text.ts";
import { toDot } from "../ir/dot.ts";
import { printGraph } from "../ir/print.ts";
import { countNodes } from "../ir/walk.ts";
import { showPlan } from "../plan/show.ts";
import type { ConcreteFunction } from "./concrete.ts";
import type { FunctionInfo } from "./info.ts";
import { lengthRows, type Pinned } from "./lengths.ts";
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
  /** JavaScript that runs in place of the plan; null where there is none. */
  readonly script: string | null;
  /** The optimised graph for Graphviz. */
  readonly dot: string;
  /** Elementwise ops that run together, and why others do not; empty where JavaScript runs in place of the plan. */
  readonly fusion: Fusion;
  /** What becomes of the plan's loops on the backend in force: a line each. */
  readonly loops: readonly string[];
  /** What each loop leaves behind for its gradient. */
  readonly kept: readonly Kept[];
  readonly #parts: ExplainParts;

  constructor(
    info: FunctionInfo,
    fn: Function,
    concrete: ConcreteFunction,
    traces: number,
    { retraces, pinned }: { readonly retraces: readonly string[]; readonly pinned: Pinned },
  ) {
    this.name = info.name;
    this.decisions = [...info.decisions, ...lengthRows(concrete.general?.signature ?? null, pinned, info.params)];
    this.emitted = fn.toString();
    this.traced = printGraph(concrete.traced, { spans: true, renumber: true });
    this.graph = printGraph(concrete.graph, { spans: true, renumber: true });
    const { plan, interpreted, parts, script } = concrete.runner;
    this.script = script?.source ?? null;
    this.plan =
      plan === null
        ? [`none: run node by node, since ${interpreted}${saidOf(parts.count)}`, ...parts.plans.map(showPlan)].join("\n\n")
        : showPlan(plan);
    this.dot = toDot(concrete.graph, { file: info.file });
    this.fusion = plan === null || script !== null ? { groups: [], single: [] } : fusionOf(plan, (step) => activeBackend().tier(step));
    this.loops = plan === null ? [] : loopLines(plan, concrete.runner.loops());
    this.kept = keptByLoops(concrete.graph, info);
    const assigned = new Set(concrete.graph.variables?.map((slot) => slot.result));
    const results = concrete.graph.body.yields.filter((_, i) => !assigned.has(i)).map((v) => showType(v.type));
    const written = concrete.variables.filter((_, i) => concrete.graph.variables?.[i]?.result !== null).map((v) => v.name);
    this.#parts = {
      name: info.name,
      file: info.file,
      at: info.at,
      signature: `(${concrete.signature.leaves.map((leaf, i) => `${info.params[i] ?? `arg${i}`}: ${showLeaf(leaf)}`).join(", ")}) → ${results.length === 0 ? "nothing" : results.join(", ")}${written.length === 0 ? "" : `, assigns ${written.join(", ")}`}`,
      traces,
      retraces,
      backend: activeBackend().name,
      missing: plan === null ? [] : activeBackend().missing(plan),
      ...(interpreted === null ? {} : { interpreted }),
      ...(this.script === null ? {} : { script: this.script }),
      decisions: this.decisions,
      emitted: this.emitted,
      traced: this.traced,
      graph: this.graph,
      plan: this.plan,
      fused: fusionLines(this.fusion),
      loops: this.loops,
      kept: this.kept.map(showKept),
      counts: {
        tracedNodes: countNodes(concrete.traced.body),
        nodes: countNodes(concrete.graph.body),
        steps: plan?.steps.length ?? 0,
        arenaBytes: plan?.arenaBytes ?? 0,
        constants: (plan?.buffers ?? []).filter((buffer) => buffer.place.kind === "const").length,
      },
    };
  }

  /** A self-contained page. `svg`: a drawing of `dot`. */
  html(extra: ExplainExtra & { readonly svg?: string } = {}): string {
    return explainHtml({ ...this.#parts, ...extra });
  }

  /** For a terminal of `columns` columns. */
  text(options: ExplainExtra & { readonly columns?: number } = {}): string {
    const { columns = 80, ...extra } = options;
    return explainText({ ...this.#parts, ...extra }, { columns });
  }

  toString(): string {
    return this.text();
  }

  print(): void {
    console.log(this.text({ columns: process.stdout.columns ?? 80 }));
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.text({ columns: process.stdout.columns ?? 80 });
  }
}

/** What the runtime does not know: the user's code, and the emitted code before a bundler changed its form. */
export interface ExplainExtra {
  readonly source?: string;
  /** Number of the first line of `source` in its file; found by the function's name otherwise. */
  readonly sourceLine?: number;
  readonly emitted?: string;
}

function saidOf(parts: number): string {
  if (parts === 0) return "";
  return `; ${parts === 1 ? "a part of it becomes a plan" : `${parts} parts of it become plans`}, with loops at once, without when it has run ${PART_AFTER} times`;
}
