/**
 * A folder that `save` wrote → a function that runs. All that the files say is checked against each other before it is used:
 * the form of each file, the graph by the verifier, its parameters against arguments and weights, its results likewise.
 */
import path from "node:path";
import { FileError, GraphFnError } from "../core/errors.ts";
import { sameShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { sameType, showType, type TensorType } from "../core/type.ts";
import type { Variable } from "../core/variable.ts";
import { dispose } from "../eager/memory.ts";
import { createVariable } from "../eager/variables.ts";
import type { Graph, Node, Value } from "../ir/graph.ts";
import { parseGraph } from "../ir/parse.ts";
import { verifyGraph } from "../ir/verify.ts";
import { ConcreteFunction } from "../staged/concrete.ts";
import { type LoadedFunction, loadedFunction } from "../staged/loaded.ts";
import type { LeafSpec, Signature } from "../staged/signature.ts";
import type { FunctionParts, ResultLeaf } from "../staged/trace-call.ts";
import { pathOf, readText } from "./files.ts";
import { formatError, isObject, parseObject } from "./json.ts";
import { loadSafetensors } from "./safetensors.ts";
import { FORMAT, type SavedFunction, VERSION } from "./save-function.ts";
import { type SavedLeaf, structureFromJson } from "./structure.ts";

const TEXT_LIMIT = 2 ** 28;

/**
 * The function that `fn.save(folder, …)` wrote. It takes the arguments that it was saved for and runs natively; neither its source
 * nor the transform is needed. Its variables are new ones, under their old names: `loaded.variables`.
 *
 * Errors   E_FILE where files cannot be read; E_FILE_FORMAT where they are damaged or do not belong together; E_FILE_VERSION for
 *          those of a later release; E_FILE_DTYPE, E_FILE_VALUE for weights that no dtype holds.
 * Example  const predict = await gf.loadFunction("models/predict"); predict(gf.ones([1, 4]));
 */
export async function loadFunction<F extends (...args: any[]) => unknown = (...args: any[]) => any>(
  folder: string | URL,
): Promise<LoadedFunction<F>> {
  const place = pathOf(folder, "loadFunction");
  const file = path.join(place, "function.json");
  const saved = savedFunction(parseObject(await readText(file, TEXT_LIMIT), file, "it"), file);
  const graphFile = path.join(place, "graph.txt");
  const graph = readGraph(await readText(graphFile, TEXT_LIMIT), graphFile);
  const weightsFile = path.join(place, "weights.safetensors");
  const weights = await loadSafetensors(weightsFile);
  const variables: Variable[] = [];
  try {
    const parts = assemble(saved, graph, weights, variables, { file, graphFile, weightsFile });
    return loadedFunction<F>(compile(parts, graphFile));
  } catch (error) {
    for (const tensor of [...Object.values(weights), ...variables]) dispose(tensor);
    throw error;
  }
}

// ── the files one by one ─────────────────────────────────────────────────────────────────────────────────────────────

function savedFunction(json: Readonly<Record<string, unknown>>, file: string): SavedFunction {
  const { format, version } = json;
  if (format !== FORMAT) throw formatError(file, `is not a saved graph function: its format is ${JSON.stringify(format)}`);
  if (!Number.isInteger(version) || (version as number) < 1) {
    throw formatError(file, `is damaged: its version is ${JSON.stringify(version)}`);
  }
  if ((version as number) > VERSION) {
    throw new FileError(`${file} has version ${version as number} of its format, but this release reads up to version ${VERSION}.`, {
      code: "E_FILE_VERSION",
      hint: "Load it with the release that saved it, or a later one.",
    });
  }
  const isTexts = (x: unknown): boolean => Array.isArray(x) && x.every((name) => typeof name === "string");
  const isArguments = (x: unknown): boolean => Array.isArray(x) && x.every((a) => isObject(a) && typeof a["name"] === "string");
  const isVariables = (x: unknown): boolean =>
    Array.isArray(x) &&
    x.every((v) => isObject(v) && typeof v["name"] === "string" && typeof v["weight"] === "string" && typeof v["trainable"] === "boolean");
  const wrong = [
    typeof json["name"] === "string" ? "" : "name",
    isArguments(json["arguments"]) ? "" : "arguments",
    isTexts(json["captured"]) ? "" : "captured",
    isTexts(json["constants"]) ? "" : "constants",
    isVariables(json["variables"]) ? "" : "variables",
  ].find((key) => key !== "");
  if (wrong !== undefined) throw formatError(file, `is damaged: ${wrong} is not what it must be`);
  return json as unknown as SavedFunction;
}

/** Anything that goes wrong inside is the file's fault. */
function blame<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof FileError || (cause instanceof GraphFnError && /^[UE]_(?!SYNTAX)/.test(cause.code))) throw cause;
    throw formatError(file, `is damaged: ${(cause as Error).message.replace(/\.$/, "")}`, undefined, cause);
  }
}

function readGraph(text: string, file: string): Graph {
  return blame(file, () => parseGraph(text));
}

function compile(parts: FunctionParts, file: string): ConcreteFunction {
  return blame(file, () => {
    verifyGraph(parts.graph);
    return new ConcreteFunction(parts);
  });
}

// ── the files together ───────────────────────────────────────────────────────────────────────────────────────────────

interface Files {
  readonly file: string;
  readonly graphFile: string;
  readonly weightsFile: string;
}

