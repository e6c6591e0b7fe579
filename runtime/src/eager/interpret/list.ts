/** Lists of tensors when a graph is run node by node: what each action does (see ListNode in ir/graph.ts). */
import type { TypedArray } from "../../core/dtype.ts";
import { ArgumentError, IndexError, ShapeError } from "../../core/errors.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { ListNode } from "../../ir/graph.ts";
import { type Attrs, getOp } from "../../ops/op.ts";
import { SCALAR } from "../compute.ts";
import { eagerInterpreter } from "../interpreter.ts";
import { adopt, allocate, dispose } from "../memory.ts";
import { type Frame, type Preparation, type Step, take } from "./code.ts";
import { ownList, TensorList, view } from "./held.ts";

export function listStep(node: ListNode, at: Preparation): Step {
  const from = at.uses(node.operands);
  const [to] = node.results.map((v) => at.define(v)) as [number];
  const { action, attrs } = node;
  const name = [...node.operands, ...node.results].find((v) => v.type.list && v.name !== undefined)?.name;
  const what = name === undefined ? "the array" : `\`${name}\``;
  const taken = (frame: Frame, i: number): Tensor => take(frame, from[i] as (typeof from)[number]) as Tensor;
  const own = (frame: Frame): TensorList => ownList(take(frame, from[0] as (typeof from)[number]) as TensorList);
  const slots = from.map(({ slot }) => slot);
  const list = (frame: Frame, i = 0): Tensor[] => (frame.values[slots[i] as number] as TensorList).items;
  const number = (frame: Frame, i: number): number | undefined =>
    i < slots.length ? (frame.values[slots[i] as number] as Tensor).elements?.[0] : undefined;

  switch (action) {
    case "make":
      return (frame) => {
        frame.values[to] = new TensorList(from.map((_, i) => taken(frame, i)));
      };
    case "push":
      return (frame) => {
        const x = taken(frame, 1);
        const result = own(frame);
        result.items.push(x);
        frame.values[to] = result;
      };
    case "pop":
      return (frame) => {
        const result = own(frame);
        const last = result.items.pop();
        if (last !== undefined) dispose(last);
        frame.values[to] = result;
      };
    case "last":
      return (frame) => {
        const last = list(frame).at(-1);
        if (last === undefined)
          throw new IndexError(`pop() found no element: ${what} was empty.`, { hint: "Test its length first: `while (xs.length > 0) …`." });
        frame.values[to] = view(last);
      };
    case "get":
      return (frame) => {
        frame.values[to] = view(element(list(frame), number(frame, 1) as number, what));
      };
    case "set":
      return (frame) => {
        const i = number(frame, 1) as number;
        const { length } = list(frame);
        if (i < 0 || i > length) throw outOfRange(i, length, what, "written");
        const x = taken(frame, 2);
        const result = own(frame);
        const before = result.items[i];
        if (before !== undefined) dispose(before);
        result.items[i] = x;
        frame.values[to] = result;
      };
    case "length":
      return (frame) => {
        frame.values[to] = adopt("int32", SCALAR, 1, false, Int32Array.of(list(frame).length), null);
      };
    case "slice":
      return (frame) => {
        frame.values[to] = new TensorList(list(frame).slice(number(frame, 1), number(frame, 2)).map(view));
      };
    case "concat":
      return (frame) => {
        const more = list(frame, 1).map(view);
        const result = own(frame);
        result.items.push(...more);
        frame.values[to] = result;
      };
    case "cast":
      return (frame) => {
        frame.values[to] = new TensorList(list(frame).map((t) => (t.dtype === attrs["dtype"] ? view(t) : run("cast", [t], attrs))));
      };
    case "stack":
      return (frame) => {
        frame.values[to] = stacked(list(frame), attrs["axis"] as number, what);
      };
    case "join":
      return (frame) => {
        frame.values[to] = joined(list(frame), attrs["axis"] as number, what);
      };
    case "fill":
      return (frame) => {
        const x = frame.values[slots[1] as number] as Tensor;
        frame.values[to] = new TensorList(Array.from({ length: number(frame, 0) as number }, () => view(x)));
      };
    case "add":
      return (frame) => {
        const more = list(frame, 1);
        frame.values[to] = new TensorList(list(frame).map((t, i) => run("add", [t, more[i] as Tensor], {})));
      };
    case "unstack":
      return (frame) => {
        const [x, axis] = [frame.values[slots[0] as number] as Tensor, attrs["axis"] as number];
        const parts = pieces(x, axis, 1);
        frame.values[to] = new TensorList(parts.map((t) => run("reshape", [t], { shape: x.shape.toSpliced(axis, 1) })));
        for (const t of parts) dispose(t);
      };
    case "split":
      return (frame) => {
        const x = frame.values[slots[0] as number] as Tensor;
        frame.values[to] = new TensorList(pieces(x, attrs["axis"] as number, attrs["size"] as number));
      };
  }
}

/** Pieces of one length along an axis. */
function pieces(x: Tensor, axis: number, size: number): Tensor[] {
  const shape = x.shape.with(axis, size);
  return Array.from({ length: (x.shape[axis] as number) / Math.max(1, size) }, (_, i) =>
    run("slice", [x], { begin: x.shape.map((_, k) => (k === axis ? i * size : 0)), size: shape }),
  );
}

function element(items: readonly Tensor[], i: number, what: string): Tensor {
  const found = items[i];
  if (found === undefined) throw outOfRange(i, items.length, what, "read");
  return found;
}

function outOfRange(i: number, length: number, what: string, done: string): IndexError {
  return new IndexError(`Element ${i} of ${what} was ${done}, which has ${length}.`, { hint: "Test the length first." });
}

function run(op: string, inputs: readonly Tensor[], attrs: Attrs): Tensor {
  return eagerInterpreter.run(getOp(op), inputs, attrs)[0] as Tensor;
}

function stacked(items: readonly Tensor[], axis: number, what: string): Tensor {
  const [first] = items;
  const other = first === undefined ? undefined : items.find((t) => !sameShape(t.shape, first.shape));
  if (first !== undefined && other !== undefined) {
    throw new ShapeError(`stack: ${what} holds tensors of shapes ${showShape(first.shape)} and ${showShape(other.shape)}.`);
  }
  if (first !== undefined && axis === 0) return oneAfterTheOther(items, first);
  const parts = items.map((t) => run("reshape", [t], { shape: [...t.shape.slice(0, axis), 1, ...t.shape.slice(axis)] }));
  const result = joined(parts, axis, what);
  for (const t of parts) dispose(t);
  return result;
}

function oneAfterTheOther(items: readonly Tensor[], first: Tensor): Tensor {
  const result = allocate(first.dtype, Object.freeze([items.length, ...first.shape]), items.length * first.size, first.weak);
  const elements = result.elements as TypedArray;
  let at = 0;
  for (const t of items) {
    elements.set(t.elements as never, at);
    at += (t.elements as TypedArray).length;
  }
  return result;
}

function joined(items: readonly Tensor[], axis: number, what: string): Tensor {
  const [first] = items;
  if (first === undefined)
    throw new ArgumentError(`${what} was empty where its tensors were put together.`, { hint: "Test its length first." });
  return items.length === 1 ? view(first) : run("concat", items, { axis });
}
