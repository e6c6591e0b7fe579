/** docs/ops.md is what the records say, docs/dtypes.md what the rows of dtypes say. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as rows from "../../runtime/src/core/dtype.ts";
import { allOps } from "../../runtime/src/ops/index.ts";
import type { OpRecord } from "../../runtime/src/ops/op.ts";

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);

it("docs/ops.md is up to date (npm run gen)", async () => {
  const { opsPage } = (await import(at("scripts/ops-page.mjs").href)) as { opsPage: (ops: readonly OpRecord[]) => string };
  expect(readFileSync(at("docs/ops.md"), "utf8")).toBe(opsPage(allOps()));
});

it("docs/dtypes.md is up to date (npm run gen)", async () => {
  const { dtypesPage } = (await import(at("scripts/dtypes-page.mjs").href)) as { dtypesPage: (from: typeof rows) => string };
  expect(readFileSync(at("docs/dtypes.md"), "utf8")).toBe(dtypesPage(rows));
});
