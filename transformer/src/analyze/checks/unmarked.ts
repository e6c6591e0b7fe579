/** Conditions on tensors in code that is not transformed: always true in JavaScript, and no type error. A warning. */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode, skipParentheses } from "../../ast/nodes.ts";
import type { TS } from "../../ast/typescript.ts";
import type { Reporter } from "../../diagnostics/reporter.ts";
import type { ParsedFile } from "../../parse/parse.ts";
import type { Span, TypeOracle } from "../../types/oracle.ts";
import type { VirtualFile } from "../../virtual/rewrite.ts";
import { virtualSpan } from "../facts.ts";

export function checkUnmarkedConditions(
  ts: TS,
  file: ParsedFile,
  virtual: VirtualFile,
  oracle: TypeOracle,
  reporter: Reporter,
  transformed: ReadonlySet<FunctionNode>,
): void {
  if (!file.imports.any) return;
  const conditions: ts.Expression[] = [];
  const spans: Span[] = [];

  function add(node: ts.Expression | undefined): void {
    if (node === undefined) return;
    const inner = skipParentheses(ts, node);
    if (ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.ExclamationToken) return add(inner.operand);
    if (ts.isBinaryExpression(inner) && isLogical(inner.operatorToken.kind)) {
      add(inner.left);
      return add(inner.right);
    }
    const span = virtualSpan(virtual, file, inner);
    if (span === undefined) return;
    conditions.push(inner);
    spans.push(span);
  }

  function isLogical(kind: ts.SyntaxKind): boolean {
    return kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
  }

  function visit(node: ts.Node): void {
    if (isFunctionNode(ts, node) && transformed.has(node)) return;
    if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) add(node.expression);
    else if (ts.isForStatement(node) || ts.isConditionalExpression(node)) add(node.condition);
    else if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) add(node.operand);
    ts.forEachChild(node, visit);
  }

  visit(file.sourceFile);
  if (conditions.length === 0) return;
  oracle.typesAt(file.fileName, spans).forEach((fact, i) => {
    // A test for null of an optional tensor is what it says.
    if (fact.tensor === "yes" && !fact.nullable) reporter.report("tensorCondition", conditions[i] as ts.Expression);
  });
}
