/**
 * Which constructs leave plain JavaScript, and which statements may end abruptly because of that.
 *
 * A construct is *lowered* (becomes a call with thunks) if its condition is not static, or if something inside it exits
 * from a thunk. A statement has a *staged exit* if a `return`, `break` or `continue` that leaves it stands in a thunk: what
 * follows the statement must then wait for its completion.
 *
 *   for (let i = 0; i < 3; i++) {      lowered, although its test is static:
 *     if (x > i) break;                the `if` is lowered and its `break` leaves the thunk
 *   }                                  no staged exit: `break` ends here
 *
 * Computed bottom-up in one walk per function; nested functions are walked on their own.
 */
import type ts from "typescript";
import { enclosingFunction, type FunctionNode, isFunctionNode, isLoop, type JumpStatement, type LoopStatement } from "../ast/nodes.ts";
import type { Tree } from "../ast/tree.ts";
import type { TS } from "../ast/typescript.ts";
import { type Facts, joinStaging, type Staging, testStaging } from "./facts.ts";
import { type Generators, pushedYield } from "./generators.ts";
import type { LoopOptions } from "./loop-options.ts";

/** Where a jump goes: a loop, a switch, a labelled statement, or the function for `return`. */
export type JumpTarget = ts.Node;

export interface Exits {
  /** Targets of jumps that leave the statement. */
  readonly all: ReadonlySet<JumpTarget>;
  /** Those that leave it from inside a thunk. */
  readonly staged: ReadonlySet<JumpTarget>;
}

export interface Structure {
  /** Statements that become calls. */
  readonly lowered: ReadonlySet<ts.Node>;
  readonly options: LoopOptions;
  /** A loop that is lowered for its options or its iterator alone: JavaScript decides how it runs. */
  isPlain(loop: ts.Node): boolean;
  /** Staging of each `if`, `switch` and loop. */
  readonly staging: ReadonlyMap<ts.Node, Staging>;
  hasStagedExit(statement: ts.Statement): boolean;
  exits(statement: ts.Statement): Exits;
}

const NONE: ReadonlySet<JumpTarget> = new Set();
const NORMAL: Exits = { all: NONE, staged: NONE };

export function analyzeExits(
  ts: TS,
  tree: Tree,
  facts: Facts,
  options: LoopOptions,
  generators: Generators,
  functions: readonly FunctionNode[],
): Structure {
  const plain = new Set<ts.Node>();
  const lowered = new Set<ts.Node>();
  const staging = new Map<ts.Node, Staging>();
  const known = new Map<ts.Statement, Exits>();

  /** After a staged exit the rest of a list stands in a thunk: its own exits are staged too. */
  function list(statements: readonly ts.Statement[]): Exits {
    let all = NONE;
    let staged = NONE;
    for (const child of statements) {
      const exits = statement(child);
      all = union(all, exits.all);
      staged = union(staged, staged.size > 0 ? exits.all : exits.staged);
    }
    return { all, staged };
  }

  function statement(node: ts.Statement): Exits {
    const exits = compute(node);
    if (exits.all.size > 0 || exits.staged.size > 0) known.set(node, exits);
    return exits;
  }

  function compute(node: ts.Statement): Exits {
    if (ts.isBlock(node)) return list(node.statements);
    if (ts.isIfStatement(node)) return ifStatement(node);
    if (isLoop(ts, node)) return loop(node);
    if (ts.isReturnStatement(node) || ts.isBreakStatement(node) || ts.isContinueStatement(node)) {
      const target = jumpTarget(ts, node);
      return target === undefined ? NORMAL : { all: new Set([target]), staged: NONE };
    }
    if (ts.isLabeledStatement(node)) {
      const inner = statement(node.statement);
      const all = without(inner.all, node);
      if (inner.staged.size === 0 || isLoop(ts, unlabelled(ts, node))) return { all, staged: inner.staged };
      lowered.add(node);
      return { all, staged: all };
    }
    if (ts.isSwitchStatement(node)) return switchStatement(node);
    if (ts.isTryStatement(node)) return tryStatement(node);
    // The loop over the generator may be left where it yields.
    if (pushedYield(ts, generators, node) === undefined) return NORMAL;
    staging.set(node, "dynamic");
    const target = new Set([enclosingFunction(ts, node) as JumpTarget]);
    return { all: target, staged: target };
  }

  function tryStatement(node: ts.TryStatement): Exits {
    const blocks = [node.tryBlock, node.catchClause?.block, node.finallyBlock];
    const exits = blocks.reduce<Exits>((joined, block) => (block === undefined ? joined : join(joined, statement(block))), NORMAL);
    if (exits.staged.size === 0 && !mayThrow(node.tryBlock)) return exits;
    lowered.add(node);
    return { all: exits.all, staged: exits.all };
  }

  /** Something in the block may throw where the graph decides so: a region of its own, or one of a function that it calls. */
  function mayThrow(block: ts.Statement): boolean {
    const visit = (node: ts.Node): boolean => {
      if (lowered.has(node)) return true;
      if (ts.isConditionalExpression(node) && testStaging(ts, facts, node.condition) !== "static") return true;
      const called = ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node);
      if (called && !isOfLibrary(ts.isTaggedTemplateExpression(node) ? node.tag : node.expression)) return true;
      return !isFunctionNode(ts, node) && (ts.forEachChild(node, visit) ?? false);
    };
    return visit(block);
  }

  /** A function of JavaScript's library by its global name: it runs none of the user's code on tensors. */
  function isOfLibrary(callee: ts.Expression): boolean {
    const root = ts.isPropertyAccessExpression(callee) ? callee.expression : callee;
    return ts.isIdentifier(root) && /^(?:JSON|Math|Number|String|Boolean|console|parseInt|parseFloat|\w*Error)$/.test(root.text);
  }

  function ifStatement(node: ts.IfStatement): Exits {
    const own = testStaging(ts, facts, node.expression);
    staging.set(node, own);
    const exits = join(statement(node.thenStatement), node.elseStatement === undefined ? NORMAL : statement(node.elseStatement));
    if (own === "static" && exits.staged.size === 0) return exits;
    lowered.add(node);
    return { all: exits.all, staged: exits.all };
  }

  function switchStatement(node: ts.SwitchStatement): Exits {
    let own = facts.staging(node.expression);
    let exits = NORMAL;
    for (const clause of node.caseBlock.clauses) {
      if (ts.isCaseClause(clause)) own = joinStaging(own, testStaging(ts, facts, clause.expression));
      exits = join(exits, list(clause.statements));
    }
    staging.set(node, own);
    const all = without(exits.all, node);
    if (own === "static" && exits.staged.size === 0) return { all, staged: NONE };
    lowered.add(node);
    return { all, staged: all };
  }

  function loop(node: LoopStatement): Exits {
    const own = loopStaging(node);
    staging.set(node, own);
    const body = statement(node.statement);
    const all = without(body.all, node);
    if (own === "static" && body.staged.size === 0) {
      const awaits = ts.isForOfStatement(node) && node.awaitModifier !== undefined;
      if (awaits || (options.of(node) === undefined && !mayThrowOver(node))) return { all, staged: NONE };
      plain.add(node);
    }
    lowered.add(node);
    return { all, staged: all };
  }

  /** An iterator is told when what the graph throws and a `try` catches leaves the loop. Arrays of tensors have no such iterator. */
  function mayThrowOver(node: LoopStatement): boolean {
    if (!ts.isForOfStatement(node) || ts.isArrayLiteralExpression(node.expression)) return false;
    const fact = facts.of(node.expression);
    return fact.plain === "other" && !fact.tensors && isInTry(node) && mayThrow(node.statement);
  }

  function isInTry(node: ts.Node): boolean {
    for (let at = node; at.parent !== undefined && !isFunctionNode(ts, at); at = at.parent)
      if (ts.isTryStatement(at.parent) && at.parent.tryBlock === at) return true;
    return false;
  }

  function loopStaging(node: LoopStatement): Staging {
    if (ts.isForOfStatement(node)) {
      if (node.awaitModifier !== undefined) return "static";
      const pushed = generators.staging(node.expression);
      if (pushed !== "static") return pushed;
      return facts.of(node.expression).dataset === true ? "staged" : facts.staging(node.expression);
    }
    if (ts.isForInStatement(node)) return facts.staging(node.expression);
    const test = ts.isForStatement(node) ? node.condition : node.expression;
    return test === undefined ? "static" : testStaging(ts, facts, test);
  }

  for (const node of functions.flatMap((fn) => tree.within(fn)))
    if (isFunctionNode(ts, node) && node.body !== undefined && ts.isBlock(node.body)) list(node.body.statements);
  return {
    lowered,
    options,
    isPlain: (node) => plain.has(node),
    staging,
    exits: (node) => known.get(node) ?? NORMAL,
    hasStagedExit: (node) => (known.get(node)?.staged.size ?? 0) > 0,
  };
}

