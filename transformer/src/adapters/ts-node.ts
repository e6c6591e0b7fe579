/**
 * ts-node's transpiler: marked functions are transformed, then the project's TypeScript writes JavaScript as ts-node would.
 *
 *   "ts-node": { "transpileOnly": true, "transpiler": "@graphfn/transformer/ts-node" }      in tsconfig.json
 *
 * Shipped as one CommonJS file: ts-node requires it, also from the thread that its ESM loader runs in.
 */
import { createRequire } from "node:module";
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";
import { composeMap } from "./compile/maps.ts";
import { isProjectSource } from "./host.ts";
import { inProcess } from "./in-process.ts";

/** What ts-node gives a transpiler, as far as it is used here. */
export interface TsNodeOptions {
  readonly service: {
    readonly config: { readonly options: ts.CompilerOptions };
    /** Its own: `compiler` names the package of TypeScript. */
    readonly options: { readonly compiler?: string };
    projectLocalResolveHelper(name: string, relativeToProject: boolean): string;
  };
  /** How Node takes the file, where the module option leaves it open. */
  readonly nodeModuleEmitKind?: "nodeesm" | "nodecjs";
}

export interface TsNodeTranspiler {
  transpile(
    input: string,
    options: { readonly fileName: string },
  ): { readonly outputText: string; readonly sourceMapText: string | undefined };
}

export function create({ service, nodeModuleEmitKind }: TsNodeOptions): TsNodeTranspiler {
  const { config, options } = service;
  const ts = createRequire(import.meta.url)(service.projectLocalResolveHelper(options.compiler ?? "typescript", true)) as TS;
  const { configFilePath } = config.options;
  const transform = inProcess({ root: process.cwd(), ...(typeof configFilePath === "string" && { tsconfig: configFilePath }) });
  // transpileModule cannot ask package.json files which of the two a nodenext module is.
  const kinds = {
    nodeesm: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
    nodecjs: { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Bundler },
  };
  const compilerOptions = { ...config.options, sourceMap: true, ...(nodeModuleEmitKind !== undefined && kinds[nodeModuleEmitKind]) };
  return {
    transpile(input, { fileName }) {
      const result = isProjectSource(fileName) ? transform(fileName, input) : null;
      const { outputText, sourceMapText } = ts.transpileModule(result?.code ?? input, { fileName, compilerOptions });
      const composed = result !== null && sourceMapText !== undefined ? composeMap(sourceMapText, result.map) : sourceMapText;
      return { outputText, sourceMapText: composed };
    },
  };
}
