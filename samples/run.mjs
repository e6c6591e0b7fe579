/** `npm run sample -- collatz`: builds the samples with the esbuild plugin and runs one of them. */
import { pathToFileURL } from "node:url";
import { buildTransformed } from "./build.mjs";

process.setSourceMapsEnabled(true);
const { samples } = await import(pathToFileURL(await buildTransformed()).href);
const name = process.argv[2];
if (name === undefined || !Object.hasOwn(samples, name)) {
  if (name !== undefined) console.error(`There is no sample named ${name}.`);
  console.error(
    `Usage: npm run sample -- <name>\n\n${Object.entries(samples)
      .map(([key, m]) => `  ${key.padEnd(15)} ${m.sample.title}`)
      .join("\n")}`,
  );
  process.exit(name === undefined ? 0 : 1);
}
samples[name].main();
