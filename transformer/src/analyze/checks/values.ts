/** Expressions that mix tensors and JavaScript values in ways that do not mean what they say. */
import type ts from "typescript";
import {
  compoundName,
  equalityName,
  isAssignmentOperator,
  isFunctionNode,
  isLogicalAssignment,
  isPatternTarget,
  isSimplePlace,
  isStep,
  isTest,
  operatorName,
  skipParentheses,
} from "../../ast/nodes.ts";
import { isPrinted } from "../console.ts";
import { testStaging } from "../facts.ts";
import { isOptional } from "../nulls.ts";
import { type CheckContext, excerpt } from "./context.ts";
import { asTensor, declareTensor, mark } from "./fixes.ts";
import { checkNullTest } from "./nulls.ts";

export function checkValues(context: CheckContext, node: ts.Node): void {
  const { ts } = context;
  if (ts.isBinaryExpression(node)) checkBinary(context, node);
  else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) checkUnary(context, node);
  else if (ts.isElementAccessExpression(node)) checkIndexing(context, node);
  else if (ts.isTemplateSpan(node)) checkText(context, node.expression);
  else if (ts.isVariableDeclaration(node)) checkDeclaration(context, node);
  else if (ts.isConditionalExpression(node)) checkChoice(context, node);
}

/** `x > 0 ? sin : cos`, `x > 0 ? "km" : "m"`. */
function checkChoice({ ts, facts, reporter, eager }: CheckContext, node: ts.ConditionalExpression): void {
  if (eager || testStaging(ts, facts, node.condition) !== "staged") return;
  const kinds = [node.whenTrue, node.whenFalse].map((arm) => kindOf(ts, facts, arm));
  const [kind] = kinds;
  if (kind === undefined || kinds.some((other) => other !== kind) || node.whenTrue.getText() === node.whenFalse.getText()) return;
  const way =
    kind === "functions" ? "Choose between what they give: `c ? f(x) : g(x)`." : "Choose between tensors, or take the choice outside.";
  reporter.report("choiceByTensor", node, { text: excerpt(node.condition), kinds: kind, way });
}

function kindOf(ts: CheckContext["ts"], facts: CheckContext["facts"], arm: ts.Expression): "functions" | "strings" | undefined {
  const inner = skipParentheses(ts, arm);
  if (ts.isStringLiteralLike(inner)) return "strings";
  if (isFunctionNode(ts, inner)) return "functions";
  const { tensor, plain } = facts.of(inner);
  return tensor !== "no" ? undefined : plain === "function" ? "functions" : plain === "string" ? "strings" : undefined;
}

function checkBinary(context: CheckContext, node: ts.BinaryExpression): void {
  const { ts, facts, reporter, marked } = context;
  const kind = node.operatorToken.kind;
  const operator = node.operatorToken.getText();
  const isTensor = facts.of(node.left).tensor === "yes" || facts.of(node.right).tensor === "yes";
  if (isAssignmentOperator(ts, kind)) return checkAssignment(context, node, operator);
  checkNullTest(context, node);
  if (kind === ts.SyntaxKind.EqualsEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsToken) {
    const nothing =
      [node.left, node.right].some((side) => facts.of(side).tensor === "no" && facts.of(side).nullable) ||
      isNull(ts, node.left) ||
      isNull(ts, node.right);
    const end = node.operatorToken.end;
    if (isTensor && !nothing)
      reporter.report("looseEquality", node, { operator, strict: `${operator}=` }, { fix: [{ start: end, end, text: "=" }] });
  } else if (kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken) {
    if (isTest(ts, node)) return;
    if (!facts.of(node.left).any && isOptional(facts.of(node.left))) {
      const way = operator === "||" ? "Write `a ?? b`." : "Write `a?.method()`, or `a === null ? null : …`.";
      reporter.report("tensorOperator", node, { operator: `${operator} on a value that may be missing`, way });
      return;
    }
    if (testStaging(ts, facts, node.left) !== "staged") return;
    if (facts.of(node).tensor === "no")
      if (marked) reporter.report("mixedLogic", node, { operator, type: facts.describe(node) });
      else reportUnmarked(context, node, { operator });
  } else if (kind === ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken) {
    if (isTensor) reporter.report("tensorOperator", node, { operator, way: "Its results do not fit into int32. Use `>>`." });
  } else if (kind === ts.SyntaxKind.InKeyword) {
    if (isTensor) reporter.report("tensorOperator", node, { operator, way: "Compare elements: `t.equal(x).any()`." });
  } else if (operatorName(ts, kind) !== undefined || equalityName(ts, kind) !== undefined) {
    if (!isTensor) return;
    if (kind === ts.SyntaxKind.PlusToken && (facts.of(node.left).plain === "string" || facts.of(node.right).plain === "string"))
      reporter.report("tensorInString", node);
    else if (isComparison(ts, node) && (isComparison(ts, node.left) || isComparison(ts, node.right))) reportChained(context, node);
    else if (!marked && !comparesWithNothing(context, node)) reportUnmarked(context, node, { operator });
  }
}

function reportUnmarked({ ts, fn, unit, reporter }: CheckContext, node: ts.Node, { operator }: { operator: string }): void {
  reporter.report("unmarkedOperator", node, { name: unit.name, operator }, { fix: mark(ts, fn) });
}