/** `variables` is filled with those that were made, also where something fails afterwards. */
function assemble(
  saved: SavedFunction,
  graph: Graph,
  weights: Readonly<Record<string, Tensor>>,
  variables: Variable[],
  files: Files,
): FunctionParts {
  const { file, graphFile } = files;
  const leaves: SavedLeaf[] = [];
  const skeletons = saved.arguments.map(({ value }) => structureFromJson(value, leaves, file));
  const inputs = leaves.flatMap((leaf) => (leaf.kind === "tensor" ? [leaf.type] : []));
  const { params, yields } = graph.body;
  const slots = graph.variables ?? [];
  const [firstCapture, firstVariable] = [inputs.length, inputs.length + saved.captured.length];
  const firstConstant = firstVariable + saved.variables.length;
  const expected = firstConstant + saved.constants.length;
  const isVariable = (i: number): boolean => i >= firstVariable && i < firstConstant;
  if (params.length !== expected || slots.length !== saved.variables.length || slots.some(({ param }) => !isVariable(param))) {
    throw formatError(
      graphFile,
      `does not belong to ${path.basename(file)}: it has ${params.length} parameters with ${slots.length} variables, not ${expected} with ${saved.variables.length}`,
    );
  }
  inputs.forEach((type, i) => {
    checkType(files, `argument ${i}`, type, params[i] as Value);
  });
  const used = new Set<string>();
  const weightOf = (name: string, i: number): Tensor => {
    const tensor = Object.hasOwn(weights, name) ? weights[name] : undefined;
    if (tensor === undefined)
      throw formatError(files.weightsFile, `does not belong to ${path.basename(file)}: it has no ${JSON.stringify(name)}`);
    if (used.has(name)) throw formatError(file, `is damaged: it uses the weight ${JSON.stringify(name)} twice`);
    used.add(name);
    checkType(files, `weight ${JSON.stringify(name)}`, tensor, params[i] as Value);
    return tensor;
  };
  const captured = saved.captured.map((name, i) => keep(weightOf(name, firstCapture + i)));
  saved.variables.forEach(({ name, trainable, weight }, i) => {
    variables.push(variableOf(weightOf(weight, firstVariable + i), trainable, name));
  });
  const constants = saved.constants.map((name, i): Node => {
    const tensor = weightOf(name, firstConstant + i);
    return {
      kind: "const",
      data: (tensor.elements as NonNullable<Tensor["elements"]>).slice(),
      results: [params[firstConstant + i] as Value],
    };
  });
  for (const name of saved.constants) dispose(weights[name] as Tensor);
  const extra = Object.keys(weights).find((name) => !used.has(name));
  if (extra !== undefined) {
    throw formatError(files.weightsFile, `does not belong to ${path.basename(file)}, which has no ${JSON.stringify(extra)}`);
  }
  return {
    params: saved.arguments.map(({ name }) => name),
    signature: signatureFrom(leaves, skeletons, variables, file),
    graph: {
      ...graph,
      name: saved.name,
      body: { params: params.slice(0, firstConstant), nodes: [...constants, ...graph.body.nodes], yields },
    },
    captured,
    feeds: [],
    numbers: [],
    constants: [],
    variables,
    result: resultFrom(saved.result, graph, files),
  };
}

function keep(tensor: Tensor): Tensor {
  tensor.kept = true;
  return tensor;
}

/** The variable takes the tensor's elements. */
function variableOf(tensor: Tensor, trainable: boolean, name: string): Variable {
  const variable = createVariable(tensor, trainable, name);
  dispose(tensor);
  return variable;
}

function checkType({ file, graphFile }: Files, what: string, type: TensorType, param: Value): void {
  if (type.dtype === param.type.dtype && sameShape(type.shape, param.type.shape)) return;
  throw formatError(
    graphFile,
    `does not belong to ${path.basename(file)}: ${what} is ${showType(type)}, but the graph takes ${showType(param.type)} there`,
  );
}

function signatureFrom(
  leaves: readonly SavedLeaf[],
  skeletons: Signature["skeletons"],
  variables: readonly Variable[],
  file: string,
): Signature {
  const specs = leaves.map((leaf): LeafSpec => {
    if (leaf.kind === "plain") return leaf;
    if (leaf.kind === "tensor") {
      return { kind: "tensor", dtype: leaf.type.dtype, shape: leaf.type.shape as readonly number[], weak: leaf.type.weak ?? false };
    }
    const variable = variables[leaf.index];
    if (variable === undefined) throw formatError(file, `is damaged: an argument is variable ${leaf.index} of ${variables.length}`);
    return { kind: "plain", value: variable };
  });
  return { skeletons, leaves: specs, flat: skeletons.every((s) => s.kind === "leaf"), self: undefined, captures: [] };
}

/** Results of the graph: those of the function in order, then new values of variables. */
function resultFrom(json: unknown, graph: Graph, { file, graphFile }: Files): FunctionParts["result"] {
  const saved: SavedLeaf[] = [];
  const skeleton = structureFromJson(json, saved, file);
  let count = 0;
  const leaves = saved.map((leaf): ResultLeaf => {
    if (leaf.kind === "plain") return leaf;
    if (leaf.kind === "variable") throw formatError(file, "is damaged: its result cannot be a variable");
    const found = graph.body.yields[count];
    if (found === undefined || !sameType(found.type, leaf.type)) {
      const type = found === undefined ? "nothing" : showType(found.type);
      throw formatError(
        graphFile,
        `does not belong to ${path.basename(file)}: result ${count} is ${showType(leaf.type)}, but the graph returns ${type}`,
      );
    }
    return { kind: "tensor", index: count++, weak: leaf.type.weak ?? false };
  });
  const assigned = (graph.variables ?? []).flatMap(({ result }) => (result === null ? [] : [result]));
  const inOrder = assigned.every((result, i) => result === count + i);
  if (!inOrder || count + assigned.length !== graph.body.yields.length) {
    throw formatError(
      graphFile,
      `does not belong to ${path.basename(file)}: it returns ${graph.body.yields.length} values, not ${count} and those of ${assigned.length} variables`,
    );
  }
  return { skeleton, leaves };
}
