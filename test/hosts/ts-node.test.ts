/** ts-node with its transpiler set to ours, for CommonJS and for ES modules, on every Node at hand. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { framesOf, NODES, placeOf, project, root, run } from "./fixture.ts";
import { APP, MODEL, PLACES, PLAIN, PLAIN_PLACES, PROGRAM, VALUES } from "./program.ts";

const TS_NODE = join(root, "node_modules", "ts-node", "dist", "bin.js");

const tsconfig = (options: object) =>
  JSON.stringify({
    compilerOptions: { target: "es2022", strict: true, types: ["node"], ...options },
    "ts-node": { transpileOnly: true, transpiler: "@graphfn/transformer/ts-node" },
  });

const COMMONJS = {
  "package.json": '{ "private": true }',
  "tsconfig.json": tsconfig({ module: "commonjs", moduleResolution: "bundler" }),
  "model.ts": MODEL.replace("./limit.js", "./limit"),
  "limit.ts": PROGRAM["limit.ts"],
  "app.ts": APP.replace("./model.ts", "./model"),
};
const ES_MODULES = { ...PROGRAM, "tsconfig.json": tsconfig({ module: "nodenext", rewriteRelativeImportExtensions: true }) };

describe.each(NODES)("ts-node on $title", ({ binary, present }) => {
  it.skipIf(!present)("runs CommonJS and maps stack traces to line and column", async () => {
    const app = project(COMMONJS);
    const { stdout, stderr } = await run(binary, ["--stack-trace-limit=30", TS_NODE, "app.ts"], app.folder);
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe(VALUES);
    const frames = framesOf(stdout, app.folder);
    expect(frames[0]).toBe(PLACES.thrown);
    // TypeScript's CommonJS calls an import as `(0, limit_1.limit)(…)`, whose place for Node is behind the name.
    expect(frames).toContain(`model.ts:${placeOf(MODEL.replace("./limit.js", "./limit"), "(größe, {")}`);
    expect(frames).toContain(`app.ts:${placeOf(APP, "(gf.scalar(3), 11)")}`);
  });

  it.skipIf(!present)("runs ES modules and maps stack traces to line and column", async () => {
    const app = project(ES_MODULES);
    const loader = ["--no-warnings", "--enable-source-maps", "--loader", "ts-node/esm"];
    const { stdout, stderr } = await run(binary, ["--stack-trace-limit=30", ...loader, "app.ts"], app.folder);
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe(VALUES);
    const frames = framesOf(stdout, app.folder);
    expect(frames[0]).toBe(PLACES.thrown);
    expect(frames).toContain(PLACES.called);
    expect(frames).toContain(PLACES.app);
  });
});

describe("ts-node", () => {
  it("runs plain JavaScript", async () => {
    const app = project({ ...PLAIN, "tsconfig.json": tsconfig({ module: "nodenext", allowJs: true }) });
    const loader = ["--no-warnings", "--enable-source-maps", "--loader", "ts-node/esm"];
    const { stdout, stderr } = await run(process.execPath, ["--stack-trace-limit=30", ...loader, "main.js"], app.folder);
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe(VALUES);
    expect(framesOf(stdout, app.folder)).toEqual(expect.arrayContaining(Object.values(PLAIN_PLACES)));
  });

  it("refuses a marked function with a caret frame", async () => {
    const bad = MODEL.replace("./limit.js", "./limit").replace("steps += 1", "steps += Math.random()");
    const app = project({ ...COMMONJS, "model.ts": bad });
    const { stdout, stderr, code } = await run(process.execPath, [TS_NODE, "app.ts"], app.folder);
    expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
    expect(stderr).toContain(`model.ts:${placeOf(bad, "Math.random")} - error GF1005`);
    expect(stderr).toMatch(/> 11 \| {5}steps \+= Math\.random\(\);\n +\| {14}\^{13}\n/);
  });
});
