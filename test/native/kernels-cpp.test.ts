/**
 * The C++ tests of kernels and threads, which need no Node: compiled against the addon's objects and run in a process of their own,
 * at every level of vector instructions that this machine has (the addon itself only uses the best one).
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nativeAddon } from "../../native/src/index.ts";

const native = fileURLToPath(new URL("../../native", import.meta.url));
const objects = join(native, "build/Release/objects");
const compiler = process.env["CXX"] ?? "c++";
const possible = existsSync(objects) && spawnSync(compiler, ["--version"]).status === 0;
const NAMES = ["baseline", "avx2", "avx512"];
const levels = NAMES.slice(0, NAMES.indexOf(nativeAddon()?.cpu() ?? "baseline") + 1);

describe.runIf(possible)("kernels without Node", () => {
  const folder = mkdtempSync(join(tmpdir(), "graphfn-kernels-"));
  const program = join(folder, "kernels");

  beforeAll(() => {
    // The addon's own part needs Node's symbols; level.cpp takes the place of the detection of levels.
    const parts = readdirSync(objects).filter((name) => name.endsWith(".o") && !name.startsWith("addon_") && name !== "core_cpu.o");
    const sources = ["kernels.cpp", "level.cpp"].map((name) => join(native, "test", name));
    execFileSync(compiler, [
      "-std=c++20",
      "-O1",
      ...sources,
      ...parts.map((part) => join(objects, part)),
      "-pthread",
      "-ldl",
      "-o",
      program,
    ]);
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(levels)("hold at level %s", { timeout: 60_000 }, (name) => {
    expect(execFileSync(program, [String(NAMES.indexOf(name))], { encoding: "utf8" })).toBe("kernels: all checks hold\n");
  });
});
