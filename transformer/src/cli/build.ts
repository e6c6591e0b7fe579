/**
 * `graphfn build`: what tsc does, with marked functions transformed. Checks the project, writes JavaScript, declarations and maps that
 * lead to the original text, as its tsconfig.json says. Takes tsc's options.
 *
 *   graphfn build -p tsconfig.json
 *   graphfn build --outDir dist --declaration --watch
 *
 * Exit codes are tsc's: 0 without errors, 1 where errors kept files from being written, 2 with other errors. An error of the
 * transformer keeps everything from being written, errors of the checker only with `noEmitOnError`. One project at a time; builds are
 * whole, and a watch writes only what has changed.
 */
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type ts from "typescript";
import { Compilation } from "../adapters/compile/compilation.ts";
import { hasErrors } from "../adapters/host.ts";
import { loadTypeScript, type TS } from "../ast/typescript.ts";
import { CommandError } from "./error.ts";
import { formatChecker, formatOwn, isPretty, ownReport } from "./report.ts";

const SKIPPED = 1;
const WITH_ERRORS = 2;

export function build(args: readonly string[]): void {
  const ts = loadTypeScript();
  const command = ts.parseCommandLine(args);
  const pretty = isPretty(command.options.pretty);
  if (command.errors.length > 0) throw new CommandError(formatChecker(ts, command.errors, pretty).trimEnd());
  if (command.fileNames.length > 0) throw new CommandError(`graphfn build takes a project and no files: ${command.fileNames.join(", ")}.`);
  const path = configPath(ts, command.options.project);
  const compilation = new Compilation(ts, { root: dirname(path), tsconfig: path });
  if (command.options.watch === true) watch(ts, path, command.options, compilation, pretty);
  else process.exitCode = once(ts, path, command.options, compilation, pretty);
}

/** `-p` names a file or a folder; without it the nearest tsconfig.json counts. */
function configPath(ts: TS, project: string | undefined): string {
  if (project === undefined) {
    const found = ts.findConfigFile(process.cwd(), existsSync);
    if (found === undefined) throw new CommandError("There is no tsconfig.json here or above. Name one with -p.");
    return found;
  }
  const path = resolve(project);
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, "tsconfig.json") : path;
  if (!existsSync(file)) throw new CommandError(`There is no ${project}. Name a tsconfig.json, or its folder, with -p.`);
  return file;
}

function once(ts: TS, path: string, overrides: ts.CompilerOptions, compilation: Compilation, pretty: boolean): number {
  const config = ts.getParsedCommandLineOfConfigFile(path, overrides, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new CommandError(formatChecker(ts, [diagnostic], pretty).trimEnd());
    },
  });
  if (config === undefined) throw new CommandError(`${path} cannot be read.`);
  const host = ts.createCompilerHost(config.options);
  host.readFile = compilation.readChecked(host.readFile);
  const program = ts.createProgram({
    rootNames: config.fileNames,
    options: config.options,
    host,
    configFileParsingDiagnostics: ts.getConfigFileParsingDiagnostics(config),
    ...(config.projectReferences && { projectReferences: config.projectReferences }),
  });
  return finish(ts, program, () => ts.getPreEmitDiagnostics(program), compilation, pretty, host.writeFile).code;
}

/** Reports and writes what a checked program gives. */
function finish(
  ts: TS,
  program: ts.Program,
  check: () => readonly ts.Diagnostic[],
  compilation: Compilation,
  pretty: boolean,
  write: ts.WriteFileCallback,
): { code: number; errors: number } {
  const { outFile, listEmittedFiles, noEmit } = program.getCompilerOptions();
  if (outFile !== undefined) throw new CommandError("graphfn build cannot write one outFile: a bundler with graphfn's plugin does.");
  const checked = check();
  const emitted = compilation.emit(program, write);
  const diagnostics = ts.sortAndDeduplicateDiagnostics([...compilation.original(checked), ...emitted.diagnostics]);
  const checkerErrors = diagnostics.filter(({ category }) => category === ts.DiagnosticCategory.Error).length;
  const own = ownReport(compilation.ownDiagnostics(program), checkerErrors > 0);
  process.stdout.write(formatChecker(ts, diagnostics, pretty) + formatOwn(own, pretty));
  if (listEmittedFiles === true) for (const file of emitted.emittedFiles ?? []) process.stdout.write(`TSFILE: ${resolve(file)}\n`);
  const errors = checkerErrors + own.filter(({ severity }) => severity === "error").length;
  if (checkerErrors === 0 && !hasErrors(own)) return { code: 0, errors };
  return { code: emitted.emitSkipped && noEmit !== true ? SKIPPED : WITH_ERRORS, errors };
}

function watch(ts: TS, path: string, overrides: ts.CompilerOptions, compilation: Compilation, pretty: boolean): void {
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const host = ts.createWatchCompilerHost(
    path,
    overrides,
    ts.sys,
    ts.createSemanticDiagnosticsBuilderProgram,
    (diagnostic) => say(formatChecker(ts, [diagnostic], pretty).trimEnd()),
    (status) => say(ts.flattenDiagnosticMessageText(status.messageText, "\n")),
  );
  host.readFile = compilation.readChecked(host.readFile);
  const written = new Map<string, string>();
  const write: ts.WriteFileCallback = (fileName, text, mark) => {
    if (written.get(fileName) === text) return;
    ts.sys.writeFile(fileName, text, mark);
    written.set(fileName, text);
  };
  host.afterProgramCreate = (builder) => {
    compilation.texts.begin();
    const program = builder.getProgram();
    const check = () => [
      ...builder.getConfigFileParsingDiagnostics(),
      ...builder.getOptionsDiagnostics(),
      ...builder.getSyntacticDiagnostics(),
      ...builder.getGlobalDiagnostics(),
      ...builder.getSemanticDiagnostics(),
    ];
    const { errors } = finish(ts, program, check, compilation, pretty, write);
    say(`Found ${errors} error${errors === 1 ? "" : "s"}. Watching for file changes.`);
  };
  ts.createWatchProgram(host);
}
