/** Statements that cannot be staged (yet): switch, try, throw, for-in, var, captured loop variables, await. */
import type ts from "typescript";
import { isFunctionNode } from "../../ast/nodes.ts";
import type { Region } from "../regions.ts";
import type { Variable } from "../scopes.ts";
import { type CheckContext, excerpt } from "./context.ts";

export function checkControl(context: CheckContext, node: ts.Node, region: Region | undefined): void {
  const { ts, facts, structure, reporter } = context;
  if (ts.isSwitchStatement(node)) {
    const isTensor =
      facts.of(node.expression).tensor !== "no" ||
      node.caseBlock.clauses.some((clause) => ts.isCaseClause(clause) && facts.of(clause.expression).tensor === "yes");
    if (isTensor) reporter.report("stagedSwitch", node.expression, { where: "on a Tensor" });
    else if (structure.hasStagedExit(node))
      reporter.report("stagedSwitch", firstToken(node), { where: "around exits that the graph decides" });
  } else if (ts.isTryStatement(node)) {
    const catches = node.catchClause !== undefined && !context.eager && usesTensors(context, node.tryBlock);
    if (catches || structure.hasStagedExit(node)) reporter.report("stagedTry", firstToken(node));
  } else if (ts.isThrowStatement(node)) {
    if (region !== undefined && !context.eager) reporter.report("stagedThrow", node);
  } else if (ts.isForInStatement(node)) {
    if (facts.of(node.expression).tensor !== "no") {
      reporter.report("forbidden", node.expression, {
        construct: "`for…in` over a Tensor",
        way: "Use for…of, or a counter up to the length.",
      });
    } else if (structure.lowered.has(node)) reporter.report("stagedForIn", firstToken(node));
  } else if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) {
    if (structure.lowered.has(node) || region !== undefined) suspended(context, node.awaitModifier, "`for await`");
  } else if (ts.isVariableDeclarationList(node)) {
    if (region !== undefined && (node.flags & ts.NodeFlags.BlockScoped) === 0) checkVar(context, node, region);
  } else if (ts.isAwaitExpression(node) || ts.isYieldExpression(node)) {
    if (region !== undefined && !isInNestedFunction(context, node, region))
      suspended(context, node, ts.isAwaitExpression(node) ? "`await`" : "`yield`");
  } else if (ts.isFunctionDeclaration(node)) {
    if (region !== undefined && node.name !== undefined) checkHoisting(context, node.name, region);
  } else if (ts.isForStatement(node) && structure.lowered.has(node)) {
    checkCapturedVariables(context, node);
  }
}

function firstToken(node: ts.Node): ts.Node {
  return node.getFirstToken() ?? node;
}

function suspended(context: CheckContext, node: ts.Node, construct: string): void {
  context.reporter.report("suspended", node, { construct, place: "code that runs in the graph" });
}

/** An `await` inside a function that the region only declares belongs to that function. */
function isInNestedFunction(context: CheckContext, node: ts.Node, region: Region): boolean {
  for (let at = node.parent; at !== undefined && at.pos >= region.start; at = at.parent) if (isFunctionNode(context.ts, at)) return true;
  return false;
}

function usesTensors(context: CheckContext, block: ts.Block): boolean {
  const { ts, facts } = context;
  const visit = (node: ts.Node): boolean => {
    const computes =
      ts.isCallExpression(node) || ts.isBinaryExpression(node) || ts.isPrefixUnaryExpression(node) || ts.isElementAccessExpression(node);
    if (computes && facts.of(node).tensor === "yes") return true;
    return ts.forEachChild(node, visit) ?? false;
  };
  return visit(block);
}

/** `var` lives in the whole function, but its thunk would make it local. */
function checkVar(context: CheckContext, node: ts.VariableDeclarationList, region: Region): void {
  const { ts, bindings, reporter } = context;
  for (const declaration of node.declarations) {
    if (!ts.isIdentifier(declaration.name)) reporter.report("stagedVar", declaration, { name: excerpt(declaration.name) });
    else if (isUsedOutside(bindings.variable(declaration.name), region))
      reporter.report("stagedVar", declaration, { name: declaration.name.text });
  }
}

/** A function declared in the rest of a list is hoisted in JavaScript; in its thunk it is not. */
function checkHoisting(context: CheckContext, name: ts.Identifier, region: Region): void {
  const variable = context.bindings.variable(name);
  if (variable?.references.some((reference) => reference.node.pos < region.start)) {
    context.reporter.report("stagedDeclaration", name, { name: name.text });
  }
}

function isUsedOutside(variable: Variable | undefined, region: Region): boolean {
  return variable?.references.some((reference) => reference.node.pos < region.start || reference.node.pos >= region.end) ?? true;
}

/** `for (let i …)` has one `i` per iteration for closures; the lowered loop has one for all. */
function checkCapturedVariables(context: CheckContext, node: ts.ForStatement): void {
  const { ts, bindings, reporter } = context;
  if (node.initializer === undefined || !ts.isVariableDeclarationList(node.initializer)) return;
  for (const declaration of node.initializer.declarations) {
    if (!ts.isIdentifier(declaration.name)) continue;
    const variable = bindings.variable(declaration.name);
    const closure = variable?.references.find((reference) => reference.owner !== variable.owner);
    if (closure !== undefined) reporter.report("capturedLoopVariable", closure.node, { name: declaration.name.text });
  }
}
