/**
 * Jacobians of what a tape has recorded: the way back for all elements of the target at once, as vmap runs it, or element by element where
 * vmap refuses. Either way one gradient per element, so values are the same up to the order of sums.
 */
import { builder } from "../autodiff/rules.ts";
import { GraphFnError } from "../core/errors.ts";
import { dimsBehind, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { runOnce } from "../staged/compiled.ts";
import { functionsRunEagerly, isOutside } from "../staged/graph-function.ts";
import { type Recording, tracer } from "../trace/tracer.ts";
import { mapAdded } from "../vectorize/added.ts";
import type { Lane } from "../vectorize/lanes.ts";
import { mapExamples } from "../vectorize/map.ts";
import { CODE } from "../vectorize/refuse.ts";
import { eye, zeros, zerosLike } from "./create.ts";
import { stack, unstack } from "./join.ts";
import { reshape } from "./shape.ts";

/** Eager ways back are traced at each call, which takes as long as some of them. */
const FEW = 8;

/** One tensor of shape [...target, ...source] per source. `recording` sees nothing of how it is computed. */
export function jacobiansOf(recording: Recording, target: Tensor, sources: readonly Tensor[]): Tensor[] {
  const size = sizeOf(target.shape);
  if (size === 0) return sources.map(({ dtype, shape }) => zeros([...target.shape, ...shape], dtype));
  const units = reshape(eye(size, size, undefined, target.dtype), [size, ...target.shape]);
  const was = recording.recording;
  recording.recording = false;
  try {
    return allAtOnce(recording, target, sources, units) ?? oneByOne(recording, target, sources, units);
  } finally {
    recording.recording = was;
  }
}

/** null where vmap refuses, or where it would take longer. */
function allAtOnce(recording: Recording, target: Tensor, sources: readonly Tensor[], units: Tensor): Tensor[] | null {
  const size = units.shape[0] as number;
  const gradients = (unit: Tensor): (Tensor | null)[] => recording.gradients([target], sources, [unit]);
  const shaped = (lane: Lane | null, i: number): Tensor => {
    const dims = [...target.shape, ...dimsBehind((sources[i] as Tensor).shape)];
    if (lane === null) return builder.zeros({ dtype: (sources[i] as Tensor).dtype, shape: dims });
    const each = lane.batched ? lane.tensor : builder.broadcastTo(lane.tensor, [size, ...dimsBehind(lane.tensor.shape)]);
    return builder.reshape(each, dims);
  };
  try {
    if (isTracing()) return size === 1 ? null : mapAdded(tracer(), size, units, gradients).map(shaped);
    // Where graph functions run eagerly there is no trace.
    if (size < FEW || functionsRunEagerly() || !isOutside()) return null;
    const body = (batch: Tensor): Tensor[] => {
      let connected: boolean[] = [];
      const lanes = mapExamples(tracer(), size, [batch], ([unit]) => {
        const found = gradients(unit as Tensor);
        connected = found.map((g) => g !== null);
        return found.filter((g) => g !== null);
      })[Symbol.iterator]();
      return sources.map((_, i) => shaped(connected[i] ? (lanes.next().value as Lane) : null, i));
    };
    return runOnce(body, "jacobian", [units]);
  } catch (error) {
    // A gradient of the user's own may need values; the graph has none while it is made.
    if (error instanceof GraphFnError && (error.code === CODE || (!isTracing() && error.code === "E_SYMBOLIC"))) return null;
    throw error;
  }
}

function oneByOne(recording: Recording, target: Tensor, sources: readonly Tensor[], units: Tensor): Tensor[] {
  const rows = unstack(units).map((unit) =>
    recording.gradients([target], sources, [unit]).map((g, i) => g ?? zerosLike(sources[i] as Tensor)),
  );
  return sources.map(({ shape }, i) => reshape(stack(rows.map((row) => row[i] as Tensor)), [...target.shape, ...shape]));
}
