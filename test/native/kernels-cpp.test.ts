/** The C++ tests of kernels and threads, which need no Node: compiled against the addon's objects and run in a process of its own. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const native = fileURLToPath(new URL("../../native", import.meta.url));
const objects = join(native, "build/Release/objects");
const compiler = process.env["CXX"] ?? "c++";
const possible = existsSync(objects) && spawnSync(compiler, ["--version"]).status === 0;

it.runIf(possible)("kernels and threads hold without Node", { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "graphfn-kernels-"));
  try {
    // The addon's own part needs Node's symbols.
    const parts = readdirSync(objects).filter((name) => name.endsWith(".o") && !name.startsWith("addon_"));
    const program = join(folder, "kernels");
    execFileSync(compiler, [
      "-std=c++20",
      "-O1",
      join(native, "test/kernels.cpp"),
      ...parts.map((p) => join(objects, p)),
      "-pthread",
      "-ldl",
      "-o",
      program,
    ]);
    expect(execFileSync(program, { encoding: "utf8" })).toBe("kernels: all checks hold\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
