/**
 * Loop-invariant motion: what a loop computes again and again from values outside of it is computed once, before it.
 *
 *   while (…) { … } do (%4) { %5 = mul %0, %1; %6 = add %4, %5; … }   →   %5 = mul %0, %1; while … { %6 = add %4, %5 … }
 *
 * Only movable ops: pure, unchecked (constants stand at the top of the graph already). They may now run although the loop does not; nobody can tell. From an arm of a cond inside a loop
 * only scalars move, since the arm may never be taken. A node leaves as many loops as it can in one go.
 */
import type { Graph, Node, Region, Value } from "../ir/graph.ts";
import { mapRegions } from "../ir/walk.ts";
import { hasLoops, isMovable, isScalar } from "./facts.ts";

/** Where nodes are being added: a region, and the innermost loop around it. */
interface Place {
  readonly nodes: Node[];
  readonly loop: Loop | null;
  /** Within an arm of a cond of that loop. */
  readonly inArm: boolean;
}

interface Loop {
  /** Where the loop itself stands. */
  readonly outside: Place;
  /** Nesting depth of its regions. */
  readonly depth: number;
}

export function hoist(graph: Graph): Graph {
  if (!hasLoops(graph.body)) return graph;
  const hoister = new Hoister();
  const body = hoister.region(graph.body, null, false);
  return hoister.moved === 0 ? graph : { ...graph, body };
}

class Hoister {
  moved = 0;
  /** Number of loops around the definition of a value; 0 for those seen nowhere else. */
  readonly #depths = new Map<Value, number>();

  region(region: Region, loop: Loop | null, inArm: boolean): Region {
    const place: Place = { nodes: [], loop, inArm };
    this.#define(region.params, loop);
    for (const node of region.nodes) this.#add(this.#inner(node, place), place);
    return { ...region, nodes: place.nodes };
  }

  #define(values: readonly Value[], loop: Loop | null): void {
    if (loop !== null) for (const v of values) this.#depths.set(v, loop.depth);
  }

  #inner(node: Node, place: Place): Node {
    if (node.kind === "cond") return mapRegions(node, (arm) => this.region(arm, place.loop, true));
    if (node.kind !== "while" && node.kind !== "for") return node;
    const loop: Loop = { outside: place, depth: (place.loop?.depth ?? 0) + 1 };
    return mapRegions(node, (region) => this.region(region, loop, false));
  }

  #add(node: Node, from: Place): void {
    let place = from;
    while (place.loop !== null && this.#leaves(node, place.loop, place.inArm)) place = place.loop.outside;
    if (place !== from) this.moved++;
    place.nodes.push(node);
    this.#define(node.results, place.loop);
  }

  #leaves(node: Node, loop: Loop, inArm: boolean): boolean {
    if (!isMovable(node) || (inArm && !node.results.every(isScalar))) return false;
    return node.operands.every((v) => (this.#depths.get(v) ?? 0) < loop.depth);
  }
}
