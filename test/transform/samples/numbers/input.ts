import * as gf from "graphfn";

/** Numbers that only meet tensors: one trace for all of them. */
/** @graphFunction */
export function step(w: gf.Tensor, g: gf.Tensor, rate: number, decay = 0.5): gf.Tensor {
  const shrunk = rate / (1 + decay);
  return w - g * shrunk - w * -decay * decay ** 2;
}

interface Options {
  rate: number;
  limit?: number;
}

/** Out of objects and arrays. */
/** @graphFunction */
export function limited(x: gf.Tensor, { rate, limit = 4 }: Options, [low, high]: [number, number]): gf.Tensor {
  let moved = x * rate;
  if (moved > limit) moved -= limit;
  return x > 0 ? moved + low : high;
}

/** Where methods and functions take a tensor. */
/** @graphFunction */
export function methods(x: gf.Tensor, k: number, axis: number): gf.Tensor {
  x[0] = k;
  return gf.maximum(x.mul(k + 1), -k).sum(axis);
}

interface Settings {
  readonly rate: number;
  readonly inner: { readonly scale: number; readonly name: string };
  readonly rounds: number;
}

/** Out of an object that is read field by field. */
/** @graphFunction */
export function settings(x: gf.Tensor, options: Settings): gf.Tensor {
  for (let i = 0; i < options.rounds; i++) x = x * options.rate;
  const { scale } = options.inner;
  return x - options.inner.scale / 2 + scale;
}

/** @graphFunction */
export function fields(x: gf.Tensor, options: Settings): gf.Tensor {
  const half = options.inner.scale / 2;
  const twice = (y: gf.Tensor): gf.Tensor => y * options.rate * 2;
  return twice(x) - half;
}

function moved(x: gf.Tensor, rate: number, steps: number): gf.Tensor {
  for (let i = 0; i < steps; i++) x = x.sub(scaled(x, rate * 2));
  return x;
}

const scaled = (x: gf.Tensor, by: number): gf.Tensor => x.mul(by / 4);

/** Passed on to functions that need them as little. */
/** @graphFunction */
export function passed(x: gf.Tensor, rate: number, steps: number): gf.Tensor {
  return step(moved(x, rate / 3, steps), x, rate);
}

/** Numbers that JavaScript needs: one trace per value. */
/** @graphFunction */
export function plain(x: gf.Tensor, times: number, mode: number, at: number, bias: number, scale: number): gf.Tensor {
  for (let i = 0; i < times; i++) x = x * (scale + i);
  if (mode > 1) x = -x;
  bias += 1;
  return x * x[at] + bias;
}

export const each = gf.graphFunction((xs: gf.Tensor[], k: number, n: number) => ({ scaled: xs.map((x) => x * k), n: n * 2 }));

export const runs = {
  step: [2, 0.5, -1].flatMap((rate) => [
    [8, 3, { fixed: rate }],
    [8, 3, { fixed: rate }, { fixed: rate * 2 }],
  ]),
  settings: [2, 0.5].map((rate) => [3, { fixed: { rate, inner: { scale: rate * 7, name: "a" }, rounds: 2 } }]),
  fields: [2, 0.5].map((rate) => [3, { fixed: { rate, inner: { scale: rate * 7, name: "a" }, rounds: 2 } }]),
  passed: [2, 0.5, -1].map((rate) => [3, { fixed: rate }, { fixed: 2 }]),
  limited: [2, 0.5, -1].flatMap((rate) => [
    [3, { rate }, { fixed: [rate, 7] }],
    [-3, { rate, limit: 1 }, { fixed: [0, 1] }],
  ]),
};
