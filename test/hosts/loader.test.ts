/** `node --import @graphfn/transformer/register app.ts` on every Node at hand. */
import { createTransformer } from "@graphfn/transformer";
import { describe, expect, it } from "vitest";
import { framesOf, NODES, project, run } from "./fixture.ts";
import { COMMONJS, COMMONJS_PLACES, PLACES, PLAIN, PLAIN_PLACES, PROGRAM, VALUES } from "./program.ts";

const REGISTER = ["--import", "@graphfn/transformer/register"];

describe.each(NODES)("the loader on $title", ({ binary, present }) => {
  it.skipIf(!present)("runs marked functions and maps stack traces to line and column", async () => {
    const app = project(PROGRAM);
    const { stdout, stderr, code } = await run(binary, ["--stack-trace-limit=30", ...REGISTER, "app.ts"], app.folder);
    expect(stderr).toBe("");
    const [values, ...trace] = stdout.split("\n");
    expect(values).toBe(VALUES);
    const frames = trace.filter((line) => line.includes(app.folder)).map((line) => line.replace(/.*[\\/]/, "").replace(")", ""));
    expect(frames[0]).toBe(PLACES.thrown);
    expect(frames).toContain(PLACES.called);
    expect(frames).toContain(PLACES.app);
    expect(code).toBe(0);
  });

  it.skipIf(!present).each([
    ["JavaScript", "main.js", PLAIN, PLAIN_PLACES],
    ["CommonJS", "main.cjs", COMMONJS, COMMONJS_PLACES],
    ["CommonJS, imported", "app.ts", COMMONJS, COMMONJS_PLACES],
  ] as const)("runs marked functions of %s", async (_language, entry, files, places) => {
    const app = project(files);
    const { stdout, stderr } = await run(binary, ["--stack-trace-limit=30", ...REGISTER, entry], app.folder);
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe(VALUES);
    expect(framesOf(stdout, app.folder)).toEqual(expect.arrayContaining(Object.values(places)));
  });

  it.skipIf(!present)("runs TypeScript that requires graphfn and other files", async () => {
    const app = project({
      "app.cts": `
const gf = require("graphfn");
const { twice } = require("./twice.cjs");
const { plain } = require("./plain.cjs");
console.log(twice(gf.scalar(3)).item(), plain(4) as number);`,
      "twice.cts": `
import gf = require("graphfn");
/** @graphFunction */
export function twice(x: gf.Tensor): gf.Tensor { if (x > 2) return x * 2; return x; }`,
      "plain.cjs": "exports.plain = (x) => x + 1;",
    });
    const { stdout, stderr } = await run(binary, [...REGISTER, "app.cts"], app.folder);
    expect({ stdout, stderr }).toEqual({ stdout: "6 5\n", stderr: "" });
  });

  it.skipIf(!present)("takes what is built already as it is", async () => {
    const app = project(PLAIN);
    const transformer = createTransformer({ root: app.folder });
    const emitted = (["model.js", "limit.js"] as const).map(
      (name) => [name, transformer.transform(app.path(name), PLAIN[name])!.code] as const,
    );
    for (const [name, code] of emitted) app.write(name, code);
    const { stdout, stderr } = await run(binary, [...REGISTER, "main.js"], app.folder);
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe(VALUES);
  });

  it.skipIf(!present)("loads all of TypeScript's syntax, imports by output name, and plain JavaScript", async () => {
    const app = project({
      "app.ts": `
        import { Color, Point } from "./shapes.js";
        import { twice } from "./plain.js";
        import { deep } from "./folder";
        import type { Unused } from "./absent.ts";
        const value: number = twice(Color.Green) as number;
        console.log(value, new Point(1, 2).sum, deep<number>(3));`,
      "shapes.ts": `
        export enum Color { Red = 1, Green = 20 }
        export class Point { constructor(readonly x: number, private y: number) {} get sum(): number { return this.x + this.y; } }`,
      "plain.js": "export const twice = (x) => 2 * x;",
      "folder/index.ts": "export function deep<T>(x: T): T[] { return [x]; }",
    });
    const { stdout, stderr } = await run(binary, [...REGISTER, "app.ts"], app.folder);
    expect({ stdout, stderr }).toEqual({ stdout: "40 3 [ 3 ]\n", stderr: "" });
  });

  it.skipIf(!present)("takes decorators as the project's tsconfig says", async () => {
    const app = project({
      "tsconfig.json": `{ "compilerOptions": { /* legacy */ "experimentalDecorators": true, "target": "es2022" } }`,
      "app.ts": `
        function seen(target: object, key: string): void { console.log(typeof target, key); }
        class A { @seen method(): void {} }
        void A;`,
    });
    const { stdout, stderr } = await run(binary, [...REGISTER, "app.ts"], app.folder);
    expect({ stdout, stderr }).toEqual({ stdout: "object method\n", stderr: "" });
  });

  it.skipIf(!present)("refuses a marked function with a caret frame", async () => {
    const app = project({ "app.ts": 'import { f } from "./bad.ts";\nconsole.log("not reached", f);\n', "bad.ts": BAD });
    const { stdout, stderr, code } = await run(binary, [...REGISTER, "app.ts"], app.folder);
    expect(stdout).toBe("");
    expect(code).toBe(1);
    expect(stderr).toContain("bad.ts cannot be transformed.");
    expect(stderr).toContain(BAD_FRAME);
    expect(stderr).not.toContain("node_modules");
  });

  it.skipIf(!present)("can be refused and caught by the program", async () => {
    const app = project({
      "app.ts": 'try { await import("./bad.ts"); } catch (error) { console.log((error as Error).message.split("\\n")[0]); }\n',
      "bad.ts": BAD,
    });
    const { stdout, code } = await run(binary, [...REGISTER, "app.ts"], app.folder);
    expect({ stdout, code }).toEqual({ stdout: "bad.ts cannot be transformed.\n", code: 0 });
  });
});

const BAD = `import * as gf from "graphfn";

/** @graphFunction */
export function f(x: gf.Tensor): gf.Tensor {
  return x * Math.random();
}
`;

const BAD_FRAME = `
    4 | export function f(x: gf.Tensor): gf.Tensor {
  > 5 |   return x * Math.random();
      |              ^^^^^^^^^^^^^
`;
