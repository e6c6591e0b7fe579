/**
 * The whole suite on a fresh clone or a used one: install, build, check, vitest. The last line is `N passed, N failed`.
 *
 *   npm test                     everything
 *   npm test -- test/ops         tests whose path contains this; no checks
 *   npm test -- -t "while"       options of vitest pass through
 *
 * A check that fails (format, lint, types) counts as one failed test and does not keep the tests from running.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { check } from "./check.mjs";
import { attached, bin, bold, dim, install, red, root, StepFailed } from "./steps.mjs";

const filters = process.argv.slice(2);
const report = join(root, "out", "test-report.json");

/** Runs vitest and reads its counts; a run that dies before it reports counts as one failure. */
async function runTests() {
  mkdirSync(join(root, "out"), { recursive: true });
  rmSync(report, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await attached(bin("vitest"), ["run", ...reporters, ...filters]);
  if (!existsSync(report)) return { passed: 0, failed: 1, problems: [`vitest ended with ${code} and no report`] };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  // A file that cannot be loaded has no tests to fail: it counts itself.
  const broken = testResults.filter((file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"));
  const failed = numFailedTests + broken.length;
  const problems = broken.map((file) => `${file.name}: ${file.message || "could not be run"}`);
  // Unhandled errors and a missing match end vitest with an error although no test failed.
  if (code !== 0 && failed === 0) return { passed: numPassedTests, failed: 1, problems: [`vitest ended with exit code ${code}`] };
  return { passed: numPassedTests, failed, problems };
}

async function run() {
  console.log(bold("Build"));
  await install();
  await build();
  let failedChecks = [];
  if (filters.length === 0) {
    console.log(bold("Check"));
    failedChecks = await check();
  } else {
    console.log(dim("  checks are left out when tests are chosen: npm run check"));
  }
  console.log(bold("Test"));
  const { passed, failed, problems } = await runTests();
  for (const title of failedChecks) console.log(red(`check failed: ${title}`));
  for (const problem of problems) console.log(red(problem));
  return { passed, failed: failed + failedChecks.length };
}

let result;
try {
  result = await run();
} catch (error) {
  if (!(error instanceof StepFailed)) console.error(error);
  else console.log(red(error.message));
  result = { passed: 0, failed: 1 };
}
console.log(`${result.passed} passed, ${result.failed} failed`);
process.exitCode = result.failed === 0 ? 0 : 1;
