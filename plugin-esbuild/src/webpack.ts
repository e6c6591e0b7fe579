/**
 * webpack plugin. A loader for TypeScript goes with it, one that does not check types: esbuild-loader, swc-loader, or ts-loader with
 * `transpileOnly`.
 *
 *   import { graphfn } from "@graphfn/plugin-esbuild/webpack";
 *   export default { entry: "./src/app.ts", plugins: [graphfn()], module: { rules: [{ test: /\.ts$/, loader: "esbuild-loader" }] } };
 */
import type { WebpackPluginInstance } from "webpack";
import { bundlers } from "./bundlers.ts";
import type { BundlerOptions } from "./options.ts";

export type { BundlerOptions };

export const graphfn: (options?: BundlerOptions) => WebpackPluginInstance = bundlers.webpack;

export default graphfn;
