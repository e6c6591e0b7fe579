/** Gradients of random programs in every way (judge.ts). `node test/perf/programs.mjs --gradients` tries more. */
import { afterAll, expect, it } from "vitest";
import { dispose } from "./judge.ts";
import { runMany } from "./many.ts";

afterAll(dispose);

it("are the same in every mode", { timeout: 600_000 }, async () => {
  const lines: string[] = [];
  const { failed, refused } = await runMany({ count: 40, seed: 1, batch: 40, shrink: true }, (line) => lines.push(line));
  expect(failed, lines.join("\n")).toBe(0);
  expect(refused).toBeLessThan(16);
});
