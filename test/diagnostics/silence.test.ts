/** Nothing is said of programs that are right: every sample, as a whole project. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createTransformer, formatDiagnostics } from "@graphfn/transformer";
import { expect, it } from "vitest";

const folder = join(import.meta.dirname, "..", "..", "samples");

it("no diagnostics of the samples", () => {
  const transformer = createTransformer({ tsconfig: join(folder, "tsconfig.json") });
  const files = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const said = files.flatMap((name) => {
    const fileName = join(folder, "src", name);
    return transformer.lint(fileName, readFileSync(fileName, "utf8"));
  });
  transformer.dispose();
  expect(files.length).toBeGreaterThan(10);
  expect(formatDiagnostics(said, { color: false, cwd: folder })).toBe("");
}, 120_000);
