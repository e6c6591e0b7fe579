/**
 * Walks a function and tells for every node which region of staged code it stands in, if any: the thunk of the innermost
 * construct that the graph may decide. Code in a region runs while tracing whether or not the graph takes that path, so
 * effects on JavaScript values are not allowed there.
 *
 *   if (x > 0) { a(); } b();        a() stands in the region of the `if`, b() in none
 *   if (x > 0) return 1; b();       b() stands in the region of the `if`: it runs only on one path
 */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode, isLoop } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { Structure } from "./exits.ts";
import { type Facts, testStaging } from "./facts.ts";
import { isCoalescing, isOptional } from "./nulls.ts";

export interface Region {
  /** Words for messages: "while loop". */
  readonly construct: string;
  readonly node: ts.Node;
  /** Text range of the thunk: what is declared in it belongs to it. */
  readonly start: number;
  readonly end: number;
}

/** An expression that may leave a part of itself alone. */
export type LazyExpression = ts.ConditionalExpression | ts.BinaryExpression;
/** `skip` leaves out what is inside the node. */
export type RegionVisitor = (node: ts.Node, region: Region | undefined) => "enter" | "skip";

/** A node, its region, and the index of what follows the last node inside of it. */
interface Placed {
  readonly node: ts.Node;
  readonly region: Region | undefined;
  end: number;
}

/** By structure: several analyses walk the same functions. */
const known = new WeakMap<Structure, Map<FunctionNode, readonly Placed[]>>();

export function walkRegions(ts: TS, facts: Facts, structure: Structure, fn: FunctionNode, visit: RegionVisitor): void {
  const functions = known.get(structure) ?? new Map<FunctionNode, readonly Placed[]>();
  known.set(structure, functions);
  const nodes = functions.get(fn) ?? placeNodes(ts, facts, structure, fn);
  functions.set(fn, nodes);
  for (let i = 0; i < nodes.length; ) {
    const { node, region, end } = nodes[i] as Placed;
    i = visit(node, region) === "skip" ? end : i + 1;
  }
}

function placeNodes(ts: TS, facts: Facts, structure: Structure, fn: FunctionNode): readonly Placed[] {
  const placed: Placed[] = [];

  function walk(node: ts.Node | undefined, region: Region | undefined): void {
    if (node === undefined || ts.isTypeNode(node)) return;
    const place: Placed = { node, region, end: 0 };
    placed.push(place);
    inner(node, region);
    place.end = placed.length;
  }

  function inner(node: ts.Node, region: Region | undefined): void {
    if (ts.isBlock(node) || ts.isCaseOrDefaultClause(node)) {
      if (ts.isCaseClause(node)) walk(node.expression, region);
      return list(node.statements, region);
    }
    if (ts.isIfStatement(node) && structure.lowered.has(node)) {
      walk(node.expression, region);
      walk(node.thenStatement, inside("if", node, node.thenStatement));
      if (node.elseStatement !== undefined) walk(node.elseStatement, inside("if", node, node.elseStatement));
      return;
    }
    if (isLoop(ts, node) && structure.lowered.has(node)) return loop(node, region);
    if (ts.isTryStatement(node) && structure.lowered.has(node)) {
      for (const part of [node.tryBlock, node.catchClause, node.finallyBlock])
        if (part !== undefined) walk(part, inside("try", node, part));
      return;
    }
    if (ts.isSwitchStatement(node) && structure.lowered.has(node)) {
      walk(node.expression, region);
      return walk(node.caseBlock, inside("switch", node, node.caseBlock));
    }
    if (ts.isConditionalExpression(node) && isLazy(ts, facts, node)) {
      walk(node.condition, region);
      walk(node.whenTrue, inside("?:", node, node.whenTrue));
      walk(node.whenFalse, inside("?:", node, node.whenFalse));
      return;
    }
    if (ts.isBinaryExpression(node) && isLazy(ts, facts, node)) {
      walk(node.left, region);
      walk(node.right, inside(node.operatorToken.getText(), node, node.right));
      return;
    }
    ts.forEachChild(node, (child) => walk(child, region));
  }

  function list(statements: readonly ts.Statement[], region: Region | undefined): void {
    let current = region;
    statements.forEach((statement, i) => {
      walk(statement, current);
      const next = statements[i + 1];
      const last = statements[statements.length - 1];
      if (structure.hasStagedExit(statement) && next !== undefined && last !== undefined) {
        current = { construct: nameOf(ts, statement), node: statement, start: next.pos, end: last.end };
      }
    });
  }

  function loop(node: ts.IterationStatement, region: Region | undefined): void {
    if (ts.isForStatement(node)) {
      walk(node.initializer, region);
      const inner = inside(nameOf(ts, node), node, node, (node.condition ?? node.incrementor ?? node.statement).pos);
      walk(node.condition, inner);
      walk(node.incrementor, inner);
      return walk(node.statement, inner);
    }
    const inner = inside(nameOf(ts, node), node, node);
    if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
      walk(node.expression, region);
      walk(node.initializer, inner);
    } else {
      walk((node as ts.WhileStatement).expression, inner);
    }
    walk(node.statement, inner);
  }

  function inside(construct: string, node: ts.Node, part: ts.Node, start = part.pos): Region {
    return { construct, node, start, end: part.end };
  }

  for (const parameter of fn.parameters) walk(parameter, undefined);
  walk(fn.body, undefined);
  return placed;
}

/** `&&`, `||`, `&&=`, `||=` and `?:` that the graph may decide: what they evaluate lazily stands in thunks. */
export function isLazy(ts: TS, facts: Facts, node: ts.Node): node is LazyExpression {
  if (ts.isConditionalExpression(node)) return testStaging(ts, facts, node.condition) !== "static";
  if (!ts.isBinaryExpression(node)) return false;
  const kind = node.operatorToken.kind;
  const logical = kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
  const { left } = node;
  if (isCoalescing(ts, node)) return isOptional(facts.of(left));
  const assigns = kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken || kind === ts.SyntaxKind.BarBarEqualsToken;
  return (logical || assigns) && testStaging(ts, facts, left) !== "static";
}

/** What a construct is called in messages. */
export function nameOf(ts: TS, node: ts.Node): string {
  if (ts.isLabeledStatement(node)) return nameOf(ts, node.statement);
  if (ts.isForOfStatement(node)) return "for…of loop";
  if (ts.isForInStatement(node)) return "for…in loop";
  if (ts.isForStatement(node)) return "for loop";
  if (ts.isWhileStatement(node)) return "while loop";
  if (ts.isDoStatement(node)) return "do…while loop";
  if (ts.isSwitchStatement(node)) return "switch";
  if (ts.isConditionalExpression(node)) return "?:";
  if (ts.isBinaryExpression(node)) return node.operatorToken.getText();
  if (ts.isExpressionStatement(node)) return "yield";
  return ts.isBlock(node) ? "block" : "if";
}

/** The function whose own statements a node belongs to. */
export function ownerOf(ts: TS, node: ts.Node): FunctionNode | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent) if (isFunctionNode(ts, at)) return at;
  return undefined;
}
