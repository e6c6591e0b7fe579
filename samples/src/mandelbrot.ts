/** Mandelbrot 512×512: a whole-array `while` with a mask, written as a picture. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { encode } from "fast-png";
import * as gf from "graphfn";
import type { Plain, Sample } from "./sample.ts";

/** Iterations until |z| > 2, at most `limit`, for c = cx + i·cy over a whole array. */
export const mandelbrot = gf.graphFunction((cx: gf.Tensor, cy: gf.Tensor, limit: gf.Tensor): gf.Tensor => {
  let x = gf.zerosLike(cx);
  let y = gf.zerosLike(cx);
  let count = gf.zerosLike(cx);
  let alive = gf.ones(cx.shape, "bool");
  let i: gf.Tensor = 0;
  while (i < limit && alive.any()) {
    const nextX = x * x - y * y + cx;
    const nextY = 2 * x * y + cy;
    x = gf.where(alive, nextX, x);
    y = gf.where(alive, nextY, y);
    count = count + alive.cast(count.dtype);
    alive = x * x + y * y <= 4;
    i++;
  }
  return count;
});

/** The plane [-2, 0.5] × [-1.25, 1.25] as two arrays of size × size. */
export function plane(size: number, dtype: "float32" | "float64" = "float32"): [gf.Tensor, gf.Tensor] {
  const re = gf.linspace(-2, 0.5, size).cast(dtype).reshape([1, size]);
  const im = gf.linspace(-1.25, 1.25, size).cast(dtype).reshape([size, 1]);
  const ones = gf.ones([size, size], dtype);
  return [ones.mul(re), ones.mul(im)];
}

/** Counts as an RGB picture: dark inside, from blue over white to gold outside. */
export function paint(counts: ArrayLike<number>, size: number, limit: number): Uint8Array {
  const rgb = new Uint8Array(size * size * 3);
  for (let p = 0; p < size * size; p++) {
    const n = counts[p] as number;
    if (n >= limit) continue;
    const t = Math.sqrt(n / limit);
    const wave = (phase: number): number => Math.round(255 * (0.5 - 0.5 * Math.cos(Math.PI * (2.4 * t + phase))));
    rgb.set([wave(0.05), wave(0.25), wave(0.55)], p * 3);
  }
  return encode({ width: size, height: size, data: rgb, channels: 3, depth: 8 });
}

export function main(folder = "."): void {
  const size = 512;
  const limit = 200;
  const [cx, cy] = plane(size);
  const counts = mandelbrot(cx, cy, gf.scalar(limit, "int32"));
  const file = path.join(folder, "mandelbrot.png");
  writeFileSync(file, paint(counts.dataSync(), size, limit));
  console.log(`wrote ${file}; ${counts.sum().item()} iterations in all`);
}

/** The same for one point in plain JavaScript. */
function point(cx: number, cy: number, limit: number): number {
  let x = 0;
  let y = 0;
  let count = 0;
  while (count < limit) {
    [x, y] = [x * x - y * y + cx, 2 * x * y + cy];
    count++;
    if (!(x * x + y * y <= 4)) break;
  }
  return count;
}

export const sample: Sample = {
  title: "Mandelbrot as a masked whole-array while",
  fn: mandelbrot,
  inputs: [
    [[-2, -1, -0.5, 0, 0.3, 0.5], [0, 0.3, 0.5, 1, 0.5, -1.2], 50],
    [[0.4, 1, 2], [0, 0, 0], 0],
  ],
  dtype: "float64",
  plain: (cx, cy, limit): Plain =>
    (cx as readonly number[]).map((re, p) => point(re, (cy as readonly number[])[p] as number, limit as number)),
  tolerance: 0,
};
