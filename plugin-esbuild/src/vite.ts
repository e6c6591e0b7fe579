/**
 * Vite plugin; vitest takes the same.
 *
 *   // vite.config.ts
 *   import { graphfn } from "@graphfn/plugin-esbuild/vite";
 *   export default { plugins: [graphfn()] };
 */
import type { Plugin } from "vite";
import { bundlers } from "./bundlers.ts";
import type { BundlerOptions } from "./options.ts";

export type { BundlerOptions };

export const graphfn: (options?: BundlerOptions) => Plugin = bundlers.vite;

export default graphfn;
