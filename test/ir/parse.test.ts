import { describe, expect, it } from "vitest";
import { toDot } from "../../runtime/src/ir/dot.ts";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { verifyGraph } from "../../runtime/src/ir/verify.ts";
import { optimize } from "../../runtime/src/passes/pipeline.ts";

const TEXT = `graph "two words"(%x.0: f32, %1: f32[2,N], %"a b".2: i32*) {
  %3: f64[2,2] = const [-0, NaN, -Infinity, 1e-7]
  %4: f32[12] = const [0.1, 0.2, 16777216, 3.4028235e+38, 1e-45, 0, 0, 0, 0, 0, 0, 1]
  %5: bool = const true
  %6: bool[2] = const [true, false]
  %"the result".7: f32, %8: f32[0] = cond %5 {
    %9: f32[0] = const []
    yield %x.0, %9
  } else {
    %10: f32[0] = slice %4 {begin=[3], size=[0]}
    print warn %x.0, %"a b".2 ["x \\"is\\"", 0, 1, "]"]
    yield %x.0, %10
  }
  %i[0].13: i32* = while (%i[0].11: i32* = %"a b".2) {
    %12: bool = less %i[0].11, %"a b".2
    yield %12
  } do (%14: i32*) {
    yield %14
  }
  %17: f32 = for %k.15: i32 = %i[0].13 to %"a b".2 step %"a b".2 (%16: f32 = %x.0) {
    yield %16
  }
  print log ["no operands"]
  %18: f32[2,3] = oneHot %"a b".2 {depth=3, onValue=-0, offValue=Infinity, dtype="float32"}
  return %17, %8, %1
}`;

const TRAINING = `graph step(%x.0: f32, var %w.1: f32, var %lr.2: f32) {
  push 3 %x.0
  %3: f32 = pop 3
  %4: f32 = mul %w.1, %3
  %6: f32 = customGrad %4 by %w.1 (%5: f32) {
    %7: f32 = mul %5, %lr.2
    yield %7
  }
  return %6, %w.1 := %4
}`;

const RECURSIVE = `graph f(%x.0: f32[3], %n.1: i32) {
  define 0 sum (%k.2: i32, %t.3: f32[?0]) gives (f32, i32) depth 20 {
    %4: bool = equal %k.2, %n.1
    %9: f32, %10: i32 = cond %4 {
      %5: f32 = sum %x.0 {axes=[0], keepDims=false}
      yield %5, %k.2
    } else {
      %6: i32 = add %k.2, %n.1
      %7: f32, %8: i32 = call 0 %6, %t.3
      yield %7, %8
    }
    yield %9, %10
  }
  %11: f32, %12: i32 = call 0 %n.1, %x.0
  return %11, %12
}`;

describe("parseGraph", () => {
  it("reads functions that call themselves, within which values from outside are at hand", () => {
    const graph = parseGraph(RECURSIVE);
    verifyGraph(graph);
    expect(printGraph(graph)).toBe(RECURSIVE);
    const { graph: optimized } = optimize(graph, { verify: true });
    expect(printGraph(optimized)).toBe(RECURSIVE);
    expect(toDot(graph)).toContain('label="sum"');
  });

  it("calls stand where their function is defined, and agree with it", () => {
    const elsewhere = RECURSIVE.replace("return %11", "%13: f32, %14: i32 = call 1 %n.1, %x.0\n  return %11");
    expect(() => verifyGraph(parseGraph(elsewhere))).toThrow("function 1 is not defined here");
    const other = RECURSIVE.replace("%11: f32, %12: i32 = call 0 %n.1, %x.0", "%11: f32, %12: i32 = call 0 %n.1, %n.1");
    expect(() => verifyGraph(parseGraph(other))).toThrow("operand of the call %n.1 is i32, but the parameter of the function is f32[?0]");
  });

  it("reads variables, stacks and gradients", () => {
    const graph = parseGraph(TRAINING);
    verifyGraph(graph);
    expect(printGraph(graph)).toBe(TRAINING);
    expect(graph.variables).toEqual([
      { param: 1, result: 1 },
      { param: 2, result: null },
    ]);
  });

  it("reads back what the printer writes", () => {
    const text = TEXT.replace(/ {2}%18.*\n/, "");
    const graph = parseGraph(text);
    verifyGraph(graph);
    expect(printGraph(graph, { data: "full" })).toBe(text);
    expect(graph.body.params[2]).toEqual({ id: 2, name: "a b", type: { dtype: "int32", shape: [], weak: true } });
    expect(graph.body.params[1]?.type.shape).toEqual([2, { sym: "N" }]);
  });

  it("reads attributes of all kinds", () => {
    expect(printGraph(parseGraph(TEXT), { data: "full" })).toBe(TEXT);
  });

  it("skips comments and does not ask for a layout", () => {
    const graph = parseGraph("// one\ngraph f ( %0:f32 ) { %1 : f32 = neg %0 // two\n return %1 }\n// three\n");
    expect(printGraph(graph)).toBe("graph f(%0: f32) {\n  %1: f32 = neg %0\n  return %1\n}");
  });

  it.each([
    ["an unknown value", "graph f() {\n  return %3\n}", "line 2: %3 stands in place of a value that is defined above"],
    ["an unknown op", "graph f(%0: f32) {\n  %1: f32 = negate %0\n  return %1\n}", "an op, not negate"],
    ["an unknown dtype", "graph f(%0: f16) {\n  return %0\n}", "a dtype: one of bool, u8, i32, i64, f32, f64"],
    ["an abbreviated constant", "graph f() {\n  %0: f32[9] = const [1, 2, … 9 elements]\n  return %0\n}", "line 2: … stands in place of"],
    ["a constant of the wrong length", "graph f() {\n  %0: f32[2] = const [1]\n  return %0\n}", "2 elements"],
    ["a cut text", "graph f(%0: f32) {\n", "line 2: the end stands in place of"],
    [
      "a value out of scope",
      "graph f(%0: bool) {\n  cond %0 {\n    %1: f32 = const 1\n    yield\n  } else {\n    yield\n  }\n  return %1\n}",
      "outside the region",
    ],
  ])("refuses %s", (_, text, message) => {
    expect(() => verifyGraph(parseGraph(text))).toThrow(message);
  });
});
