/**
 * Expressions whose operands may be tensors become calls; all others stay as written.
 *
 *   a * b      $.mul(a, b)                       -a      $.neg(a)
 *   a && b     $.and("4:9", a, () => b)          !a      $.not(a)
 *   c ? a : b  $.select("4:9", c, () => a, () => b)
 *   t[i]       $.index(t, i)
 *   0          $.lit(0)                          where the virtual code says that a Tensor is meant
 *   rate / 2   $.div(rate, 2)                    numbers that the graph takes (analyze/numbers.ts); $.lit(rate) as an argument
 *
 * `$.mul(` maps to the operator, so that a fault in the operation is shown there.
 */
import type ts from "typescript";
import { isAssertion } from "../analyze/assertions.ts";
import { consoleMethod, isPrinted, prints } from "../analyze/console.ts";
import { joinStaging, type Staging, testStaging } from "../analyze/facts.ts";
import { decidedCall } from "../analyze/predicates.ts";
import type { LazyExpression } from "../analyze/regions.ts";
import { copyAround, equalityName, isAssignmentOperator, isLiteralValue, isPatternTarget, operatorName } from "../ast/nodes.ts";
import { assignment, elementTarget, step } from "./assignments.ts";
import { carriedByName, copyGap, decide, type Lowering, placeOf, startOf, writeState } from "./context.ts";
import { listsFields } from "./fields.ts";
import { lowerNullable } from "./nulls.ts";
import { assignedCells, touchCells, touchedObject } from "./writes.ts";

export function lowerExpression(lowering: Lowering, node: ts.Expression): void {
  const { numbers, writer, $ } = lowering;
  if (!numbers.isTensor(node)) return announced(lowering, node);
  writer.put(`${$}.lit(`);
  announced(lowering, node);
  writer.put(")");
}

/** What is written is announced before, what is listed is looked at. */
function announced(lowering: Lowering, node: ts.Expression): void {
  if (!listsFields(lowering, node)) return written(lowering, node);
  lowering.writer.put(`${lowering.$}.fields(`);
  written(lowering, node);
  lowering.writer.put(")");
}

function written(lowering: Lowering, node: ts.Expression): void {
  if (lowering.writes.isTouched(node)) return touchedObject(lowering, node, () => untouched(lowering, node));
  const cells = assignedCells(lowering, node);
  if (cells.length === 0) return untouched(lowering, node);
  const isStatement = lowering.ts.isExpressionStatement(node.parent);
  if (!isStatement) lowering.writer.put("(");
  touchCells(lowering, cells);
  untouched(lowering, node);
  if (!isStatement) lowering.writer.put(")");
}

function untouched(lowering: Lowering, node: ts.Expression): void {
  const substitute = lowering.substitutes.get(node);
  if (substitute !== undefined) return lowering.writer.put(substitute);
  if (!lowerNullable(lowering, node, () => byKind(lowering, node))) byKind(lowering, node);
}

function byKind(lowering: Lowering, node: ts.Expression): void {
  const { ts, facts } = lowering;
  const list = lowering.lists.nameOf(node);
  if (list !== undefined) return growingArray(lowering, node, list);
  if (isLiteralValue(ts, node) && facts.of(node).tensor === "yes") return literal(lowering, node);
  if (ts.isBinaryExpression(node)) return binary(lowering, node);
  if (ts.isConditionalExpression(node)) return conditional(lowering, node);
  if (ts.isPrefixUnaryExpression(node)) return prefix(lowering, node);
  if (ts.isPostfixUnaryExpression(node)) return step(lowering, node);
  if (ts.isElementAccessExpression(node)) return elementAccess(lowering, node);
  if (ts.isCallExpression(node)) return call(lowering, node);
  if (ts.isTemplateExpression(node)) return template(lowering, node);
  asWritten(lowering, node);
}

/** `$.array("xs", [])`, or `$.joined("xs", xs, [x])` for `[...xs, x]`. */
function growingArray(lowering: Lowering, node: ts.Expression, name: string): void {
  const { ts, writer, $ } = lowering;
  if (ts.isArrayLiteralExpression(node) && node.elements.some((element) => ts.isSpreadElement(element)))
    return joinedArray(lowering, node, name);
  writer.put(`${$}.array("${name}", `);
  asWritten(lowering, node);
  writer.put(")");
}

