/**
 * The state of a region: the variables that a lowered construct may write and that somebody may read afterwards. They are
 * what `$.vars` of the emitted code reads and sets, and what branches merge and loops carry.
 *
 *   let a = x, b = 0;
 *   while (a > 1) { const c = a / 2; a = c; }      state of the loop: a
 *
 * A variable belongs to it if it is declared outside the region, visible there, and written inside, or captured and
 * assigned by some nested function while the region contains a call. Variables that are dead afterwards are left out,
 * unless the second arm of an `if` still needs the value from before it. What belongs to the state around a region belongs
 * to the region's own if it is written there: the state around it is read at the end of the arm.
 */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode, isLoop } from "../ast/nodes.ts";
import { hasBetween } from "../ast/sorted.ts";
import type { Tree } from "../ast/tree.ts";
import type { TS } from "../ast/typescript.ts";
import { alwaysLeaves, jumpTarget, type Structure } from "./exits.ts";
import type { Facts } from "./facts.ts";
import type { Hoists } from "./hoists.ts";
import type { Liveness } from "./liveness.ts";
import type { LazyExpression } from "./regions.ts";
import type { Bindings, Variable, VariableKind } from "./scopes.ts";

export interface RegionState {
  /** In the order of their declarations. */
  readonly variables: readonly Variable[];
  /** Those whose value after the region, or in its next iteration, may be read. */
  readonly live: readonly Variable[];
}

export class States {
  private readonly ts: TS;
  private readonly liveness: Liveness;
  private readonly structure: Structure;
  private readonly hoists: Hoists;
  private readonly candidates: readonly Variable[];
  /** Start offsets of calls, sorted: a region with a call may run any closure. */
  private readonly calls: readonly number[];
  private readonly constructs = new Map<ts.Node, RegionState>();
  /** An `if` together with the statements after it. */
  private readonly tails = new Map<ts.Node, RegionState>();
  /** The rest of a list, by its first statement. */
  private readonly rests = new Map<ts.Node, RegionState>();

