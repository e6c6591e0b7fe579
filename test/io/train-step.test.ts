/** A step of training saved as a function: gradients through a loop, state of an optimizer. */
import * as gf from "graphfn";
import { expect, it } from "vitest";
import { folder } from "./files.ts";

const w = gf.variable(gf.scalar(0.9), true, "w");
const optimizer = gf.train.adam(0.05);

/** @graphFunction */
export function trainStep(x: gf.Tensor, times: gf.Tensor): gf.Tensor {
  return optimizer.minimize(
    () => {
      let y = x;
      for (let i: gf.Tensor = 0; i < times; i += 1) y = y * w;
      return (y - 1).square();
    },
    true,
    [w],
  )!;
}

it("a loaded step of training goes on as the saved one", async () => {
  const args = [gf.scalar(2), gf.scalar(5, "int32")] as const;
  trainStep(...args);
  const place = folder();
  await trainStep.save(place, ...args);
  const loaded = await gf.loadFunction<(x: gf.Tensor, times: gf.Tensor) => gf.Tensor>(place);
  const losses = Array.from({ length: 5 }, () => [trainStep(...args), loaded(...args)].map((t) => t.arraySync()));
  for (const [a, b] of losses) expect(b).toBe(a);
  expect(losses[4]![0]).not.toBe(losses[0]![0]);
  expect(loaded.variables.find((v) => v.name === "w")!.arraySync()).toBe(w.arraySync());
});
