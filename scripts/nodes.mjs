/**
 * Installs other versions of Node under out/nodes, as plain binaries from npm: the tests of loaders and of the native addon
 * run on each that they find there, and skip the others. About 180 MB each.
 *
 *   npm run nodes                 20, 22, 24, 26
 *   npm run nodes -- 22 26
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { main, root, step } from "./steps.mjs";

const platform = { win32: "win" }[process.platform] ?? process.platform;
const majors = process.argv.length > 2 ? process.argv.slice(2) : ["20", "22", "24", "26"];

await main(async () => {
  const folder = join(root, "out", "nodes");
  mkdirSync(folder, { recursive: true });
  // A package.json of its own keeps npm from adding to the repository's.
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  for (const major of majors) {
    const name = `node-${platform}-${process.arch}`;
    await step(`Node ${major}`, "npm", ["install", "--no-audit", "--no-fund", "--no-workspaces", `node${major}@npm:${name}@${major}`], {
      cwd: folder,
    });
  }
});
