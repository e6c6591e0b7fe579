/** The table of faults: every line of sections 4.1 to 4.4 is held by a test that is there, or by another part. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ELSEWHERE, FAULTS } from "./faults.ts";

/** Lines per section of the list. */
const LINES: Readonly<Record<number, number>> = { 1: 12, 2: 11, 3: 6, 4: 12 };

it("has every line once", () => {
  const all = Object.entries(LINES).flatMap(([section, n]) => Array.from({ length: n }, (_, i) => `${section}.${i + 1}`));
  const here = [...FAULTS.map(({ line }) => line), ...Object.keys(ELSEWHERE)];
  expect(here.toSorted()).toEqual(all.toSorted());
});

it.each(FAULTS.map((fault) => [`${fault.line} ${fault.fault}`, fault] as const))("%s", (_, { held }) => {
  for (const [file, title] of held) expect(readFileSync(new URL(`../${file}`, import.meta.url), "utf8")).toContain(title);
});
