/**
 * Runs the C++ tests that need no Node under sanitizers: races, then memory and undefined behaviour. Linux; g++ or clang++ with its
 * sanitizer libraries. Builds only what the programs need (a minute per kind of sanitizer on two cores, seconds after a change).
 *
 *   node native/scripts/sanitize-programs.mjs [--quick | --quick=address]
 *
 * - threads: ThreadSanitizer over the pool and kernels that use it, with 1, 2, 3 and 8 threads, two users at once, a pool that is resized.
 * - kernels: ThreadSanitizer, then AddressSanitizer with UBSan, over all checks of native/test/kernels.cpp.
 *
 * --quick: ThreadSanitizer over threads alone; --quick=address: kernels with AddressSanitizer and UBSan on smaller tensors, and two faults
 * that they must report. These are what the tests run. Why without Node: an addon built with ThreadSanitizer is
 * refused for its static TLS, and with libtsan preloaded Node reports races in libuv's locks and V8's jobs.
 */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const native = dirname(dirname(fileURLToPath(import.meta.url)));

/** Program, kind, its arguments, and what it must report where it is wrong on purpose. */
const faults = [
  ["kernels", "address", ["0", "memory"], "AddressSanitizer: heap-buffer-overflow"],
  ["kernels", "address", ["0", "arithmetic"], "signed integer overflow"],
];
const runs = process.argv.includes("--quick")
  ? [["threads", "thread", []]]
  : process.argv.includes("--quick=address")
    ? [["kernels", "address", ["0", "small"]], ...faults]
    : [["threads", "thread", ["3"]], ["kernels", "thread", ["0"]], ["kernels", "address", ["0"]], ...faults];

const execute = (command, args, env = {}) => spawnSync(command, args, { env: { ...process.env, ...env }, encoding: "utf8" });

for (const [program, kind, args, fault] of runs) {
  const build = join(native, "scripts", "build-addon.mjs");
  const built = execute(process.execPath, [
    build,
    `--program=${program}`,
    kind === "thread" ? "--sanitize=thread" : "--sanitize",
    "--strict",
  ]);
  if (built.status !== 0) {
    console.log(built.stdout + built.stderr);
    process.exit(1);
  }
  const file = join(native, "build", kind === "thread" ? "Thread" : "Sanitize", program);
  // Exit code 66 is ThreadSanitizer's own where it found something.
  const ran = execute(file, args, {
    TSAN_OPTIONS: "halt_on_error=0 exitcode=66",
    UBSAN_OPTIONS: "print_stacktrace=1",
    // Looking for leaks needs ptrace, which containers refuse.
    ASAN_OPTIONS: "detect_leaks=0",
  });
  const text = `${ran.stdout}${ran.stderr}`.trimEnd();
  if (fault !== undefined) {
    const reported = ran.status !== 0 && text.includes(fault);
    console.log(`${program} (${kind}): ${reported ? "reports" : "does not report"} ${fault}`);
    if (!reported) process.exitCode = 1;
    continue;
  }
  console.log(`${program} (${kind}): ${text === "" ? `ended with ${ran.status ?? ran.signal}` : text}`);
  if (ran.status !== 0) process.exitCode = 1;
}
