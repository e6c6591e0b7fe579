/** Pool and kernels under ThreadSanitizer, kernels under AddressSanitizer and UBSan, without Node: native/scripts/sanitize-programs.mjs. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../../native/scripts/sanitize-programs.mjs", import.meta.url));
const compiler = process.env["CXX"] ?? "c++";

/** Whether the compiler has a library: one that does not prints the bare name. */
function has(library: string): boolean {
  const { status, stdout } = spawnSync(compiler, [`-print-file-name=${library}`], { encoding: "utf8" });
  return process.platform === "linux" && status === 0 && existsSync(stdout.trim());
}

describe.runIf(has("libasan.so") && has("libubsan.so"))("under AddressSanitizer and UBSan", () => {
  it("kernels stay in their tensors, and a fault made on purpose is reported", { timeout: 1_200_000 }, () => {
    expect(execFileSync(process.execPath, [script, "--quick=address"], { encoding: "utf8" }).split("\n")).toEqual([
      "kernels (address): kernels: all checks hold",
      "kernels (address): reports AddressSanitizer: heap-buffer-overflow",
      "kernels (address): reports signed integer overflow",
      "",
    ]);
  });
});

describe.runIf(has("libtsan.so"))("under ThreadSanitizer", () => {
  it("threads of the pool and two users at once have no races", { timeout: 600_000 }, () => {
    expect(execFileSync(process.execPath, [script, "--quick"], { encoding: "utf8" })).toBe("threads (thread): threads: all checks hold\n");
  });
});
