/** What is fed to a run: values by tensor, checked against dtype and shape. */
import { describe, fromValues, type NestedValues, type TensorLike } from "../api/convert.ts";
import { ArgumentError, DTypeError, GraphFnError, ShapeError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isVariable } from "../core/variable.ts";
import { dispose } from "../eager/memory.ts";
import type { Value } from "../ir/graph.ts";
import { symbolOf } from "../trace/tracer.ts";
import type { Graph } from "./graph.ts";

/** Values by tensor: a Map, pairs, or an object whose keys are names of placeholders or tensors. */
export type FeedDict =
  | ReadonlyMap<Tensor, TensorLike>
  | readonly (readonly [Tensor, TensorLike])[]
  | { readonly [name: string]: TensorLike };

export interface Feed {
  readonly value: Value;
  /** Name of the tensor, as errors call it. */
  readonly name: string;
  readonly given: Tensor;
}

function entriesOf(graph: Graph, feedDict: FeedDict): (readonly [unknown, unknown])[] {
  if (feedDict instanceof Map) return [...(feedDict as ReadonlyMap<Tensor, TensorLike>)];
  if (Array.isArray(feedDict)) {
    return feedDict.map((pair: unknown) => {
      if (Array.isArray(pair) && pair.length === 2) return pair as [unknown, unknown];
      throw new ArgumentError(`run: an entry of the feeds is ${describe(pair)}, but must be a pair [tensor, value].`);
    });
  }
  if (typeof feedDict !== "object" || isTensor(feedDict)) {
    throw new ArgumentError(
      `run: feeds are ${describe(feedDict)}, but must be a Map, an array of [tensor, value] pairs or an object by name.`,
    );
  }
  return Object.entries(feedDict).map(([name, value]) => [graph.getTensorByName(name), value]);
}

/** Checked feeds; tensors made here are new, those of the user are used as they are. Called with eager dispatch. */
export function feedsOf(graph: Graph, feedDict: FeedDict | undefined | null): Feed[] {
  if (feedDict === undefined || feedDict === null) return [];
  const seen = new Set<Value>();
  return entriesOf(graph, feedDict).map(([key, given]) => {
    const value = fedValue(graph, key);
    const name = placeName(graph, value);
    if (seen.has(value)) throw new ArgumentError(`run: ${name} is fed twice.`);
    seen.add(value);
    const tensor = valueFor(graph, value, name, given);
    checkFed(graph, value, name, tensor);
    return { value, name, given: tensor };
  });
}

/** `x` for a placeholder, `add:0` for other tensors. */
export function placeName(graph: Graph, value: Value): string {
  const maker = graph.tracer.makerOf(value);
  return maker?.type.startsWith("placeholder") ? maker.name : graph.tracer.nameOf(value);
}

function fedValue(graph: Graph, key: unknown): Value {
  if (!isTensor(key)) throw new ArgumentError(`run: ${describe(key)} cannot be fed: only tensors of the graph can.`);
  if (isVariable(key)) {
    throw new ArgumentError(`run: variable ${key.name} cannot be fed.`, {
      hint: "Assign it, or feed the tensor that is computed from it.",
    });
  }
  const symbol = symbolOf(key);
  if (symbol === null || symbol.tracer !== graph.tracer) {
    throw new GraphFnError("E_GRAPH", `run: ${key.name ?? `tensor #${key.id}`} was fed, but is no tensor of the session's graph.`, {
      hint: "Feed placeholders and other tensors of the graph that the session runs.",
    });
  }
  if (symbol.region !== graph.tracer.root)
    throw new GraphFnError("E_LEAK", `run: ${key.name} is inside of a branch or loop and cannot be fed.`);
  return symbol.value;
}

/** A tensor of the dtype that is wanted; numbers must not lose anything on the way to integers. */
function valueFor(graph: Graph, value: Value, name: string, given: unknown): Tensor {
  const { dtype } = value.type;
  if (isTensor(given)) {
    if (given.symbol !== null) {
      throw new ArgumentError(`run: ${name} was fed ${graph.tracer.show(given)}, which has no value itself.`, {
        hint: "Feed what a run returned.",
      });
    }
    if (given.dtype === dtype || given.weak)
      return given.dtype === dtype ? given : exact(given.elements as ArrayLike<number>, given.shape, value, name);
    throw new DTypeError(`run: ${name} is ${dtype}, but was fed a ${given.dtype} tensor of shape ${showShape(given.shape)}.`, {
      hint: `Use .cast("${dtype}").`,
    });
  }
  if (given === undefined || given === null) throw new ArgumentError(`run: ${name} was fed ${String(given)}.`);
  const plain = fromValues(given, undefined, undefined, `run: feed of ${name}`);
  if (plain.dtype === dtype) return plain;
  dispose(plain);
  if (dtype === "float32" || dtype === "float64") return fromValues(given, undefined, dtype, `run: feed of ${name}`);
  const wide = fromValues(given as NestedValues, undefined, "float64", `run: feed of ${name}`);
  try {
    return exact(wide.elements as ArrayLike<number>, wide.shape, value, name);
  } finally {
    dispose(wide);
  }
}

function exact(elements: ArrayLike<number>, shape: readonly number[], { type: { dtype } }: Value, name: string): Tensor {
  const result = fromValues(Array.from(elements), [...shape], dtype, `run: feed of ${name}`);
  const lost = Array.from(elements).findIndex((x, i) => x !== (result.elements as ArrayLike<number>)[i]);
  if (lost < 0 || dtype === "float32" || dtype === "float64") return result;
  dispose(result);
  throw new DTypeError(`run: ${name} is ${dtype}, but was fed ${elements[lost]}.`, {
    hint: "Feed values that the dtype holds, or cast them.",
  });
}

function checkFed(graph: Graph, value: Value, name: string, given: Tensor): void {
  if (given.isDisposed) throw new GraphFnError("E_DISPOSED", `run: the tensor fed for ${name} was disposed.`);
  if (graph.tracer.isRankless(value)) return;
  const { shape } = value.type;
  const fits = shape.length === given.shape.length && shape.every((d, i) => typeof d !== "number" || d === given.shape[i]);
  if (fits) return;
  const wanted = `[${shape.map((d) => (typeof d === "number" ? d : "?")).join(",")}]`;
  throw new ShapeError(`run: ${name} has shape ${wanted}, but was fed a value of shape ${showShape(given.shape)}.`);
}
