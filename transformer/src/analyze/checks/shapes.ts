/** Conditions of several values and indices out of range, where the text shows the shape. */
import type ts from "typescript";
import { isTest, skipParentheses } from "../../ast/nodes.ts";
import { ShownShapes } from "../shapes.ts";
import { type CheckContext, excerpt } from "./context.ts";

export function checkShapes(context: CheckContext, node: ts.Node): void {
  const { ts } = context;
  if (ts.isElementAccessExpression(node)) checkIndex(context, node);
  else if (ts.isExpression(node) && isTest(ts, node)) checkCondition(context, node);
}

/** What a condition is made of is asked about on its own. */
function checkCondition(context: CheckContext, node: ts.Expression): void {
  const { ts, facts, reporter } = context;
  const isNot = ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken;
  if (isNot || ts.isParenthesizedExpression(node) || facts.of(node).tensor !== "yes") return;
  const found = shown(context).of(node);
  if (found === undefined || found.shape.length === 0) return;
  const parameters = { text: excerpt(node), shape: `[${found.shape.join(", ")}]`, name: found.from?.text ?? "" };
  reporter.report("conditionShape", node, parameters, { related: found.from });
}

function checkIndex(context: CheckContext, node: ts.ElementAccessExpression): void {
  const { ts, facts, reporter } = context;
  const index = skipParentheses(ts, node.argumentExpression);
  const negative = ts.isPrefixUnaryExpression(index) && index.operator === ts.SyntaxKind.MinusToken && ts.isNumericLiteral(index.operand);
  if ((!negative && !ts.isNumericLiteral(index)) || facts.of(node.expression).tensor !== "yes") return;
  const found = shown(context).of(node.expression);
  const length = found?.shape[0];
  const value = Number(index.getText());
  if (found === undefined || length === undefined || (value >= 0 && value < length)) return;
  const parameters = {
    index: index.getText(),
    text: excerpt(node.expression),
    length: String(length),
    last: String(length - 1),
    name: found.from?.text ?? "",
  };
  reporter.report("indexOutOfRange", index, parameters, { related: found.from });
}

function shown({ ts, file, bindings }: CheckContext): ShownShapes {
  return new ShownShapes(ts, file.imports, bindings);
}
