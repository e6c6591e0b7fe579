/** A function of one example, called while tracing, on values for many: traced for one, then run for all. */

import { builder } from "../autodiff/rules.ts";
import type { Dim } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { captureSpan } from "../trace/span.ts";
import { type GraphSymbol, type GraphTracer, symbolOf } from "../trace/tracer.ts";
import { type Lane, Lanes } from "./lanes.ts";
import { refused } from "./refuse.ts";
import { Vectorizer } from "./vectorize.ts";

/**
 * `f` gets a tensor of one example for each of `inputs`, which have the axis of examples in front, and gives tensors. Returns lanes of these.
 * Variables that all examples set to the same value are set.
 */
export function mapExamples(
  t: GraphTracer,
  size: Dim,
  inputs: readonly Tensor[],
  f: (examples: readonly Tensor[]) => readonly Tensor[],
): Lane[] {
  const before = t.state.snapshot();
  try {
    const { region, result } = t.within((open) => {
      open.examples = true;
      const examples = inputs.map((x) => {
        const { type, name } = t.valueOf(x);
        return t.param(open, { ...type, shape: type.shape.slice(1) }, name);
      });
      return f(examples).map((y) => t.valueOf(y));
    });
    const after = t.state.snapshot();
    t.state.restore(before);
    const lanes = new Lanes(t, size, () => t.cast(builder.op("lengthOf", [inputs[0] as Tensor], { axis: 0 }), "int32", false));
    const v = new Vectorizer(lanes);
    const outputs = v.region(
      region.close(result),
      inputs.map((tensor) => ({ tensor, batched: true })),
    );
    for (const [variable, value] of after) {
      if (before.get(variable) === value) continue;
      const lane = v.lookup((symbolOf(value) as GraphSymbol).value);
      if (lane.batched) {
        throw refused(
          `the variable ${variable.name ?? `#${variable.id}`} was assigned a value that differs between examples.`,
          "Return the value, and assign what becomes of all of them outside.",
          captureSpan().place(),
        );
      }
      t.setState(variable, lane.tensor);
    }
    return outputs;
  } catch (error) {
    t.state.restore(before);
    throw error;
  }
}
