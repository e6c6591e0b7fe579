/** Recursion in graphs: the same results as in eager mode, or an error that says what stands in the way. */
import * as gf from "graphfn";
import { afterEach, describe, expect, it } from "vitest";
import { thrown } from "./emitted.ts";
import * as all from "./recursive.ts";

afterEach(() => {
  gf.runFunctionsEagerly(false);
});

const n = (x: number): gf.Tensor => gf.scalar(x, "float64");
const plain = (x: unknown): unknown => {
  if (x instanceof gf.Tensor) return x.arraySync();
  return typeof x === "object" && x !== null ? Object.fromEntries(Object.entries(x).map(([key, value]) => [key, plain(value)])) : x;
};

const same: Record<string, readonly [(...args: never[]) => unknown, ...gf.Tensor[]][]> = {
  "types of results from paths that end": [
    [all.sumTo, n(0)],
    [all.sumTo, n(10)],
  ],
  "lengths that depend on data": [
    [all.halves, gf.tensor([8, 4]), gf.scalar(12)],
    [all.halves, gf.tensor([8, 4]), gf.scalar(2)],
  ],
  "a gradient taken inside": [[all.slope, n(2)]],
  structures: [
    [all.bounds, n(1)],
    [all.bounds, n(5)],
  ],
  "null, passed and returned": [
    [all.lastOdd, n(6)],
    [all.lastOdd, n(0.5)],
    [all.lastOdd, n(8)],
  ],
  "a variable that is changed on the way": [
    [all.calls, n(1)],
    [all.calls, n(7)],
  ],
  "objects that are changed on the way": [
    [all.inObject, n(0)],
    [all.inObject, n(3)],
  ],
  "JavaScript values that end it": [
    [all.staticBound, n(3), 5 as never],
    [all.staticBound, n(30), 5 as never],
  ],
  "calls in a loop, which are calls of the function around it": [
    [all.withLoop, n(1)],
    [all.withLoop, n(5)],
  ],
  "functions of their own in a loop": [[all.repeated, n(3), n(4)]],
  "a function within one, neither of which ends by itself": [
    [all.outer, n(0), n(0)],
    [all.outer, n(9), n(0)],
  ],
  methods: [[all.power, n(4)]],
  "generic functions with optional and rest parameters": [
    [all.generic, n(0)],
    [all.generic, n(3)],
  ],
};

describe.each(Object.entries(same))("%s", (_, runs) => {
  it("means the same in a graph", () => {
    for (const [fn, ...args] of runs) {
      gf.runFunctionsEagerly(true);
      const expected = plain(fn(...(args as never[])));
      gf.runFunctionsEagerly(false);
      expect(plain(fn(...(args as never[])))).toEqual(expected);
    }
  });
});

const explained = (fn: unknown): ((...args: gf.Tensor[]) => { text(): string; traced: string }) =>
  (fn as { explain: (...args: gf.Tensor[]) => { text(): string; traced: string } }).explain;

it("is a function in the graph, which is run node by node", () => {
  const explanation = explained(all.sumTo)(gf.scalar(1));
  expect(explanation.text()).toContain("Interpreted: `sumTo` calls itself.");
  expect(explanation.traced).toMatchInlineSnapshot(`
    "graph sumTo(%n.0: f32) {
      define 0 sumTo (%n.1: f32) gives (f32) {  // recursive.ts:7:1
        %2: i32* = const 0
        %3: f32 = cast %2 {dtype="float32"}
        %4: bool = lessEqual %n.1, %3  // recursive.ts:8:41
        %5: f32 = cond %4 {  // recursive.ts:8:3
          %6: i32* = const 0
          %7: f32 = cast %6 {dtype="float32"}
          yield %7
        } else {
          %8: i32* = const 1
          %9: f32 = cast %8 {dtype="float32"}
          %10: f32 = sub %n.1, %9  // recursive.ts:9:36
          %11: f32 = call 0 %10  // recursive.ts:7:1
          %12: f32 = add %n.1, %11  // recursive.ts:9:21
          yield %12
        }
        yield %5
      }
      %13: f32 = call 0 %n.0  // recursive.ts:7:1
      return %13
    }"
  `);
});

it("variables of the program count every call", () => {
  all.counter.assign(gf.scalar(0));
  expect(all.counting(gf.scalar(4)).item()).toBe(5);
  expect(all.counter.item()).toBe(5);
});

it("goes deeper than JavaScript's stack, and leaves no memory behind", () => {
  expect(all.sumTo(n(50_000)).item()).toBe(1_250_025_000);
  const before = gf.memory().numTensors;
  all.sumTo(n(1000)).dispose();
  expect(gf.memory().numTensors).toBe(before + 1);
});

it("ends with an error that names the function where it does not end", () => {
  const before = gf.memory().numTensors;
  expect(thrown(() => all.endless(gf.scalar(1)))).toMatchInlineSnapshot(
    `[StagingError: E_RECURSION: Calls of \`endless\` nest more than 100000 deep. Check that it comes to an end; the option \`maxDepth\` of its mark allows more. (test/staged/recursive.ts:13:1)]`,
  );
  expect(gf.memory().numTensors).toBe(before + 1);
  expect(thrown(() => all.shallow(gf.scalar(6))).message).toContain("nest more than 5 deep");
  expect(all.shallow(gf.scalar(4)).item()).toBe(4);
  expect(thrown(() => all.commented(gf.scalar(9))).message).toContain("nest more than 7 deep");
  expect(all.commented(gf.scalar(6)).item()).toBe(6);
  expect(thrown(() => all.misspelt(gf.scalar(6)))).toMatchObject({ code: "E_ARGUMENT", message: expect.stringContaining("maxdepth") });
});

it("errors of the user's come out", () => {
  expect(all.failing(n(4)).item()).toBe(0);
  expect(() => all.failing(n(3))).toThrow(new RangeError("below zero"));
  expect(all.caught(n(3)).item()).toBe(-1);
  expect(all.caught(n(4)).item()).toBe(0);
});

it("refuses what it cannot do, and says why", () => {
  expect(thrown(() => all.noEnd(gf.scalar(1)))).toMatchInlineSnapshot(
    `[StagingError: E_RECURSION: \`noEnd\` calls itself or throws on every path, so that it never returns. Return without a call on some path. (test/staged/recursive.ts:42:1)]`,
  );
  expect(thrown(() => all.tooStatic(gf.scalar(1), 0))).toMatchInlineSnapshot(
    `[StagingError: E_RECURSION: \`tooStatic\` calls itself with another \`depth\` each time, more than 100 deep, and the graph decides how often. JavaScript values are fixed while tracing: declare \`depth\` as a Tensor. (test/staged/recursive.ts:112:1)]`,
  );
});
