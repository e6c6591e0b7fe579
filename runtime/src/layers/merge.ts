/** Layers of several inputs: add, subtract, multiply, average, maximum, minimum, concatenate, dot. */

import { checkInt, checkInts } from "../api/convert.ts";
import { add, maximum, minimum, mul, realDiv, rsqrt, square, sub } from "../api/elementwise.ts";
import { concat } from "../api/join.ts";
import { matMul } from "../api/linalg.ts";
import { sum } from "../api/reduce.ts";
import { expandDims, reshape, transpose } from "../api/shape.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { normalizeAxis } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { registerLayers } from "./built-in.ts";
import { Layer, type LayerArgs } from "./layer.ts";
import type { ConfigDict } from "./serialization.ts";
import { type LayerShape, showLayerShape } from "./shapes.ts";

function shapesOf(layer: Layer, given: LayerShape | readonly LayerShape[], least: number): readonly LayerShape[] {
  const shapes = (Array.isArray(given[0]) ? given : [given]) as readonly LayerShape[];
  if (shapes.length < least)
    throw new ShapeError(`Layer ${layer.name} merges ${least} inputs or more, but was given ${shapes.length}.`, { hint: "apply([a, b])." });
  return shapes;
}

function differ(layer: Layer, shapes: readonly LayerShape[], why: string): ShapeError {
  return new ShapeError(`Layer ${layer.name} cannot merge inputs of shapes ${shapes.map(showLayerShape).join(" and ")}: ${why}.`);
}

/** Elementwise, sample by sample: shapes without the batch axis broadcast, so [N,4] and [N,3,4] give [N,3,4], as in TensorFlow.js. */
abstract class Merge extends Layer {
  override build(inputShape: LayerShape | readonly LayerShape[]): void {
    const shapes = shapesOf(this, inputShape, 2);
    const rank = Math.max(...shapes.map((s) => s.length));
    const aligned = shapes.map(([batch, ...rest]) => [batch, ...Array.from({ length: rank - 1 - rest.length }, () => 1), ...rest]);
    for (let axis = 0; axis < rank; axis++) {
      // An open length fits any.
      const lengths = new Set(aligned.map((s) => s[axis]).filter((d) => d !== null && d !== 1));
      if (lengths.size > 1) throw differ(this, shapes, `lengths ${[...lengths].join(" and ")} differ`);
    }
  }

  call(inputs: Tensor | Tensor[]): Tensor {
    const list = Array.isArray(inputs) ? inputs : [inputs];
    const rank = Math.max(...list.map((x) => x.rank));
    return this.merge(list.map((x) => withRank(x, rank)));
  }

  protected merge(list: readonly Tensor[]): Tensor {
    return list.reduce((a, b) => this.pair(a, b));
  }

  protected abstract pair(a: Tensor, b: Tensor): Tensor;
}

/** More axes of length 1 behind the batch axis. */
function withRank(x: Tensor, rank: number): Tensor {
  let result = x;
  while (result.rank < rank) result = expandDims(result, 1);
  return result;
}

export class Add extends Merge {
  static override readonly className: string = "Add";
  protected pair(a: Tensor, b: Tensor): Tensor {
    return add(a, b);
  }
}

export class Subtract extends Merge {
  static override readonly className: string = "Subtract";
  protected pair(a: Tensor, b: Tensor): Tensor {
    return sub(a, b);
  }
}

export class Multiply extends Merge {
  static override readonly className: string = "Multiply";
  protected pair(a: Tensor, b: Tensor): Tensor {
    return mul(a, b);
  }
}

export class Average extends Merge {
  static override readonly className: string = "Average";
  protected pair(a: Tensor, b: Tensor): Tensor {
    return add(a, b);
  }
  protected override merge(list: readonly Tensor[]): Tensor {
    return realDiv(super.merge(list), list.length);
  }
}

export class Maximum extends Merge {
  static override readonly className: string = "Maximum";
  protected pair(a: Tensor, b: Tensor): Tensor {
    return maximum(a, b);
  }
}

