/** Line ends, marks of every form, comments, names, decorators, JSX, very long functions: right values, and stack traces to the column. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cases } from "./syntax/cases.ts";

const root = join(import.meta.dirname, "..", "..");

it("means the same in every form of text", () => {
  mkdirSync(join(root, "out"), { recursive: true });
  const folder = mkdtempSync(join(root, "out", "syntax-"));
  try {
    const lib = ["es2023", "esnext.disposable", "esnext.decorators", "dom"];
    const options = { target: "es2023", lib, module: "nodenext", moduleResolution: "nodenext", types: [], strict: true, jsx: "react" };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { ...options, allowImportingTsExtensions: true, noEmit: true }, include: ["*"] }),
    );
    for (const [name, text] of Object.entries(cases)) writeFileSync(join(folder, name), text);
    const runner = join(import.meta.dirname, "syntax", "run.mjs");
    const { stdout, stderr } = spawnSync(process.execPath, ["--import", "@graphfn/transformer/register", runner, folder], {
      cwd: root,
      encoding: "utf8",
    });
    expect(stdout + stderr).toBe("done\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
