/**
 * Errors of the TypeScript checker that make staging wrong: variables without a value, missing returns, and tensors where
 * the declared type is something else. Other type errors are left to the user's own type check.
 */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode } from "../../ast/nodes.ts";
import type { TS } from "../../ast/typescript.ts";
import { toSourceRange } from "../../ast/writer.ts";
import type { DiagnosticName } from "../../diagnostics/catalogue.ts";
import type { Reporter, TextEdit } from "../../diagnostics/reporter.ts";
import type { ParsedFile } from "../../parse/parse.ts";
import type { Span, TypeMessage, TypeOracle } from "../../types/oracle.ts";
import type { Position } from "../../types.ts";
import type { VirtualFile } from "../../virtual/file.ts";
import type { Structure } from "../exits.ts";
import { virtualSpan } from "../facts.ts";
import type { Bindings } from "../scopes.ts";
import { wrapScalar } from "./fixes.ts";

const USED_BEFORE_ASSIGNED = 2454;
const NO_ENDING_RETURN = 2366;
const MUST_RETURN = 2355;
const NOT_ALL_PATHS_RETURN = 7030;
const NOT_ASSIGNABLE: ReadonlySet<number> = new Set([2322, 2345, 2739, 2740, 2741]);
const NO_PROPERTY: ReadonlySet<number> = new Set([2339, 2551]);

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
  const { ts, file, virtual, oracle, reporter, functions } = input;
  for (const message of oracle.diagnostics(file.fileName)) {
    const found = toSourceRange(virtual.segments, message.start, message.end);
    if (found === null || !functions.some((fn) => fn.pos <= found.start && found.end <= fn.end)) continue;
    const name = rowOf(input, message, found.start);
    if (name === undefined) continue;
    const value = name === "typeMismatch" ? valueAt(ts, file, found) : undefined;
    const { start, end } = value === undefined ? found : { start: value.getStart(), end: value.end };
    // What follows from something that was refused is no news.
    if (reporter.covers(found.start, found.end) || reporter.covers(start, end) || isReported(input, value)) continue;
    if (name === "typeMismatch" && reporter.contains(start, end)) continue;
    const related = name === "maybeUnassigned" ? declarationOf(input, start) : undefined;
    const parameters = { name: file.text.slice(start, end), message: textOf(message.text) };
    if (name !== "typeMismatch") reporter.reportRange(name, start, end, parameters, { related });
    else {
      const { way, change, fix } = wayOut(input, message, found, value);
      reporter.reportRange(name, start, end, { ...parameters, way, change }, { fix });
    }
  }
}

function rowOf(input: TypeCheckInput, { code, text }: TypeMessage, start: number): DiagnosticName | undefined {
  if (code === USED_BEFORE_ASSIGNED) return "maybeUnassigned";
  if (code === NO_ENDING_RETURN || code === MUST_RETURN) return "missingReturn";
  if (code === NOT_ALL_PATHS_RETURN) return exitsInGraph(input, start) ? "missingReturn" : undefined;
  if (NO_PROPERTY.has(code)) return /on type '(?:Tensor|Variable)\b/.test(text) ? "typeMismatch" : undefined;
  return NOT_ASSIGNABLE.has(code) && /\b(?:Tensor|(?:Add|Order)?Operand)\b/.test(text) ? "typeMismatch" : undefined;
}

/** The checker's first sentence, in the user's words. */
function textOf(text: string): string {
  const first = (text.split("\n")[0] ?? "").replace(/\bTensor<DType>/g, "Tensor");
  const operand = /^Argument of type (.*) is not assignable to parameter of type '(?:Add|Order)?Operand'\.$/.exec(first);
  return operand === null ? first : `A value of type ${operand[1]} cannot be an operand: a Tensor or a number can.`;
}

/** The checker marks the `return`, the variable or the property: what matters is the value there. */
function valueAt(ts: TS, file: ParsedFile, { start, end }: Span): ts.Expression | undefined {
  const find = (node: ts.Node): ts.Expression | undefined => {
    if (node.end < end || node.pos > start) return undefined;
    const inner = ts.forEachChild(node, find);
    if (inner !== undefined) return inner;
    if (ts.isSourceFile(node)) return undefined;
    if (ts.isReturnStatement(node) && node.getStart() === start) return node.expression;
    const isNamed =
      ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isPropertyDeclaration(node);
    if (isNamed && node.name.getStart() === start && node.name.end === end) return node.initializer;
    const isName = isNamed || ts.isPropertyAssignment(node.parent) || ts.isVariableDeclaration(node.parent);
    if (isName || !ts.isExpression(node) || node.getStart() !== start || node.end !== end) return undefined;
    const { parent } = node;
    return ts.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
      ? parent.right
      : node;
  };
  return find(file.sourceFile);
}

/** A variable that was refused already. */
function isReported({ ts, file, bindings, reporter }: TypeCheckInput, value: ts.Expression | undefined): boolean {
  if (value === undefined || !ts.isIdentifier(value)) return false;
  const declaration = bindings.variable(value)?.declaration;
  if (declaration === undefined) return false;
  const at = file.lines.position(declaration.getStart());
  const isAt = (place: Position): boolean => place.line === at.line && place.column === at.column;
  return reporter.diagnostics.some(({ start, related }) => isAt(start) || related?.some((one) => isAt(one.start)));
}

interface WayOut {
  readonly way: string;
  readonly change: string;
  readonly fix?: readonly TextEdit[] | undefined;
}

function wayOut(
  { ts, file, virtual, oracle }: TypeCheckInput,
  { code, text }: TypeMessage,
  { start, end }: Span,
  value: ts.Expression | undefined,
): WayOut {
  const meant = /Did you mean '(\w+)'/.exec(text)?.[1];
  if (meant !== undefined) return { way: `Write \`${meant}\`.`, change: `Write \`${meant}\`.`, fix: [{ start, end, text: meant }] };
  if (NO_PROPERTY.has(code)) return { way: "Use a method that tensors have.", change: "" };
  if (/Operand'/.test(text)) return { way: "Make it a number or a Tensor.", change: "" };
  const span = value === undefined ? undefined : virtualSpan(virtual, file, value);
  const given = span === undefined ? undefined : oracle.typesAt(file.fileName, [span])[0];
  const isNumber = given !== undefined && !given.nullable && (given.plain === "number" || given.plain === "boolean");
  if (
    value !== undefined &&
    isNumber &&
    given.tensor === "no" &&
    /is not assignable to (?:parameter of )?type '[^']*\bTensor\b/.test(text)
  ) {
    const fix = wrapScalar(ts, file.imports, value);
    return { way: "A number literal may stand for a Tensor; make one of other numbers: `gf.scalar(…)`.", change: "Make it a Tensor.", fix };
  }
  return { way: "Staging follows declared types: make the types agree.", change: "" };
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
