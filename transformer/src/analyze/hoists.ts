/**
 * Declarations that stand in a thunk of the emitted text, but are used outside it. Their names are declared before the
 * thunk, and where they stood an assignment is left.
 *
 *   if (c) { var n = 1; } return n;               var n; … n = 1 …
 *   f = () => k; if (x > 0) return 1; let k = 2;  let k; … k = 2 …           the rest of the list is a thunk
 *   switch (x) { case 1: let k = 1; case 2: … k } { let k; $.switch(…) }     each clause is a thunk
 *
 * A function declaration that is used before a possible exit stays outside the thunk of the rest: JavaScript hoists it.
 */
import type ts from "typescript";
import type { FunctionNode } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { Structure } from "./exits.ts";
import type { Facts } from "./facts.ts";
import { ownerOf, type Region, walkRegions } from "./regions.ts";
import type { Bindings, Variable } from "./scopes.ts";

export interface Hoists {
  /** To declare by a `var` at the start of a function, or by a `let` around a `switch`. */
  ofScope(node: ts.Node): readonly Variable[];
  /** To declare by a `let` before a statement that may end abruptly. */
  beforeExit(node: ts.Node): readonly Variable[];
  /** The declaration is an assignment in the emitted text. */
  isAssignment(node: ts.VariableDeclarationList | ts.ClassDeclaration): boolean;
  /** The function declaration stays outside the thunk of the rest of its list. */
  isLifted(node: ts.Node): boolean;
  /** The variable is declared outside the region that its declaration stands in. */
  isHoisted(variable: Variable): boolean;
}

type Places = Map<ts.Node, Variable[]>;
type Declaring = ts.VariableDeclarationList | ts.ClassDeclaration;

export function findHoists(ts: TS, facts: Facts, structure: Structure, bindings: Bindings, functions: readonly FunctionNode[]): Hoists {
  const scopes: Places = new Map();
  const exits: Places = new Map();
  const assignments = new Set<Declaring>();
  const lifted = new Set<ts.Node>();
  const hoisted = new Set<Variable>();

  function hoist(declaring: Declaring, places: Places, place: ts.Node): void {
    if (assignments.has(declaring)) return;
    assignments.add(declaring);
    const variables = places.get(place) ?? [];
    for (const name of namesOf(declaring)) {
      const variable = bindings.variable(name);
      if (variable === undefined) continue;
      hoisted.add(variable);
      if (!variables.includes(variable)) variables.push(variable);
    }
    places.set(place, variables);
  }

  function namesOf(declaring: Declaring): ts.Identifier[] {
    if (ts.isClassDeclaration(declaring)) return declaring.name === undefined ? [] : [declaring.name];
    const names: ts.Identifier[] = [];
    const collect = (name: ts.BindingName): void => {
      if (ts.isIdentifier(name)) names.push(name);
      else for (const element of name.elements) if (ts.isBindingElement(element)) collect(element.name);
    };
    for (const { name } of declaring.declarations) collect(name);
    return names;
  }

  function isUsed(declaring: Declaring | ts.FunctionDeclaration, isOutside: (at: ts.Node) => boolean): boolean {
    const names = ts.isFunctionDeclaration(declaring) ? [declaring.name] : namesOf(declaring);
    return names.some((name) => name !== undefined && bindings.variable(name)?.references.some(({ node }) => isOutside(node)));
  }

  /** A `var` lives in its function, and keeps its value from iteration to iteration. */
  function visitVar(node: ts.VariableDeclarationList, region: Region | undefined): void {
    const owner = ownerOf(ts, node);
    if (owner?.body === undefined) return;
    if ((region !== undefined && region.start >= owner.body.pos) || isInThunk(node, owner.body)) hoist(node, scopes, owner);
  }

  /** Constructs that are lowered, and blocks that may be left early, are thunks. */
  function isInThunk(node: ts.Node, body: ts.Node): boolean {
    for (let at = node.parent; at !== body; at = at.parent)
      if (structure.lowered.has(at) || (ts.isBlock(at) && structure.hasStagedExit(at))) return true;
    return false;
  }

  /** The rest of a list after a possible exit is a thunk: what the code before uses of it is declared before the exit. */
  function visitList(statements: readonly ts.Statement[]): void {
    statements.forEach((exit, i) => {
      const rest = statements.slice(i + 1);
      const start = rest[0]?.pos;
      if (start === undefined || !structure.hasStagedExit(exit)) return;
      const isOutside = (node: ts.Node): boolean =>
        node.pos < start || rest.some((statement) => lifted.has(statement) && isWithin(node, statement));
      // Helpers at the end of a function stay together, so that lines stay where they are.
      const below = rest.slice(rest.findLastIndex((statement) => !ts.isFunctionDeclaration(statement)) + 1);
      for (let found = true; found; ) {
        found = false;
        for (const statement of rest) {
          const declaring = declaringOf(statement);
          if (declaring === undefined || lifted.has(declaring) || assignments.has(declaring as Declaring)) continue;
          const isTail = below.includes(statement) && below.some((fn) => lifted.has(fn));
          if (!isTail && !isUsed(declaring, isOutside)) continue;
          found = true;
          if (ts.isFunctionDeclaration(declaring)) lifted.add(declaring);
          else hoist(declaring, exits, exit);
        }
      }
    });
  }

  /** All clauses of a `switch` share one scope. */
  function visitSwitch(node: ts.SwitchStatement): void {
    for (const clause of node.caseBlock.clauses) {
      for (const statement of clause.statements) {
        const declaring = declaringOf(statement);
        if (declaring === undefined || ts.isFunctionDeclaration(declaring)) continue;
        if (isUsed(declaring, (at) => !isWithin(at, clause))) hoist(declaring, scopes, node);
      }
    }
  }

  /** What a statement declares for the block that it stands in. */
  function declaringOf(statement: ts.Statement): Declaring | ts.FunctionDeclaration | undefined {
    if (ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)) return statement;
    if (!ts.isVariableStatement(statement)) return undefined;
    const list = statement.declarationList;
    return isVar(list) ? undefined : list;
  }

  function isVar(list: ts.VariableDeclarationList): boolean {
    return (list.flags & ts.NodeFlags.BlockScoped) === 0;
  }

  const units = new Set<ts.Node>(functions);
  for (const fn of functions) {
    walkRegions(ts, facts, structure, fn, (node, region) => {
      if (node !== fn && units.has(node)) return "skip";
      if (ts.isVariableDeclarationList(node) && isVar(node)) visitVar(node, region);
      else if (ts.isBlock(node) || ts.isCaseOrDefaultClause(node)) visitList(node.statements);
      else if (ts.isSwitchStatement(node) && structure.lowered.has(node)) visitSwitch(node);
      return "enter";
    });
  }
  return {
    ofScope: (node) => scopes.get(node) ?? [],
    beforeExit: (node) => exits.get(node) ?? [],
    isAssignment: (node) => assignments.has(node),
    isLifted: (node) => lifted.has(node),
    isHoisted: (variable) => hoisted.has(variable),
  };
}

function isWithin(node: ts.Node, range: ts.Node): boolean {
  return node.pos >= range.pos && node.end <= range.end;
}
