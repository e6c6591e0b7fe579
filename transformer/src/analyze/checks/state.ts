/**
 * Variables and objects that staged code changes: numbers that would have to become tensors, optional values, writes
 * outside the function, changes in place.
 */
import type ts from "typescript";
import { isLoop } from "../../ast/nodes.ts";
import { isDeclaredIn, type Mutation, mutationOf, type Root, rootOf } from "../effects.ts";
import { alwaysLeaves } from "../exits.ts";
import { testStaging } from "../facts.ts";
import { isOptional } from "../nulls.ts";
import { isLazy, nameOf, type Region } from "../regions.ts";
import type { Reference, Variable } from "../scopes.ts";
import type { RegionState } from "../state.ts";
import { type CheckContext, excerpt, placeOf } from "./context.ts";
import { asTensor, declareLet, declareTensor } from "./fixes.ts";

const RETURN = "Return the value.";
const HELPER = "What only graph functions call is marked with /** @eagerFunction */.";
const CHOOSE = "Only tensors and structures of them can differ between paths that the graph decides on: choose between tensors instead.";

export function checkState(context: CheckContext, node: ts.Node, region: Region | undefined): void {
  const { ts, structure, states, eager } = context;
  if (eager) return;
  if (structure.lowered.has(node)) {
    if (isLoop(ts, node)) checkRegionState(context, node, states.ofLoop(node), [node]);
    else if (ts.isIfStatement(node)) {
      // What an arm that leaves has written does not reach the code after the `if`.
      const arms = [node.thenStatement, node.elseStatement].filter((arm) => arm !== undefined && !alwaysLeaves(ts, arm));
      checkRegionState(context, node, states.ofIf(node, []), arms as ts.Statement[]);
    } else if (ts.isSwitchStatement(node)) {
      const tests = node.caseBlock.clauses.flatMap((clause) => (ts.isCaseClause(clause) ? [clause.expression] : []));
      checkRegionState(context, node, states.ofSwitch(node), [...tests, ...clausesThatGoOn(context, node)]);
    }
  }
  if (isLazy(ts, context.facts, node)) {
    const test = ts.isConditionalExpression(node) ? node.condition : node.left;
    const parts = ts.isConditionalExpression(node) ? [node.whenTrue, node.whenFalse] : [node.right];
    if (testStaging(ts, context.facts, test) === "staged") checkRegionState(context, node, states.ofLazy(node), parts);
  }
  if (ts.isBlock(node) || ts.isCaseOrDefaultClause(node)) checkRest(context, node.statements);
  checkWrite(context, node);
  checkMutation(context, node, region);
}

/** Clauses whose end, or a `break` in them, leads to the code after the `switch`. */
function clausesThatGoOn({ ts, structure }: CheckContext, node: ts.SwitchStatement): ts.Node[] {
  return node.caseBlock.clauses.filter(
    ({ statements }) =>
      !statements.some((statement) => alwaysLeaves(ts, statement)) ||
      statements.some((statement) => structure.exits(statement).all.has(node)),
  );
}

/** Statements after a possible exit that the graph decides are a region too. */
function checkRest(context: CheckContext, statements: readonly ts.Statement[]): void {
  const index = statements.findIndex((statement) => context.structure.hasStagedExit(statement));
  const rest = statements.slice(index + 1);
  if (index >= 0 && rest.length > 0) checkRegionState(context, statements[index] as ts.Statement, context.states.ofRest(rest), rest);
}

/** What a region leaves behind must be a tensor, unless nothing but this trace's own JavaScript decides on it. */
function checkRegionState(context: CheckContext, node: ts.Node, state: RegionState, parts: readonly ts.Node[]): void {
  const { ts, facts, structure, reporter } = context;
  if (structure.staging.get(node) === "dynamic" || structure.isPlain(node)) return;
  for (const variable of state.live) {
    const fact = facts.of(variable.declaration);
    if (fact.tensor === "yes" || fact.structure === true || isOptional(fact)) continue;
    const isIn = (part: ts.Node, reference: Reference): boolean => reference.node.pos >= part.pos && reference.node.end <= part.end;
    const write = variable.references.find((reference) => reference.write && parts.some((part) => isIn(part, reference)));
    if (write === undefined) continue;
    // The counter of a loop whose test is static counts while tracing.
    if (
      structure.staging.get(node) === "static" &&
      ts.isForStatement(node) &&
      node.incrementor !== undefined &&
      isIn(node.incrementor, write)
    )
      continue;
    const parameters = { name: variable.name, construct: nameOf(ts, node), at: placeOf(context, node) };
    if (fact.tensor !== "no") continue;
    const isNumber = fact.plain === "number" || fact.plain === "boolean";
    reporter.report(
      "numberInStagedRegion",
      write.node,
      {
        ...parameters,
        type: facts.describe(variable.declaration),
        way: isNumber ? asTensor(variable.name) : CHOOSE,
      },
      { related: variable.declaration, fix: isNumber ? declareTensor(ts, context.file.imports, variable) : undefined },
    );
  }
}

