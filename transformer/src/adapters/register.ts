/**
 * `node --import @graphfn/transformer/register app.ts`: TypeScript with marked functions runs without a build step, and
 * stack traces show the original lines and columns.
 *
 * Node 22.15 and later load through hooks in the same thread; earlier versions through hooks in a thread of their own.
 * (`module.register` is deprecated where the first exist, so it is never called there.) Before Node 24 a `.cts` file that
 * requires another `.cts` file is not seen by either kind of hooks: Node says that it cannot find the module.
 */
import * as nodeModule from "node:module";
import { loadTypeScript, resolveTypeScript } from "./loader.ts";

/** Part of Node's interface that the type declarations of Node 20 do not know. */
interface SyncHooks {
  resolve(specifier: string, context: { parentURL?: string }, next: (specifier: string, context: object) => unknown): unknown;
  load(url: string, context: object, next: (url: string, context: object) => unknown): unknown;
}
const { registerHooks } = nodeModule as { registerHooks?: (hooks: SyncHooks) => unknown };

process.setSourceMapsEnabled(true);

if (registerHooks) {
  registerHooks({
    resolve: (specifier, context, next) => next(resolveTypeScript(specifier, context.parentURL), context),
    load: (url, context, next) => loadTypeScript(url) ?? next(url, context),
  });
} else {
  nodeModule.register("./hooks-thread.js", import.meta.url);
}
