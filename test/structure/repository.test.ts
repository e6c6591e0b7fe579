/** What the repository says of itself is there: scripts, documents' links, entry points of the packages. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const readJson = (path: string) => JSON.parse(read(path)) as Record<string, unknown>;
const missing = (paths: readonly string[]) => paths.filter((path) => !existsSync(join(root, path)));

describe("the repository", () => {
  it("has the files that its npm scripts run", () => {
    const scripts = Object.values(readJson("package.json").scripts as Record<string, string>);
    const files = scripts.flatMap((script) => [...script.matchAll(/\bnode (\S+\.mjs)/g)].map(([, file]) => file!));
    expect(files.length).toBeGreaterThan(5);
    expect(missing(files)).toEqual([]);
  });

  it.each(["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])("has the files and scripts that %s names", (document) => {
    const text = read(document);
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link!);
    expect(missing(links)).toEqual([]);
    const scripts = new Set(Object.keys(readJson("package.json").scripts as object));
    const named = [...text.matchAll(/\bnpm run ([a-z:]+)/g)].map(([, script]) => script!);
    expect(named.filter((script) => !scripts.has(script))).toEqual([]);
  });

  it("has the test folders that CONTRIBUTING.md describes", () => {
    const rows = [...read("CONTRIBUTING.md").matchAll(/^\|(.*?)\|/gm)].map(([, cell]) => cell!);
    const folders = rows.flatMap((cell) => [...cell.matchAll(/`(test\/[a-z-]+)`/g)].map(([, folder]) => folder!));
    expect(folders.length).toBeGreaterThan(5);
    expect(missing(folders)).toEqual([]);
  });

  it.each(["runtime", "native", "transformer", "plugin-esbuild"])("%s has a source for each entry point", (name) => {
    const manifest = readJson(`${name}/package.json`);
    const exported = Object.values(manifest.exports as Record<string, string | { default: string; types: string }>);
    const entries = exported.flatMap((entry) => (typeof entry === "string" ? [] : [entry]));
    expect(entries.length).toBeGreaterThan(0);
    for (const { default: code, types } of entries) expect(types).toBe(code.replace(/\.js$/, ".d.ts"));
    expect(missing(entries.map(({ default: code }) => join(name, code.replace("/dist/", "/src/").replace(/\.js$/, ".ts"))))).toEqual([]);
    expect(missing(Object.values((manifest.bin ?? {}) as Record<string, string>).map((file) => join(name, file)))).toEqual([]);
  });
});
