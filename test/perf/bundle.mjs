/** One TypeScript file with marked functions, bundled by our plugin: what the benches of this folder measure. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { graphfn } from "@graphfn/plugin-esbuild";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));

/** The file of the bundle, under test/out. `sources`: graphfn from runtime/src, not as it is built. */
export async function bundle(file, { sources = false } = {}) {
  const out = path.join(here, "..", "out", `${path.basename(file, ".ts")}.mjs`);
  mkdirSync(path.dirname(out), { recursive: true });
  const runtime = path.join(here, "..", "..", "runtime", "src");
  await esbuild.build({
    entryPoints: [path.resolve(here, file)],
    outfile: out,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    sourcemap: true,
    alias: sources ? { graphfn: path.join(runtime, "index.ts"), "graphfn/autograph": path.join(runtime, "autograph", "index.ts") } : {},
    plugins: [graphfn({ root: here })],
  });
  return out;
}
