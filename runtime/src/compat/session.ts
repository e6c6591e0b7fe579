/**
 * Session: runs parts of a static graph, and holds the values of its variables.
 *
 *   run(fetches, feeds) → the nodes that the fetches need (slice.ts) → traced once more for the shapes that are fed (replay.ts)
 *     → passes → plan → one call of the backend, kept for runs with the same fetches and shapes
 */
import { describe } from "../api/convert.ts";
import { ArgumentError, GraphFnError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isVariable } from "../core/variable.ts";
import { isTracing, outside } from "../dispatch/dispatch.ts";
import { tidy } from "../eager/scope.ts";
import type { Value } from "../ir/graph.ts";
import { flatten, rebuild } from "../trace/structure.ts";
import { symbolOf } from "../trace/tracer.ts";
import { type Feed, type FeedDict, feedsOf } from "./feeds.ts";
import { type Graph, getDefaultGraph, graphOf, graphOfOperation } from "./graph.ts";
import { Operation } from "./operation.ts";
import { Run, type RunRequest } from "./run.ts";
import { SessionState } from "./session-state.ts";

/** Eager tensors in the structure of the fetches; null for operations. A name may be that of a tensor or of an operation. */
export type Fetched<F> = F extends Tensor
  ? Tensor
  : F extends Operation
    ? null
    : F extends string
      ? Tensor | null
      : { -readonly [K in keyof F]: Fetched<F[K]> };

/** Prepared runs kept per session; the one that was used longest ago is dropped beyond it. */
const MAX_RUNS = 64;

export class Session {
  #graph: Graph | null;
  readonly #state = new SessionState();
  readonly #runs = new Map<string, Run>();
  #closed = false;

  /** For `graph`, or the graph in force. Without either: the graph of what is fetched first. */
  constructor(graph?: Graph | null) {
    this.#graph = graph ?? (isTracing() ? getDefaultGraph() : null);
  }

  /** The graph that it runs. */
  get graph(): Graph {
    this.#graph ??= getDefaultGraph();
    return this.#graph;
  }

  /**
   * Computes what is fetched, and only what that needs. Operations that assign variables happen in the order in which they were added.
   * Fetches  tensors, variables, operations, names of them; alone, or in arrays and objects.
   * Feeds    values for placeholders, or for any other tensor of the graph outside of branches and loops.
   * Returns  eager tensors in the structure of the fetches, null for operations.
   * Errors   E_FEED for a placeholder that is needed and not fed; E_SHAPE, E_DTYPE for values that do not fit; E_UNINITIALIZED for a
   *          variable that has no value in this session; E_GRAPH for tensors of other graphs; what ops throw.
   */
  run<const F>(fetches: F, feedDict?: FeedDict | null): Fetched<F>;
  run(fetches: unknown, feedDict?: FeedDict | null): unknown {
    if (this.#closed) throw new GraphFnError("E_CLOSED", "This session was closed.", { hint: "Make another: new gf.compat.v1.Session()." });
    const leaves: unknown[] = [];
    const skeleton = flatten(fetches, leaves);
    const graph = this.#graphFor(leaves);
    const wanted = leaves.map((leaf) => fetchOf(graph, leaf));
    return outside(() =>
      tidy(() => {
        const feeds = feedsOf(graph, feedDict);
        const results = this.#runFor(graph, wanted, feeds).call(feeds);
        return rebuild(skeleton, results[Symbol.iterator]()) as null;
      }),
    );
  }

  #graphFor(leaves: readonly unknown[]): Graph {
    for (const leaf of leaves) {
      const own = leaf instanceof Operation ? graphOfOperation(leaf) : isTensor(leaf) ? graphOf(leaf) : null;
      if (own === null) continue;
      this.#graph ??= own;
      if (own !== this.#graph) {
        throw new GraphFnError(
          "E_GRAPH",
          `run: ${(leaf as Operation | Tensor).name ?? "a tensor"} belongs to another graph than the session's.`,
          {
            hint: "A session runs one graph: new gf.compat.v1.Session(graph).",
          },
        );
      }
    }
    return this.graph;
  }

  #runFor(graph: Graph, wanted: readonly Fetch[], feeds: readonly Feed[]): Run {
    const key = `${wanted.map((w) => (w instanceof Operation ? w.name : isVariable(w) ? `v${w.id}` : isTensor(w) ? `t${w.id}` : w.id)).join(" ")}|${feeds
      .map(({ value, given }) => `${value.id}:${given.shape.join(",")}`)
      .join(" ")}`;
    const known = this.#runs.get(key);
    const request: RunRequest = { graph, wanted, feeds, state: this.#state };
    const run = known ?? new Run(request);
    // The most recent one is the last.
    this.#runs.delete(key);
    this.#runs.set(key, run);
    if (this.#runs.size > MAX_RUNS) {
      const [oldest, dropped] = this.#runs.entries().next().value as [string, Run];
      dropped.dispose();
      this.#runs.delete(oldest);
    }
    return run;
  }

  /** Gives back the values of variables and the prepared runs. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const run of this.#runs.values()) run.dispose();
    this.#runs.clear();
    this.#state.dispose();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A value of the graph, an operation, or a variable or eager tensor. */
export type Fetch = Value | Operation | Tensor;

function fetchOf(graph: Graph, leaf: unknown): Fetch {
  if (typeof leaf === "string") return leaf.includes(":") ? fetchOf(graph, graph.getTensorByName(leaf)) : graph.getOperationByName(leaf);
  if (leaf instanceof Operation || isVariable(leaf)) return leaf;
  if (!isTensor(leaf)) throw new ArgumentError(`run: ${describe(leaf)} cannot be fetched: only tensors, variables and operations can.`);
  const symbol = symbolOf(leaf);
  if (symbol === null) return leaf;
  if (symbol.region !== graph.tracer.root) {
    throw new GraphFnError("E_LEAK", `run: ${leaf.name} is inside of a branch or loop: it has no single value.`, {
      hint: "Return it from the function of the branch, or carry it in the loop.",
    });
  }
  return symbol.value;
}