/** A label's jumps go to the loop it names, otherwise to the labelled statement. */
export function jumpTarget(ts: TS, jump: JumpStatement): JumpTarget | undefined {
  const label = ts.isReturnStatement(jump) ? undefined : jump.label?.text;
  for (let node: ts.Node | undefined = jump.parent; node !== undefined; node = node.parent) {
    if (isFunctionNode(ts, node)) return ts.isReturnStatement(jump) ? node : undefined;
    if (ts.isReturnStatement(jump)) continue;
    if (label !== undefined) {
      if (!ts.isLabeledStatement(node) || node.label.text !== label) continue;
      const inner = unlabelled(ts, node);
      return isLoop(ts, inner) ? inner : node;
    }
    if (isLoop(ts, node) || (ts.isSwitchStatement(node) && ts.isBreakStatement(jump))) return node;
  }
  return undefined;
}

/** The statement behind one or more labels. */
export function unlabelled(ts: TS, node: ts.Statement): ts.Statement {
  let inner = node;
  while (ts.isLabeledStatement(inner)) inner = inner.statement;
  return inner;
}

/** Every path through the statement leaves it. Conservative: false where it would take more than a glance. */
export function alwaysLeaves(ts: TS, node: ts.Statement): boolean {
  if (ts.isReturnStatement(node) || ts.isBreakStatement(node) || ts.isContinueStatement(node) || ts.isThrowStatement(node)) return true;
  if (ts.isBlock(node)) return node.statements.some((child) => alwaysLeaves(ts, child));
  if (ts.isIfStatement(node))
    return node.elseStatement !== undefined && alwaysLeaves(ts, node.thenStatement) && alwaysLeaves(ts, node.elseStatement);
  return false;
}

function union(a: ReadonlySet<JumpTarget>, b: ReadonlySet<JumpTarget>): ReadonlySet<JumpTarget> {
  if (b.size === 0) return a;
  return a.size === 0 ? b : new Set([...a, ...b]);
}

function without(set: ReadonlySet<JumpTarget>, target: JumpTarget): ReadonlySet<JumpTarget> {
  if (!set.has(target)) return set;
  const rest = new Set(set);
  rest.delete(target);
  return rest;
}

function join(a: Exits, b: Exits): Exits {
  return { all: union(a.all, b.all), staged: union(a.staged, b.staged) };
}
