/**
 * Functions that call themselves where the graph decides (analyze/recursion.ts): each call goes through the runtime.
 *
 *   function fib(n) { if ($.enters(fib)) return $.descend("3:1", ["n"], fib, this, arguments); …       declarations and methods
 *   const fib = $.recursive("3:13", ["n"], (n) => …);                                                   function expressions
 */
import type ts from "typescript";
import { parameterNames } from "../analyze/units.ts";
import type { FunctionNode } from "../ast/nodes.ts";
import { type Lowering, placeOf } from "./context.ts";

/** The start of a body; empty for functions that do not call themselves. */
export function recursivePrologue(lowering: Lowering, fn: FunctionNode): string {
  const { ts, $ } = lowering;
  if (!lowering.recursive.has(fn) || isExpression(lowering, fn)) return "";
  const self = lowering.outer.path(fn, selfReference(ts, $, fn));
  return ` if (${$}.enters(${self})) return ${$}.descend(${placeAndNames(lowering, fn)}, ${self}, this, arguments);`;
}

/** Writes a function expression, in its emitted form. */
export function aroundRecursive(lowering: Lowering, fn: FunctionNode, write: () => void): void {
  const { writer, $ } = lowering;
  const wraps = lowering.recursive.has(fn) && isExpression(lowering, fn);
  if (wraps) writer.put(`${$}.recursive(${placeAndNames(lowering, fn)}, `);
  write();
  if (wraps) writer.put(")");
}

function isExpression({ ts }: Lowering, fn: FunctionNode): boolean {
  return ts.isArrowFunction(fn) || ts.isFunctionExpression(fn);
}

function placeAndNames(lowering: Lowering, fn: FunctionNode): string {
  return `${placeOf(lowering, fn)}, ${JSON.stringify(parameterNames(lowering.ts, fn)).replaceAll(",", ", ")}`;
}

/** Where the name of a function declaration that has none is to stand: `export default function (x) {}`. */
export function missingName(ts: Lowering["ts"], fn: FunctionNode): number | undefined {
  if (!ts.isFunctionDeclaration(fn) || fn.name !== undefined) return undefined;
  return (fn.typeParameters ?? fn.parameters).pos - 1;
}

/** How a function names itself. A method goes through its class, so that an override does not take its place. */
export function selfReference(ts: Lowering["ts"], $: string, fn: FunctionNode): string {
  if (ts.isMethodDeclaration(fn)) {
    const name = fn.name.getText();
    const isPlain = ts.isIdentifier(fn.name) || ts.isPrivateIdentifier(fn.name);
    const member = ts.isComputedPropertyName(fn.name) ? name : isPlain ? `.${name}` : `[${name}]`;
    const owner = ts.isClassLike(fn.parent) ? fn.parent.name?.text : undefined;
    if (owner === undefined || ts.isPrivateIdentifier(fn.name)) return `this${member}`;
    const isStatic = fn.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword) ?? false;
    return `${owner}${isStatic ? "" : ".prototype"}${member}`;
  }
  return (fn as ts.FunctionDeclaration).name?.text ?? `${$}default`;
}
