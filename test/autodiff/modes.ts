/** The ways to take a gradient of a marked function, which must agree: a tape around an eager run, the tape in a graph, a compiled call under a tape. */
import * as gf from "graphfn";
import { expect } from "vitest";

export type OfOne = (x: gf.Tensor) => gf.Tensor;

export const f64 = (x: number | number[]): gf.Tensor => gf.tensor(x, undefined, "float64");
export const numbers = (t: gf.Tensor): number[] => [...(t.dataSync() as Float64Array)];

export const gradient = (f: OfOne): OfOne => {
  return (x) => gf.grad(f)(x);
};

/** The second derivatives of f in a direction. */
export const secondAlong = (f: OfOne, direction: readonly number[]): OfOne => {
  return (x) =>
    gf.grad((y) =>
      gf
        .grad(f)(y)
        .mul(f64([...direction]))
        .sum(),
    )(x);
};

/** What `derivative` gives in an eager run, after all other ways gave the same; `refused`: or threw what this accepts. */
export function agreed(derivative: OfOne, x: gf.Tensor, digits: number, refused?: (error: unknown) => void): number[] {
  gf.runFunctionsEagerly(true);
  let eager: number[];
  try {
    eager = numbers(derivative(x));
  } finally {
    gf.runFunctionsEagerly(false);
  }
  for (const staged of [gf.graphFunction(derivative), derivative]) {
    let found: number[];
    try {
      found = numbers(staged(x));
    } catch (error) {
      if (refused === undefined) throw error;
      refused(error);
      continue;
    }
    expect(found).toHaveLength(eager.length);
    // What is summed in another order differs in the last bit.
    for (const [i, g] of found.entries()) expect(g).toBeCloseTo(eager[i] as number, digits);
  }
  return eager;
}

/** The gradient of f at `values` is the same in all ways, and central differences of f. */
export function expectGradient(
  f: OfOne,
  values: readonly number[],
  { close, same }: { readonly close: number; readonly same: number },
): void {
  const found = agreed(gradient(f), f64([...values]), same);
  for (const [i, g] of found.entries()) {
    const at = (h: number): number => numbers(f(f64(values.map((v, k) => (k === i ? v + h : v)))))[0] as number;
    expect(g).toBeCloseTo((at(1e-6) - at(-1e-6)) / 2e-6, close);
  }
}
