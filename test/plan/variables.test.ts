/** Variables in plans: computed in their own memory where that can be, and left alone by runs that fail. On both backends. */
import { describe, expect, it } from "vitest";
import { newElements, type TypedArray } from "../../runtime/src/core/dtype.ts";
import { GraphFnError } from "../../runtime/src/core/errors.ts";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import { verifyGraph } from "../../runtime/src/ir/verify.ts";
import { buildPlan } from "../../runtime/src/plan/build.ts";
import type { Plan } from "../../runtime/src/plan/plan.ts";
import { showPlan } from "../../runtime/src/plan/show.ts";
import { BACKENDS } from "../native/support.ts";
import { checkPlan } from "../support/check-plan.ts";

function planOf(text: string): Plan {
  const graph = parseGraph(text);
  verifyGraph(graph);
  const plan = buildPlan(graph);
  expect(checkPlan(plan)).toEqual([]);
  return plan;
}

/** Copies of more than one element. */
const copies = (plan: Plan): number => plan.steps.filter((s) => s.kind === "copy" && plan.buffers[s.to]!.size > 1).length;

/** Runs on each backend, from equal variables; results and variables afterwards, or the error's code. */
function run(plan: Plan, inputs: readonly TypedArray[], variables: readonly TypedArray[], print = (): void => {}) {
  const all = BACKENDS.map(([, backend]) => {
    const outputs = plan.outputs.map((id) => newElements(plan.buffers[id]!.dtype, plan.buffers[id]!.size));
    const own = variables.map((v) => v.slice());
    const executable = backend.compile(plan, print);
    let code = "";
    try {
      executable.run(inputs, outputs, own);
    } catch (error) {
      if (!(error instanceof GraphFnError)) throw error;
      code = error.code;
    } finally {
      executable.dispose();
    }
    return { code, outputs: outputs.map((o) => [...o]), variables: own.map((v) => [...v]) };
  });
  expect(all[1]).toEqual(all[0]);
  return all[0]!;
}

const f32 = (...x: number[]) => Float32Array.of(...x);

