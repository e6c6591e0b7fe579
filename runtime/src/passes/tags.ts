/**
 * A carried tag that is only compared with one constant becomes the boolean of that comparison.
 *
 *   %9 = while (%1: i32 = 0) { %2 = equal %1, 0 … } do (%3) { … yield %tag }; %10 = equal %9, 0
 *   →  %9: bool = while (%1: bool = true) { … %1 … } do (%3: bool) { …; %t = equal %tag, 0; yield %t }
 *
 * A loop with `break` or `return` carries such a tag. The comparison moves from the test to the end of the body, where the tag is
 * mostly a constant per path, so that it folds. A tag that has one other constant besides may be compared with that as well:
 * `tag == 2` is then `not (tag == 0)`.
 */
import { constant, FreshIds, operation } from "../ir/build.ts";
import type { ConstNode, Graph, Node, OpNode, Region, Value, WhileNode } from "../ir/graph.ts";
import { mapOperands, mapRegions, operandsOf, regionsOf, walkNodes } from "../ir/walk.ts";
import { hasLoops, isScalar } from "./facts.ts";

export function tags(graph: Graph): Graph {
  if (!hasLoops(graph.body)) return graph;
  const found = new Facts(graph).tags();
  if (found.size === 0) return graph;
  return { ...graph, body: new Booleans(graph, found).region(graph.body) };
}

/** A carried value of a loop, with the constant it is compared with. */
interface Tag {
  readonly loop: WhileNode;
  readonly index: number;
  readonly constant: number;
}

/** Who computes and who reads the values that matter. */
class Facts {
  readonly #loops: WhileNode[] = [];
  readonly #nodes = new Map<Value, Node>();
  /** Comparisons that read a value; null where something else reads it. */
  readonly #uses = new Map<Value, OpNode[] | null>();

  constructor(graph: Graph) {
    const other = (values: readonly Value[]): void => {
      for (const v of values) this.#uses.set(v, null);
    };
    walkNodes(graph.body, (node) => {
      for (const v of node.results) this.#nodes.set(v, node);
      if (node.kind === "while") this.#loops.push(node);
      for (const inner of regionsOf(node)) other(inner.yields);
      for (const v of operandsOf(node)) {
        const uses = this.#uses.get(v);
        const known = isComparison(node) && uses !== null;
        this.#uses.set(v, known ? [...(uses ?? []), node] : null);
      }
    });
    other(graph.body.yields);
  }

