/**
 * Graph → text. `parseGraph` reads it back; with `data: "full"` the round trip is exact, apart from spans.
 *
 *   graph f(%n.0: f32, %1: f32[2,N]) {
 *     %2: i32* = const 0
 *     %3: f32[3] = const [1, 0.5, NaN]
 *     %4: f32 = sum %3 {axes=[0], keepDims=false}                // f.ts:3:12
 *     %x.5: f32 = while (%x.6: f32 = %n.0) {
 *       %7: bool = less %x.6, %4
 *       yield %7
 *     } do (%x.8: f32) {
 *       yield %x.9
 *     }
 *     %10: f32 = cond %7 { yield %x.5 } else { yield %4 }         (each part on lines of its own)
 *     %11: f32 = for %i.12: i32 = %2 to %13 step %14 (%15: f32 = %10) { yield %15 }
 *     %12: f32 = while checkpoint sqrt (…) …                      of every how many rounds a gradient keeps the state: a number, or sqrt
 *     print log %11, %2 ["total", 0, 1]                           text, or the index of an operand
 *     fail "RangeError" "x is negative"                           ends the run with this error
 *     push 0 %11                                                  on stack 0
 *     push checkpoint sqrt 0 %11                                  in these rounds of the loop around only
 *     %16: f32 = pop 0
 *     %20: list(f32) = list push %19, %11                         lists of tensors: see ListNode
 *     %17: f32 = customGrad %16 by %11 (%18: f32) {               %16 with a gradient of its own
 *       yield %18
 *     }
 *     define 0 fib (%n.19: f32) gives (f32) {                     a function that calls itself
 *       %20: f32 = call 0 %n.19
 *       yield %20
 *     }
 *     return %11, %w.2 := %17                                     a variable's new value; its parameter is `var %w.2: f32`
 *   }
 *
 * A value is `%name.id` or `%id`; names that are not plain identifiers stand in quotes. A star marks a weak type.
 */
import { DTYPES, type DType, NUMERIC_DTYPES, type TypedArray } from "../core/dtype.ts";
import { showDim } from "../core/shape.ts";
import { showType, type TensorType } from "../core/type.ts";
import type { Attrs, AttrValue } from "../ops/op.ts";
import {
  DEFAULT_MAX_DEPTH,
  type ForNode,
  type Graph,
  type Node,
  type PushNode,
  type Region,
  type Span,
  type Value,
  type WhileNode,
} from "./graph.ts";

export interface PrintOptions {
  /** "short" abbreviates constants of more than 8 elements, which cannot be read back. Default "short". */
  readonly data?: "short" | "full";
  /** Source places as trailing comments. Default false. */
  readonly spans?: boolean;
  /** Numbers values in order of definition instead of by their ids: equal graphs have equal text. Default false. */
  readonly renumber?: boolean;
  /** Called with each node and the index of its first line. */
  readonly onNode?: (node: Node, line: number) => void;
}

const SHORT = 8;

function showCheckpoint({ checkpoint }: WhileNode | ForNode | PushNode): string {
  return checkpoint === undefined ? "" : `checkpoint ${checkpoint} `;
}

