/**
 * Runs the native tests with AddressSanitizer and UndefinedBehaviorSanitizer: builds the addon with them (build/Sanitize, about a minute)
 * and preloads their libraries into the test processes. g++ or clang++ with its sanitizer libraries is needed; Linux only.
 *
 *   node native/scripts/sanitize.mjs [arguments of vitest, instead of test/native]
 *
 * Leaks are not looked for: Node keeps much until the process ends.
 */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const native = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(native);

function execute(command, args, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** The compiler's own copy of a library. */
function library(name) {
  const compiler = process.env.CXX ?? "c++";
  return spawnSync(compiler, [`-print-file-name=${name}`], { encoding: "utf8" }).stdout.trim();
}

const args = process.argv.length > 2 ? process.argv.slice(2) : ["--project", "unit", "test/native"];
execute(process.execPath, [join(native, "scripts", "build-addon.mjs"), "--sanitize", "--strict"]);
execute(process.execPath, [join(root, "node_modules", "vitest", "vitest.mjs"), "run", ...args], {
  ...process.env,
  GRAPHFN_ADDON: join(native, "build", "Sanitize", "graphfn.node"),
  LD_PRELOAD: [library("libasan.so"), library("libubsan.so")].join(":"),
  ASAN_OPTIONS: "detect_leaks=0",
});
