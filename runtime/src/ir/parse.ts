/**
 * Text → Graph: reads what print.ts writes (see the grammar by example there); comments `// …` are skipped.
 *
 * Ids and names are those of the text. Only the form is checked here; `verifyGraph` checks the rest. Abbreviated constants
 * cannot be read: print with `data: "full"`.
 */
import { DTYPES, type DType, isInteger, newElements, type TypedArray, writeElements } from "../core/dtype.ts";
import { ArgumentError } from "../core/errors.ts";
import { type Dim, type Dims, isStatic, sizeOf } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";
import { findOp } from "../ops/index.ts";
import type { Attrs, AttrValue } from "../ops/op.ts";
import {
  type Checkpoint,
  DEFAULT_MAX_DEPTH,
  type Graph,
  LIST_ACTIONS,
  type Node,
  PRINT_METHODS,
  type PrintNode,
  type Region,
  type Value,
} from "./graph.ts";
import { SHORT_DTYPES, showValue } from "./print.ts";

/** Throws E_SYNTAX with the line that cannot be read. */
export function parseGraph(text: string): Graph {
  return new Parser(text).graph();
}

/** Strings, values, numbers (before words, so that Infinity and NaN are numbers), words, and single characters. */
const TOKEN =
  /\s*(?:\/\/[^\n]*\s*)*(?:("(?:[^"\\]|\\.)*")|(%(?:(?:"(?:[^"\\]|\\.)*"|[\p{L}_$][\p{L}\p{N}_$[\].]*)\.)?\d+)|(-?(?:\d[\d.]*(?:e[+-]?\d+)?|Infinity|NaN)(?![\p{L}_$]))|([\p{L}_$][\p{L}\p{N}_$]*)|(\S)|$)/uy;

interface Token {
  readonly kind: "string" | "value" | "number" | "word" | "sign" | "end";
  readonly text: string;
  readonly start: number;
}

const KINDS = ["string", "value", "number", "word", "sign"] as const;

class Parser {
  readonly #text: string;
  #token: Token;
  #end = 0;
  readonly #values = new Map<string, Value>();
  /** Parameter of a variable → index of the result that is its new value. */
  readonly #assigned = new Map<Value, number>();

  constructor(text: string) {
    this.#text = text;
    this.#token = this.#scan();
  }

