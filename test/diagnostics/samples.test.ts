/**
 * Each sample `<CODE>-<name>/input.ts` is answered with that code, and only with that code, at the lines that end in
 * `// here`; `expected.txt` holds the messages with their frames (`vitest -u` writes it).
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CATALOGUE, createTransformer, formatDiagnostics } from "@graphfn/transformer";
import { afterAll, describe, expect, it } from "vitest";

const folder = join(import.meta.dirname, "samples");
const transformer = createTransformer({ tsconfig: join(folder, "tsconfig.json") });
const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

afterAll(() => transformer.dispose());

describe.each(names)("%s", (name) => {
  it("is answered at its place", async () => {
    const fileName = join(folder, name, "input.ts");
    const text = readFileSync(fileName, "utf8");
    const diagnostics = transformer.lint(fileName, text);
    const marked = text.split("\n").flatMap((line, i) => (line.endsWith("// here") ? [i + 1] : []));
    const output = formatDiagnostics(diagnostics, { color: false, cwd: folder, readText: () => text });
    await expect(output).toMatchFileSnapshot(join(folder, name, "expected.txt"));
    const code = name.slice(0, name.indexOf("-"));
    expect(diagnostics.map((diagnostic) => [diagnostic.code, diagnostic.start.line])).toEqual(marked.map((line) => [code, line]));
  });
});

it("every row of the catalogue has a sample", () => {
  const shown = new Set(names.map((name) => name.slice(0, name.indexOf("-"))));
  const missing = Object.values(CATALOGUE).flatMap(({ code }) => (shown.has(code) || code.startsWith("GF9") ? [] : [code]));
  expect(missing).toEqual([]);
});

it("codes are unique", () => {
  const codes = Object.values(CATALOGUE).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});
