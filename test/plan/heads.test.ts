/** Which products become heads of fused groups, and what that saves. What they compute: test/native/heads.test.ts and random graphs. */
import { describe, expect, it } from "vitest";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import "../../runtime/src/ops/index.ts";
import { buildPlan, type PlanOptions } from "../../runtime/src/plan/build.ts";
import { headOf } from "../../runtime/src/plan/heads.ts";
import type { Plan } from "../../runtime/src/plan/plan.ts";
import { checkPlan } from "../support/check-plan.ts";

const PLAIN = "{transposeA=false, transposeB=false}";
const TURNED = "{transposeA=true, transposeB=false}";

function planOf(text: string, options: PlanOptions = {}): Plan {
  const plan = buildPlan(parseGraph(text), { compiles: () => true, ...options });
  expect(checkPlan(plan)).toEqual([]);
  return plan;
}

/** Ops by step: "matMul→mul+sub" is a group with its head. */
function stepsOf(plan: Plan): string[] {
  return plan.steps.flatMap((step) => {
    if (step.kind === "op") return [step.op];
    if (step.kind !== "fused") return step.kind === "copy" ? [] : [step.kind];
    const head = headOf(step.ops);
    const ops = step.ops.filter((op) => op !== head).map(({ op }) => op);
    return [`${head === null ? "" : `${head.op}→`}${ops.join("+")}`];
  });
}

/** w − 0.1 · xᵀd. */
const update = (
  m: number,
  k: number,
  n: number,
  dtype = "f32",
) => `graph f(%0: ${dtype}[${k},${m}], %1: ${dtype}[${k},${n}], var %2: ${dtype}[${m},${n}]) {
  %3: ${dtype} = const 0.5
  %4: ${dtype}[${m},${n}] = matMul %0, %1 ${TURNED}
  %5: ${dtype}[${m},${n}] = mul %4, %3
  %6: ${dtype}[${m},${n}] = sub %2, %5
  return %2 := %6
}`;
const forward = (m: number, k: number, n: number) => `graph f(%0: f32[${m},${k}], %1: f32[${k},${n}], %2: f32[${n}]) {
  %3: f32 = const 0
  %4: f32[${m},${n}] = matMul %0, %1 ${PLAIN}
  %5: f32[${m},${n}] = add %4, %2
  %6: f32[${m},${n}] = maximum %5, %3
  return %6
}`;

describe("a product is taken where that is worthwhile", () => {
  it("into an update of weights, and is in no memory then", () => {
    const [plan, apart] = [planOf(update(784, 32, 256)), planOf(update(784, 32, 256), { heads: "off" })];
    expect([stepsOf(plan), plan.arenaBytes]).toEqual([["matMul→mul+sub"], 0]);
    expect([stepsOf(apart), apart.arenaBytes]).toEqual([["matMul", "mul+sub"], 4 * 784 * 256]);
  });

  it.each<[string, string, boolean]>([
    ["small weights", update(256, 32, 128), false],
    ["large ones", update(512, 32, 256), true],
    ["in double precision", update(256, 32, 256, "f64"), true],
    ["few rows", update(32, 32, 8192), false],
    ["long sums", update(784, 300, 256), false],
    ["layers, whose result is where the product was", forward(1024, 32, 1024), false],
  ])("%s: see test/perf/heads.bench.mjs", (_, text, taken) => {
    expect(planOf(text).steps.some((step) => step.kind === "fused" && headOf(step.ops) !== null)).toBe(taken);
  });

  it("not where a library computes it, which is asked in that case only", () => {
    let asked = 0;
    const usesLibrary = () => {
      asked++;
      return true;
    };
    expect(stepsOf(planOf(update(784, 32, 256), { usesLibrary }))).toEqual(["matMul→mul+sub"]);
    expect(stepsOf(planOf(update(784, 128, 256, "f64"), { usesLibrary }))).toEqual(["matMul→mul+sub"]);
    expect(asked).toBe(0);
    expect(stepsOf(planOf(update(784, 128, 256), { usesLibrary }))).toEqual(["matMul", "mul+sub"]);
    expect(asked).toBe(1);
  });
});

const square = (body: readonly string[], results: string, params = "%0: f32[9,9], %1: f32[9,9], %2: f32[9,9]") =>
  stepsOf(planOf(`graph f(${params}) {\n  ${body.join("\n  ")}\n  return ${results}\n}`, { heads: "always" }));
const product = `%3: f32[9,9] = matMul %0, %1 ${PLAIN}`;

describe("a product moves down to the group that reads it", () => {
  it("past what has nothing to do with it", () => {
    const body = [product, "%4: f32[9] = sum %2 {axes=[0], keepDims=false}", "%5: f32[9,9] = add %3, %2"];
    expect(square(body, "%5, %4")).toEqual(["sum", "matMul→add"]);
  });

  it("and is kept where it is a result, too, but does not move past what reads it", () => {
    expect(square([product, "%4: f32[9,9] = add %3, %2"], "%4, %3")).toEqual(["matMul→add"]);
    const before = [product, "%4: f32[9] = sum %3 {axes=[0], keepDims=false}", "%5: f32[9,9] = add %3, %4"];
    expect(square(before, "%5")).toEqual(["matMul", "sum", "add"]);
  });

  it("not past a branch or a loop", () => {
    const body = [
      product,
      "%4: bool = const true",
      "%5: f32 = cond %4 {",
      "  %6: f32 = sum %2 {axes=[0,1], keepDims=false}",
      "  yield %6",
      "} else {",
      "  %7: f32 = max %2 {axes=[0,1], keepDims=false}",
      "  yield %7",
      "}",
      "%8: f32[9,9] = mul %3, %5",
    ];
    expect(square(body, "%8")[0]).toBe("matMul");
  });

  it("each to its own where a group would read two", () => {
    const body = [product, `%4: f32[9,9] = matMul %1, %0 ${PLAIN}`, "%5: f32[9,9] = sub %2, %3", "%6: f32[9,9] = sub %1, %4"];
    expect(square(body, "%5, %6")).toEqual(["matMul→sub", "matMul→sub"]);
    const sum = [product, `%4: f32[9,9] = matMul %1, %0 ${PLAIN}`, "%5: f32[9,9] = add %3, %4", "%6: f32[9,9] = tanh %5"];
    expect(square(sum, "%6")).toEqual(["matMul", "matMul→add+tanh"]);
  });

  it("behind everything that may fail, with the update that it is for", () => {
    const body = [product, "%4: f32[9,9] = sub %2, %3", "%5: f32[9] = sum %2 {axes=[0], keepDims=false}"];
    expect(square(body, "%5, %2 := %4", "%0: f32[9,9], %1: f32[9,9], var %2: f32[9,9]")).toEqual(["sum", "matMul→sub"]);
  });
});
