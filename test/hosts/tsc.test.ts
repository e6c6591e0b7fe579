/** graphfn-tsc: operators on tensors are typed, errors stand at the original places. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { placeOf, project, root, run, watchCommand } from "./fixture.ts";
import { PROGRAM } from "./program.ts";

const TSC = join(root, "transformer", "bin", "graphfn-tsc.js");
const tsc = (folder: string, ...args: string[]) => run(process.execPath, [TSC, ...args], folder);

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    strict: true,
    target: "es2023",
    module: "nodenext",
    types: [],
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    noEmit: true,
  },
});

/** Every TypeScript that a project may have: its own is used. */
const VERSIONS: readonly (readonly [string, string])[] = [
  ["5.9", "typescript-5.9"],
  ["6.0", "typescript"],
  ["7.0", "typescript-7.0"],
];

const SEEDED = `import * as gf from "graphfn"; /* größe */

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

@gf.graphFunction
export function decorated(x: gf.Tensor): gf.Tensor { return x * 2; }
`;

const SEEDED_JS = `import * as gf from "graphfn"; /* größe */
/**
 * @graphFunction
 * @param {gf.Tensor} x
 * @param {string} s
 */
export function model(x, s) {
  const y = x * 2 + 1;
  const wrong1 = x * s;
  return y > 1 ? y : x * Math.random();
}
/** @graphFunction */
export const twice = (/** @type {gf.Tensor} */ x) => x * 2;
export const staged = gf.graphFunction(twice);
export const text = staged.explain(gf.scalar(1)).text();
/** @type {string} */
export const wrong2 = model(gf.scalar(1), "");
`;

/**
 * Five errors of the checker in the marked function, one in the unmarked function, which stays plain TypeScript; then our own. That a
 * function has a decorator (TS1206) is no error where it is the mark.
 */
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
  it.each(VERSIONS)("reports seeded errors at exact positions, and no others, in a project on TypeScript %s", async (_version, name) => {
    const app = project({ "model.ts": SEEDED, "tsconfig.json": TSCONFIG.replace(',"noEmit":true', "") });
    app.link("node_modules/typescript", join(root, "node_modules", name));
    const { stdout, stderr, code } = await tsc(app.folder, "-p", ".");
    expect({ stderr, code }).toEqual({ stderr: "", code: 2 });
    expect(errors(stdout)).toEqual(EXPECTED.map(([place, error]) => ["model.ts", place, error]));
  });

  it.each(VERSIONS)("checks plain JavaScript in a project on TypeScript %s", async (_version, name) => {
    const config = TSCONFIG.replace('"strict":true', '"strict":true,"allowJs":true,"checkJs":true').replace(',"noEmit":true', "");
    const app = project({ "model.js": SEEDED_JS, "tsconfig.json": config });
    app.link("node_modules/typescript", join(root, "node_modules", name));
    const { stdout, stderr, code } = await tsc(app.folder, "-p", ".");
    expect({ stderr, code }).toEqual({ stderr: "", code: 2 });
    expect(errors(stdout)).toEqual([
      ["model.js", placeOf(SEEDED_JS, "s;"), "TS2345"],
      ["model.js", placeOf(SEEDED_JS, "wrong2"), "TS2322"],
      ["model.js", placeOf(SEEDED_JS, "Math"), "GF1005"],
    ]);
  });

  it("says so where it checks with another TypeScript than the project's", async () => {
    const app = project({
      "model.ts": SEEDED,
      "tsconfig.json": TSCONFIG,
      "node_modules/typescript/package.json": '{ "name": "typescript", "version": "7.9.0" }',
    });
    const { stdout, stderr } = await tsc(app.folder);
    expect(stderr).toMatch(
      /^graphfn-tsc: the interface of typescript 7\.9\.0 is not known to graphfn-tsc: checked with typescript 6\.0\.\d+\.\n$/,
    );
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

  it("accepts programs that use operators on tensors, and never writes JavaScript", async () => {
    const config = {
      compilerOptions: {
        strict: true,
        target: "es2023",
        module: "nodenext",
        types: [],
        skipLibCheck: true,
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
        compilerOptions: {
          composite: true,
          strict: true,
          target: "es2023",
          module: "nodenext",
          types: [],
          skipLibCheck: true,
          outDir: "dist",
        },
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

describe("graphfn-tsc --watch", () => {
  const file = (body: string) =>
    `import * as gf from "graphfn";\n/** @graphFunction */\nexport function f(x: gf.Tensor): gf.Tensor {\n  ${body}\n}\n`;

  it("says what graphfn refuses, too, and no longer when it is mended", async () => {
    const app = project({ "f.ts": file("return x * 2;"), "tsconfig.json": TSCONFIG });
    const { until } = watchCommand(process.execPath, [TSC, "--watch"], app.folder);
    expect(await until(/Found 0 errors/)).not.toContain("GF");
    app.write("f.ts", file("return x * Math.random();"));
    expect(await until(/GF\d+/)).toContain("f.ts(4,14): error GF1005: ");
    app.write("f.ts", file("return x * Date.now();"));
    expect(await until(/Date\.now/)).toContain("f.ts(4,14): error GF1005: ");
    app.write("f.ts", file("return x * x;"));
    expect(await until(/Found 0 errors/)).not.toContain("GF");
  });
});

it("takes JSX beside marked functions", async () => {
  const jsx =
    "declare global { namespace JSX { interface Element {} interface IntrinsicElements { b: {} } } }\nexport const React = { createElement: (): unknown => 0 };";
  const text = `import * as gf from "graphfn";\n${jsx}\nexport const view = <b />;\n/** @graphFunction */\nexport function f(x: gf.Tensor): gf.Tensor {\n  return x * 2;\n}\n`;
  const app = project({ "f.tsx": text, "tsconfig.json": TSCONFIG.replace('"strict"', '"jsx":"react","strict"') });
  expect((await tsc(app.folder)).stdout).toBe("");
});
