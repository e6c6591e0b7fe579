/**
 * The plugin of Vite, Rollup, Rolldown, webpack and Rspack: one factory, of which `vite.ts` and its siblings hand out a form each.
 *
 *   text of a module → TypeScript with types intact (of JavaScript JavaScript), and a map that the bundler composes with its own
 *
 * It runs before what strips the types (`enforce: "pre"`), on the text that the bundler has: plugins before it are respected.
 * Vite and Rolldown strip types themselves, Rspack by `builtin:swc-loader`; Rollup and webpack need a plugin or loader for that.
 * One BuildHost serves all builds of a plugin object, so a rebuild transforms only what changed, or what used a type that changed.
 */
import { readFileSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import type { BuildHost, Diagnostic, Loaded, Severity } from "@graphfn/transformer/host";
import { createUnplugin, type SourceMapCompact, type UnpluginBuildContext, type UnpluginOptions } from "unplugin";
import type { ViteDevServer } from "vite";
import { BuildFailed, warning } from "./messages.ts";
import type { BundlerOptions } from "./options.ts";

const NAME = "graphfn";

/** Programs, and what may follow their names: Vite asks for `worker.ts?worker_file`, webpack for any resource query. */
const SOURCE = /\.[cm]?[jt]sx?(?:\?.*)?$/;
const NODE_MODULES = /[\\/]node_modules[\\/]/;

/** What a module was given, and got. */
interface Seen {
  readonly file: string;
  readonly text: string;
  readonly loaded: Loaded | null;
}

export const bundlers = createUnplugin<BundlerOptions | undefined, false>(bundlerPlugin);

function bundlerPlugin(options: BundlerOptions | undefined): UnpluginOptions {
  let root = resolve(options?.root ?? process.cwd());
  let host: BuildHost | undefined;
  let server: ViteDevServer | undefined;
  const seen = new Map<string, Seen>();
  /** Bundlers keep a module while its text is the same; a change of another file can make one of its functions reachable. */
  const isStale = (id: string): boolean => {
    const last = seen.get(id);
    return last !== undefined && host !== undefined && host.load(last.file, last.text) !== last.loaded;
  };
  /** Those, besides modules whose own file changed. */
  const staleBesides = (changed: { has(file: string): boolean }) =>
    [...seen].filter(([id, { file }]) => !changed.has(file) && isStale(id)).map(([id, { file }]) => ({ id, file }));
  const useRoot = (folder: string) => {
    if (options?.root === undefined) root = folder;
  };

  return {
    name: NAME,
    enforce: "pre",

    buildStart() {
      host?.begin();
    },

    transform: {
      filter: { id: { include: SOURCE, exclude: NODE_MODULES } },
      async handler(text, id) {
        // Loaded late, and the compiler later still: where something is marked.
        const { BuildHost, formatDiagnostics, isProjectSource } = await import("@graphfn/transformer/host");
        const file = sourceFile(this, text, id);
        if (file === undefined || !isProjectSource(file)) return null;
        const { tsconfig } = options ?? {};
        host ??= new BuildHost({ root, ...(tsconfig !== undefined && { tsconfig: resolve(root, tsconfig) }) });
        const loaded = host.load(file, text);
        seen.set(id, { file, text, loaded });
        if (!loaded) return null;

        const { diagnostics, watchFiles, contents, code, map } = loaded;
        for (const used of watchFiles) this.addWatchFile(used);
        const readText = (name: string) => (name === file ? text : readFileSync(name, "utf8"));
        const format = (list: readonly Diagnostic[]) => formatDiagnostics(list, { color: false, cwd: root, readText });
        const of = (severity: Severity) => diagnostics.filter((one) => one.severity === severity);
        for (const one of of("warning")) this.warn(warning(one, format([one])));
        const errors = of("error");
        if (errors[0]) throw new BuildFailed(errors[0], format(errors));
        return { code: wantsComment(this) ? contents : code, map: JSON.parse(map.toString()) as SourceMapCompact };
      },
    },

    rollup: {
      shouldTransformCachedModule: ({ id }) => isStale(id),
    },

    vite: {
      configResolved(config) {
        useRoot(config.root);
      },
      configureServer(started) {
        server = started;
      },
      // A development server starts once and then says what changes.
      async watchChange(changed) {
        host?.begin();
        if (!server) return;
        for (const { id } of staleBesides(new Set([changed]))) {
          for (const environment of Object.values(server.environments)) {
            const module = environment.moduleGraph.getModuleById(id);
            if (!module) continue;
            environment.moduleGraph.invalidateModule(module);
            await environment.reloadModule(module);
          }
        }
      },
    },

    webpack(compiler) {
      useRoot(compiler.context);
      compiler.hooks.compilation.tap(NAME, (compilation) => {
        const { needBuild } = compiler.webpack.NormalModule.getCompilationHooks(compilation);
        // `undefined` leaves the question to other plugins; webpack's types know only the answers.
        needBuild.tap(NAME, ({ resource }) => (isStale(resource) ? true : undefined) as boolean);
      });
    },

    rspack(compiler) {
      useRoot(compiler.context);
      // Rspack builds again what it is told has changed.
      compiler.hooks.watchRun.tap(NAME, () => {
        host?.begin();
        const changed = compiler.modifiedFiles ?? new Set<string>();
        compiler.modifiedFiles = new Set([...changed, ...staleBesides(changed).map(({ file }) => file)]);
      });
    },
  };
}

/**
 * The file that a module is the text of; undefined for virtual modules, and where a query asks for something made of the file
 * (`?raw`, `?url`, a part of a component). A query with the file's own text (`?worker_file`) is a module like any other.
 */
function sourceFile(context: UnpluginBuildContext, text: string, id: string): string | undefined {
  const [file, query] = id.split("?", 2) as [string, string?];
  if (!isAbsolute(file)) return undefined;
  if (query !== undefined && textOf(file) !== text) return undefined;
  return isAsset(context) ? undefined : file;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** webpack's `asset/source` and the like: the text is data. */
function isAsset(context: UnpluginBuildContext): boolean {
  const native = context.getNativeBuildContext?.();
  if (native?.framework !== "webpack" && native?.framework !== "rspack") return false;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- a loader has no other way to learn what its module is for
  return native.loaderContext?._module?.type.startsWith("asset") ?? false;
}

/**
 * Of webpack's loaders some take a map as argument, others (esbuild-loader) read it from the text; each does one of the two. Without
 * `devtool`, or a loader that follows, the comment would only stay in the bundle.
 */
function wantsComment(context: UnpluginBuildContext): boolean {
  const native = context.getNativeBuildContext?.();
  const loader = native?.framework === "webpack" ? native.loaderContext : undefined;
  return loader?.sourceMap === true && loader.loaderIndex > 0;
}
