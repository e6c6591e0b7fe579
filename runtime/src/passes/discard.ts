/**
 * What a selection discards need not be right: an element that only elements discarded for the same reason are computed from may be any.
 *
 *   %4 = where m, x, s; %5 = mul %4, %4; %6 = where m, %5, y   →   %5 = mul x, x; %6 = where m, %5, y
 *
 * So the values that vmap puts in the place of those that are not there go where nothing can fail or be seen of them, and with them what
 * they are computed from. Known of each value are the masks outside of which nobody looks at it: as a selection's first choice, as what is
 * taken together with the mask itself, through elementwise ops that cannot fail, and through reductions along other axes.
 *
 * For an op that may fail, a constant for which it does not takes the place of those values. And a branch that asks whether a mask has any
 * elements at all is not needed where its results are looked at inside of the mask only, and its arm is a few elementwise ops:
 *
 *   %4 = where m, x, s; %5 = addExact %4, 1; %6 = where m, %5, y          →   %4 = where m, x, 0; …
 *   %3 = cond (any m) { %4 = mul x, x; yield %4 } else { B }; %6 = where m, %3, y   →   %4 = mul x, x; %6 = where m, %4, y
 */

import { newElements } from "../core/dtype.ts";
import { GraphFnError } from "../core/errors.ts";
import { broadcastDims, isStatic, type Shape, sameShape } from "../core/shape.ts";
import { constant, FreshIds, operation } from "../ir/build.ts";
import type { CondNode, ConstNode, Graph, Node, OpNode, Region, Value } from "../ir/graph.ts";
import { mapOperands, mapRegions, operandsOf, regionsOf } from "../ir/walk.ts";
import { getOp } from "../ops/index.ts";
import { isChecked, isMovable, isRepeatable } from "./facts.ts";

type Masks = ReadonlySet<Value>;
const NONE: Masks = new Set();
/** Nodes of an arm that is computed always. */
const FEW = 8;
/** What may take the place of operands that are not there: one of them is no wrong divisor, and most sums and products with it are small. */
const HARMLESS = [0, 1];

export function discard(graph: Graph): Graph {
  const made = new Map<Value, OpNode>();
  const homes = new Map<Value, Region>();
  const abroad = new Set<Value>();
  const constants = new Map<Value, ConstNode>();
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
      if (node.kind === "const") constants.set(node.results[0] as Value, node);
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
  const discarding = new Discarding(graph, made, constants, abroad, reshapes);
  const body = discarding.region(graph.body);
  return discarding.changes === 0 ? graph : { ...graph, body };
}

class Discarding {
  changes = 0;
  readonly #made: ReadonlyMap<Value, OpNode>;
  readonly #constants: ReadonlyMap<Value, ConstNode>;
  readonly #abroad: ReadonlySet<Value>;
  readonly #reshapes: ReadonlyMap<Value, readonly Value[]>;
  readonly #graph: Graph;
  #ids: FreshIds | null = null;

  /** `abroad`: values that regions within the one that computes them look at. */
  constructor(
    graph: Graph,
    made: ReadonlyMap<Value, OpNode>,
    constants: ReadonlyMap<Value, ConstNode>,
    abroad: ReadonlySet<Value>,
    reshapes: ReadonlyMap<Value, readonly Value[]>,
  ) {
    this.#graph = graph;
    this.#made = made;
    this.#constants = constants;
    this.#abroad = abroad;
    this.#reshapes = reshapes;
  }

  /** `yielded`: masks of the values that the region yields. */
  region(region: Region, yielded: readonly Masks[] = []): Region {
    const masks = this.#masks(region, yielded);
    let changed = false;
    const nodes = region.nodes.flatMap((node) => {
      const own = this.#node(node, masks);
      changed ||= own.length !== 1 || own[0] !== node;
      return own;
    });
    return changed ? { ...region, nodes } : region;
  }

  #node(node: Node, masks: ReadonlyMap<Value, Masks>): readonly Node[] {
    const of = (value: Value): Masks => masks.get(value) ?? NONE;
    if (node.kind === "op") return isChecked(node) ? this.#safer(node, of(node.results[0] as Value)) : [this.#simpler(node, masks)];
    if (node.kind !== "cond") return [mapRegions(node, (r) => this.region(r))];
    const yielded = node.results.map(of);
    const inner = mapRegions(node, (r) => this.region(r, yielded)) as CondNode;
    const test = this.#made.get(node.pred);
    const isNeeded = test?.op !== "any" || !yielded.every((known) => known.has(test.operands[0]));
    if (isNeeded || inner.then.nodes.length > FEW || !inner.then.nodes.every(isSmall)) return [inner];
    // The arm takes the branch's place as for any branch that is decided.
    this.changes++;
    const decided = constant(this.#fresh, "bool", [], [1], node.span);
    return [decided, { ...inner, pred: decided.results[0] as Value }];
  }

