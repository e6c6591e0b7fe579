/**
 * The nodes of each statement of a file in a row, in the order of the text and without types: analyses loop over the part that they look at.
 *
 *   f(a + 1)      → f(a + 1), f, a + 1, a, +, 1           each node is followed by all that is inside of it
 *
 * Made in one walk. Walking the tree itself costs a closure and a call per node, each time.
 */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode } from "./nodes.ts";
import { ByStatement, PerStatement } from "./per-statement.ts";
import type { TS } from "./typescript.ts";

export interface Tree {
  /** By statement of the file. */
  readonly statements: readonly StatementTree[];
  /** A function and what is inside of it. */
  within(fn: FunctionNode): readonly ts.Node[];
  /** The function whose parameter list opens right before an offset. */
  functionAt(parameters: number): FunctionNode | undefined;
}

export interface StatementTree {
  readonly node: ts.Statement;
  readonly nodes: readonly ts.Node[];
  /** Where functions begin and end in `nodes`. */
  readonly ranges: ReadonlyMap<FunctionNode, { readonly start: number; readonly end: number }>;
  /** By the offset of their parameters in the statement. */
  readonly functions: ReadonlyMap<number, FunctionNode>;
}

const TREES = new PerStatement<StatementTree>();

export function treeOf(ts: TS, { statements }: ts.SourceFile): Tree {
  const trees = new ByStatement(statements, (node) => TREES.of(node, [], () => statementTree(ts, node)));
  return {
    statements: trees.parts,
    within(fn) {
      const tree = trees.at(fn.pos);
      const range = tree?.ranges.get(fn);
      return tree === undefined || range === undefined ? [] : tree.nodes.slice(range.start, range.end);
    },
    functionAt(parameters) {
      const tree = trees.at(parameters);
      return tree?.functions.get(parameters - tree.node.pos);
    },
  };
}

function statementTree(ts: TS, statement: ts.Statement): StatementTree {
  const nodes: ts.Node[] = [];
  const ranges = new Map<FunctionNode, { start: number; end: number }>();
  const functions = new Map<number, FunctionNode>();

  function visit(node: ts.Node): void {
    if (isType(ts, node)) return;
    const start = nodes.push(node) - 1;
    const isFunction = isFunctionNode(ts, node);
    ts.forEachChild(node, visit);
    if (!isFunction) return;
    ranges.set(node, { start, end: nodes.length });
    functions.set(node.parameters.pos - statement.pos, node);
  }

  visit(statement);
  return { node: statement, nodes, ranges, functions };
}

/** Nothing in it runs. What a class extends does. */
function isType(ts: TS, node: ts.Node): boolean {
  if (ts.isHeritageClause(node)) return node.token === ts.SyntaxKind.ImplementsKeyword;
  if (ts.isTypeNode(node)) return !ts.isExpressionWithTypeArguments(node);
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}
