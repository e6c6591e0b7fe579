/**
 * Shapes of a function's results for inputs of which some lengths are open: the function is traced twice, with two lengths in each open
 * place, and the traces are thrown away. A length of the results that differs between the two is open, too.
 */

import { describe } from "../api/convert.ts";
import { dimsOf } from "../api/shape.ts";
import type { DType } from "../core/dtype.ts";
import { ArgumentError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { withInterpreter } from "../dispatch/dispatch.ts";
import { GraphTracer } from "../trace/tracer.ts";
import type { LayerShape } from "./shapes.ts";

export interface LayerType {
  readonly shape: LayerShape;
  readonly dtype: DType;
}

/** What stands for an open length: of the batch, of other axes (long enough for windows). */
const STAND_INS = [
  [4, 96],
  [8, 128],
] as const;

export function outputTypes(
  body: (inputs: Tensor[]) => Tensor | Tensor[],
  shapes: readonly LayerShape[],
  dtypes: readonly DType[],
): LayerType[] {
  const open = shapes.some((shape) => shape.includes(null));
  const [first, second] = STAND_INS.slice(0, open ? 2 : 1).map(([batch, other]) => {
    const tracer = new GraphTracer("", (t) => t);
    return withInterpreter(tracer, () => {
      const inputs = shapes.map((shape, i) =>
        tracer.param(tracer.root, { dtype: dtypes[i] as DType, shape: shape.map((d, axis) => d ?? (axis === 0 ? batch : other)) }),
      );
      const result: unknown = body(inputs);
      const list: unknown[] = Array.isArray(result) ? result : [result];
      return list.map((t): LayerType => {
        if (!isTensor(t)) throw new ArgumentError(`call() returned ${describe(t)}, but must return a tensor.`);
        return { dtype: t.dtype, shape: dimsOf(t).map((d) => (typeof d === "number" ? d : null)) };
      });
    });
  }) as [LayerType[], LayerType[] | undefined];
  if (second === undefined) return first;
  return first.map(({ dtype, shape }, i) => ({ dtype, shape: shape.map((d, axis) => (d === second[i]?.shape[axis] ? d : null)) }));
}
