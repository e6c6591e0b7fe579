/**
 * `npm run sample -- collatz`: builds the samples with the esbuild plugin and runs one of them. Pictures go to samples/out, or to a
 * folder named behind the sample.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { buildTransformed, out } from "./build.mjs";

process.setSourceMapsEnabled(true);
const { samples } = await import(pathToFileURL(await buildTransformed()).href);
const name = process.argv[2];
if (name === undefined || !Object.hasOwn(samples, name)) {
  if (name !== undefined) console.error(`There is no sample named ${name}.`);
  console.error(
    `Usage: npm run sample -- <name> [folder]\n\n${Object.entries(samples)
      .map(([key, m]) => `  ${key.padEnd(19)} ${m.sample.title}`)
      .join("\n")}`,
  );
  process.exit(name === undefined ? 0 : 1);
}
const folder = process.argv[3] ?? path.relative(process.cwd(), out);
mkdirSync(path.resolve(folder), { recursive: true });
await samples[name].main(folder);
