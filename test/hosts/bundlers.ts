/**
 * The bundlers, each as two functions that build `app.ts` of a project into `out/app.mjs`: once, and again on every change. They use
 * the built plugin, as a user has it. Rollup and webpack leave types to others: esbuild strips them here, the way that
 * rollup-plugin-esbuild and esbuild-loader do.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type RspackOptions, rspack } from "@rspack/core";
import { transform } from "esbuild";
import * as rolldown from "rolldown";
import * as rollup from "rollup";
import * as vite from "vite";
import webpack from "webpack";
import type { Project } from "./fixture.ts";

export interface Bundler {
  readonly name: string;
  /** Takes CommonJS without another plugin, and Node's `require` with it. */
  readonly commonJs: boolean;
  /** Rejects with what the bundler says of a build that failed. */
  build(app: Project): Promise<void>;
  /** Calls `built` after each build, with its error if it failed. */
  watch(app: Project, built: (error?: unknown) => void): Promise<{ close(): unknown }>;
}

/** What bundles leave to Node; `graphfn/…` is what emitted code imports. */
const external = /^graphfn(\/|$)/;
const dist = (name: string) => new URL(`../../plugin-esbuild/dist/${name}.js`, import.meta.url).href;

const { graphfn: forVite } = (await import(dist("vite"))) as typeof import("@graphfn/plugin-esbuild/vite");
const { graphfn: forRollup } = (await import(dist("rollup"))) as typeof import("@graphfn/plugin-esbuild/rollup");
const { graphfn: forRolldown } = (await import(dist("rolldown"))) as typeof import("@graphfn/plugin-esbuild/rolldown");
const { graphfn: forWebpack } = (await import(dist("webpack"))) as typeof import("@graphfn/plugin-esbuild/webpack");
const { graphfn: forRspack } = (await import(dist("rspack"))) as typeof import("@graphfn/plugin-esbuild/rspack");

/** Events of Rollup's and Rolldown's watchers: as many results as builds. */
interface Watcher {
  on(event: "event", listener: (event: { readonly code: string; readonly result?: unknown; readonly error?: unknown }) => unknown): unknown;
  close(): unknown;
}

function follow(watcher: Watcher, built: (error?: unknown) => void): Watcher {
  watcher.on("event", async ({ code, result, error }) => {
    if (code === "BUNDLE_END" || code === "ERROR") await (result as { close(): Promise<void> } | undefined)?.close();
    if (code === "END") built();
    if (code === "ERROR") built(error);
  });
  return watcher;
}

function viteOptions(app: Project, watch: boolean): vite.InlineConfig {
  return {
    root: app.folder,
    configFile: false,
    logLevel: "silent",
    plugins: [forVite()],
    build: {
      ssr: "app.ts",
      outDir: "out",
      sourcemap: true,
      rolldownOptions: { external, output: { entryFileNames: "[name].mjs" } },
      ...(watch && { watch: {} }),
    },
  };
}

export function viteDevelopment(app: Project): Promise<vite.ViteDevServer> {
  return vite.createServer({
    root: app.folder,
    configFile: false,
    logLevel: "silent",
    appType: "custom",
    server: { middlewareMode: true, ws: false },
    ssr: { external: ["graphfn"] },
    plugins: [forVite()],
  });
}

const stripTypes: rollup.Plugin = {
  name: "strip-types",
  async transform(code, id) {
    if (!id.endsWith(".ts")) return null;
    return await transform(code, { loader: "ts", sourcemap: true, sourcefile: id });
  },
};

const rollupOptions = (app: Project): rollup.RollupOptions & { output: rollup.OutputOptions } => ({
  input: app.path("app.ts"),
  // Rollup resolves no `limit.js` to `limit.ts`.
  plugins: [
    { name: "resolve", resolveId: (id) => (id === "./limit.js" && existsSync(app.path("limit.ts")) ? app.path("limit.ts") : null) },
    forRollup({ root: app.folder }),
    stripTypes,
  ],
  external,
  output: { file: app.path("out/app.mjs"), sourcemap: true },
});

