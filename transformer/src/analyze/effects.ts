/**
 * Changes of JavaScript objects in place: `a.b = v`, `a[i] = v`, `a.b++`, `delete a.b`, `list.push(v)`.
 *
 * Each is described by its root, the variable or `this` at the start of the path. An object made in the function is its
 * own business; one that came from outside is changed once, while tracing, which no later call repeats.
 */
import type ts from "typescript";
import { type FunctionNode, isAssignmentOperator, isPatternTarget } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { CalleeFact } from "../types/oracle.ts";
import type { Facts } from "./facts.ts";
import type { Bindings, Variable } from "./scopes.ts";

export type Root = { readonly kind: "variable"; readonly variable: Variable } | { readonly kind: "this" } | { readonly kind: "fresh" };

export interface Mutation {
  /** The whole expression. */
  readonly node: ts.Node;
  /** The object that changes. */
  readonly object: ts.Expression;
}

const MUTATORS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["Array", new Set(["push", "pop", "shift", "unshift", "splice", "sort", "reverse", "fill", "copyWithin"])],
  ["Map", new Set(["set", "delete", "clear"])],
  ["WeakMap", new Set(["set", "delete"])],
  ["Set", new Set(["add", "delete", "clear"])],
  ["WeakSet", new Set(["add", "delete"])],
  ["ObjectConstructor", new Set(["assign", "defineProperty", "defineProperties", "setPrototypeOf"])],
]);
const TYPED_ARRAY_MUTATORS: ReadonlySet<string> = new Set(["set", "fill", "sort", "reverse", "copyWithin"]);

/** The change that a node makes, if it makes one. `callee` is what a call resolves to. */
export function mutationOf(ts: TS, facts: Facts, node: ts.Node, callee: CalleeFact | undefined): Mutation | undefined {
  if (ts.isBinaryExpression(node) && isAssignmentOperator(ts, node.operatorToken.kind)) return ofTarget(ts, facts, node, node.left);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const steps = node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
    return steps ? ofTarget(ts, facts, node, node.operand) : undefined;
  }
  if (ts.isExpression(node) && isPatternTarget(ts, node)) return ofTarget(ts, facts, node, node);
  if (ts.isDeleteExpression(node)) return ofTarget(ts, facts, node, node.expression);
  if (!ts.isCallExpression(node) || callee === undefined || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { owner } = callee;
  const name = node.expression.name.text;
  if (owner === undefined) return undefined;
  const mutates =
    MUTATORS.get(owner)?.has(name) ?? (/^(?:Big)?(?:Ui|I)nt\w*Array$|^Float\w*Array$/.test(owner) && TYPED_ARRAY_MUTATORS.has(name));
  if (!mutates) return undefined;
  const object = owner === "ObjectConstructor" ? node.arguments[0] : node.expression.expression;
  return object === undefined ? undefined : { node, object };
}

/** `t[i] = v` of a tensor variable rebinds the variable and changes nothing in place. */
function ofTarget(ts: TS, facts: Facts, node: ts.Node, target: ts.Expression): Mutation | undefined {
  if (ts.isParenthesizedExpression(target) || ts.isNonNullExpression(target)) return ofTarget(ts, facts, node, target.expression);
  if (ts.isPropertyAccessExpression(target)) return { node, object: target.expression };
  if (!ts.isElementAccessExpression(target)) return undefined;
  if (facts.of(target.expression).tensor === "yes") return ofTarget(ts, facts, node, target.expression);
  return { node, object: target.expression };
}

/** Where the object of a path comes from. A const that names another path is followed. */
export function rootOf(ts: TS, bindings: Bindings, node: ts.Expression): Root {
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return rootOf(ts, bindings, node.expression);
  if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
    return rootOf(ts, bindings, node.expression);
  }
  if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) return { kind: "this" };
  if (!ts.isIdentifier(node)) return { kind: "fresh" };
  const variable = bindings.variable(node);
  if (variable === undefined) return { kind: "fresh" };
  const { parent } = variable.declaration;
  if (variable.kind === "const" && ts.isVariableDeclaration(parent) && parent.initializer !== undefined && isPath(ts, parent.initializer)) {
    return rootOf(ts, bindings, parent.initializer);
  }
  return { kind: "variable", variable };
}

function isPath(ts: TS, node: ts.Expression): boolean {
  return (
    ts.isIdentifier(node) ||
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node) ||
    node.kind === ts.SyntaxKind.ThisKeyword
  );
}

export interface Effects {
  /** Changes objects that it was given: parameters, `this`. */
  readonly given: boolean;
  /** Changes objects declared around it. */
  readonly outer: boolean;
  /** Assigns variables declared around it. */
  readonly assigns: boolean;
}

/** What calling the function, with these nodes, changes, apart from functions that it calls in turn. */
export function ownEffects(
  ts: TS,
  facts: Facts,
  bindings: Bindings,
  fn: FunctionNode,
  nodes: readonly ts.Node[],
  calleeOf: (node: ts.Node) => CalleeFact | undefined,
): Effects {
  let given = false;
  let outer = false;
  let assigns = false;
  const isConstructor = ts.isConstructorDeclaration(fn);
  for (const node of nodes) {
    const mutation = mutationOf(ts, facts, node, calleeOf(node));
    if (mutation !== undefined) {
      const root = rootOf(ts, bindings, mutation.object);
      if (root.kind === "this") given ||= !isConstructor;
      else if (root.kind === "variable") {
        const { variable } = root;
        if (variable.kind === "parameter" && variable.owner === fn) given = true;
        else if (!isDeclaredIn(variable, fn)) outer = true;
      }
    }
    const reference = bindings.reference(node);
    const variable = reference?.write && !(reference.indexed && facts.of(node).tensor === "no") ? bindings.variable(node) : undefined;
    if (variable !== undefined && !isDeclaredIn(variable, fn)) assigns = true;
  }
  return { given, outer, assigns };
}

export function isDeclaredIn(variable: Variable, range: { pos: number; end: number }): boolean {
  return variable.declaration.pos >= range.pos && variable.declaration.end <= range.end;
}
