/** @graphfn/plugin-esbuild: bundles that run, messages, rebuilds. */
import * as esbuild from "esbuild";
import { describe, expect, it } from "vitest";
import { type Project, project, run } from "./fixture.ts";
import { COMMONJS, COMMONJS_PLACES, PLACES, PLAIN, PLAIN_PLACES, PROGRAM, VALUES } from "./program.ts";

// The built plugin with the built transformer, as a user has them: the alias of the unit tests points to the sources.
const { graphfn } = (await import(
  new URL("../../plugin-esbuild/dist/index.js", import.meta.url).href
)) as typeof import("@graphfn/plugin-esbuild");

function options(app: Project, entry = "app.ts"): esbuild.BuildOptions {
  return {
    absWorkingDir: app.folder,
    entryPoints: [entry],
    outfile: "out/app.mjs",
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    sourcemap: true,
    logLevel: "silent",
    plugins: [graphfn()],
  };
}

describe("the esbuild plugin", () => {
  it.each([false, true])("builds marked functions; traces point to line and column (minify: %s)", async (minify) => {
    const app = project(PROGRAM);
    await esbuild.build({ ...options(app), minify });
    const { stdout, stderr } = await run(process.execPath, ["--enable-source-maps", "--stack-trace-limit=30", "out/app.mjs"], app.folder);
    expect(stderr).toBe("");
    const [values, ...trace] = stdout.split("\n");
    expect(values).toBe(VALUES);
    const frames = trace.map((line) => line.replace(/.*[\\/]/, "").replace(")", ""));
    expect(frames).toContain(PLACES.thrown);
    expect(frames).toContain(PLACES.called);
    expect(frames).toContain(PLACES.app);
  });

  it.each([
    ["JavaScript", PLAIN, PLAIN_PLACES],
    ["CommonJS", COMMONJS, COMMONJS_PLACES],
  ] as const)("builds marked functions of %s", async (_language, files, places) => {
    const app = project(files);
    // Of CommonJS esbuild leaves `require` of packages to Node.
    await esbuild.build({
      ...options(app),
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    });
    const { stdout, stderr } = await run(process.execPath, ["--enable-source-maps", "--stack-trace-limit=30", "out/app.mjs"], app.folder);
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe(VALUES);
    const frames = stdout.split("\n").map((line) => line.replace(/.*[\\/]/, "").replace(")", ""));
    expect(frames).toEqual(expect.arrayContaining(Object.values(places)));
  });

  it("reports diagnostics as esbuild's messages, columns in bytes", async () => {
    const app = project({
      "app.ts": `import * as gf from "graphfn";
/** @graphFunction */
export function f(größe: gf.Tensor): gf.Tensor {
  return größe * Math.random();
}
`,
    });
    const failure = await esbuild.build(options(app)).catch((error: esbuild.BuildFailure) => error);
    const [message] = (failure as esbuild.BuildFailure).errors;
    expect(message!.text).toMatch(/^GF1\d{3}: /);
    expect(message!.pluginName).toBe("graphfn");
    const lineText = "  return größe * Math.random();";
    expect(message!.location).toMatchObject({ file: "app.ts", line: 4, lineText, length: "Math.random()".length });
    expect(message!.location!.column).toBe(Buffer.byteLength(lineText.slice(0, lineText.indexOf("Math"))));
    expect(message!.notes.map(({ text }) => text).join()).toMatch(/^hint: \S/);
  });

  it("rebuilds what changed, and what used a type that changed", async () => {
    const app = project({
      "app.ts": `import * as gf from "graphfn";
import { scale } from "./scale.ts";
/** @graphFunction */
export function f(x: gf.Tensor): gf.Tensor {
  const k = scale();
  if (k > 1) return x * k;
  return x;
}
console.log(f(gf.scalar(3)).item());
`,
      "scale.ts": "export const scale = (): number => 2;\n",
    });
    const context = await esbuild.context(options(app));
    try {
      const build = async () => {
        await context.rebuild();
        const { stdout, stderr } = await run(process.execPath, ["out/app.mjs"], app.folder);
        expect(stderr).toBe("");
        return { printed: stdout.trim(), bundle: app.read("out/app.mjs") };
      };
      const first = await build();
      expect(first.printed).toBe("6");

      app.write("app.ts", app.read("app.ts").replace("scalar(3)", "scalar(4)"));
      expect((await build()).printed).toBe("8");

      // The condition was static and becomes staged by the change of another file's type.
      app.write("scale.ts", 'import * as gf from "graphfn";\nexport const scale = (): gf.Tensor => gf.scalar(5);\n');
      const last = await build();
      expect(last.printed).toBe("20");
      expect(last.bundle).toMatch(/\.if\("6:3"/);
      expect(first.bundle).not.toMatch(/\.if\("6:3"/);
    } finally {
      await context.dispose();
    }
  });

  it("leaves a project without marked functions alone", async () => {
    const app = project({ "app.ts": "const greeting: string = 'hello';\nconsole.log(greeting);\n" });
    await esbuild.build(options(app));
    expect(app.read("out/app.mjs")).not.toContain("graphfn");
    expect((await run(process.execPath, ["out/app.mjs"], app.folder)).stdout).toBe("hello\n");
  });
});
