/**
 * Graph → DOT, the text that Graphviz draws: data flows downwards, regions are boxes.
 *
 *   op            box `steps = add steps, 1`, below it the type; operands without a name are dots
 *   constant      of one element: in the text of ops that use it, or as a node of its own per other use
 *   while, for    box with a pill per carried value (parameter and result at once), a box for the test and one for the body;
 *                 dashed edges lead back to the pills
 *   variable      pill as every parameter, and a pill `w :=` for its new value
 *   push, pop     note with the number of the stack; a dotted edge from the pushes of a stack to each of its pops
 *   customGrad    pill per value; how its gradient is computed is not drawn
 *   cond          box with a diamond for the predicate, a box per arm, and a pill per result that joins the arms
 *
 * Shapes and strokes say what a node is, so the drawing reads without colour. Classes (op, value, control, constant, effect; on
 * edges back, choice) let a page restyle it; `line-9` names the source line of a node of `file`.
 */
import { showType } from "../core/type.ts";
import { getOp } from "../ops/op.ts";
import type {
  CallNode,
  CondNode,
  ConstNode,
  DefineNode,
  ForNode,
  Graph,
  ListNode,
  Node,
  OpNode,
  PopNode,
  PrintNode,
  PushNode,
  Region,
  Span,
  Value,
  WhileNode,
} from "./graph.ts";
import { showAttrs, showElement } from "./print.ts";

export interface DotOptions {
  /** The function's own file: nodes that come from it get the class `line-<number>`. */
  readonly file?: string;
}

type Attributes = Readonly<Record<string, string>>;

/** Letters of one width: boxes fit their text whichever font of this kind a machine has. */
const FONT = "Courier";
const SHAPES = {
  op: { shape: "box", style: "rounded,filled", fillcolor: "white", color: "#667084" },
  value: { shape: "box", style: "rounded,filled", fillcolor: "#e8eefc", color: "#2457d6", height: "0.28" },
  control: { shape: "diamond", style: "filled", fillcolor: "#f3e8f8", color: "#8a2bb0", height: "0.3", width: "0.5", margin: "0.02,0.02" },
  constant: { shape: "plaintext", height: "0.2", margin: "0.04,0.02", fontcolor: "#a84300" },
  effect: { shape: "note", style: "filled", fillcolor: "#fdf3e3", color: "#a84300" },
} as const satisfies Record<string, Attributes>;
/** From a decision to what it decides about. */
const CHOICE: Attributes = { class: "choice", style: "dotted" };

export function toDot(graph: Graph, options: DotOptions = {}): string {
  return new Drawing(options).graph(graph);
}

class Drawing {
  readonly #own: string | undefined;
  readonly #lines: string[] = [];
  /** Edges come last: an edge inside a box would pull its ends into the box. */
  readonly #edges: string[] = [];
  /** The node that stands for a value. */
  readonly #nodes = new Map<Value, string>();
  /** One-element constants, drawn where they are used. */
  readonly #scalars = new Map<Value, string>();
  /** What was drawn of a stack so far. */
  readonly #pushes = new Map<number, string[]>();
  /** Names of functions that were drawn. */
  readonly #functions = new Map<number, string>();
  #count = 0;
  /** The first node of the box that is being drawn. */
  #first: string | undefined;

  constructor(options: DotOptions) {
    this.#own = options.file === undefined ? undefined : baseName(options.file);
  }

