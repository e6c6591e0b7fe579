/**
 * Arrays of tensors whose length the graph decides. An array that emitted code made (`$.array`) holds its elements like any other until it has
 * different lengths on two paths, or after one round of a loop: from there on it holds one value of the graph, a list (ListNode in
 * ir/graph.ts). The array stays the same object, and what it holds is a place of the journal; so branches merge lists and loops carry them
 * as they do with fields, whatever names the array has.
 *
 *   const xs = $.array("xs", [a]);
 *   while (…) { xs.push(b); }        %xs = list make a; while (%xs) … do { list push %xs, b }
 */
import { StagingError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import type { ListAction } from "../ir/graph.ts";
import { getOp } from "../ops/index.ts";
import type { Attrs } from "../ops/op.ts";
import { variablesIn } from "./alias.ts";
import { joinTypes } from "./join.ts";
import { isLiftable, type Liftable, lift, typeOf } from "./lift.ts";
import { captureSpan } from "./span.ts";
import { type GraphTracer, tracer } from "./tracer.ts";

/** What a list holds one of. */
export function elementType(list: Tensor): TensorType {
  const { list: _, ...type } = typeOf(list);
  return type;
}

export function isList(x: unknown): x is Tensor {
  return isTensor(x) && typeOf(x).list === true;
}

/** One type for elements and for what lists hold; lengths that differ are open. Undefined where there are none. */
export function commonType(name: string, parts: readonly unknown[]): TensorType | undefined {
  const t = tracer();
  return parts
    .map((part) => (isList(part) ? elementType(part) : typeOf(asElement(name, part))))
    .reduce<TensorType | undefined>((a, b) => (a === undefined ? b : joined(t, name, a, b)), undefined);
}

function joined(t: GraphTracer, name: string, a: TensorType, b: TensorType): TensorType {
  const place = {
    what: `\`${name}\``,
    first: "in one element",
    second: "in another",
    // Only errors ask.
    get at() {
      return captureSpan().place();
    },
  };
  return joinTypes(a, b, place, { fresh: () => t.freshDim(), has: (d) => typeof d === "object" });
}

function asElement(name: string, x: unknown): Liftable {
  const [variable] = variablesIn(x);
  if (variable !== undefined) {
    throw new StagingError(`\`${name}\` has as many elements as the graph decides, and one of them is the variable ${variable.name}.`, {
      code: "E_ALIAS",
      hint: "JavaScript would see in it what is assigned to the variable later. Put its value there: `x.clone()`.",
      at: captureSpan().place(),
    });
  }
  if (isLiftable(x)) return x;
  const what = Array.isArray(x) ? "an array" : typeof x === "object" && x !== null ? "an object" : String(x);
  throw new StagingError(`\`${name}\` has as many elements as the graph decides, and one of them is ${what}.`, {
    code: "E_LIST",
    hint: "Elements of such an array must be tensors or numbers: use one array per field.",
    at: captureSpan().place(),
  });
}

// --- nodes --------------------------------------------------------------------------------------------------------

function add(name: string | undefined, action: ListAction, operands: readonly Tensor[], type: TensorType, attrs: Attrs = {}): Tensor {
  const t = tracer();
  const result = t.freshValue(type, name);
  t.add({ kind: "list", action, operands: operands.map((x) => t.valueOf(x)), attrs, results: [result], span: captureSpan() });
  return t.tensor(result);
}

const listOf = (element: TensorType): TensorType => ({ ...element, list: true });
const INT: TensorType = { dtype: "int32", shape: [] };

/** Open lengths of elements say nothing of each other: those of one that is taken out are its own. */
function oneOf(type: TensorType): TensorType {
  const t = tracer();
  return { ...type, shape: type.shape.map((d) => (typeof d === "number" ? d : t.freshDim())) };
}

export function make(name: string, items: readonly unknown[], element: TensorType): Tensor {
  const tensors = items.map((x) => lift(asElement(name, x), element));
  return add(name, "make", tensors, listOf(element));
}

export function push(name: string, list: Tensor, x: unknown): Tensor {
  const type = commonType(name, [list, x]) as TensorType;
  return add(name, "push", [lift(list, type), lift(asElement(name, x), type)], listOf(type));
}

export function pop(name: string | undefined, list: Tensor): Tensor {
  return add(name, "pop", [list], typeOf(list));
}

export function last(list: Tensor): Tensor {
  return add(undefined, "last", [list], oneOf(elementType(list)));
}

export function get(list: Tensor, index: Tensor): Tensor {
  return add(undefined, "get", [list, index], oneOf(elementType(list)));
}

export function set(name: string, list: Tensor, index: Tensor, x: unknown): Tensor {
  const type = commonType(name, [list, x]) as TensorType;
  return add(name, "set", [lift(list, type), index, lift(asElement(name, x), type)], listOf(type));
}

export function length(list: Tensor): Tensor {
  return add(undefined, "length", [list], { ...INT, weak: true });
}

export function slice(list: Tensor, bounds: readonly Tensor[]): Tensor {
  return add(undefined, "slice", [list, ...bounds], typeOf(list));
}

export function concat(name: string, a: Tensor, b: Tensor): Tensor {
  const type = commonType(name, [a, b]) as TensorType;
  return add(undefined, "concat", [lift(a, type), lift(b, type)], listOf(type));
}

/** gf.stack of the elements. */
export function stack(list: Tensor, axis: number): Tensor {
  const { shape, ...type } = oneOf(elementType(list));
  const dims = [...shape.slice(0, axis), tracer().freshDim(), ...shape.slice(axis)];
  return add(undefined, "stack", [list], { ...type, shape: dims }, { axis });
}

/** gf.concat of the elements. */
export function join(list: Tensor, axis: number): Tensor {
  const { shape, ...type } = oneOf(elementType(list));
  return add(undefined, "join", [list], { ...type, shape: shape.map((d, i) => (i === axis ? tracer().freshDim() : d)) }, { axis });
}

/** `count` times the same. */
export function fill(count: Tensor, x: Tensor): Tensor {
  return add(undefined, "fill", [count, x], listOf(typeOf(x)));
}

/** A list with another element at a place that it has; of its type. */
export function put(list: Tensor, index: Tensor, x: Tensor): Tensor {
  return add(undefined, "set", [list, index, x], typeOf(list));
}

/** Two lists of one type, one after the other. */
export function append(a: Tensor, b: Tensor): Tensor {
  return add(undefined, "concat", [a, b], typeOf(a));
}

/** Sums of elements at the same places. */
export function sumOf(a: Tensor, b: Tensor): Tensor {
  return add(undefined, "add", [a, b], typeOf(a));
}

/** `stack` and `join` where the type of what comes out is known. */
export function together(list: Tensor, action: "stack" | "join", axis: number, type: TensorType): Tensor {
  return add(undefined, action, [list], type, { axis });
}

/** What `stack` put together, of the given type each. */
export function unstack(x: Tensor, axis: number, element: TensorType): Tensor {
  return add(undefined, "unstack", [x], listOf(element), { axis });
}

/** What `join` put together, of the given type each. */
export function split(x: Tensor, axis: number, element: TensorType): Tensor {
  return add(undefined, "split", [x], listOf(element), { axis, size: element.shape[axis] as number });
}

/** An index as an int32 scalar. */
export function position(x: unknown): Tensor {
  if (!isLiftable(x)) throw new StagingError(`An array was indexed by ${String(x)}.`, { code: "E_LIST", at: captureSpan().place() });
  const t = lift(x, isTensor(x) ? { ...typeOf(x), weak: false } : INT);
  return t.dtype.startsWith("float") ? apply1(getOp("toIndex"), [t]) : lift(t, INT);
}
