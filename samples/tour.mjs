/**
 * The tour: builds the samples, shows one function as source, emitted code and graph, runs every sample four ways, and
 * writes a picture and an HTML page of a graph.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createTransformer } from "@graphfn/transformer";
import { instance as graphviz } from "@viz-js/viz";
import * as gf from "graphfn";
import pc from "picocolors";
import { buildPlain, buildTransformed, out } from "./build.mjs";
import { sideBySide, table, time } from "./text.mjs";

process.setSourceMapsEnabled(true);
const root = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const shown = "collatz";
const step = (n, text) => console.log(`\n${pc.bold(pc.cyan(`[${n}/4]`))} ${pc.bold(text)}\n`);

const info = gf.backendInfo();
console.log(`${pc.bold("graphfn")} tour on Node ${process.versions.node}: ${info.summary}`);

step(1, "Build the samples with the esbuild plugin");
const started = performance.now();
const transformed = await import(pathToFileURL(await buildTransformed()).href);
const plain = await import(pathToFileURL(await buildPlain()).href);
const { compare, WAYS } = await import(pathToFileURL(await buildTransformed("src/compare.ts", "compare")).href);
console.log(
  `${Object.keys(transformed.samples).length} samples in ${Math.round(performance.now() - started)} ms, with and without the transform → ${path.relative(process.cwd(), out)}`,
);

step(2, `One function, three forms: ${shown}`);
const file = path.join(root, "src", `${shown}.ts`);
const text = readFileSync(file, "utf8");
const transformer = createTransformer({ root });
const result = transformer.transform(file, text);
transformer.dispose();
const explanation = transformed.samples[shown].sample.fn.explain(gf.scalar(27));
const body = (code) => code.slice(code.indexOf("/** @graphFunction */"), code.indexOf("export function main")).trimEnd();
console.log(
  sideBySide(
    [
      ["source", body(text)],
      ["emitted", body(result.code)],
      ["graph", explanation.graph],
    ],
    process.stdout.columns ?? 170,
  ),
);
for (const [at, construct, staging, reason] of explanation.decisions)
  console.log(pc.dim(`  ${shown}.ts:${at}  ${construct} is ${staging}: ${reason}`));

step(3, "Every sample: plain numbers, eager ops, graph on two backends");
const ways = WAYS.filter((way) => way !== "native" || info.name === "native");
const rows = [];
let different = 0;
for (const [name, { sample }] of Object.entries(transformed.samples)) {
  if (process.stdout.isTTY) process.stdout.write(`\r  ${name} …\x1b[K`);
  const { outcomes, differences } = compare(sample, plain.samples[name].sample.fn, ways, 60);
  if (differences.length > 0) different++;
  const last = outcomes[ways.at(-1)];
  rows.push([
    name,
    differences.length === 0 ? pc.green("equal") : pc.red("differs"),
    ...ways.map((way) => time(outcomes[way].time)),
    `${(outcomes.eager.time / last.time).toFixed(1)}×`,
  ]);
  for (const difference of differences) rows.push([`  ${pc.red(difference)}`]);
}
if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
console.log(
  table([["sample", "results", ...ways.map((w) => (w === "plain" || w === "eager" ? w : `graph, ${w}`)), "graph vs eager"], ...rows]),
);
console.log(pc.dim("  time per call over the sample's small inputs; plain JavaScript works on bare numbers, so one op of it is the floor"));

step(4, "Pictures");
mkdirSync(out, { recursive: true });
const picture = path.join(out, "mandelbrot.png");
const before = performance.now();
transformed.samples.mandelbrot.main(picture);
console.log(pc.dim(`  512 × 512 points, up to 200 iterations, in ${Math.round(performance.now() - before)} ms with its picture`));
const page = path.join(out, `${shown}.html`);
const viz = await graphviz();
writeFileSync(page, explanation.html({ source: body(text), emitted: body(result.code), svg: viz.renderString(explanation.dot, { format: "svg" }) }));
console.log(`wrote ${path.relative(process.cwd(), page)}: source, emitted code and graph of ${shown}`);

console.log(`\nRun one sample:  npm run sample -- ${shown}\nAll tests:       npm test`);
process.exitCode = different === 0 ? 0 : 1;