  /** Asked for only where something is made. */
  get #fresh(): FreshIds {
    this.#ids ??= new FreshIds(this.#graph);
    return this.#ids;
  }

  /**
   * An op that may fail, with constants in the place of elements that nobody looks at. Inside of the mask its operands are what they were,
   * outside they are one element each, for which the op itself says that it does not fail.
   */
  #safer(node: OpNode, masks: Masks): readonly Node[] {
    if (masks.size === 0 || !getOp(node.op).flags.has("elementwise") || !isRepeatable(node)) return [node];
    const mask = node.operands.map((v) => this.#selected(v, masks)?.mask).find((m) => m !== undefined);
    const selections = node.operands.map((v) => this.#selected(v, masks)).map((own) => (own?.mask === mask ? own : undefined));
    const elsewhere = node.operands.map((v, i) => this.#only(selections[i]?.other ?? v));
    const isReplaced = selections.map((own, i) => own !== undefined && elsewhere[i] === undefined);
    if (mask === undefined || !isReplaced.includes(true)) return [node];
    const instead = HARMLESS.find((value) => {
      const all = elsewhere.map((x, i) => (isReplaced[i] ? value : x));
      return all.every((x) => x !== undefined) && passes(node, all as number[]);
    });
    if (instead === undefined) return [node];
    this.changes++;
    const added: Node[] = [];
    const operands = node.operands.map((v, i) => {
      if (!isReplaced[i]) return v;
      const type = { ...v.type, shape: [] };
      const other = constant(this.#fresh, type.dtype, [], [type.dtype === "int64" ? BigInt(instead) : instead]);
      const typed = { ...other, results: [{ ...(other.results[0] as Value), type }] };
      const selection = operation(this.#fresh, "where", [mask, selections[i]?.x as Value, typed.results[0] as Value], {}, node.span);
      added.push(typed, selection);
      return selection.results[0] as Value;
    });
    return [...added, { ...node, operands } as OpNode];
  }

  /** `where mask, x, other`, for a mask outside of which nobody looks. */
  #selected(value: Value, masks: Masks): { readonly mask: Value; readonly x: Value; readonly other: Value } | undefined {
    if (chosen(value, masks, this.#made) === null) return undefined;
    const [mask, x, other] = (this.#made.get(value) as OpNode).operands as readonly [Value, Value, Value];
    return { mask, x, other };
  }

  /** The element of a constant that has one. */
  #only(value: Value): number | undefined {
    const data = this.#constants.get(value)?.data;
    return data?.length === 1 ? data[0] : undefined;
  }

  /** Of each value that the region computes: the masks outside of which it is not looked at. */
  #masks(region: Region, yielded: readonly Masks[]): Map<Value, Masks> {
    const found = new Map<Value, Masks>();
    const use = (value: Value, masks: Masks): void => {
      const before = found.get(value) ?? (this.#abroad.has(value) ? NONE : masks);
      found.set(value, new Set([...before].filter((m) => masks.has(m) && covers(value, m))));
    };
    region.yields.forEach((value, i) => {
      use(value, yielded[i] ?? NONE);
    });
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

function isSmall(node: Node): boolean {
  return node.kind === "const" || (isMovable(node) && getOp(node.op).flags.has("elementwise"));
}

/** Whether an op does not fail for operands of one element each. */
function passes(node: OpNode, elements: readonly number[]): boolean {
  const blocks = node.operands.map(({ type: { dtype } }, i) => {
    const data = newElements(dtype, 1);
    data[0] = (dtype === "int64" ? BigInt(elements[i] as number) : elements[i]) as number;
    return { dtype, shape: [], data };
  });
  const { dtype } = (node.results[0] as Value).type;
  try {
    getOp(node.op).reference(blocks, [{ dtype, shape: [], data: newElements(dtype, 1) }], node.attrs);
    return true;
  } catch (error) {
    if (error instanceof GraphFnError) return false;
    throw error;
  }
}
