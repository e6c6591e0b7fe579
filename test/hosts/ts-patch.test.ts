/** ts-patch: `tspc` with the transformer as program transformer. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { framesOf, placeOf, project, root, run } from "./fixture.ts";
import { PLACES, PLAIN, PLAIN_PLACES, PROGRAM, VALUES } from "./program.ts";

const TSPC = join(root, "node_modules", "ts-patch", "bin", "tspc.js");
const tspc = (folder: string) => run(process.execPath, [TSPC], folder);

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
      sourceMap: true,
      plugins: [{ transform: "@graphfn/transformer/ts-patch", transformProgram: true }],
      ...options,
    },
    include: ["src"],
  });

const WRONG = `import * as gf from "graphfn";
/** @graphFunction */
export function f(x: gf.Tensor): gf.Tensor { return x + Math.random() * gf.scalar(2); }
export const wrong: string = f(gf.scalar(1));
`;

describe("ts-patch", () => {
  it("writes JavaScript, declarations and maps; traces point to line and column", async () => {
    const files = Object.fromEntries(Object.entries(PROGRAM).map(([name, text]) => [`src/${name}`, text]));
    const app = project({ ...files, "tsconfig.json": tsconfig({ declaration: true }) });
    expect(await tspc(app.folder)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(app.read("dist/model.d.ts")).toContain("export declare function guarded(x: gf.Tensor, größe: number): gf.Tensor;");
    const { stdout, stderr } = await run(process.execPath, ["--enable-source-maps", "--stack-trace-limit=30", "dist/app.js"], app.folder);
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe(VALUES);
    const frames = framesOf(stdout, app.folder);
    expect(frames[0]).toBe(PLACES.thrown);
    expect(frames).toContain(PLACES.called);
    expect(frames).toContain(PLACES.app);
  });

  it("writes plain JavaScript", async () => {
    const files = Object.fromEntries(Object.entries(PLAIN).map(([name, text]) => [`src/${name}`, text]));
    const app = project({ ...files, "tsconfig.json": tsconfig({ allowJs: true }) });
    expect(await tspc(app.folder)).toEqual({ code: 0, stdout: "", stderr: "" });
    const { stdout, stderr } = await run(process.execPath, ["--enable-source-maps", "--stack-trace-limit=30", "dist/app.js"], app.folder);
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe(VALUES);
    expect(framesOf(stdout, app.folder)).toEqual(expect.arrayContaining(Object.values(PLAIN_PLACES)));
  });

  it("reports errors at their places, incrementally too, and writes nothing where a file is refused", async () => {
    const app = project({ "src/model.ts": WRONG, "tsconfig.json": tsconfig({ incremental: true }) });
    const { code, stdout } = await tspc(app.folder);
    expect(stdout.split("\n").map((line) => line.replace(/(error TS\d+: (?:GF\d+)?).*/, "$1"))).toEqual([
      `src/model.ts(${placeOf(WRONG, "Math.random").replace(":", ",")}): error TS971005: GF1005`,
      `src/model.ts(${placeOf(WRONG, "wrong").replace(":", ",")}): error TS2322: `,
      "",
    ]);
    expect(code).toBe(1);
    expect(existsSync(app.path("dist"))).toBe(false);

    app.write("src/model.ts", WRONG.replace("Math.random()", "2").replace("wrong: string", "right: gf.Tensor"));
    expect(await tspc(app.folder)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(app.read("dist/model.js")).toContain("$.mul(2, gf.scalar(2))");
  });
});
