/** Module hooks for Node before 22.15, which run in a thread of their own; register.ts installs them. */
import type { LoadHook, ResolveHook } from "node:module";
import { answerLoad, resolveSource } from "./loader.ts";

export const resolve: ResolveHook = (specifier, context, next) => next(resolveSource(specifier, context.parentURL), context);

export const load: LoadHook = (url, context, next) => answerLoad(url) ?? next(url, context);