function joinedArray(lowering: Lowering, { elements }: ts.ArrayLiteralExpression, name: string): void {
  const { ts, writer, $ } = lowering;
  writer.put(`${$}.joined("${name}"`);
  elements.forEach((element, i) => {
    const previous = elements[i - 1];
    const [spread, follows] = [ts.isSpreadElement(element), previous !== undefined && !ts.isSpreadElement(previous)];
    if (follows && spread) writer.put("]");
    writer.put(follows || spread ? ", " : ", [");
    copyGap(lowering, element.pos, startOf(lowering, element));
    lowering.visit(ts.isSpreadElement(element) ? element.expression : element);
  });
  const last = elements[elements.length - 1];
  writer.put(last !== undefined && !ts.isSpreadElement(last) ? "])" : ")");
}

export function asWritten(lowering: Lowering, node: ts.Node): void {
  copyAround(lowering.ts, lowering.writer, lowering.file.sourceFile, node, lowering.visit);
}

function literal(lowering: Lowering, node: ts.Expression): void {
  const { writer, $ } = lowering;
  const start = startOf(lowering, node);
  writer.putAt(`${$}.lit(`, start);
  writer.copy(start, node.end);
  writer.put(")");
}

function binary(lowering: Lowering, node: ts.BinaryExpression): void {
  const { ts, facts } = lowering;
  const kind = node.operatorToken.kind;
  if (isAssignmentOperator(ts, kind)) return assignment(lowering, node);
  if (kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken) return logical(lowering, node);
  if (kind === ts.SyntaxKind.InKeyword && facts.of(node.right).plain === "other" && !ts.isPrivateIdentifier(node.left))
    return operation(lowering, "in", node.operatorToken, () => operand(lowering, node.left), node);
  const name = operatorName(ts, kind) ?? equalityName(ts, kind);
  const isOperation = isTensorOperation(lowering, node) || lowering.numbers.isComputed(node);
  if (name === undefined || !isOperation) return asWritten(lowering, node);
  operation(lowering, name, node.operatorToken, () => operand(lowering, node.left), node);
}

function operandStaging(facts: Lowering["facts"], node: ts.BinaryExpression): Staging {
  return joinStaging(facts.staging(node.left), facts.staging(node.right));
}

/** A side may be a tensor, and the other is not something that no tensor equals (null, a string). */
function isTensorOperation(lowering: Lowering, node: ts.BinaryExpression): boolean {
  const { ts, facts } = lowering;
  if (operandStaging(facts, node) === "static") return false;
  if (equalityName(ts, node.operatorToken.kind) === undefined) return true;
  const never = (side: ts.Expression): boolean => {
    const fact = facts.of(side);
    const nothing = fact.tensor === "no" && fact.plain === "none";
    return nothing || fact.plain === "string" || isNothing(ts, side) || ts.isStringLiteralLike(side) || ts.isTypeOfExpression(side);
  };
  return !never(node.left) && !never(node.right);
}

function isNothing(ts: Lowering["ts"], node: ts.Expression): boolean {
  return node.kind === ts.SyntaxKind.NullKeyword || ts.isVoidExpression(node) || (ts.isIdentifier(node) && node.text === "undefined");
}

/** `$.name(left, right)`; `left` writes the first operand. */
export function operation(lowering: Lowering, name: string, token: ts.Node, left: () => void, node: ts.BinaryExpression): void {
  const { writer, $ } = lowering;
  const operator = startOf(lowering, token);
  writer.putAt(`${$}.${name}(`, operator, token.end - operator);
  left();
  if (!isAssignmentOperator(lowering.ts, token.kind)) copyGap(lowering, node.left.end, operator);
  writer.put(",");
  if (!copyGap(lowering, token.end, startOf(lowering, node.right))) writer.put(" ");
  operand(lowering, node.right);
  writer.put(")");
}

/** An argument needs no parentheses of its own. */
function operand(lowering: Lowering, node: ts.Expression): void {
  const { ts, file } = lowering;
  if (!ts.isParenthesizedExpression(node)) return lowering.visit(node);
  const inner = node.expression;
  const isComma = ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.CommaToken;
  const around = file.text.slice(startOf(lowering, node) + 1, startOf(lowering, inner)) + file.text.slice(inner.end, node.end - 1);
  if (isComma || around.trim() !== "" || around.includes("\n")) return lowering.visit(node);
  operand(lowering, inner);
}