  constructor(
    ts: TS,
    tree: Tree,
    facts: Facts,
    bindings: Bindings,
    structure: Structure,
    hoists: Hoists,
    liveness: Liveness,
    functions: readonly FunctionNode[],
  ) {
    this.ts = ts;
    this.hoists = hoists;
    this.structure = structure;
    this.liveness = liveness;
    this.candidates = bindings.variables
      .filter(
        (variable) =>
          hoists.isHoisted(variable) || (variable.owner !== undefined && ASSIGNABLE.has(variable.kind) && isAssigned(variable, facts)),
      )
      .sort((a, b) => a.declaration.pos - b.declaration.pos);
    const isCall = (node: ts.Node): boolean => ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node);
    this.calls = functions
      .flatMap((fn) => tree.within(fn))
      .filter(isCall)
      .map(({ pos }) => pos)
      .sort((a, b) => a - b);
  }

  /** `if`, with the statements that run in its `else` arm because the other arm leaves. */
  ofIf(node: ts.IfStatement, rest: readonly ts.Statement[]): RegionState {
    const last = rest[rest.length - 1] ?? node;
    const second = [node.elseStatement, ...rest].filter((part) => part !== undefined);
    const needed = (variable: Variable): boolean =>
      this.liveness.hasWrite(variable, node.thenStatement.pos, node.thenStatement.end) &&
      second.some((part) => this.liveness.reads(variable, part));
    const known = rest.length === 0 ? this.constructs : this.tails;
    return once(known, node, () => this.select(node.thenStatement.pos, last.end, [node, ...rest], { needed }));
  }

  ofLoop(node: ts.IterationStatement): RegionState {
    const { ts } = this;
    const start = ts.isForStatement(node)
      ? (node.condition ?? node.incrementor ?? node.statement).pos
      : ts.isForOfStatement(node)
        ? node.initializer.pos
        : node.pos;
    return once(this.constructs, node, () => {
      const state = this.select(start, node.end, [node], { carried: (variable) => this.liveness.liveAtLoopHead(variable, node) });
      const own = (variable: Variable): boolean => !(ts.isForOfStatement(node) && variable.scope === node);
      return { variables: state.variables.filter(own), live: state.live.filter(own) };
    });
  }

  /** All clauses with their tests: one starts from what another would have written. */
  ofSwitch(node: ts.SwitchStatement): RegionState {
    const { pos, end } = node.caseBlock;
    const needed = (variable: Variable): boolean => this.liveness.hasRead(variable, pos, end);
    return once(this.constructs, node, () => this.select(pos, end, [node], { needed }));
  }

  /** All blocks: the handler starts from what the block before it has written. */
  ofTry(node: ts.TryStatement): RegionState {
    const { pos } = node.tryBlock;
    const needed = (variable: Variable): boolean => this.liveness.hasRead(variable, pos, node.end);
    return once(this.constructs, node, () => this.select(pos, node.end, [node], { needed }));
  }

  /** The parts of `&&`, `||` or `?:` that may not run. */
  ofLazy(node: LazyExpression): RegionState {
    const { ts, liveness } = this;
    const start = (ts.isConditionalExpression(node) ? node.whenTrue : node.right).pos;
    return once(this.constructs, node, () => {
      let statement: ts.Node = node;
      while (!ts.isStatement(statement) && !isFunctionNode(ts, statement.parent)) statement = statement.parent;
      // A default of a switch may stand above the test that it runs after.
      const from = isLoop(ts, statement) || ts.isSwitchStatement(statement) ? statement.pos : node.end;
      const carried = (variable: Variable): boolean => liveness.hasRead(variable, from, statement.end);
      const needed = (variable: Variable): boolean => liveness.hasRead(variable, start, node.end);
      return this.select(start, node.end, [statement as ts.Statement], { needed, carried });
    });
  }

  /** Statements after one that may have ended abruptly. */
  ofRest(rest: readonly ts.Statement[]): RegionState {
    const first = rest[0];
    const last = rest[rest.length - 1];
    const siblings: readonly ts.Statement[] = (first.parent as ts.Block).statements;
    const before = siblings[siblings.indexOf(first) - 1] ?? first;
    return once(this.rests, first, () => this.select(first.pos, last.end, rest, {}, before));
  }

  /**
   * `needed`: the value from before the region is read in it; `carried`: it is read in the next iteration.
   */
  private select(
    start: number,
    end: number,
    statements: readonly ts.Statement[],
    { needed = never, carried = never }: { needed?: (variable: Variable) => boolean; carried?: (variable: Variable) => boolean },
    anchor = statements[0],
  ): RegionState {
    const around = this.stateAround(anchor);
    const last = statements[statements.length - 1];
    const variables: Variable[] = [];
    const live: Variable[] = [];
    const callsInside = hasBetween(this.calls, start, end);
    for (const variable of this.candidates) {
      if (!this.isVisible(variable, start, end)) continue;
      const captured = variable.references.some((reference) => reference.owner !== variable.owner);
      const assignedByClosure =
        callsInside && variable.references.some((reference) => reference.write && reference.owner !== variable.owner);
      if (!assignedByClosure && !this.isWritten(variable, start, end)) continue;
      const used = captured || carried(variable) || this.liveness.liveAfter(variable, last) || this.liveAtExits(variable, statements);
      if (used) live.push(variable);
      if (used || needed(variable) || around.has(variable)) variables.push(variable);
    }
    return { variables, live };
  }

  /** State of the region that a statement stands in. */
  private stateAround(statement: ts.Statement): ReadonlySet<Variable> {
    const { ts } = this;
    let at: ts.Node = statement;
    for (let { parent } = at; parent !== undefined && !isFunctionNode(ts, parent); { parent } = at) {
      if (ts.isBlock(parent) || ts.isCaseOrDefaultClause(parent)) {
        const list: readonly ts.Statement[] = parent.statements;
        for (let i = list.indexOf(at as ts.Statement) - 1; i >= 0; i--) {
          if (this.structure.hasStagedExit(list[i])) return new Set(this.ofTail(list, i).variables);
        }
      } else if (ts.isIfStatement(parent) && this.structure.lowered.has(parent)) {
        return new Set(this.ofIf(parent, this.restOf(parent)).variables);
      } else if (isLoop(ts, parent) && this.structure.lowered.has(parent)) {
        return new Set(this.ofLoop(parent).variables);
      } else if (ts.isSwitchStatement(parent) && this.structure.lowered.has(parent)) {
        return new Set(this.ofSwitch(parent).variables);
      } else if (ts.isTryStatement(parent) && this.structure.lowered.has(parent)) {
        return new Set(this.ofTry(parent).variables);
      }
      at = parent;
    }
    return new Set();
  }

  /** The region after the statement at `i`, which may end abruptly: the `else` arm of an `if` that leaves, or a region of its own. */
  private ofTail(list: readonly ts.Statement[], i: number): RegionState {
    const { ts } = this;
    const node = list[i];
    const rest = list.slice(i + 1);
    return ts.isIfStatement(node) && alwaysLeaves(ts, node.thenStatement) ? this.ofIf(node, rest) : this.ofRest(rest);
  }

  private restOf(node: ts.IfStatement): readonly ts.Statement[] {
    const { ts } = this;
    const { parent } = node;
    if (!ts.isBlock(parent) && !ts.isCaseOrDefaultClause(parent)) return [];
    if (!this.structure.hasStagedExit(node) || !alwaysLeaves(ts, node.thenStatement)) return [];
    return parent.statements.slice(parent.statements.indexOf(node) + 1);
  }

  private isVisible(variable: Variable, start: number, end: number): boolean {
    const { declaration, scope } = variable;
    if (scope.pos > start || scope.end < end) return false;
    // Of a function that is the region: its own.
    if (this.hoists.isHoisted(variable)) return !isFunctionNode(this.ts, scope) || scope.pos < start || scope.end > end;
    const before = declaration.pos < start || variable.kind === "var";
    return before && !(declaration.pos >= start && declaration.end <= end);
  }

  /** A hoisted declaration is an assignment. */
  private isWritten(variable: Variable, start: number, end: number): boolean {
    const { declaration } = variable;
    if (this.hoists.isHoisted(variable) && declaration.pos >= start && declaration.end <= end) return true;
    return this.liveness.hasWrite(variable, start, end);
  }

  /** A `break` or `continue` out of the region may lead to a place where the variable is read. */
  private liveAtExits(variable: Variable, statements: readonly ts.Statement[]): boolean {
    const { ts } = this;
    const visit = (node: ts.Node): boolean => {
      if (isFunctionNode(ts, node) || ts.isExpression(node)) return false;
      if (ts.isBreakStatement(node) || ts.isContinueStatement(node)) {
        const target = jumpTarget(ts, node);
        const leaves = target !== undefined && statements.every((statement) => target.pos < statement.pos || target.end > statement.end);
        return leaves && this.liveness.liveAtTarget(variable, node);
      }
      return ts.forEachChild(node, visit) ?? false;
    };
    return statements.some((statement) => this.structure.exits(statement).all.size > 0 && visit(statement));
  }
}

function once(known: Map<ts.Node, RegionState>, node: ts.Node, make: () => RegionState): RegionState {
  const state = known.get(node) ?? make();
  known.set(node, state);
  return state;
}

const never = (): boolean => false;

const ASSIGNABLE: ReadonlySet<VariableKind> = new Set(["let", "var", "parameter"]);

/** `x[i] = …` assigns `x` only if it may be a tensor. */
export function isAssigned(variable: Variable, facts: Facts): boolean {
  return variable.references.some((reference) => reference.write && (!reference.indexed || facts.of(variable.declaration).tensor !== "no"));
}
