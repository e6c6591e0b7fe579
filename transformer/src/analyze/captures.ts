/**
 * What a marked function reads from around it and what may change between two calls: reassigned variables, and properties
 * of captured objects. The runtime compares their values per call, and traces again when one differs.
 *
 *   let k = 2; const cfg = { rate: 0.1 };
 *   graphFunction((x) => x * k * cfg.rate)        captures: k, cfg.rate
 *
 * Functions of the same file that are called from it are read along. Only plain paths are taken (no calls, no computed
 * keys): evaluating them has no effects.
 */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { ParsedFile } from "../parse/parse.ts";
import type { Facts } from "./facts.ts";
import type { Bindings, Variable } from "./scopes.ts";

export function collectCaptures(
  ts: TS,
  file: ParsedFile,
  facts: Facts,
  bindings: Bindings,
  fn: FunctionNode,
  called: readonly FunctionNode[],
): string[] {
  const captures = new Set<string>();
  const hasOwnThis = ts.isMethodDeclaration(fn) || ts.isArrowFunction(fn);

  function visit(node: ts.Node, root: FunctionNode): void {
    if (ts.isTypeNode(node)) return;
    if (ts.isPropertyAccessExpression(node)) {
      const path = capturedPath(node, root);
      if (path !== undefined) {
        if (!isCallee(node) && isGuarded(node)) captures.add(path);
        return;
      }
    } else if (ts.isIdentifier(node)) {
      const variable = bindings.variable(node);
      if (
        variable !== undefined &&
        !isOurs(node.text) &&
        isOutside(variable, root) &&
        changes(variable) &&
        isVisible(variable) &&
        isGuarded(node)
      )
        captures.add(node.text);
      return;
    }
    ts.forEachChild(node, (child) => visit(child, root));
  }

  /** `a.b.c` of a captured `a`, written so that a missing object on the way is no error. */
  function capturedPath(node: ts.PropertyAccessExpression, root: FunctionNode): string | undefined {
    const names: string[] = [];
    let at: ts.Expression = node;
    while (ts.isPropertyAccessExpression(at)) {
      if (!ts.isIdentifier(at.name)) return undefined;
      names.unshift(at.name.text);
      at = at.expression;
    }
    const first = rootName(at, root);
    if (first === undefined) return undefined;
    return names.reduce((path, name, i) => `${path}${i === 0 && !facts.of(at).nullable ? "." : "?."}${name}`, first);
  }

  function rootName(node: ts.Expression, root: FunctionNode): string | undefined {
    if (node.kind === ts.SyntaxKind.ThisKeyword) return root === fn && hasOwnThis && thisOwner(node) === fn ? "this" : undefined;
    if (!ts.isIdentifier(node)) return undefined;
    const variable = bindings.variable(node);
    if (variable === undefined || !isOutside(variable, root) || !isVisible(variable)) return undefined;
    return isOurs(node.text) || variable.kind === "function" ? undefined : node.text;
  }

  function isOurs(name: string): boolean {
    return file.imports.namespaces.has(name) || file.imports.names.has(name);
  }

  /** The function whose `this` it is. */
  function thisOwner(node: ts.Node): ts.Node | undefined {
    for (let at = node.parent; at !== undefined; at = at.parent) {
      if (at === fn) return fn;
      if (isFunctionNode(ts, at) && !ts.isArrowFunction(at)) return at;
    }
    return undefined;
  }

  function isOutside(variable: Variable, root: FunctionNode): boolean {
    return variable.declaration.pos < root.pos || variable.declaration.end > root.end;
  }

  /** The paths are evaluated where the marked function stands. */
  function isVisible(variable: Variable): boolean {
    return variable.scope.pos <= fn.pos && fn.end <= variable.scope.end;
  }

  function changes(variable: Variable): boolean {
    if (variable.kind === "import") return true;
    return variable.references.some((reference) => reference.write);
  }

  function isCallee(node: ts.PropertyAccessExpression): boolean {
    const { parent } = node;
    if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return parent.expression === node;
    return (
      ts.isTaggedTemplateExpression(parent) ||
      (ts.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken)
    );
  }

  /** Numbers, booleans, strings and tensors; objects are followed through their properties. */
  function isGuarded(node: ts.Node): boolean {
    const fact = facts.of(node);
    return fact.tensor !== "no" || fact.plain === "number" || fact.plain === "boolean" || fact.plain === "string";
  }

  for (const root of [fn, ...called]) visit(root, root);
  return [...captures];
}
