/**
 * The forward walk that local passes share. It rebuilds a graph node by node in order; rules look at each node when its
 * operands are final, and may replace its results. Nodes that rules add go through the rules as well.
 *
 * Invariants of what comes out:
 * - Constants stand at the top of the graph, one per content, so every region may use every constant.
 * - Within an arm of a cond, what the predicate says is known: `x` is 3 where `x == 3` decided.
 *
 * Regions under construction are mutable, so that a rule can reopen an arm of a cond that was built before.
 * What holds in one region only (replacements, equal nodes) is undone when the walk leaves it.
 *
 *   rewrite(graph, [fold, simplify])   →   { graph, counts: { fold: 3 } }; the same graph object where nothing changed
 */

import type { DType, TypedArray } from "../core/dtype.ts";
import { InternalError } from "../core/errors.ts";
import { type Shape, showShape } from "../core/shape.ts";
import { constant, FreshIds, operation } from "../ir/build.ts";
import type { CondNode, ConstNode, ForNode, Graph, Node, OpNode, Region, Span, Value, WhileNode } from "../ir/graph.ts";
import { mapOperands } from "../ir/walk.ts";
import type { Attrs } from "../ops/op.ts";
import { assume } from "./assume.ts";

export interface Rule {
  readonly name: string;
  /** Values for the results of an op, or null to leave it to the next rule. */
  op?(node: OpNode, r: Rewriter): readonly Value[] | null;
  /** Before the arms are walked: they are those of the input graph, the predicate is final. True: results are dealt with. */
  enterCond?(node: CondNode, r: Rewriter): boolean;
  /** The cond is complete; may replace single results. Also called again when results were added. */
  settleCond?(node: OpenCond, r: Rewriter): void;
  /** The cond is complete and about to be added. True: results are dealt with and the node is not needed. */
  leaveCond?(node: OpenCond, r: Rewriter): boolean;
  /** As leaveCond, for loops. */
  leaveLoop?(node: WhileNode | ForNode, r: Rewriter): boolean;
}

/** A region that nodes are added to. */
export interface OpenRegion extends Region {
  readonly params: Value[];
  readonly nodes: Node[];
  readonly yields: Value[];
}

export interface OpenCond extends CondNode {
  readonly then: OpenRegion;
  readonly else: OpenRegion;
  readonly results: Value[];
}

export type Counts = Readonly<Record<string, number>>;

export function rewrite(graph: Graph, rules: readonly Rule[]): { readonly graph: Graph; readonly counts: Counts } {
  return new Rewriter(graph, rules).run();
}

interface Undo {
  readonly id: number;
  readonly before: Value | undefined;
}

/** What to go back to on leaving a region. */
interface Entered {
  readonly out: OpenRegion;
  readonly mark: number;
}

/** Constants of more elements are compared by identity only. */
const SHARE_LIMIT = 1024;

export class Rewriter {
  readonly #graph: Graph;
  readonly #rules: readonly Rule[];
  readonly #ids: FreshIds;
  /** By id: what stands for a value now. */
  readonly #replaced: (Value | undefined)[] = [];
  /** By id: the node of the output that computes a value; undefined for parameters. */
  readonly #nodes: (Node | undefined)[] = [];
  /** By id: depth of the region that defines a value. */
  readonly #depths: number[] = [];
  readonly #constants = new Map<string, Value>();
  readonly #constantNodes: ConstNode[] = [];
  /** Undoes what holds in the open region only: an id with the value that stood for it before, or anything else. */
  readonly #journal: (Undo | (() => void))[] = [];
  readonly #counts: Record<string, number> = {};
  #touched = false;
  #out: OpenRegion = { params: [], nodes: [], yields: [] };
  readonly #open: Entered[] = [];
  /** Above 0, definitions get fresh values: the same nodes are walked more than once. */
  #copying = 0;
  #early = 0;

  constructor(graph: Graph, rules: readonly Rule[]) {
    this.#graph = graph;
    this.#rules = rules;
    this.#ids = new FreshIds(graph);
  }

