/** Members of marked declarations are there from the module's first statement on. */
import type * as graphs from "graphfn";
import * as gf from "graphfn";
import { expect, test } from "vitest";

const early = (twice as unknown as gf.GraphMembers).graph(gf.scalar(1)).name;

/** @graphFunction */
function twice(x: graphs.Tensor): graphs.Tensor {
  return x * 2;
}

test("explain, graph and save before the declaration is reached", () => {
  expect(early).toBe("twice");
  expect((twice as unknown as gf.GraphMembers).traces).toBe(1);
  expect(twice(gf.scalar(4)).dataSync()[0]).toBe(8);
});
