/**
 * The decoder trusts nothing: words that are cut short, mutated or foreign are refused with a TypeError, or make a plan whose run
 * stays within its own memory. A crash would end the test process.
 */
import { expect, it } from "vitest";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import { buildPlan } from "../../runtime/src/plan/build.ts";
import { encodePlan } from "../../runtime/src/plan/encode.ts";
import type { Plan } from "../../runtime/src/plan/plan.ts";
import { Random } from "../support/random.ts";
import { addon, describeNative, PlanWriter } from "./support.ts";

function straight(): Plan {
  const p = new PlanWriter();
  const [x, big, i] = [p.input("float32"), p.input("float32", [20, 30]), p.input("int32", [4])];
  const [c, k] = [
    p.constant("float32", [2]),
    p.constant(
      "float32",
      Array.from({ length: 600 }, (_, n) => n),
      [20, 30],
    ),
  ];
  const [a, t, rows] = [p.arena("float32"), p.arena("float32", [20, 30]), p.arena("float32", [4, 30])];
  p.op("mul", [x, c], a).op("clipByValue", [a], a, { min: -1, max: 1 }).op("add", [big, k], t).op("mul", [t, a], t);
  p.op("gather", [t, i], rows, { axis: 0, batchDims: 0 }).print([a, rows]);
  p.op("sum", [rows], p.output("float32", [30]), { axes: [0], keepDims: false });
  p.op("cast", [x], p.output("int32"), { dtype: "int32" }).copy(t, p.output("float32", [20, 30]));
  return p.done();
}

/** Variables of all sizes, read and written; stacks of scalars and of arrays. */
function stateful(): Plan {
  const p = new PlanWriter();
  const [w, n, e, bias] = [
    p.variable("float32", [20, 30]),
    p.variable("int32"),
    p.variable("float32", [0]),
    p.variable("float32", [30], false),
  ];
  const [t, k, m] = [p.arena("float32", [20, 30]), p.arena("int32"), p.arena("int32")];
  const [small, large] = [p.stack(4), p.stack(2400)];
  p.copy(n, k).push(small, k).push(small, k).push(large, w).push(large, w);
  p.op("add", [w, bias], t).push(large, t).op("add", [e, e], e);
  p.pop(large, t).pop(large, w).pop(small, m).op("add", [k, m], k).copy(k, n);
  p.copy(t, p.output("float32", [20, 30]));
  return p.done();
}

/** A product that goes block by block through what is added to it, and stays. */
function headed(): Plan {
  const text = `graph headed(%0: f32[20,9], %1: f32[9,30], var %2: f32[20,30]) {
  %3: f32 = const 0.5
  %4: f32[20,30] = matMul %0, %1 {transposeA=false, transposeB=false}
  %5: f32[20,30] = add %4, %3
  %6: f32[20,30] = sub %2, %5
  return %4, %2 := %6
}`;
  return buildPlan(parseGraph(text), { heads: "always" });
}

/** A plan with every kind of jump; it is never run after a mutation, as it might not end. */
function looping(): Plan {
  const p = new PlanWriter();
  const [n, one, i, pred] = [p.input("int32"), p.constant("int32", [1]), p.arena("int32"), p.arena("bool")];
  p.loop(
    () => {
      const skip = p.jump("unless", pred);
      p.op("add", [i, one], i);
      p.land(skip);
    },
    () => {
      p.op("less", [i, n], pred);
      return pred;
    },
  );
  p.copy(i, p.output("int32"));
  return p.done();
}

