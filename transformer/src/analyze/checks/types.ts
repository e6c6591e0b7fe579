/**
 * Errors of the TypeScript checker that make staging wrong: variables without a value, missing returns, and tensors where
 * the declared type is something else. Other type errors are left to the user's own type check.
 */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode } from "../../ast/nodes.ts";
import type { TS } from "../../ast/typescript.ts";
import { toSourceRange } from "../../ast/writer.ts";
import type { DiagnosticName } from "../../diagnostics/catalogue.ts";
import type { Reporter } from "../../diagnostics/reporter.ts";
import type { ParsedFile } from "../../parse/parse.ts";
import type { TypeOracle } from "../../types/oracle.ts";
import type { VirtualFile } from "../../virtual/rewrite.ts";
import type { Structure } from "../exits.ts";
import type { Bindings } from "../scopes.ts";

const USED_BEFORE_ASSIGNED = 2454;
const NO_ENDING_RETURN = 2366;
const MUST_RETURN = 2355;
const NOT_ALL_PATHS_RETURN = 7030;
const NOT_ASSIGNABLE: ReadonlySet<number> = new Set([2322, 2345, 2739, 2740, 2741]);

export interface TypeCheckInput {
  readonly ts: TS;
  readonly file: ParsedFile;
  readonly virtual: VirtualFile;
  readonly oracle: TypeOracle;
  readonly structure: Structure;
  readonly bindings: Bindings;
  readonly reporter: Reporter;
  readonly functions: readonly FunctionNode[];
}

export function checkTypes(input: TypeCheckInput): void {
  const { file, virtual, oracle, reporter, functions } = input;
  for (const message of oracle.diagnostics(file.fileName)) {
    const range = toSourceRange(virtual.segments, message.start, message.end);
    if (range === null || !functions.some((fn) => fn.pos <= range.start && range.end <= fn.end)) continue;
    const name = rowOf(input, message.code, message.text, range.start);
    if (name === undefined || reporter.covers(range.start, range.end)) continue;
    const text = file.text.slice(range.start, range.end);
    const parameters = { name: text, message: message.text.split("\n")[0] ?? "" };
    const related = name === "maybeUnassigned" ? declarationOf(input, range.start) : undefined;
    reporter.reportRange(name, range.start, range.end, parameters, { related });
  }
}

function rowOf(input: TypeCheckInput, code: number, text: string, start: number): DiagnosticName | undefined {
  if (code === USED_BEFORE_ASSIGNED) return "maybeUnassigned";
  if (code === NO_ENDING_RETURN || code === MUST_RETURN) return "missingReturn";
  if (code === NOT_ALL_PATHS_RETURN) return exitsInGraph(input, start) ? "missingReturn" : undefined;
  return NOT_ASSIGNABLE.has(code) && /\bTensor\b/.test(text) ? "typeMismatch" : undefined;
}

function declarationOf({ ts, file, bindings }: TypeCheckInput, start: number): ts.Node | undefined {
  const find = (node: ts.Node): ts.Node | undefined => {
    if (start < node.pos || start >= node.end) return undefined;
    return ts.isIdentifier(node) && node.getStart(file.sourceFile) === start ? node : ts.forEachChild(node, find);
  };
  const name = find(file.sourceFile);
  return name === undefined ? undefined : bindings.variable(name)?.declaration;
}

/** The function at this place returns where the graph decides so. */
function exitsInGraph({ ts, file, structure }: TypeCheckInput, start: number): boolean {
  let found: FunctionNode | undefined;
  const visit = (node: ts.Node): void => {
    if (node.pos > start || node.end < start) return;
    if (isFunctionNode(ts, node)) found = node;
    ts.forEachChild(node, visit);
  };
  visit(file.sourceFile);
  return (
    found?.body !== undefined && ts.isBlock(found.body) && found.body.statements.some((statement) => structure.hasStagedExit(statement))
  );
}
