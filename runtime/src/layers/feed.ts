/**
 * Data of fit(), evaluate(), predict(): what users give becomes checked lists of tensors, and those become batches.
 *
 * Batches are views: of the data where the order is kept, else of samples that were gathered ahead for many batches at once.
 */
import { describe, type TensorLike, toTensor } from "../api/convert.ts";
import { gather } from "../api/slice.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import { isTensor, Tensor } from "../core/tensor.ts";
import { blockOf } from "../eager/compute.ts";
import { dispose, share } from "../eager/memory.ts";
import type { Batch } from "./step.ts";

/** A tensor (or nested arrays), or several: as array of tensors, or by name of input or output. */
export type Data = TensorLike | readonly Tensor[] | { readonly [name: string]: TensorLike };

function isNamed(data: unknown): data is { readonly [name: string]: TensorLike } {
  return typeof data === "object" && data !== null && !isTensor(data) && !Array.isArray(data) && !ArrayBuffer.isView(data);
}

/**
 * Tensors in the order of `names` (null: any number). `what` is "x" or "y".
 * Errors   E_ARGUMENT for missing or unknown names and for another number of tensors; E_SHAPE for scalars.
 */
export function tensorsOf(data: Data, names: readonly string[] | null, what: string): Tensor[] {
  if (data === undefined || data === null) throw new ArgumentError(`${what} is ${describe(data)}, but must be a tensor.`);
  const several = Array.isArray(data) && data.some((d) => isTensor(d));
  let list: unknown[];
  if (isNamed(data)) {
    const keys = names ?? Object.keys(data);
    const unknown = Object.keys(data).find((key) => !keys.includes(key));
    const missing = keys.find((key) => !Object.hasOwn(data, key));
    if (unknown !== undefined || missing !== undefined) {
      const problem =
        missing !== undefined
          ? `has nothing for ${JSON.stringify(missing)}`
          : `has ${JSON.stringify(unknown)}, which the model does not know`;
      throw new ArgumentError(`${what} ${problem}.`, { hint: `Names: ${keys.join(", ")}.` });
    }
    list = keys.map((key) => data[key]);
  } else list = several ? (data as unknown[]) : [data];
  if (names !== null && list.length !== names.length) {
    throw new ArgumentError(
      `${what} has ${list.length} tensor${list.length === 1 ? "" : "s"}, but the model ${names.length}: ${names.join(", ")}.`,
    );
  }
  return list.map((d, i) => {
    const t = isTensor(d) ? d : toTensor(d, what);
    blockOf(t, what);
    if (t.rank === 0)
      throw new ShapeError(`${what}${list.length === 1 ? "" : `[${i}]`} is a scalar, but its first axis must be that of the samples.`);
    return t;
  });
}

/** Number of samples. E_SHAPE where tensors disagree, E_ARGUMENT where there are none. */
export function sampleCount(groups: readonly (readonly [what: string, tensors: readonly (Tensor | null)[]])[]): number {
  let first: { readonly what: string; readonly count: number } | null = null;
  for (const [what, tensors] of groups) {
    for (const [i, t] of tensors.entries()) {
      if (t === null) continue;
      const name = tensors.length === 1 ? what : `${what}[${i}]`;
      const count = t.shape[0];
      first ??= { what: name, count };
      if (count !== first.count) {
        throw new ShapeError(`${first.what} has ${first.count} samples, but ${name} has ${count} (shape ${showShape(t.shape)}).`, {
          hint: "The first axis of all tensors is that of the samples.",
        });
      }
    }
  }
  if (first === null || first.count === 0) throw new ArgumentError(`${first?.what ?? "x"} has no samples.`);
  return first.count;
}

/** Keeps the memory of a tensor while batches are views of it, whatever the user disposes. */
export function held(t: Tensor): Tensor {
  const { data } = blockOf(t, "fit");
  const handle = share(t, data, t.shape, false);
  handle.kept = true;
  return handle;
}

