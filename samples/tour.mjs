/**
 * The tour: builds the samples, shows one function as source, emitted code and graph, runs every sample in all ways, trains
 * networks, and writes pictures and an HTML page of a graph. Exit code 1 if a sample differs between the ways.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createTransformer } from "@graphfn/transformer";
import { instance as graphviz } from "@viz-js/viz";
import * as gf from "graphfn";
import pc from "picocolors";
import { buildAll, buildPlain, out } from "./build.mjs";
import { prose, sideBySide, table, terminalColumns, time } from "./text.mjs";

process.setSourceMapsEnabled(true);
const root = path.dirname(fileURLToPath(import.meta.url));
const shown = "collatz";
const columns = terminalColumns();
const step = (n, text) => console.log(`\n${pc.bold(pc.cyan(`[${n}/5]`))} ${pc.bold(text)}\n`);
const note = (text) => console.log(prose(text, columns));
const here = (file) => path.relative(process.cwd(), file) || ".";
const ratio = (x) => `${x.toFixed(x < 0.95 ? 2 : x < 100 ? 1 : 0)}×`;
const since = (start) => time((performance.now() - start) * 1e6);

const info = gf.backendInfo();
console.log(`${pc.bold("graphfn")} tour, Node ${process.versions.node}`);
note(info.summary);

step(1, "Build the samples with the esbuild plugin");
const building = performance.now();
const [withTransform, comparing] = await buildAll({ samples: "src/index.ts", compare: "src/compare.ts" });
const without = await buildPlain();
const built = since(building);
const [transformed, plain, { compare, compareProgram, WAYS }] = await Promise.all(
  [withTransform, without, comparing].map((file) => import(pathToFileURL(file).href)),
);
const samples = Object.entries(transformed.samples);
const functions = samples.filter(([, { sample }]) => !("check" in sample));
const programs = samples.filter(([, { sample }]) => "check" in sample);
console.log(`  ${samples.length} samples, with the transform and without, in ${built} → ${here(out)}`);

step(2, `One function in three forms: ${shown}`);
const file = path.join(root, "src", `${shown}.ts`);
const text = readFileSync(file, "utf8");
const transformer = createTransformer({ root });
const result = transformer.transform(file, text);
transformer.dispose();
const explanation = transformed.samples[shown].sample.fn.explain(gf.scalar(27));
const body = (code) => code.slice(code.indexOf("/** @graphFunction */"), code.indexOf("export function main")).trimEnd();
const source = body(text);
const emitted = body(result.code);
console.log(
  sideBySide(
    [
      ["source", source],
      ["emitted", emitted],
      ["graph", explanation.graph.replace(/ {2}\/\/ \S+:\d+:\d+$/gm, "")],
    ],
    columns,
  ),
);
console.log();
for (const [at, construct, staging, reason] of explanation.decisions) note(`${shown}.ts:${at}  ${construct} is ${staging}: ${reason}`);

const ways = WAYS.filter((way) => way !== "native" || info.name === "native");
step(3, "Every function in all ways: plain numbers, eager ops, graph on each backend");
const rows = [["sample", "results", ...ways, "eager/graph"]];
let different = 0;
const underWay = (name) => process.stdout.isTTY && process.stdout.write(name === null ? "\r\x1b[K" : `\r  ${name} …\x1b[K`);
for (const [name, { sample }] of functions) {
  underWay(name);
  const { outcomes, differences } = compare(sample, plain.samples[name].sample.fn, ways, 60);
  if (differences.length > 0) different++;
  rows.push([
    name,
    differences.length === 0 ? pc.green("equal") : pc.red("differs"),
    ...ways.map((way) => time(outcomes[way].time)),
    ratio(outcomes.eager.time / outcomes[ways.at(-1)].time),
  ]);
  for (const difference of differences) rows.push([pc.red(`  ${difference}`)]);
}
underWay(null);
console.log(table(rows));
console.log();
note("Time of one call on the sample's small inputs. plain: bare numbers in JavaScript, without tensors, the floor.");
note(`eager: one op at a time. ${ways.slice(2).join(", ")}: one call of the compiled graph.`);
const fallbacks = Object.keys(gf.backendInfo().fallbacks);
if (fallbacks.length > 0) note(`Ops without a native kernel, which ran by their reference rule: ${fallbacks.join(", ")}.`);

step(4, "Programs that train, save and load: a small run of each, eager and as graphs");
const programRows = [["sample", "results", ...ways.slice(1)]];
for (const [name, { sample }] of programs) {
  underWay(name);
  const { outcomes, differences } = await compareProgram(sample, ways);
  if (differences.length > 0) different++;
  programRows.push([
    name,
    differences.length === 0 ? pc.green("equal") : pc.red("differs"),
    ...ways.slice(1).map((way) => time(outcomes[way].time)),
  ]);
  for (const difference of differences) programRows.push([pc.red(`  ${difference}`)]);
}
underWay(null);
console.log(table(programRows));
console.log();
note("Time of the whole run: drawing the data, compiling, training.");

step(5, "Pictures, and a page of the graph");
mkdirSync(out, { recursive: true });
for (const [name, doing] of [
  ["mandelbrot", "512 × 512 points, up to 200 iterations each"],
  ["custom-training", "60 epochs of a training loop"],
  ["two-spiral", "300 epochs, and the answer at 313 600 points"],
  ["sequences", "400 steps of 32 sequences, read bit by bit"],
  ["lorenz", "8000 steps, and a Jacobian through 1600"],
  ["hamiltonian", "4000 draws, 24 gradients each"],
  ["curve-fit", "five parameters from 120 measurements"],
  ["digits", "5000 digits written, 12 epochs"],
]) {
  if (name === "digits" && info.name !== "native") {
    note("digits is left out: it takes minutes without the native addon.");
    continue;
  }
  const start = performance.now();
  await indented(() => transformed.samples[name].main(here(out)));
  note(`${doing}, in ${since(start)} with the picture\n`);
}
const page = path.join(out, `${shown}.html`);
const viz = await graphviz();
writeFileSync(page, explanation.html({ source, emitted, svg: viz.renderString(explanation.dot, { format: "svg" }) }));
console.log(`  wrote ${here(page)}`);
note(`source, emitted code, graph and plan of ${shown} next to each other: open it in a browser`);

console.log(`\nOne sample   npm run sample -- ${shown}\nAll tests    npm test`);
process.exitCode = different === 0 ? 0 : 1;

/** Runs `body`; its lines stand below the heading of the step. */
async function indented(body) {
  const log = console.log;
  console.log = (first, ...rest) => log(`  ${first}`, ...rest);
  try {
    await body();
  } finally {
    console.log = log;
  }
}
