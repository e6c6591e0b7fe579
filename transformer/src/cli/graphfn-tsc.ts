/**
 * graphfn-tsc: type-checks a project as `tsc --noEmit` does, with operators on tensors typed inside marked functions, and
 * reports the transformer's own diagnostics. Takes tsc's options.
 *
 *   graphfn-tsc -p tsconfig.json
 *   src/model.ts(15,17): error TS2345: Argument of type 'string' is not assignable to parameter of type 'Operand'.
 *   src/model.ts(22,3): error GF1003: …
 *
 * It never writes JavaScript: that would be the virtual code. With -b it writes declarations, in which marked functions have
 * `explain` and their other members. Uses the transformer's own TypeScript, whatever version
 * the project has.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { runTsc } from "@volar/typescript/lib/quickstart/runTsc.js";
import { hasErrors } from "../adapters/host.ts";
import { createLanguagePlugin } from "../adapters/volar.ts";
import { createTransformer } from "../pipeline/transformer.ts";
import { formatOwn, isPretty, ownReport } from "./report.ts";

/** tsc's exit code for errors where nothing was written. */
const ERRORS = 2;

const args = process.argv.slice(2);
const marked = new Set<string>();
/** Referenced projects must write their declarations. */
const isBuild = args[0] === "-b" || args[0] === "--build";

if (flag("noEmit") === false) refuse("--noEmit false: graphfn-tsc only checks. To build, use a bundler plugin, or esbuild and this check.");
if (flag("noEmit") === undefined && flag("emitDeclarationOnly") !== true) process.argv.push(isBuild ? "--emitDeclarationOnly" : "--noEmit");
if (flag("watch") === true || args.includes("-w")) {
  process.stderr.write("graphfn-tsc: with --watch only type errors are shown; run it without for graphfn's own diagnostics.\n");
} else {
  // tsc ends the process itself: what we have to say follows its own report.
  process.on("exit", reportOwnDiagnostics);
}

const plugin = createLanguagePlugin({ onMarked: (fileName) => marked.add(fileName) });
runTsc(
  createRequire(import.meta.url).resolve("typescript/lib/tsc.js"),
  { extraSupportedExtensions: [], extraExtensionsToRemove: [] },
  () => [plugin],
);

function reportOwnDiagnostics(code: number): void {
  if (marked.size === 0) return;
  const transformer = createTransformer({ root: process.cwd(), ...projectOption() });
  const diagnostics = [...marked].flatMap((fileName) => transformer.transform(fileName, readFileSync(fileName, "utf8"))?.diagnostics ?? []);
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

/** With -p a file is read under that tsconfig; otherwise, and with -b, under the nearest one above it. */
function projectOption(): { tsconfig?: string } {
  const at = args.findIndex((arg) => arg === "-p" || arg === "--project");
  const project = at < 0 ? undefined : args[at + 1];
  return project?.endsWith(".json") ? { tsconfig: project } : {};
}

function refuse(message: string): never {
  process.stderr.write(`graphfn-tsc: ${message}\n`);
  process.exit(1);
}
