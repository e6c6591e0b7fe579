/** Which ops are fused, and which are not. What fused ops compute: test/native/fused.test.ts and random graphs. */
import { describe, expect, it } from "vitest";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import "../../runtime/src/ops/index.ts";
import { buildPlan } from "../../runtime/src/plan/build.ts";
import { patternOf } from "../../runtime/src/plan/pattern.ts";
import { showPlan } from "../../runtime/src/plan/show.ts";
import { checkPlan } from "../support/check-plan.ts";

/** Ops by step: "mul+add" are fused. */
function stepsOf(text: string): string[] {
  const plan = buildPlan(parseGraph(text));
  expect(checkPlan(plan)).toEqual([]);
  // Scalars are copied to their outputs.
  const steps = plan.steps.filter(({ kind }) => kind !== "copy");
  return steps.map((step) => (step.kind === "op" ? step.op : step.kind === "fused" ? step.ops.map(({ op }) => op).join("+") : step.kind));
}

const graph = (params: string, body: readonly string[], results: string) =>
  `graph f(${params}) {\n${body.map((line) => `  ${line}\n`).join("")}  return ${results}\n}`;

describe("fused are", () => {
  it("ops of one shape, though others stand between them", () => {
    const body = ["%2: f32[8] = mul %x.0, %x.0", "%3: f32 = sum %x.0 {axes=[0], keepDims=false}", "%4: f32[8] = add %2, %x.0"];
    expect(stepsOf(graph("%x.0: f32[8]", body, "%4, %3"))).toEqual(["sum", "mul+add"]);
  });

  it("not an op whose result is wanted before", () => {
    const body = [
      "%2: f32[8] = mul %x.0, %x.0",
      "%3: f32 = sum %2 {axes=[0], keepDims=false}",
      "%4: f32[8] = add %2, %3",
      "%5: f32[8] = tanh %4",
    ];
    expect(stepsOf(graph("%x.0: f32[8]", body, "%5"))).toEqual(["mul", "sum", "add+tanh"]);
  });

  it("ops of several dtypes, with selections and casts", () => {
    const body = [
      "%2: bool[8] = less %x.0, %y.1",
      "%3: f32[8] = where %2, %x.0, %y.1",
      '%4: f64[8] = cast %3 {dtype="float64"}',
      "%5: f64[8] = sin %4",
    ];
    expect(stepsOf(graph("%x.0: f32[8], %y.1: f32[8]", body, "%5"))).toEqual(["less+where+cast+sin"]);
  });

  it("ops with operands that are repeated along rows and columns, not across", () => {
    const normalize = ["%3: f32[4,8] = sub %x.0, %m.1", "%4: f32[4,8] = mul %3, %g.2", "%5: f32[4,8] = relu %4"];
    expect(stepsOf(graph("%x.0: f32[4,8], %m.1: f32[4,1], %g.2: f32[8]", normalize, "%5"))).toEqual(["sub+mul+relu"]);
    const across = ["%2: f32[3,4,5] = sub %x.0, %y.1", "%3: f32[3,4,5] = relu %2", "%4: f32[3,4,5] = tanh %3"];
    expect(stepsOf(graph("%x.0: f32[3,4,5], %y.1: f32[3,1,5]", across, "%4"))).toEqual(["sub", "relu+tanh"]);
  });

  it("not ops that may fail, and not those on scalars", () => {
    const body = [
      "%2: i32[8] = floorDiv %x.0, %x.0",
      "%3: i32[8] = add %2, %x.0",
      "%4: i32[8] = neg %3",
      "%5: i32 = add %n.1, %n.1",
      "%6: i32 = neg %5",
    ];
    expect(stepsOf(graph("%x.0: i32[8], %n.1: i32", body, "%4, %6"))).toEqual(["floorDiv", "add", "neg", "add+neg"]);
  });

  it("not ops on more than the caches hold", () => {
    const steps = (n: number) => {
      const body = [`%1: f32[${n}] = mul %x.0, %x.0`, `%2: f32[${n}] = add %1, %x.0`];
      return stepsOf(graph(`%x.0: f32[${n}]`, body, "%2"));
    };
    expect([steps(1 << 20), steps(1 << 21)]).toEqual([["mul+add"], ["mul", "add"]]);
  });

  it("ops inside of a loop, not across its edge", () => {
    const text = `graph f(%x.0: f32[8], %n.1: i32) {
      %2: i32 = const 0
      %3: f32[8] = tanh %x.0
      %4: i32, %5: f32[8] = while (%6: i32 = %2, %7: f32[8] = %3) {
        %8: bool = less %6, %n.1
        yield %8
      } do (%9: i32, %10: f32[8]) {
        %11: f32[8] = mul %10, %x.0
        %12: f32[8] = add %11, %10
        %13: i32 = const 1
        %14: i32 = add %9, %13
        yield %14, %12
      }
      %15: f32[8] = sin %5
      return %15
    }`;
    expect(stepsOf(text).filter((step) => /[a-z]{3}/.test(step))).toEqual(["tanh", "jump", "add", "mul+add", "less", "when", "sin"]);
  });
});

