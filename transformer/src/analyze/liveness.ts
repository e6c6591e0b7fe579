/**
 * Is a variable's value used later? Asked per variable and place, on the syntax tree, without a flow graph.
 *
 * `effect(node)` says what running `node` does to the value that the variable had before:
 *   "reads"  it may be read before it is overwritten
 *   "writes" it is overwritten first on every path that goes on, or no path goes on
 *   "passes" otherwise
 * `after(node)` follows the paths that leave `node`; one question passes each place once. Both may err towards "reads" and live: a variable too many in a
 * region's state costs little, one too few would be wrong. Sorted reference positions keep questions about code that does
 * not mention the variable constant.
 */
import type ts from "typescript";
import { isAssignmentOperator, isFunctionNode, isLoop } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import { alwaysLeaves, jumpTarget, type Structure } from "./exits.ts";
import type { Bindings, Variable } from "./scopes.ts";

type Exposure = "reads" | "writes" | "passes";

export class Liveness {
  private readonly ts: TS;
  private readonly bindings: Bindings;
  private readonly structure: Structure;
  /** Ends of nodes that the current question has passed. */
  private readonly visited = new Set<ts.Node>();

  constructor(ts: TS, bindings: Bindings, structure: Structure) {
    this.ts = ts;
    this.bindings = bindings;
    this.structure = structure;
  }

  /** Some path from the end of `node` reads the variable before writing it. */
  liveAfter(variable: Variable, node: ts.Node): boolean {
    this.visited.clear();
    return this.after(variable, node);
  }

  /** Running `node` may read the value that the variable had before. */
  reads(variable: Variable, node: ts.Node): boolean {
    this.visited.clear();
    return this.effect(variable, node) === "reads";
  }

  /** A jump leads to a place where the variable is live. */
  liveAtTarget(variable: Variable, jump: ts.BreakStatement | ts.ContinueStatement): boolean {
    this.visited.clear();
    return this.atTarget(variable, jump);
  }

  private after(variable: Variable, node: ts.Node): boolean {
    const { ts } = this;
    const { parent } = node;
    // A second way to the same place adds nothing: every "reads" that is found ends the whole question.
    if (this.visited.has(node)) return false;
    this.visited.add(node);
    if (parent === undefined || !this.readsFrom(variable, node)) return false;
    if (isFunctionNode(ts, parent)) return variable.owner !== parent;
    if (ts.isBlock(parent) || ts.isSourceFile(parent) || ts.isCaseOrDefaultClause(parent)) {
      const exposure = this.sequence(variable, parent.statements.slice(parent.statements.indexOf(node as ts.Statement) + 1));
      if (exposure !== "passes") return exposure === "reads";
      if (!ts.isCaseOrDefaultClause(parent)) return this.after(variable, parent);
      const { clauses } = parent.parent;
      const through = this.sequence(variable, statementsFrom(clauses, clauses.indexOf(parent) + 1));
      return through === "passes" ? this.after(variable, parent.parent.parent) : through === "reads";
    }
    if (isLoop(ts, parent) && parent.statement === node) return this.liveAtLoopEnd(variable, parent);
    if (ts.isTryStatement(parent) || ts.isCatchClause(parent))
      return this.hasRead(variable, node.end, parent.end) || this.after(variable, parent);
    return this.after(variable, parent);
  }

  /** The value before the loop's test is used by the loop or after it. */
  liveAtLoopHead(variable: Variable, loop: ts.Node): boolean {
    const { ts } = this;
    if (!isLoop(ts, loop)) return false;
    this.visited.clear();
    const parts = ts.isDoStatement(loop) ? [loop.statement, loop.expression] : this.loopParts(loop);
    return this.sequence(variable, parts) === "reads";
  }

