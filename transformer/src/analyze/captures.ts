/**
 * What a marked function reads from around it and what may change between two calls: reassigned variables, properties of
 * captured objects, and everything in an object that is used in another way. The runtime compares it per call, and traces again
 * when something differs.
 *
 *   let k = 2; const cfg = { rate: 0.1 }; const layers = [{ w }, { w: v }];
 *   graphFunction((x) => { for (const { w } of layers) x = x * w; return x * k * cfg.rate; })
 *                                                     captures: $.contents(layers), k, cfg.rate
 *
 * Functions of the same file that are called from it are read along. Paths call nothing and have constant keys only: evaluating
 * them has no effects.
 */
import type ts from "typescript";
import { type FunctionNode, isAssignmentOperator, isFunctionNode } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { ParsedFile } from "../parse/parse.ts";
import type { CalleeFact } from "../types/oracle.ts";
import type { Facts } from "./facts.ts";
import type { Bindings, Variable } from "./scopes.ts";

export interface Capture {
  /** Evaluated where the marked function stands: `cfg.nested?.rate`. */
  readonly path: string;
  /** Everything in the object counts, and not which object it is. */
  readonly contents: boolean;
  /** For people: `cfg.nested.rate`, and where it is read first. */
  readonly name: string;
  readonly at: string;
}

export interface CapturesInput {
  readonly ts: TS;
  readonly file: ParsedFile;
  readonly facts: Facts;
  readonly bindings: Bindings;
  /** What the call at a node resolves to. */
  readonly calleeOf: (node: ts.Node) => CalleeFact | undefined;
}

type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;

export function collectCaptures(input: CapturesInput, fn: FunctionNode, called: readonly FunctionNode[]): Capture[] {
  const { ts, file, facts, bindings, calleeOf } = input;
  const captures = new Map<string, Capture>();
  const hasOwnThis = ts.isMethodDeclaration(fn) || ts.isArrowFunction(fn);

  function visit(node: ts.Node, root: FunctionNode): void {
    if (ts.isTypeNode(node)) return;
    const path = pathOf(node, root);
    if (path === undefined) ts.forEachChild(node, (child) => visit(child, root));
    else if (isCallee(node)) call(node as ts.Expression, path, root);
    else if (!isAssigned(node)) read(node, path);
  }

  /** The longest path: numbers, texts, functions and tensors count as such, of objects what is in them. */
  function read(node: ts.Node, path: string): void {
    const fact = facts.of(node);
    const isObject = fact.any || (fact.tensor === "no" && fact.plain === "other");
    if (isObject && fact.dataset !== true) add(node, path, true);
    else if (mayChange(node) && !isImportedFunction(node)) add(node, path, false);
  }

  /** Methods of this project see to what they read of `this`; of other receivers anything may be read. */
  function call(node: ts.Expression, path: string, root: FunctionNode): void {
    const callee = calleeOf(node.parent);
    if (callee?.origin === "graphfn") {
      if (isAccess(node)) visit(node.expression, root);
    } else if (!isAccess(node)) {
      if (mayChange(node) && !isImportedFunction(node)) add(node, path, false);
    } else if (callee?.origin === "project" && callee.owner === undefined) {
      // A property that holds a function.
      add(node, path, false);
    } else {
      const receiver = node.expression;
      const ofReceiver = pathOf(receiver, root);
      if (ofReceiver === undefined) visit(receiver, root);
      else if (callee?.origin !== "project" || callee.parameters < 0) read(receiver, ofReceiver);
      else if (mayChange(receiver)) add(receiver, ofReceiver, false);
    }
  }

  function add(node: ts.Node, path: string, contents: boolean): void {
    const key = contents ? `${path} in full` : path;
    if (captures.has(key)) return;
    const name = path.replaceAll("?.[", "[").replaceAll("?.", ".");
    captures.set(key, { path, contents, name, at: file.lines.at(node.getStart(file.sourceFile)) });
  }

  /** `a.b[0]` of a captured `a`, written so that a missing object on the way is no error. */
  function pathOf(node: ts.Node, root: FunctionNode): string | undefined {
    let at = node;
    while (isAccess(at)) at = at.expression;
    // Of most nodes there is none.
    const first = rootName(at, root);
    if (first === undefined) return undefined;
    const keys: string[] = [];
    for (let access = node; isAccess(access); access = access.expression) {
      const key = keyOf(access);
      // What a library object gives out is the library's business.
      if (key === undefined || facts.of(access.expression).plain === "library") return undefined;
      keys.unshift(key);
    }
    return keys.reduce((path, key, i) => {
      const sure = i === 0 && !facts.of(at).nullable;
      return `${path}${sure ? (key.startsWith("[") ? "" : ".") : "?."}${key}`;
    }, first);
  }

  function keyOf(node: Access): string | undefined {
    if (ts.isPropertyAccessExpression(node)) return node.name.text;
    const key = node.argumentExpression;
    return ts.isNumericLiteral(key) || ts.isStringLiteralLike(key) ? `[${key.getText()}]` : undefined;
  }

  function isAccess(node: ts.Node): node is Access {
    return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
  }

  function rootName(node: ts.Node, root: FunctionNode): string | undefined {
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

  /** Properties may always change; a variable does where something assigns it, an imported one wherever it is declared. */
  function mayChange(node: ts.Node): boolean {
    const variable = isAccess(node) ? undefined : bindings.variable(node);
    if (variable === undefined) return isAccess(node);
    return variable.kind === "import" || variable.references.some((reference) => reference.write);
  }

  /** Functions of other modules stay what they are. */
  function isImportedFunction(node: ts.Node): boolean {
    return bindings.variable(node)?.kind === "import" && facts.of(node).plain === "function";
  }

  function isCallee(node: ts.Node): boolean {
    const { parent } = node;
    if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return parent.expression === node;
    return ts.isTaggedTemplateExpression(parent) && parent.tag === node;
  }

  function isAssigned(node: ts.Node): boolean {
    const { parent } = node;
    return ts.isBinaryExpression(parent) && parent.left === node && isAssignmentOperator(ts, parent.operatorToken.kind);
  }

  for (const root of [fn, ...called]) visit(root, root);
  return [...captures.values()];
}