function logical(lowering: Lowering, node: ts.BinaryExpression): void {
  const { ts, facts, writer, $ } = lowering;
  const staging = testStaging(ts, facts, node.left);
  if (staging === "static") return asWritten(lowering, node);
  const operator = node.operatorToken.getText();
  decide(lowering, node, operator, staging, reasonOf(node.left, staging));
  writer.putAt(`${$}.${operator === "&&" ? "and" : "or"}(`, startOf(lowering, node.operatorToken), 2);
  writer.put(`${placeOf(lowering, node)}, `);
  lowering.visit(node.left);
  copyGap(lowering, node.left.end, startOf(lowering, node.operatorToken));
  writer.put(", () =>");
  if (!copyGap(lowering, node.operatorToken.end, startOf(lowering, node.right))) writer.put(" ");
  thunkValue(lowering, node.right);
  lazyState(lowering, node);
  writer.put(")");
}

/** An expression as the body of an arrow: an object literal would be taken for a block. */
export function thunkValue(lowering: Lowering, node: ts.Expression): void {
  const object = lowering.ts.isObjectLiteralExpression(node);
  if (object) lowering.writer.put("(");
  lowering.visit(node);
  if (object) lowering.writer.put(")");
}

function conditional(lowering: Lowering, node: ts.ConditionalExpression): void {
  const { ts, facts, writer, $ } = lowering;
  const staging = testStaging(ts, facts, node.condition);
  if (staging === "static") return asWritten(lowering, node);
  decide(lowering, node, "?:", staging, reasonOf(node.condition, staging));
  writer.putAt(`${$}.select(`, startOf(lowering, node.questionToken), 1);
  writer.put(`${placeOf(lowering, node)}, `);
  lowering.visit(node.condition);
  copyGap(lowering, node.condition.end, startOf(lowering, node.questionToken));
  writer.put(", () =>");
  if (!copyGap(lowering, node.questionToken.end, startOf(lowering, node.whenTrue))) writer.put(" ");
  thunkValue(lowering, node.whenTrue);
  copyGap(lowering, node.whenTrue.end, startOf(lowering, node.colonToken));
  writer.put(", () =>");
  if (!copyGap(lowering, node.colonToken.end, startOf(lowering, node.whenFalse))) writer.put(" ");
  thunkValue(lowering, node.whenFalse);
  lazyState(lowering, node);
  writer.put(")");
}

/** Variables that the lazy parts assign. */
export function lazyState(lowering: Lowering, node: LazyExpression): void {
  const state = lowering.states.ofLazy(node);
  if (carriedByName(lowering, state).length === 0) return;
  lowering.writer.put(", ");
  writeState(lowering, state);
}

