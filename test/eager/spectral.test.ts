/** Transforms against the sum that defines them, for lengths of all kinds; real ones, windows and frames against what they must equal. */
import * as gf from "graphfn";
import { afterEach, describe, expect, it } from "vitest";
import { random } from "../ops/support.ts";

afterEach(() => gf.setBackend("native"));

function signal(n: number, seed = n): gf.Tensor {
  const next = random(seed);
  const part = (): gf.Tensor => gf.tensor1d(Array.from({ length: n }, () => next() - 0.5));
  return gf.complex(part(), part());
}

/** Element k of the transform, as it is defined. */
function defined(x: gf.Tensor, k: number, sign: number): [number, number] {
  const data = x.dataSync() as Float32Array;
  const n = data.length / 2;
  let [re, im] = [0, 0];
  for (let j = 0; j < n; j++) {
    const angle = (sign * 2 * Math.PI * ((j * k) % n)) / n;
    const [a, b] = [data[2 * j] as number, data[2 * j + 1] as number];
    re += a * Math.cos(angle) - b * Math.sin(angle);
    im += a * Math.sin(angle) + b * Math.cos(angle);
  }
  return [re, im];
}

describe("fft", () => {
  it.each([1, 2, 3, 4, 5, 8, 12, 31, 37, 49, 62, 64, 97, 360, 1000, 1024, 1369, 4099])("of %i elements is what it is defined as", (n) => {
    for (const backend of ["native", "reference"] as const) {
      gf.setBackend(backend);
      const x = signal(n);
      const y = gf.spectral.fft(x).dataSync() as Float32Array;
      const z = gf.spectral.ifft(x).dataSync() as Float32Array;
      for (let k = 0; k < n; k += Math.max(1, Math.floor(n / 23))) {
        const [re, im] = defined(x, k, -1);
        const scale = 1e-6 * Math.sqrt(n) + 1e-7 * Math.hypot(re, im);
        expect(Math.hypot((y[2 * k] as number) - re, (y[2 * k + 1] as number) - im), `element ${k}`).toBeLessThan(scale);
        const [ire, iim] = defined(x, k, 1);
        expect(Math.hypot((z[2 * k] as number) - ire / n, (z[2 * k + 1] as number) - iim / n), `inverse ${k}`).toBeLessThan(scale);
      }
    }
  });

  it("comes back, line by line, on any number of threads", () => {
    for (const shape of [[50, 256], [3, 2, 1009], [100_000]]) {
      const n = shape.reduce((a, b) => a * b, 1);
      const x = gf.reshape(signal(n, 5), shape);
      const back = gf.spectral.ifft(gf.spectral.fft(x));
      expect(gf.max(gf.abs(gf.sub(back, x))).item()).toBeLessThan(1e-6);
    }
  });

  it("takes real tensors and refuses what it cannot hold", () => {
    expect([...gf.spectral.fft([1, 2, 3]).dataSync()].map((v) => Math.round(v * 1e4) / 1e4)).toEqual([6, 0, -1.5, 0.866, -1.5, -0.866]);
    expect(gf.spectral.fft(gf.zeros([2, 0], "complex64")).shape).toEqual([2, 0]);
    expect(() => gf.spectral.fft(gf.complex(1, 2))).toThrow(/E_SHAPE/);
    expect(() => gf.spectral.fft(gf.tensor([1, 2], [2], "float64"))).toThrow(/E_DTYPE/);
    expect(() => gf.spectral.rfft(signal(4))).toThrow(/E_DTYPE.*fft\(\)/);
    expect(() => gf.spectral.rfft(gf.tensor([1, 2], [2], "float64"))).toThrow(/E_DTYPE/);
    expect(() => gf.spectral.rfft([1, 2], 0)).toThrow(/E_ARGUMENT/);
  });
});