/** The class of what is thrown; empty for what is no Error. */
function nameOfError(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function printGraph(graph: Graph, options: PrintOptions = {}): string {
  return new Printer(options).graph(graph);
}

class Printer {
  readonly #options: PrintOptions;
  readonly #lines: string[] = [];
  readonly #numbers = new Map<Value, number>();
  /** Results of the graph that are new values of variables. */
  readonly #assigned = new Map<number, Value>();

  constructor(options: PrintOptions) {
    this.#options = options;
  }

  graph(graph: Graph): string {
    const variables = new Map(graph.variables?.map((slot) => [slot.param, slot]));
    const params = graph.body.params.map((p, i) => `${variables.has(i) ? "var " : ""}${this.#definition(p)}`);
    this.#lines.push(`graph ${showName(graph.name)}(${params.join(", ")}) {`);
    for (const { param, result } of graph.variables ?? []) {
      if (result !== null) this.#assigned.set(result, graph.body.params[param]);
    }
    this.#region(graph.body, "return", "  ");
    this.#lines.push("}");
    return this.#lines.join("\n");
  }

  #region(region: Region, end: "yield" | "return", indent: string): void {
    for (const node of region.nodes) this.#node(node, indent);
    const yields = region.yields.map((v, i) => {
      const variable = end === "return" ? this.#assigned.get(i) : undefined;
      return variable === undefined ? this.#use(v) : `${this.#use(variable)} := ${this.#use(v)}`;
    });
    this.#lines.push(`${indent}${[end, yields.join(", ")].join(" ").trimEnd()}`);
  }

  #node(node: Node, indent: string): void {
    this.#options.onNode?.(node, this.#lines.length);
    // Operands are named before results are: numbers follow the order of definition.
    const text = this.#head(node);
    const results = node.results.map((r) => this.#definition(r)).join(", ");
    const comment = this.#options.spans ? placeComment(node.span) : "";
    this.#lines.push(`${indent}${results === "" ? "" : `${results} = `}${text}${comment}`);
    const inner = `${indent}  `;
    if (node.kind === "cond") {
      this.#region(node.then, "yield", inner);
      this.#lines.push(`${indent}} else {`);
      this.#region(node.else, "yield", inner);
    } else if (node.kind === "while") {
      this.#region(node.test, "yield", inner);
      this.#lines.push(`${indent}} do (${node.body.params.map((p) => this.#definition(p)).join(", ")}) {`);
      this.#region(node.body, "yield", inner);
    } else if (node.kind === "for") this.#region(node.body, "yield", inner);
    else if (node.kind === "customGrad") this.#region(node.vjp, "yield", inner);
    else if (node.kind === "define") this.#region(node.body, "yield", inner);
    else return;
    this.#lines.push(`${indent}}`);
  }

  #head(node: Node): string {
    switch (node.kind) {
      case "const":
        return `const ${showData(node.data, node.results[0].type, this.#options.data === "full")}`;
      case "op":
        return [node.op, this.#uses(node.operands), showAttrs(node.attrs)].filter((s) => s !== "").join(" ");
      case "cond":
        return `cond ${this.#use(node.pred)} {`;
      case "while":
        return `while ${showCheckpoint(node)}(${this.#carried(node.test.params, node.init)}) {`;
      case "for": {
        const [start, limit, step] = [node.start, node.limit, node.step].map((v) => this.#use(v));
        const index = this.#definition(node.body.params[0]);
        return `for ${showCheckpoint(node)}${index} = ${start} to ${limit} step ${step} (${this.#carried(node.body.params.slice(1), node.init)}) {`;
      }
      case "push":
        return `push ${showCheckpoint(node)}${node.stack} ${this.#use(node.operands[0])}`;
      case "pop":
        return `pop ${node.stack}`;
      case "list":
        return ["list", node.action, this.#uses(node.operands), showAttrs(node.attrs)].filter((s) => s !== "").join(" ");
      case "customGrad": {
        const params = node.vjp.params.map((v) => this.#definition(v)).join(", ");
        return `customGrad ${this.#uses(node.values)} by ${this.#uses(node.inputs)} (${params}) {`;
      }
      case "define": {
        const params = node.body.params.map((v) => this.#definition(v)).join(", ");
        const depth = node.maxDepth === DEFAULT_MAX_DEPTH ? "" : ` depth ${node.maxDepth}`;
        return `define ${node.fn} ${showName(node.name)} (${params}) gives (${node.gives.map(showType).join(", ")})${depth} {`;
      }
      case "call":
        return `call ${node.fn} ${this.#uses(node.operands)}`.trimEnd();
      case "fail":
        return `fail ${JSON.stringify(nameOfError(node.error))} ${JSON.stringify(messageOf(node.error))}`;
      case "print": {
        const parts = node.parts.map((p) => JSON.stringify(p)).join(", ");
        return ["print", node.method, this.#uses(node.operands), `[${parts}]`].filter((s) => s !== "").join(" ");
      }
    }
  }

  #carried(params: readonly Value[], init: readonly Value[]): string {
    const uses = init.map((v) => this.#use(v));
    return params.map((p, i) => `${this.#definition(p)} = ${uses[i] ?? "?"}`).join(", ");
  }

  #definition(value: Value): string {
    if (this.#options.renumber && !this.#numbers.has(value)) this.#numbers.set(value, this.#numbers.size);
    return `${this.#use(value)}: ${showType(value.type)}`;
  }

  #uses(values: readonly Value[]): string {
    return values.map((v) => this.#use(v)).join(", ");
  }

  #use(value: Value): string {
    return showValue(value, this.#options.renumber ? this.#numbers.get(value) : value.id);
  }
}

/** Names that need no quotes. */
export const PLAIN_NAME = /^[\p{L}_$][\p{L}\p{N}_$[\].]*$/u;

function showName(name: string): string {
  return PLAIN_NAME.test(name) ? name : JSON.stringify(name);
}

/** `%x.7`: how values appear in texts and errors. */
export function showValue(value: Value, number: number | undefined = value.id): string {
  const id = number ?? "?";
  if (value.name === undefined) return `%${id}`;
  return `%${PLAIN_NAME.test(value.name) ? value.name : JSON.stringify(value.name)}.${id}`;
}

/** Elements of a constant; abbreviated unless `full`. */
export function showData(data: TypedArray, type: TensorType, full = false): string {
  if (type.shape.length === 0 && data.length === 1) return showElement(data[0], type.dtype);
  const isShort = !full && data.length > SHORT;
  const shown = Array.from(isShort ? data.subarray(0, SHORT) : data, (x) => showElement(x, type.dtype));
  return isShort ? `[${shown.join(", ")}, … ${data.length} elements]` : `[${shown.join(", ")}]`;
}

/** The shortest text that gives the element back. */
export function showElement(x: number, dtype: DType): string {
  if (dtype === "bool") return x === 0 ? "false" : "true";
  if (Object.is(x, -0)) return "-0";
  if (dtype === "float32" && Number.isFinite(x)) {
    for (let digits = 1; digits < 10; digits++) {
      const rounded = Number(x.toPrecision(digits));
      if (Math.fround(rounded) === x) return String(rounded);
    }
  }
  return String(x);
}

/** `{axes=[0], keepDims=false}`; nothing for no attributes. */
export function showAttrs(attrs: Attrs): string {
  const entries = Object.entries(attrs);
  return entries.length === 0 ? "" : `{${entries.map(([key, value]) => `${key}=${showAttr(value)}`).join(", ")}}`;
}

function showAttr(value: AttrValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "boolean") return String(value);
  return `[${value.map(showDim).join(", ")}]`;
}

function placeComment(span: Span | undefined): string {
  const place = span?.place();
  return place === undefined ? "" : `  // ${place.file.replace(/^.*[\\/]/, "")}:${place.line}:${place.column}`;
}

/** Dtypes by their short names, for the parser. */
export const SHORT_DTYPES: ReadonlyMap<string, DType> = new Map(NUMERIC_DTYPES.map((dtype) => [DTYPES[dtype].short, dtype]));
