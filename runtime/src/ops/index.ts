/** All op records. Importing this file defines them; the order here is the order of `allOps()`. */
export * from "./arithmetic.ts";
export * from "./math.ts";
export * from "./compare.ts";
export * from "./logic.ts";
export * from "./cast.ts";
export * from "./shape.ts";
export * from "./indexing.ts";
export { allOps, findOp, getOp } from "./op.ts";
