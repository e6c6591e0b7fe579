/** Variables and gradients in emitted code, against values that were derived by hand. */
import * as gf from "graphfn";
import { afterEach, expect, it } from "vitest";
import { descend, slopes } from "../transform/samples/training/input.ts";

afterEach(() => gf.runFunctionsEagerly(false));

const f64 = (value: number): gf.Tensor => gf.scalar(value, "float64");

it("variables keep the order of the program", () => {
  // 3 → 1.5 (one step) → 0.75 (ten steps).
  expect(descend(f64(1)).item()).toBe(300 + 7.5 + 11);
  expect(descend(f64(1)).item()).toBe(75 + 7.5 + 11);
});

it.each([{ eagerly: false }, { eagerly: true }])("gradients of branches and loops", ({ eagerly }) => {
  gf.runFunctionsEagerly(eagerly);
  const at = (x: number): number[] => slopes(f64(x)).map((slope) => slope.item() as number);
  expect(at(0)).toEqual([1, 1, 0]);
  expect(at(0.5)).toEqual([2, 1, 0]);
  expect(at(5)).toEqual([0.2, 0.125, 0]);
  // 10 → x / 16 · x, so the slope is x / 8.
  expect(at(10)).toEqual([0.1, 1.25, 0.125]);
});
