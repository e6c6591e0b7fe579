/**
 * Tensors in code that is not transformed, where JavaScript takes them for objects: conditions, which are always true, and
 * operators, which no type error may stop. Warnings, since other code of the file may be as it should.
 */
import type ts from "typescript";
import { compoundName, type FunctionNode, isFunctionNode, operatorName, skipParentheses } from "../../ast/nodes.ts";
import type { TS } from "../../ast/typescript.ts";
import type { Reporter } from "../../diagnostics/reporter.ts";
import type { ParsedFile } from "../../parse/parse.ts";
import type { Span, TypeOracle } from "../../types/oracle.ts";
import type { VirtualFile } from "../../virtual/rewrite.ts";
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
  /** Expressions to ask about, with what to report of those that are tensors. */
  const asked: { span: Span; report: () => void }[] = [];

  function ask(node: ts.Expression, report: () => void): void {
    const span = virtualSpan(virtual, file, node);
    if (span !== undefined) asked.push({ span, report });
  }

  function condition(node: ts.Expression | undefined): void {
    if (node === undefined) return;
    const inner = skipParentheses(ts, node);
    if (ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.ExclamationToken) return condition(inner.operand);
    if (ts.isBinaryExpression(inner) && isLogical(ts, inner.operatorToken.kind)) {
      condition(inner.left);
      return condition(inner.right);
    }
    ask(inner, () => reporter.report("tensorCondition", inner));
  }

  function operator(node: ts.Expression, operands: readonly ts.Expression[], token: string): void {
    for (const operand of operands) ask(skipParentheses(ts, operand), () => reporter.report("plainOperator", node, { operator: token }));
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
  for (const node of file.tree.nodes) {
    if (isFunctionNode(ts, node) && transformed.has(node)) end = Math.max(end, node.end);
    if (node.end > end) visit(node);
  }
  if (asked.length === 0) return;
  const spans = asked.map(({ span }) => span);
  oracle.typesAt(file.fileName, spans).forEach((fact, i) => {
    // A test for null of an optional tensor is what it says.
    if (fact.tensor === "yes" && !fact.nullable) asked[i]?.report();
  });
}

function isLogical(ts: TS, kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
}
