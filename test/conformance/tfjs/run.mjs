/**
 * TensorFlow.js's own tests on this library: `npm run build && node test/conformance/tfjs/run.mjs [part of a file's name] [--failures]`.
 *
 * The compiled tests of @tensorflow/tfjs-core are bundled with the imports of their library led to ours (tensorflow.mjs). Each file runs
 * in a process of its own, so that one that crashes is seen as that. Prints passes per file, and with --failures each case that failed.
 *
 * Two figures: cases that not-ours.mjs does not name, and strictly all that need no browser. In the second one a case that is meant to
 * differ fails like any other, and so does every case of a file about the inside of TensorFlow.js: those are counted, not run.
 * Ends with 1 where a case fails and has no reason in not-ours.mjs.
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
import { browser, notOurs } from "./not-ours.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const core = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-core/package.json"));
const out = join(here, "..", "..", "out", "tfjs");

const { values, positionals } = parseArgs({ allowPositionals: true, options: { failures: { type: "boolean", default: false } } });
/** Why a file is left out as a whole. The longest name that fits decides. */
function reasonOf(name) {
  const fits = (part) => (part.endsWith("/") ? name.includes(`/${part}`) : name.endsWith(`/${part}`));
  return notOurs[
    Object.keys(notOurs)
      .filter(fits)
      .toSorted((a, b) => b.length - a.length)[0]
  ];
}
const isAsked = (name) => positionals.length === 0 || positionals.some((part) => name.includes(part));
const found = readdirSync(join(core, "dist"), { recursive: true })
  .map((name) => `dist/${name.replaceAll("\\", "/")}`)
  .filter((name) => name.endsWith("_test.js") && isAsked(name) && reasonOf(name) !== browser);

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
  entryPoints: found.map((name) => join(core, name)),
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
  const counted = reasonOf(name) === undefined ? [] : ["--count"];
  const child = spawn(process.execPath, [join(here, "specs.mjs"), ...counted, bundle], { stdio: ["ignore", "pipe", "pipe"] });
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

const waiting = [...found];
const results = [];
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results.push(await run(next));
  }),
);

let passed = 0;
let total = 0;
let [strictly, all, inside, unnamed] = [0, 0, 0, 0];
for (const { name, cases, crash } of results.toSorted((a, b) => a.name.localeCompare(b.name))) {
  if (reasonOf(name) !== undefined) {
    inside += cases.length;
    if (cases.length === 0) console.log(`${basename(name)}: no case could be counted: ${crash}`);
    continue;
  }
  const run = cases.filter(({ status, name }) => status !== "excluded" && status !== "pending" && notOurs[name] !== browser);
  all += run.length;
  strictly += run.filter(({ status }) => status === "passed").length;
  const counted = run.filter(({ name }) => notOurs[name] === undefined);
  const failed = counted.filter(({ status }) => status !== "passed");
  passed += counted.length - failed.length;
  total += counted.length;
  unnamed += failed.length + (crash === null ? 0 : 1);
  if (failed.length > 0 || crash !== null)
    console.log(`${basename(name).padEnd(40)} ${counted.length - failed.length} of ${counted.length}`);
  if (crash !== null) console.log(`  ended by an error: ${crash}`);
  if (values.failures) for (const { name, message } of failed) console.log(`  ${name}\n    ${message}`);
}
const share = (part, whole) => `${part} of ${whole} (${((100 * part) / Math.max(whole, 1)).toFixed(1)} %)`;
console.log(`\n${share(passed, total)} cases pass where no difference is meant; ${unnamed} fail without a reason in not-ours.mjs`);
console.log(`${share(strictly, all)} of all cases about its public API, meant differences counted as failures`);
console.log(`${share(strictly, all + inside)} of all cases that need no browser, those about its inside counted as failures`);
process.exitCode = unnamed === 0 ? 0 : 1;
