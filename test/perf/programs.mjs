/**
 * `node --max-semi-space-size=128 test/perf/programs.mjs [--count 20000] [--seed 1] [--batch 100] [--no-shrink]
 * [--gradients]`: random programs in every way (see test/transform/programs, or test/autodiff for gradients), from the sources, in
 * one process. The first line names the version. Exits with 1 if any two ways differ.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";

const root = path.resolve(fileURLToPath(import.meta.url), "..", "..", "..");
const source = (file) => path.join(root, file);

const { values } = parseArgs({
  allowNegative: true,
  options: {
    count: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    batch: { type: "string", default: "100" },
    shrink: { type: "boolean", default: true },
    gradients: { type: "boolean", default: false },
  },
});

const kind = values.gradients ? "autodiff" : "transform/programs";
// Two runs at once, of both kinds, are common.
const out = path.join(root, "test", "out", `${kind.replace("/", "-")}.mjs`);
mkdirSync(path.dirname(out), { recursive: true });
await esbuild.build({
  entryPoints: [source(`test/${kind}/many.ts`)],
  outfile: out,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  sourcemap: true,
  alias: {
    graphfn: source("runtime/src/index.ts"),
    "graphfn/autograph": source("runtime/src/autograph/index.ts"),
    "graphfn/contract": source("runtime/src/autograph/contract.ts"),
    "@graphfn/transformer": source("transformer/src/index.ts"),
  },
});
process.chdir(root);
const git = (...args) => execFileSync("git", args, { encoding: "utf8" }).trim();
const changed = git("status", "--porcelain") === "" ? "" : ", changed";
console.log(`version ${git("rev-parse", "HEAD")}${changed}, ${values.count} from seed ${values.seed}`);
const { runMany } = await import(pathToFileURL(out).href);
const number = (name) => Number(values[name]);
const options = { count: number("count"), seed: number("seed"), batch: number("batch"), shrink: values.shrink };
const { failed } = await runMany(options, (line) => console.log(line));
process.exit(failed === 0 ? 0 : 1);
