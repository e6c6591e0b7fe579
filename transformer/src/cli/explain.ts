/**
 * `graphfn explain file.ts [--function name] [--call "f(args)"]`: for each marked function its emitted code and, per
 * construct, whether it was staged and why; with --call the graph and plan of that call, from the function itself.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { GREATEST_LOWER_BOUND, generatedPositionFor, LEAST_UPPER_BOUND, TraceMap } from "@jridgewell/trace-mapping";
import pico from "picocolors";
import { loadTypeScript } from "../ast/typescript.ts";
import type { Decision, FunctionReport, Position, TransformResult } from "../types.ts";
import { CommandError } from "./error.ts";
import { type TransformedFile, type TransformOptions, transformOrFail } from "./transform.ts";

export interface ExplainOptions extends TransformOptions {
  readonly function?: string;
  readonly call?: string;
}

export async function explain(file: string, options: ExplainOptions): Promise<void> {
  const transformed = transformOrFail(file, options);
  const { functions } = transformed.result;
  const chosen = functions.filter(({ name }) => options.function === undefined || name === options.function);
  if (chosen.length === 0) {
    const names = functions.map(({ name }) => name).join(", ");
    throw new CommandError(`${file} has no marked function ${options.function}; it has ${names || "none"}.`);
  }
  for (const one of chosen) process.stdout.write(`${describe(one, transformed.result)}\n\n`);
  if (options.call !== undefined) process.stdout.write(`${await explainCall(options.call, transformed)}\n`);
}

function describe(report: FunctionReport, result: TransformResult): string {
  const parts = [
    pico.bold(`${report.name}  ${pico.dim(`${report.form}, line ${report.start.line}`)}`),
    `${heading("emitted")}\n${indent(emittedCode(report, result))}`,
  ];
  if (report.decisions.length > 0) parts.push(`${heading("decisions")}\n${decisionTable(report.decisions)}`);
  return parts.join("\n\n");
}

/** The function's part of the emitted file: text around marked functions is unchanged, so both ends have exact places. */
function emittedCode({ start, end }: FunctionReport, { code, map }: TransformResult): string {
  const trace = new TraceMap(map.toString());
  const source = map.sources[0] ?? "";
  const lines = code.split("\n");
  const offsetOf = ({ line, column }: Position, bias: 1 | -1): number | undefined => {
    const at = generatedPositionFor(trace, { source, line, column: column - 1, bias });
    if (at.line === null) return undefined;
    return lines.slice(0, at.line - 1).reduce((sum, text) => sum + text.length + 1, 0) + at.column;
  };
  return code.slice(offsetOf(start, LEAST_UPPER_BOUND) ?? 0, offsetOf(end, GREATEST_LOWER_BOUND) ?? code.length).trim();
}

function decisionTable(decisions: readonly Decision[]): string {
  const rows = decisions.map(({ at, construct, staging, reason }) => [`${at.line}:${at.column}`, construct, staging, reason]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd()).join("\n");
}

/** Loads the file as `--import @graphfn/transformer/register` would, and asks the function itself. */
async function explainCall(call: string, { fileName }: TransformedFile): Promise<string> {
  const { callee, args } = splitCall(call);
  await import("../adapters/register.ts");
  const gf: unknown = await import(pathToFileURL(resolveRuntime(fileName)).href);
  const exported = (await import(pathToFileURL(fileName).href)) as Record<string, unknown>;
  const names = Object.keys(exported).filter((name) => name !== "default");
  const root = callee.split(".")[0] ?? "";
  if (!names.includes(root)) {
    throw new CommandError(`--call "${call}": ${fileName} does not export ${root}. It exports ${names.join(", ") || "nothing"}.`);
  }
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the expression is the user's own, typed on the command line
  const evaluate = new Function("gf", ...names, `return ${callee}.explain(${args});`) as (...values: unknown[]) => unknown;
  return String(await evaluate(gf, ...names.map((name) => exported[name])));
}

/** "f(a, b)" → the text of f and of its arguments. */
function splitCall(call: string): { callee: string; args: string } {
  const ts = loadTypeScript();
  const source = ts.createSourceFile("call.ts", call, ts.ScriptTarget.ESNext, true);
  const [statement, ...others] = source.statements;
  const expression = statement && ts.isExpressionStatement(statement) ? statement.expression : undefined;
  if (!expression || others.length > 0 || !ts.isCallExpression(expression)) {
    throw new CommandError(`--call "${call}" is not a call. Write it as in a program, e.g. --call "f(gf.scalar(27))".`);
  }
  const { arguments: list } = expression;
  return { callee: expression.expression.getText(source), args: call.slice(list.pos, list.end) };
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