describe("rows", () => {
  const last = "{axes=[1], keepDims=true}";
  const all = "{axes=[0,1], keepDims=false}";
  const x = "%x.0: f32[40,50]";
  it("of layer norm and softmax are one group", () => {
    const norm = [
      `%1: f32[40,1] = mean %x.0 ${last}`,
      "%2: f32[40,50] = sub %x.0, %1",
      "%3: f32[40,50] = square %2",
      `%4: f32[40,1] = mean %3 ${last}`,
      "%5: f32[40,1] = rsqrt %4",
      "%6: f32[40,50] = mul %2, %5",
    ];
    expect(stepsOf(graph(x, norm, "%6"))).toEqual(["mean+sub+square+mean+rsqrt+mul"]);
    const entropy = [
      "%2: f32[40,50] = logSoftmax %x.0",
      "%3: f32[40,50] = mul %2, %y.1",
      "%4: f32[40] = sum %3 {axes=[1], keepDims=false}",
    ];
    expect(stepsOf(graph(`${x}, %y.1: f32[40,50]`, [...entropy, "%5: f32[40] = neg %4"], "%5"))).toEqual(["logSoftmax+mul+sum+neg"]);
  });

  it("may be all of it, with several reductions; nothing that ends in one is stored", () => {
    const body = ["%1: f32[40,50] = sub %x.0, %y.1", "%2: f32[40,50] = square %1", `%3: f32 = mean %2 ${all}`, `%4: f32 = max %1 ${all}`];
    const plan = buildPlan(parseGraph(graph(`${x}, %y.1: f32[40,50]`, body, "%3, %4")));
    expect(plan.steps.filter(({ kind }) => kind !== "copy").length).toBe(1);
    expect(plan.arenaBytes).toBe(64);
  });

  it("have one length, and lie along the last axes", () => {
    const twice = ["%1: f32[40,50] = sin %x.0", `%2: f32[40,1] = sum %1 ${last}`, `%3: f32 = sum %1 ${all}`];
    expect(stepsOf(graph(x, twice, "%2, %3"))).toEqual(["sin+sum", "sum"]);
    const first = ["%1: f32[40,50] = sin %x.0", "%2: f32[50] = sum %1 {axes=[0], keepDims=false}"];
    expect(stepsOf(graph(x, first, "%2"))).toEqual(["sin", "sum"]);
    const ones = ["%1: f32[90,1] = sin %x.0", `%2: f32[90,1] = sum %1 ${last}`];
    expect(stepsOf(graph("%x.0: f32[90,1]", ones, "%2"))).toEqual(["sin", "sum"]);
  });

  it("are not gone over again where they are long", () => {
    const body = (n: number) => [
      `%1: f32[2,${n}] = sin %x.0`,
      `%2: f32[2,1] = sum %1 ${last}`,
      `%3: f32[2,${n}] = mul %1, %2`,
      `%4: f32[2,1] = max %3 ${last}`,
    ];
    expect(stepsOf(graph("%x.0: f32[2,8192]", body(8192), "%4"))).toEqual(["sin+sum+mul+max"]);
    expect(stepsOf(graph("%x.0: f32[2,8193]", body(8193), "%4"))).toEqual(["sin+sum", "mul+max"]);
  });

  it("stand for columns, not for the last axis of a square", () => {
    const square = ["%1: f32[50,50] = sin %x.0", "%2: f32[50] = sum %1 {axes=[1], keepDims=false}", "%3: f32[50,50] = mul %1, %2"];
    expect(stepsOf(graph("%x.0: f32[50,50]", square, "%3"))).toEqual(["sin+sum", "mul"]);
  });

  it("do not go through groups whose operands are repeated in other ways", () => {
    const body = ["%2: f32[4,20,50] = mul %x.0, %y.1", `%3: f32[4,20,1] = sum %2 {axes=[2], keepDims=true}`];
    expect(stepsOf(graph("%x.0: f32[4,20,50], %y.1: f32[20,50]", body, "%3"))).toEqual(["mul", "sum"]);
    expect(stepsOf(graph("%x.0: f32[4,20,50], %y.1: f32[50]", body, "%3"))).toEqual(["mul+sum"]);
  });

  it("are left alone in small arrays, which compiled code has in registers", () => {
    const body = (n: number) => [`%1: f32[${n}] = sin %x.0`, `%2: f32 = sum %1 {axes=[0], keepDims=false}`];
    expect(stepsOf(graph("%x.0: f32[64]", body(64), "%2"))).toEqual(["sin", "sum"]);
    expect(stepsOf(graph("%x.0: f32[65]", body(65), "%2"))).toEqual(["sin+sum"]);
  });
});

