/**
 * ts-patch's program transformer: `tspc` checks, writes and watches a project as tsc does, with marked functions transformed.
 *
 *   "plugins": [{ "transform": "@graphfn/transformer/ts-patch", "transformProgram": true }]      in compilerOptions
 *
 *   tspc's program → the program of virtual text, whose messages stand at the original places, with the transformer's own among them,
 *   and whose `emit` writes what the transformer emits
 */
import { dirname } from "node:path";
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";
import { Compilation } from "./compile/compilation.ts";
import { isProjectSource } from "./host.ts";

/** One per tsconfig for the life of the process: `tspc --watch` makes a program for every change. */
const compilations = new Map<string, Compilation>();

/** Methods of a program that give diagnostics, of all its files or of one. */
type Ask = (file?: ts.SourceFile, token?: ts.CancellationToken) => readonly ts.Diagnostic[];

interface Extras {
  readonly ts: TS & { readonly originalCreateProgram?: TS["createProgram"] };
}

export default function transformProgram(
  program: ts.Program,
  givenHost: ts.CompilerHost | undefined,
  _config: unknown,
  extras: Extras,
): ts.Program {
  // The patched createProgram would read the tsconfig again and come here once more.
  const patched = extras.ts;
  const ts: TS = { ...patched, createProgram: patched.originalCreateProgram ?? patched.createProgram };
  const options = program.getCompilerOptions();
  const host = givenHost ?? ts.createCompilerHost(options);
  const compilation = compilationOf(ts, options);
  compilation.texts.begin();

  const projectReferences = program.getProjectReferences();
  const checked = ts.createProgram({
    rootNames: program.getRootFileNames(),
    options,
    host: checkingHost(ts, program, host, compilation),
    configFileParsingDiagnostics: program.getConfigFileParsingDiagnostics(),
    ...(projectReferences && { projectReferences }),
  });
  const withOwn =
    (ask: Ask): Ask =>
    (file, token) => {
      const files = file === undefined ? checked.getSourceFiles() : [file];
      return [...compilation.original(ask(file, token)), ...files.flatMap((one) => compilation.ownAsChecker(one))];
    };
  const { getBindAndCheckDiagnostics } = checked as { getBindAndCheckDiagnostics?: Ask };
  return {
    ...checked,
    getSyntacticDiagnostics: (file, token) => compilation.original(checked.getSyntacticDiagnostics(file, token)),
    getSemanticDiagnostics: withOwn(checked.getSemanticDiagnostics),
    // What incremental builds ask instead, without the options' own diagnostics.
    ...(getBindAndCheckDiagnostics && { getBindAndCheckDiagnostics: withOwn(getBindAndCheckDiagnostics) }),
    getDeclarationDiagnostics: (file, token) => compilation.original(checked.getDeclarationDiagnostics(file, token)),
    emit: (target, write, _token, declarationsOnly, transformers) =>
      compilation.emit(checked, write ?? host.writeFile, { target, declarationsOnly, transformers }),
  };
}

function compilationOf(ts: TS, options: ts.CompilerOptions): Compilation {
  const { configFilePath } = options;
  const path = typeof configFilePath === "string" ? configFilePath : undefined;
  const key = path ?? process.cwd();
  let found = compilations.get(key);
  if (found === undefined) {
    found = new Compilation(ts, path === undefined ? { root: key } : { root: dirname(path), tsconfig: path });
    compilations.set(key, found);
  }
  return found;
}

/** Hosts keep trees of files by name, so virtual text must not pass through theirs. */
function checkingHost(ts: TS, program: ts.Program, host: ts.CompilerHost, compilation: Compilation): ts.CompilerHost {
  return {
    ...host,
    getSourceFile(fileName, language, ...rest) {
      const text = isProjectSource(fileName) ? host.readFile(fileName) : undefined;
      const toCheck = text === undefined ? undefined : compilation.texts.toCheck(fileName, text);
      if (toCheck === undefined || toCheck === text) return host.getSourceFile(fileName, language, ...rest);
      // Incremental builds compare versions; that of the user's text says as much.
      const { version } = (program.getSourceFile(fileName) ?? {}) as { version?: string };
      return Object.assign(ts.createSourceFile(fileName, toCheck, language), { version });
    },
  };
}
