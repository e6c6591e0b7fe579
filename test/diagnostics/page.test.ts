/** docs/diagnostics.md is what the catalogue and the samples say. */
import { readFileSync } from "node:fs";
import { CATALOGUE } from "@graphfn/transformer";
import { expect, it } from "vitest";

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);

it("is up to date (npm run gen)", async () => {
  const { diagnosticsPage } = (await import(at("scripts/diagnostics-page.mjs").href)) as {
    diagnosticsPage: (catalogue: typeof CATALOGUE) => string;
  };
  expect(readFileSync(at("docs/diagnostics.md"), "utf8")).toBe(diagnosticsPage(CATALOGUE));
});
