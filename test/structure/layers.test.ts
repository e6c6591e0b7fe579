import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { complaints, layerTable, type SourceFile } from "./rules.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PACKAGES = ["native", "runtime", "transformer", "plugin-esbuild"];

function sources(folder: string): SourceFile[] {
  if (!existsSync(join(root, folder, "src"))) return [];
  return readdirSync(join(root, folder, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|cpp|cc|c|h|hpp|def)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path).split(sep).join("/"), text: readFileSync(path, "utf8") }));
}

describe("layers", () => {
  const table = layerTable(readFileSync(join(root, "ARCHITECTURE.md"), "utf8"));

  it("are written down for the packages that have folders", () => {
    expect(Object.keys(table)).toEqual(["runtime", "transformer"]);
    expect(table.runtime!.length).toBeGreaterThan(5);
    expect(table.runtime![0]).toBe("core");
  });

  it("hold: no backward import, no stray package, no Node header outside the addon", () => {
    const files = PACKAGES.flatMap(sources);
    expect(files.length).toBeGreaterThan(10);
    expect(complaints(table, files)).toEqual([]);
  });
});

describe("the layer rules", () => {
  const table = { runtime: ["core", "ops", "trace"], transformer: ["ast", "cli"] };
  const ask = (path: string, text: string, ...others: SourceFile[]) => complaints(table, [{ path, text }, ...others]);

  it.each([
    [
      "a backward import",
      "runtime/src/core/a.ts",
      'import { t } from "../ops/t.ts";',
      "runtime/src/core/a.ts:1 imports ops, which comes after core",
    ],
    [
      "a backward type import",
      "runtime/src/ops/a.ts",
      '\nimport type { T } from "../trace/t.ts";',
      "runtime/src/ops/a.ts:2 imports trace, which comes after ops",
    ],
    [
      "a backward import() type",
      "runtime/src/ops/a.ts",
      'let a: import("../trace/t.ts").T;',
      "runtime/src/ops/a.ts:1 imports trace, which comes after ops",
    ],
    [
      "a backward re-export",
      "runtime/src/core/a.ts",
      'export * from "../trace/t.ts";',
      "runtime/src/core/a.ts:1 imports trace, which comes after core",
    ],
    [
      "a backward lazy import",
      "runtime/src/core/a.ts",
      'const t = await import("../trace/t.ts");',
      "runtime/src/core/a.ts:1 imports trace, which comes after core",
    ],
    ["a folder without a layer", "runtime/src/misc/a.ts", "", "runtime/src/misc/a.ts lies in a folder that the layer table does not name"],
    [
      "a way around the package",
      "transformer/src/ast/a.ts",
      'import "../../../runtime/src/core/t.ts";',
      "transformer/src/ast/a.ts:1 leaves its package: ../../../runtime/src/core/t.ts",
    ],
    [
      "the whole runtime",
      "transformer/src/ast/a.ts",
      'import * as gf from "graphfn";',
      "transformer/src/ast/a.ts:1 imports graphfn: transformer may import graphfn/contract, types of graphfn/operators",
    ],
    [
      "values of the operators",
      "transformer/src/ast/a.ts",
      'import { add } from "graphfn/operators";',
      "transformer/src/ast/a.ts:1 imports graphfn/operators: transformer may import graphfn/contract, types of graphfn/operators",
    ],
    [
      "a dependency of the runtime",
      "runtime/src/core/a.ts",
      'import ts from "typescript";',
      "runtime/src/core/a.ts:1 imports typescript: runtime may use csv-parse from npm",
    ],
    [
      "Node's headers",
      "native/src/kernels/a.h",
      "#pragma once\n#include <node_api.h>",
      "native/src/kernels/a.h:2 includes a Node header outside native/src/addon",
    ],
  ])("refuse %s", (_what, path, text, complaint) => {
    expect(ask(path, text)).toEqual([complaint]);
  });

  it.each([
    ["a forward import", "runtime/src/trace/a.ts", 'import { t } from "../core/t.ts";'],
    ["a dependency that the runtime may use", "runtime/src/core/a.ts", 'import { parse } from "csv-parse/sync";'],
    ["the contract", "transformer/src/ast/a.ts", 'import { VERSION } from "graphfn/contract";'],
    ["types of the operators", "transformer/src/ast/a.ts", 'import type { add } from "graphfn/operators";'],
    ["text that looks like an import", "runtime/src/core/a.ts", 'const text = `import "../trace/t.ts"`; // import "../trace/t.ts"'],
    ["a file in src that imports all folders", "runtime/src/index.ts", 'export * from "./trace/t.ts";'],
    ["Node's headers in the addon", "native/src/addon/a.cpp", "#include <node_api.h>"],
  ])("allow %s", (_what, path, text) => {
    expect(ask(path, text)).toEqual([]);
  });

  it("let folders import a shared file of src only if it imports no folder", () => {
    const shared = { path: "runtime/src/types.ts", text: "export type A = 1;" };
    const entry = { path: "runtime/src/index.ts", text: 'export * from "./trace/t.ts";' };
    expect(ask("runtime/src/core/a.ts", 'import type { A } from "../types.ts";', shared)).toEqual([]);
    expect(ask("runtime/src/core/a.ts", 'import type { A } from "../index.ts";', entry)).toEqual([
      "runtime/src/core/a.ts:1 imports ../index.ts, which itself imports folders",
    ]);
  });
});
