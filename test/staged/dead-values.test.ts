/** Variables that a branch assigns and nobody reads before they are assigned anew have no value in between, and need none. */
import * as gf from "graphfn";
import { expect, test } from "vitest";

test("a do-while overwrites what a branch assigned", () => {
  const f = gf.graphFunction((x: gf.Tensor, s: gf.Tensor): gf.Tensor => {
    if (s < 2) x = x.mul(3);
    let c: gf.Tensor = 0;
    do {
      c++;
      x = gf.stack([s, c < 2 ? s * s : s]);
    } while (c < 4 && !(x.sum() > 9));
    return x;
  });
  const x = gf.tensor([1, 2]);
  expect([...f(x, gf.scalar(0.5)).dataSync()]).toEqual([0.5, 0.5]);
  expect([...f(x, gf.scalar(3)).dataSync()]).toEqual([3, 9]);
});