export class Minimum extends Merge {
  static override readonly className: string = "Minimum";
  protected pair(a: Tensor, b: Tensor): Tensor {
    return minimum(a, b);
  }
}

/** One after the other along an axis. */
export class Concatenate extends Layer {
  static override readonly className: string = "Concatenate";
  readonly axis: number;

  constructor(args: LayerArgs & { readonly axis?: number } = {}) {
    super(args);
    this.axis = checkInt(args.axis ?? -1, `${this.name}: axis`);
  }
  override build(inputShape: LayerShape | readonly LayerShape[]): void {
    const shapes = shapesOf(this, inputShape, 1);
    const rank = shapes[0].length;
    const axis = normalizeAxis(this.axis, rank, `${this.name}: axis`);
    const fits = shapes.every(
      (s) => s.length === rank && s.every((d, i) => i === axis || d === null || shapes[0][i] === null || d === shapes[0][i]),
    );
    if (!fits) throw differ(this, shapes, `they must agree in all axes but ${axis}`);
  }
  call(inputs: Tensor | Tensor[]): Tensor {
    return concat(Array.isArray(inputs) ? inputs : [inputs], this.axis);
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), axis: this.axis };
  }
}

export interface DotArgs extends LayerArgs {
  /** Axis of both inputs, or of each, along which products are summed; axis 0 is the batch. */
  readonly axes: number | readonly [number, number];
  /** Brings vectors to length 1 before: the cosine. Default false. */
  readonly normalize?: boolean;
}

/** Products of two inputs, summed along an axis of each, sample by sample. */
export class Dot extends Layer {
  static override readonly className: string = "Dot";
  readonly axes: number | readonly [number, number];
  readonly normalize: boolean;

  constructor(args: DotArgs) {
    super(args);
    if (typeof args.axes !== "number" && checkInts(args.axes, `${this.name}: axes`).length !== 2) {
      throw new ArgumentError(`${this.name}: axes must be one number or two, but are ${args.axes.length}.`);
    }
    this.axes = args.axes;
    this.normalize = args.normalize ?? false;
  }
  call(inputs: Tensor | Tensor[]): Tensor {
    if (!Array.isArray(inputs) || inputs.length !== 2) {
      throw new ArgumentError(`${this.name} takes two inputs, but got ${Array.isArray(inputs) ? inputs.length : "one"}.`);
    }
    const [a, b] = inputs;
    const [i, j] = (typeof this.axes === "number" ? [this.axes, this.axes] : this.axes).map((axis, k) =>
      normalizeAxis(axis, [a, b][k].rank, `${this.name}: axes`),
    );
    if (a.shape[i] !== b.shape[j]) throw differ(this, [a.shape, b.shape], `axis ${i} and axis ${j} have different lengths`);
    const [left, right] = [last(this.normalize ? unit(a, i) : a, i), last(this.normalize ? unit(b, j) : b, j)];
    // [N, …S, K] and [N, …T, K] → [N, size of S, size of T]
    const flat = (x: Tensor): Tensor =>
      reshape(x.rank === 2 ? expandDims(x, 1) : x, [x.shape[0], x.shape.slice(1, -1).reduce((p, d) => p * d, 1), x.shape[x.rank - 1]]);
    const product = matMul(flat(left), flat(right), false, true);
    const shape = [a.shape[0], ...left.shape.slice(1, -1), ...right.shape.slice(1, -1)];
    return reshape(product, shape.length === 1 ? [shape[0], 1] : shape);
  }
  override getConfig(): ConfigDict {
    return { ...super.getConfig(), axes: this.axes, normalize: this.normalize };
  }
}

/** An axis brought to the end. */
function last(x: Tensor, axis: number): Tensor {
  const perm = Array.from({ length: x.rank }, (_, i) => i).filter((i) => i !== axis);
  return axis === x.rank - 1 ? x : transpose(x, [...perm, axis]);
}

function unit(x: Tensor, axis: number): Tensor {
  return mul(x, rsqrt(maximum(sum(square(x), axis, true), 1e-7)));
}

registerLayers(Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate, Dot);
