/** `graphfn build`: JavaScript, declarations and maps as tsc writes them; errors, exit codes, watching. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { describe, expect, it } from "vitest";
import { framesOf, placeOf, project, root, run, watchCommand } from "./fixture.ts";
import { COMMONJS, COMMONJS_PLACES, MODEL, PLACES, PLAIN, PLAIN_PLACES, PROGRAM, VALUES } from "./program.ts";

const GRAPHFN = join(root, "transformer", "bin", "graphfn.js");
const build = (folder: string, ...args: string[]) => run(process.execPath, [GRAPHFN, "build", ...args], folder);

const tsconfig = (options: object) =>
  JSON.stringify({
    compilerOptions: {
      strict: true,
      target: "es2023",
      lib: ["es2023"],
      types: ["node"],
      skipLibCheck: true,
      module: "nodenext",
      rewriteRelativeImportExtensions: true,
      rootDir: "src",
      outDir: "dist",
      ...options,
    },
    include: ["src"],
  });
const sources = (files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`src/${name}`, text]));

/** The place in the original text that a place in an output comes from: "model.ts:7:17". */
function originOf(map: string, output: string, needle: string): string {
  const [line, column] = placeOf(output, needle).split(":").map(Number) as [number, number];
  const found = originalPositionFor(new TraceMap(map), { line, column: column - 1 });
  return `${found.source}:${found.line}:${found.column! + 1}`;
}

