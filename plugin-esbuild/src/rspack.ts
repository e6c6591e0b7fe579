/**
 * Rspack plugin. `builtin:swc-loader` strips the types.
 *
 *   import { graphfn } from "@graphfn/plugin-esbuild/rspack";
 *   export default { entry: "./src/app.ts", plugins: [graphfn()], module: { rules: [{ test: /\.ts$/, loader: "builtin:swc-loader" }] } };
 */
import type { RspackPluginInstance } from "@rspack/core";
import { bundlers } from "./bundlers.ts";
import type { BundlerOptions } from "./options.ts";

export type { BundlerOptions };

export const graphfn: (options?: BundlerOptions) => RspackPluginInstance = bundlers.rspack;

export default graphfn;
