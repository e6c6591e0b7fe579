/** All op records. Importing this file defines them; the order here is the order of `allOps()`. */
export * from "./arithmetic.ts";
export * from "./cast.ts";
export * from "./compare.ts";
export * from "./convolution.ts";
export { Builder, type GradRule, type GradRules, type GradSite } from "./grad.ts";
export * from "./identity.ts";
export * from "./indexing.ts";
export * from "./join.ts";
export * from "./linalg.ts";
export * from "./logic.ts";
export * from "./math.ts";
export { allOps, findOp, getOp } from "./op.ts";
export * from "./pooling.ts";
export * from "./reduce.ts";
export * from "./scan.ts";
export * from "./segment.ts";
export * from "./shape.ts";
export * from "./softmax.ts";
