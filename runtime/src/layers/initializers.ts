/**
 * Initializers: first values of weights. Random ones draw from the global generator (`gf.setSeed`), or from `seed`.
 *
 * Configurations are TensorFlow.js's: glorotUniform and its kin are VarianceScaling there.
 */

import { describe } from "../api/convert.ts";
import { eye, fill, zeros } from "../api/create.ts";
import { mul } from "../api/elementwise.ts";
import { randomNormal, randomUniform, truncatedNormal } from "../api/random.ts";
import type { DType } from "../core/dtype.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { opaque } from "../core/opaque.ts";
import { type Shape, showShape, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { configured } from "./configured.ts";
import { orthogonalMatrix } from "./orthogonal.ts";
import { type ConfigDict, deserializeObject, registerClass, type Serialized } from "./serialization.ts";

export abstract class Initializer {
  /** Values of a shape. */
  abstract apply(shape: Shape, dtype?: DType): Tensor;

  getClassName(): string {
    return (this.constructor as { className?: string }).className ?? this.constructor.name;
  }

  getConfig(): ConfigDict {
    return {};
  }
}
opaque(Initializer);

class Zeros extends Initializer {
  static readonly className: string = "Zeros";
  apply(shape: Shape, dtype?: DType): Tensor {
    return zeros(shape, dtype);
  }
}

class Ones extends Initializer {
  static readonly className: string = "Ones";
  apply(shape: Shape, dtype?: DType): Tensor {
    return fill(shape, 1, dtype ?? "float32");
  }
}

class Constant extends Initializer {
  static readonly className: string = "Constant";
  readonly value: number;

  constructor({ value }: { readonly value: number }) {
    super();
    this.value = number(value, "constant: value");
  }
  apply(shape: Shape, dtype?: DType): Tensor {
    return fill(shape, this.value, dtype ?? "float32");
  }
  override getConfig(): ConfigDict {
    return { value: this.value };
  }
}

class Identity extends Initializer {
  static readonly className: string = "Identity";
  readonly gain: number;

  constructor({ gain = 1 }: { readonly gain?: number } = {}) {
    super();
    this.gain = number(gain, "identity: gain");
  }
  apply(shape: Shape, dtype?: DType): Tensor {
    if (shape.length !== 2)
      throw new ShapeError(`identity: a weight of shape ${showShape(shape)} has no diagonal.`, { hint: "It is for matrices." });
    return mul(eye(shape[0], shape[1], [], dtype), this.gain);
  }
  override getConfig(): ConfigDict {
    return { gain: this.gain };
  }
}

type Seed = number | string;

class RandomUniform extends Initializer {
  static readonly className: string = "RandomUniform";
  readonly minval: number;
  readonly maxval: number;
  readonly seed: Seed | undefined;

  constructor({
    minval = -0.05,
    maxval = 0.05,
    seed,
  }: { readonly minval?: number; readonly maxval?: number; readonly seed?: Seed | null } = {}) {
    super();
    this.minval = number(minval, "randomUniform: minval");
    this.maxval = number(maxval, "randomUniform: maxval");
    this.seed = seed ?? undefined;
  }
  apply(shape: Shape, dtype?: DType): Tensor {
    return randomUniform(shape, this.minval, this.maxval, dtype, this.seed);
  }
  override getConfig(): ConfigDict {
    return { minval: this.minval, maxval: this.maxval, seed: this.seed ?? null };
  }
}

interface NormalArgs {
  readonly mean?: number;
  readonly stddev?: number;
  readonly seed?: Seed | null;
}

class RandomNormal extends Initializer {
  static readonly className: string = "RandomNormal";
  readonly mean: number;
  readonly stddev: number;
  readonly seed: Seed | undefined;

  constructor({ mean = 0, stddev = 0.05, seed }: NormalArgs = {}) {
    super();
    this.mean = number(mean, "randomNormal: mean");
    this.stddev = number(stddev, "randomNormal: stddev");
    this.seed = seed ?? undefined;
  }
  apply(shape: Shape, dtype?: DType): Tensor {
    return randomNormal(shape, this.mean, this.stddev, dtype, this.seed);
  }
  override getConfig(): ConfigDict {
    return { mean: this.mean, stddev: this.stddev, seed: this.seed ?? null };
  }
}

class TruncatedNormal extends RandomNormal {
  static override readonly className: string = "TruncatedNormal";
  override apply(shape: Shape, dtype?: DType): Tensor {
    return truncatedNormal(shape, this.mean, this.stddev, dtype, this.seed);
  }
}

/** Lengths of what a weight takes in and gives out: kernels are [...window, inputs, outputs]. */
export function fans(shape: Shape): readonly [number, number] {
  if (shape.length < 2) return [sizeOf(shape), sizeOf(shape)];
  const window = sizeOf(shape.slice(0, -2));
  return [window * shape[shape.length - 2], window * shape[shape.length - 1]];
}

/** Standard deviation of a normal distribution that is cut at two of its standard deviations of 1. */
const CUT_DEVIATION = 0.87962566103423978;

interface ScalingArgs {
  readonly scale?: number;
  readonly mode?: "fanIn" | "fanOut" | "fanAvg";
  readonly distribution?: "normal" | "uniform" | "truncatedNormal";
  readonly seed?: Seed | null;
}

/** Random values whose variance is scale / fan. "normal" is cut at two standard deviations, as in Keras. */
class VarianceScaling extends Initializer {
  static readonly className: string = "VarianceScaling";
  readonly scale: number;
  readonly mode: NonNullable<ScalingArgs["mode"]>;
  readonly distribution: NonNullable<ScalingArgs["distribution"]>;
  readonly seed: Seed | undefined;

  constructor({ scale = 1, mode = "fanIn", distribution = "normal", seed }: ScalingArgs = {}) {
    super();
    if (!(number(scale, "varianceScaling: scale") > 0))
      throw new ArgumentError(`varianceScaling: scale must be positive, but is ${scale}.`);
    this.scale = scale;
    this.mode = oneOf(mode, ["fanIn", "fanOut", "fanAvg"], "varianceScaling: mode");
    this.distribution = oneOf(distribution, ["normal", "uniform", "truncatedNormal"], "varianceScaling: distribution");
    this.seed = seed ?? undefined;
  }
  apply(shape: Shape, dtype?: DType): Tensor {
    const [fanIn, fanOut] = fans(shape);
    const fan = this.mode === "fanIn" ? fanIn : this.mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2;
    const deviation = Math.sqrt(this.scale / Math.max(1, fan));
    if (this.distribution === "uniform") {
      const limit = Math.sqrt(3) * deviation;
      return randomUniform(shape, -limit, limit, dtype, this.seed);
    }
    return truncatedNormal(shape, 0, deviation / CUT_DEVIATION, dtype, this.seed);
  }
  override getConfig(): ConfigDict {
    return { scale: this.scale, mode: this.mode, distribution: this.distribution, seed: this.seed ?? null };
  }
}

/** A random matrix with orthogonal rows or columns; axes before the last are taken together. */
class Orthogonal extends Initializer {
  static readonly className: string = "Orthogonal";
  readonly gain: number;
  readonly seed: Seed | undefined;

  constructor({ gain = 1, seed }: { readonly gain?: number; readonly seed?: Seed | null } = {}) {
    super();
    this.gain = number(gain, "orthogonal: gain");
    this.seed = seed ?? undefined;
  }
  apply(shape: Shape, dtype: DType = "float32"): Tensor {
    if (shape.length < 2) throw new ShapeError(`orthogonal: a weight of shape ${showShape(shape)} is no matrix.`);
    return orthogonalMatrix(shape, this.gain, dtype, this.seed);
  }
  override getConfig(): ConfigDict {
    return { gain: this.gain, seed: this.seed ?? null };
  }
}

for (const cls of [Zeros, Ones, Constant, Identity, RandomUniform, RandomNormal, TruncatedNormal, VarianceScaling, Orthogonal]) {
  registerClass(cls as never);
}

interface SeedArgs {
  readonly seed?: Seed | null;
}

function scaling(scale: number, mode: ScalingArgs["mode"], distribution: ScalingArgs["distribution"]): (args?: SeedArgs) => Initializer {
  return (args = {}) =>
    new VarianceScaling({ scale, mode: mode as "fanIn", distribution: distribution as "normal", seed: args.seed ?? null });
}

export const initializers = configured("initializers", {
  zeros: (): Initializer => new Zeros(),
  ones: (): Initializer => new Ones(),
  constant: (args: { readonly value: number }): Initializer => new Constant(args),
  identity: (args?: { readonly gain?: number }): Initializer => new Identity(args),
  randomUniform: (args?: ConstructorParameters<typeof RandomUniform>[0]): Initializer => new RandomUniform(args),
  randomNormal: (args?: NormalArgs): Initializer => new RandomNormal(args),
  truncatedNormal: (args?: NormalArgs): Initializer => new TruncatedNormal(args),
  varianceScaling: (args?: ScalingArgs): Initializer => new VarianceScaling(args),
  glorotUniform: scaling(1, "fanAvg", "uniform"),
  glorotNormal: scaling(1, "fanAvg", "normal"),
  heUniform: scaling(2, "fanIn", "uniform"),
  heNormal: scaling(2, "fanIn", "normal"),
  leCunUniform: scaling(1, "fanIn", "uniform"),
  leCunNormal: scaling(1, "fanIn", "normal"),
  orthogonal: (args?: ConstructorParameters<typeof Orthogonal>[0]): Initializer => new Orthogonal(args),
});

export type InitializerIdentifier = Initializer | string | Serialized;

/** An initializer by name ("glorotUniform", "glorot_uniform"), configuration or itself. E_ARGUMENT with the known names. */
export function getInitializer(identifier: InitializerIdentifier): Initializer {
  if (identifier instanceof Initializer) return identifier;
  if (typeof identifier === "object" && identifier !== null) return deserializeObject(identifier, "initializer", Initializer);
  const flat = typeof identifier === "string" ? identifier.replaceAll("_", "").toLowerCase() : "";
  const name = Object.keys(initializers).find((key) => key.toLowerCase() === flat) as keyof typeof initializers | undefined;
  if (name !== undefined && name !== "constant") return initializers[name]();
  if (name === "constant") return initializers.constant({ value: 0 });
  throw new ArgumentError(`There is no initializer ${describe(identifier)}.`, { hint: `Known: ${Object.keys(initializers).join(", ")}.` });
}

function number(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new ArgumentError(`${what} must be a finite number, but is ${describe(value)}.`);
  return value;
}

function oneOf<T extends string>(value: T, known: readonly T[], what: string): T {
  if (!known.includes(value)) throw new ArgumentError(`${what} must be one of ${known.join(", ")}, but is ${describe(value)}.`);
  return value;
}
