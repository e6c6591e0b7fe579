/**
 * Where a planet stands, and how that depends on the orbit: a gradient through Newton's method. The loop runs until it has the root,
 * so its length is known only when it runs; the gradient goes back through as many rounds.
 */
import * as gf from "graphfn";
import type { Sample } from "./sample.ts";

/** The eccentric anomaly E of Kepler's equation E − e·sin E = M. */
/** @graphFunction */
export function anomaly(M: gf.Tensor, e: gf.Tensor): gf.Tensor {
  let E: gf.Tensor = e > 0.8 ? Math.PI : M;
  for (;;) {
    const step = (E - e * gf.sin(E) - M) / (1 - e * gf.cos(E));
    E = E - step;
    if (gf.abs(step) < 1e-11) break;
  }
  return E;
}

/** [E, ∂E/∂M, ∂E/∂e] */
/** @graphFunction */
export function sensitivity(M: gf.Tensor, e: gf.Tensor): gf.Tensor {
  const { value, grads } = gf.valueAndGrads(anomaly)([M, e]);
  return gf.stack([value, ...grads]);
}

/**
 * The same from mathematics: bisection for the root, the implicit function theorem for the derivatives. On the curve
 * F(E, M, e) = E − e·sin E − M = 0, dE = −(∂F/∂M dM + ∂F/∂e de) / (∂F/∂E).
 */
function byTheory(M: number, e: number): number[] {
  let [low, high] = [M - 1, M + 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (middle - e * Math.sin(middle) < M) low = middle;
    else high = middle;
  }
  const slope = 1 - e * Math.cos(low);
  return [low, 1 / slope, Math.sin(low) / slope];
}

export function main(): void {
  for (const e of [0.0167, 0.2056, 0.9671]) {
    const [E, byM, byE] = sensitivity(gf.scalar(1, "float64"), gf.scalar(e, "float64")).arraySync() as number[];
    const theory = byTheory(1, e);
    console.log(`e = ${e}: E = ${E?.toFixed(10)}, dE/dM = ${byM?.toFixed(10)}, dE/de = ${byE?.toFixed(10)}`);
    console.log(`  by the implicit function theorem      ${theory[1]?.toFixed(10)},         ${theory[2]?.toFixed(10)}`);
  }
}

export const sample: Sample = {
  title: "Kepler's equation: the gradient through Newton's method",
  fn: sensitivity,
  inputs: [
    [1, 0.0167],
    [1, 0.2056],
    [0.3, 0.9671],
    [3, 0.9],
    [-2, 0.5],
    [0.01, 0.7],
  ],
  dtype: "float64",
  plain: byTheory as Sample["plain"] & object,
  tolerance: 1e-12,
};
