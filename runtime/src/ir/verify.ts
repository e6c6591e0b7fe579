/**
 * The legal graphs, as an executable check. Run between passes in tests, and wherever a graph comes from outside.
 *
 * - Every value is defined once and used only after its definition, in its region or one inside it.
 * - Constants have the elements of their type; op results have the types that the op's record infers.
 *   Promoted operands have one dtype.
 * - Arms of a cond have no parameters and yield the types of its results; predicates are bool scalars.
 * - Values on one stack have one type.
 * - Initial values, parameters, yields and results of a loop have the same types one by one.
 *
 * - A call stands where its function is defined, and agrees with it. Functions of a graph have different numbers.
 *
 * A type with symbolic lengths takes values of any lengths there: what passes make of a graph may know more than it says.
 * Weakness is not compared: it says where a value came from, not what it is.
 */
import { DTYPES, type DType } from "../core/dtype.ts";
import { GraphFnError, InternalError } from "../core/errors.ts";
import { isStatic, sizeOf } from "../core/shape.ts";
import { showType, type TensorType } from "../core/type.ts";
import { findOp } from "../ops/index.ts";
import type { DefineNode, Graph, ListNode, Node, OpNode, Region, Value } from "./graph.ts";
import { printGraph, showValue } from "./print.ts";
import { operandsOf } from "./walk.ts";

/** Throws InternalError with the fact that is wrong and the node in its context. */
export function verifyGraph(graph: Graph): void {
  new Verifier(graph).run();
}

const BOOL: TensorType = { dtype: "bool", shape: [] };
/** Indices of for: a step behind the last one must not wrap around. */
const COUNTING: readonly DType[] = ["int32", "float32", "float64"];
const INT: TensorType = { dtype: "int32", shape: [] };

