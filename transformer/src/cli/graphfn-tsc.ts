/**
 * graphfn-tsc: type-checks a project as `tsc --noEmit` does, with operators on tensors typed inside marked functions, and
 * reports the transformer's own diagnostics. Takes tsc's options.
 *
 *   graphfn-tsc -p tsconfig.json
 *   src/model.ts(15,17): error TS2345: Argument of type 'string' is not assignable to parameter of type 'Operand'.
 *   src/model.ts(22,3): error GF1003: …
 *
 * It never writes JavaScript: that would be the virtual code. With -b it writes declarations, in which marked functions have
 * `explain` and their other members. The project's own TypeScript does the checking (check/typescripts.ts).
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ProjectTexts } from "../adapters/compile/texts.ts";
import { hasErrors } from "../adapters/host.ts";
import { loadTypeScript } from "../ast/typescript.ts";
import { createTransformer } from "../pipeline/transformer.ts";
import type { Diagnostic, Transformer } from "../types.ts";
import { checkWithOverlay } from "./check/overlay.ts";
import { bundledTypeScript, NATIVE_MAJOR, OLDEST_MAJOR, type UserTypeScript, userTypeScript } from "./check/typescripts.ts";
import { checkWithVolar } from "./check/volar.ts";
import { formatChecker, formatOwn, isPretty, ownReport } from "./report.ts";

/** tsc's exit code for errors where nothing was written. */
const ERRORS = 2;

const args = process.argv.slice(2);
/** Referenced projects must write their declarations. */
const isBuild = args[0] === "-b" || args[0] === "--build";

if (flag("noEmit") === false)
  refuse("--noEmit false: graphfn-tsc only checks. To build, use graphfn build, or a bundler plugin and this check.");

const config = projectFile();
const user = userTypeScript(config === undefined ? process.cwd() : dirname(config));
if (user === undefined) withVolar(bundledTypeScript());
else if (user.major >= NATIVE_MAJOR) await withOverlay(user);
else if (user.major >= OLDEST_MAJOR) withVolar(user);
else withBundled(`typescript ${user.version} is too old`);

async function withOverlay(typescript: UserTypeScript): Promise<void> {
  const other = args.filter((arg, i) => !isOverlayOption(arg, args[i - 1]));
  if (config === undefined || other.length > 0)
    return withBundled(`options besides -p cannot be given to typescript ${typescript.version}`);
  const texts = new ProjectTexts({ root: process.cwd(), tsconfig: config });
  const checked = await checkWithOverlay(typescript, config, texts);
  if (checked === undefined) return withBundled(`the interface of typescript ${typescript.version} is not known to graphfn-tsc`);
  const { diagnostics, files } = checked;
  const failed = diagnostics.some(({ category }) => category === loadTypeScript().DiagnosticCategory.Error);
  const own = ownReport(
    files.flatMap((file) => texts.emitted(file, readFileSync(file, "utf8"))?.diagnostics ?? []),
    failed,
  );
  texts.dispose();
  const pretty = isPretty(flag("pretty"));
  process.stdout.write(formatChecker(loadTypeScript(), diagnostics, pretty) + formatOwn(own, pretty));
  if (failed || hasErrors(own)) process.exitCode = ERRORS;
}

/** `-p file`, `--noEmit`, `--pretty`, and their values. */
function isOverlayOption(arg: string, before: string | undefined): boolean {
  if (["-p", "--project", "--noEmit", "--pretty"].includes(arg)) return true;
  if (before === "-p" || before === "--project") return true;
  return (before === "--noEmit" || before === "--pretty") && (arg === "true" || arg === "false");
}

function withBundled(reason: string): void {
  const bundled = bundledTypeScript();
  process.stderr.write(`graphfn-tsc: ${reason}: checked with typescript ${bundled.version}.\n`);
  withVolar(bundled);
}

function withVolar(typescript: UserTypeScript): void {
  if (flag("noEmit") === undefined && flag("emitDeclarationOnly") !== true)
    process.argv.push(isBuild ? "--emitDeclarationOnly" : "--noEmit");
  const marked = new Set<string>();
  const onMarked = (fileName: string): void => void marked.add(fileName);
  if (flag("watch") === true || args.includes("-w")) return checkWithVolar(typescript, { onMarked, onRead: reportAfterEdits(marked) });
  // tsc ends the process itself: what we have to say follows its own report.
  process.on("exit", (code) => reportOwnDiagnostics(marked, code));
  checkWithVolar(typescript, { onMarked });
}

/** With --watch: when tsc has read what was edited and has said its own, which it does at once, ours follows. */
function reportAfterEdits(marked: ReadonlySet<string>): (fileName: string) => void {
  const transformer = openTransformer();
  const edited = new Set<string>();
  const report = (): void => {
    for (const fileName of edited) transformer.invalidate(fileName);
    edited.clear();
    const diagnostics = diagnosticsOf(transformer, marked);
    process.stdout.write(formatOwn(ownReport(diagnostics, true), isPretty(flag("pretty"))));
  };
  return (fileName) => {
    if (edited.size === 0) setImmediate(report);
    edited.add(fileName);
  };
}

/** With -b each file is read under the nearest tsconfig.json above it. */
function openTransformer(): Transformer {
  return createTransformer({ root: process.cwd(), ...(config !== undefined && !isBuild && { tsconfig: config }) });
}

function diagnosticsOf(transformer: Transformer, fileNames: ReadonlySet<string>): Diagnostic[] {
  return [...fileNames]
    .filter((fileName) => existsSync(fileName))
    .flatMap((fileName) => transformer.transform(fileName, readFileSync(fileName, "utf8"))?.diagnostics ?? []);
}

function reportOwnDiagnostics(marked: ReadonlySet<string>, code: number): void {
  if (marked.size === 0) return;
  const transformer = openTransformer();
  const diagnostics = diagnosticsOf(transformer, marked);
  transformer.dispose();
  const own = ownReport(diagnostics, code !== 0);
  process.stdout.write(formatOwn(own, isPretty(flag("pretty"))));
  if (code === 0 && hasErrors(own)) process.exitCode = ERRORS;
}

/** Value of a boolean option of tsc: true, false, or undefined where it is not given. */
function flag(name: string): boolean | undefined {
  const at = args.findIndex((arg) => arg.toLowerCase() === `--${name.toLowerCase()}`);
  return at < 0 ? undefined : args[at + 1] !== "false";
}

/** What -p names, a file or a folder with a tsconfig.json; without it the nearest one counts. Undefined where there is none. */
function projectFile(): string | undefined {
  const at = args.findIndex((arg) => arg === "-p" || arg === "--project");
  const project = at < 0 ? undefined : args[at + 1];
  if (project === undefined) return loadTypeScript().findConfigFile(process.cwd(), existsSync);
  const path = resolve(project);
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, "tsconfig.json") : path;
  return existsSync(file) ? file : undefined;
}

function refuse(message: string): never {
  process.stderr.write(`graphfn-tsc: ${message}\n`);
  process.exit(1);
}