  graph(graph: Graph): string {
    this.#lines.push(`digraph ${quote(graph.name)} {`);
    this.#lines.push(
      `  graph [rankdir=TB, compound=true, bgcolor=transparent, nodesep=0.25, ranksep=0.32, fontname=${quote(FONT)}, fontsize=10]`,
    );
    this.#lines.push(`  node [fontname=${quote(FONT)}, fontsize=10, height=0.35, margin="0.16,0.05"]`);
    this.#lines.push(`  edge [color="#667084", arrowsize=0.6, fontname=${quote(FONT)}, fontsize=9]`);
    for (const param of graph.body.params) this.#pill(param, "  ");
    this.#region(graph.body, "  ");
    const assigned = new Map(graph.variables?.map(({ param, result }) => [result, graph.body.params[param]?.name ?? `variable ${param}`]));
    const count = graph.body.yields.filter((_, i) => !assigned.has(i)).length;
    graph.body.yields.forEach((value, i) => {
      const variable = assigned.get(i);
      const label = variable !== undefined ? `${variable} :=` : count === 1 ? "return" : `return ${i}`;
      const node = this.#node("value", label, "  ", undefined, { penwidth: "2" });
      this.#edge(this.#sourceOf(value, "  "), node);
    });
    this.#lines.push(...this.#edges, "}");
    return this.#lines.join("\n");
  }

  #region(region: Region, indent: string): void {
    for (const node of region.nodes) this.#draw(node, indent);
  }

  #draw(node: Node, indent: string): void {
    switch (node.kind) {
      case "const":
        return this.#constant(node, indent);
      case "op":
        return this.#op(node, indent);
      case "print":
        return this.#print(node, indent);
      case "fail":
        this.#node("effect", `throw ${String(node.error)}`, indent, node.span);
        return;
      case "push":
        return this.#push(node, indent);
      case "pop":
        return this.#pop(node, indent);
      case "list":
        return this.#list(node, indent);
      case "customGrad":
        return this.#bind(
          node.results,
          node.values.map((value) => this.#sourceOf(value, indent)),
        );
      case "define":
        return this.#define(node, indent);
      case "call":
        return this.#call(node, indent);
      case "cond":
        return this.#cond(node, indent);
      case "while":
        return this.#while(node, indent);
      case "for":
        return this.#for(node, indent);
    }
  }

  #constant(node: ConstNode, indent: string): void {
    const value = node.results[0] as Value;
    const text = (i: number): string => showElement(node.data[i] as number, value.type.dtype);
    if (node.data.length === 1) {
      this.#scalars.set(value, text(0));
      return;
    }
    const shown = Array.from({ length: Math.min(4, node.data.length) }, (_, i) => text(i));
    const label = `[${shown.join(", ")}${node.data.length > shown.length ? ", …" : ""}]\n${showType(value.type)}`;
    this.#nodes.set(value, this.#node("constant", label, indent, node.span));
  }

  #list(node: ListNode, indent: string): void {
    const type = node.results.map((r) => showType(r.type)).join(", ");
    const drawn = this.#node("op", `${node.action}\n${type}`, indent, node.span);
    for (const result of node.results) this.#nodes.set(result, drawn);
    for (const operand of node.operands) if (!this.#scalars.has(operand)) this.#edge(this.#sourceOf(operand, indent), drawn);
  }

  #op(node: OpNode, indent: string): void {
    const record = getOp(node.op);
    const names = node.results.map((r) => r.name).filter((name) => name !== undefined);
    const operands = node.operands.map((v) => this.#scalars.get(v) ?? v.name ?? "·").join(", ");
    // A dtype is seen from the type.
    const attrs = Object.fromEntries(Object.entries(node.attrs).filter(([key]) => record.attrs[key] !== "dtype"));
    const types = node.results.map((r) => showType(r.type)).join(", ");
    const label = `${names.length === 0 ? "" : `${names.join(", ")} = `}${node.op} ${operands}\n${[types, showAttrs(attrs)].join(" ").trimEnd()}`;
    const drawn = this.#node("op", label, indent, node.span);
    for (const result of node.results) this.#nodes.set(result, drawn);
    // Which edge is which matters where the text does not tell.
    const unnamed = node.operands.filter((v) => !this.#scalars.has(v) && v.name === undefined);
    const numbered = unnamed.length > 1 && !record.flags.has("commutative");
    node.operands.forEach((operand, i) => {
      if (!this.#scalars.has(operand)) this.#edge(this.#sourceOf(operand, indent), drawn, numbered ? { headlabel: String(i + 1) } : {});
    });
  }

  #print(node: PrintNode, indent: string): void {
    const atom = (part: string | number): string => {
      if (typeof part === "string") return JSON.stringify(part);
      const operand = node.operands[part] as Value;
      return this.#scalars.get(operand) ?? operand.name ?? "·";
    };
    const parts = node.parts.map((part) => (typeof part === "object" ? part.map(atom).join(" + ") : atom(part)));
    const drawn = this.#node("effect", `console.${node.method}\n${parts.join(", ")}`, indent, node.span);
    for (const operand of new Set(node.operands)) if (!this.#scalars.has(operand)) this.#edge(this.#sourceOf(operand, indent), drawn);
  }

  #push(node: PushNode, indent: string): void {
    const [value] = node.operands;
    const drawn = this.#node("effect", `push ${this.#scalars.get(value) ?? value.name ?? "·"}\nstack ${node.stack}`, indent, node.span);
    if (!this.#scalars.has(value)) this.#edge(this.#sourceOf(value, indent), drawn);
    const pushes = this.#pushes.get(node.stack);
    if (pushes === undefined) this.#pushes.set(node.stack, [drawn]);
    else pushes.push(drawn);
  }

  #pop(node: PopNode, indent: string): void {
    const result = node.results[0] as Value;
    const drawn = this.#node("effect", `${valueLabel(result)}\npop stack ${node.stack}`, indent, node.span);
    this.#nodes.set(result, drawn);
    for (const push of this.#pushes.get(node.stack) ?? []) this.#edge(push, drawn, CHOICE);
  }

  #define(node: DefineNode, indent: string): void {
    this.#box(node.name, indent, node.span, (inner) => {
      for (const param of node.body.params) this.#pill(param, inner);
      this.#region(node.body, inner);
      node.body.yields.forEach((value) => {
        this.#edge(this.#sourceOf(value, inner), this.#node("value", "return", inner));
      });
    });
    this.#functions.set(node.fn, node.name);
  }

  #call(node: CallNode, indent: string): void {
    const sources = node.operands.map((value) => this.#sourceOf(value, indent));
    const drawn = this.#node("op", `${this.#functions.get(node.fn) ?? "itself"}()`, indent, node.span);
    for (const source of sources) this.#edge(source, drawn);
    this.#bind(
      node.results,
      node.results.map(() => drawn),
    );
  }

  #cond(node: CondNode, indent: string): void {
    const source = this.#sourceOf(node.pred, indent);
    this.#box("if", indent, node.span, (inner) => {
      const pred = this.#node("control", "?", inner, node.span);
      this.#edge(source, pred);
      const then = this.#body("then", node.then, inner, pred);
      const otherwise = this.#body("else", node.else, inner, pred);
      const pills = node.results.map((result, i) => {
        const ends = [node.then, node.else].map((arm) => this.#sourceOf(arm.yields[i] as Value, inner)) as [string, string];
        const pill = this.#node("value", valueLabel(result), inner, node.span);
        this.#edge(ends[0], pill, then ? {} : { label: "then" });
        this.#edge(ends[1], pill, otherwise ? {} : { label: "else" });
        if (!then && !otherwise) this.#edge(pred, pill, CHOICE);
        return pill;
      });
      this.#bind(node.results, pills);
    });
  }

  #while(node: WhileNode, indent: string): void {
    const sources = node.init.map((value) => this.#sourceOf(value, indent));
    this.#box("while", indent, node.span, (inner) => {
      const pills = this.#carried(node.body.params, sources, inner);
      this.#bind(node.test.params, pills);
      let again = "";
      this.#box("test", inner, undefined, (deeper) => {
        this.#region(node.test, deeper);
        const source = this.#sourceOf(node.test.yields[0] as Value, deeper);
        again = this.#node("control", "again?", deeper, node.span);
        this.#edge(source, again);
      });
      this.#body("body", node.body, inner, again);
      this.#backEdges(node.body, pills, inner);
      this.#bind(node.results, pills);
    });
  }

  #for(node: ForNode, indent: string): void {
    const range = [node.start, node.limit, node.step].map((value) => this.#sourceOf(value, indent));
    const sources = node.init.map((value) => this.#sourceOf(value, indent));
    this.#box("for", indent, node.span, (inner) => {
      const [index, ...params] = node.body.params as [Value, ...Value[]];
      const pill = this.#pill(index, inner);
      ["from", "to", "step"].forEach((label, i) => {
        this.#edge(range[i] as string, pill, { label });
      });
      const pills = this.#carried(params, sources, inner);
      this.#body("body", node.body, inner);
      this.#backEdges(node.body, pills, inner);
      this.#bind(node.results, pills);
    });
  }

  /** One pill per carried value, with the edge from its first value. */
  #carried(params: readonly Value[], sources: readonly string[], indent: string): string[] {
    return params.map((param, i) => {
      const pill = this.#pill(param, indent);
      this.#edge(sources[i] as string, pill);
      return pill;
    });
  }

  /** The box of a region that `choice` leads to. False if it computes nothing: then there is no box. */
  #body(title: string, region: Region, indent: string, choice?: string): boolean {
    if (region.nodes.every((node) => node.kind === "const" && node.data.length === 1)) {
      this.#region(region, indent);
      return false;
    }
    const box = `cluster_${this.#count}`;
    this.#box(title, indent, undefined, (inner) => {
      const before = this.#first;
      this.#first = undefined;
      this.#region(region, inner);
      if (choice !== undefined && this.#first !== undefined) this.#edge(choice, this.#first, { ...CHOICE, lhead: box });
      this.#first = before ?? this.#first;
    });
    return true;
  }

  #backEdges(body: Region, pills: readonly string[], indent: string): void {
    body.yields.forEach((value, i) => {
      const source = this.#sourceOf(value, indent);
      // A carried value that a loop leaves alone has no way back.
      if (source !== pills[i]) this.#edge(source, pills[i] as string, { class: "back", style: "dashed", constraint: "false" });
    });
  }

  #bind(values: readonly Value[], nodes: readonly string[]): void {
    values.forEach((value, i) => {
      this.#nodes.set(value, nodes[i] as string);
    });
  }

  #pill(value: Value, indent: string): string {
    const drawn = this.#node("value", valueLabel(value), indent);
    this.#nodes.set(value, drawn);
    return drawn;
  }

  /** The node of a value; a one-element constant gets one for this use. */
  #sourceOf(value: Value, indent: string): string {
    const scalar = this.#scalars.get(value);
    if (scalar !== undefined) return this.#node("constant", scalar, indent);
    return this.#nodes.get(value) ?? this.#node("value", `%${value.id} undefined`, indent);
  }

  #node(kind: keyof typeof SHAPES, label: string, indent: string, span?: Span, more: Attributes = {}): string {
    const name = `n${this.#count++}`;
    this.#first ??= name;
    const attributes = { label, class: [kind, ...this.#lineClass(span)].join(" "), ...SHAPES[kind], ...more };
    this.#lines.push(`${indent}${name} ${showAttributes(attributes)}`);
    return name;
  }

  #edge(from: string, to: string, attributes: Attributes = {}): void {
    this.#edges.push(`  ${from} -> ${to}${Object.keys(attributes).length === 0 ? "" : ` ${showAttributes(attributes)}`}`);
  }

  #box(title: string, indent: string, span: Span | undefined, content: (indent: string) => void): void {
    const inner = `${indent}  `;
    this.#lines.push(`${indent}subgraph cluster_${this.#count++} {`);
    const attributes = { class: ["region", ...this.#lineClass(span)].join(" "), style: "rounded", color: "#b4bccb", fontcolor: "#667084" };
    this.#lines.push(`${inner}graph ${showAttributes({ label: title, labeljust: "l", margin: "8", ...attributes })}`);
    content(inner);
    this.#lines.push(`${indent}}`);
  }

  #lineClass(span: Span | undefined): string[] {
    const place = this.#own === undefined ? undefined : span?.place();
    return place !== undefined && baseName(place.file) === this.#own ? [`line-${place.line}`] : [];
  }
}

function valueLabel(value: Value): string {
  return value.name === undefined ? showType(value.type) : `${value.name}: ${showType(value.type)}`;
}

function showAttributes(attributes: Attributes): string {
  return `[${Object.entries(attributes)
    .map(([key, value]) => `${key}=${quote(value)}`)
    .join(", ")}]`;
}

/** DOT reads backslash escapes and HTML entities in quoted text. */
function quote(text: string): string {
  return `"${text.replace(/&/g, "&amp;").replace(/[\\"]/g, "\\$&").replace(/\r?\n/g, "\\n")}"`;
}

function baseName(file: string): string {
  return file.replace(/^.*[\\/]/, "");
}
