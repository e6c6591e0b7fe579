/** docs/environment.md names every environment variable of ours that any file of the repository reads, and no others. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TOPICS } from "../../runtime/src/watch/log.ts";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs/environment.md"), "utf8");
const rows = [...page.matchAll(/^\| (GRAPHFN_\w+) \| (.+) \| .+ \|$/gm)].map(([, name]) => name as string);
const FOLDERS = ["runtime", "native", "transformer", "plugin-esbuild", "test", "scripts", "samples"];
const LEFT_OUT = /(^|[\\/])(node_modules|dist|out|build|samples[\\/]out)([\\/]|$)/;
const CODE = /\.([cm]?[jt]s|py|cpp|cc|h|def|sh|json)$/;

/** Where each name stands, but for documents. */
function named(): Map<string, string> {
  const found = new Map<string, string>();
  const look = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (LEFT_OUT.test(path)) continue;
      if (entry.isDirectory()) look(path);
      else if (CODE.test(entry.name)) {
        for (const [name] of readFileSync(join(root, path), "utf8").matchAll(/GRAPHFN_[A-Z0-9_]+/g)) found.set(name, path);
      }
    }
  };
  FOLDERS.forEach(look);
  return found;
}

test("every variable that is read has its row", () => {
  const missing = [...named()].filter(([name]) => !rows.includes(name));
  expect(missing).toEqual([]);
});

test("every row is a variable that something reads, once", () => {
  const found = named();
  expect(rows.filter((name) => !found.has(name))).toEqual([]);
  expect(new Set(rows).size).toBe(rows.length);
});

test("the topics of GRAPHFN_LOG are those there are", () => {
  const row = page.split("\n").find((line) => line.startsWith("| GRAPHFN_LOG ")) as string;
  expect([...row.slice(row.indexOf("stderr")).matchAll(/`(\w+)`/g)].map(([, topic]) => topic)).toEqual(Object.keys(TOPICS));
});
