/** Runs the cases in a folder: prints one line for each that gives another value, or fails at another place, than it should. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const HERE = "/*here*/";
const folder = resolve(process.argv[2]);
for (const name of readdirSync(folder).filter((file) => file !== "tsconfig.json")) {
  try {
    const file = join(folder, name);
    const found = await problem(name, await import(pathToFileURL(file).href), readFileSync(file, "utf8"));
    if (found !== undefined) console.log(`${name}: ${found}`);
  } catch (error) {
    console.log(`${name}: ${error.stack}`);
  }
}
console.log("done");

async function problem(name, { run, where }, text) {
  const [actual, expected] = await run();
  if (actual !== expected) return `${actual} instead of ${expected}`;
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  const row = lines.findIndex((line) => line.includes(HERE));
  const place = `${name}:${row + 1}:${lines[row].indexOf(HERE) + HERE.length + 1}`;
  try {
    await where();
  } catch (error) {
    return error.stack.split(/[\n)]/).some((frame) => frame.endsWith(place)) ? undefined : `not at ${place}: ${error.stack}`;
  }
  return "nothing was thrown";
}