/** Samples `begin` up to `end`: a view that is not counted and needs no dispose(); `t` outlives it. */
export function rows(t: Tensor, begin: number, end: number): Tensor {
  const { data } = blockOf(t, "rows");
  const inner = t.shape[0] === 0 ? 0 : t.size / t.shape[0];
  const count = end - begin;
  return new Tensor(
    t.dtype,
    Object.freeze([count, ...t.shape.slice(1)]),
    count * inner,
    false,
    data.subarray(begin * inner, end * inner),
    null,
    null,
  );
}

export interface Samples {
  readonly xs: readonly Tensor[];
  readonly ys: readonly Tensor[];
  readonly weights: readonly (Tensor | null)[];
  readonly count: number;
}

/** Gives the batches of an epoch, one after the other; what it made for a batch is freed by `release`. */
export interface BatchSource {
  /** Number of batches, null where it is not known. */
  readonly total: number | null;
  next(): Batch | null | Promise<Batch | null>;
  release(batch: Batch): void;
  /** Ends the epoch before its end. */
  close?(): void | Promise<void>;
}

/** Shuffled samples are gathered ahead for as many batches as this many bytes of the largest tensor hold, and for one at least. */
const AHEAD_BYTES = 1 << 18;

/** Samples in order, or in that of `order` (int32 positions): `size` at a time, the last batch may be smaller. */
export class SampleSource implements BatchSource {
  readonly total: number;
  readonly #samples: Samples;
  readonly #size: number;
  readonly #order: Tensor | null;
  /** Batches gathered at once. */
  readonly #stride: number;
  #gathered: Samples | null = null;
  #at = 0;

  constructor(samples: Samples, size: number, order: Tensor | null = null, most = Infinity) {
    this.#samples = samples;
    this.#size = size;
    this.#order = order;
    this.total = Math.min(Math.ceil(samples.count / size), most);
    const bytes = Math.max(...[...samples.xs, ...samples.ys].map((t) => (t.elements?.byteLength ?? 0) / samples.count));
    this.#stride = Math.max(1, Math.floor(AHEAD_BYTES / (bytes * size)));
  }

  next(): Batch | null {
    if (this.#at >= this.total) return null;
    const at = this.#at++;
    if (this.#order === null) return this.#part(this.#samples, at * this.#size);
    const within = at % this.#stride;
    if (within === 0) this.#gathered = this.#gather(this.#order, at);
    return this.#part(this.#gathered as Samples, within * this.#size);
  }

  #part({ xs, ys, weights, count }: Samples, begin: number): Batch {
    const end = Math.min(count, begin + this.#size);
    const take = (t: Tensor): Tensor => rows(t, begin, end);
    return { xs: xs.map(take), ys: ys.map(take), weights: weights.map((w) => (w === null ? null : take(w))), size: end - begin };
  }

  /** The samples of `stride` batches from batch `at` on. */
  #gather(order: Tensor, at: number): Samples {
    this.close();
    const { xs, ys, weights, count } = this.#samples;
    const begin = at * this.#size;
    const end = Math.min(count, begin + Math.min(this.#stride, this.total - at) * this.#size);
    const positions = rows(order, begin, end);
    const take = (t: Tensor): Tensor => gather(t, positions);
    return { xs: xs.map(take), ys: ys.map(take), weights: weights.map((w) => (w === null ? null : take(w))), count: end - begin };
  }

  /** A view that someone has kept is disposed of from here on, for its elements will be others. */
  release(batch: Batch): void {
    for (const t of [...batch.xs, ...batch.ys, ...batch.weights]) if (t !== null) t.elements = null;
  }

  close(): void {
    if (this.#gathered === null) return;
    for (const t of [...this.#gathered.xs, ...this.#gathered.ys, ...this.#gathered.weights]) if (t !== null) dispose(t);
    this.#gathered = null;
  }
}
