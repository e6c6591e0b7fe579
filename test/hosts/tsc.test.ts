/** graphfn-tsc: operators on tensors are typed, errors stand at the original places. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { placeOf, project, root, run } from "./fixture.ts";
import { PROGRAM } from "./program.ts";

const TSC = join(root, "transformer", "bin", "graphfn-tsc.js");
const tsc = (folder: string, ...args: string[]) => run(process.execPath, [TSC, ...args], folder);

const TSCONFIG = JSON.stringify({
  compilerOptions: { strict: true, target: "es2023", module: "nodenext", types: [], allowImportingTsExtensions: true, noEmit: true },
});

const SEEDED = `import * as gf from "graphfn";

function label(text: string): void { console.log(text); }

/** @graphFunction */
export function model(x: gf.Tensor, s: string, steps: number): gf.Tensor {
  let y = x ** 2 + 2 * x + 1;
  for (let i = 0; i < steps; i++) y += -x * i;
  const wrong1 = x * s;
  const wrong2 = x % { k: 1 };
  const wrong3: string = x + y;
  y = (x - 1).foo();
  label(x * y);
  while (y > 1 && steps < 10) y = y / 2;
  return y;
}

export const plain = (x: gf.Tensor) => x * 2;
`;

/** Five errors of the checker in the marked function, one in the unmarked function, which stays plain TypeScript; then our own. */
const EXPECTED = [
  [placeOf(SEEDED, "s;\n"), "TS2345"],
  [placeOf(SEEDED, "k: 1"), "TS2353"],
  [placeOf(SEEDED, "wrong3"), "TS2322"],
  [placeOf(SEEDED, "foo"), "TS2339"],
  [placeOf(SEEDED, "x * y)"), "TS2345"],
  [placeOf(SEEDED, "x * 2;"), "TS2362"],
  [placeOf(SEEDED, "wrong3"), "GF1001"],
];

/** "file(line,column): error CODE" of each line that is one. */
function errors(stdout: string): string[][] {
  return [...stdout.matchAll(/^([^\s(]+)\((\d+),(\d+)\): error (\w+):/gm)].map(([, file, line, column, code]) => [
    file!,
    `${line}:${column}`,
    code!,
  ]);
}

describe("graphfn-tsc", () => {
  it("accepts programs that use operators on tensors", async () => {
    const app = project({ ...PROGRAM, "tsconfig.json": TSCONFIG });
    expect(await tsc(app.folder, "-p", ".")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("reports seeded errors at exact positions, and no others", async () => {
    const app = project({ "model.ts": SEEDED, "tsconfig.json": TSCONFIG });
    const { stdout, code } = await tsc(app.folder, "-p", ".");
    expect(code).toBe(2);
    expect(errors(stdout)).toEqual(EXPECTED.map(([place, error]) => ["model.ts", place, error]));
  });

  it("adds the transformer's own diagnostics, with and without frames", async () => {
    const text = SEEDED.replace(/ {2}const wrong[\s\S]*?label\(x \* y\);\n/, "  y = y * Math.random();\n").replace(
      /export const plain.*\n/,
      "",
    );
    const app = project({ "model.ts": text, "tsconfig.json": TSCONFIG });
    const plain = await tsc(app.folder, "-p", ".", "--pretty", "false");
    expect(errors(plain.stdout)).toEqual([["model.ts", placeOf(text, "Math.random()"), expect.stringMatching(/^GF1\d{3}$/)]]);
    expect(plain.code).toBe(2);
    const pretty = await tsc(app.folder, "-p", ".", "--pretty");
    expect(pretty.stdout).toContain("^^^^^^^^^^^^^");
  });

  it("checks without --noEmit too, but never writes JavaScript", async () => {
    const config = {
      compilerOptions: {
        strict: true,
        target: "es2023",
        module: "nodenext",
        types: [],
        outDir: "dist",
        rewriteRelativeImportExtensions: true,
      },
    };
    const app = project({ ...PROGRAM, "tsconfig.json": JSON.stringify(config) });
    expect(await tsc(app.folder)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(existsSync(app.path("dist"))).toBe(false);
    const refused = await tsc(app.folder, "--noEmit", "false");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("graphfn-tsc only checks");
  });

  it("builds declarations across project references", async () => {
    const config = (references: string[]) =>
      JSON.stringify({
        compilerOptions: { composite: true, strict: true, target: "es2023", module: "nodenext", types: [], outDir: "dist" },
        references: references.map((path) => ({ path })),
      });
    const app = project({
      "a/tsconfig.json": config([]),
      "a/f.ts":
        'import type { Tensor } from "graphfn";\n/** @graphFunction */\nexport function f(x: Tensor): Tensor {\n  return x * 2;\n}\n',
      "b/tsconfig.json": config(["../a"]),
      "b/g.ts":
        'import { f } from "../a/f.js";\nimport { scalar } from "graphfn";\nexport const text = f.explain(scalar(1)).text();\nexport const wrong: number = f(scalar(1));\n',
    });
    const { stdout, code } = await tsc(app.folder, "-b", "b");
    expect(errors(stdout)).toEqual([["b/g.ts", "4:14", "TS2322"]]);
    expect(code).not.toBe(0);
    expect(app.read("a/dist/f.d.ts")).toContain("export declare function f(x: Tensor): Tensor;");
    expect(existsSync(app.path("a/dist/f.js"))).toBe(false);
  });
});