  graph(): Graph {
    this.#expect("graph");
    const name = this.#name();
    const variables: number[] = [];
    const params = this.#definitions((i) => {
      if (this.#takes("var")) variables.push(i);
    });
    this.#expect("{");
    const body = this.#region(params, "return");
    if (this.#token.kind !== "end") this.#fail("the end of the text");
    if (variables.length === 0) return { name, body };
    return { name, body, variables: variables.map((param) => ({ param, result: this.#assigned.get(params[param]) ?? null })) };
  }

  // ── regions and nodes ──────────────────────────────────────────────────────────────────────────────────────────────

  /** The inside of braces; the opening one has been read. */
  #region(params: readonly Value[], end: "yield" | "return"): Region {
    const nodes: Node[] = [];
    while (!this.#takes(end)) nodes.push(this.#node());
    const yields = end === "return" ? this.#results() : this.#uses();
    this.#expect("}");
    return { params, nodes, yields };
  }

  /** `%3, %w.1 := %9`: results, some of them new values of variables. */
  #results(): Value[] {
    const values: Value[] = [];
    if (this.#token.kind !== "value") return values;
    do {
      const value = this.#use();
      if (this.#takes(":")) {
        this.#expect("=");
        this.#assigned.set(value, values.length);
        values.push(this.#use());
      } else values.push(value);
    } while (this.#takes(","));
    return values;
  }

  #node(): Node {
    const results: Value[] = [];
    if (this.#token.kind === "value") {
      do results.push(this.#pending());
      while (this.#takes(","));
      this.#expect("=");
    }
    const node = this.#operation(results);
    for (const value of results) this.#values.set(showValue(value), value);
    return node;
  }

  #operation(results: readonly Value[]): Node {
    const word = this.#word();
    switch (word) {
      case "const":
        return { kind: "const", data: this.#data(results[0]?.type ?? this.#fail("a result")), results };
      case "cond":
        return this.#cond(results);
      case "while":
        return this.#while(results);
      case "for":
        return this.#for(results);
      case "print":
        return this.#print(results);
      case "fail":
        return this.#failure(results);
      case "push": {
        const checkpoint = this.#checkpoint();
        return { kind: "push", stack: this.#number(), operands: [this.#use()], results, ...checkpoint };
      }
      case "pop":
        return { kind: "pop", stack: this.#number(), results };
      case "list": {
        const action = LIST_ACTIONS.find((a) => a === this.#token.text) ?? this.#fail(`one of ${LIST_ACTIONS.join(", ")}`);
        this.#word();
        return { kind: "list", action, operands: this.#uses(), attrs: this.#attrs(), results };
      }
      case "customGrad":
        return this.#customGrad(results);
      case "define":
        return this.#define(results);
      case "call":
        return { kind: "call", fn: this.#number(), operands: this.#uses(), results };
      default:
        if (findOp(word) === undefined) this.#fail(`an op, not ${word}`);
        return { kind: "op", op: word, operands: this.#uses(), attrs: this.#attrs(), results };
    }
  }

  #cond(results: readonly Value[]): Node {
    const pred = this.#use();
    this.#expect("{");
    const arm = this.#region([], "yield");
    this.#expect("else");
    this.#expect("{");
    const otherwise = this.#region([], "yield");
    // biome-ignore lint/suspicious/noThenProperty: arms of a branch
    return { kind: "cond", pred, then: arm, else: otherwise, results };
  }

  #checkpoint(): { checkpoint?: Checkpoint } {
    if (!this.#takes("checkpoint")) return {};
    return { checkpoint: this.#takes("sqrt") ? "sqrt" : this.#number() };
  }

  #while(results: readonly Value[]): Node {
    const checkpoint = this.#checkpoint();
    const { params, init } = this.#carried();
    this.#expect("{");
    const test = this.#region(params, "yield");
    this.#expect("do");
    const inBody = this.#definitions();
    this.#expect("{");
    return { kind: "while", init, test, body: this.#region(inBody, "yield"), results, ...checkpoint };
  }

  #for(results: readonly Value[]): Node {
    const checkpoint = this.#checkpoint();
    const index = this.#pending();
    this.#expect("=");
    const start = this.#use();
    this.#expect("to");
    const limit = this.#use();
    this.#expect("step");
    const step = this.#use();
    const { params, init } = this.#carried();
    this.#values.set(showValue(index), index);
    this.#expect("{");
    return { kind: "for", start, limit, step, init, body: this.#region([index, ...params], "yield"), results, ...checkpoint };
  }

  /** An error as read: of the class that JavaScript has by this name, otherwise an Error with the name. */
  #failure(results: readonly Value[]): Node {
    const [name, message] = [this.#string(), this.#string()];
    if (name === "") return { kind: "fail", error: message, results };
    const known: unknown = /^(?:Eval|Range|Reference|Syntax|Type|URI)Error$/.test(name)
      ? (globalThis as Record<string, unknown>)[name]
      : Error;
    const error = new (known as ErrorConstructor)(message);
    if (error.name !== name) error.name = name;
    return { kind: "fail", error, results };
  }

  #print(results: readonly Value[]): PrintNode {
    const method = this.#word();
    if (!(PRINT_METHODS as readonly string[]).includes(method)) this.#fail(`one of ${PRINT_METHODS.join(", ")}`);
    const operands = this.#uses();
    const atom = (): string | number => (this.#token.kind === "string" ? this.#string() : this.#number());
    const parts = this.#list(() => (this.#token.text === "[" ? this.#list(atom) : atom()));
    return { kind: "print", method: method as PrintNode["method"], operands, parts, results };
  }

  #customGrad(results: readonly Value[]): Node {
    const values = this.#uses();
    this.#expect("by");
    const inputs = this.#uses();
    const params = this.#definitions();
    this.#expect("{");
    return { kind: "customGrad", inputs, values, vjp: this.#region(params, "yield"), results };
  }

  #define(results: readonly Value[]): Node {
    const [fn, name] = [this.#number(), this.#name()];
    const params = this.#definitions();
    this.#expect("gives");
    const gives: TensorType[] = [];
    this.#expect("(");
    while (!this.#takes(")")) {
      gives.push(this.#type());
      if (this.#token.text !== ")") this.#expect(",");
    }
    const maxDepth = this.#takes("depth") ? this.#number() : DEFAULT_MAX_DEPTH;
    this.#expect("{");
    return { kind: "define", fn, name, body: this.#region(params, "yield"), gives, maxDepth, results };
  }

  /** `(%a: f32 = %x, …)`: initial values are read outside of the scope of the parameters. */
  #carried(): { params: Value[]; init: Value[] } {
    const params: Value[] = [];
    const init: Value[] = [];
    this.#expect("(");
    while (!this.#takes(")")) {
      params.push(this.#pending());
      this.#expect("=");
      init.push(this.#use());
      if (this.#token.text !== ")") this.#expect(",");
    }
    for (const value of params) this.#values.set(showValue(value), value);
    return { params, init };
  }

  // ── values, types, attributes ──────────────────────────────────────────────────────────────────────────────────────

  #definitions(before?: (i: number) => void): Value[] {
    const values: Value[] = [];
    this.#expect("(");
    while (!this.#takes(")")) {
      before?.(values.length);
      values.push(this.#pending());
      if (this.#token.text !== ")") this.#expect(",");
    }
    for (const value of values) this.#values.set(showValue(value), value);
    return values;
  }

  /** `%x.3: f32[2]`, not known to uses yet. */
  #pending(): Value {
    const text = this.#next("value");
    this.#expect(":");
    const type = this.#type();
    const [, name, id] = /^%(?:(.*)\.)?(\d+)$/su.exec(text) ?? this.#fail("a value like %x.3");
    if (name === undefined) return { id: Number(id), type };
    return { id: Number(id), type, name: name.startsWith('"') ? (JSON.parse(name) as string) : name };
  }

  #uses(): Value[] {
    const values: Value[] = [];
    if (this.#token.kind !== "value") return values;
    do values.push(this.#use());
    while (this.#takes(","));
    return values;
  }

  #use(): Value {
    const known = this.#values.get(this.#token.text);
    if (this.#token.kind === "value" && known === undefined) this.#fail("a value that is defined above");
    this.#next("value");
    return known as Value;
  }

  #type(): TensorType {
    if (this.#takes("list")) {
      this.#expect("(");
      const element = this.#type();
      this.#expect(")");
      return { ...element, list: true };
    }
    const dtype = SHORT_DTYPES.get(this.#word());
    if (dtype === undefined) this.#fail(`a dtype: one of ${[...SHORT_DTYPES.keys()].join(", ")}`);
    const weak = this.#takes("*");
    const shape = this.#token.text === "[" ? this.#shape() : [];
    return weak ? { dtype, shape, weak } : { dtype, shape };
  }

  /** Symbolic lengths are any text without commas and brackets. */
  #shape(): Dims {
    const end = this.#text.indexOf("]", this.#token.start);
    const dims = this.#text.slice(this.#token.start + 1, end < 0 ? undefined : end).split(",");
    this.#end = end < 0 ? this.#text.length : end + 1;
    this.#token = this.#scan();
    return dims.map((d): Dim => (/^\s*\d+\s*$/.test(d) ? Number(d) : { sym: d.trim() }));
  }

  #attrs(): Attrs {
    const attrs: Record<string, AttrValue> = {};
    if (!this.#takes("{")) return attrs;
    while (!this.#takes("}")) {
      const name = this.#word();
      this.#expect("=");
      attrs[name] = this.#attr();
      if (this.#token.text !== "}") this.#expect(",");
    }
    return attrs;
  }

  #attr(): AttrValue {
    if (this.#token.kind === "string") return this.#string();
    if (this.#token.text === "[") return this.#list((): Dim => (this.#token.kind === "word" ? { sym: this.#word() } : this.#number()));
    if (this.#takes("true")) return true;
    if (this.#takes("false")) return false;
    return this.#number();
  }

  #data(type: TensorType): TypedArray {
    if (!isStatic(type.shape)) this.#fail("a type of known shape for a constant");
    const elements = this.#token.text === "[" ? this.#list(() => this.#element(type.dtype)) : [this.#element(type.dtype)];
    const data = newElements(type.dtype, sizeOf(type.shape));
    if (elements.length !== data.length)
      this.#fail(`${data.length} ${DTYPES[type.dtype].parts === 1 ? "elements" : "parts of elements"} before this`);
    writeElements(data, elements);
    return data;
  }

  #element(dtype: DType): number | bigint {
    if (isInteger(dtype)) return this.#whole(dtype);
    if (dtype !== "bool") return this.#number();
    if (this.#takes("true")) return 1;
    this.#expect("false");
    return 0;
  }

  #list<T>(item: () => T): T[] {
    const items: T[] = [];
    this.#expect("[");
    while (!this.#takes("]")) {
      items.push(item());
      if (this.#token.text !== "]") this.#expect(",");
    }
    return items;
  }

  // ── tokens ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  #scan(): Token {
    TOKEN.lastIndex = this.#end;
    const match = TOKEN.exec(this.#text);
    if (match === null) return { kind: "end", text: "", start: this.#text.length };
    this.#end = TOKEN.lastIndex;
    const at = KINDS.findIndex((_, i) => match[i + 1] !== undefined);
    if (at < 0) return { kind: "end", text: "", start: this.#end };
    const text = match[at + 1];
    return { kind: KINDS[at], text, start: this.#end - text.length };
  }

  #next(kind: Token["kind"]): string {
    const { text } = this.#token;
    if (this.#token.kind !== kind) this.#fail(`a ${kind}`);
    this.#token = this.#scan();
    return text;
  }

  #takes(text: string): boolean {
    if (this.#token.text !== text || this.#token.kind === "string") return false;
    this.#token = this.#scan();
    return true;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) this.#fail(`\`${text}\``);
  }

  #name(): string {
    return this.#token.kind === "string" ? this.#string() : this.#word();
  }

  #word(): string {
    return this.#next("word");
  }

  #string(): string {
    return JSON.parse(this.#next("string")) as string;
  }

  /** A whole number that the dtype holds. */
  #whole(dtype: DType): number | bigint {
    const bits = 8 * DTYPES[dtype].bytes;
    const { kind, text } = this.#token;
    const value = kind === "number" && /^-?\d+$/.test(text) ? BigInt(text) : undefined;
    const held = value === undefined ? undefined : dtype === "uint8" ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
    if (value === undefined || value !== held) this.#fail(`an element of ${dtype}`);
    this.#next("number");
    return dtype === "int64" ? value : Number(value);
  }

  #number(): number {
    return Number(this.#next("number"));
  }

  #fail(expected: string): never {
    const lines = this.#text.slice(0, this.#token.start).split("\n");
    const found = this.#token.kind === "end" ? "the end" : this.#token.text;
    const line = this.#text.split("\n")[lines.length - 1]?.trim() ?? "";
    throw new ArgumentError(`Graph text, line ${lines.length}: ${found} stands in place of ${expected}: ${line}`, { code: "E_SYNTAX" });
  }
}
