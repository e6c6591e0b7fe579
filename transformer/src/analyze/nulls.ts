/**
 * Values that may be null or undefined (`Tensor | null`): where the graph may decide whether there is one.
 *
 *   if (best === null || x > best) best = x;      a test: a condition like any other; then `best`, which has a value there
 *   best ?? x, best?.mul(2), best!                 the same in one expression
 *
 * A test gives a boolean that may be one of the graph, so variables that hold it are conditions of the graph, too.
 */
import type ts from "typescript";
import { type FunctionNode, isPatternTarget, isTest, skipParentheses } from "../ast/nodes.ts";
import type { Tree } from "../ast/tree.ts";
import type { TS } from "../ast/typescript.ts";
import type { TypeFact } from "../types/oracle.ts";
import type { Facts } from "./facts.ts";
import type { Bindings, Variable } from "./scopes.ts";

export interface NullTest {
  readonly operand: ts.Expression;
  /** Name in the emitted namespace. */
  readonly name: "isNull" | "isUndefined" | "isNullish";
  readonly negated: boolean;
}

export interface Nulls {
  /** A comparison with null or undefined. */
  test(node: ts.BinaryExpression): NullTest | undefined;
  /**
   * `has`: the value decides a condition; `some`: TypeScript knows that it is there; `nonNull`: its declaration says so. A place
   * that is updated (`x += 1`) is read before it is written.
   */
  use(node: ts.Expression, isUpdated?: boolean): "has" | "some" | "nonNull" | undefined;
  /** Undefined is a value of the variable like any other. */
  isOptional(variable: Variable): boolean;
  /** The value may be missing here. */
  mayBeMissing(node: ts.Expression): boolean;
}

/**
 * Tensors, and structures of them, that may be missing; anything of type `any`. What TypeScript takes for null is among them: it does not
 * see assignments in functions that are called, nor that the graph decides whether the arm that narrowed it is the one.
 */
export function isOptional(fact: TypeFact): boolean {
  return fact.any || isNothing(fact) || (fact.nullable && (fact.tensor !== "no" || fact.structure === true));
}

/** Null and undefined, and `never`: null where TypeScript knows that it is not. */
export function isNothing(fact: TypeFact): boolean {
  return fact.tensor === "no" && fact.plain === "none";
}

