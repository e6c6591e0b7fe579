/**
 * Format, lint and types of the whole repository: Biome, ESLint with typed rules, tsc -b, graphfn-tsc for the samples.
 * Returns the names of the checks that failed, so that one run shows all of them.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { bin, install, main, root, StepFailed, step } from "./steps.mjs";

export async function check() {
  const graphfnTsc = join(root, "transformer", "bin", "graphfn-tsc.js");
  const checks = [
    ["format and lint", bin("biome"), ["ci", "--colors=off", "--reporter=default"]],
    ["types", bin("tsc"), ["-b"]],
    [
      "typed lint",
      bin("eslint"),
      ["--cache", "--cache-location", "node_modules/.cache/eslint/", "runtime/src", "transformer/src", "plugin-esbuild/src"],
    ],
  ];
  // Samples use operators on tensors, which only the project's own checker can type.
  if (existsSync(graphfnTsc)) checks.push(["types of samples", process.execPath, [graphfnTsc, "--noEmit", "-p", "samples"]]);
  const failed = [];
  for (const [title, command, args] of checks) {
    try {
      await step(title, command, args);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      failed.push(title);
    }
  }
  return failed;
}

if (process.argv[1] === join(root, "scripts", "check.mjs")) {
  await main(async () => {
    await install();
    await build({ addon: false });
    return (await check()).length > 0 ? 1 : 0;
  });
}
