/** Tests for null of values that the graph may decide on: conditions of the graph, which must not become plain booleans. */
import type ts from "typescript";
import { isTest } from "../../ast/nodes.ts";
import { type CheckContext, excerpt } from "./context.ts";

export function checkNullTest(context: CheckContext, node: ts.BinaryExpression): void {
  const { facts, nulls, reporter, eager } = context;
  const test = nulls.test(node);
  if (test === undefined || eager || facts.of(test.operand).any || isCondition(context, node)) return;
  reporter.report("nullTestAsValue", node, { name: excerpt(test.operand), text: excerpt(node) });
}

/** Only its truth matters, or it is held by a variable, which is a condition of the graph then. */
function isCondition(context: CheckContext, node: ts.Node): boolean {
  const { ts } = context;
  if (isTest(ts, node)) return true;
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent) || ts.isPrefixUnaryExpression(parent)) return isCondition(context, parent);
  if (ts.isVariableDeclaration(parent)) return ts.isIdentifier(parent.name);
  if (ts.isExpressionStatement(parent)) return true;
  if (!ts.isBinaryExpression(parent)) return false;
  const kind = parent.operatorToken.kind;
  if (kind === ts.SyntaxKind.EqualsToken) return ts.isIdentifier(parent.left);
  const logical = kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
  return logical && (parent.left === node || isCondition(context, parent));
}
