/**
 * Custom gradients in a trace: the gradient function is traced at once, into a region beside the values. Reverse mode runs that
 * region in place of the nodes that computed them.
 */
import type { Tensor } from "../core/tensor.ts";
import { captureSpan } from "../trace/span.ts";
import type { GraphTracer } from "../trace/tracer.ts";

/** `value`, whose gradients with respect to `inputs` are what `gradient` computes from that of the value. */
export function withCustomGradient(
  t: GraphTracer,
  inputs: readonly Tensor[],
  value: Tensor,
  gradient: (dy: Tensor) => readonly Tensor[],
): Tensor {
  const of = t.valueOf(value);
  const { region: vjp, result: yields } = t.within((open) => gradient(t.param(open, of.type)).map((dx) => t.valueOf(dx)));
  const result = t.freshValue(of.type, of.name);
  t.add({
    kind: "customGrad",
    inputs: inputs.map((x) => t.valueOf(x)),
    values: [of],
    vjp: vjp.close(yields),
    results: [result],
    span: captureSpan(),
  });
  return t.tensor(result);
}
