/**
 * The tour: builds the samples, shows one function as source, emitted code and graph, runs every sample in all ways, and
 * writes a picture and an HTML page of a graph. Exit code 1 if a sample differs between the ways.
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
const step = (n, text) => console.log(`\n${pc.bold(pc.cyan(`[${n}/4]`))} ${pc.bold(text)}\n`);
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
const [transformed, plain, { compare, WAYS }] = await Promise.all(
  [withTransform, without, comparing].map((file) => import(pathToFileURL(file).href)),
);
const samples = Object.entries(transformed.samples);
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
step(3, "Every sample in all ways: plain numbers, eager ops, graph on each backend");
const rows = [["sample", "results", ...ways, "eager/graph"]];
let different = 0;
for (const [name, { sample }] of samples) {
  if (process.stdout.isTTY) process.stdout.write(`\r  ${name} …\x1b[K`);
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
if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
console.log(table(rows));
console.log();
note("Time of one call on the sample's small inputs. plain: bare numbers in JavaScript, without tensors, the floor.");
note(`eager: one op at a time. ${ways.slice(2).join(", ")}: one call of the compiled graph.`);
const fallbacks = Object.keys(gf.backendInfo().fallbacks);
if (fallbacks.length > 0) note(`Ops without a native kernel, which ran by their reference rule: ${fallbacks.join(", ")}.`);

step(4, "A picture, and a page of the graph");
mkdirSync(out, { recursive: true });
const painting = performance.now();
process.stdout.write("  ");
transformed.samples.mandelbrot.main(here(path.join(out, "mandelbrot.png")));
note(`512 × 512 points, up to 200 iterations each, in ${since(painting)} with the picture`);
const page = path.join(out, `${shown}.html`);
const viz = await graphviz();
writeFileSync(page, explanation.html({ source, emitted, svg: viz.renderString(explanation.dot, { format: "svg" }) }));
console.log(`  wrote ${here(page)}`);
note(`source, emitted code, graph and plan of ${shown} next to each other: open it in a browser`);

console.log(`\nOne sample   npm run sample -- ${shown}\nAll tests    npm test`);
process.exitCode = different === 0 ? 0 : 1;
