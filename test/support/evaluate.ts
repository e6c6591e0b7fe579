/**
 * The naive evaluator of graphs: every value gets an array of its own, regions are run as JavaScript would run them. It knows
 * nothing of plans, so that it can judge them. Kernels are the reference ones of the op records.
 *
 *   evaluate(graph, [Float32Array.of(2)])  →  { outputs: [Float32Array.of(4)], printed: ["log x= 4"] }
 */
import { newElements, type TypedArray, writeElements } from "../../runtime/src/core/dtype.ts";
import { isStatic, type Shape, sizeOf } from "../../runtime/src/core/shape.ts";
import type { ForNode, Graph, Node, PrintPart, Region, Value, WhileNode } from "../../runtime/src/ir/graph.ts";
import { getOp } from "../../runtime/src/ops/index.ts";
import type { Block } from "../../runtime/src/ops/op.ts";

export interface Evaluation {
  readonly outputs: readonly TypedArray[];
  /** One line per print, in the order of execution. */
  readonly printed: readonly string[];
}

type Scope = Map<Value, Block>;

/** Throws TooLong after `limit` nodes, so that a search for small programs cannot hang. */
export function evaluate(graph: Graph, inputs: readonly TypedArray[], limit = 1e6): Evaluation {
  const run = new Run(limit);
  const scope: Scope = new Map();
  graph.body.params.forEach((p, i) => {
    scope.set(p, { ...blockOf(p), data: inputs[i]!.slice() });
  });
  const outputs = run.region(graph.body, scope).map((b) => b.data.slice());
  return { outputs, printed: run.printed };
}

export class TooLong extends Error {}

/** How a print step shows in tests: the method and its parts, elements in full. */
export function printedLine(method: string, parts: readonly PrintPart[], values: readonly Block[]): string {
  const one = (p: string | number): string => (typeof p === "string" ? p : show(values[p]!));
  return [method, ...parts.map((p) => (typeof p === "object" ? p.map(one).join("") : one(p)))].join(" ");
}

function show({ data, shape }: Block): string {
  return `${JSON.stringify(shape)}(${Array.from(data, (x) => (Object.is(x, -0) ? "-0" : String(x))).join(",")})`;
}

class Run {
  readonly printed: string[] = [];
  readonly #stacks = new Map<number, Block[]>();
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  region(region: Region, scope: Scope): Block[] {
    for (const node of region.nodes) this.#node(node, scope);
    return region.yields.map((v) => get(scope, v));
  }

  /** A region entered with arguments; its values disappear afterwards. */
  #enter(region: Region, args: readonly Block[], outer: Scope): Block[] {
    const scope: Scope = new Map(outer);
    region.params.forEach((p, i) => {
      scope.set(p, args[i]!);
    });
    return this.region(region, scope);
  }

  #node(node: Node, scope: Scope): void {
    if (this.#left-- <= 0) throw new TooLong();
    switch (node.kind) {
      case "const":
        scope.set(node.results[0]!, { ...blockOf(node.results[0]!), data: node.data });
        return;
      case "op": {
        const outputs = node.results.map(blockOf);
        const inputs = node.operands.map((v) => get(scope, v));
        getOp(node.op).reference(inputs, outputs, node.attrs);
        this.#define(node, outputs, scope);
        return;
      }
      case "print": {
        const values = node.operands.map((v) => get(scope, v));
        this.printed.push(printedLine(node.method, node.parts, values));
        return;
      }
      case "push": {
        const stack = this.#stacks.get(node.stack) ?? [];
        this.#stacks.set(node.stack, stack);
        stack.push(get(scope, node.operands[0]));
        return;
      }
      case "pop": {
        const block = this.#stacks.get(node.stack)?.pop();
        if (block === undefined) throw new Error(`stack ${node.stack} is empty`);
        this.#define(node, [block], scope);
        return;
      }
      case "customGrad":
        this.#define(
          node,
          node.values.map((v) => get(scope, v)),
          scope,
        );
        return;
      case "cond":
        this.#define(node, this.#enter(get(scope, node.pred).data[0] === 0 ? node.else : node.then, [], scope), scope);
        return;
      case "while":
        this.#define(node, this.#while(node, scope), scope);
        return;
      case "for":
        this.#define(node, this.#for(node, scope), scope);
    }
  }

  #define(node: Node, blocks: readonly Block[], scope: Scope): void {
    node.results.forEach((v, i) => {
      scope.set(v, blocks[i]!);
    });
  }

  #while(node: WhileNode, scope: Scope): Block[] {
    let carried = node.init.map((v) => get(scope, v));
    while (this.#enter(node.test, carried, scope)[0]!.data[0] !== 0) {
      if (this.#left-- <= 0) throw new TooLong();
      carried = this.#enter(node.body, carried, scope);
    }
    return carried;
  }

  /** Index arithmetic is JavaScript's, rounded to float32 where the index is. */
  #for(node: ForNode, scope: Scope): Block[] {
    let carried = node.init.map((v) => get(scope, v));
    const [start, limit, step] = [node.start, node.limit, node.step].map((v) => get(scope, v).data[0]!) as [number, number, number];
    const round = node.start.type.dtype === "float32" ? Math.fround : (x: number) => x;
    for (let i = start; step > 0 ? i < limit : i > limit; i = round(i + step)) {
      if (this.#left-- <= 0) throw new TooLong();
      const index = blockOf(node.body.params[0]!);
      index.data[0] = i;
      carried = this.#enter(node.body, [index, ...carried], scope);
    }
    return carried;
  }
}

function get(scope: Scope, v: Value): Block {
  const block = scope.get(v);
  if (block === undefined) throw new Error(`%${v.id} has no value`);
  return block;
}

/** A new block of a value's type, filled with a pattern that no kernel may rely on. */
function blockOf(v: Value): Block {
  const { dtype, shape } = v.type;
  if (!isStatic(shape)) throw new Error(`%${v.id} has no static shape`);
  const data = newElements(dtype, sizeOf(shape as Shape));
  writeElements(data, new Array<number>(data.length).fill(dtype === "bool" ? 1 : 77));
  return { dtype, shape, data };
}
