/** docs/ops.md is what the records say. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { allOps } from "../../runtime/src/ops/index.ts";
import type { OpRecord } from "../../runtime/src/ops/op.ts";

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);

it("is up to date (npm run gen)", async () => {
  const { opsPage } = (await import(at("scripts/ops-page.mjs").href)) as { opsPage: (ops: readonly OpRecord[]) => string };
  expect(readFileSync(at("docs/ops.md"), "utf8")).toBe(opsPage(allOps()));
});