describe("memory", () => {
  it("values inside have none, and the result takes that of an operand that ends", () => {
    const body = ["%1: f32[100] = exp %x.0", "%2: f32[100] = add %1, %x.0", "%3: f32[100] = mul %2, %1", "%4: f32[100] = sub %3, %2"];
    const plan = buildPlan(parseGraph(graph("%x.0: f32[100]", body, "%4")));
    expect(plan.arenaBytes).toBe(0);
    // The input, the output, and the result, which is computed there.
    expect(plan.buffers.length).toBe(3);
  });

  it("a result does not lie over an operand that a later op reads", () => {
    const body = [
      "%1: f32[60] = sin %x.0",
      "%2: f32 = sum %1 {axes=[0], keepDims=false}",
      "%3: f32[60] = mul %1, %2",
      "%4: f32[60] = add %3, %1",
    ];
    const text = graph("%x.0: f32[60]", [...body, "%5: f32 = sum %3 {axes=[0], keepDims=false}"], "%4, %5");
    const plan = buildPlan(parseGraph(text));
    expect(checkPlan(plan)).toEqual([]);
    expect(showPlan(plan)).toMatch(/fused\(.*in place/);
  });
});

it("patterns", () => {
  expect(patternOf([4, 8], [])).toEqual({ kind: "one", period: 1 });
  expect(patternOf([4, 8], [1, 1])?.kind).toBe("one");
  expect(patternOf([4, 8], [4, 8])?.kind).toBe("full");
  expect(patternOf([4, 8], [8])).toEqual({ kind: "row", period: 8 });
  expect(patternOf([4, 2, 8], [2, 8])).toEqual({ kind: "row", period: 16 });
  expect(patternOf([4, 8], [4, 1])).toEqual({ kind: "column", period: 8 });
  expect(patternOf([4, 2, 8], [4, 1, 1])).toEqual({ kind: "column", period: 16 });
  expect(patternOf([4, 1, 8], [4, 1, 8])?.kind).toBe("full");
  expect(patternOf([4, 2, 8], [4, 1, 8])).toBe(null);
  expect(patternOf([4, 8], [2, 4, 8])).toBe(null);
  expect(patternOf([4, 8], [3, 8])).toBe(null);
});
