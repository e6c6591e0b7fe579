/**
 * Tensors in code that is not transformed, where JavaScript takes them for objects: conditions, which are always true, and
 * operators, which no type error may stop. Warnings, since other code of the file may be as it should.
 */
import type ts from "typescript";
import { compoundName, type FunctionNode, isFunctionNode, operatorName, skipParentheses } from "../../ast/nodes.ts";
import { groupByStatement, PerStatement } from "../../ast/per-statement.ts";
import type { StatementTree } from "../../ast/tree.ts";
import type { TS } from "../../ast/typescript.ts";
import type { Reporter } from "../../diagnostics/reporter.ts";
import type { ParsedFile } from "../../parse/parse.ts";
import type { Span, TypeOracle } from "../../types/oracle.ts";
import type { VirtualFile } from "../../virtual/file.ts";
import { virtualSpan } from "../facts.ts";

export function checkUnmarked(
  ts: TS,
  file: ParsedFile,
  virtual: VirtualFile,
  oracle: TypeOracle,
  reporter: Reporter,
  transformed: ReadonlySet<FunctionNode>,
): void {
  if (!file.imports.any) return;
  const { statements } = file.sourceFile;
  const functions = groupByStatement(statements, [...transformed], (fn) => fn);
  const asked: { question: Question; span: Span }[] = [];
  file.tree.statements.forEach((statement, i) => {
    const within = functions[i] as FunctionNode[];
    for (const question of QUESTIONS.of(statement.node, within, () => questionsOf(ts, statement, new Set(within)))) {
      const span = virtualSpan(virtual, file, question.node);
      if (span !== undefined) asked.push({ question, span });
    }
  });
  if (asked.length === 0) return;
  const spans = asked.map(({ span }) => span);
  oracle.typesAt(file.fileName, spans).forEach((fact, i) => {
    // A test for null of an optional tensor is what it says.
    const question = asked[i]?.question;
    if (question === undefined || fact.tensor !== "yes" || fact.nullable) return;
    if (question.operation === undefined) reporter.report("tensorCondition", question.node);
    else reporter.report("plainOperator", question.operation.node, { operator: question.operation.token });
  });
}

/** An expression that must not be a tensor. */
interface Question {
  readonly node: ts.Expression;
  /** That it is an operand of; undefined for conditions. */
  readonly operation: { readonly node: ts.Expression; readonly token: string } | undefined;
}

const QUESTIONS = new PerStatement<readonly Question[]>();

function questionsOf(ts: TS, { nodes }: StatementTree, transformed: ReadonlySet<FunctionNode>): Question[] {
  const asked: Question[] = [];

  function condition(node: ts.Expression | undefined): void {
    if (node === undefined) return;
    const inner = skipParentheses(ts, node);
    if (ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.ExclamationToken) return condition(inner.operand);
    if (ts.isBinaryExpression(inner) && isLogical(ts, inner.operatorToken.kind)) {
      condition(inner.left);
      return condition(inner.right);
    }
    asked.push({ node: inner, operation: undefined });
  }

  function operator(node: ts.Expression, operands: readonly ts.Expression[], token: string): void {
    for (const operand of operands) asked.push({ node: skipParentheses(ts, operand), operation: { node, token } });
  }

  function visit(node: ts.Node): void {
    if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) condition(node.expression);
    else if (ts.isForStatement(node) || ts.isConditionalExpression(node)) condition(node.condition);
    else if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) condition(node.operand);
    else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
      operator(node, [node.operand], ts.tokenToString(node.operator) ?? "");
    else if (ts.isBinaryExpression(node)) {
      const { kind } = node.operatorToken;
      if (operatorName(ts, kind) ?? compoundName(ts, kind)) operator(node, [node.left, node.right], node.operatorToken.getText());
    }
  }

  let end = 0;
  for (const node of nodes) {
    if (isFunctionNode(ts, node) && transformed.has(node)) end = Math.max(end, node.end);
    if (node.end > end) visit(node);
  }
  return asked;
}

function isLogical(ts: TS, kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
}
