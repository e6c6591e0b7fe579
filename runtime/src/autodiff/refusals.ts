/** What reverse mode cannot do, said with the user's names and places. */
import { GraphFnError, UnsupportedError } from "../core/errors.ts";
import { isOpen, showShape } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";
import type { Node, Span, Value } from "../ir/graph.ts";

/** The type of a value whose shape is known before the graph runs. */
export function closedType(value: Value): TensorType {
  const { shape } = value.type;
  if (!shape.some(isOpen)) return value.type;
  const what = value.name === undefined ? "a value" : `\`${value.name}\``;
  throw new UnsupportedError(`The gradient of ${what} needs its shape ${showShape(shape)}, of which a length depends on data.`, {
    hint: "Such a length is known only when the graph runs: keep it the same on every path and in every round.",
  });
}

export function outsideOf(node: Node): UnsupportedError {
  const what = node.kind === "cond" ? "branch" : node.kind === "call" ? "call" : "loop";
  return new UnsupportedError(`The gradient of a ${what} was taken inside of another branch or loop.`, {
    hint: "Take the gradient in the block in which the value was computed.",
    at: node.span?.place(),
  });
}

/** The way back of a function is made when its body is known. */
export function insideItself(node: Node): UnsupportedError {
  return new UnsupportedError("A gradient goes through a call of the function in which it is taken.", {
    code: "U_RECURSIVE_GRADIENT",
    hint: "Take the gradient around the outermost call, write the function as a loop, or give it a gradient of its own by gf.customGrad.",
    at: node.span?.place(),
  });
}

/** Adds the place of the forward node to what its rules throw. */
export function located<T>(span: Span | undefined, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof GraphFnError && error.at === undefined) {
      const at = span?.place();
      if (at !== undefined) {
        error.at = at;
        error.message += ` (${at.file}:${at.line}:${at.column})`;
      }
    }
    throw error;
  }
}
