/** `gf.compat.v1`: TensorFlow 1's static graphs. Names and meaning are TensorFlow's, in camelCase. */
export * from "./control-flow.ts";
export type { FeedDict } from "./feeds.ts";
export { type GradientsOptions, gradients } from "./gradients.ts";
export { disableEagerExecution, enableEagerExecution, Graph, getDefaultGraph, graph, resetDefaultGraph } from "./graph.ts";
export { GraphVariable } from "./graph-variable.ts";
export { Operation } from "./operation.ts";
export { constant, identity, type PlaceholderShape, placeholder, placeholderWithDefault } from "./placeholder.ts";
export { type Fetched, Session } from "./session.ts";
export * as train from "./train.ts";
export * from "./variables.ts";
