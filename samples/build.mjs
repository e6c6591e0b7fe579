/**
 * Bundles the samples twice: with the graphfn plugin (what a user's build does), and without it over plain.ts, so that the
 * same text runs on plain numbers. graphfn itself stays outside the bundles.
 */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { graphfn } from "@graphfn/plugin-esbuild";
import * as esbuild from "esbuild";

const root = path.dirname(fileURLToPath(import.meta.url));
export const out = path.join(root, "out");

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: true,
  outdir: out,
  external: ["fast-png"],
};

/** One module, transformed: all samples unless told otherwise. */
export async function buildTransformed(entry = "src/index.ts", name = "samples") {
  const [file] = await buildAll({ [name]: entry });
  return file;
}

/** Several modules with one transformer: { name: entry } → files, in that order. */
export async function buildAll(entries) {
  await esbuild.build({
    ...shared,
    entryPoints: Object.entries(entries).map(([name, entry]) => ({ in: entry, out: name })),
    external: [...shared.external, "graphfn", "graphfn/*"],
    plugins: [graphfn({ root })],
  });
  return Object.keys(entries).map((name) => path.join(out, `${name}.js`));
}

/** The same text without the transform, for plain numbers. */
export async function buildPlain() {
  await esbuild.build({
    ...shared,
    entryPoints: [{ in: "src/index.ts", out: "plain" }],
    alias: { graphfn: path.join(root, "src/plain.ts") },
    // Samples with a plain version of their own name tensor functions that plain.ts does not have; they are never called.
    logOverride: { "import-is-undefined": "silent" },
  });
  return path.join(out, "plain.js");
}
