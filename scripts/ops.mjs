/** `npm run ops [part of a name]`: what each op has, by running its record. Exits with 1 if something is missing. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { bold, dim, main, red, root } from "./steps.mjs";

const MARKS = { native: "●", view: "●", reference: "○", untested: "!", "not taken": dim("·") };

await main(async () => {
  const out = join(root, "test", "out", "ops.mjs");
  mkdirSync(join(root, "test", "out"), { recursive: true });
  const entryPoints = [join(root, "test", "ops", "matrix.ts")];
  await esbuild.build({
    entryPoints,
    outfile: out,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  const { ALL_DTYPES, gaps, hasAddon, matrix } = await import(pathToFileURL(out).href);
  const asked = process.argv[2] ?? "";
  const rows = matrix().filter(({ op }) => op.name.includes(asked));
  const width = Math.max(...rows.map(({ op }) => op.name.length));
  const head = ["op".padEnd(width), ...ALL_DTYPES, "open lengths", "samples", "errors", "vmap", "gradient"];
  console.log(bold(head.join("  ")));
  for (const row of rows) {
    const cells = [
      row.op.name.padEnd(width),
      ...ALL_DTYPES.map((dtype) => MARKS[row.dtypes[dtype]] + " ".repeat(dtype.length - 1)),
      (row.open ? "yes" : "no").padEnd("open lengths".length),
      String(row.samples).padStart("samples".length),
      String(row.errors).padStart("errors".length),
      row.vmap,
      row.gradient,
    ];
    console.log(`${cells.join("  ")}${row.reason === undefined ? "" : `  ${dim(row.reason)}`}`);
  }
  console.log(dim("\n● native kernel   ○ reference rule only   · not taken   gradient none: results are no real or complex numbers"));
  if (!hasAddon()) console.log(red("The addon is not built, so nothing is native: npm run build."));
  const missing = gaps(rows);
  for (const gap of missing) console.log(red(gap));
  console.log(`${rows.length} ops, ${missing.length} ${missing.length === 1 ? "gap" : "gaps"}`);
  return missing.length === 0 ? 0 : 1;
});
