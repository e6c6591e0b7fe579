/** The plugins of Vite, Rollup, Rolldown, webpack and Rspack: bundles that run, messages, rebuilds. */
import { rmSync, utimesSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { BuildHost } from "../../transformer/src/adapters/host.ts";
import { BUNDLERS, type Bundler, viteDevelopment } from "./bundlers.ts";
import { type Project, project, run } from "./fixture.ts";
import { COMMONJS, COMMONJS_PLACES, PLACES, PLAIN, PLAIN_PLACES, PROGRAM, VALUES } from "./program.ts";

/** A condition that is static while `scale` is a number, and a function of another file that no marked function calls yet. */
const APP = `import * as gf from "graphfn";
import { scale } from "./scale.ts";
import { size } from "./size.ts";
/** @graphFunction */
export function f(x: gf.Tensor): gf.Tensor {
  const k = scale();
  if (k > 1) return x * k;
  return x;
}
export { size };
export const value = (x: number) => f(gf.scalar(x)).item();
console.log(value(-3));
`;
const SCALE = "export const scale = (): number => 2;\n";
const SIZE = `import type { Tensor } from "graphfn";
export function size(x: Tensor): Tensor {
  if (x.less(0)) return x.neg();
  return x;
}
`;

const STAGED_SCALE = 'import * as gf from "graphfn";\nexport const scale = (): gf.Tensor => gf.scalar(5);\n';
const STAGED_IF = /\bif(?:"\])?\("7:3"/;
const CALLING_APP = APP.replace("k > 1", "k > 9").replace("return x;", "return size(x);");
const REACHED_IF = /\bif(?:"\])?\("3:3"/;

const BAD = `import * as gf from "graphfn";
/** @graphFunction */
export function f(größe: gf.Tensor): gf.Tensor {
  return größe * Math.random();
}
/** @graphFunction */
export function g(x: gf.Tensor): gf.Tensor {
  return x + Date.now();
}
`;

/** Watches until the test ends. `until` resolves when a build has given the wanted bundle, and fails with a build that failed. */
async function watch(bundler: Bundler, app: Project) {
  let check: (error?: unknown) => void = () => {};
  const until = (wanted: (bundle: string) => boolean) =>
    new Promise<string>((resolve, reject) => {
      check = (error) => {
        if (error !== undefined) return reject(error);
        const bundle = app.read("out/app.mjs");
        if (wanted(bundle)) resolve(bundle);
      };
    });
  const first = until(() => true);
  const watching = await bundler.watch(app, (error) => check(error));
  onTestFinished(async () => void (await watching.close()));
  return { first, until };
}

describe("BuildHost", () => {
  it("knows what a changed file reaches, whichever file is asked for first", () => {
    const app = project({ "tsconfig.json": "{}", "app.ts": APP, "scale.ts": SCALE, "size.ts": SIZE });
    const host = new BuildHost({ root: app.folder });
    onTestFinished(() => host.dispose());
    expect(host.load(app.path("size.ts"))).toBe(null);
    expect(host.load(app.path("app.ts"))!.code).not.toMatch(STAGED_IF);
    app.write("scale.ts", STAGED_SCALE);
    app.write("app.ts", CALLING_APP);
    host.begin();
    expect(host.load(app.path("size.ts"))!.code).toMatch(REACHED_IF);
    expect(host.load(app.path("app.ts"))!.code).toMatch(STAGED_IF);
  });

  it("transforms again when a file that was missing appears, and when it is gone", () => {
    const app = project({ "tsconfig.json": "{}", "app.ts": APP, "size.ts": SIZE });
    const host = new BuildHost({ root: app.folder });
    onTestFinished(() => host.dispose());
    const isStaged = (): boolean => {
      host.begin();
      return STAGED_IF.test(host.load(app.path("app.ts"))!.code);
    };
    expect(isStaged()).toBe(true);
    app.write("scale.ts", SCALE);
    expect(isStaged()).toBe(false);
    rmSync(app.path("scale.ts"));
    expect(isStaged()).toBe(true);
    app.write("scale.ts", SCALE);
    expect(isStaged()).toBe(false);
  });

  it("takes the text of a bundler that has another one than the disk", () => {
    const app = project({ "app.ts": "export {};\n" });
    const host = new BuildHost({ root: app.folder });
    onTestFinished(() => host.dispose());
    const text = `\n\n${SIZE.replace("export function", "/** @graphFunction */\nexport function")}`;
    expect(host.load(app.path("app.ts"), text)!.code).toContain('.if("6:3"');
    expect(host.load(app.path("app.ts"))).toBe(null);
  });
});

describe.each(BUNDLERS)("the plugin of $name", (bundler) => {
  const programs = [["TypeScript", PROGRAM, PLACES] as const, ["JavaScript", PLAIN, PLAIN_PLACES] as const];
  const all = bundler.commonJs ? [...programs, ["CommonJS", COMMONJS, COMMONJS_PLACES] as const] : programs;

  it.each(all)("builds marked functions of %s; traces point to line and column", async (_language, files, places) => {
    const app = project(files);
    await bundler.build(app);
    expect(app.read("out/app.mjs").match(/sourceMappingURL/g)).toHaveLength(1);
    const { stdout, stderr } = await run(process.execPath, ["--enable-source-maps", "--stack-trace-limit=30", "out/app.mjs"], app.folder);
    expect(stderr).toBe("");
    const [values, ...trace] = stdout.split("\n");
    expect(values).toBe(VALUES);
    const frames = trace.map((line) => line.replace(/.*[\\/]/, "").replace(")", ""));
    // Of JavaScript that no loader changes Rspack maps statements only.
    const { app: entry, ...own } = places;
    const exact = bundler.name === "Rspack" && files !== PROGRAM ? Object.values(own) : [...Object.values(own), entry];
    expect(frames).toEqual(expect.arrayContaining(exact));
  });

  it("fails with place, frame and hint of every error", async () => {
    const app = project({ "app.ts": BAD });
    const failure = (await bundler.build(app).catch((error: unknown) => error)) as Error;
    expect(failure).toBeInstanceOf(Error);
    const { message } = failure;
    expect(message).toMatch(/app\.ts:4:18 - error GF1005: `Math\.random\(\)`/);
    expect(message).toMatch(/app\.ts:8:14 - error GF1005: `Date\.now\(\)`/);
    expect(message).toContain("> 4 |   return größe * Math.random();\n");
    // Rspack draws a line along the message, of characters that depend on the locale and where the output goes.
    expect(message.match(/\| +\^+$/gm)).toHaveLength(2);
    expect(message.match(/hint: \S/g)).toHaveLength(2);
    // Nothing of the plugin's own code, nor of the bundler's.
    expect(message).not.toMatch(/^[ │|]+at /m);
    if (bundler.name === "Rollup")
      expect(failure).toMatchObject({ plugin: "graphfn", loc: { file: app.path("app.ts"), line: 4, column: 17 } });
  });

  it("rebuilds what used a type that changed, and what became reachable", async () => {
    const app = project({ "app.ts": APP, "scale.ts": SCALE, "size.ts": SIZE });
    // Of files that were written just before, some bundlers do not trust the time.
    for (const name of ["app.ts", "scale.ts", "size.ts"]) utimesSync(app.path(name), 1e9, 1e9);
    const { first, until } = await watch(bundler, app);
    const prints = async () => {
      const { stdout, stderr } = await run(process.execPath, ["out/app.mjs"], app.folder);
      return stdout + stderr;
    };
    expect(await first).not.toMatch(STAGED_IF);
    expect(await prints()).toBe("-6\n");

    const staged = until((bundle) => STAGED_IF.test(bundle));
    app.write("scale.ts", STAGED_SCALE);
    expect(await staged).not.toMatch(REACHED_IF);
    expect(await prints()).toBe("-15\n");

    const reached = until((bundle) => REACHED_IF.test(bundle));
    app.write("app.ts", CALLING_APP);
    await reached;
    expect(await prints()).toBe("3\n");
  });

  it("leaves a project without marked functions alone", async () => {
    const app = project({ "app.ts": "const greeting: string = 'hello';\nconsole.log(greeting);\n" });
    await bundler.build(app);
    expect(app.read("out/app.mjs")).not.toContain("graphfn");
    expect((await run(process.execPath, ["out/app.mjs"], app.folder)).stdout).toBe("hello\n");
  });
});

describe("the plugin in Vite's development server", () => {
  const quiet = (text: string) => text.replace("console.log(value(-3));\n", "");
  const wait = { timeout: 20_000, interval: 50 };

  it("transforms again what used a type that changed, and what became reachable", async () => {
    const app = project({ "app.ts": quiet(APP), "scale.ts": SCALE, "size.ts": SIZE, "text.ts": 'export { default } from "./app.ts?raw";' });
    const server = await viteDevelopment(app);
    onTestFinished(() => server.close());
    const codeOf = async (name: string) => (await server.transformRequest(`/${name}`, { ssr: true }))?.code ?? "";
    const value = async () => ((await server.ssrLoadModule("/app.ts")) as { value(x: number): number }).value(-3);
    expect(await value()).toBe(-6);
    expect(await codeOf("app.ts")).not.toMatch(STAGED_IF);

    app.write("scale.ts", STAGED_SCALE);
    await expect.poll(() => codeOf("app.ts"), wait).toMatch(STAGED_IF);
    expect(await value()).toBe(-15);

    expect(await codeOf("size.ts")).not.toMatch(REACHED_IF);
    app.write("app.ts", quiet(CALLING_APP));
    await expect.poll(() => codeOf("size.ts"), wait).toMatch(REACHED_IF);
    expect(await value()).toBe(3);
    // The text of a marked file stays its text.
    expect((await server.ssrLoadModule("/text.ts")).default).toBe(quiet(CALLING_APP));
  });
});
