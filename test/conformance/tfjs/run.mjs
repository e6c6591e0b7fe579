/**
 * TensorFlow.js's own tests on this library: `npm run build && node test/conformance/tfjs/run.mjs [part of a file's name] [--failures]`.
 *
 * The compiled tests of @tensorflow/tfjs-core are bundled with the imports of their library led to ours (tensorflow.mjs). Each file runs
 * in a process of its own, so that one that crashes is seen as that. Prints passes per file, and with --failures each case that failed.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { notOurs } from "./not-ours.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const core = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-core/package.json"));
const out = join(here, "..", "..", "out", "tfjs");

const { values, positionals } = parseArgs({ allowPositionals: true, options: { failures: { type: "boolean", default: false } } });
const isLeftOut = (name) => Object.keys(notOurs).some((part) => (part.endsWith("/") ? name.includes(`/${part}`) : basename(name) === part));
const isAsked = (name) => positionals.length === 0 || positionals.some((part) => name.includes(part));
const files = readdirSync(join(core, "dist"), { recursive: true })
  .map((name) => `dist/${name.replaceAll("\\", "/")}`)
  .filter((name) => name.endsWith("_test.js") && isAsked(name) && !isLeftOut(name));

/** Modules of TensorFlow.js that its tests import: the library itself is ours, small helpers of the tests stay theirs. */
const OURS = new Map([
  ["index", "tensorflow.mjs"],
  ["..", "tensorflow.mjs"],
  ["ops", "tensorflow.mjs"],
  ["tensor", "tensorflow.mjs"],
  ["ensure_shape", "tensorflow.mjs"],
  ["gather_nd", "tensorflow.mjs"],
  ["bitwise_and", "tensorflow.mjs"],
  ["optimizer", "tensorflow.mjs"],
  ["sgd_optimizer", "tensorflow.mjs"],
  ["scalar", "tensorflow.mjs"],
  ["tensor1d", "tensorflow.mjs"],
  ["tensor2d", "tensorflow.mjs"],
  ["tensor3d", "tensorflow.mjs"],
  ["util", "util.mjs"],
  ["jasmine_util", "describe.mjs"],
  ["test_util", "assertions.mjs"],
]);
const led = {
  name: "led-to-graphfn",
  setup(build) {
    build.onResolve({ filter: /^@tensorflow\/tfjs-core\/dist\// }, ({ path }) => ({ path: join(core, path.slice(path.indexOf("dist/"))) }));
    build.onResolve({ filter: /^\.\.?(\/|$)/ }, ({ path, importer }) => {
      const target = /_test(_util)?\.js$/.test(importer) ? OURS.get(basename(path)) : undefined;
      return target === undefined ? undefined : { path: join(here, target) };
    });
  },
};

await esbuild.build({
  entryPoints: files.map((name) => join(core, name)),
  outdir: out,
  outbase: join(core, "dist"),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  external: ["graphfn", "@tensorflow/tfjs-core"],
  plugins: [led],
  logLevel: "error",
});

function run(name) {
  const bundle = join(out, relative("dist", name).replace(/\.js$/, ".mjs"));
  const child = spawn(process.execPath, [join(here, "specs.mjs"), bundle], { stdio: ["ignore", "pipe", "pipe"] });
  const cases = [];
  let errors = "";
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("{")) cases.push(JSON.parse(line));
  });
  child.stderr.on("data", (text) => {
    errors += text;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ name, cases, crash: code === 0 ? null : errors.slice(-400) })));
}

const waiting = [...files];
const results = [];
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results.push(await run(next));
  }),
);

let passed = 0;
let total = 0;
for (const { name, cases, crash } of results.toSorted((a, b) => a.name.localeCompare(b.name))) {
  const counted = cases.filter(({ status, name }) => status !== "excluded" && status !== "pending" && notOurs[name] === undefined);
  const failed = counted.filter(({ status }) => status !== "passed");
  passed += counted.length - failed.length;
  total += counted.length;
  if (failed.length > 0 || crash !== null)
    console.log(`${basename(name).padEnd(40)} ${counted.length - failed.length} of ${counted.length}`);
  if (crash !== null) console.log(`  ended by an error: ${crash}`);
  if (values.failures) for (const { name, message } of failed) console.log(`  ${name}\n    ${message}`);
}
console.log(`\n${passed} of ${total} cases pass (${((100 * passed) / Math.max(total, 1)).toFixed(1)} %)`);
