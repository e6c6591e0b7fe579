/**
 * The nodes of a file in a row, in the order of the text and without types: analyses loop over the part that they look at.
 *
 *   f(a + 1)      → f(a + 1), f, a + 1, a, +, 1           each node is followed by all that is inside of it
 *
 * Made in one walk. Walking the tree itself costs a closure and a call per node, each time.
 */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode } from "./nodes.ts";
import type { TS } from "./typescript.ts";

export interface Tree {
  readonly nodes: readonly ts.Node[];
  /** A function and what is inside of it. */
  within(fn: FunctionNode): readonly ts.Node[];
  /** The function whose parameter list opens right before an offset. */
  functionAt(parameters: number): FunctionNode | undefined;
}

interface Range {
  readonly fn: FunctionNode;
  readonly start: number;
  end: number;
}

export function treeOf(ts: TS, sourceFile: ts.SourceFile): Tree {
  const nodes: ts.Node[] = [];
  const ranges = new Map<FunctionNode, Range>();
  const byParameters = new Map<number, FunctionNode>();

  function visit(node: ts.Node): void {
    if (isType(ts, node)) return;
    const start = nodes.push(node) - 1;
    const isFunction = isFunctionNode(ts, node);
    ts.forEachChild(node, visit);
    if (!isFunction) return;
    ranges.set(node, { fn: node, start, end: nodes.length });
    byParameters.set(node.parameters.pos, node);
  }

  visit(sourceFile);
  return {
    nodes,
    within(fn) {
      const range = ranges.get(fn);
      return range === undefined ? [] : nodes.slice(range.start, range.end);
    },
    functionAt: (parameters) => byParameters.get(parameters),
  };
}

/** Nothing in it runs. What a class extends does. */
function isType(ts: TS, node: ts.Node): boolean {
  if (ts.isHeritageClause(node)) return node.token === ts.SyntaxKind.ImplementsKeyword;
  if (ts.isTypeNode(node)) return !ts.isExpressionWithTypeArguments(node);
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}