/** Assignments to variables from outside the function. */
function checkWrite(context: CheckContext, node: ts.Node): void {
  const { ts, bindings, reporter, fn } = context;
  if (!ts.isIdentifier(node)) return;
  const variable = bindings.variable(node);
  const reference = bindings.reference(node);
  if (variable === undefined || !reference?.write) return;
  if (reference.indexed && context.facts.of(node).tensor === "no") return;
  if (!isDeclaredIn(variable, fn)) reporter.report("outerWrite", node, { name: variable.name }, { related: variable.declaration });
  else if (reference.indexed && variable.kind === "const")
    reporter.report(
      "constIndexed",
      node,
      { name: variable.name },
      { related: variable.declaration, fix: declareLet(context.ts, variable) },
    );
}

function checkMutation(context: CheckContext, node: ts.Node, region: Region | undefined): void {
  const { ts, bindings, facts, reporter, graph, unit } = context;
  const callee = ts.isCallExpression(node) ? graph.callee(node) : undefined;
  const mutation = mutationOf(ts, facts, node, callee);
  if (mutation !== undefined) {
    const root = rootOf(ts, bindings, mutation.object);
    if (livesOutside(context, root))
      reporter.report("stateOfObject", mutation.node, { name: excerpt(mutation.object), way: wayToChange(context, mutation) });
    else if (region !== undefined && !isLocal(root, region)) checkElement(context, mutation.node, mutation.object, region);
    return;
  }
  if (callee === undefined || !ts.isCallExpression(node) || unit.form === "reachable") return;
  if (graph.effects(callee)?.given !== true) return;
  const receiver = ts.isPropertyAccessExpression(node.expression) ? [node.expression.expression] : [];
  const given = [...receiver, ...node.arguments].filter((argument) => /^(?:other|function|library)$/.test(facts.of(argument).plain));
  const outside = given.find((argument) => livesOutside(context, rootOf(ts, bindings, argument)));
  if (outside !== undefined) reporter.report("stateOfObject", node, { name: excerpt(outside), way: RETURN });
}

/** Sorting in place can be done to a copy; a tensor that is replaced can be kept in a variable. */
function wayToChange({ ts, facts }: CheckContext, { node, object }: Mutation): string {
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && /^(?:sort|reverse)$/.test(node.expression.name.text))
    return `Change a copy: \`[...${excerpt(object)}].${node.expression.name.text}(…)\`.`;
  const target = ts.isBinaryExpression(node) ? node.left : undefined;
  return target !== undefined && facts.of(target).tensor === "yes"
    ? `Return the value, or make \`${excerpt(target)}\` a \`gf.variable\` and assign that: \`${excerpt(target)}.assign(…)\`. ${HELPER}`
    : `${RETURN} ${HELPER}`;
}

/** A field or an element that is a number stays one; the graph cannot decide on it. */
function checkElement(context: CheckContext, node: ts.Node, object: ts.Expression, region: Region): void {
  const { ts, facts, structure, reporter } = context;
  const { parent } = object;
  if (ts.isCallExpression(node) && node.expression !== parent && node.arguments[0] === object) {
    return reporter.report("stagedMutation", node, {
      name: excerpt(object),
      construct: region.construct,
      at: placeOf(context, region.node),
    });
  }
  if (
    structure.staging.get(region.node) === "dynamic" ||
    structure.isPlain(region.node) ||
    ts.isTryStatement(region.node) ||
    ts.isCallExpression(node)
  )
    return;
  const fact = facts.of(parent);
  if (fact.tensor !== "no" || !/^(?:number|boolean|string)$/.test(fact.plain)) return;
  reporter.report("numberInStagedRegion", node, {
    name: excerpt(parent),
    type: facts.describe(parent),
    way: fact.plain === "string" ? CHOOSE : "Declare it as a Tensor.",
    construct: region.construct,
    at: placeOf(context, region.node),
  });
}

/** An object that a marked function was given, or found around it. Reached functions may change what they are given. */
function livesOutside(context: CheckContext, root: Root): boolean {
  const { ts, fn, unit } = context;
  const reached = unit.form === "reachable";
  if (root.kind === "this") return !reached && !ts.isConstructorDeclaration(fn) && ts.isMethodDeclaration(fn);
  if (root.kind !== "variable") return false;
  if (!isDeclaredIn(root.variable, fn)) return true;
  return !reached && root.variable.kind === "parameter" && root.variable.owner === fn;
}

function isLocal(root: Root, region: Region): boolean {
  return root.kind === "fresh" || (root.kind === "variable" && isInRegion(root.variable, region));
}

function isInRegion(variable: Variable, region: Region): boolean {
  return isDeclaredIn(variable, { pos: region.start, end: region.end });
}
