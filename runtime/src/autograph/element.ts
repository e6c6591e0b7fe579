/** Elements of JavaScript arrays at places that the graph decides: `xs[i]`, `xs[i] = v` where `i` is a tensor. */
import { numberOf } from "../core/dtype.ts";
import { ArgumentError, StagingError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { elementsOf } from "../trace/elements.ts";
import * as list from "../trace/list.ts";
import { checkWritable } from "../trace/snapshot.ts";
import { captureSpan } from "../trace/span.ts";
import { tracer } from "../trace/tracer.ts";

export function elementAt(target: unknown, key: Tensor): unknown {
  const known = knownKey(key);
  if (known !== undefined) return (target as Record<number, unknown>)[known];
  return list.get(listFrom("the array", target), list.position(key));
}

export function setElement(target: unknown, key: Tensor, value: unknown): void {
  const known = knownKey(key);
  if (known !== undefined) {
    (target as Record<number, unknown>)[known] = value;
    return;
  }
  const held = elementsOf(target);
  if (held === undefined) {
    throw new StagingError(
      "An array was written at a place that the graph decides, and it was not made in code that the transformer sees.",
      {
        code: "E_LIST",
        hint: "Copy it first: `const copy = [...array]`.",
        at: captureSpan().place(),
      },
    );
  }
  checkWritable(target as object);
  const { journal } = tracer();
  const place = journal.contents(target as object);
  journal.write(place, list.set(held.name, listFrom(held.name, target), list.position(key), value));
}

/** A key that has a value already: JavaScript's own business. */
function knownKey(key: Tensor): number | undefined {
  return (!isTracing() || key.symbol === null) && key.elements !== null ? numberOf(key.elements[0] as number) : undefined;
}

/** The list that an array holds, or one of its elements. */
export function listFrom(name: string, items: unknown): Tensor {
  const held = elementsOf(items);
  if (held !== undefined && held.list !== null) return held.list;
  if (!Array.isArray(items)) {
    throw new ArgumentError(`${name} is no array.`, {
      hint: "Only arrays of tensors can be put together with one whose length the graph decides.",
    });
  }
  const element = list.commonType(held?.name ?? name, items);
  if (element === undefined) {
    throw new StagingError(`\`${held?.name ?? name}\` is empty here, so that nothing is known of its elements.`, {
      code: "E_LIST",
      hint: "Put an element into it first.",
      at: captureSpan().place(),
    });
  }
  return list.make(held?.name ?? name, items, element);
}
