/** Parts of the transformer for benches: not exported by the package. */
export { loadTypeScript } from "./ast/typescript.ts";
export { runPipeline } from "./pipeline/pipeline.ts";
export { Project } from "./pipeline/project.ts";
export { readConfig } from "./types/config.ts";
export { Programs } from "./types/programs.ts";
export { TypeScript6Oracle } from "./types/typescript6.ts";
