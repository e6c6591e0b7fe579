/**
 * The functions of a file in groups that know nothing of each other: what is found out about the functions of one group does not depend on
 * those of the others, but for what can be seen of them from outside.
 *
 *   let last: Tensor | null = null;
 *   export function f(x: Tensor): Tensor { return half(x); }       f and half, since one calls the other
 *   function half(x: Tensor): Tensor { … }
 *   export function g(x: Tensor): Tensor { last = x; … }           g and h, since both use a variable of the module
 *   export function h(x: Tensor): Tensor { return last ?? x; }
 *   class Model { call(x: Tensor): Tensor { … } }                  everything that stands in no *closed* function (types/kept.ts)
 */
import type ts from "typescript";
import type { Bindings, Variable } from "../analyze/scopes.ts";
import type { Unit } from "../analyze/units.ts";
import { type FunctionNode, skipParentheses } from "../ast/nodes.ts";
import { statementAt } from "../ast/per-statement.ts";
import type { TS } from "../ast/typescript.ts";
import { closedBody } from "../types/kept.ts";
import type { SourceModel } from "./file.ts";
import type { FunctionPlace, Project } from "./project.ts";

export interface UnitGroup {
  readonly units: readonly Unit[];
  /** The closed functions that its units stand in; undefined where some stand elsewhere. */
  readonly statements: readonly ts.Statement[] | undefined;
  /** With the variables of its own functions and those of the module. */
  readonly bindings: Bindings;
}

export interface Grouping {
  readonly groups: readonly UnitGroup[];
  /** By statement of the file: the body, if it is a closed function with units in it. */
  readonly bodies: readonly (ts.Block | undefined)[];
}

/** The group of everything that stands in no closed function. */
const OPEN = -1;

export function groupUnits(project: Project, model: SourceModel, units: readonly Unit[]): Grouping {
  const { ts } = project;
  const { sourceFile } = model.parsed;
  const { statements } = sourceFile;
  const withUnits = new Set(units.map(({ node }) => statementAt(statements, node.pos)));
  const bodies = statements.map((statement, i) => (withUnits.has(i) ? closedBody(ts, sourceFile, statement) : undefined));
  /** The closed function at an offset. */
  const at = (offset: number): number => {
    const i = statementAt(statements, offset);
    return bodies[i] === undefined ? OPEN : i;
  };

  const parents = new Map<number, number>();
  const rootOf = (i: number): number => {
    const parent = parents.get(i) ?? i;
    return parent === i ? i : rootOf(parent);
  };
  const join = (a: number, b: number): void => void parents.set(rootOf(a), rootOf(b));
  const joinTarget = (from: number, target: FunctionPlace | undefined): void => {
    if (target?.model === model) join(from, at(target.fn.pos));
  };

  for (const { fn, node } of units) {
    if (fn === undefined) joinTarget(at(node.pos), project.namedFunction(model, node));
    else for (const { callee } of project.callsOf({ model, fn })) joinTarget(at(fn.pos), project.targetOf(callee));
  }
  const { bindings } = model;
  const openUnits = units.filter(({ node }) => at(node.pos) === OPEN);
  const isInOpenUnit = (node: ts.Node): boolean => openUnits.some((unit) => unit.node.pos <= node.pos && node.end <= unit.node.end);
  for (const variable of bindings.variables) {
    if (variable.owner !== undefined || !isShared(ts, variable)) continue;
    const places = variable.references.flatMap(({ node }) => (at(node.pos) !== OPEN ? [at(node.pos)] : isInOpenUnit(node) ? [OPEN] : []));
    for (const place of places) join(places[0] as number, place);
  }

  const byGroup = new Map<number, Unit[]>();
  for (const unit of units) {
    const group = rootOf(at(unit.node.pos));
    byGroup.set(group, [...(byGroup.get(group) ?? []), unit]);
  }
  const variables = new Map<number | undefined, Variable[]>();
  for (const variable of bindings.variables) {
    const group = variable.owner === undefined ? undefined : rootOf(at(variable.declaration.pos));
    const list = variables.get(group);
    if (list === undefined) variables.set(group, [variable]);
    else list.push(variable);
  }
  const open = rootOf(OPEN);
  const groups = [...byGroup].map(([group, members]): UnitGroup => {
    const closed = new Set(members.map(({ node }) => statements[at(node.pos)] as ts.Statement));
    return {
      units: members,
      statements: group === open ? undefined : [...closed],
      bindings: { ...bindings, variables: [...(variables.get(undefined) ?? []), ...(variables.get(group) ?? [])] },
    };
  });
  return { groups, bodies };
}

/** A variable of the module by which functions may learn of each other: not a constant number, text or function. */
function isShared(ts: TS, { kind, declaration }: Variable): boolean {
  if (kind === "function" || kind === "import") return false;
  const { parent } = declaration;
  if (kind !== "const" || !ts.isVariableDeclaration(parent) || parent.initializer === undefined) return true;
  const made = skipParentheses(ts, parent.initializer);
  const value = ts.isPrefixUnaryExpression(made) ? made.operand : made;
  return !(ts.isNumericLiteral(value) || ts.isStringLiteralLike(value) || isFunction(ts, value));
}

function isFunction(ts: TS, node: ts.Node): node is FunctionNode {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}
