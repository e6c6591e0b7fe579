/** timePlan and stepTimes of the addon: which steps ran, how often, and what is refused. */
import { expect, it } from "vitest";
import { arena, copy, create, encode, input, jump, output, print, when } from "./plan-words.ts";
import { addon, describeNative } from "./support.ts";

const wrong = (message: string) => Object.assign(new TypeError(message), { code: "E_NATIVE" });
const f32 = (n = 6) => new Float32Array(n);
const large = { buffers: [input("float32", 0, [6]), output("float32", 0, [6])], inputs: [[0, -1]], outputs: [[1, -1]] };

/** [steps run, entries, totals by step]. */
function read(times: Float64Array) {
  const [executed, n] = times as unknown as [number, number];
  const entries = Array.from({ length: n }, (_, i) => [...times.subarray(2 + 3 * i, 5 + 3 * i)]);
  const rest = times.subarray(2 + 3 * n);
  const counts = Array.from({ length: rest.length / 2 }, (_, i) => rest[2 * i]);
  return { executed, entries, counts, took: rest.filter((_, i) => i % 2 === 1) };
}

describeNative("times of steps", () => {
  it("are those of the steps that ran, in their order", () => {
    const id = create({ ...large, steps: [jump(2), copy(0, 1), copy(0, 1), copy(0, 1)] });
    expect(addon!.timePlan(id, 100)).toBe(true);
    const [from, to] = [f32().fill(3), f32()];
    expect(addon!.runPlan(id, from, to)).toBe(0);
    const { executed, entries, counts, took } = read(addon!.stepTimes(id));
    expect(to).toEqual(from);
    expect(executed).toBe(3);
    expect(entries.map(([step]) => step)).toEqual([0, 2, 3]);
    expect(counts).toEqual([1, 0, 1, 1]);
    entries.forEach(([, start, time], i) => {
      const next = entries[i + 1]?.[1] ?? Infinity;
      expect(start! + time!).toBeLessThanOrEqual(next);
    });
    expect([...took].every((time) => time >= 0)).toBe(true);
    // As before: nothing is timed.
    expect(addon!.runPlan(id, from, to)).toBe(0);
    expect(() => addon!.stepTimes(id)).toThrow(wrong("There is no such plan, or it is not timed."));
    addon!.disposePlan(id);
  });

  it("entries end where there is no more room, sums do not", () => {
    const id = create({ ...large, steps: Array.from({ length: 10 }, () => copy(0, 1)) });
    addon!.timePlan(id, 4);
    for (let run = 0; run < 3; run++) addon!.runPlan(id, f32(), f32());
    const { executed, entries, counts } = read(addon!.stepTimes(id));
    expect([executed, entries.length]).toEqual([30, 4]);
    expect(counts).toEqual(Array(10).fill(3));
    addon!.disposePlan(id);
  });

  it("a step of a print is timed with what JavaScript does in it; the same plan within is not", () => {
    let depth = 0;
    const words = encode({
      ...large,
      prints: 1,
      arena: 1,
      buffers: [...large.buffers, arena("bool", 0)],
      steps: [print(0), copy(0, 1), when(2, 0)],
    });
    const within = () => {
      if (++depth > 1) return;
      expect(addon!.timePlan(id, 10)).toBe(false);
      expect(() => addon!.stepTimes(id)).toThrow(wrong("There is no such plan, or it is not timed."));
      expect(addon!.runPlan(id, f32(), f32())).toBe(0);
    };
    const id = addon!.createPlan(words, new Float64Array(0), new Uint8Array(0), within);
    expect(addon!.timePlan(id, 10)).toBe(true);
    expect(addon!.runPlan(id, f32(), f32())).toBe(0);
    const { counts, took } = read(addon!.stepTimes(id));
    expect([depth, counts]).toEqual([2, [1, 1, 1]]);
    expect(took[0]!).toBeGreaterThan(took[1]!);
    addon!.disposePlan(id);
  });

  it("refuses what is no plan and no number", () => {
    const id = create({ ...large, steps: [copy(0, 1)] });
    for (const most of [-1, 2 ** 30, "many", undefined]) {
      expect(() => addon!.timePlan(id, most as never), String(most)).toThrow(wrong("timePlan takes a plan and a number of steps."));
    }
    for (const bad of [-1, 1e6, undefined]) {
      expect(() => addon!.timePlan(bad as never, 1), String(bad)).toThrow(wrong("There is no such plan: it was disposed."));
      expect(() => addon!.stepTimes(bad as never)).toThrow(wrong("There is no such plan, or it is not timed."));
    }
    expect(() => addon!.stepTimes(id)).toThrow(wrong("There is no such plan, or it is not timed."));
    addon!.timePlan(id, 0);
    addon!.disposePlan(id);
    expect(() => addon!.stepTimes(id)).toThrow(wrong("There is no such plan, or it is not timed."));
  });
});
