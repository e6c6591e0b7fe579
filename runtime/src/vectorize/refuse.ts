/** What cannot run for many examples at once, said where the user wrote it. */
import { GraphFnError, locate, type SourcePlace, UnsupportedError } from "../core/errors.ts";
import { isOpen, showShape } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";
import type { Node, Span, Value } from "../ir/graph.ts";

export const CODE = "U_VMAP";

export function refused(message: string, hint: string, at: SourcePlace | undefined): UnsupportedError {
  return new UnsupportedError(`vmap: ${message}`, { code: CODE, hint, at });
}

export function nameOf(values: readonly Value[], otherwise: string): string {
  const name = values.find((v) => v.name !== undefined)?.name;
  return name === undefined ? otherwise : `\`${name}\``;
}

export function refusedList(node: Extract<Node, { kind: "list" }>): UnsupportedError {
  const lists = [...node.results, ...node.operands].filter((v) => v.type.list);
  return refused(
    `${nameOf(lists, "an array")} holds as many tensors as the data decides, which would differ between examples.`,
    "Write into a tensor of a length that holds for all examples with `t[i] = v`.",
    node.span?.place(),
  );
}

export function refusedRecursion(node: Extract<Node, { kind: "define" }>): UnsupportedError {
  return refused(
    `${node.name} calls itself as deep as the data decides, which would differ between examples.`,
    "Write it as a loop.",
    node.span?.place(),
  );
}

/** Values that are merged example by example have one shape for all. */
export function closedType(value: Value, span: Span | undefined): TensorType {
  const { type } = value;
  if (type.list !== true && !type.shape.some(isOpen)) return type;
  const what = nameOf([value], "a value");
  throw refused(
    type.list === true
      ? `${what} is an array whose length differs between examples.`
      : `${what} has the shape ${showShape(type.shape)}, of which a length depends on data and differs between examples.`,
    "Keep lengths the same on every path and in every round.",
    span?.place(),
  );
}

/** Adds the place of the node to what comes of it. */
export function located<T>(span: Span | undefined, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof GraphFnError) locate(error, span?.place());
    throw error;
  }
}
