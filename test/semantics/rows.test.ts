/** Every row has samples that exist, and docs/language.md is what the rows and the catalogue say. */
import { readFileSync, writeFileSync } from "node:fs";
import { CATALOGUE } from "@graphfn/transformer";
import { expect, it } from "vitest";
import { faultOf } from "./row.ts";
import { ROWS } from "./rows.ts";
import { TRAPS } from "./traps.ts";

const rows = [...ROWS, ...TRAPS];

it("has every row, once", () => {
  expect(ROWS.map(({ row }) => row)).toEqual(Array.from({ length: 72 }, (_, i) => `A${i + 1}`));
  expect(new Set(TRAPS.map(({ row }) => row)).size).toBe(TRAPS.length);
});

it("has samples for every row", () => {
  const faults = rows.flatMap(({ row, samples }) =>
    samples.flatMap((sample) => faultOf(sample) && [`${row}: ${sample}: ${faultOf(sample)}`]),
  );
  expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  expect(rows.filter(({ samples }) => samples.length === 0)).toEqual([]);
});

it("docs/language.md is up to date (npm run gen)", async () => {
  const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);
  const { languagePage } = (await import(at("scripts/language-page.mjs").href)) as {
    languagePage: (rows: typeof ROWS, traps: typeof TRAPS, catalogue: typeof CATALOGUE) => string;
  };
  const page = languagePage(ROWS, TRAPS, CATALOGUE);
  if (process.env["GRAPHFN_WRITE_DOCS"] === "1") writeFileSync(at("docs/language.md"), page);
  expect(readFileSync(at("docs/language.md"), "utf8")).toBe(page);
});
