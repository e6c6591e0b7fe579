/**
 * Graphs: what code builds while one is in force. `graph(fn)` and `asDefault` put one in force for a callback, and
 * `disableEagerExecution` one for the rest of the program.
 */
import { ArgumentError, GraphFnError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { interpreter, isTracing, setInterpreter, withInterpreter } from "../dispatch/dispatch.ts";
import { symbolOf } from "../trace/tracer.ts";
import { GraphVariable } from "./graph-variable.ts";
import type { Operation } from "./operation.ts";
import { StaticTracer } from "./static-tracer.ts";

const graphs = new WeakMap<StaticTracer, Graph>();

export class Graph {
  /** For the machinery: the interpreter that adds to this graph. */
  readonly tracer: StaticTracer;
  readonly #variables: GraphVariable[] = [];
  /** Variables by the name that getVariable knows them under. */
  readonly shared = new Map<string, GraphVariable>();

  constructor() {
    this.tracer = new StaticTracer((initial, trainable, name) => this.variable(initial, trainable, name ?? "Variable"));
    graphs.set(this.tracer, this);
  }

  /** Runs `body` with this graph in force: ops add to it and give symbolic tensors. */
  asDefault<T>(body: () => T): T {
    if (typeof body !== "function") throw new ArgumentError("asDefault: the argument must be a function that builds the graph.");
    return withInterpreter(this.tracer, body);
  }

  /** All operations in the order in which they run, those inside of branches and loops included. */
  getOperations(): Operation[] {
    return this.tracer.operations();
  }

  /** An operation by its name. E_NAME where there is none. */
  getOperationByName(name: string): Operation {
    const found = this.tracer.operationNamed(name);
    if (found === undefined) throw new GraphFnError("E_NAME", `There is no operation named ${JSON.stringify(name)} in the graph.`);
    return found;
  }

  /** A tensor by its name, `add:0`. E_NAME where there is none. */
  getTensorByName(name: string): Tensor {
    const at = name.lastIndexOf(":");
    const operation = this.getOperationByName(at < 0 ? name : name.slice(0, at));
    const tensor = operation.outputs[at < 0 ? 0 : Number(name.slice(at + 1))];
    if (tensor === undefined) {
      throw new GraphFnError("E_NAME", `Operation ${operation.name} has ${operation.outputs.length} results: there is no ${name}.`);
    }
    return tensor;
  }

  /** Variables of the graph, in order. */
  getVariables(): readonly GraphVariable[] {
    return this.#variables;
  }

  /** A new variable; `initial` is called in this graph. `name`: complete, made unique. */
  variable(initial: () => Tensor, trainable: boolean, name: string, scoped = true): GraphVariable {
    const t = this.tracer;
    const full = scoped ? t.names.unique(name) : t.names.complete(name);
    const variable = t.atRoot(() => GraphVariable.create(t, initial(), trainable, full));
    this.#variables.push(variable);
    return variable;
  }

  toString(): string {
    return `Graph(${this.getOperations().length} operations)`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

let base: Graph | null = null;

/** The graph in force; else the one that disableEagerExecution puts in force. */
export function getDefaultGraph(): Graph {
  const current = interpreter();
  if (current instanceof StaticTracer) return graphs.get(current) as Graph;
  base ??= new Graph();
  return base;
}

/** Forgets the graph that disableEagerExecution puts in force: an empty one takes its place. */
export function resetDefaultGraph(): void {
  const was = base;
  base = new Graph();
  if (was !== null && interpreter() === was.tracer) setInterpreter(base.tracer);
}

/** The graph in force. E_EAGER where ops run at once, E_STAGING in a graph function. */
export function graphInForce(what: string): Graph {
  const current = interpreter();
  if (current instanceof StaticTracer) return graphs.get(current) as Graph;
  throw new GraphFnError(
    "E_EAGER",
    `${what} needs a static graph, but ${isTracing() ? "a graph function is traced" : "ops run at once"}.`,
    {
      hint: "Build it inside gf.compat.v1.graph(() => …), or call gf.compat.v1.disableEagerExecution() first.",
    },
  );
}

/** The graph of a symbolic tensor; null for an eager one. E_GRAPH for a tensor of a graph function. */
export function graphOf(t: Tensor): Graph | null {
  const symbol = symbolOf(t);
  if (symbol === null) return null;
  const graph = symbol.tracer instanceof StaticTracer ? graphs.get(symbol.tracer) : undefined;
  if (graph !== undefined) return graph;
  throw new GraphFnError("E_GRAPH", `${t.name ?? `Tensor #${t.id}`} belongs to the trace of a graph function, which no session runs.`, {
    hint: "Call the function; it returns values.",
  });
}

/** The graph of an operation. */
export function graphOfOperation(operation: Operation): Graph {
  return graphs.get(operation.owner as StaticTracer) as Graph;
}

/** Builds a new graph: runs `body` with it in force and returns what that returns. */
export function graph<T>(body: (graph: Graph) => T): T {
  if (typeof body !== "function") throw new ArgumentError("graph: the argument must be a function that builds the graph.");
  const g = new Graph();
  return g.asDefault(() => body(g));
}

/** From now on ops add to the default graph. Twice is as good as once. E_STAGING in a graph function. */
export function disableEagerExecution(): void {
  if (interpreter() instanceof StaticTracer) return;
  if (isTracing()) throw new GraphFnError("E_STAGING", "disableEagerExecution was called in a graph function.");
  setInterpreter(getDefaultGraph().tracer);
}

/** From now on ops run at once again. What the default graph holds stays. */
export function enableEagerExecution(): void {
  if (!isTracing()) return;
  if (base === null || interpreter() !== base.tracer) {
    throw new GraphFnError("E_STAGING", "enableEagerExecution was called while a graph is built.", {
      hint: "Call it outside of graph(…).",
    });
  }
  setInterpreter(null);
}
