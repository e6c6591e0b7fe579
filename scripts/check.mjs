/**
 * Format, lint and types of the whole repository: Biome, tsc -b, graphfn-tsc, ESLint with typed rules.
 * Returns the names of the checks that failed, so that one run shows all of them.
 */
import { join } from "node:path";
import { build } from "./build.mjs";
import { bin, install, main, root, StepFailed, step } from "./steps.mjs";

export async function check() {
  // Tests and samples use operators on tensors, which only the project's own checker can type.
  const graphfnTsc = join(root, "transformer", "bin", "graphfn-tsc.js");
  const checks = [
    ["format and lint", bin("biome"), ["ci", "--colors=off", "--reporter=default"]],
    ["types of the packages", bin("tsc"), ["-b"]],
    ["types of the tests", process.execPath, [graphfnTsc, "-p", "test"]],
    ["types of the samples", process.execPath, [graphfnTsc, "-p", "samples"]],
    [
      "typed lint",
      bin("eslint"),
      ["--cache", "--cache-location", "node_modules/.cache/eslint/", "runtime/src", "transformer/src", "plugin-esbuild/src"],
    ],
  ];
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
