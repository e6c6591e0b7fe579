/** Each check of the addon's arguments by itself: a call that is right, and the same with the one thing wrong that the check is for. */
import { expect, it } from "vitest";
import { DTYPES, type DType } from "../../runtime/src/core/dtype.ts";
import { arena, copy, encode, input, output, type Parts, push, variable } from "./plan-words.ts";
import { addon, describeNative } from "./support.ts";

type Row = readonly number[];
type Memory = Float32Array | Float64Array | Int32Array | Uint8Array;

const HUGE = 2 ** 31 - 1;
const view = (dtype: DType, ...shape: Row) => [DTYPES[dtype].code, shape.length, ...shape];
const f32 = (n = 6) => new Float32Array(n);

function detached(bytes = 24): Float32Array {
  const memory = new Float32Array(bytes / 4);
  structuredClone(memory.buffer, { transfer: [memory.buffer] });
  return memory;
}

describeNative("checks of arguments", () => {
  const kernel = (name: string) => addon!.opNames.indexOf(name);
  const words = new Int32Array(addon!.shared, addon!.layout.wordsAt, addon!.layout.wordBytes / 4);
  /** runOp with these words in front; what lies behind them would be refused. */
  const runOp = (written: Row, arrays: readonly unknown[]): number => {
    words.fill(-1).set(written);
    return addon!.runOp(...(arrays as Memory[]));
  };
  const wrong = (message: string) => Object.assign(new TypeError(message), { code: "E_NATIVE" });
  const two = [...view("float32", 2, 3), ...view("float32", 2, 3)];
  const many = (n: number) => Array.from({ length: n }, () => f32(1));

  it("runOp: words of an op with its arrays", () => {
    expect(runOp([kernel("neg"), 1, 1, ...two, 0], [Float32Array.of(1, 2, 3, 4, 5, 6), f32()])).toBe(0);
    expect(runOp([kernel("neg"), 1, 1, ...view("float64", 2 ** 16, 0), ...view("float64", 2 ** 16, 0), 0], [f32(0), f32(0)])).toBe(0);
  });

  it.each([
    ["before the first", -1],
    ["behind the last", addon?.opNames.length ?? 0],
    ["the largest", HUGE],
  ])("runOp: a kernel %s", (_, id) => {
    expect(() => runOp([id, 1, 1, ...two, 0], [f32(), f32()])).toThrow(wrong("runOp: there is no such kernel."));
  });

  it.each<[string, number, number, number]>([
    ["fewer than the words say", 1, 1, 1],
    ["more than the words say", 1, 1, 3],
    ["a negative number in, with a sum that is right", -1, 2, 1],
    ["a negative number out, with a sum that is right", 2, -1, 1],
    ["more in than there may be", 65, 0, 65],
    ["more out than there may be", 0, 65, 65],
  ])("runOp: %s", (_, nIn, nOut, given) => {
    const types = Array.from({ length: given }, () => view("float32", 1)).flat();
    expect(() => runOp([kernel("neg"), nIn, nOut, ...types, 0], many(given))).toThrow(
      wrong("runOp: another number of arrays than the words say."),
    );
  });

  it("runOp: more arrays than there may be, each side alone would do", () => {
    const types = Array.from({ length: 80 }, () => view("float32", 1)).flat();
    expect(() => runOp([kernel("concat"), 40, 40, ...types, 1, 0], many(80))).toThrow(wrong("runOp: too many arrays."));
  });

  it.each<[string, Row, unknown]>([
    ["a dtype before the first", [-1, 1, 0], f32(0)],
    ["a dtype behind the last", [7, 1, 0], f32(0)],
    ["fewer axes than none", [2, -1], f32(1)],
    ["nine axes", view("float32", 1, 1, 1, 1, 1, 1, 1, 1, 1), f32(1)],
    ["a negative length", view("float32", -1), f32(1)],
    ["negative lengths whose product fits", view("float32", -2, -3), f32()],
    ["a size that wraps to none", view("float32", 2 ** 30, 2 ** 30, 16), f32(0)],
    ["bytes that wrap to none", view("float64", 2 ** 30, 2 ** 30, 2), f32(0)],
    ["a shorter array", view("float32", 2, 3), f32(5)],
    ["a longer array", view("float32", 2, 3), f32(7)],
    ["as many elements of another size", view("float32", 2, 3), new Float64Array(6)],
    ["a detached array", view("float32", 2, 3), detached()],
    ["no array", view("float32", 2, 3), [1, 2, 3, 4, 5, 6]],
    ["a buffer without a view", view("float32", 2, 3), new ArrayBuffer(24)],
    ["a number", view("float32", 2, 3), 6],
    ["nothing", view("float32", 0), undefined],
  ])("runOp: %s", (_, type, array) => {
    const refused = wrong("runOp: an array does not match its words.");
    const empty = view("float32", 0);
    expect(() => runOp([kernel("neg"), 1, 1, ...type, ...empty, 0], [array, f32(0)])).toThrow(refused);
    expect(() => runOp([kernel("neg"), 1, 1, ...empty, ...type, 0], [f32(0), array])).toThrow(refused);
  });

  it.each([
    ["fewer than none", -1],
    ["more than there is room for", words.length],
    ["the largest number", HUGE],
  ])("runOp: attribute words, %s", (_, count) => {
    expect(() => runOp([kernel("neg"), 1, 1, ...two, count], [f32(), f32()])).toThrow(wrong("runOp: wrong attribute words."));
  });

  const plan: Parts = {
    buffers: [input("float32", 0, [6]), output("float32", 0, [6]), variable("float32", 0, [6])],
    variables: [[2, 1]],
    steps: [copy(0, 1)],
    inputs: [[0, -1]],
    outputs: [[1, -1]],
  };
  const four = (): unknown[] => [encode(plan), new Float64Array(0), new Uint8Array(0), () => {}];
  const call = (name: "createPlan" | "bindVariables" | "runPlan" | "disposePlan", ...args: readonly unknown[]): unknown =>
    (addon![name] as (...args: readonly unknown[]) => unknown)(...args);

  it.each<[string, number, unknown]>([
    ["words that are no Int32Array", 0, new Uint32Array(30)],
    ["words that are no array", 0, [1, 2]],
    ["numbers that are no Float64Array", 1, new Float32Array(0)],
    ["constants that are no Uint8Array", 2, new Uint8ClampedArray(0)],
    ["constants that are a buffer", 2, new ArrayBuffer(0)],
    ["a print function that is none", 3, {}],
    ["no print function", 3, undefined],
  ])("createPlan: %s", (_, at, value) => {
    const refused = wrong("createPlan takes an Int32Array, a Float64Array, a Uint8Array and a function.");
    call("disposePlan", call("createPlan", ...four()));
    expect(() => call("createPlan", ...four().with(at, value))).toThrow(refused);
  });

  it("createPlan: too few arguments, words that were taken away", () => {
    for (let n = 0; n < 4; n++) {
      expect(() => call("createPlan", ...four().slice(0, n))).toThrow(
        wrong("createPlan takes words, numbers, constants and a print function."),
      );
    }
    const gone = encode(plan);
    structuredClone(gone.buffer, { transfer: [gone.buffer as ArrayBuffer] });
    expect(() => call("createPlan", ...four().with(0, gone))).toThrow(wrong("Bad plan: the words end too early."));
  });

  it("bindVariables, runPlan, disposePlan: plans that are none", () => {
    const gone = wrong("There is no such plan: it was disposed.");
    const id = call("createPlan", ...four()) as number;
    for (const bad of [-1, -(2 ** 31), 2 ** 31 - 1, id + 1, "0", undefined, {}, null, 0n]) {
      expect(() => call("bindVariables", bad, f32()), String(bad)).toThrow(gone);
      expect(() => call("runPlan", bad, f32(), f32()), String(bad)).toThrow(gone);
      call("disposePlan", bad);
    }
    expect(() => call("bindVariables")).toThrow(wrong("bindVariables takes a plan and the arrays of its variables."));
    expect(() => call("runPlan")).toThrow(wrong("runPlan takes a plan and its large values."));
    expect(() => call("disposePlan")).toThrow(wrong("disposePlan takes a plan."));
    call("bindVariables", id, f32());
    expect(call("runPlan", id, f32(), f32())).toBe(0);
    call("disposePlan", id);
    call("disposePlan", id);
    expect(() => call("bindVariables", id, f32())).toThrow(gone);
    expect(() => call("runPlan", id, f32(), f32())).toThrow(gone);
    // The second disposal freed no id a second time.
    const [a, b] = [call("createPlan", ...four()), call("createPlan", ...four())];
    expect(a).not.toBe(b);
    for (const each of [a, b]) call("disposePlan", each);
  });

  it("startRun, takeRun, stopRun, roundsOf: what they do not take", async () => {
    const beside = (name: "startRun" | "takeRun" | "stopRun" | "roundsOf", ...args: readonly unknown[]): unknown =>
      (addon![name] as (...args: readonly unknown[]) => unknown)(...args);
    const none = new Int32Array(0);
    const plain = call("createPlan", ...four());
    const id = call("createPlan", ...four(), true);
    const nothing = (): void => {};
    expect(() => beside("startRun", plain, nothing, none, f32(), f32())).toThrow(wrong("startRun takes plans that were created for it."));
    expect(() => call("runPlan", id, f32(), f32())).toThrow(wrong("runPlan does not take plans that run beside the program."));
    expect(() => beside("startRun", 999, nothing, none)).toThrow(wrong("There is no such plan: it was disposed."));
    const four4 = wrong("startRun takes a plan, a function, an Int32Array and the arrays of the plan.");
    for (const args of [[], [id], [id, nothing], [id, {}, none], [id, nothing, [1]]])
      expect(() => beside("startRun", ...args)).toThrow(four4);
    const refused = wrong("The arrays given to startRun do not match the plan.");
    for (const arrays of [[], [f32()], [f32(), f32(5)], [f32(5), f32()], [f32(), detached()], [f32(), 6], [f32(), f32(), f32()]]) {
      expect(() => beside("startRun", id, nothing, none, ...arrays)).toThrow(refused);
    }
    const input = f32().fill(3);
    const result = f32();
    let run: unknown;
    const status = await new Promise((resolve) => {
      run = beside("startRun", id, resolve, none, input, f32());
      input.fill(7);
      expect(() => beside("takeRun", run, result)).toThrow(wrong("takeRun takes a run that has just ended."));
      expect(beside("roundsOf", run)).toBe(0);
      call("disposePlan", id);
    });
    expect(status).toBe(0);
    for (const name of ["stopRun", "roundsOf"] as const) {
      expect(() => beside(name, run)).toThrow(wrong(`${name} takes a run that is under way.`));
      expect(() => beside(name)).toThrow(wrong(`${name} takes a run that is under way.`));
    }
    expect(() => beside("takeRun", run, result)).toThrow(wrong("takeRun takes a run that has just ended."));
    const again = call("createPlan", ...four(), true);
    const wrongArrays = wrong("The arrays given to takeRun do not match the plan.");
    await new Promise<void>((resolve) => {
      run = beside(
        "startRun",
        again,
        () => {
          for (const arrays of [[], [f32()], [f32(), f32(5)], [f32(5), f32()], [detached(), f32()], [f32(), f32(), f32()]])
            expect(() => beside("takeRun", run, ...arrays)).toThrow(wrongArrays);
          beside("takeRun", run, result, f32());
          resolve();
        },
        none,
        f32().fill(3),
        f32(),
      );
    });
    expect([...result]).toEqual([3, 3, 3, 3, 3, 3]);
    for (const each of [plain, again]) call("disposePlan", each);
  });

  it.each<[string, readonly unknown[]]>([
    ["none", []],
    ["one more", [f32(), f32()]],
    ["a shorter one", [f32(5)]],
    ["a longer one", [f32(7)]],
    ["a detached one", [detached()]],
    ["a number", [6]],
  ])("bindVariables: %s", (_, arrays) => {
    const id = call("createPlan", ...four());
    expect(() => call("bindVariables", id, ...arrays)).toThrow(wrong("The arrays given to bindVariables do not match the plan."));
    expect(() => call("runPlan", id, f32(), f32()), "not bound").toThrow(wrong("The arrays given to runPlan do not match the plan."));
    call("disposePlan", id);
  });

  it("runPlan: the arrays of a plan, one of them wrong", () => {
    const refused = wrong("The arrays given to runPlan do not match the plan.");
    const id = call("createPlan", ...four());
    call("bindVariables", id, f32());
    const good: Float32Array[] = [f32(), f32()];
    for (const at of [0, 1]) {
      for (const bad of [f32(5), f32(7), detached(), new ArrayBuffer(24), [1, 2, 3, 4, 5, 6], undefined]) {
        expect(() => call("runPlan", id, ...good.with(at, bad as Float32Array))).toThrow(refused);
      }
    }
    for (const few of [[], [f32()], [...good, f32()]]) expect(() => call("runPlan", id, ...few)).toThrow(refused);
    expect(call("runPlan", id, ...good)).toBe(0);
    call("disposePlan", id);
  });

  it("runPlan: variables of a plan that prints come with each run", () => {
    const refused = wrong("The arrays given to runPlan do not match the plan.");
    const prints: Parts = { ...plan, prints: 1, steps: [[4, 0, 1, 2], copy(0, 1)] };
    const id = call("createPlan", ...four().with(0, encode(prints)));
    for (const bad of [[], [f32(5)], [detached()], [f32(), f32()]]) {
      expect(() => call("runPlan", id, f32(), f32(), ...bad)).toThrow(refused);
    }
    expect(call("runPlan", id, f32(), f32(), f32())).toBe(0);
    call("disposePlan", id);
  });

  it("a plan that its own print step disposes is gone from then on, and the run goes to its end", () => {
    const gone = wrong("There is no such plan: it was disposed.");
    let calls = 0;
    const print = (): void => {
      calls++;
      call("disposePlan", id);
      call("disposePlan", id);
      expect(() => call("runPlan", id, f32(), f32(), f32())).toThrow(gone);
      expect(() => call("bindVariables", id, f32())).toThrow(gone);
    };
    const words = encode({ ...plan, prints: 1, steps: [[4, 0, 1, 2], copy(0, 1)] });
    const id = call("createPlan", ...four().with(0, words).with(3, print));
    const [from, to] = [f32().fill(7), f32()];
    expect(call("runPlan", id, from, to, f32())).toBe(0);
    expect([calls, to]).toEqual([1, from]);
  });

  it.each<[string, number]>([
    ["an input", 0],
    ["an output", 1],
    ["a variable", 2],
  ])("runPlan: %s that a print step takes away", (_, at) => {
    const prints: Parts = { ...plan, prints: 1, arena: 1, buffers: [...plan.buffers!, arena("float32", 0, [6])], stacks: 1 };
    const arrays = [f32(), f32(), f32()];
    const print = () => void structuredClone(arrays[at]!.buffer, { transfer: [arrays[at]!.buffer] });
    const steps = [[4, 0, 1, 3], push(0, 3), copy(3, 1)];
    const id = call(
      "createPlan",
      ...four()
        .with(0, encode({ ...prints, steps }))
        .with(3, print),
    );
    expect(() => call("runPlan", id, ...arrays)).toThrow(wrong("An array of a running plan was detached by a print step."));
    call("disposePlan", id);
  });
});
