/**
 * Generators whose control flow the graph may decide on. A graph does not suspend, so such a generator is emitted as a function that calls the
 * body of the loop over it wherever it yields:
 *
 *   function* upTo(n) { for (let i: Tensor = 0; i < n; i++) yield i; }
 *   for (const i of upTo(n)) sum += i;                                    the body runs inside of the generator's own loop
 *
 * Generators that JavaScript alone decides on stay generators.
 */
import type ts from "typescript";
import { enclosingFunction, type FunctionNode, isFunctionNode, isLoop, skipParentheses } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { CalleeFact } from "../types/oracle.ts";
import { isAsync } from "./asynchronous.ts";
import type { Structure } from "./exits.ts";
import type { Facts, Staging } from "./facts.ts";
import { walkRegions } from "./regions.ts";
import type { Bindings } from "./scopes.ts";

export interface Generators {
  /** The body of the loop over it runs where it yields. */
  pushes(fn: ts.Node): boolean;
  /** The expression of a `for…of` or `yield*` is a call of such a generator. */
  isPushed(items: ts.Expression): boolean;
  /** "dynamic": whether the graph decides is up to the loop over it. */
  staging(items: ts.Expression): Staging;
}

export function generatorsAmong(
  ts: TS,
  calleeOf: (node: ts.Node) => CalleeFact | undefined,
  stagingOf: (callee: CalleeFact) => Staging,
  pushes: (fn: ts.Node) => boolean,
): Generators {
  function staging(items: ts.Expression): Staging {
    const call = skipParentheses(ts, items);
    const callee = ts.isCallExpression(call) && isConsumed(ts, call) ? calleeOf(call) : undefined;
    return callee === undefined ? "static" : stagingOf(callee);
  }
  return { pushes, staging, isPushed: (items) => staging(items) !== "static" };
}

/** Where a call gives a generator something that may go over it: `for (const x of gen())`, `yield* gen();`. */
export function isConsumed(ts: TS, call: ts.Node): boolean {
  let { parent } = call;
  while (ts.isParenthesizedExpression(parent)) parent = parent.parent;
  if (ts.isForOfStatement(parent)) return isOver(ts, parent, call);
  return ts.isYieldExpression(parent) && parent.asteriskToken !== undefined && ts.isExpressionStatement(parent.parent);
}

/** Names that stand outside of the loop are assigned by their own rules. */
function isOver(ts: TS, loop: ts.ForOfStatement, call: ts.Node): boolean {
  const isItems = call.pos >= loop.expression.pos && call.end <= loop.expression.end;
  return isItems && loop.awaitModifier === undefined && ts.isVariableDeclarationList(loop.initializer);
}

export function isGenerator(fn: FunctionNode): boolean {
  return (fn as { asteriskToken?: ts.Node }).asteriskToken !== undefined;
}

/** Each `yield` of the function's own, if the body of a loop may run in its place: as a statement, and where nothing catches what that throws. */
export function pushableYields(ts: TS, fn: FunctionNode): readonly ts.YieldExpression[] | undefined {
  if (!isGenerator(fn) || isAsync(ts, fn)) return undefined;
  const found: ts.YieldExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (isFunctionNode(ts, node)) return;
    if (ts.isYieldExpression(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  if (fn.body !== undefined) ts.forEachChild(fn.body, visit);
  return found.every((node) => isPushable(ts, node, fn)) ? found : undefined;
}

function isPushable(ts: TS, node: ts.YieldExpression, fn: FunctionNode): boolean {
  if (!ts.isExpressionStatement(node.parent) || node.expression === undefined) return false;
  for (let at: ts.Node = node; at !== fn; at = at.parent) {
    const { parent } = at;
    if (!ts.isTryStatement(parent)) continue;
    if (at === parent.finallyBlock || (at === parent.tryBlock && parent.catchClause !== undefined)) return false;
    if (parent.finallyBlock !== undefined && mayLeave(ts, parent.finallyBlock)) return false;
  }
  return true;
}

/** What a loop that is left runs of a generator does not change how the loop is left. */
function mayLeave(ts: TS, node: ts.Node): boolean {
  if (ts.isReturnStatement(node) || ts.isBreakStatement(node) || ts.isContinueStatement(node) || ts.isThrowStatement(node)) return true;
  return !isFunctionNode(ts, node) && (ts.forEachChild(node, (child) => mayLeave(ts, child)) ?? false);
}

/** Ends only when the loop over it is left, and nothing but loops go over it as far as this file shows. */
export function isEndless(ts: TS, bindings: Bindings, fn: FunctionNode, yields: readonly ts.YieldExpression[]): boolean {
  if (fn.name === undefined || isExported(ts, fn) || !yields.some((node) => isInEndlessLoop(ts, node))) return false;
  const references = bindings.variable(fn.name)?.references ?? [];
  return (
    references.length > 0 &&
    references.every(({ node }) => ts.isCallExpression(node.parent) && node.parent.expression === node && isConsumed(ts, node.parent))
  );
}

function isExported(ts: TS, fn: FunctionNode): boolean {
  return (fn.modifiers as readonly ts.ModifierLike[] | undefined)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

function isInEndlessLoop(ts: TS, node: ts.Node): boolean {
  for (let at = node.parent; !isFunctionNode(ts, at); at = at.parent) {
    if (!isLoop(ts, at) || ts.isForOfStatement(at) || ts.isForInStatement(at)) continue;
    const test = ts.isForStatement(at) ? at.condition : at.expression;
    if (test === undefined || test.kind === ts.SyntaxKind.TrueKeyword) return true;
  }
  return false;
}

/** Some `yield` stands where the graph decides, or is followed by a finalizer that runs when the loop is left. */
export function isDecided(
  ts: TS,
  facts: Facts,
  structure: Structure,
  generators: Generators,
  fn: FunctionNode,
  yields: readonly ts.YieldExpression[],
): boolean {
  if (yields.some((node) => hasFinally(ts, node) || generators.isPushed(node.expression as ts.Expression))) return true;
  const own = new Set<ts.Node>(yields);
  let decided = false;
  walkRegions(ts, facts, structure, fn, (node, region) => {
    if (region !== undefined && own.has(node)) decided = true;
    return "enter";
  });
  return decided;
}

export function hasFinally(ts: TS, node: ts.Node): boolean {
  for (let at = node.parent; at !== undefined && !isFunctionNode(ts, at); at = at.parent)
    if (ts.isTryStatement(at) && at.finallyBlock !== undefined) return true;
  return false;
}

/** The `yield` of a statement in a generator that calls the body of the loop over it. */
export function pushedYield(ts: TS, generators: Generators, node: ts.Node): ts.YieldExpression | undefined {
  if (!ts.isExpressionStatement(node) || !ts.isYieldExpression(node.expression)) return undefined;
  const owner = enclosingFunction(ts, node);
  return owner !== undefined && generators.pushes(owner) ? node.expression : undefined;
}
