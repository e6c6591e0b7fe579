/** Calls of the console that print: they run when the graph runs. */
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";
import type { Bindings } from "./scopes.ts";

const PRINTING: ReadonlySet<string> = new Set([
  ...["log", "info", "warn", "error", "debug", "trace", "table", "group", "groupEnd"],
  "assert",
]);

/** Name of the method if this calls the global console. */
export function consoleMethod(ts: TS, bindings: Bindings, node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const callee = node.expression;
  if (!ts.isPropertyAccessExpression(callee) || !ts.isIdentifier(callee.expression) || callee.expression.text !== "console")
    return undefined;
  return bindings.variable(callee.expression) === undefined ? callee.name.text : undefined;
}

export function prints(method: string | undefined): method is string {
  return method !== undefined && PRINTING.has(method);
}

/** A template literal that is printed may show tensors. */
export function isPrinted(ts: TS, bindings: Bindings, template: ts.Node): boolean {
  return prints(consoleMethod(ts, bindings, template.parent));
}
