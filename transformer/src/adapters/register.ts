/**
 * `node --import @graphfn/transformer/register app.ts`: TypeScript, and JavaScript with marked functions, runs without a build step, and
 * stack traces show the original lines and columns.
 *
 * Node 22.15 and later load through hooks in the same thread; earlier versions through hooks in a thread of their own.
 * (`module.register` is deprecated where the first exist, so it is never called there.) Before Node 24 neither serves CommonJS:
 * there `require` is hooked, too.
 */
import * as nodeModule from "node:module";
import { answerLoad, HOOKS_REQUIRE, resolveSource } from "./loader.ts";
import { hookRequire } from "./require-hook.ts";

/** Part of Node's interface that the type declarations of Node 20 do not know. */
interface SyncHooks {
  resolve(specifier: string, context: { parentURL?: string }, next: (specifier: string, context: object) => unknown): unknown;
  load(url: string, context: object, next: (url: string, context: object) => unknown): unknown;
}
const { registerHooks } = nodeModule as { registerHooks?: (hooks: SyncHooks) => unknown };

process.setSourceMapsEnabled(true);

if (HOOKS_REQUIRE) hookRequire();

if (registerHooks) {
  registerHooks({
    resolve: (specifier, context, next) => next(resolveSource(specifier, context.parentURL), context),
    load: (url, context, next) => answerLoad(url) ?? next(url, context),
  });
} else {
  nodeModule.register("./hooks-thread.js", import.meta.url);
}
