/**
 * The user's tsconfig, read with our TypeScript, or defaults without one. Options that decide what analysis can know are
 * set: strict null checks (definite assignment, missing return paths need them), no emit, `.ts` import extensions, JavaScript.
 */
import { dirname } from "node:path";
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";

export interface ProjectConfig {
  /** Absolute path of the tsconfig; undefined without one. */
  readonly path: string | undefined;
  readonly root: string;
  readonly options: ts.CompilerOptions;
  /** Source files that the configuration names. */
  readonly files: readonly string[];
}

export function readConfig(ts: TS, path: string | undefined, directory: string): ProjectConfig {
  if (path === undefined) {
    const options = withAnalysisOptions(ts, { target: ts.ScriptTarget.ES2023, lib: ["lib.es2023.d.ts"], types: [] });
    return { path: undefined, root: directory, options, files: [] };
  }
  const host: ts.ParseConfigFileHost = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
  const parsed = ts.getParsedCommandLineOfConfigFile(path, { allowJs: true }, host);
  if (parsed === undefined) return { ...readConfig(ts, undefined, dirname(path)), path };
  return { path, root: dirname(path), options: withAnalysisOptions(ts, parsed.options), files: parsed.fileNames };
}

function withAnalysisOptions(ts: TS, options: ts.CompilerOptions): ts.CompilerOptions {
  const result: ts.CompilerOptions = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    ...options,
    strictNullChecks: true,
    noImplicitReturns: true,
    allowImportingTsExtensions: true,
    allowJs: true,
    skipLibCheck: true,
    noEmit: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  for (const key of ["composite", "incremental", "tsBuildInfoFile", "declaration", "declarationMap", "outDir", "rootDir", "plugins"])
    delete result[key];
  return result;
}
