/**
 * Rollup plugin. Rollup does not know TypeScript: a plugin that strips types in `transform` goes with it (rollup-plugin-esbuild, not
 * @rollup/plugin-typescript, which reads files itself).
 *
 *   import { graphfn } from "@graphfn/plugin-esbuild/rollup";
 *   export default { input: "src/app.ts", plugins: [graphfn(), esbuild()], output: { file: "dist/app.mjs", sourcemap: true } };
 */
import type { Plugin } from "rollup";
import { bundlers } from "./bundlers.ts";
import type { BundlerOptions } from "./options.ts";

export type { BundlerOptions };

export const graphfn: (options?: BundlerOptions) => Plugin = bundlers.rollup;

export default graphfn;
