import { describe, expect, it } from "vitest";
import { captureSpan, placeSpan, userPlace } from "../../runtime/src/trace/span.ts";

const runtime = new URL("../../runtime/", import.meta.url).pathname;

describe("spans", () => {
  it("name the caller's place", () => {
    const place = captureSpan().place();
    expect(place?.file).toMatch(/test\/trace\/span\.test\.ts$/);
    expect(place?.line).toBe(8);
  });

  it("pass over graphfn's own frames, built or mapped to their sources, in one stack", () => {
    const stack = `Error
    at captureSpan (file://${runtime}dist/graphfn-2QX7ABCD.js:66:20)
    at apply (file://${runtime}dist/index.js:50:22)
    at binary (${runtime}src/autograph/operate.ts:37:44)
    at node:internal/modules/run_main:12:3
    at Object.test (/home/user/app/src/collatz.ts:8:12)
    at collatz (/home/user/app/src/collatz.ts:6:3)`;
    expect(userPlace(stack)).toEqual({ file: "/home/user/app/src/collatz.ts", line: 8, column: 12 });
  });

  it("have no place where nobody else is on the stack", () => {
    expect(userPlace(`Error\n    at captureSpan (${runtime}src/trace/span.ts:1:1)`)).toBeUndefined();
  });

  it("of constructs carry the place that emitted code names", () => {
    expect(placeSpan("f.ts", "8:3").place()).toEqual({ file: "f.ts", line: 8, column: 3 });
  });
});
