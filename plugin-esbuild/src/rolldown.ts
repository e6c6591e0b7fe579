/**
 * Rolldown plugin. Rolldown strips the types.
 *
 *   import { graphfn } from "@graphfn/plugin-esbuild/rolldown";
 *   export default { input: "src/app.ts", plugins: [graphfn()], output: { file: "dist/app.mjs", sourcemap: true } };
 */
import type { Plugin } from "rolldown";
import { bundlers } from "./bundlers.ts";
import type { BundlerOptions } from "./options.ts";

export type { BundlerOptions };

export const graphfn: (options?: BundlerOptions) => Plugin = bundlers.rolldown;

export default graphfn;
