/** `gf.compat`: APIs of other systems. */
export * as v1 from "./v1.ts";
