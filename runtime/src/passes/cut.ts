/**
 * Minimum cuts: the edges of least capacity in sum without which nothing flows from a source to any of some sinks (Ford and Fulkerson
 * 1956, by shortest paths). Capacities are whole numbers or infinite; no path to a sink may be infinite throughout.
 */
interface Edge {
  readonly to: number;
  /** What may still flow. */
  rest: number;
  back: Edge;
}

export class Network {
  readonly source = 0;
  readonly #edges: Edge[][] = [[]];

  node(): number {
    return this.#edges.push([]) - 1;
  }

  edge(from: number, to: number, capacity: number): void {
    const there = { to, rest: capacity } as Edge;
    there.back = { to: from, rest: 0, back: there };
    this.#edges[from]?.push(there);
    this.#edges[to]?.push(there.back);
  }

  /**
   * Nodes on the sinks' side of the minimum cut that is nearest to them. Sink by sink, so that only what leads to one is looked at: what
   * cannot be reached any more cannot be reached later either.
   */
  cut(sinks: readonly number[]): ReadonlySet<number> {
    const side = new Set<number>();
    for (const sink of sinks) {
      let reaching = this.#pathsTo(sink);
      for (let edge = reaching.get(this.source); edge !== undefined; edge = reaching.get(this.source)) {
        const path: Edge[] = [];
        for (let next: Edge | null | undefined = edge; next; next = reaching.get(next.to)) path.push(next);
        const amount = Math.min(...path.map(({ rest }) => rest));
        for (const each of path) {
          each.rest -= amount;
          each.back.rest += amount;
        }
        reaching = this.#pathsTo(sink);
      }
      for (const node of reaching.keys()) side.add(node);
    }
    return side;
  }

  /** Of each node from which something may still flow to the sink, up to the source: its edge on a shortest path. */
  #pathsTo(sink: number): Map<number, Edge | null> {
    const found = new Map<number, Edge | null>([[sink, null]]);
    for (const [at] of found) {
      for (const { back } of this.#edges[at] as Edge[]) {
        const from = (back.back as Edge).to;
        if (back.rest > 0 && !found.has(from)) found.set(from, back);
      }
      if (found.has(this.source)) break;
    }
    return found;
  }
}
