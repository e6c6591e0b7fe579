/** Calls of node:assert that test one condition: `assert(c)`, `assert.ok(c)`, `ok(c)`. */
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";
import type { Bindings } from "./scopes.ts";

const MODULE = /^(?:node:)?assert(?:\/strict)?$/;

export function isAssertion(ts: TS, bindings: Bindings, node: ts.CallExpression): boolean {
  const callee = node.expression;
  if (ts.isIdentifier(callee)) return importedName(ts, bindings, callee) !== undefined;
  if (!ts.isPropertyAccessExpression(callee) || !ts.isIdentifier(callee.expression)) return false;
  return callee.name.text === "ok" && importedName(ts, bindings, callee.expression) !== undefined;
}

/** What an identifier stands for in node:assert, if it is a function that tests a condition. */
function importedName(ts: TS, bindings: Bindings, node: ts.Identifier): string | undefined {
  const { parent } = bindings.variable(node)?.declaration ?? {};
  if (parent === undefined) return undefined;
  let declaration: ts.Node = parent;
  while (!ts.isImportDeclaration(declaration)) {
    if (declaration.parent === undefined) return undefined;
    declaration = declaration.parent;
  }
  if (!ts.isStringLiteral(declaration.moduleSpecifier) || !MODULE.test(declaration.moduleSpecifier.text)) return undefined;
  const name = ts.isImportSpecifier(parent) ? (parent.propertyName ?? parent.name).text : "default";
  return /^(?:default|ok|assert|strict)$/.test(name) ? name : undefined;
}
