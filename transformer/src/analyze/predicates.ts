/** Array methods that look for elements, where a tensor says which: what a function answers, or what elements are compared with. */
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";
import { type Facts, testStaging } from "./facts.ts";

/** Those that the graph can decide. */
const DECIDABLE: ReadonlySet<string> = new Set(["filter", "some", "every", "includes"]);

/** `rows.filter((row) => row.sum() > 0)`: the property access, if the graph decides. */
export function decidedCall(ts: TS, facts: Facts, node: ts.Node): ts.PropertyAccessExpression | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression } = node;
  const [callback] = node.arguments;
  if (callback === undefined || node.arguments.length !== 1 || !DECIDABLE.has(expression.name.text)) return undefined;
  const asked = expression.name.text === "includes" ? [callback] : resultsOf(ts, callback);
  const decides = asked.some((result) => testStaging(ts, facts, result) !== "static");
  return decides && facts.of(expression.expression).tensors ? expression : undefined;
}

/** What a function written in place may return. */
export function resultsOf(ts: TS, callback: ts.Expression): ts.Expression[] {
  if (!ts.isArrowFunction(callback) && !ts.isFunctionExpression(callback)) return [];
  if (!ts.isBlock(callback.body)) return [callback.body];
  const results: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression !== undefined) results.push(node.expression);
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
  };
  visit(callback.body);
  return results;
}
