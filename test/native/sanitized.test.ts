/** The thread pool and the kernels that use it under ThreadSanitizer, without Node: native/scripts/sanitize-programs.mjs --quick. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../../native/scripts/sanitize-programs.mjs", import.meta.url));
const compiler = process.env["CXX"] ?? "c++";
const answer = spawnSync(compiler, ["-print-file-name=libtsan.so"], { encoding: "utf8" });
// A compiler that does not have the library prints the bare name.
const possible = process.platform === "linux" && answer.status === 0 && existsSync(answer.stdout.trim());

describe.runIf(possible)("under ThreadSanitizer", () => {
  it("threads of the pool and two users at once have no races", { timeout: 600_000 }, () => {
    expect(execFileSync(process.execPath, [script, "--quick"], { encoding: "utf8" })).toBe("threads (thread): threads: all checks hold\n");
  });
});