  private effect(variable: Variable, node: ts.Node | undefined): Exposure {
    if (node === undefined || !this.mentions(variable, node)) return this.ends(variable, node);
    const { ts } = this;
    if (isFunctionNode(ts, node) || ts.isClassLike(node)) return this.hasRead(variable, node.pos, node.end) ? "reads" : "passes";
    if (ts.isIdentifier(node)) {
      if (this.bindings.variable(node) !== variable) return "passes";
      return this.bindings.reference(node)?.read === true ? "reads" : "writes";
    }
    if (ts.isBinaryExpression(node)) return this.binary(variable, node);
    if (ts.isConditionalExpression(node)) return this.branches(variable, node.condition, node.whenTrue, node.whenFalse);
    if (ts.isIfStatement(node)) return this.branches(variable, node.expression, node.thenStatement, node.elseStatement);
    if (ts.isVariableDeclaration(node)) {
      const before = this.effect(variable, node.initializer);
      if (before !== "passes") return before;
      return ts.isIdentifier(node.name) && this.bindings.variable(node.name) === variable && node.initializer !== undefined
        ? "writes"
        : "passes";
    }
    if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
      const before = this.effect(variable, node.expression);
      return before !== "passes" ? before : this.maybe(variable, node.statement);
    }
    if (ts.isWhileStatement(node)) return this.orElse(this.effect(variable, node.expression), () => this.maybe(variable, node.statement));
    if (ts.isForStatement(node)) {
      const before = this.sequence(variable, [node.initializer, node.condition]);
      return this.orElse(before, () => (this.sequence(variable, [node.statement, node.incrementor]) === "reads" ? "reads" : "passes"));
    }
    if (ts.isSwitchStatement(node)) return this.orElse(this.effect(variable, node.expression), () => this.cases(variable, node.caseBlock));
    if (ts.isTryStatement(node)) return this.anyRead(variable, node);
    if (ts.isBlock(node)) return this.sequence(variable, node.statements);
    const children: ts.Node[] = [];
    ts.forEachChild(node, (child) => void children.push(child));
    return this.orElse(this.sequence(variable, children), () => this.ends(variable, node));
  }

  private sequence(variable: Variable, nodes: readonly (ts.Node | undefined)[]): Exposure {
    for (const node of nodes) {
      const exposure = this.effect(variable, node);
      if (exposure !== "passes") return exposure;
    }
    return "passes";
  }

  /** Jumps: a return ends the path; break and continue go on elsewhere. */
  private ends(variable: Variable, node: ts.Node | undefined): Exposure {
    const { ts } = this;
    if (node === undefined) return "passes";
    if (ts.isReturnStatement(node) || ts.isThrowStatement(node)) return "writes";
    if (ts.isBreakStatement(node) || ts.isContinueStatement(node)) return this.atTarget(variable, node) ? "reads" : "writes";
    if (this.structure.exits(node as ts.Statement).all.size === 0 && !alwaysLeaves(ts, node as ts.Statement)) return "passes";
    if (ts.isBlock(node)) return this.sequence(variable, node.statements);
    if (ts.isIfStatement(node)) return this.branches(variable, node.expression, node.thenStatement, node.elseStatement);
    return isLoop(ts, node) || ts.isLabeledStatement(node) || ts.isSwitchStatement(node) || ts.isTryStatement(node)
      ? this.jumpsInside(variable, node)
      : "passes";
  }

  /** A construct that does not mention the variable can still jump to a place where it is live. */
  private jumpsInside(variable: Variable, node: ts.Node): Exposure {
    const { ts } = this;
    let live = false;
    const visit = (child: ts.Node): void => {
      if (live || isFunctionNode(ts, child) || ts.isExpression(child)) return;
      if (ts.isBreakStatement(child) || ts.isContinueStatement(child)) {
        const target = jumpTarget(ts, child);
        const leaves = target !== undefined && (target.pos < node.pos || target.end > node.end);
        if (leaves && this.atTarget(variable, child)) live = true;
      } else ts.forEachChild(child, visit);
    };
    visit(node);
    return live ? "reads" : "passes";
  }

  private atTarget(variable: Variable, jump: ts.BreakStatement | ts.ContinueStatement): boolean {
    const target = jumpTarget(this.ts, jump);
    if (target === undefined) return true;
    if (this.ts.isContinueStatement(jump) && this.hasRead(variable, target.pos, target.end)) return true;
    return this.after(variable, target);
  }

  private binary(variable: Variable, node: ts.BinaryExpression): Exposure {
    const { ts } = this;
    const kind = node.operatorToken.kind;
    if (isAssignmentOperator(ts, kind)) {
      const isTarget = ts.isIdentifier(node.left) && this.bindings.variable(node.left) === variable;
      if (isTarget && kind !== ts.SyntaxKind.EqualsToken) return "reads";
      if (!isTarget) return this.sequence(variable, this.isPattern(node.left) ? [node.right, node.left] : [node.left, node.right]);
      return this.effect(variable, node.right) === "reads" ? "reads" : "writes";
    }
    const lazy =
      kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.QuestionQuestionToken;
    if (!lazy) return this.sequence(variable, [node.left, node.right]);
    return this.orElse(this.effect(variable, node.left), () => this.maybe(variable, node.right));
  }

  private isPattern(node: ts.Node): boolean {
    return this.ts.isArrayLiteralExpression(node) || this.ts.isObjectLiteralExpression(node);
  }

  /** Any clause may be the first to run; earlier ones run on into later ones. */
  private cases(variable: Variable, { clauses }: ts.CaseBlock): Exposure {
    const tests = clauses.map((clause) => (this.ts.isCaseClause(clause) ? clause.expression : undefined));
    const exposures = clauses.map((_, i) => this.sequence(variable, statementsFrom(clauses, i)));
    if (tests.some((test) => this.effect(variable, test) === "reads") || exposures.includes("reads")) return "reads";
    const always = tests.includes(undefined) && exposures.every((exposure) => exposure === "writes");
    return always ? "writes" : "passes";
  }

  private branches(variable: Variable, test: ts.Node, a: ts.Node, b: ts.Node | undefined): Exposure {
    const before = this.effect(variable, test);
    if (before !== "passes") return before;
    const one = this.effect(variable, a);
    const two = this.effect(variable, b);
    if (one === "reads" || two === "reads") return "reads";
    return one === "writes" && two === "writes" ? "writes" : "passes";
  }

  /** Code that may not run: it can read, but not be relied on to write. */
  private maybe(variable: Variable, node: ts.Node): Exposure {
    return this.effect(variable, node) === "reads" ? "reads" : "passes";
  }

  private anyRead(variable: Variable, node: ts.Node): Exposure {
    return this.hasRead(variable, node.pos, node.end) ? "reads" : this.jumpsInside(variable, node);
  }

  private orElse(first: Exposure, next: () => Exposure): Exposure {
    return first === "passes" ? next() : first;
  }

  private loopParts(loop: ts.Node): (ts.Node | undefined)[] {
    const { ts } = this;
    if (ts.isWhileStatement(loop)) return [loop.expression, loop.statement];
    if (ts.isForStatement(loop)) return [loop.condition, loop.statement, loop.incrementor];
    if (ts.isDoStatement(loop)) return [loop.expression, loop.statement];
    return [(loop as ts.ForOfStatement).statement];
  }

  /** At the end of a loop's body: the update, the test, and then either the body again or what follows the loop. */
  private liveAtLoopEnd(variable: Variable, loop: ts.IterationStatement): boolean {
    const { ts } = this;
    const update = ts.isForStatement(loop) ? loop.incrementor : undefined;
    const test = ts.isForStatement(loop)
      ? loop.condition
      : ts.isForOfStatement(loop) || ts.isForInStatement(loop)
        ? undefined
        : (loop as ts.WhileStatement).expression;
    const exposure = this.sequence(variable, [update, test]);
    if (exposure !== "passes") return exposure === "reads";
    return this.effect(variable, loop.statement) === "reads" || this.after(variable, loop);
  }

  /** Any read at or after the node, or anywhere in a loop around it. */
  private readsFrom(variable: Variable, node: ts.Node): boolean {
    let start = node.end;
    for (let at: ts.Node | undefined = node.parent; at !== undefined && !isFunctionNode(this.ts, at); at = at.parent)
      if (isLoop(this.ts, at)) start = at.pos;
    return this.hasRead(variable, start, Number.POSITIVE_INFINITY);
  }

  private mentions(variable: Variable, node: ts.Node): boolean {
    const first = variable.references[lowerBound(variable, node.pos)];
    if (first !== undefined && first.node.pos < node.end) return true;
    return variable.declaration.pos >= node.pos && variable.declaration.end <= node.end;
  }

  hasRead(variable: Variable, start: number, end: number): boolean {
    const { references } = variable;
    for (let i = lowerBound(variable, start); i < references.length; i++) {
      const reference = references[i];
      if (reference === undefined || reference.node.pos >= end) return false;
      if (reference.read) return true;
    }
    return false;
  }

  hasWrite(variable: Variable, start: number, end: number): boolean {
    const { references } = variable;
    for (let i = lowerBound(variable, start); i < references.length; i++) {
      const reference = references[i];
      if (reference === undefined || reference.node.pos >= end) return false;
      if (reference.write) return true;
    }
    return false;
  }
}

function statementsFrom(clauses: readonly ts.CaseOrDefaultClause[], i: number): ts.Statement[] {
  return clauses.slice(i).flatMap((clause) => [...clause.statements]);
}

/** Index of the first reference at or after an offset. */
function lowerBound(variable: Variable, offset: number): number {
  let low = 0;
  let high = variable.references.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((variable.references[middle] as { node: ts.Node }).node.pos < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
