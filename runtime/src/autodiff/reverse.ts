/**
 * A closed graph and its gradient, for tapes that see a compiled function called.
 *
 *   split   two graphs: the function, giving besides its results what the way back needs; and the way back
 *   joint   one graph that computes the function again on the way back: where loops would have to hand their stacks over, with lists and
 *           functions that call themselves, and for gradients of gradients
 *
 * Variables are parameters like others in the way back; nothing is printed or assigned there.
 */
import { hasGradient } from "../core/dtype.ts";
import type { Tensor } from "../core/tensor.ts";
import { withInterpreter } from "../dispatch/dispatch.ts";
import type { Graph, Node, Region, Value } from "../ir/graph.ts";
import { freeValues, regionsOf, walkNodes } from "../ir/walk.ts";
import { GraphTracer, symbolOf } from "../trace/tracer.ts";
import { Activity } from "./activity.ts";
import { Backward } from "./backward.ts";
import { inlineRegion, silent } from "./inline.ts";

export interface Reverse {
  /** Parameters: those of the function, then gradients of its floating results. Results: gradients, see `sources`. */
  readonly joint: Graph;
  /** Parameters of the function whose gradients come out, in order. */
  readonly sources: readonly number[];
  readonly split: {
    /** Results: those of the function (variables' new values last), with `kept` further ones before the variables. */
    readonly forward: Graph;
    readonly kept: number;
    /** Parameters of the function that the way back needs as well. */
    readonly params: readonly number[];
    /** Parameters: those, the kept values, then gradients of the floating results. */
    readonly backward: Graph;
  } | null;
}

const always = (): boolean => true;

/** `wanted`: the parameters whose gradients are asked for. */
export function reverse(graph: Graph, wanted: readonly boolean[]): Reverse {
  const t = new GraphTracer("", (tensor) => tensor);
  const { params } = graph.body;
  const variableResults = new Set(graph.variables?.flatMap(({ result }) => (result === null ? [] : [result])));
  const made = withInterpreter(t, () => {
    const inputs = params.map((p) => t.param(t.root, p.type, p.name));
    const all = inlineRegion(t, graph.body, inputs, () => {
      throw new Error("A graph uses a value from outside.");
    }).map((x) => t.valueOf(x));
    const results = all.filter((_, i) => !variableResults.has(i));
    const border = t.constantValue(new Int32Array(1), { dtype: "int32", shape: [] });
    const targets = results.filter((v) => hasGradient(v.type.dtype));
    const seeds = targets.map((v, i) => t.param(t.root, { dtype: v.type.dtype, shape: v.type.shape }, `d${v.name ?? i}`));
    const sources = inputs.flatMap((x, i) => (wanted[i] && hasGradient(x.dtype) ? [i] : []));
    const values = sources.map((i) => t.valueOf(inputs[i] as Tensor));
    const activity = new Activity(new Map(values.map((v) => [v, 0])), always);
    activity.scan(t.root.nodes);
    const found = new Backward(t, activity).run(
      targets,
      seeds,
      values.map((v) => [v]),
      { recorded: always },
    );
    const connected = sources.filter((_, k) => found[k] !== null);
    const gradients = found.flatMap((g) => (g === null ? [] : [t.valueOf(g)]));
    return { inputs: inputs.map(symbolValue), results, all, border, seeds: seeds.map(symbolValue), connected, gradients };
  });
  const { nodes } = t.root;
  const at = nodes.findIndex((node) => node.results[0] === made.border);
  const [there, back] = [nodes.slice(0, at), nodes.slice(at + 1)];
  const joint: Region = { params: [...made.inputs, ...made.seeds], nodes: silent([...there, ...back]), yields: made.gradients };
  return {
    joint: { name: `${graph.name} gradient`, body: joint },
    sources: made.connected,
    split: isSeparable(there, back) ? split(graph, made, there, back) : null,
  };
}

function symbolValue(t: Tensor): Value {
  const symbol = symbolOf(t);
  if (symbol === null) throw new Error("A parameter has no symbol.");
  return symbol.value;
}

function split(
  graph: Graph,
  made: {
    readonly inputs: readonly Value[];
    readonly all: readonly Value[];
    readonly seeds: readonly Value[];
    readonly gradients: readonly Value[];
  },
  there: readonly Node[],
  back: readonly Node[],
): NonNullable<Reverse["split"]> {
  // Constants are in both.
  const constants = there.filter((node) => node.kind === "const");
  const backward: Region = { params: made.seeds, nodes: [...constants, ...back], yields: made.gradients };
  const needed = freeValues(backward);
  const params = made.inputs.flatMap((v, i) => (needed.includes(v) ? [i] : []));
  const kept = needed.filter((v) => !made.inputs.includes(v));
  const variables = graph.variables ?? [];
  const first = Math.min(made.all.length, ...variables.flatMap(({ result }) => (result === null ? [] : [result])));
  const yields = [...made.all.slice(0, first), ...kept, ...made.all.slice(first)];
  return {
    forward: {
      ...graph,
      body: { params: made.inputs, nodes: there, yields },
      ...(variables.length === 0
        ? {}
        : { variables: variables.map(({ param, result }) => ({ param, result: result === null ? null : result + kept.length })) }),
    },
    kept: kept.length,
    params,
    backward: {
      name: `${graph.name} backward`,
      body: { ...backward, params: [...params.map((i) => made.inputs[i] as Value), ...kept, ...made.seeds] },
    },
  };
}

/** The way back needs nothing of the way there but tensors: no stacks, functions or lists. */
function isSeparable(there: readonly Node[], back: readonly Node[]): boolean {
  if (there.some((node) => node.kind === "define") || (stacksOf(there).size > 0 && sharesStacks(there, back))) return false;
  return !freeValues({ params: [], nodes: back, yields: [] }).some((v) => v.type.list === true);
}

function stacksOf(nodes: readonly Node[]): Set<number> {
  const stacks = new Set<number>();
  const see = (node: Node): void => {
    if (node.kind === "push" || node.kind === "pop") stacks.add(node.stack);
  };
  for (const node of nodes) {
    see(node);
    for (const region of regionsOf(node)) walkNodes(region, see);
  }
  return stacks;
}

function sharesStacks(there: readonly Node[], back: readonly Node[]): boolean {
  const mine = stacksOf(there);
  return [...stacksOf(back)].some((stack) => mine.has(stack));
}
