/**
 * Nothing is said of programs that are right, written as different kinds of users would: no diagnostics, no type errors of
 * graphfn-tsc, and the same values eagerly and staged, which are those in `samples/values/` (`vitest -u` writes them).
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createTransformer, formatDiagnostics } from "@graphfn/transformer";
import * as gf from "graphfn";
import { afterAll, describe, expect, it } from "vitest";
import { loadEmitted, results } from "../../transform/modes.ts";

const folder = join(import.meta.dirname, "samples");
const transformer = createTransformer({ tsconfig: join(folder, "tsconfig.json") });
const files = readdirSync(folder).filter((name) => /\.[jt]s$/.test(name));

afterAll(() => transformer.dispose());

/** Tensors in objects, too, as plain values. */
function values(result: unknown): unknown {
  if (result instanceof gf.Tensor) return values(result.arraySync());
  if (typeof result === "boolean") return Number(result);
  if (Array.isArray(result)) return result.map(values);
  if (typeof result !== "object" || result === null) return result;
  return Object.fromEntries(Object.entries(result).map(([key, value]) => [key, values(value)]));
}

const rounded = (_key: string, value: unknown): unknown => (typeof value === "number" ? Number(value.toPrecision(6)) : value);

describe.each(files)("%s", (name) => {
  const fileName = join(folder, name);
  const text = readFileSync(fileName, "utf8");

  it("is answered with nothing", () => {
    const said = transformer.lint(fileName, text);
    expect(formatDiagnostics(said, { color: false, cwd: folder, readText: () => text })).toBe("");
  });

  it("gives the same eagerly and staged", async () => {
    const exports = loadEmitted(transformer.transform(fileName, text)?.code ?? "");
    const eager = values(results(exports, "eager"));
    expect(values(results(exports, "staged"))).toEqual(eager);
    const lines = Object.entries(eager as object).map(([fn, given]) => `${fn}: ${JSON.stringify(given, rounded)}`);
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(join(folder, "values", `${name}.txt`));
  });
});

it("has no type errors", () => {
  const command = join(import.meta.dirname, "..", "..", "..", "transformer", "dist", "cli", "graphfn-tsc.js");
  const { stdout, status } = spawnSync(process.execPath, [command, "-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
}, 120_000);