/** `0 < x < 10` → `0 < x && x < 10`, if reading `x` twice is the same as once. */
function reportChained({ ts, reporter }: CheckContext, node: ts.BinaryExpression): void {
  const { left } = node;
  const middle = ts.isBinaryExpression(left) ? left.right.getText() : "";
  const isName = ts.isBinaryExpression(left) && ts.isIdentifier(left.right) && isComparison(ts, left);
  const end = left.end;
  const fixed = `${left.getText()} && ${middle} ${node.operatorToken.getText()} ${node.right.getText()}`;
  const fix = isName && isTest(ts, node) ? [{ start: end, end, text: ` && ${middle}` }] : undefined;
  reporter.report("chainedComparison", node, { text: excerpt(node), fixed }, { fix });
}

/** `<`, `<=`, `>`, `>=`: `0 < x < 10` means `(0 < x) < 10`. */
function isComparison(ts: CheckContext["ts"], node: ts.Expression): boolean {
  const inner = skipParentheses(ts, node);
  if (!ts.isBinaryExpression(inner)) return false;
  const kind = inner.operatorToken.kind;
  return kind >= ts.SyntaxKind.LessThanToken && kind <= ts.SyntaxKind.GreaterThanEqualsToken;
}

function comparesWithNothing(context: CheckContext, node: ts.BinaryExpression): boolean {
  const { ts } = context;
  return equalityName(ts, node.operatorToken.kind) !== undefined && (isNull(ts, node.left) || isNull(ts, node.right));
}

function isNull(ts: CheckContext["ts"], node: ts.Expression): boolean {
  return node.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(node) && node.text === "undefined");
}

function checkAssignment(context: CheckContext, node: ts.BinaryExpression, operator: string): void {
  const { ts, facts, reporter, marked } = context;
  const kind = node.operatorToken.kind;
  const { left, right } = node;
  const isTensor = facts.of(left).tensor === "yes" || facts.of(right).tensor === "yes";
  if (kind === ts.SyntaxKind.EqualsToken) {
    checkBecomesTensor(context, left, right);
  } else if (compoundName(ts, kind) !== undefined) {
    if (!isTensor) return;
    if (facts.of(left).plain === "string") reporter.report("tensorInString", node);
    else if (!marked) reportUnmarked(context, node, { operator });
    else checkBecomesTensor(context, left, right);
  } else if (isTensor && !isLogicalAssignment(ts, kind)) {
    reporter.report("tensorOperator", node, { operator, way: "Its results do not fit into int32. Use `>>=`." });
  }
}

/** `let k = 0; k = tensor`. */
function checkBecomesTensor(context: CheckContext, left: ts.Expression, right: ts.Expression): void {
  const { ts, facts, bindings, reporter, marked } = context;
  if (!marked || !ts.isIdentifier(left) || facts.of(right).tensor !== "yes") return;
  const variable = bindings.variable(left);
  if (variable === undefined) return;
  const fact = facts.of(variable.declaration);
  if (fact.tensor !== "no") return;
  const isNumber = fact.plain === "number" || fact.plain === "boolean" || fact.plain === "none";
  const way = isNumber ? asTensor(variable.name) : "Assign a value of its type, or give the tensor another name.";
  const parameters = { name: variable.name, type: facts.describe(variable.declaration), way };
  const fix = isNumber ? declareTensor(ts, context.file.imports, variable) : undefined;
  reporter.report("numberBecomesTensor", left, parameters, { related: variable.declaration, fix });
}

function checkUnary(context: CheckContext, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): void {
  const { ts, facts, marked } = context;
  if (
    facts.of(node.operand).tensor !== "yes" &&
    !(node.operator === ts.SyntaxKind.ExclamationToken && testStaging(ts, facts, node.operand) === "staged")
  )
    return;
  const isNot = node.operator === ts.SyntaxKind.ExclamationToken;
  if (!marked && !(isNot && isTest(ts, node))) {
    reportUnmarked(context, node, { operator: ts.tokenToString(node.operator) ?? "" });
  }
}

function checkIndexing(context: CheckContext, node: ts.ElementAccessExpression): void {
  const { ts, facts, reporter, marked } = context;
  if (facts.of(node.expression).tensor !== "yes") return;
  const target = node.parent;
  const isWritten =
    isPatternTarget(ts, node) ||
    (ts.isBinaryExpression(target) && target.left === node && isAssignmentOperator(ts, target.operatorToken.kind)) ||
    isStep(ts, target);
  if (node.questionDotToken !== undefined) reporter.report("tensorOperator", node, { operator: "?.[…]", way: "Test for null first." });
  else if (!marked) reportUnmarked(context, node, { operator: "[…]" });
  else if (isWritten && !isSimplePlace(ts, node.expression)) {
    reporter.report("tensorOperator", target, { operator: "t[i] = v", way: "Write it on a plain variable." });
  }
}

function checkText(context: CheckContext, node: ts.Expression): void {
  const { ts, facts, bindings, reporter } = context;
  const template = node.parent.parent;
  // What a tag makes of its values is the tag's business.
  const isTagged = ts.isTaggedTemplateExpression(template.parent) && template.parent.tag.getText() !== "String.raw";
  if (facts.of(node).tensor === "yes" && !isTagged && !isPrinted(ts, bindings, template)) reporter.report("tensorInString", node);
}

function checkDeclaration(context: CheckContext, node: ts.VariableDeclaration): void {
  const { ts, facts, reporter } = context;
  if (ts.isIdentifier(node.name) && node.type !== undefined && node.initializer !== undefined && context.marked) {
    if (facts.of(node.name).tensor === "no" && facts.of(node.initializer).tensor === "yes") {
      const fix = declareTensor(ts, context.file.imports, context.bindings.variable(node.name));
      const parameters = { name: node.name.text, type: facts.describe(node.name), way: asTensor(node.name.text) };
      reporter.report("numberBecomesTensor", node.name, parameters, { fix });
    }
  }
}
