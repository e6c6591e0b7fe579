/**
 * A graph function in a folder, without its code:
 *
 *   function.json        format, version, name; arguments and result with their structure; what stands in the weights
 *   graph.txt            the graph as traced: parameters are the tensors among the arguments, captured tensors, variables,
 *                        large constants; in this order
 *   weights.safetensors  captured tensors, values of variables, large constants
 *
 * Saved is the graph before passes: it holds only ops of the op table and custom gradients, and whoever loads it optimises it
 * with the passes of that day.
 */
import path from "node:path";
import { ArgumentError, InternalError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";
import { isVariable, type Variable } from "../core/variable.ts";
import { blockOf } from "../eager/compute.ts";
import type { ConstNode, Graph, Region, Value } from "../ir/graph.ts";
import { printGraph } from "../ir/print.ts";
import { mapRegions } from "../ir/walk.ts";
import type { Block } from "../ops/op.ts";
import type { ConcreteFunction } from "../staged/concrete.ts";
import type { FunctionParts } from "../staged/trace-call.ts";
import { pathOf, promised, writeFiles } from "./files.ts";
import { encodeSafetensors } from "./safetensors.ts";
import { type SavedLeaf, structureToJson } from "./structure.ts";

export const FORMAT = "graphfn-function";
export const VERSION = 1;

/** Constants of more elements go into the weights. */
const TEXT_LIMIT = 64;

/** What function.json holds. */
export interface SavedFunction {
  readonly format: string;
  readonly version: number;
  readonly generatedBy: string;
  readonly name: string;
  readonly arguments: readonly { readonly name: string; readonly value: unknown }[];
  readonly result: unknown;
  /** Names in the weights, in the order of the graph's parameters. */
  readonly captured: readonly string[];
  readonly variables: readonly { readonly name: string; readonly trainable: boolean; readonly weight: string }[];
  readonly constants: readonly string[];
}

export function saveFunction(concrete: ConcreteFunction, folder: string | URL): Promise<void> {
  return promised(() => {
    const place = pathOf(folder, "save");
    const { json, graph, weights } = describeFunction(concrete.parts);
    writeFiles([
      { file: path.join(place, "weights.safetensors"), pieces: encodeSafetensors(weights, {}, "save") },
      { file: path.join(place, "graph.txt"), pieces: [printGraph(graph, { data: "full" }), "\n"] },
      { file: path.join(place, "function.json"), pieces: [JSON.stringify(json, null, 2), "\n"] },
    ]);
  });
}

interface Description {
  readonly json: SavedFunction;
  readonly graph: Graph;
  readonly weights: [string, Block][];
}

function describeFunction(parts: FunctionParts): Description {
  const { signature, params, variables, captured, feeds, result } = parts;
  if (feeds.length > 0) {
    throw new ArgumentError(`save: ${parts.graph.name} loops over a dataset, which cannot be saved with it.`, {
      hint: "Pass the data as a tensor.",
    });
  }
  const weights: [string, Block][] = [];
  const taken = new Set<string>();
  const weight = (wanted: string, block: Block): string => {
    let name = wanted;
    for (let i = 1; taken.has(name) || name === "__metadata__"; i++) name = `${wanted}_${i}`;
    taken.add(name);
    weights.push([name, block]);
    return name;
  };
  const savedVariables = variables.map((v) => {
    const name = v.name ?? "Variable";
    return { name, trainable: v.trainable, weight: weight(name, blockOf(v, `save: variable ${name}`)) };
  });
  const savedCaptures = captured.map((t, i) => weight(t.name ?? `captured_${i}`, blockOf(t, "save")));
  const { graph, constants } = withoutLargeConstants(parts.graph);
  const savedConstants = constants.map((node, i) => weight(`constant_${i}`, constantBlock(node)));
  const leaves = signature.leaves.map((leaf): SavedLeaf => {
    if (leaf.kind === "tensor") return { kind: "tensor", type: leaf };
    if (leaf.kind === "number") throw new InternalError("A trace that takes any number cannot be saved.");
    return isVariable(leaf.value) ? { kind: "variable", index: placeOf(leaf.value, variables) } : leaf;
  });
  const rest = leaves[Symbol.iterator]();
  const results = result.leaves.map((leaf): SavedLeaf => {
    if (leaf.kind === "plain") return leaf;
    if (leaf.kind === "tensor") return { kind: "tensor", type: typeOf(graph.body.yields[leaf.index] as Value, leaf.weak) };
    throw new ArgumentError("The function cannot be saved: it returns as many tensors as the data decides.", {
      code: "E_SAVE",
      hint: "Return one tensor, such as gf.stack(xs).",
    });
  });
  const json: SavedFunction = {
    format: FORMAT,
    version: VERSION,
    generatedBy: "graphfn",
    name: graph.name,
    arguments: signature.skeletons.map((skeleton, i) => {
      const name = params[i] ?? `arg${i}`;
      return { name, value: structureToJson(skeleton, rest, `argument ${name}`) };
    }),
    result: structureToJson(result.skeleton, results[Symbol.iterator](), "its result"),
    captured: savedCaptures,
    variables: savedVariables,
    constants: savedConstants,
  };
  return { json, graph, weights };
}

function typeOf({ type }: Value, weak: boolean): TensorType {
  return weak ? { dtype: type.dtype, shape: type.shape, weak } : { dtype: type.dtype, shape: type.shape };
}

function placeOf(variable: Variable, variables: readonly Variable[]): number {
  const index = variables.indexOf(variable);
  if (index >= 0) return index;
  throw new ArgumentError(`The function cannot be saved: its argument ${variable.name} is a variable that it does not use.`, {
    code: "E_SAVE",
    hint: "Leave the argument out.",
  });
}

function constantBlock({ data, results }: ConstNode): Block {
  const { dtype, shape } = (results[0] as Value).type;
  return { dtype, shape: shape as Shape, data };
}

/** Constants too large for a text become parameters, after all others. */
function withoutLargeConstants(graph: Graph): { readonly graph: Graph; readonly constants: readonly ConstNode[] } {
  const constants: ConstNode[] = [];
  const within = (region: Region): Region => {
    const nodes = region.nodes.filter((node) => {
      const large = node.kind === "const" && node.data.length > TEXT_LIMIT;
      if (large) constants.push(node);
      return !large;
    });
    return { ...region, nodes: nodes.map((node) => mapRegions(node, within)) };
  };
  const body = within(graph.body);
  const params = [...body.params, ...constants.flatMap((node) => node.results)];
  return { graph: { ...graph, body: { ...body, params } }, constants };
}
