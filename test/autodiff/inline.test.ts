/** Graphs written into a trace: their values and stacks are those of no other. */
import { expect, it } from "vitest";
import "../../runtime/src/ops/index.ts";
import { inlineRegion } from "../../runtime/src/autodiff/inline.ts";
import type { Tensor } from "../../runtime/src/core/tensor.ts";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { verifyGraph } from "../../runtime/src/ir/verify.ts";
import { GraphTracer } from "../../runtime/src/trace/tracer.ts";

it("a graph with a stack, written twice, has two stacks", () => {
  const graph = parseGraph(`graph g(%0: f32) {
    push 0 %0
    %1: f32 = neg %0
    %2: f32 = pop 0
    %3: f32 = mul %1, %2
    return %3
  }`);
  const t = new GraphTracer("f.ts", (x) => x);
  const x = t.param(t.root, { dtype: "float32", shape: [] }, "x");
  const inline = (args: readonly Tensor[]) =>
    inlineRegion(t, graph.body, args, () => {
      throw new Error("nothing comes from outside");
    });
  const twice = t.resume(t.root, () => inline(inline([x])).map((y) => t.valueOf(y)));
  const written = t.finish("twice", twice);
  verifyGraph(written);
  expect(printGraph(written, { renumber: true }).split("\n").slice(1)).toEqual([
    "  push 0 %x.0",
    "  %1: f32 = neg %x.0",
    "  %2: f32 = pop 0",
    "  %3: f32 = mul %1, %2",
    "  push 1 %3",
    "  %4: f32 = neg %3",
    "  %5: f32 = pop 1",
    "  %6: f32 = mul %4, %5",
    "  return %6",
    "}",
  ]);
});
