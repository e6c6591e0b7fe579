/**
 * `node scripts/bundle.mjs`, a step of the build: the JavaScript of the runtime, `runtime/src` in a few files instead of one per module, since Node takes most of the time of an
 * import to find, read and compile files. Declarations stay one per module: `tsc` writes those.
 *
 * Entry points keep their paths in `dist`; what they share goes into `dist/graphfn-<hash>.js`, so that there is one of each module
 * whichever entry points a program uses. Frames of these files are known as graphfn's own: see runtime/src/trace/span.ts.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { withOwnNames } from "./own-names.mjs";
import { root } from "./steps.mjs";

/** What package.json exports, and modules that scripts, benches and suites of cases import past it. */
const ENTRIES = [
  "index",
  "autograph/index",
  "autograph/contract",
  "autograph/operators",
  "backends/select",
  "core/dtype",
  "ops/index",
  "staged/compiled",
];

const [source, dist] = [join(root, "runtime", "src"), join(root, "runtime", "dist")];
const { metafile } = await build({
  entryPoints: ENTRIES.map((entry) => join(source, `${entry}.ts`)),
  outbase: source,
  outdir: dist,
  chunkNames: "graphfn-[hash]",
  bundle: true,
  splitting: true,
  // Names of classes and functions are part of messages and configurations.
  keepNames: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  packages: "external",
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  absWorkingDir: root,
  logLevel: "error",
});

const made = new Set(Object.keys(metafile.outputs).map((file) => join(root, file)));

for (const file of made) if (file.endsWith(".js")) writeFileSync(file, withOwnNames(readFileSync(file, "utf8")));

// What builds before this one have left.
for (const file of readdirSync(dist, { recursive: true }).map((name) => join(dist, name))) {
  if (/\.js(\.map)?$/.test(file) && !made.has(file)) rmSync(file);
}
