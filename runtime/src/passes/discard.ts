/**
 * What a selection discards need not be right: an element that only elements discarded for the same reason are computed from may be any.
 *
 *   %4 = where m, x, s; %5 = mul %4, %4; %6 = where m, %5, y   →   %5 = mul x, x; %6 = where m, %5, y
 *
 * So the values that vmap puts in the place of those that are not there go where nothing can fail or be seen of them, and with them what
 * they are computed from. Known of each value are the masks outside of which nobody looks at it: as a selection's first choice, as what is
 * taken together with the mask itself, through elementwise ops that cannot fail, and through reductions along other axes.
 */
import { broadcastDims, isStatic, type Shape, sameShape } from "../core/shape.ts";
import type { Graph, Node, OpNode, Region, Value } from "../ir/graph.ts";
import { mapOperands, mapRegions, operandsOf, regionsOf } from "../ir/walk.ts";
import { getOp } from "../ops/index.ts";
import { isMovable } from "./facts.ts";

type Masks = ReadonlySet<Value>;
const NONE: Masks = new Set();

export function discard(graph: Graph): Graph {
  const made = new Map<Value, OpNode>();
  const homes = new Map<Value, Region>();
  const abroad = new Set<Value>();
  const reshapes = new Map<Value, Value[]>();
  let selections = 0;
  const index = (region: Region): void => {
    const use = (value: Value): void => {
      const home = homes.get(value);
      if (home !== undefined && home !== region) abroad.add(value);
    };
    for (const node of region.nodes) {
      for (const operand of operandsOf(node)) use(operand);
      for (const result of node.results) homes.set(result, region);
      if (node.kind === "op") {
        made.set(node.results[0] as Value, node);
        if (node.op === "where") selections++;
        if (node.op === "reshape") reshapes.set(node.operands[0], [...(reshapes.get(node.operands[0]) ?? []), node.results[0] as Value]);
      }
      for (const inner of regionsOf(node)) index(inner);
    }
    for (const value of region.yields) use(value);
  };
  index(graph.body);
  if (selections < 2) return graph;
  const discarding = new Discarding(made, abroad, reshapes);
  const body = discarding.region(graph.body);
  return discarding.changes === 0 ? graph : { ...graph, body };
}

class Discarding {
  changes = 0;
  readonly #made: ReadonlyMap<Value, OpNode>;
  readonly #abroad: ReadonlySet<Value>;
  readonly #reshapes: ReadonlyMap<Value, readonly Value[]>;

  /** `abroad`: values that regions within the one that computes them look at. */
  constructor(made: ReadonlyMap<Value, OpNode>, abroad: ReadonlySet<Value>, reshapes: ReadonlyMap<Value, readonly Value[]>) {
    this.#made = made;
    this.#abroad = abroad;
    this.#reshapes = reshapes;
  }

  region(region: Region): Region {
    const masks = this.#masks(region);
    let changed = false;
    const nodes = region.nodes.map((node) => {
      const inner = mapRegions(node, (r) => this.region(r));
      const own = inner.kind === "op" ? this.#simpler(inner, masks) : inner;
      changed ||= own !== node;
      return own;
    });
    return changed ? { ...region, nodes } : region;
  }

  /** Of each value that the region computes: the masks outside of which it is not looked at. */
  #masks(region: Region): Map<Value, Masks> {
    const found = new Map<Value, Masks>();
    const use = (value: Value, masks: Masks): void => {
      const before = found.get(value) ?? (this.#abroad.has(value) ? NONE : masks);
      found.set(value, new Set([...before].filter((m) => masks.has(m) && covers(value, m))));
    };
    for (const value of region.yields) use(value, NONE);
    for (const node of region.nodes.toReversed()) {
      const masks = this.#through(node, found.get(node.results[0] as Value) ?? NONE);
      for (const [i, operand] of [...operandsOf(node)].entries()) use(operand, masks === null ? NONE : atOperand(node as OpNode, i, masks));
    }
    return found;
  }

  /** Masks that hold for a node's operands if these hold for its result; null: its operands are looked at as a whole. */
  #through(node: Node, masks: Masks): Masks | null {
    if (node.kind !== "op" || !isMovable(node)) return null;
    const { flags } = getOp(node.op);
    if (flags.has("elementwise")) return masks;
    if (!flags.has("reduction") || masks.size === 0) return null;
    const { axes } = node.attrs as { axes?: readonly number[] };
    const { shape } = node.operands[0].type;
    if (axes === undefined || !isStatic(shape)) return null;
    const kept = shape.map((d, axis) => (axes.includes(axis) ? 1 : d));
    if (sameShape(kept, (node.results[0] as Value).type.shape)) return masks;
    const wider = [...masks].flatMap((m) => this.#reshapes.get(m) ?? []).filter((r) => sameShape(r.type.shape as Shape, kept));
    return new Set(wider);
  }

  #simpler(node: OpNode, masks: ReadonlyMap<Value, Masks>): OpNode {
    const through = this.#through(node, masks.get(node.results[0] as Value) ?? NONE);
    if (through === null) return node;
    let at = 0;
    return mapOperands(node, (operand) => {
      const known = atOperand(node, at++, through);
      let value = operand;
      // Chains of selections by several masks.
      for (let choice = chosen(value, known, this.#made); choice !== null; choice = chosen(value, known, this.#made)) value = choice;
      if (value !== operand) this.changes++;
      return value;
    }) as OpNode;
  }
}

/** Where operand i of an op is looked at, given where its result is. */
function atOperand(node: OpNode, i: number, masks: Masks): Masks {
  const [mask, ...others] = node.operands;
  // False where the mask is, whatever the other one says. (Only the second: each for the other's sake would leave none.)
  const guarded = (node.op === "where" && i === 1) || (node.op === "logicalAnd" && i === 1);
  if (!guarded || !others.every((v) => covers(v, mask))) return masks;
  return new Set([...masks, mask]);
}

/** x, where the value is `where m, x, y` for a mask outside of which nobody looks. */
function chosen(value: Value, masks: Masks, made: ReadonlyMap<Value, OpNode>): Value | null {
  const node = made.get(value);
  if (node?.op !== "where" || !masks.has(node.operands[0])) return null;
  const [mask, x] = node.operands;
  const { dtype, shape } = value.type;
  if (x.type.dtype !== dtype || x.type.list || !isStatic(shape) || !isStatic(x.type.shape) || !sameShape(x.type.shape, shape)) return null;
  return covers(value, mask) ? x : null;
}

/** Each element of the value belongs to one of the mask. */
function covers(value: Value, mask: Value): boolean {
  const [own, other] = [value.type.shape, mask.type.shape];
  if (value.type.list || mask.type.list || !isStatic(own) || !isStatic(other) || other.length > own.length) return false;
  const both = broadcastDims(other, own);
  return both !== null && sameShape(both, own);
}