export function findNulls(ts: TS, tree: Tree, facts: Facts, bindings: Bindings, functions: readonly FunctionNode[]): Nulls {
  const nodes = functions.flatMap((fn) => tree.within(fn));
  const tests = new Map<ts.Node, NullTest>();
  /** Variables and paths whose value somebody asks about. */
  const asked = new Set<Variable | string>();

  function keyOf(node: ts.Expression): Variable | string | undefined {
    const inner = skipParentheses(ts, node);
    if (ts.isIdentifier(inner)) return bindings.variable(inner);
    return ts.isPropertyAccessExpression(inner) || ts.isElementAccessExpression(inner) ? inner.getText() : undefined;
  }

  function ask(node: ts.Expression): void {
    const key = keyOf(node);
    if (key !== undefined && isOptional(facts.of(node))) asked.add(key);
  }

  function visit(node: ts.Node): void {
    if (ts.isBinaryExpression(node)) {
      const test = nullTest(ts, node);
      if (test !== undefined && isOptional(facts.of(test.operand))) {
        tests.set(node, test);
        ask(test.operand);
        facts.refine(node, "maybe");
      } else if (isCoalescing(ts, node)) ask(node.left);
    } else if (ts.isNonNullExpression(node)) ask(node.expression);
    else if (isChainLink(ts, node)) ask(node.expression);
    else if (ts.isExpression(node) && isTest(ts, node)) ask(node);
  }

  /** Booleans that hold what a test gave. True if there was a new one. */
  function follow(node: ts.Node): boolean {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined)
      return hold(bindings.variable(node.name), node.initializer);
    const isAssignment = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    return isAssignment && ts.isIdentifier(node.left) && hold(bindings.variable(node.left), node.right);
  }

  function hold(variable: Variable | undefined, value: ts.Expression): boolean {
    if (variable === undefined || !isTestResult(value) || facts.of(variable.declaration).tensor !== "no") return false;
    for (const node of [variable.declaration, ...variable.references.map((reference) => reference.node)]) facts.refine(node, "maybe");
    return true;
  }

  function isTestResult(node: ts.Expression): boolean {
    const inner = skipParentheses(ts, node);
    if (ts.isPrefixUnaryExpression(inner)) return inner.operator === ts.SyntaxKind.ExclamationToken && isTestResult(inner.operand);
    if (ts.isBinaryExpression(inner) && !tests.has(inner)) {
      const kind = inner.operatorToken.kind;
      const logical = kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
      return logical && (isTestResult(inner.left) || isTestResult(inner.right));
    }
    return tests.has(inner) || (ts.isIdentifier(inner) && facts.of(inner).plain === "boolean" && facts.of(inner).tensor === "maybe");
  }

  for (const node of nodes) visit(node);
  while (tests.size > 0 && nodes.filter(follow).length > 0);

  return {
    test: (node) => tests.get(node),
    use(node, isUpdated = false) {
      const fact = facts.of(node);
      if (!(ts.isIdentifier(node) || ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))) {
        return isTest(ts, node) && !fact.any && isOptional(fact) && isValue(node) ? "has" : undefined;
      }
      if (asked.size === 0 && !ts.isIdentifier(node)) return undefined;
      const key = keyOf(node);
      if (key === undefined || !(asked.has(key) || (typeof key === "object" && isAsserted(key))) || !(isUpdated || isRead(node)))
        return undefined;
      if (isTest(ts, node) && !fact.any && isOptional(fact)) return "has";
      if (typeof key === "object" && isAsserted(key)) return "nonNull";
      if (fact.nullable || (fact.tensor === "no" && fact.plain !== "other" && fact.plain !== "none")) return undefined;
      return "some";
    },
    mayBeMissing: (node) => isOptional(facts.of(node)),
    isOptional(variable) {
      const fact = facts.of(variable.declaration);
      return (isOptional(fact) && !fact.any) || isAsserted(variable);
    },
  };

  /** `let x!: Tensor`: has a value when it is read, says its author. */
  function isAsserted({ declaration }: Variable): boolean {
    const { parent } = declaration;
    if (!ts.isVariableDeclaration(parent) || parent.exclamationToken === undefined) return false;
    const fact = facts.of(declaration);
    return fact.tensor === "yes" || fact.structure === true;
  }

  function isValue(node: ts.Expression): boolean {
    return ts.isCallExpression(node) || ts.isAwaitExpression(node);
  }

  function isRead(node: ts.Expression): boolean {
    const { parent } = node;
    if (ts.isIdentifier(node)) {
      const reference = bindings.reference(node);
      return reference?.read === true && !reference.write;
    }
    if (ts.isBinaryExpression(parent) && parent.left === node) {
      const kind = parent.operatorToken.kind;
      return kind < ts.SyntaxKind.FirstAssignment || kind > ts.SyntaxKind.LastAssignment;
    }
    return (
      !isPatternTarget(ts, node) &&
      !ts.isDeleteExpression(parent) &&
      !ts.isPostfixUnaryExpression(parent) &&
      !(ts.isCallExpression(parent) && parent.expression === node)
    );
  }
}

/** `x ?? y`, `x ??= y`. */
export function isCoalescing(ts: TS, node: ts.Node): node is ts.BinaryExpression {
  if (!ts.isBinaryExpression(node)) return false;
  const kind = node.operatorToken.kind;
  return kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.QuestionQuestionEqualsToken;
}

/** The link of an optional chain that has the `?.`. */
export function isChainLink(ts: TS, node: ts.Node): node is ts.PropertyAccessExpression | ts.ElementAccessExpression | ts.CallExpression {
  const isLink = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) || ts.isCallExpression(node);
  return isLink && node.questionDotToken !== undefined;
}

function nullTest(ts: TS, node: ts.BinaryExpression): NullTest | undefined {
  const kind = node.operatorToken.kind;
  const strict = kind === ts.SyntaxKind.EqualsEqualsEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsEqualsToken;
  if (!strict && kind !== ts.SyntaxKind.EqualsEqualsToken && kind !== ts.SyntaxKind.ExclamationEqualsToken) return undefined;
  const negated = kind === ts.SyntaxKind.ExclamationEqualsEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsToken;
  for (const [side, operand] of [
    [node.left, node.right],
    [node.right, node.left],
  ] as const) {
    const inner = skipParentheses(ts, side);
    const isNull = inner.kind === ts.SyntaxKind.NullKeyword;
    if (isNull || (ts.isIdentifier(inner) && inner.text === "undefined") || ts.isVoidExpression(inner))
      return { operand, name: !strict ? "isNullish" : isNull ? "isNull" : "isUndefined", negated };
  }
  return undefined;
}