describe("an update", () => {
  const sgd = `graph sgd(%g.0: f32[4], var %w.1: f32[4]) {
    %2: f32 = const 0.5
    %3: f32[4] = mul %g.0, %2
    %4: f32[4] = sub %w.1, %3
    return %w.1 := %4
  }`;

  it("is computed over the variable", () => {
    const plan = planOf(sgd);
    expect(copies(plan)).toBe(0);
    expect(showPlan(plan)).toContain("w#0:f32[4] = fused(");
    expect(showPlan(plan)).toMatch(/2 ops, in place\n +· x0 = mul input0, 0\.5\n +· w#0 = sub w#0, x0$/m);
    expect(showPlan(plan)).toContain("1 variable (1 written)");
    expect(run(plan, [f32(2, 4, 6, 8)], [f32(1, 1, 1, 1)]).variables).toEqual([[0, -1, -2, -3]]);
  });

  it("of moments and weights needs no copy", () => {
    const plan = planOf(`graph momentum(%g.0: f32[4], var %m.1: f32[4], var %w.2: f32[4]) {
      %3: f32 = const 0.5
      %4: f32[4] = mul %m.1, %3
      %5: f32[4] = add %4, %g.0
      %6: f32[4] = mul %5, %3
      %7: f32[4] = sub %w.2, %6
      return %m.1 := %5, %w.2 := %7
    }`);
    expect(copies(plan)).toBe(0);
    expect(run(plan, [f32(2, 4, 6, 8)], [f32(2, 2, 2, 2), f32(1, 1, 1, 1)]).variables).toEqual([
      [3, 5, 7, 9],
      [-0.5, -1.5, -2.5, -3.5],
    ]);
  });

  it("in every round of a loop stays in the variable", () => {
    const plan = planOf(`graph rounds(%n.0: i32, var %w.1: f32[4]) {
      %2: i32 = const 0
      %3: i32 = const 1
      %w.4: f32[4] = for %i.5: i32 = %2 to %n.0 step %3 (%w.6: f32[4] = %w.1) {
        %7: f32[4] = add %w.6, %w.6
        yield %7
      }
      return %w.1 := %w.4
    }`);
    expect(copies(plan)).toBe(0);
    expect(plan.arenaBytes).toBe(64);
    expect(run(plan, [Int32Array.of(3)], [f32(1, 2, 3, 4)]).variables).toEqual([[8, 16, 24, 32]]);
  });

  it("of scalars and of nothing works as well", () => {
    const plan = planOf(`graph steps(var %n.0: i32, var %e.1: f32[0], var %b.2: bool) {
      %3: i32 = const 1
      %4: i32 = add %n.0, %3
      %5: f32[0] = add %e.1, %e.1
      %6: bool = logicalNot %b.2
      return %n.0, %n.0 := %4, %e.1 := %5, %b.2 := %6
    }`);
    const result = run(plan, [], [Int32Array.of(41), f32(), Uint8Array.of(0)]);
    expect(result).toEqual({ code: "", outputs: [[41]], variables: [[42], [], [1]] });
  });
});

describe("an update before something that may fail", () => {
  it("moves behind it, with what uses the new value", () => {
    const plan = planOf(`graph adam(%g.0: f32[4], var %m.1: f32[4], var %w.2: f32[4]) {
      %3: f32 = const 0.5
      %4: f32[4] = mul %g.0, %3
      %5: f32[4] = add %m.1, %4
      %6: f32[4] = mul %5, %3
      %7: f32[4] = sub %w.2, %6
      %8: f32 = sum %g.0 {axes=[0], keepDims=false}
      return %8, %m.1 := %5, %w.2 := %7
    }`);
    expect(copies(plan)).toBe(0);
    const ops = plan.steps.flatMap((s) => (s.kind === "op" ? [s.op] : s.kind === "fused" ? [s.ops.map(({ op }) => op).join("+")] : []));
    expect(ops).toEqual(["sum", "mul+add+mul+sub"]);
    expect(run(plan, [f32(2, 4, 6, 8)], [f32(1, 1, 1, 1), f32(10, 10, 10, 10)])).toEqual({
      code: "",
      outputs: [[20]],
      variables: [
        [2, 3, 4, 5],
        [9, 8.5, 8, 7.5],
      ],
    });
  });

  it("stays where the new value is needed there", () => {
    const plan = planOf(`graph norm(%g.0: f32[4], var %w.1: f32[4], var %n.2: f32[4]) {
      %3: f32[4] = sub %w.1, %g.0
      %4: f32[4] = mul %3, %3
      %5: f32 = sum %4 {axes=[0], keepDims=false}
      %6: f32[4] = mul %n.2, %5
      return %w.1 := %3, %n.2 := %6
    }`);
    expect(copies(plan)).toBe(1);
    expect(run(plan, [f32(1, 1, 1, 1)], [f32(1, 2, 3, 4), f32(1, 1, 1, 1)]).variables).toEqual([
      [0, 1, 2, 3],
      [14, 14, 14, 14],
    ]);
  });

  it("stays in branches, whose arms it would leave", () => {
    const plan = planOf(`graph perhaps(%p.0: bool, %x.1: f32[4], var %w.2: f32[4]) {
      %3: f32[4] = add %w.2, %x.1
      %4: f32[4] = cond %p.0 {
        %5: f32[4] = mul %3, %3
        yield %5
      } else {
        yield %3
      }
      %6: f32 = sum %x.1 {axes=[0], keepDims=false}
      return %6, %w.2 := %4
    }`);
    expect(run(plan, [Uint8Array.of(1), f32(1, 1, 1, 1)], [f32(1, 2, 3, 4)])).toMatchObject({
      outputs: [[4]],
      variables: [[4, 9, 16, 25]],
    });
  });
});

describe("program order", () => {
  it("results see the value they were taken from, before and after", () => {
    const plan = planOf(`graph both(var %w.0: f32[2]) {
      %1: f32[2] = add %w.0, %w.0
      return %w.0, %1, %w.0 := %1
    }`);
    expect(run(plan, [], [f32(1, 2)])).toEqual({
      code: "",
      outputs: [
        [1, 2],
        [2, 4],
      ],
      variables: [[2, 4]],
    });
  });

  it("variables change places", () => {
    const plan = planOf(`graph swap(var %a.0: f32[2], var %b.1: f32[2], var %c.2: f32[2]) {
      return %a.0 := %b.1, %b.1 := %c.2, %c.2 := %a.0
    }`);
    expect(run(plan, [], [f32(1, 1), f32(2, 2), f32(3, 3)]).variables).toEqual([
      [2, 2],
      [3, 3],
      [1, 1],
    ]);
  });

  it("one that is only read is never written", () => {
    const plan = planOf(`graph read(%x.0: f32[2], var %w.1: f32[2]) {
      %2: f32[2] = mul %x.0, %w.1
      %3: f32[2] = add %2, %w.1
      return %3
    }`);
    expect(plan.variables.map((v) => v.written)).toEqual([false]);
    expect(run(plan, [f32(2, 3)], [f32(1, 10)])).toEqual({ code: "", outputs: [[3, 40]], variables: [[1, 10]] });
  });
});

describe("a run that fails leaves variables alone", () => {
  const start = [f32(1, 2, 3, 4)];

  it("at an index behind the update", () => {
    const plan = planOf(`graph late(%i.0: i32, %x.1: f32[4], var %w.2: f32[4]) {
      %3: f32[4] = add %w.2, %w.2
      %4: f32 = index %x.1, %i.0
      return %4, %w.2 := %3
    }`);
    expect(copies(plan)).toBe(0);
    expect(run(plan, [Int32Array.of(4), f32(5, 6, 7, 8)], start)).toMatchObject({ code: "E_INDEX", variables: [[1, 2, 3, 4]] });
    expect(run(plan, [Int32Array.of(3), f32(5, 6, 7, 8)], start)).toMatchObject({ outputs: [[8]], variables: [[2, 4, 6, 8]] });
  });

  it("at the op itself, elementwise over the variable", () => {
    const plan = planOf(`graph divide(%x.0: i32[4], var %w.1: i32[4]) {
      %2: i32[4] = floorDiv %w.1, %x.0
      return %w.1 := %2
    }`);
    const w = [Int32Array.of(10, 20, 30, 40)];
    expect(run(plan, [Int32Array.of(1, 2, 0, 4)], w)).toMatchObject({ code: "E_DIVIDE", variables: [[10, 20, 30, 40]] });
    expect(run(plan, [Int32Array.of(1, 2, 3, 4)], w).variables).toEqual([[10, 10, 10, 10]]);
  });

  it("in a later round of a loop that updates", () => {
    const plan = planOf(`graph rounds(%x.0: f32[3], var %w.1: f32[4]) {
      %2: i32 = const 0
      %3: i32 = const 1
      %4: i32 = const 5
      %w.5: f32[4] = for %i.6: i32 = %2 to %4 step %3 (%w.7: f32[4] = %w.1) {
        %8: f32 = index %x.0, %i.6
        %9: f32[4] = add %w.7, %8
        yield %9
      }
      return %w.1 := %w.5
    }`);
    expect(run(plan, [f32(1, 2, 3)], start)).toMatchObject({ code: "E_INDEX", variables: [[1, 2, 3, 4]] });
  });

  it("in user code that a print runs", () => {
    const plan = planOf(`graph say(var %w.0: f32[4]) {
      %1: f32[4] = add %w.0, %w.0
      print log %1 [0]
      return %w.0 := %1
    }`);
    const failing = (): void => {
      throw new GraphFnError("E_TEST", "stop");
    };
    expect(run(plan, [], start, failing)).toMatchObject({ code: "E_TEST", variables: [[1, 2, 3, 4]] });
    expect(run(plan, [], start).variables).toEqual([[2, 4, 6, 8]]);
  });

  it("a float that cannot fail does not hold the update back", () => {
    const plan = planOf(`graph mod(%x.0: f32[4], var %w.1: f32[4]) {
      %2: f32[4] = add %w.1, %x.0
      %3: f32[4] = truncMod %x.0, %2
      return %3, %w.1 := %2
    }`);
    expect(copies(plan)).toBe(0);
    expect(run(plan, [f32(5, 5, 5, 5)], start).variables).toEqual([[6, 7, 8, 9]]);
  });
});
