/**
 * Each sample: emitted text equals `expected.ts` (`vitest -u` writes it), it has no diagnostics, its map leads every name
 * of a transformed function back to itself, and original = eager = staged when executed.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createTransformer, formatDiagnostics } from "@graphfn/transformer";
import { afterAll, describe, expect, it } from "vitest";
import { mapFaults } from "./maps.ts";
import { loadEmitted, loadPlain, results } from "./modes.ts";

const folder = join(import.meta.dirname, "samples");
const transformer = createTransformer({ tsconfig: join(folder, "tsconfig.json") });
const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

afterAll(() => transformer.dispose());

describe.each(names)("%s", (name) => {
  const fileName = join(folder, name, "input.ts");
  const text = readFileSync(fileName, "utf8");
  const result = transformer.transform(fileName, text);

  it("emits the golden text", async () => {
    expect(formatDiagnostics(result?.diagnostics ?? [], { color: false, cwd: folder })).toBe("");
    await expect(result?.code ?? "").toMatchFileSnapshot(join(folder, name, "expected.ts"));
  });

  it("keeps lines, and maps names to themselves", () => {
    if (result === null) throw new Error("Nothing was transformed.");
    expect(mapFaults(text, result)).toEqual([]);
  });

  it.skipIf(!text.includes("export const runs"))("means the same plain, eager and staged", () => {
    const emitted = loadEmitted(result?.code ?? "");
    const expected = results(loadPlain(text), "plain");
    expect(results(emitted, "eager"), "eager").toEqual(expected);
    expect(results(emitted, "staged"), "staged").toEqual(expected);
  });
});
