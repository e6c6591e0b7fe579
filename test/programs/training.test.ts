/** Samples that train reach what they promise, at full size, and write the pictures that they say they write. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { decode } from "fast-png";
import * as gf from "graphfn";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { buildTransformed } from "../../samples/build.mjs";

const { samples } = (await import(await buildTransformed())) as { samples: Record<string, { main: (folder: string) => unknown }> };
const folder = mkdtempSync(path.join(tmpdir(), "graphfn-samples-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** On busy machines, and without the addon. */
const LONG = { timeout: 180_000 };

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((...args: unknown[]) => void lines.push(args.join(" ")));
  return () => vi.restoreAllMocks();
});

const main = (name: string): unknown => (samples[name] as { main: (folder: string) => unknown }).main(folder);
const written = (name: string): Buffer => readFileSync(path.join(folder, name));

it("two-spiral: 99 % of the points seen, and of those between them", LONG, async () => {
  const { training, between } = (await main("two-spiral")) as { training: number; between: number };
  expect(training).toBeGreaterThanOrEqual(0.99);
  expect(between).toBeGreaterThanOrEqual(0.99);
  const { width, height } = decode(written("two-spiral.png"));
  expect(Math.min(width, height)).toBeGreaterThan(560);
});

// TypeScript kernels take minutes for this one.
it.skipIf(gf.backendInfo().name !== "native")("digits: 97 % of unseen drawings", LONG, async () => {
  expect(await main("digits")).toBeGreaterThanOrEqual(0.97);
  expect(decode(written("digits-confusion.png")).channels).toBe(3);
  expect(lines.filter((line) => line.startsWith("Epoch "))).toHaveLength(12);
});

it("custom-training: the loss falls to the noise, and its curve is drawn", async () => {
  await main("custom-training");
  const losses = lines.flatMap((line) => /loss: ([\d.]+)/.exec(line)?.[1] ?? []).map(Number);
  expect(losses).toHaveLength(6);
  expect(losses.at(-1)).toBeLessThan(0.01);
  expect(written("loss.svg").toString()).toContain("<polyline");
});

it("sequential: summary, five lines of progress, a loss that falls, predictions next to what was asked for", async () => {
  await main("sequential");
  const text = lines.join("\n");
  expect(text).toContain("Total params: 897");
  expect(lines.filter((line) => /^Epoch \d\/5 .* loss: /.test(line))).toHaveLength(5);
  const [, first, last] = /loss from ([\d.]+) to ([\d.]+)/.exec(text) as RegExpExecArray;
  expect(Number(last)).toBeLessThan(Number(first) / 4);
});

it("save-load: another process predicts the same, to the bit", async () => {
  await main("save-load");
  expect(lines.at(-1)).toBe("equal");
});
