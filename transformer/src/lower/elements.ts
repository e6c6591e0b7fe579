/**
 * Elements of arrays of tensors at places that the graph may decide.
 *
 *   xs[i] = v      $.setIndex($.touch(xs), i, v)
 *   xs[i] += v     (($o, $k) => { const $x = $.add($.index($o, $k), v); $.setIndex($o, $k, $x); return $x; })($.touch(xs), i)
 */
import type ts from "typescript";
import { isUsed, skipParentheses } from "../ast/nodes.ts";
import { type Lowering, startOf } from "./context.ts";

/** `xs[i]` of an array of tensors, where `i` may be a tensor. */
export function arrayElement({ ts, facts }: Lowering, target: ts.Expression): ts.ElementAccessExpression | undefined {
  const inner = skipParentheses(ts, target);
  if (!ts.isElementAccessExpression(inner) || facts.of(inner.expression).tensor !== "no" || !facts.of(inner.expression).tensors)
    return undefined;
  return facts.staging(inner.argumentExpression) === "static" ? undefined : inner;
}

/** `xs[i] = v`. */
export function setArrayElement(lowering: Lowering, node: ts.BinaryExpression, target: ts.ElementAccessExpression): void {
  const { ts, writer, $ } = lowering;
  const value = (): void => lowering.visit(node.right);
  if (isUsed(ts, node)) return updateArrayElement(lowering, node, target, value);
  writer.putAt(`${$}.setIndex(`, startOf(lowering, node.operatorToken), 1);
  lowering.visit(target.expression);
  writer.put(", ");
  lowering.visit(target.argumentExpression);
  writer.put(", ");
  value();
  writer.put(")");
}

/** `xs[i] += v`, `xs[i]++`: `value` writes the new one, given how to write the old one. */
export function updateArrayElement(
  lowering: Lowering,
  node: ts.Expression,
  target: ts.ElementAccessExpression,
  value: (old: () => void) => void,
): void {
  const { ts, writer, $ } = lowering;
  const wantsOld = ts.isPostfixUnaryExpression(node) && isUsed(ts, node);
  const old = (): void => writer.put(`${$}.index(${$}o, ${$}k)`);
  if (!isUsed(ts, node)) writer.put("void ");
  writer.put(`((${$}o, ${$}k) => { const ${$}x = `);
  if (wantsOld) old();
  else value(old);
  writer.put(`; ${$}.setIndex(${$}o, ${$}k, `);
  if (wantsOld) value(() => writer.put(`${$}x`));
  else writer.put(`${$}x`);
  writer.put(`); return ${$}x; })(`);
  lowering.visit(target.expression);
  writer.put(", ");
  lowering.visit(target.argumentExpression);
  writer.put(")");
}
