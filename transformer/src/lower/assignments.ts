/**
 * Assignments to what may be tensors, as statements and as values.
 *
 *   x += b         x = $.add(x, b)                   x++     x = $.add(x, 1)
 *   y = x++        y = $.first(x, x = $.add(x, 1))   x &&= c x = $.and("4:9", x, () => c)
 *   t[i] = v       t = $.setIndex(t, i, v)
 *   a[f()] += v    (($o, $k) => $o[$k] = $.add($o[$k], v))(a, f())
 *   y = t[i] = v   y = (($k) => { const $x = v; t = $.setIndex(t, $k, $x); return $x; })(i)
 *   [t[i]] = v     [(($k) => ({ set to($x) { t = $.setIndex(t, $k, $x); } }))(i).to] = v
 *
 * A place is written twice where that means the same; else its parts are evaluated once, as arguments of an arrow.
 */
import type ts from "typescript";
import { joinStaging, stagingOf } from "../analyze/facts.ts";
import {
  compoundName,
  isAssignmentOperator,
  isLogicalAssignment,
  isPatternTarget,
  isSimplePlace,
  isUsed,
  skipParentheses,
} from "../ast/nodes.ts";
import { copyGap, decide, type Lowering, placeOf, startOf } from "./context.ts";
import { arrayElement, setArrayElement, updateArrayElement } from "./elements.ts";
import { asWritten, indexRead, lazyState, operation, reasonOf, thunkValue } from "./expressions.ts";
import { nullableUse } from "./nulls.ts";

export function assignment(lowering: Lowering, node: ts.BinaryExpression): void {
  const { ts, facts } = lowering;
  const kind = node.operatorToken.kind;
  const indexed = tensorElement(lowering, node.left);
  if (kind === ts.SyntaxKind.EqualsToken) {
    // A target of a pattern, with its default.
    if (isPatternTarget(ts, node)) return asWritten(lowering, node);
    const element = arrayElement(lowering, node.left);
    if (element !== undefined) return setArrayElement(lowering, node, element);
    if (indexed === undefined) return asWritten(lowering, node);
    return setElement(lowering, node, indexed, node.operatorToken, () => lowering.visit(node.right));
  }
  if (isLogicalAssignment(ts, kind)) return logicalAssignment(lowering, node);
  const name = compoundName(ts, kind);
  if (name === undefined) return asWritten(lowering, node);
  const staging = joinStaging(stagingOf(facts.of(node.operatorToken)), joinStaging(facts.staging(node.left), facts.staging(node.right)));
  if (staging === "static") return asWritten(lowering, node);
  update(lowering, node, node.left, node.operatorToken, (old) => operation(lowering, name, node.operatorToken, old, node));
}

/** `x++` and `--x`. */
export function step(lowering: Lowering, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): void {
  const { ts, facts, writer, $ } = lowering;
  const { operand } = node;
  if (tensorElement(lowering, operand) === undefined && facts.staging(operand) === "static") return asWritten(lowering, node);
  const name = node.operator === ts.SyntaxKind.PlusPlusToken ? "add" : "sub";
  const token = { pos: ts.isPrefixUnaryExpression(node) ? startOf(lowering, node) : node.end - 2, length: 2 };
  update(lowering, node, operand, token, (old) => {
    writer.putAt(`${$}.${name}(`, token.pos, token.length);
    old();
    writer.put(", 1)");
  });
}

/** `x &&= c` assigns only if `x` holds; assigning `x` itself otherwise is the same. */
function logicalAssignment(lowering: Lowering, node: ts.BinaryExpression): void {
  const { ts, facts, writer, $ } = lowering;
  const staging = facts.staging(node.left);
  if (node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionEqualsToken) return coalescingAssignment(lowering, node);
  if (staging === "static") return asWritten(lowering, node);
  decide(lowering, node, node.operatorToken.getText(), staging, reasonOf(node.left, staging));
  const name = node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken ? "and" : "or";
  update(lowering, node, node.left, node.operatorToken, (old) => {
    writer.putAt(`${$}.${name}(`, startOf(lowering, node.operatorToken), 3);
    writer.put(`${placeOf(lowering, node)}, `);
    old();
    writer.put(", () => ");
    thunkValue(lowering, node.right);
    lazyState(lowering, node);
    writer.put(")");
  });
}

/** `x ??= y` assigns `y` only where `x` is missing. */
function coalescingAssignment(lowering: Lowering, node: ts.BinaryExpression): void {
  const { nulls, writer, $ } = lowering;
  if (!nulls.mayBeMissing(node.left)) return asWritten(lowering, node);
  update(lowering, node, node.left, node.operatorToken, (old) => {
    writer.putAt(`${$}.coalesce(`, startOf(lowering, node.operatorToken), 3);
    writer.put(`${placeOf(lowering, node)}, `);
    old();
    writer.put(", () => ");
    thunkValue(lowering, node.right);
    lazyState(lowering, node);
    writer.put(")");
  });
}