class Verifier {
  readonly #graph: Graph;
  /** Value of each id seen so far, also of regions already left. */
  readonly #defined = new Map<number, Value>();
  readonly #visible = new Set<Value>();
  readonly #stacks = new Map<number, TensorType>();
  readonly #functions = new Map<number, { readonly define: DefineNode; visible: boolean }>();
  #node: Node | null = null;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  run(): void {
    this.#region(this.#graph.body);
    const { params, yields } = this.#graph.body;
    for (const { param, result } of this.#graph.variables ?? []) {
      if (params[param] === undefined) this.#fail(`a variable names parameter ${param} of ${params.length}`);
      if (result !== null)
        this.#types("parameter of a variable", [params[param]], "its new value", typesOf(yields.slice(result, result + 1)));
    }
  }

  #region(region: Region): void {
    const mine: Value[] = [];
    const define = (value: Value): void => {
      if (this.#defined.has(value.id)) this.#fail(`${showValue(value)} has the id of another value`);
      this.#defined.set(value.id, value);
      this.#visible.add(value);
      mine.push(value);
    };
    region.params.forEach(define);
    const functions: DefineNode[] = [];
    const owner = this.#node;
    for (const node of region.nodes) {
      this.#node = node;
      for (const operand of operandsOf(node)) this.#use(operand);
      if (node.kind === "define") {
        if (this.#functions.has(node.fn)) this.#fail(`there is another function ${node.fn}`);
        this.#functions.set(node.fn, { define: node, visible: true });
        functions.push(node);
      }
      this.#check(node);
      this.#node = node;
      node.results.forEach(define);
    }
    this.#node = owner;
    for (const value of region.yields) this.#use(value);
    for (const value of mine) this.#visible.delete(value);
    for (const define of functions) this.#functions.set(define.fn, { define, visible: false });
  }

  #use(value: Value): void {
    if (this.#visible.has(value)) return;
    const other = this.#defined.get(value.id);
    if (other === undefined) this.#fail(`${showValue(value)} is used before it is defined`);
    if (other !== value) this.#fail(`${showValue(value)} is not the value that was defined with this id`);
    this.#fail(`${showValue(value)} is used outside the region that defines it`);
  }

  #check(node: Node): void {
    switch (node.kind) {
      case "const": {
        const type = this.#single(node).type;
        if (!isStatic(type.shape)) this.#fail(`a constant has the shape of ${showType(type)}, which is not known`);
        else if (!(node.data instanceof DTYPES[type.dtype].array) || node.data.length !== sizeOf(type.shape) * DTYPES[type.dtype].parts)
          this.#fail(`a constant of type ${showType(type)} has ${node.data.length} elements in a ${node.data.constructor.name}`);
        return;
      }
      case "op": {
        this.#types("result", node.results, "inferred result", this.#inferred(node));
        return;
      }
      case "fail":
        this.#types("result", node.results, "result of a fail", []);
        return;
      case "print": {
        const bad = node.parts.flat().find((p) => typeof p === "number" && node.operands[p] === undefined);
        if (bad !== undefined) this.#fail(`a part prints operand ${bad} of ${node.operands.length}`);
        this.#types("result", node.results, "result of a print", []);
        return;
      }
      case "push":
        this.#types("result", node.results, "result of a push", []);
        this.#stacked(node.stack, node.operands[0]);
        return;
      case "pop":
        this.#stacked(node.stack, this.#single(node));
        return;
      case "list":
        this.#list(node);
        return;
      case "customGrad":
        this.#types("result", node.results, "value", typesOf(node.values));
        this.#types("parameter of the gradient", node.vjp.params, "result", typesOf(node.results));
        this.#region(node.vjp);
        this.#fits("yield of the gradient", node.vjp.yields, "input", typesOf(node.inputs));
        return;
      case "define":
        this.#types("result", node.results, "result of a define", []);
        this.#region(node.body);
        this.#fits("yield of the function", node.body.yields, "type that it gives", node.gives);
        return;
      case "call": {
        const callee = this.#functions.get(node.fn);
        if (callee?.visible !== true) this.#fail(`function ${node.fn} is not defined here`);
        this.#fits("operand of the call", node.operands, "parameter of the function", typesOf(callee.define.body.params));
        this.#types("result", node.results, "type that the function gives", callee.define.gives);
        return;
      }
      case "cond":
        this.#types("predicate", [node.pred], "predicate of a cond", [BOOL]);
        for (const arm of [node.then, node.else]) {
          this.#types("parameter of an arm", arm.params, "allowed parameter", []);
          this.#region(arm);
          this.#fits(`yield of the ${arm === node.then ? "then" : "else"} arm`, arm.yields, "result", typesOf(node.results));
        }
        return;
      case "while": {
        const types = typesOf(node.init);
        this.#types("parameter of the test", node.test.params, "initial value", types);
        this.#types("parameter of the body", node.body.params, "initial value", types);
        this.#region(node.test);
        this.#types("yield of the test", node.test.yields, "predicate", [BOOL]);
        this.#region(node.body);
        this.#fits("yield of the body", node.body.yields, "parameter", typesOf(node.body.params));
        this.#types("parameter of the test", node.test.params, "parameter of the body", typesOf(node.body.params));
        this.#types("result", node.results, "parameter", typesOf(node.body.params));
        return;
      }
      case "for": {
        const types = typesOf(node.init);
        const index: TensorType = { dtype: node.start.type.dtype, shape: [] };
        if (!COUNTING.includes(index.dtype)) this.#fail(`the range of a for is ${index.dtype}`);
        this.#types("bound", [node.start, node.limit, node.step], "scalar of one dtype", [index, index, index]);
        this.#types("parameter of the body", node.body.params, "index and initial value", [index, ...types]);
        this.#region(node.body);
        this.#fits("yield of the body", node.body.yields, "parameter", typesOf(node.body.params.slice(1)));
        this.#types("result", node.results, "parameter", typesOf(node.body.params.slice(1)));
        return;
      }
    }
  }

  /** What stands where a list does; elements fit by their dtype and rank. */
  #list(node: ListNode): void {
    const { type } = this.#single(node);
    const { operands, action } = node;
    const lists = operands.filter((v) => v.type.list).length;
    const wanted = action === "make" ? 0 : action === "concat" ? 2 : 1;
    if (lists !== wanted || (wanted > 0 && !operands[0].type.list)) this.#fail(`list ${action} got ${lists} lists for ${wanted}`);
    const gives = !["last", "get", "length", "stack", "join"].includes(action);
    if ((type.list ?? false) !== gives) this.#fail(`list ${action} gives ${showType(type)}`);
    if (action === "length") this.#types("result", node.results, "length", [INT]);
    if (action === "cast" || action === "length") return;
    const odd = operands.find((v, i) => v.type.dtype !== type.dtype && !isPosition(action, i));
    if (odd !== undefined) this.#fail(`list ${action} got ${showValue(odd)}, which is ${showType(odd.type)}, for ${showType(type)}`);
  }

  /** All values of a stack have one type. */
  #stacked(stack: number, value: Value): void {
    const type = this.#stacks.get(stack);
    if (type === undefined) this.#stacks.set(stack, value.type);
    else this.#types(`value on stack ${stack}`, [value], "value before it", [type]);
  }

  #inferred(node: OpNode): TensorType[] {
    const op = findOp(node.op);
    if (op === undefined) this.#fail(`there is no op ${node.op}`);
    const promoted = op.promote === "none" ? [] : op.promote === "all" ? node.operands : op.promote.map((i) => node.operands[i]);
    const odd = promoted.find((v) => v.type.dtype !== promoted[0]?.type.dtype);
    if (odd !== undefined) this.#fail(`${node.op} got ${promoted[0]?.type.dtype} and ${odd.type.dtype}, which must be one dtype`);
    try {
      return op.infer(
        node.operands.map((v) => v.type),
        node.attrs,
      );
    } catch (error) {
      if (!(error instanceof GraphFnError)) throw error;
      this.#fail(error.message, error);
    }
  }

  #single(node: Node): Value {
    if (node.results.length !== 1) this.#fail(`a ${node.kind} has ${node.results.length} results`);
    return node.results[0];
  }

  /** The values are definitions for what has the types. */
  #types(what: string, values: readonly Value[], other: string, types: readonly TensorType[]): void {
    this.#compare(what, values, other, types, (value, type) => takes(value, type));
  }

  /** The values go where the types are. */
  #fits(what: string, values: readonly Value[], other: string, types: readonly TensorType[]): void {
    this.#compare(what, values, other, types, (value, type) => takes(type, value));
  }

  #compare(
    what: string,
    values: readonly Value[],
    other: string,
    types: readonly TensorType[],
    agree: (value: TensorType, type: TensorType) => boolean,
  ): void {
    if (values.length !== types.length) this.#fail(`the node has ${values.length} × ${what} for ${types.length} × ${other}`);
    values.forEach((v, i) => {
      const type = types[i];
      if (!agree(v.type, type)) this.#fail(`${what} ${showValue(v)} is ${showType(v.type)}, but the ${other} is ${showType(type)}`);
    });
  }

  #fail(fact: string, cause?: unknown): never {
    throw new InternalError(`Graph ${this.#graph.name} is not valid: ${fact}.\n${this.#context()}`, {
      at: this.#node?.span?.place(),
      cause,
    });
  }

  /** The lines around the node. */
  #context(): string {
    let at = -1;
    const options = {
      onNode: (node: Node, line: number) => {
        if (node === this.#node) at = line;
      },
    };
    const lines = printGraph(this.#graph, options).split("\n");
    if (at < 0) at = lines.length - 2;
    return lines
      .map((line, i) => `${i === at ? ">" : " "} ${line}`)
      .slice(Math.max(0, at - 4), at + 4)
      .join("\n");
  }
}

/** An operand that says where in the list. */
function isPosition(action: ListNode["action"], i: number): boolean {
  return action === "slice" ? i > 0 : (action === "get" || action === "set") && i === 1;
}

/** Whether a place of one type may hold a value of the other. */
function takes(place: TensorType, value: TensorType): boolean {
  const { dtype, shape } = place;
  return (
    dtype === value.dtype &&
    place.list === value.list &&
    shape.length === value.shape.length &&
    shape.every((d, i) => typeof d === "object" || d === value.shape[i])
  );
}

function typesOf(values: readonly Value[]): TensorType[] {
  return values.map((v) => v.type);
}
