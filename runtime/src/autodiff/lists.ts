/**
 * The way back through lists. The gradient of a list is a list of the same length, whose elements are gradients of the elements; so their
 * shape must be known. Of the lists themselves only lengths are kept for the way back.
 *
 *   push list, x → list'      dx = last of list'’s gradient; that of list is the rest
 *   get list, i → x           dx is added at i
 */
import type { Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import type { ListNode, Node, Value } from "../ir/graph.ts";
import * as list from "../trace/list.ts";
import type { GraphTracer } from "../trace/tracer.ts";
import { closedType } from "./refusals.ts";
import { builder } from "./rules.ts";
import type { Scope } from "./scope.ts";

const INT: TensorType = { dtype: "int32", shape: [] };

function elementOf(value: Value): TensorType {
  const { list: _, ...element } = closedType(value);
  return element;
}

/** As many zeros as `count` says, each like an element of `value`. */
function zeroList(count: Tensor, value: Value): Tensor {
  return list.fill(count, builder.zeros(elementOf(value)));
}

/** The gradient of what nobody uses. */
export function zerosLike(value: Value, scope: Scope): Tensor {
  if (value.type.list !== true) return builder.zeros(closedType(value));
  return zeroList(list.length(scope.lookup(value)), value);
}

/**
 * Hands the gradient of a node's result on to its operands, where they have one. Returns what the node becomes on the way there: lengths
 * that are needed are taken before it.
 */
export function backThroughList(t: GraphTracer, node: ListNode, dy: Tensor, scope: Scope, flows: (value: Value) => boolean): Node[] {
  const { operands, attrs } = node;
  const [from, second, third] = operands as [Value, Value, Value];
  const lengths: Node[] = [];
  const lengthOf = (value: Value): Tensor => {
    const length = t.freshValue(INT);
    lengths.push({ kind: "list", action: "length", operands: [value], attrs: {}, results: [length], span: node.span });
    scope.define(length);
    return scope.lookup(length);
  };
  const give = (value: Value | undefined, dx: () => Tensor): void => {
    if (value !== undefined && flows(value)) scope.add(value, dx());
  };
  /** `dx` at one place of the gradient of the list. */
  const addAt = (place: (count: () => Tensor) => Tensor): void => {
    if (!flows(from)) return;
    let known: Tensor | undefined;
    const count = (): Tensor => (known ??= lengthOf(from));
    scope.update(from, (before) => {
      const sofar = before ?? zeroList(count(), from);
      const i = place(count);
      return list.put(sofar, i, builder.add(list.get(sofar, i), dy));
    });
  };
  const one = (): Tensor => builder.scalar(1, "int32");
  switch (node.action) {
    case "make":
      operands.forEach((x, i) => {
        give(x, () => list.get(dy, builder.scalar(i, "int32")));
      });
      break;
    case "push":
      give(second, () => list.last(dy));
      give(from, () => list.pop(undefined, dy));
      break;
    case "pop":
      give(from, () => list.append(dy, zeroList(builder.sub(lengthOf(from), list.length(dy)), from)));
      break;
    case "last":
      addAt((count) => builder.sub(count(), one()));
      break;
    case "get":
      addAt(() => scope.lookup(second));
      break;
    case "set": {
      const i = scope.lookup(second);
      give(third, () => list.get(dy, i));
      // It may have been written behind the last element.
      give(from, () => list.slice(list.put(dy, i, builder.zeros(elementOf(from))), [builder.scalar(0, "int32"), lengthOf(from)]));
      break;
    }
    case "slice":
      give(from, () => {
        const [count, begin] = [lengthOf(from), second === undefined ? builder.scalar(0, "int32") : scope.lookup(second)];
        const zero = builder.scalar(0, "int32");
        const fromEnd = builder.op("maximum", [builder.add(count, begin), zero]);
        const start = builder.where(builder.less(begin, zero), fromEnd, builder.op("minimum", [begin, count]));
        const rest = builder.sub(builder.sub(count, start), list.length(dy));
        return list.append(list.append(zeroList(start, from), dy), zeroList(rest, from));
      });
      break;
    case "concat":
      if (flows(from) || flows(second)) {
        const count = lengthOf(from);
        give(from, () => list.slice(dy, [builder.scalar(0, "int32"), count]));
        give(second, () => list.slice(dy, [count]));
      }
      break;
    case "add":
      give(from, () => dy);
      give(second, () => dy);
      break;
    case "cast":
      give(from, () => t.cast(dy, from.type.dtype, false));
      break;
    case "stack":
      give(from, () => list.unstack(dy, attrs["axis"] as number, elementOf(from)));
      break;
    case "join":
      give(from, () => {
        const [axis, element] = [attrs["axis"] as number, elementOf(from)];
        return element.shape[axis] === 0 ? zeroList(lengthOf(from), from) : list.split(dy, axis, element);
      });
      break;
    case "unstack":
      give(from, () => list.together(dy, "stack", attrs["axis"] as number, from.type));
      break;
    case "split":
      give(from, () => list.together(dy, "join", attrs["axis"] as number, from.type));
      break;
    case "fill":
    case "length":
  }
  return [...lengths, node];
}
