/** `npm run gen`: writes the files that are derived from others. Builds the runtime first. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { opsPage } from "./ops-page.mjs";
import { attached, bin, main, root, step } from "./steps.mjs";

await main(async () => {
  await step("runtime", bin("tsc"), ["-b", "runtime"]);
  const { allOps } = await import(pathToFileURL(join(root, "runtime", "dist", "ops", "index.js")).href);
  mkdirSync(join(root, "docs"), { recursive: true });
  writeFileSync(join(root, "docs", "ops.md"), opsPage(allOps()));
  console.log("  docs/ops.md");
  // ARCHITECTURE.md quotes real output: the test that compares it writes it when asked to.
  process.env.GRAPHFN_WRITE_DOCS = "1";
  return attached(bin("vitest"), ["run", "test/docs"]);
});