describeNative("bad plans", () => {
  const kernels = new Map(addon!.opNames.map((name, id) => [name, id]));
  const encode = (plan: Plan) => encodePlan(plan, kernels, addon!.layout.mailboxBytes);
  const create = (words: Int32Array, numbers: Float64Array, constants: Uint8Array): number =>
    addon!.createPlan(words, numbers, constants, () => {});
  const arrays = () => [new Float32Array(600), new Float32Array(600)];
  const variables = () => [new Float32Array(600).fill(1), Int32Array.of(3), new Float32Array(0), new Float32Array(30).fill(2)];
  /** A plan with what its runs take. */
  const RUNNABLE = [
    [straight(), arrays, () => []],
    [stateful(), () => [new Float32Array(600)], variables],
    [headed(), () => [180, 270, 600].map((n) => new Float32Array(n).fill(1)), () => [new Float32Array(600)]],
  ] as const;

  it("good ones run", () => {
    for (const [plan, given, bound] of RUNNABLE) {
      const { words, numbers, constants } = encode(plan);
      const id = create(words, numbers, constants);
      const memory = bound();
      if (memory.length > 0) {
        expect(() => addon!.runPlan(id, ...given())).toThrow(/do not match/);
        addon!.bindVariables(id, ...memory);
      }
      const list = given();
      expect(addon!.runPlan(id, ...list)).toBe(0);
      if (memory.length === 4) expect([list[0]![0], memory[0]![599], memory[1]![0]]).toEqual([3, 1, 6]);
      if (memory.length === 1) expect([list[2]![0], memory[0]![599]]).toEqual([9, -9.5]);
      addon!.disposePlan(id);
    }
  });

  it("words cut short anywhere are refused", () => {
    for (const plan of [straight(), looping(), stateful(), headed()]) {
      const { words, numbers, constants } = encode(plan);
      for (let n = 0; n < words.length; n++) expect(() => create(words.slice(0, n), numbers, constants), `${n} words`).toThrow(TypeError);
    }
  });

  it("words behind the end are refused", () => {
    const { words, numbers, constants } = encode(straight());
    expect(() => create(Int32Array.of(...words, 0), numbers, constants)).toThrow(/after the end/);
  });

  it("foreign words are refused", () => {
    const random = new Random(5);
    for (let round = 0; round < 500; round++) {
      const words = Int32Array.from({ length: random.int(0, 60) }, () =>
        random.pick([random.int(-2, 10), random.int(-(2 ** 31), 2 ** 31 - 1)]),
      );
      expect(() => create(words, new Float64Array(0), new Uint8Array(0))).toThrow(TypeError);
    }
  });

  it.each(RUNNABLE)("each word replaced by awkward numbers: refused, or a run that ends", (plan, given, bound) => {
    const { words, numbers, constants } = encode(plan);
    let refused = 0;
    let ran = 0;
    for (let at = 0; at < words.length; at++) {
      for (const value of [-1, 0, 1, 2, 3, 4, 5, 7, 9, 64, 1000, 2 ** 24, 2 ** 31 - 1, -(2 ** 31)]) {
        const bad = words.slice();
        bad[at] = value;
        // An arena of hundreds of gigabytes would be refused by the system only, or not at all.
        if (at === 7 && value > 2 ** 20) continue;
        // Jumps may make a loop that never ends.
        if (value === 2 || value === 3 || value === 5) if ([0, 1, 4, 6, 7].includes(words[at]!)) continue;
        let id: number;
        try {
          id = create(bad, numbers, constants);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          refused++;
          continue;
        }
        // A zero that becomes a count swallows words; what is left may be an endless loop that pushes.
        if (plan.stacks.length > 0 && words[at] === 0 && value > 0) {
          addon!.disposePlan(id);
          continue;
        }
        try {
          if (bound().length > 0) addon!.bindVariables(id, ...bound());
          expect(addon!.runPlan(id, ...given())).toBeGreaterThanOrEqual(0);
          ran++;
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
        addon!.disposePlan(id);
      }
    }
    expect(refused).toBeGreaterThan(100);
    expect(ran).toBeGreaterThan(10);
  });

  it("several words replaced at random are refused or accepted, never a crash", () => {
    const random = new Random(11);
    for (const plan of [straight(), looping(), stateful(), headed()]) {
      const { words, numbers, constants } = encode(plan);
      for (let round = 0; round < 3000; round++) {
        const bad = words.slice();
        for (let k = random.int(1, 4); k > 0; k--)
          bad[random.int(2, bad.length - 1)] = random.pick([random.int(-1, 70), random.int(-(2 ** 31), 2 ** 31 - 1)]);
        bad[7] = Math.min(bad[7]!, 2 ** 16);
        try {
          addon!.disposePlan(create(bad, numbers, constants));
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }
    }
  });

  it("numbers and constants that are missing are refused", () => {
    const { words, constants, numbers } = encode(straight());
    expect(() => create(words, new Float64Array(0), constants)).toThrow(/numbers/);
    expect(() => create(words, numbers, constants.slice(0, 64))).toThrow(/constants/);
  });
});
