/** `npm run gen`: writes the files that are derived from others. Builds the runtime first. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { diagnosticsPage } from "./diagnostics-page.mjs";
import { dtypesPage } from "./dtypes-page.mjs";
import { opsPage } from "./ops-page.mjs";
import { attached, bin, main, root, step } from "./steps.mjs";

await main(async () => {
  await step("runtime", process.execPath, [join(root, "scripts", "bundle.mjs")]);
  await step("transformer", bin("tsc"), ["-b", "runtime", "transformer"]);
  const { allOps } = await import(pathToFileURL(join(root, "runtime", "dist", "ops", "index.js")).href);
  mkdirSync(join(root, "docs"), { recursive: true });
  writeFileSync(join(root, "docs", "ops.md"), opsPage(allOps()));
  console.log("  docs/ops.md");
  const rows = await import(pathToFileURL(join(root, "runtime", "dist", "core", "dtype.js")).href);
  writeFileSync(join(root, "docs", "dtypes.md"), dtypesPage(rows));
  console.log("  docs/dtypes.md");
  const { CATALOGUE } = await import(pathToFileURL(join(root, "transformer", "dist", "index.js")).href);
  writeFileSync(join(root, "docs", "diagnostics.md"), diagnosticsPage(CATALOGUE));
  console.log("  docs/diagnostics.md");
  // ARCHITECTURE.md quotes real output, docs/language.md the samples: the tests that compare them write them when asked to.
  process.env.GRAPHFN_WRITE_DOCS = "1";
  return attached(bin("vitest"), ["run", "test/docs", "test/semantics/rows.test.ts"]);
});
