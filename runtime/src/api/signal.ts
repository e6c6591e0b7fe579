/** `gf.signal`: windows, frames and the short-time Fourier transform. */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { tidied } from "../eager/scope.ts";
import { checkInt, describe, fromValues, type TensorLike, toTensor } from "./convert.ts";
import { zeros } from "./create.ts";
import { mul } from "./elementwise.ts";
import { room } from "./indices.ts";
import { dimsOf, pad } from "./shape.ts";
import { gather } from "./slice.ts";
import { rfft } from "./spectral.ts";

/** a − b · cos over one period; of even lengths the last element is left to the next period. */
function cosineWindow(windowLength: number, a: number, b: number, fn: string): Tensor {
  const n = checkInt(windowLength, `${fn}: windowLength`, 0);
  const period = n + (1 - (n % 2)) - 1;
  const values = room(Float32Array, n, fn);
  for (let i = 0; i < n; i++) values[i] = n === 1 ? 1 : a - b * Math.cos((2 * Math.PI * i) / period);
  return fromValues(values, undefined, "float32", fn);
}

/** Hann's window: 0.5 − 0.5 · cos(2πi / n). */
export const hannWindow = tidied("hannWindow", (windowLength: number): Tensor => {
  return cosineWindow(windowLength, 0.5, 0.5, "hannWindow");
});

/** Hamming's window: 0.54 − 0.46 · cos(2πi / n). */
export const hammingWindow = tidied("hammingWindow", (windowLength: number): Tensor => {
  return cosineWindow(windowLength, 0.54, 0.46, "hammingWindow");
});

/**
 * Stretches of a vector, `frameLength` long, each `frameStep` after the one before: [N] → [frames, frameLength]. `padEnd`: also those
 * that begin within the signal and end behind it, with `padValue` there. E_SHAPE for another rank, E_ARGUMENT for lengths below 0 and, where
 * frames fit, a step of 0.
 */
export const frame = tidied("frame", (signal: TensorLike, frameLength: number, frameStep: number, padEnd = false, padValue = 0): Tensor => {
  const x = toTensor(signal, "frame", "signal");
  const [n] = dimsOf(x);
  if (dimsOf(x).length !== 1 || typeof n !== "number") {
    throw new ShapeError(`frame: the signal must be a vector of known length, but has shape ${showShape(dimsOf(x))}.`);
  }
  const length = checkInt(frameLength, "frame: frameLength", 0);
  const covers = padEnd ? n > 0 : length <= n;
  if (!covers) return zeros([0, length], x.dtype);
  const step = checkInt(frameStep, "frame: frameStep", 1);
  const count = padEnd ? Math.ceil(n / step) : Math.floor((n - length) / step) + 1;
  const end = (count - 1) * step + length;
  const whole = end > n ? pad(x, [[0, end - n]], padValue) : x;
  const places = room(Int32Array, count * length, "frame");
  for (let i = 0; i < places.length; i++) places[i] = Math.floor(i / length) * step + (i % length);
  return gather(whole, fromValues(places, [count, length], "int32", "frame"));
});

/**
 * Short-time Fourier transform of a real vector: the transform of each frame times a window, complex64 [frames, ⌊fftLength / 2⌋ + 1].
 * `fftLength` is the next power of two from `frameLength` on unless given; `windowFn` gives a window of a length, Hann's unless given.
 */
export const stft = tidied(
  "stft",
  (
    signal: TensorLike,
    frameLength: number,
    frameStep: number,
    fftLength?: number | null,
    windowFn: (length: number) => Tensor = hannWindow,
  ): Tensor => {
    const length = checkInt(frameLength, "stft: frameLength", 1);
    if (typeof windowFn !== "function") throw new ArgumentError(`stft: windowFn is ${describe(windowFn)}, but must be a function.`);
    const size = fftLength ?? 2 ** Math.ceil(Math.log2(length));
    return rfft(mul(frame(signal, length, frameStep), windowFn(length)), size);
  },
);