/** Why a condition is staged, for `explain`. */
export function excerpt(node: ts.Node): string {
  const text = node.getText().replace(/\s+/g, " ");
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

export function reasonOf(condition: ts.Expression, staging: Staging): string {
  const short = excerpt(condition);
  if (staging === "staged") return `\`${short}\` is a Tensor`;
  return staging === "dynamic" ? `\`${short}\` may be a Tensor` : `\`${short}\` is known while tracing`;
}

function prefix(lowering: Lowering, node: ts.PrefixUnaryExpression): void {
  const { ts, facts } = lowering;
  switch (node.operator) {
    case ts.SyntaxKind.PlusPlusToken:
    case ts.SyntaxKind.MinusMinusToken:
      return step(lowering, node);
    case ts.SyntaxKind.ExclamationToken:
      return testStaging(ts, facts, node.operand) === "static" ? asWritten(lowering, node) : unary(lowering, "not", node);
    case ts.SyntaxKind.MinusToken:
      return isPlain(lowering, node) ? asWritten(lowering, node) : unary(lowering, "neg", node);
    case ts.SyntaxKind.TildeToken:
      return isPlain(lowering, node) ? asWritten(lowering, node) : unary(lowering, "bitNot", node);
    case ts.SyntaxKind.PlusToken:
      return isPlain(lowering, node) ? asWritten(lowering, node) : unary(lowering, "pos", node);
    default:
      asWritten(lowering, node);
  }
}

function isPlain({ facts, numbers }: Lowering, node: ts.PrefixUnaryExpression): boolean {
  return facts.staging(node.operand) === "static" && !numbers.isComputed(node);
}

function unary(lowering: Lowering, name: string, node: ts.PrefixUnaryExpression): void {
  const { writer, $ } = lowering;
  writer.putAt(`${$}.${name}(`, startOf(lowering, node), 1);
  operand(lowering, node.operand);
  writer.put(")");
}

// --- indexing ------------------------------------------------------------------------------------------------------

function elementAccess(lowering: Lowering, node: ts.ElementAccessExpression): void {
  const { facts } = lowering;
  const { ts } = lowering;
  const defaulted = ts.isBinaryExpression(node.parent) && node.parent.left === node ? node.parent : node;
  if (isPatternTarget(ts, defaulted) && elementTarget(lowering, node)) return;
  const key = facts.staging(node.argumentExpression);
  const isNumber = key === "dynamic" && !facts.of(node.argumentExpression).any;
  if (facts.staging(node.expression) === "static" && key !== "staged" && !isNumber) return asWritten(lowering, node);
  if (ts.isStringLiteralLike(node.argumentExpression) || node.questionDotToken !== undefined) return asWritten(lowering, node);
  indexRead(lowering, node, false);
}

/** `again`: a second time, as plain text. */
export function indexRead(lowering: Lowering, node: ts.ElementAccessExpression, again: boolean): void {
  const { writer, $ } = lowering;
  if (again) {
    writer.put(`${$}.index(${node.expression.getText()}, ${node.argumentExpression.getText()})`);
    return;
  }
  writer.putAt(`${$}.index(`, startOf(lowering, node.argumentExpression), 0);
  lowering.visit(node.expression);
  writer.put(", ");
  lowering.visit(node.argumentExpression);
  writer.put(")");
}

// --- calls -----------------------------------------------------------------------------------------------------

/** A printed text with tensors is formatted when the graph runs. */
function template(lowering: Lowering, node: ts.TemplateExpression): void {
  const { ts, facts, bindings, writer, $ } = lowering;
  const staged = node.templateSpans.some(({ expression }) => facts.staging(expression) !== "static");
  if (staged && isPrinted(ts, bindings, node)) writer.put(`${$}.text`);
  asWritten(lowering, node);
}

/** `console.log(…)` runs when the graph runs: `$.log("3:5", "log", …)`. */
function call(lowering: Lowering, node: ts.CallExpression): void {
  const { ts, bindings, facts } = lowering;
  const [condition] = node.arguments;
  if (condition !== undefined && isAssertion(ts, bindings, node) && testStaging(ts, facts, condition) !== "static")
    return placedCall(lowering, node, "check", "");
  const decided = decidedCall(ts, facts, node);
  if (decided !== undefined) return methodCall(lowering, node, decided);
  const method = consoleMethod(ts, bindings, node);
  if (!prints(method)) return asWritten(lowering, node);
  if (method === "assert") placedCall(lowering, node, "assert", "");
  else placedCall(lowering, node, "log", `, "${method}"`);
}

/** `rows.filter(f)` where `f` may give a tensor: `$.method("3:5", rows, "filter", f)`. */
function methodCall(lowering: Lowering, node: ts.CallExpression, { expression, name }: ts.PropertyAccessExpression): void {
  const { writer, $ } = lowering;
  writer.putAt(`${$}.method(`, startOf(lowering, name), name.end - startOf(lowering, name));
  writer.put(`${placeOf(lowering, node)}, `);
  lowering.visit(expression);
  copyGap(lowering, expression.end, startOf(lowering, name));
  writer.put(`, "${name.text}", `);
  copyGap(lowering, name.end, startOf(lowering, node.arguments[0]));
  lowering.visit(node.arguments[0]);
  copyGap(lowering, node.arguments[0].end, node.end);
  writer.put(")");
}

/** `$.name("3:5", …)` with the arguments of the call. */
function placedCall(lowering: Lowering, node: ts.CallExpression, name: string, first: string): void {
  const { writer, $ } = lowering;
  const start = startOf(lowering, node);
  writer.putAt(`${$}.${name}(`, start, node.expression.end - start);
  writer.put(`${placeOf(lowering, node)}${first}`);
  for (const argument of node.arguments) {
    writer.put(",");
    const before = lowering.file.text.slice(argument.pos, startOf(lowering, argument));
    if (before.includes("\n") || before.includes("/")) writer.copy(argument.pos, startOf(lowering, argument));
    else writer.put(" ");
    lowering.visit(argument);
  }
  const last = node.arguments[node.arguments.length - 1];
  if (last !== undefined) copyGap(lowering, last.end, node.end - 1);
  writer.put(")");
}