  tags(): ReadonlyMap<WhileNode, readonly Tag[]> {
    const found = new Map<WhileNode, Tag[]>();
    for (const loop of this.#loops) {
      const list = loop.init.map((_, i) => this.#tag(loop, i)).filter((t) => t !== null);
      if (list.length > 0) found.set(loop, list);
    }
    return found;
  }

  #tag(loop: WhileNode, index: number): Tag | null {
    if (loop.init[index].type.dtype !== "int32" || !isScalar(loop.init[index])) return null;
    const names = [loop.test.params[index], loop.body.params[index], loop.results[index]];
    const uses: OpNode[] = [];
    for (const name of names) {
      const own = this.#uses.get(name);
      if (own === null) return null;
      uses.push(...(own ?? []));
    }
    const constants = new Set(uses.map((use) => this.#comparedWith(use, names)));
    if (constants.has(null) || constants.size === 0) return null;
    const list = [...constants] as number[];
    // The test decides; a loop whose test does not look at the tag would gain nothing.
    const inTest = this.#uses.get(names[0])?.[0];
    const first = inTest === undefined ? list[0] : (this.#comparedWith(inTest, names) as number);
    const possible = new Set([...this.#possible(loop.init[index]), ...this.#possible(loop.body.yields[index])]);
    const others = list.filter((c) => c !== first);
    const areComplements = others.length === 0 || (possible.size === 2 && possible.has(first) && others.every((c) => possible.has(c)));
    return areComplements ? { loop, index, constant: first } : null;
  }

  #comparedWith(use: OpNode, names: readonly Value[]): number | null {
    const [a, b] = use.operands;
    if (names.includes(a) === names.includes(b)) return null;
    return this.#scalar(names.includes(a) ? b : a);
  }

  #scalar(value: Value): number | null {
    const node = this.#nodes.get(value);
    return node?.kind === "const" && node.data.length === 1 ? node.data[0] : null;
  }

  /** Constants that a value may be; NaN stands for anything else. */
  #possible(value: Value): readonly number[] {
    const node = this.#nodes.get(value);
    if (node?.kind === "const" && node.data.length === 1) return [node.data[0]];
    if (node?.kind !== "cond") return [Number.NaN];
    const i = node.results.indexOf(value);
    return [...this.#possible(node.then.yields[i]), ...this.#possible(node.else.yields[i])];
  }
}

function isComparison(node: Node): node is OpNode {
  return node.kind === "op" && (node.op === "equal" || node.op === "notEqual") && node.results.every(isScalar);
}

/** Rebuilds the graph with booleans in place of tags. */
class Booleans {
  readonly #ids: FreshIds;
  readonly #found: ReadonlyMap<WhileNode, readonly Tag[]>;
  /** Parameter or result that was a tag → the boolean, and the constant it says the tag is. */
  readonly #booleans = new Map<Value, { readonly value: Value; readonly constant: number }>();
  readonly #replaced = new Map<Value, Value>();
  readonly #constants = new Map<Value, number>();

  constructor(graph: Graph, found: ReadonlyMap<WhileNode, readonly Tag[]>) {
    this.#ids = new FreshIds(graph);
    this.#found = found;
    walkNodes(graph.body, (node) => {
      if (node.kind === "const" && node.data.length === 1) this.#constants.set(node.results[0], node.data[0]);
    });
  }

  region(region: Region): Region {
    const nodes: Node[] = [];
    for (const node of region.nodes) {
      const tagsOfLoop = node.kind === "while" ? this.#found.get(node) : undefined;
      if (node.kind === "while" && tagsOfLoop !== undefined) this.#loop(node, tagsOfLoop, nodes);
      else this.#node(node, nodes);
    }
    return { ...region, nodes, yields: region.yields.map((v) => this.#current(v)) };
  }

  #current(value: Value): Value {
    return this.#replaced.get(value) ?? value;
  }

  #node(node: Node, out: Node[]): void {
    if (isComparison(node)) {
      const tag = node.operands.map((v) => this.#booleans.get(v)).find((b) => b !== undefined);
      if (tag !== undefined) {
        const other = node.operands.find((v) => !this.#booleans.has(v)) as Value;
        const asksForConstant = this.#constants.get(other) === tag.constant;
        if (asksForConstant === (node.op === "equal")) this.#replaced.set(node.results[0], tag.value);
        else out.push({ ...node, op: "logicalNot", operands: [tag.value] });
        return;
      }
    }
    const mapped = mapOperands(node, (v) => this.#current(v));
    out.push(mapRegions(mapped, (inner) => this.region(inner)));
  }

  #loop(loop: WhileNode, list: readonly Tag[], out: Node[]): void {
    const swap = (values: readonly Value[]): Value[] => {
      const swapped = [...values];
      for (const { index, constant: c } of list) {
        const old = values[index];
        const value = this.#ids.value({ dtype: "bool", shape: [] }, old.name && `${old.name}.is${c}`);
        swapped[index] = value;
        this.#booleans.set(old, { value, constant: c });
      }
      return swapped;
    };
    const compare = (values: readonly Value[], nodes: Node[]): Value[] => {
      const compared = values.map((v) => this.#current(v));
      for (const { index, constant: c } of list) {
        const literal: ConstNode = constant(this.#ids, "int32", [], [c]);
        const comparison = operation(this.#ids, "equal", [compared[index], literal.results[0]], {}, loop.span);
        nodes.push(literal, comparison);
        compared[index] = comparison.results[0];
      }
      return compared;
    };
    const init = compare(loop.init, out);
    const testParams = swap(loop.test.params);
    const bodyParams = swap(loop.body.params);
    const test = this.region({ ...loop.test, params: testParams });
    const body = this.region({ ...loop.body, params: bodyParams });
    const nodes = [...body.nodes];
    const yields = compare(body.yields, nodes);
    out.push({ ...loop, init, test, body: { ...body, nodes, yields }, results: swap(loop.results) });
  }
}
