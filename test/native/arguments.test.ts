/** Functions of the addon called with anything: a TypeError, never a crash, and nothing changes. */
import { expect, it } from "vitest";
import { encodePlan } from "../../runtime/src/plan/encode.ts";
import { Random } from "../support/random.ts";
import { addon, describeNative, PlanWriter } from "./support.ts";

const detached = (() => {
  const buffer = new ArrayBuffer(64);
  const view = new Float32Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  return view;
})();

const ANYTHING: readonly unknown[] = [
  undefined,
  null,
  0,
  -1,
  1e300,
  NaN,
  "text",
  Symbol("s"),
  10n,
  true,
  {},
  [],
  () => {},
  new ArrayBuffer(8),
  new DataView(new ArrayBuffer(8)),
  new Int8Array(4),
  new BigInt64Array(2),
  new Uint8Array(4),
  new Int32Array(8),
  new Float32Array(0),
  new Float32Array(600),
  new Float64Array(3),
  new Float32Array(new SharedArrayBuffer(64)),
  detached,
];

/** What a call did: an exception of the addon, or a value. */
function attempt(run: () => unknown): string {
  try {
    return `value ${String(run())}`;
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as NodeJS.ErrnoException).code ?? "";
  }
}

describeNative("arguments of the addon", () => {
  const any = addon as unknown as Record<string, (...args: unknown[]) => unknown>;
  const kernels = new Map(addon!.opNames.map((name, id) => [name, id]));

  it.each(["createPlan", "runPlan", "bindVariables", "disposePlan", "runOp", "setThreads", "threads"])(
    "%s takes only what it can use",
    (name) => {
      const random = new Random(3);
      const threads = addon!.threads();
      for (let round = 0; round < 2000; round++) {
        const args = Array.from({ length: random.int(0, 6) }, () => random.pick(ANYTHING));
        attempt(() => any[name]!(...args));
      }
      addon!.setThreads(threads);
      expect(attempt(() => any["runPlan"]!(...ANYTHING))).toBe("E_NATIVE");
    },
  );

  it("variables that do not match the plan are refused, and the ones bound before stay", () => {
    const p = new PlanWriter();
    const [w, n] = [p.variable("float32", [100]), p.variable("int32")];
    p.op("add", [w, w], w).copy(n, p.arena("int32"));
    const { words, numbers, constants } = encodePlan(p.done(), kernels, addon!.layout.mailboxBytes);
    const id = addon!.createPlan(words, numbers, constants, () => {});
    const memory = [new Float32Array(100).fill(1), new Int32Array(1)] as const;
    expect(() => addon!.runPlan(id)).toThrow(/do not match/);
    addon!.bindVariables(id, ...memory);
    for (const bad of [[], [memory[0]], [...memory, memory[0]], [memory[1], memory[0]], [memory[0], detached], [{}, 1]]) {
      expect(() => any["bindVariables"]!(id, ...bad)).toThrow(TypeError);
    }
    for (const bad of [-1, 1e9, "0", undefined, {}]) expect(() => any["bindVariables"]!(bad, ...memory)).toThrow(TypeError);
    expect(addon!.runPlan(id)).toBe(0);
    expect(memory[0][99]).toBe(2);
    expect(() => addon!.runPlan(id, memory[0])).toThrow(/do not match/);
    addon!.disposePlan(id);
    expect(() => addon!.bindVariables(id, ...memory)).toThrow(/disposed/);
  });

  it("arrays of another length, dtype or number than the plan's are refused, detached ones too", () => {
    const p = new PlanWriter();
    p.op("neg", [p.input("float32", [100])], p.output("float32", [100]));
    const { words, numbers, constants } = encodePlan(p.done(), kernels, addon!.layout.mailboxBytes);
    const id = addon!.createPlan(words, numbers, constants, () => {});
    const good = new Float32Array(100);
    expect(addon!.runPlan(id, good, new Float32Array(100))).toBe(0);
    for (const bad of [
      new Float32Array(99),
      new Float32Array(101),
      new Float64Array(100),
      new Uint8Array(100),
      {},
      "text",
      detached,
    ] as Float32Array[]) {
      expect(() => addon!.runPlan(id, good, bad)).toThrow(TypeError);
      expect(() => addon!.runPlan(id, bad, good)).toThrow(TypeError);
    }
    expect(() => addon!.runPlan(id, good)).toThrow(TypeError);
    expect(() => addon!.runPlan(id, good, good, good)).toThrow(TypeError);
    addon!.disposePlan(id);
    expect(() => addon!.runPlan(id, good, good)).toThrow(/disposed/);
  });

  it("runOp reads the shared words with suspicion", () => {
    const { shared, layout } = addon!;
    const words = new Int32Array(shared, layout.wordsAt, layout.wordBytes / 4);
    const random = new Random(9);
    const arrays = [new Float32Array(6), new Float32Array(6), new Float32Array(6)];
    for (let round = 0; round < 20_000; round++) {
      const good = [random.int(0, kernels.size), 2, 1, 2, 2, 2, 3, 2, 2, 2, 3, 2, 2, 2, 3, random.int(0, 4), 1, 0, 0, 1, 0];
      if (round % 2 === 0) good[random.int(0, good.length - 1)] = random.pick([-1, 0, 1, 3, 8, 9, 1000, 2 ** 31 - 1, -(2 ** 31)]);
      words.set(good);
      attempt(() => addon!.runOp(...arrays));
    }
    words.fill(-1);
    expect(() => addon!.runOp(...arrays)).toThrow(TypeError);
  });

  it("ids of disposed plans are used again and never reach a stranger", () => {
    const p = new PlanWriter();
    p.copy(p.constant("float32", [1]), p.output("float32"));
    const { words, numbers, constants } = encodePlan(p.done(), kernels, addon!.layout.mailboxBytes);
    const ids = Array.from({ length: 50 }, () => addon!.createPlan(words, numbers, constants, () => {}));
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) addon!.disposePlan(id);
    for (const id of ids) expect(() => addon!.runPlan(id)).toThrow(TypeError);
    const again = addon!.createPlan(words, numbers, constants, () => {});
    expect(ids).toContain(again);
    addon!.disposePlan(again);
  });
});
