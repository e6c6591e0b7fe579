/**
 * Checking with TypeScript 7, whose compiler is another process with an API: it reads virtual text where files have marked functions,
 * and its messages are put at the original places.
 *
 * The API of 7.0 is `typescript/unstable/sync`. A later one may have another shape: what is used of it is looked for first, and where
 * it is not there nothing is checked, which the caller says.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type ts from "typescript";
import type { ProjectTexts } from "../../adapters/compile/texts.ts";
import { isProjectSource } from "../../adapters/host.ts";
import { loadTypeScript } from "../../ast/typescript.ts";
import type { UserTypeScript } from "./typescripts.ts";

interface Message {
  readonly fileName?: string;
  readonly pos: number;
  readonly end: number;
  readonly code: number;
  readonly category: ts.DiagnosticCategory;
  readonly text: string;
  readonly messageChain?: readonly Message[];
  readonly relatedInformation?: readonly Message[];
}

type Ask = () => readonly Message[];

/** What is used of the API. */
interface Program {
  readonly getConfigFileParsingDiagnostics: Ask;
  readonly getProgramDiagnostics: Ask;
  readonly getSyntacticDiagnostics: Ask;
  readonly getGlobalDiagnostics: Ask;
  readonly getSemanticDiagnostics: Ask;
  readonly getSourceFileNames: () => readonly string[];
}
interface Snapshot {
  getProject(config: string): { readonly program: Program } | undefined;
  dispose?(): void;
}
interface Api {
  updateSnapshot(changes: { readonly openProjects: readonly string[] }): Snapshot;
  close(): void;
  /** The process behind it, where 7.0 has it. */
  readonly client?: { readonly channel?: { readonly child?: { kill(signal: "SIGKILL"): void } } };
}
interface ApiModule {
  readonly API?: new (options: { cwd: string; fs: { readFile(fileName: string): string | undefined } }) => Api;
}

const ASKED = [
  "getConfigFileParsingDiagnostics",
  "getProgramDiagnostics",
  "getSyntacticDiagnostics",
  "getGlobalDiagnostics",
  "getSemanticDiagnostics",
] as const;

export interface OverlayCheck {
  readonly diagnostics: readonly ts.Diagnostic[];
  /** The project's own files. */
  readonly files: readonly string[];
}

/** Undefined where the API is not the one known here. */
export async function checkWithOverlay(typescript: UserTypeScript, config: string, texts: ProjectTexts): Promise<OverlayCheck | undefined> {
  const path = typescript.resolve("unstable/sync");
  const { API } = path === undefined ? {} : ((await import(pathToFileURL(path).href)) as ApiModule);
  if (typeof API !== "function" || typeof (API.prototype as Partial<Api>).updateSnapshot !== "function") return undefined;
  const readFile = (fileName: string): string | undefined => {
    if (resolve(fileName) === config) return withoutEmit(readFileSync(config, "utf8"));
    return isProjectSource(fileName) ? texts.toCheck(fileName, readFileSync(fileName, "utf8")) : undefined;
  };
  const api = new API({ cwd: process.cwd(), fs: { readFile } });
  let snapshot: Snapshot | undefined;
  try {
    snapshot = api.updateSnapshot({ openProjects: [config] });
    const program = snapshot.getProject(config)?.program;
    if (program === undefined || ASKED.some((name) => typeof program[name] !== "function")) return undefined;
    const files = new Map<string, ts.SourceFile>();
    const diagnostics = ASKED.flatMap((name) => program[name]().map((message) => toDiagnostic(message, texts, files)));
    return {
      diagnostics: loadTypeScript().sortAndDeduplicateDiagnostics(diagnostics),
      files: program.getSourceFileNames().filter(isProjectSource),
    };
  } finally {
    // close() ends the compiler by a signal that it may answer with "context canceled" on our stderr. Once nothing is left to tell it, one
    // that it cannot answer ends it.
    if (snapshot?.dispose !== undefined) {
      snapshot.dispose();
      api.client?.channel?.child?.kill("SIGKILL");
    }
    api.close();
  }
}

/** The message at its original place, in the form that TypeScript 6 prints. */
function toDiagnostic(message: Message, texts: ProjectTexts, files: Map<string, ts.SourceFile>): ts.Diagnostic {
  const related = message.relatedInformation?.map((one) => toDiagnostic(one, texts, files));
  return {
    ...placeOf(message, texts, files),
    category: message.category,
    code: message.code,
    messageText: textOf(message),
    ...(related && { relatedInformation: related }),
  };
}

function placeOf(
  { fileName, pos, end }: Message,
  texts: ProjectTexts,
  files: Map<string, ts.SourceFile>,
): Pick<ts.Diagnostic, "file" | "start" | "length"> {
  if (fileName === undefined) return { file: undefined, start: undefined, length: undefined };
  const range = texts.original(fileName, pos, end);
  return { file: fileOf(fileName, texts, files), start: range.start, length: range.end - range.start };
}

function fileOf(fileName: string, texts: ProjectTexts, files: Map<string, ts.SourceFile>): ts.SourceFile {
  const ts = loadTypeScript();
  const file =
    texts.checked(fileName)?.parsed.sourceFile ??
    files.get(fileName) ??
    ts.createSourceFile(fileName, readFileSync(fileName, "utf8"), ts.ScriptTarget.ESNext);
  files.set(fileName, file);
  return file;
}

function textOf({ text, category, code, messageChain }: Message): string | ts.DiagnosticMessageChain {
  if (messageChain === undefined || messageChain.length === 0) return text;
  const next = messageChain.map((one) => {
    const inner = textOf(one);
    return typeof inner === "string" ? { messageText: inner, category: one.category, code: one.code } : inner;
  });
  return { messageText: text, category, code, next };
}

/**
 * A tsconfig.json with `noEmit`: some options are errors without it. The new text stands where a line goes on, so that messages about
 * the file keep their lines.
 */
function withoutEmit(text: string): string {
  const ts = loadTypeScript();
  const root = ts.parseJsonText("tsconfig.json", text).statements.at(0)?.expression;
  if (root === undefined || !ts.isObjectLiteralExpression(root)) return text;
  const options = propertyOf(root, "compilerOptions");
  if (options === undefined || !ts.isObjectLiteralExpression(options)) return insert(text, root, '"compilerOptions": { "noEmit": true }');
  const known = propertyOf(options, "noEmit");
  if (known === undefined) return insert(text, options, '"noEmit": true');
  return `${text.slice(0, known.getStart())}true${text.slice(known.end)}`;
}

function propertyOf(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  const ts = loadTypeScript();
  return object.properties.filter(ts.isPropertyAssignment).find((one) => (one.name as ts.StringLiteral).text === name)?.initializer;
}

/** `property` as the first of an object. */
function insert(text: string, object: ts.ObjectLiteralExpression, property: string): string {
  const at = object.properties.pos;
  return `${text.slice(0, at)} ${property}${object.properties.length > 0 ? "," : ""}${text.slice(at)}`;
}
