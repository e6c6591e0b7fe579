/**
 * Places where JavaScript lists or copies the fields of an object, which is wrong where the graph decides which there are:
 *
 *   Object.keys(o)          Object.keys($.fields(o))          also values, entries, assign, hasOwn, o.hasOwnProperty
 *   { ...o }                { ...$.fields(o) }
 *   const { a, ...b } = o   const { a, ...b } = $.fields(o)
 *   for (const k in o)      for (const k in $.fields(o))
 */
import type ts from "typescript";
import { skipParentheses } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { Lowering } from "./context.ts";

const LISTING: ReadonlySet<string> = new Set(["keys", "values", "entries", "assign", "hasOwn", "getOwnPropertyNames"]);

export function listsFields(lowering: Lowering, node: ts.Expression): boolean {
  if (!isListed(lowering, node)) return false;
  const { ts, facts } = lowering;
  const value = skipParentheses(ts, node);
  if (ts.isObjectLiteralExpression(value) || ts.isArrayLiteralExpression(value) || ts.isNewExpression(value)) return false;
  const fact = facts.of(node);
  return fact.tensor !== "yes" && !fact.tensors && (fact.any || fact.plain === "other");
}

function isListed(lowering: Lowering, node: ts.Expression): boolean {
  const { ts } = lowering;
  const { parent } = node;
  if (ts.isSpreadAssignment(parent)) return true;
  if (ts.isForInStatement(parent)) return parent.expression === node && !lowering.structure.lowered.has(parent);
  if (ts.isVariableDeclaration(parent)) return parent.initializer === node && hasRest(ts, parent.name);
  if (ts.isBinaryExpression(parent)) return parent.right === node && hasRest(ts, parent.left);
  if (ts.isCallExpression(parent)) return isListingCall(lowering, parent, node);
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== node) return false;
  return parent.name.text === "hasOwnProperty" && ts.isCallExpression(parent.parent);
}

/** `Object.assign` does not look at the fields of its first argument. */
function isListingCall({ ts, bindings }: Lowering, call: ts.CallExpression, node: ts.Expression): boolean {
  const { expression: callee } = call;
  if (!ts.isPropertyAccessExpression(callee) || !ts.isIdentifier(callee.expression) || callee.expression.text !== "Object") return false;
  if (!LISTING.has(callee.name.text) || bindings.variable(callee.expression) !== undefined) return false;
  const index = call.arguments.indexOf(node);
  return callee.name.text === "assign" ? index > 0 : index === 0;
}

function hasRest(ts: TS, target: ts.Node): boolean {
  if (ts.isObjectBindingPattern(target)) return target.elements.some((element) => element.dotDotDotToken !== undefined);
  return ts.isObjectLiteralExpression(target) && target.properties.some((property) => ts.isSpreadAssignment(property));
}
