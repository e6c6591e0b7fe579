/** Drawing outcomes by their probabilities. */
import { ShapeError } from "../core/errors.ts";
import { type Shape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { tidied, tidy } from "../eager/scope.ts";
import { checkInt, type TensorLike, toTensor } from "./convert.ts";
import { cast, lessEqual, realDiv } from "./elementwise.ts";
import type { Seed } from "./generator.ts";
import { randomUniform } from "./random.ts";
import { sum } from "./reduce.ts";
import { cumsum, dimsOf, expandDims, squeeze } from "./shape.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";

/**
 * Outcomes drawn by their probabilities: logits [outcomes] or [batch, outcomes] (unnormalised logarithms; probabilities themselves
 * with `normalized`) → int32 [numSamples] or [batch, numSamples]. Outcomes of probability 0 are never drawn.
 * E_SHAPE for fewer than two outcomes, other ranks and, in graph functions, lengths that are not known.
 */
export const multinomial = tidied("multinomial", (logits: TensorLike, numSamples: number, seed?: Seed, normalized = false): Tensor => {
  const input = toTensor(logits, "multinomial", "logits");
  const count = checkInt(numSamples, "multinomial: numSamples", 0);
  const [batch, outcomes] = sizes(input);
  return tidy(() => {
    const rows = cast(input.rank === 1 ? expandDims(input, 0) : input, "float64");
    const ends = cumsum(normalized ? rows : softmax(rows), 1);
    const total = slice(ends, [0, outcomes - 1], [batch, 1]);
    const inner = slice(realDiv(ends, total), [0, 0], [batch, outcomes - 1]);
    const points = randomUniform([batch, count], 0, 1, "float64", seed);
    // An outcome is the number of intervals that end at or before the point; the last interval has no end.
    const result = sum(lessEqual(expandDims(inner, 1), expandDims(points, 2)), 2);
    return input.rank === 1 ? squeeze(result, [0]) : result;
  });
});

/** Rows and outcomes of logits, checked. */
function sizes(logits: Tensor): readonly [number, number] {
  const dims = dimsOf(logits);
  const shape = dims.filter((d) => typeof d === "number");
  const [outcomes, batch] = shape.toReversed() as Partial<Shape>;
  if (shape.length === dims.length && outcomes !== undefined && outcomes >= 2) {
    if (dims.length === 1) return [1, outcomes];
    if (dims.length === 2 && batch !== undefined) return [batch, outcomes];
  }
  throw new ShapeError(`multinomial: logits have shape ${showShape(dims)}, but must be [outcomes] or [batch, outcomes].`, {
    hint: "There must be two outcomes or more.",
  });
}
