/** docs/diagnostics.md is what the catalogue and the samples say. */
import { readFileSync } from "node:fs";
import { CATALOGUE } from "@graphfn/transformer";
import { expect, it } from "vitest";
import { docsPath, docsUrl } from "../../transformer/src/diagnostics/docs.ts";

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);

it("has an anchor for every code, and is what messages refer to", () => {
  const page = readFileSync(new URL(docsUrl("GF1001").replace(/#.*/, "").replace("transformer/src/", "transformer/dist/")), "utf8");
  for (const { code } of Object.values(CATALOGUE)) expect(page).toContain(`\n### ${docsPath(code).replace(/.*#/, "").toUpperCase()}\n`);
});

it("is up to date (npm run gen)", async () => {
  const { diagnosticsPage } = (await import(at("scripts/diagnostics-page.mjs").href)) as {
    diagnosticsPage: (catalogue: typeof CATALOGUE) => string;
  };
  expect(readFileSync(at("docs/diagnostics.md"), "utf8")).toBe(diagnosticsPage(CATALOGUE));
});