/** Where an operator stands in the source. */
type Token = ts.Node | { readonly pos: number; readonly length: number };
type Writer = () => void;

/** `target = value(target)`; the value of the expression is the new one, or the old one of a postfix step. */
function update(lowering: Lowering, node: ts.Expression, target: ts.Expression, token: Token, value: (old: Writer) => void): void {
  const { ts, writer, $ } = lowering;
  const indexed = tensorElement(lowering, target);
  if (indexed !== undefined) return updateElement(lowering, node, indexed, token, value);
  const element = arrayElement(lowering, target);
  if (element !== undefined) return updateArrayElement(lowering, node, element, value);
  const wantsOld = ts.isPostfixUnaryExpression(node) && isUsed(ts, node);
  const place = placeWriter(lowering, target, node);
  startStatement(lowering, node, place.isCall);
  const wrap = isUsed(ts, node) && !wantsOld && !isAssignedValue(lowering, node);
  place.open();
  if (wantsOld) {
    writer.put(`${$}.first(`);
    place.read();
    writer.put(", ");
  } else if (wrap) writer.put("(");
  place.write();
  if (ts.isBinaryExpression(node)) copyGap(lowering, target.end, startOf(lowering, node.operatorToken));
  writer.put(" = ");
  value(place.read);
  if (wantsOld || wrap) writer.put(")");
  place.close();
}

/** The expression stands where an assignment needs no parentheses, and had none. */
function isAssignedValue({ ts }: Lowering, node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent) || ts.isVariableDeclaration(parent) || ts.isReturnStatement(parent)) return true;
  return ts.isBinaryExpression(parent) && isAssignmentOperator(ts, parent.operatorToken.kind) && parent.right === node;
}

/** Text that begins with `(` could continue the line before it, where that has no semicolon. */
function startStatement({ ts, writer }: Lowering, node: ts.Expression, isCall: boolean): void {
  if (isCall && ts.isExpressionStatement(node.parent)) writer.put("void ");
}

interface PlaceWriter {
  /** The place is evaluated as arguments of an arrow. */
  readonly isCall: boolean;
  readonly open: Writer;
  readonly write: Writer;
  readonly read: Writer;
  readonly close: Writer;
}

/** A variable, `a.b` or `a[i]` that is read and then written. */
function placeWriter(lowering: Lowering, target: ts.Expression, node: ts.Expression): PlaceWriter {
  const { ts, writer, $ } = lowering;
  const nothing = (): void => {};
  const inner = skipParentheses(ts, target);
  if (isStable(lowering, target, node) || !(ts.isPropertyAccessExpression(inner) || ts.isElementAccessExpression(inner))) {
    return {
      isCall: false,
      open: nothing,
      write: () => asWritten(lowering, target),
      read: () => nullableUse(lowering, inner, true, () => writer.put(target.getText())),
      close: nothing,
    };
  }
  const key = ts.isElementAccessExpression(inner) ? inner.argumentExpression : undefined;
  const member = key === undefined ? `.${(inner as ts.PropertyAccessExpression).name.text}` : `[${$}k]`;
  return {
    isCall: true,
    open: () => writer.put(key === undefined ? `((${$}o) => ` : `((${$}o, ${$}k) => `),
    write: () => writer.put(`${$}o${member}`),
    read: () => writer.put(`${$}o${member}`),
    close: () => {
      writer.put(")(");
      lowering.visit(inner.expression);
      if (key !== undefined) {
        writer.put(", ");
        lowering.visit(key);
      }
      writer.put(")");
    },
  };
}

// --- elements of tensors ---------------------------------------------------------------------------------------

/** `t[i]` of what may be a tensor. */
function tensorElement({ ts, facts }: Lowering, target: ts.Expression): ts.ElementAccessExpression | undefined {
  const inner = skipParentheses(ts, target);
  return ts.isElementAccessExpression(inner) && facts.staging(inner.expression) !== "static" ? inner : undefined;
}

/** `t[i] = v`. */
function setElement(lowering: Lowering, node: ts.Expression, target: ts.ElementAccessExpression, token: Token, value: Writer): void {
  const { ts, writer, $ } = lowering;
  if (!isUsed(ts, node)) return rebind(lowering, target, token, () => lowering.visit(target.argumentExpression), value);
  writer.put(`((${$}k) => { const ${$}x = `);
  value();
  writer.put("; ");
  rebind(
    lowering,
    target,
    token,
    () => writer.put(`${$}k`),
    () => writer.put(`${$}x`),
  );
  writer.put(`; return ${$}x; })(`);
  lowering.visit(target.argumentExpression);
  writer.put(")");
}

