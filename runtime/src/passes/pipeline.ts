/**
 * All passes in order, to a fixpoint.
 *
 *   graph → custom → ( fold, simplify, branches, cse → invariants → tags → discard → hoist → dce )*
 *         → recompute, hoist → select, simplify, cse → dce → graph
 *
 * fold, simplify, branches and cse are rules of one walk (rewriter.ts), since each makes work for the others. Each round is
 * linear; a round that changes nothing is the last. Two or three are usual: nested loops and branches may need more.
 */
import { InternalError } from "../core/errors.ts";
import { checkDepth } from "../ir/depth.ts";
import type { Graph } from "../ir/graph.ts";
import { verifyGraph } from "../ir/verify.ts";
import { countNodes } from "../ir/walk.ts";
import { branches } from "./branches.ts";
import { cse } from "./cse.ts";
import { dropCustomGradients } from "./custom.ts";
import { dce } from "./dce.ts";
import { discard } from "./discard.ts";
import { fold } from "./fold.ts";
import { hoist } from "./hoist.ts";
import { invariants } from "./invariants.ts";
import { recompute } from "./recompute.ts";
import { type Rule, rewrite } from "./rewriter.ts";
import { select } from "./select.ts";
import { simplify } from "./simplify.ts";
import { tags } from "./tags.ts";

export interface OptimizeOptions {
  /** Check the graph after each pass. Default false. */
  readonly verify?: boolean;
  /** At most so many rounds; the graph is right after any number. Default 12. */
  readonly rounds?: number;
  /** Called with the graph after each pass that changed it. `started`: by performance.now(). */
  readonly onPass?: (pass: string, graph: Graph, change: PassChange, started: number) => void;
}

/** What one pass did in one round. */
export interface PassChange {
  readonly pass: string;
  /** 1-based; the last one is the final clean-up. */
  readonly round: number;
  /** Nodes of the graph, also in regions, before and after. */
  readonly before: number;
  readonly after: number;
  /** How often each rule of a walk applied. */
  readonly rules?: Readonly<Record<string, number>>;
}

export interface Optimized {
  readonly graph: Graph;
  readonly changes: readonly PassChange[];
}

/** An equal graph that is cheaper to run. Throws U_DEPTH for regions nested too deep; I_INTERNAL if a pass went wrong and `verify` is on. */
export function optimize(graph: Graph, options: OptimizeOptions = {}): Optimized {
  checkDepth(graph);
  const run = new Run(graph, options);
  run.pass("custom", 1, dropCustomGradients);
  const rounds = options.rounds ?? 12;
  let round = 1;
  for (; round <= rounds; round++) {
    const before = run.graph;
    run.walk("rules", round, () => [fold, simplify, branches, cse()]);
    run.pass("invariants", round, invariants);
    run.pass("tags", round, tags);
    run.pass("discard", round, discard);
    run.pass("hoist", round, hoist);
    run.pass("dce", round, dce);
    if (run.graph === before) break;
  }
  // What is computed again may be the same in all rounds. Last, since it needs to know what is used and what is equal.
  if (run.pass("recompute", round, recompute)) run.pass("hoist", round, hoist);
  run.walk("select", round, () => [fold, simplify, select, cse()]);
  run.pass("dce", round, dce);
  return { graph: run.graph, changes: run.changes };
}

class Run {
  graph: Graph;
  readonly changes: PassChange[] = [];
  readonly #options: OptimizeOptions;
  #nodes: number;

  constructor(graph: Graph, options: OptimizeOptions) {
    this.graph = graph;
    this.#options = options;
    this.#nodes = countNodes(graph.body);
  }

  /** Whether the pass changed anything. */
  pass(name: string, round: number, transform: (graph: Graph) => Graph): boolean {
    const before = this.graph;
    const started = this.#now();
    this.#done(name, round, started, transform(before));
    return this.graph !== before;
  }

  walk(name: string, round: number, rules: () => readonly Rule[]): void {
    const started = this.#now();
    const { graph, counts } = rewrite(this.graph, rules());
    this.#done(name, round, started, graph, counts);
  }

  #now(): number {
    return this.#options.onPass === undefined ? 0 : performance.now();
  }

  #done(pass: string, round: number, started: number, graph: Graph, rules?: Readonly<Record<string, number>>): void {
    if (graph === this.graph) return;
    this.graph = graph;
    const before = this.#nodes;
    this.#nodes = countNodes(graph.body);
    const change = { pass, round, before, after: this.#nodes, ...(rules === undefined ? {} : { rules }) };
    this.changes.push(change);
    this.#options.onPass?.(pass, graph, change, started);
    if (this.#options.verify) verifyAfter(pass, graph);
  }
}

function verifyAfter(pass: string, graph: Graph): void {
  try {
    verifyGraph(graph);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InternalError(`Pass ${pass} broke graph ${graph.name}: ${why}`, { cause: error });
  }
}
