/** x² + 2x + 1: eager with methods, and the same as a graph function with operators; the time of each. */
import * as gf from "graphfn";
import type { Sample } from "./sample.ts";

export function eager(x: gf.Tensor): gf.Tensor {
  return x.square().add(x.mul(2)).add(1);
}

export const polynomial = gf.graphFunction((x: gf.Tensor): gf.Tensor => x ** 2 + 2 * x + 1);

export function main(): void {
  const x = gf.tensor([1, 2, 3]);
  eager(x).print();
  polynomial(x).print();
  const time = (f: (x: gf.Tensor) => gf.Tensor): number => {
    const runs = 20_000;
    for (let i = 0; i < runs; i++) f(x).dispose();
    const start = process.hrtime.bigint();
    for (let i = 0; i < runs; i++) f(x).dispose();
    return Number(process.hrtime.bigint() - start) / runs;
  };
  console.log(`eager ${time(eager).toFixed(0)} ns per call, graph ${time(polynomial).toFixed(0)} ns per call`);
}

export const sample: Sample = {
  title: "The polynomial x² + 2x + 1",
  fn: polynomial,
  inputs: [[3], [-1], [0.5]],
  dtype: "float32",
  forms: { methods: eager },
  tolerance: 0,
};
