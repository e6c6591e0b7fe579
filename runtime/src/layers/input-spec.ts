/** What a layer says about the shapes of its inputs, and the check. */
import type { DType } from "../core/dtype.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import { type LayerShape, showLayerShape } from "./shapes.ts";

export interface InputSpec {
  readonly dtype?: DType;
  /** Exact shape; null fits any length. */
  readonly shape?: LayerShape;
  /** `shape` is that of a sample and its batch; more axes between the two are fine. */
  readonly inner?: boolean;
  readonly ndim?: number;
  readonly minNDim?: number;
  readonly maxNDim?: number;
  /** Lengths of some axes; negative ones count from the end. */
  readonly axes?: Readonly<Record<number, number>>;
}

/** One input of any shape. */
export const ONE: readonly InputSpec[] = [{}];

/** Throws E_SHAPE or E_DTYPE with the layer's name, what it expects and what it got. */
export function checkInputs(specs: readonly InputSpec[], shapes: readonly LayerShape[], dtypes: readonly DType[], layer: string): void {
  if (specs.length !== shapes.length) {
    throw new ShapeError(`Layer ${layer} expects ${specs.length} input${specs.length === 1 ? "" : "s"}, but was given ${shapes.length}.`);
  }
  specs.forEach((spec, i) => {
    const shape = shapes[i] as LayerShape;
    const which = specs.length === 1 ? "" : ` ${i}`;
    if (!fits(spec, shape)) {
      throw new ShapeError(
        `Layer ${layer} expects an input${which} ${expected(spec)}, but was given one of shape ${showLayerShape(shape)}.`,
      );
    }
    if (spec.dtype !== undefined && dtypes[i] !== spec.dtype) {
      throw new DTypeError(`Layer ${layer} expects a ${spec.dtype} input${which}, but was given a ${dtypes[i]} one.`);
    }
  });
}

function fits(spec: InputSpec, shape: LayerShape): boolean {
  const rank = shape.length;
  if (spec.ndim !== undefined && rank !== spec.ndim) return false;
  if (spec.minNDim !== undefined && rank < spec.minNDim) return false;
  if (spec.maxNDim !== undefined && rank > spec.maxNDim) return false;
  const same = (a: number | null, b: number | null | undefined): boolean => b !== undefined && (a === null || b === null || a === b);
  if (spec.shape !== undefined) {
    const more = rank - spec.shape.length;
    if (more < 0 || (more > 0 && spec.inner !== true)) return false;
    if (!spec.shape.every((d, i) => same(d, shape[i === 0 ? 0 : i + more]))) return false;
  }
  return Object.entries(spec.axes ?? {}).every(([axis, length]) => same(length, shape.at(Number(axis))));
}

/** `of shape [*,4]`, `of rank 4`. */
function expected(spec: InputSpec): string {
  if (spec.shape !== undefined) return `of shape ${showLayerShape(spec.shape)}`;
  const parts: string[] = [];
  if (spec.ndim !== undefined) parts.push(`of rank ${spec.ndim}`);
  if (spec.minNDim !== undefined) parts.push(`of rank ${spec.minNDim} or more`);
  if (spec.maxNDim !== undefined) parts.push(`of rank ${spec.maxNDim} or less`);
  const axes = Object.entries(spec.axes ?? {}).map(([axis, length]) => `${length} along axis ${axis}`);
  if (axes.length > 0) parts.push(`with length ${axes.join(" and ")}`);
  return parts.join(" and ");
}
