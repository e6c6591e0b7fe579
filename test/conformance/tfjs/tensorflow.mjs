/** Stands in for `@tensorflow/tfjs-core` in its tests: this library, under the names that it has. */

export { util } from "@tensorflow/tfjs-core";
export * from "graphfn";
export * as test_util from "./assertions.mjs";
