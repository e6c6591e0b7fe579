/**
 * Programs with one mistake each, as users make them: each is answered on its line (`// here`) and on no other; `expected/` holds what
 * is said (`vitest -u` writes it).
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createTransformer, formatDiagnostics } from "@graphfn/transformer";
import { afterAll, expect, it } from "vitest";

const folder = join(import.meta.dirname, "samples");
const transformer = createTransformer({ tsconfig: join(folder, "tsconfig.json") });

afterAll(() => transformer.dispose());

it.each(readdirSync(folder).filter((name) => name.endsWith(".ts")))("%s", async (name) => {
  const fileName = join(folder, name);
  const text = readFileSync(fileName, "utf8");
  const said = transformer.lint(fileName, text);
  const marked = text.split("\n").flatMap((line, i) => (line.endsWith("// here") ? [i + 1] : []));
  expect([...new Set(said.map(({ start }) => start.line))]).toEqual(marked);
  const output = formatDiagnostics(said, { color: false, cwd: folder, readText: () => text });
  await expect(`${output}\n`).toMatchFileSnapshot(join(folder, "expected", `${name}.txt`));
});