/** `t[i]` as a target of a pattern; false if it is what JavaScript assigns as it stands. */
export function elementTarget(lowering: Lowering, node: ts.ElementAccessExpression): boolean {
  const { writer, $ } = lowering;
  const ofTensor = tensorElement(lowering, node);
  if (ofTensor === undefined && arrayElement(lowering, node) === undefined) return false;
  const key = (): void => writer.put(`${$}k`);
  const value = (): void => writer.put(`${$}x`);
  writer.put(ofTensor === undefined ? `((${$}o, ${$}k) => ({ set to(${$}x) { ` : `((${$}k) => ({ set to(${$}x) { `);
  if (ofTensor !== undefined) rebind(lowering, ofTensor, node, key, value);
  else writer.put(`${$}.setIndex(${$}o, ${$}k, ${$}x)`);
  writer.put("; } }))(");
  if (ofTensor === undefined) {
    lowering.visit(node.expression);
    writer.put(", ");
  }
  lowering.visit(node.argumentExpression);
  writer.put(").to");
  return true;
}

/** `t[i] += v`, `t[i]++`. */
function updateElement(
  lowering: Lowering,
  node: ts.Expression,
  target: ts.ElementAccessExpression,
  token: Token,
  value: (old: Writer) => void,
): void {
  const { ts, writer, $ } = lowering;
  if (!isUsed(ts, node) && isStable(lowering, target, node)) {
    const key = (): void => lowering.visit(target.argumentExpression);
    return rebind(lowering, target, token, key, () => value(() => elementRead(lowering, target)));
  }
  const key = (): void => writer.put(`${$}k`);
  const old = (): void => {
    writer.put(`${$}.index(`);
    writeObject(lowering, target);
    writer.put(`, ${$}k)`);
  };
  const wantsOld = ts.isPostfixUnaryExpression(node);
  startStatement(lowering, node, true);
  writer.put(`((${$}k) => { const ${$}x = `);
  if (wantsOld) old();
  else value(old);
  writer.put("; ");
  rebind(lowering, target, token, key, () => (wantsOld ? value(() => writer.put(`${$}x`)) : writer.put(`${$}x`)));
  writer.put(`; return ${$}x; })(`);
  lowering.visit(target.argumentExpression);
  writer.put(")");
}

/** `t = $.setIndex(t, key, value)`; of a row, `t = $.setIndex(t, i, $.setIndex($.index(t, i), key, value))`. */
function rebind(lowering: Lowering, target: ts.ElementAccessExpression, token: Token, key: Writer, value: Writer): void {
  const { writer, $ } = lowering;
  const changed = (): void => {
    writer.putAt(`${$}.setIndex(`, "kind" in token ? startOf(lowering, token) : token.pos, 1);
    writeObject(lowering, target);
    writer.put(", ");
    key();
    writer.put(", ");
    value();
    writer.put(")");
  };
  const row = tensorElement(lowering, target.expression);
  if (row !== undefined) return rebind(lowering, row, token, () => lowering.visit(row.argumentExpression), changed);
  lowering.visit(target.expression);
  writer.put(" = ");
  changed();
}

function elementRead(lowering: Lowering, target: ts.ElementAccessExpression): void {
  const { writer, $ } = lowering;
  if (tensorElement(lowering, target.expression) === undefined) return indexRead(lowering, target, true);
  writer.put(`${$}.index(`);
  writeObject(lowering, target);
  writer.put(", ");
  lowering.visit(target.argumentExpression);
  writer.put(")");
}

/** What an element is of, once more: a variable, or a row. */
function writeObject(lowering: Lowering, { expression }: ts.ElementAccessExpression): void {
  if (tensorElement(lowering, expression) === undefined) lowering.writer.put(expression.getText());
  else lowering.visit(expression);
}

// --- places that may be written twice ----------------------------------------------------------------------------

/** Evaluating the place has no effects, and gives the same place before and after the other parts of the assignment. */
function isStable(lowering: Lowering, target: ts.Expression, node: ts.Expression): boolean {
  const { ts } = lowering;
  const isBare = ts.isIdentifier(skipParentheses(ts, target));
  const rhs = ts.isBinaryExpression(node) ? node.right : undefined;
  return isSimplePlace(ts, target) && (isBare || rhs === undefined || !mayReassign(lowering, target, rhs));
}

/** A variable on the way to the place may be assigned while `rhs` is evaluated. */
function mayReassign({ ts, bindings }: Lowering, target: ts.Node, rhs: ts.Expression): boolean {
  let calls = false;
  const look = (node: ts.Node): void => {
    calls ||= ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node);
    ts.forEachChild(node, look);
  };
  look(rhs);
  const reassigned = (node: ts.Node): boolean => {
    const variable = ts.isIdentifier(node) ? bindings.variable(node) : undefined;
    const here = variable?.references.some(
      (reference) =>
        reference.write &&
        !reference.indexed &&
        ((reference.node.pos >= rhs.pos && reference.node.end <= rhs.end) || (calls && reference.owner !== variable.owner)),
    );
    return here === true || (ts.forEachChild(node, reassigned) ?? false);
  };
  return reassigned(target);
}