describe("rfft and irfft", () => {
  it.each([2, 3, 4, 7, 16, 30])("of %i elements are half of fft, and come back", (n) => {
    const x = gf.real(signal(n));
    const half = gf.spectral.rfft(x);
    expect(half.shape).toEqual([Math.floor(n / 2) + 1]);
    const whole = gf.slice(gf.spectral.fft(x), [0], [Math.floor(n / 2) + 1]);
    expect(gf.max(gf.abs(gf.sub(half, whole))).item()).toBe(0);
    if (n % 2 === 0) expect(gf.max(gf.abs(gf.sub(gf.spectral.irfft(half), x))).item()).toBeLessThan(1e-6);
  });

  it("cut and pad to fftLength", () => {
    expect(gf.spectral.rfft([[1, 2, 3]], 2).arraySync()).toEqual([[3, 0, -1, 0]]);
    expect(gf.spectral.rfft([[1, 2, 3]], 4).arraySync()).toEqual([[6, 0, -2, -2, 2, 0]]);
  });

  it("have gradients: of the energy, by Parseval, n times the signal, compiled and not", () => {
    const energy = (x: gf.Tensor): gf.Tensor => gf.sum(gf.square(gf.abs(gf.spectral.fft(x))));
    const x = gf.tensor1d([1, -2, 3, 0.5, 2]);
    const eager = gf.grad(energy)(x);
    expect(eager.dtype).toBe("float32");
    const compiled = gf.graphFunction((t: gf.Tensor) => gf.grad(energy)(t))(x);
    for (const dx of [eager, compiled]) {
      for (const [i, v] of dx.dataSync().entries()) expect(v).toBeCloseTo(10 * (x.dataSync()[i] as number), 3);
    }
    const through = gf.grad((t: gf.Tensor) => gf.sum(gf.mul(gf.spectral.irfft(gf.spectral.rfft(t)), [1, 2, 3, 4])))(
      gf.tensor1d([1, 2, 3, 4]),
    );
    for (const [i, v] of through.dataSync().entries()) expect(v).toBeCloseTo(i + 1, 4);
  });
});

describe("signal", () => {
  it("windows are cosines; a window of one element is 1", () => {
    expect([...gf.signal.hannWindow(4).dataSync()]).toEqual([0, 0.5, 1, 0.5]);
    expect([...gf.signal.hammingWindow(3).dataSync()].map((v) => Math.round(v * 100) / 100)).toEqual([0.08, 1, 0.08]);
    expect([...gf.signal.hannWindow(1).dataSync()]).toEqual([1]);
    expect(gf.signal.hannWindow(0).shape).toEqual([0]);
    expect(() => gf.signal.hannWindow(-1)).toThrow(/E_ARGUMENT/);
  });

  it("frames overlap, keep their dtype and are padded at the end", () => {
    expect(gf.signal.frame([1, 2, 3, 4, 5], 3, 2).arraySync()).toEqual([
      [1, 2, 3],
      [3, 4, 5],
    ]);
    expect(gf.signal.frame([1, 2, 3, 4, 5], 4, 2, true, 9).arraySync()).toEqual([
      [1, 2, 3, 4],
      [3, 4, 5, 9],
      [5, 9, 9, 9],
    ]);
    expect(gf.signal.frame(new Int32Array([1, 2]), 3, 1).dtype).toBe("int32");
    expect(gf.signal.frame([1, 2], 3, 1).shape).toEqual([0, 3]);
    expect(() => gf.signal.frame([1, 2], 1, 0)).toThrow(/E_ARGUMENT/);
    expect(() => gf.signal.frame([[1, 2]], 1, 1)).toThrow(/E_SHAPE/);
  });

  it("stft is rfft of windowed frames", () => {
    const x = gf.real(signal(50));
    const y = gf.signal.stft(x, 10, 5);
    expect([y.dtype, y.shape]).toEqual(["complex64", [9, 9]]);
    const frame = gf.slice(x, [15], [10]);
    const one = gf.spectral.rfft(gf.mul(frame, gf.signal.hannWindow(10)), 16);
    expect(gf.max(gf.abs(gf.sub(gf.slice(y, [3, 0], [1, 9]), one))).item()).toBeLessThan(1e-6);
  });
});
