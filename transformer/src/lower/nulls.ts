/**
 * Values that may be null or undefined (analyze/nulls.ts).
 *
 *   x === null      $.isNull(x)             x !== null     $.not($.isNull(x))
 *   if (x)          $.if(…, $.has(x), …)    x              $.some(x)              where TypeScript knows that there is a value
 *   x ?? y          $.coalesce("3:5", x, () => y)          x!       $.nonNull("3:5", x)
 *   let x!: Tensor; x    $.nonNull("3:17", x)
 *   x?.mul(2)       $.optional("3:5", x, ($x) => $x.mul(2))
 */
import type ts from "typescript";
import { isChainLink } from "../analyze/nulls.ts";
import { isLiteralValue } from "../ast/nodes.ts";
import { copyGap, type Lowering, placeOf, startOf } from "./context.ts";
import { asWritten, lazyState, thunkValue } from "./expressions.ts";

/** True if it was an expression of this kind, and is written. */
export function lowerNullable(lowering: Lowering, node: ts.Expression, write: () => void): boolean {
  const { ts, nulls, writer, $ } = lowering;
  if (ts.isBinaryExpression(node)) return test(lowering, node) || coalescing(lowering, node);
  if (ts.isNonNullExpression(node) && nulls.mayBeMissing(node.expression)) {
    writer.put(`${$}.nonNull(${placeOf(lowering, node)}, `);
    raw(lowering, node.expression);
    writer.put(")");
    return true;
  }
  const link = chainLink(lowering, node);
  if (link !== undefined) {
    chain(lowering, node, link);
    return true;
  }
  if (lowering.raw.has(node)) return false;
  if (nulls.use(node) === undefined) return false;
  nullableUse(lowering, node, false, write);
  return true;
}

/** The value of a variable or path, checked or taken out where it may be missing. */
export function nullableUse(lowering: Lowering, node: ts.Expression, isUpdated: boolean, write: () => void): void {
  const { nulls, writer, $ } = lowering;
  const use = nulls.use(node, isUpdated);
  if (use === undefined) return write();
  writer.put(use === "nonNull" ? `${$}.nonNull(${placeOf(lowering, node)}, ` : `${$}.${use}(`);
  write();
  writer.put(")");
}

/** The value itself, whether it is there or not. */
function raw(lowering: Lowering, node: ts.Expression): void {
  lowering.raw.add(node);
  lowering.visit(node);
}

function test(lowering: Lowering, node: ts.BinaryExpression): boolean {
  const { nulls, writer, $ } = lowering;
  const found = nulls.test(node);
  if (found === undefined) return false;
  const token = node.operatorToken;
  const start = startOf(lowering, token);
  if (found.negated) writer.put(`${$}.not(`);
  writer.putAt(`${$}.${found.name}(`, start, token.end - start);
  raw(lowering, found.operand);
  copyGap(lowering, node.left.end, startOf(lowering, node.right));
  writer.put(found.negated ? "))" : ")");
  return true;
}

function coalescing(lowering: Lowering, node: ts.BinaryExpression): boolean {
  const { ts, facts, nulls, writer, $ } = lowering;
  const token = node.operatorToken;
  if (token.kind !== ts.SyntaxKind.QuestionQuestionToken || !nulls.mayBeMissing(node.left)) return false;
  writer.putAt(`${$}.coalesce(`, startOf(lowering, token), 2);
  writer.put(`${placeOf(lowering, node)}, `);
  raw(lowering, node.left);
  copyGap(lowering, node.left.end, startOf(lowering, token));
  writer.put(", () =>");
  if (!copyGap(lowering, token.end, startOf(lowering, node.right))) writer.put(" ");
  // Beside a tensor a number is one, whatever the checker was told about it.
  const isNumber = isLiteralValue(ts, node.right) && facts.of(node.left).tensor !== "no" && facts.of(node.right).tensor === "no";
  if (isNumber) writer.put(`${$}.lit(`);
  thunkValue(lowering, node.right);
  if (isNumber) writer.put(")");
  lazyState(lowering, node);
  writer.put(")");
  return true;
}

/** For the outermost expression of an optional chain: the first link whose `?.` may find nothing. */
function chainLink(lowering: Lowering, node: ts.Expression): ReturnType<typeof linkOf> {
  const { ts } = lowering;
  if (!ts.isOptionalChain(node) || isInnerLink(ts, node)) return undefined;
  return linkOf(lowering, node);
}

/** Part of a longer chain, and not an argument in one. */
function isInnerLink(ts: Lowering["ts"], node: ts.Expression): boolean {
  const { parent } = node;
  return ts.isOptionalChain(parent) && !ts.isNonNullExpression(parent) && (parent as ts.PropertyAccessChain).expression === node;
}

function linkOf(
  lowering: Lowering,
  node: ts.Expression,
): ts.PropertyAccessExpression | ts.ElementAccessExpression | ts.CallExpression | undefined {
  const { ts, nulls } = lowering;
  let found: ts.PropertyAccessExpression | ts.ElementAccessExpression | ts.CallExpression | undefined;
  for (let at: ts.Expression = node; ts.isOptionalChain(at); at = (at as ts.PropertyAccessChain).expression) {
    if (isChainLink(ts, at) && !lowering.substitutes.has(at.expression) && nulls.mayBeMissing(at.expression)) found = at;
    if (!ts.isPropertyAccessExpression(at) && !ts.isElementAccessExpression(at) && !ts.isCallExpression(at)) break;
  }
  return found;
}

function chain(lowering: Lowering, node: ts.Expression, link: { readonly expression: ts.Expression }): void {
  const { writer, substitutes, $ } = lowering;
  writer.put(`${$}.optional(${placeOf(lowering, node)}, `);
  raw(lowering, link.expression);
  substitutes.set(link.expression, `${$}x`);
  writer.put(`, (${$}x) => `);
  asWritten(lowering, node);
  writer.put(")");
  substitutes.delete(link.expression);
}