const rolldownOptions = (app: Project): rolldown.BuildOptions => ({
  cwd: app.folder,
  input: "app.ts",
  plugins: [forRolldown({ root: app.folder })],
  resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
  external,
  output: { file: "out/app.mjs", sourcemap: true },
  logLevel: "silent",
});

/** What webpack and Rspack have in common. */
const packOptions = (app: Project) => ({
  context: app.folder,
  entry: "./app.ts",
  mode: "production" as const,
  devtool: "source-map" as const,
  target: "node20" as const,
  resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
  externals: [external],
  externalsType: "module" as const,
  output: { path: app.path("out"), filename: "app.mjs", module: true, library: { type: "module" } },
});

const webpackOptions = (app: Project): webpack.Configuration => ({
  ...packOptions(app),
  experiments: { outputModule: true },
  module: { rules: [{ test: /\.ts$/, loader: fileURLToPath(new URL("strip-loader.cjs", import.meta.url)) }] },
  plugins: [forWebpack()],
});

const rspackOptions = (app: Project): RspackOptions => ({
  ...packOptions(app),
  // Rspack's minifier maps `new RangeError` to the second word.
  optimization: { minimize: false },
  module: {
    rules: [{ test: /\.ts$/, loader: "builtin:swc-loader", options: { jsc: { parser: { syntax: "typescript" }, target: "es2022" } } }],
  },
  plugins: [forRspack()],
});

interface Stats {
  hasErrors(): boolean;
  toString(options: { all: boolean; errors: boolean; colors: boolean }): string;
}

function failureOf(error: Error | null | undefined, stats: Stats | undefined): Error | undefined {
  if (error) return error;
  return stats?.hasErrors() ? new Error(stats.toString({ all: false, errors: true, colors: false })) : undefined;
}

interface Compiler {
  run(done: (error: Error | null, stats?: Stats) => void): unknown;
  watch(options: object, done: (error: Error | null, stats?: Stats) => void): unknown;
  close(done: () => void): void;
}

const pack = (name: string, compilerOf: (app: Project) => Compiler): Bundler => ({
  name,
  commonJs: true,
  async build(app) {
    const compiler = compilerOf(app);
    const failure = await new Promise<Error | undefined>((done) => compiler.run((error, stats) => done(failureOf(error, stats))));
    await new Promise<void>((done) => compiler.close(done));
    if (failure) throw failure;
  },
  async watch(app, built) {
    const compiler = compilerOf(app);
    compiler.watch({ aggregateTimeout: 20 }, (error, stats) => built(failureOf(error, stats)));
    return { close: () => new Promise<void>((done) => compiler.close(done)) };
  },
});

export const BUNDLERS: readonly Bundler[] = [
  {
    name: "Vite",
    commonJs: false,
    build: async (app) => void (await vite.build(viteOptions(app, false))),
    watch: async (app, built) => follow((await vite.build(viteOptions(app, true))) as Watcher, built),
  },
  {
    name: "Rollup",
    commonJs: false,
    async build(app) {
      const bundle = await rollup.rollup(rollupOptions(app));
      await bundle.write(rollupOptions(app).output);
      await bundle.close();
    },
    watch: async (app, built) => follow(rollup.watch(rollupOptions(app)) as Watcher, built),
  },
  {
    name: "Rolldown",
    commonJs: false,
    build: async (app) => void (await rolldown.build(rolldownOptions(app))),
    watch: async (app, built) => follow(rolldown.watch(rolldownOptions(app) as rolldown.WatchOptions) as Watcher, built),
  },
  pack("webpack", (app) => webpack(webpackOptions(app)) as unknown as Compiler),
  pack("Rspack", (app) => rspack(rspackOptions(app)) as unknown as Compiler),
];