describe("graphfn build", () => {
  it("writes JavaScript, declarations and maps that lead to the original text", async () => {
    const app = project({ ...sources(PROGRAM), "tsconfig.json": tsconfig({ sourceMap: true, declaration: true, declarationMap: true }) });
    expect(await build(app.folder)).toEqual({ code: 0, stdout: "", stderr: "" });

    const { stdout, stderr } = await run(process.execPath, ["--enable-source-maps", "--stack-trace-limit=30", "dist/app.js"], app.folder);
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe(VALUES);
    const frames = framesOf(stdout, app.folder);
    expect(frames[0]).toBe(PLACES.thrown);
    expect(frames).toContain(PLACES.called);
    expect(frames).toContain(PLACES.app);

    const declarations = app.read("dist/model.d.ts");
    expect(declarations).toContain("export declare function guarded(x: gf.Tensor, größe: number): gf.Tensor;");
    expect(declarations).not.toContain("__gf$");
    expect(originOf(app.read("dist/model.d.ts.map"), declarations, "guarded(x")).toBe(`../src/model.ts:${placeOf(MODEL, "guarded(x")}`);
    expect(JSON.parse(app.read("dist/model.js.map"))).toMatchObject({ file: "model.js", sourceRoot: "", sources: ["../src/model.ts"] });
  });

  it.each([
    ["JavaScript", PLAIN, PLAIN_PLACES],
    ["CommonJS", COMMONJS, COMMONJS_PLACES],
  ] as const)("writes %s, with declarations and maps", async (_language, files, places) => {
    const app = project({
      ...sources(files),
      "tsconfig.json": tsconfig({ allowJs: true, strict: false, sourceMap: true, declaration: true }),
    });
    expect(await build(app.folder)).toEqual({ code: 0, stdout: "", stderr: "" });
    const { stdout, stderr } = await run(process.execPath, ["--enable-source-maps", "--stack-trace-limit=30", "dist/app.js"], app.folder);
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe(VALUES);
    expect(framesOf(stdout, app.folder)).toEqual(expect.arrayContaining(Object.values(places)));
    const declarations = app.read(`dist/${places.called.replace(/\.(c?)js.*/, ".d.$1ts")}`);
    expect(declarations).toContain("collatz(n: any): ");
    expect(declarations).not.toContain("__gf$");
  });

  it("honours options: CommonJS, maps in the text, another folder", async () => {
    const app = project({
      "package.json": '{ "private": true }',
      ...sources(PROGRAM),
      "tsconfig.json": tsconfig({ inlineSourceMap: true, inlineSources: true }),
    });
    const made = await build(app.folder, "--outDir", "out", "--listEmittedFiles");
    expect(made).toEqual({ code: 0, stdout: expect.stringMatching(/^TSFILE: .*out.app\.js$/m), stderr: "" });
    const text = app.read("out/model.js");
    expect(text).toContain('require("graphfn/autograph")');
    const map = JSON.parse(Buffer.from(/base64,(.*)$/m.exec(text)![1]!, "base64").toString());
    expect(map.sourcesContent).toEqual([MODEL]);
    expect(originOf(JSON.stringify(map), text, "limit_js_1.limit)(größe")).toBe(`../src/model.ts:${placeOf(MODEL, "limit(größe")}`);
    const { stdout } = await run(process.execPath, ["--enable-source-maps", "--stack-trace-limit=30", "out/app.js"], app.folder);
    expect(stdout.split("\n")[0]).toBe(VALUES);
    expect(framesOf(stdout, app.folder)[0]).toBe(PLACES.thrown);
  });

  it("writes nothing where the transformer refuses a file, and else what tsc would", async () => {
    const app = project({ "src/model.ts": REFUSED, "tsconfig.json": tsconfig({}) });
    const refused = await build(app.folder);
    expect(refused).toMatchObject({ code: 1, stderr: "" });
    expect(refused.stdout.split("\n").map((line) => line.replace(/(error \w+): .*/, "$1"))).toEqual([
      `src/model.ts(${placeOf(REFUSED, "n: number").replace(":", ",")}): error TS2322`,
      `src/model.ts(${placeOf(REFUSED, "Math.random").replace(":", ",")}): error GF1005`,
      "",
    ]);
    expect(existsSync(app.path("dist"))).toBe(false);

    app.write("src/model.ts", REFUSED.replace("Math.random()", "2"));
    expect(await build(app.folder, "--pretty")).toMatchObject({ code: 2, stdout: expect.stringContaining("~") });
    expect(app.read("dist/model.js")).toContain("$.mul(x, 2)");
  });

  it("says what it cannot take", async () => {
    const app = project({});
    const outcomes = await Promise.all([
      build(app.folder, "--nonsense"),
      build(app.folder, "a.ts"),
      build(app.folder, "-p", "absent.json"),
    ]);
    expect(outcomes.map(({ code, stdout }) => ({ code, stdout }))).toEqual(outcomes.map(() => ({ code: 1, stdout: "" })));
    expect(outcomes.map(({ stderr }) => stderr.trim())).toEqual([
      "error TS5023: Unknown compiler option '--nonsense'.",
      "graphfn build takes a project and no files: a.ts.",
      "There is no absent.json. Name a tsconfig.json, or its folder, with -p.",
    ]);
  });

  it("watches: transforms again what used a type that changed, and what became reachable", async () => {
    const app = project({ "src/app.ts": APP, "src/scale.ts": SCALE, "src/size.ts": SIZE, "tsconfig.json": tsconfig({}) });
    const { until } = watchCommand(process.execPath, [GRAPHFN, "build", "--watch"], app.folder);
    const built = /Found \d+ errors?\. Watching/;
    await until(built);
    expect(app.read("dist/app.js")).not.toContain("$.if(");
    expect(app.read("dist/size.js")).not.toContain("$.if(");
    const sizeWritten = statSync(app.path("dist/size.js")).mtimeMs;

    app.write("src/scale.ts", SCALE.replace("number => 2", "gf.Tensor => gf.scalar(2)"));
    expect(await until(built)).toContain("Found 0 errors.");
    expect(app.read("dist/app.js")).toContain('$.if("6:3"');
    expect(statSync(app.path("dist/size.js")).mtimeMs).toBe(sizeWritten);

    app.write("src/app.ts", APP.replace("return x;", "return size(x);"));
    expect(await until(built)).toContain("Found 0 errors.");
    expect(app.read("dist/size.js")).toContain('$.if("3:3"');

    app.write("src/app.ts", APP.replace("return x;", "return x * Math.random();"));
    expect(await until(built)).toMatch(/src\/app\.ts\(7,14\): error GF1005: [\s\S]*Found 1 error\./);
  });
});

const REFUSED = `import * as gf from "graphfn";
/** @graphFunction */
export function f(x: gf.Tensor): gf.Tensor {
  return x * Math.random();
}
export const n: number = "one";
`;

/** A condition that is static while `scale` is a number, and a function of another file that no marked function calls yet. */
const APP = `import * as gf from "graphfn";
import { scale } from "./scale.ts";
import { size } from "./size.ts";
/** @graphFunction */
export function f(x: gf.Tensor): gf.Tensor {
  if (scale() > 1) return x * 2;
  return x;
}
export { size };
`;
const SCALE = 'import * as gf from "graphfn";\nexport const scale = (): number => 2;\nvoid gf;\n';
const SIZE = `import type { Tensor } from "graphfn";
export function size(x: Tensor): Tensor {
  if (x.less(0)) return x.neg();
  return x;
}
`;
