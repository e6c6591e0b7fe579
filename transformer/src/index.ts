/** @graphfn/transformer: TypeScript with marked functions → TypeScript that builds and runs graphs. */
export { loadTypeScript, type TS } from "./ast/typescript.ts";
export { type Segment, toSourceOffset, toSourceRange } from "./ast/writer.ts";
export { CATALOGUE, type DiagnosticName } from "./diagnostics/catalogue.ts";
export { formatDiagnostic, formatDiagnostics } from "./diagnostics/format.ts";
export { mayHaveMarks } from "./parse/parse.ts";
export { createTransformer } from "./pipeline/transformer.ts";
export type * from "./types.ts";
export { type VirtualCode, virtualCode } from "./virtual/virtual-code.ts";
