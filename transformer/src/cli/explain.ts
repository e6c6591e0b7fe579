/**
 * `graphfn explain file.ts [--function name] [--call "f(args)"]`: for each marked function its emitted code and, per
 * construct, whether it was staged and why; with --call the graph and plan of that call, from the function itself.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { generatedPositionFor, LEAST_UPPER_BOUND, TraceMap } from "@jridgewell/trace-mapping";
import pico from "picocolors";
import type ts from "typescript";
import { loadTypeScript } from "../ast/typescript.ts";
import type { Decision, FunctionReport, Position, TransformResult } from "../types.ts";
import { CommandError } from "./error.ts";
import { type TransformedFile, type TransformOptions, transformOrFail } from "./transform.ts";

export interface ExplainOptions extends TransformOptions {
  readonly function?: string;
  readonly call?: string;
}

export async function explain(file: string, options: ExplainOptions): Promise<void> {
  const call = options.call === undefined ? undefined : splitCall(options.call);
  const transformed = transformOrFail(file, options);
  const { functions } = transformed.result;
  const chosen = functions.filter(
    ({ name }) => options.function === undefined || name === options.function || name.endsWith(`.${options.function}`),
  );
  if (chosen.length === 0) {
    const names = functions.map(({ name }) => name).join(", ");
    throw new CommandError(`${file} has no marked function ${options.function}; it has ${names || "none"}.`);
  }
  for (const one of chosen) process.stdout.write(`${describe(one, transformed.result)}\n\n`);
  if (call !== undefined) process.stdout.write(`${await explainCall(call, transformed)}\n`);
}

function describe(report: FunctionReport, result: TransformResult): string {
  const parts = [
    pico.bold(`${report.name}  ${pico.dim(`${report.form}, line ${report.start.line}`)}`),
    `${heading("emitted")}\n${indent(emittedCode(report, result))}`,
  ];
  if (report.decisions.length > 0) parts.push(`${heading("decisions")}\n${decisionTable(report.decisions)}`);
  return parts.join("\n\n");
}

/** The function in the emitted file: the first that starts where the source map puts the original one, or after it. */
function emittedCode({ start, end }: FunctionReport, { code, map }: TransformResult): string {
  const ts = loadTypeScript();
  const file = ts.createSourceFile("emitted.ts", code, ts.ScriptTarget.ESNext, true);
  const offset = emittedOffset(start, end, map, file);
  const find = (node: ts.Node): ts.Node | undefined =>
    ts.isFunctionLike(node) && node.getStart(file) >= offset ? node : ts.forEachChild(node, find);
  return (find(file) ?? file).getText(file);
}

/** Emitted place of the first text of a range that was kept: a removed decorator leaves its line empty. */
function emittedOffset(start: Position, end: Position, map: TransformResult["map"], file: ts.SourceFile): number {
  const trace = new TraceMap(map.toString());
  for (let line = start.line; line <= end.line; line++) {
    const column = line === start.line ? start.column - 1 : 0;
    const at = generatedPositionFor(trace, { source: map.sources[0] ?? "", line, column, bias: LEAST_UPPER_BOUND });
    if (at.line !== null) return file.getPositionOfLineAndCharacter(at.line - 1, at.column);
  }
  return 0;
}

function decisionTable(decisions: readonly Decision[]): string {
  const rows = decisions.map(({ at, construct, staging, reason }) => [`${at.line}:${at.column}`, construct, staging, reason]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd()).join("\n");
}

/** Loads the file as `--import @graphfn/transformer/register` would, and asks the function itself. */
async function explainCall({ text: call, callee, args }: Call, { fileName }: TransformedFile): Promise<string> {
  await import("../adapters/register.ts");
  const gf: unknown = await import(pathToFileURL(resolveRuntime(fileName)).href);
  const exported = (await import(pathToFileURL(fileName).href)) as Record<string, unknown>;
  const names = Object.keys(exported).filter((name) => name !== "default");
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the expression is the user's own, typed on the command line
    const evaluate = new Function("gf", ...names, `return ${callee}.explain(${args});`) as (...values: unknown[]) => unknown;
    return String(await evaluate(gf, ...names.map((name) => exported[name])));
  } catch (error) {
    // Mistakes in the expression itself; an error of the user's program keeps its stack.
    if (error instanceof SyntaxError || error instanceof ReferenceError) {
      throw new CommandError(`--call "${call}": ${error.message}. In scope: ${["gf", ...names].join(", ")}.`);
    }
    if (error instanceof TypeError && error.message.endsWith(".explain is not a function")) {
      throw new CommandError(
        `--call "${call}": ${callee} is not a marked function. A method is explained through a marked function that calls it.`,
      );
    }
    throw error;
  }
}

interface Call {
  readonly text: string;
  readonly callee: string;
  readonly args: string;
}

/** "f(a, b)" → the text of f and of its arguments. */
function splitCall(call: string): Call {
  const ts = loadTypeScript();
  const source = ts.createSourceFile("call.ts", call, ts.ScriptTarget.ESNext, true);
  const [statement, ...others] = source.statements;
  const expression = statement && ts.isExpressionStatement(statement) ? statement.expression : undefined;
  if (!expression || others.length > 0 || !ts.isCallExpression(expression)) {
    throw new CommandError(`--call "${call}" is not a call. Write it as in a program, e.g. --call "f(gf.scalar(27))".`);
  }
  const { arguments: list } = expression;
  return { text: call, callee: expression.expression.getText(source), args: call.slice(list.pos, list.end) };
}

/** The runtime that the file itself would import. */
function resolveRuntime(fileName: string): string {
  try {
    return createRequire(fileName).resolve("graphfn");
  } catch {
    throw new CommandError(`--call needs the package graphfn, which ${fileName} cannot import. Install it there: npm install graphfn`);
  }
}

function heading(text: string): string {
  return pico.underline(text);
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
}
