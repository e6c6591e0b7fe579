/**
 * Marked async functions: what stands up to the last statement that awaits is plain JavaScript, run at each call; the rest is the graph.
 *
 *   async function f(x: Tensor, url: string) {
 *     const w = await load(url);          plain
 *     let y: Tensor = x;                  the graph: a function of x and w
 *     while (y < w) y = y * 2;
 *     return y;
 *   }
 */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import { isDeclaredIn } from "./effects.ts";
import type { Bindings, Variable } from "./scopes.ts";

export interface AsyncParts {
  /** The first statement of the graph part. */
  readonly first: ts.Statement;
  /** What the graph part takes from before it, in the order of their declarations. */
  readonly variables: readonly Variable[];
}

export function isAsync(ts: TS, fn: FunctionNode): boolean {
  return (fn.modifiers as readonly ts.ModifierLike[] | undefined)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true;
}

/** Undefined for functions that are not async, and for those that await to their end. */
export function asyncParts(ts: TS, bindings: Bindings, fn: FunctionNode): AsyncParts | undefined {
  const { body } = fn;
  if (!isAsync(ts, fn) || body === undefined || !ts.isBlock(body)) return undefined;
  const { statements } = body;
  const first = statements[statements.findLastIndex((statement) => awaits(ts, statement)) + 1];
  if (first === undefined) return undefined;
  const variables = bindings.variables
    .filter(
      (variable) =>
        variable.owner === fn &&
        variable.declaration.pos < first.pos &&
        variable.references.some(({ node }) => isWithin(node, first.pos, body.end)),
    )
    .sort((a, b) => a.declaration.pos - b.declaration.pos);
  return { first, variables };
}

/** Variables that functions before the graph part share with it, and that one of them assigns. */
export function sharedState(parts: AsyncParts, fn: FunctionNode): Variable | undefined {
  return parts.variables.find(({ references }) =>
    references.some(({ write, owner, node }) => write && owner !== fn && isDeclaredIn({ declaration: node } as Variable, fn)),
  );
}

function awaits(ts: TS, node: ts.Node): boolean {
  if (isFunctionNode(ts, node)) return false;
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)) return true;
  return ts.forEachChild(node, (child) => awaits(ts, child)) ?? false;
}

function isWithin(node: ts.Node, start: number, end: number): boolean {
  return node.pos >= start && node.end <= end;
}