  run(): { readonly graph: Graph; readonly counts: Counts } {
    const { body } = this.#graph;
    const out = this.#build(body);
    if (!this.#touched) return { graph: this.#graph, counts: this.#counts };
    return { graph: { ...this.#graph, body: { ...out, nodes: [...this.#constantNodes, ...out.nodes] } }, counts: this.#counts };
  }

  // ── for rules ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The region that nodes are being added to. */
  get out(): OpenRegion {
    return this.#out;
  }

  count(rule: string): void {
    this.#counts[rule] = (this.#counts[rule] ?? 0) + 1;
    this.#touched = true;
  }

  /** What stands for a value of the input graph, or of a rule, here. */
  resolve(value: Value): Value {
    let v = value;
    for (let next = this.#replaced[v.id]; next !== undefined; next = this.#replaced[v.id]) v = next;
    return v;
  }

  /** From here on, to the end of the open region. */
  replace(value: Value, by: Value): void {
    this.#journal.push({ id: value.id, before: this.#replaced[value.id] });
    this.#replaced[value.id] = by;
  }

  isReplaced(value: Value): boolean {
    return this.#replaced[value.id] !== undefined;
  }

  /** The node that computes a value; undefined for parameters. */
  nodeOf(value: Value): Node | undefined {
    return this.#nodes[value.id];
  }

  /** The node of an op that computes a value. */
  opOf(value: Value, op: string): OpNode | undefined {
    const node = this.#nodes[value.id];
    return node !== undefined && node.kind === "op" && node.op === op ? node : undefined;
  }

  constantOf(value: Value): ConstNode | undefined {
    const node = this.#nodes[value.id];
    return node !== undefined && node.kind === "const" ? node : undefined;
  }

  /** The element of a one-element constant. */
  scalarOf(value: Value): number | undefined {
    const node = this.#nodes[value.id];
    return node !== undefined && node.kind === "const" && node.data.length === 1 && node.results[0].type.dtype !== "int64"
      ? node.data[0]
      : undefined;
  }

  /** Whether a value that the open region or a region inside it may use is also known outside the arms of a cond added here. */
  isVisible(value: Value): boolean {
    return (this.#depths[value.id] ?? 0) <= this.depth;
  }

  /** Defined in the open region itself. */
  isHere(value: Value): boolean {
    return this.#depths[value.id] === this.depth;
  }

  /** A constant; one element stands for all. */
  constant(dtype: DType, shape: Shape, elements: ArrayLike<number>, span?: Span): Value {
    return this.#share(constant(this.#ids, dtype, shape, elements, span));
  }

  constantLike(data: TypedArray, dtype: DType, shape: Shape, span?: Span): Value {
    return this.#share({ kind: "const", data, results: [this.#ids.value({ dtype, shape })], span });
  }

  /** An op at the end of the open region; the value that stands for its first result. */
  add(op: string, operands: readonly Value[], attrs: Attrs = {}, span?: Span): Value {
    const node = operation(this.#ids, op, operands, attrs, span);
    this.#op(node);
    return this.resolve(node.results[0]);
  }

  fresh(value: Value): Value {
    return this.#ids.value(value.type, value.name);
  }

  /** Adds nodes of an input region here; the values that stand for its yields. */
  inline(region: Region): Value[] {
    for (let i = 0; i < region.nodes.length; i++) this.visit(region.nodes[i]);
    return region.yields.map((v) => this.resolve(v));
  }

  /** `inline` for a region that is walked again elsewhere: its values get copies. */
  inlineCopy(region: Region): Value[] {
    this.#copying++;
    const values = this.inline(region);
    this.#copying--;
    return values;
  }

  /** Adds nodes that are final already, as they are. */
  move(nodes: readonly Node[]): void {
    for (const node of nodes) this.#push(node);
  }

  /** Opens an arm of a cond of the open region, to add to it. Ends with `leave`. */
  enterArm(cond: CondNode, arm: OpenRegion): void {
    this.#enter(arm);
    assume(cond.pred, arm === cond.then, this);
  }

  /** Closes the region that was entered last, and forgets what held in it only. */
  leave(): void {
    const { out, mark } = this.#open.pop() as Entered;
    this.#out = out;
    while (this.#journal.length > mark) {
      const undo = this.#journal.pop() as Undo | (() => void);
      if (typeof undo === "function") undo();
      else this.#replaced[undo.id] = undo.before;
    }
  }

  /** Between `begin` and `end`, equal nodes are not looked for: what is added may stand before nodes that are there already. */
  beginEarly(): void {
    this.#early++;
  }

  endEarly(): void {
    this.#early--;
  }

  get isEarly(): boolean {
    return this.#early > 0;
  }

  /** Undoes what was recorded by `body` for the open region only, such as equal nodes, on leaving it. */
  onLeave(undo: () => void): void {
    this.#journal.push(undo);
  }

  /** Looks at a cond again after results were added to it. */
  settle(cond: OpenCond): void {
    for (const value of cond.results) this.#nodes[value.id] = cond;
    for (const value of cond.results) this.#depths[value.id] ??= this.depth;
    for (const rule of this.#rules) rule.settleCond?.(cond, this);
  }

  /** Adds a node of the input graph. */
  visit(node: Node): void {
    switch (node.kind) {
      case "const":
        this.#const(node);
        break;
      case "op":
        this.#op(this.#own(node));
        break;
      case "print":
      case "fail":
      case "push":
      case "pop":
      case "call":
      case "list":
        this.#push(this.#own(node));
        break;
      case "define":
        this.#push({ ...node, body: this.#build(node.body) });
        break;
      case "cond":
        this.#cond(this.#own(node));
        break;
      case "while":
      case "for":
        this.#loop(this.#own(node));
        break;
      case "customGrad":
        throw new InternalError("A custom gradient met a pass: they are dropped before.");
    }
  }

  // ── the walk ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The node with final operands, and with results of its own when copying. */
  #own<N extends Node>(node: N): N {
    const mapped = mapOperands(node, (v) => this.resolve(v)) as N;
    if (mapped !== node) this.#touched = true;
    return this.#copying === 0 ? mapped : { ...mapped, results: mapped.results.map((v) => this.#copyOf(v)) };
  }

  #copyOf(value: Value): Value {
    const copy = this.fresh(value);
    this.replace(value, copy);
    return copy;
  }

  #const(node: ConstNode): void {
    const [result] = node.results;
    const isNew = this.#nodes[result.id] === undefined;
    const shared = this.#share(node);
    if (shared !== result) this.replace(result, shared);
    // A constant in its place among the first nodes of the graph is no change.
    const inPlace = isNew && shared === result && this.#graph.body.nodes[this.#constantNodes.length - 1] === node;
    if (!inPlace) this.#touched = true;
  }

  #share(node: ConstNode): Value {
    const [result] = node.results;
    const key = node.data.length <= SHARE_LIMIT ? contentOf(node) : `value ${result.id}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    this.#constants.set(key, result);
    this.#constantNodes.push(node);
    this.#nodes[result.id] = node;
    this.#depths[result.id] = 0;
    return result;
  }

  #op(node: OpNode): void {
    for (const rule of this.#rules) {
      const values = rule.op?.(node, this);
      if (values === null || values === undefined) continue;
      this.count(rule.name);
      node.results.forEach((result, i) => {
        this.replace(result, values[i]);
      });
      return;
    }
    this.#push(node);
  }

  #push(node: Node): void {
    this.#out.nodes.push(node);
    for (const value of node.results) {
      this.#nodes[value.id] = node;
      this.#depths[value.id] = this.depth;
    }
  }

  #cond(node: CondNode): void {
    for (let i = 0; i < this.#rules.length; i++) {
      if (!this.#rules[i].enterCond?.(node, this)) continue;
      this.count(this.#rules[i].name);
      return;
    }
    const cond: OpenCond = {
      ...node,
      results: [...node.results],
      // biome-ignore lint/suspicious/noThenProperty: arms of a branch
      then: this.#build(node.then, node.pred, true),
      else: this.#build(node.else, node.pred, false),
    };
    if (this.#dealtWith((rule) => rule.leaveCond?.(cond, this))) return;
    this.#push(cond);
    this.settle(cond);
  }

  #loop(node: WhileNode | ForNode): void {
    const loop: WhileNode | ForNode =
      node.kind === "while"
        ? { ...node, test: this.#build(node.test), body: this.#build(node.body) }
        : { ...node, body: this.#build(node.body) };
    if (this.#dealtWith((rule) => rule.leaveLoop?.(loop, this))) return;
    this.#push(loop);
  }

  #dealtWith(ask: (rule: Rule) => boolean | undefined): boolean {
    const rule = this.#rules.find(ask);
    if (rule !== undefined) this.count(rule.name);
    return rule !== undefined;
  }

  /** For an arm: the predicate, and what it is there. */
  #build(region: Region, pred: Value | null = null, truth = false): OpenRegion {
    const out: OpenRegion = { params: [], nodes: [], yields: [] };
    this.#enter(out);
    if (pred !== null) assume(pred, truth, this);
    this.#takeParams(region, out);
    // No iterator: recursion comes through here, and a level should take little stack.
    for (let i = 0; i < region.nodes.length; i++) this.visit(region.nodes[i]);
    this.#takeYields(region, out);
    this.leave();
    return out;
  }

  #takeParams(region: Region, out: OpenRegion): void {
    for (const param of region.params) {
      const own = this.#copying === 0 ? param : this.#copyOf(param);
      out.params.push(own);
      this.#depths[own.id] = this.depth;
    }
  }

  #takeYields(region: Region, out: OpenRegion): void {
    for (const value of region.yields) {
      const own = this.resolve(value);
      out.yields.push(own);
      if (own !== value) this.#touched = true;
    }
  }

  #enter(region: OpenRegion): void {
    this.#open.push({ out: this.#out, mark: this.#journal.length });
    this.#out = region;
  }

  /** Number of regions around the nodes being added. */
  get depth(): number {
    return this.#open.length;
  }
}

/** Equal for constants of one type with the same elements; −0 and 0 differ, NaN is NaN. */
function contentOf(node: ConstNode): string {
  const { dtype, shape } = node.results[0].type;
  const { data } = node;
  let text = `${dtype}${showShape(shape)}`;
  for (let i = 0; i < data.length; i++) text += Object.is(data[i], -0) ? " -0" : ` ${data[i]}`;
  return text;
}
