/** Statements that cannot be staged (yet): for-in, captured loop variables, await. */
import type ts from "typescript";
import { enclosingFunction, isFunctionNode } from "../../ast/nodes.ts";
import { hasFinally, isConsumed } from "../generators.ts";
import type { Region } from "../regions.ts";
import { capturedVariables, type Reference } from "../scopes.ts";
import { type CheckContext, excerpt } from "./context.ts";

export function checkControl(context: CheckContext, node: ts.Node, region: Region | undefined): void {
  const { ts, facts, structure, generators, reporter } = context;
  if (ts.isForInStatement(node)) {
    if (facts.of(node.expression).tensor !== "no") {
      reporter.report("forbidden", node.expression, {
        construct: "`for…in` over a Tensor",
        way: "Use for…of, or a counter up to the length.",
      });
    }
  } else if (ts.isWithStatement(node)) {
    reporter.report("forbidden", node.getFirstToken() ?? node, { construct: "`with`", way: "Name the object." });
  } else if (ts.isDeleteExpression(node)) {
    if (region !== undefined && !context.eager)
      reporter.report("forbidden", node, {
        construct: "`delete` in code that runs in the graph",
        way: "Assign undefined instead.",
      });
  } else if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) {
    if (structure.lowered.has(node) || region !== undefined) suspended(context, node.awaitModifier, "`for await`");
  } else if (ts.isAwaitExpression(node) || ts.isYieldExpression(node)) {
    const construct = ts.isAwaitExpression(node) ? "`await`" : "`yield`";
    if (ts.isYieldExpression(node) && generators.pushes(enclosingFunction(ts, node) ?? node)) return;
    if (region !== undefined && !isInNestedFunction(context, node, region)) suspended(context, node, construct);
    else if (ts.isYieldExpression(node) && !context.eager && hasFinally(ts, node))
      reporter.report("suspended", node, { construct, place: "a `try` with `finally`", way: AS_STATEMENT });
  } else if (ts.isCallExpression(node)) {
    checkGeneratorCall(context, node);
  } else if (ts.isFunctionDeclaration(node)) {
    if (node.name !== undefined && ts.isCaseOrDefaultClause(node.parent)) checkClauseFunction(context, node.name, node.parent);
  } else if (ts.isForStatement(node) && structure.lowered.has(node)) {
    checkCapturedVariables(context, node);
  }
}

const AS_STATEMENT =
  "Make it a statement, `yield x;`, in a `try` without `catch`, and go over the generator by for…of: then the loop's body runs there.";

function suspended(context: CheckContext, node: ts.Node, construct: string): void {
  context.reporter.report("suspended", node, {
    construct,
    place: "code that runs in the graph",
    way: context.ts.isYieldExpression(node) ? AS_STATEMENT : "Move it out of the graph function.",
  });
}

/** A generator that the graph decides on has no iterator: what asks for one gets a message where it stands. */
function checkGeneratorCall({ ts, graph, reporter }: CheckContext, node: ts.CallExpression): void {
  const callee = graph.callee(node);
  if (callee === undefined || isConsumed(ts, node) || graph.yields(callee) === "static") return;
  reporter.report("decidedGenerator", node, { name: excerpt(node.expression) });
}

/** An `await` inside a function that the region only declares belongs to that function. */
function isInNestedFunction(context: CheckContext, node: ts.Node, region: Region): boolean {
  for (let at = node.parent; at !== undefined && at.pos >= region.start; at = at.parent) if (isFunctionNode(context.ts, at)) return true;
  return false;
}

/** A function declared in a clause is visible in all of them; each clause is a thunk. */
function checkClauseFunction({ structure, bindings, reporter }: CheckContext, name: ts.Identifier, clause: ts.CaseOrDefaultClause): void {
  if (!structure.lowered.has(clause.parent.parent)) return;
  const isOutside = ({ node }: Reference): boolean => node.pos < clause.pos || node.end > clause.end;
  if (bindings.variable(name)?.references.some(isOutside)) reporter.report("clauseFunction", name, { name: name.text });
}

/** The body of a lowered `for` gets copies of its variables: it must not assign them, and nothing else may capture them. */
function checkCapturedVariables(context: CheckContext, node: ts.ForStatement): void {
  const { reporter } = context;
  const body = node.statement;
  for (const variable of capturedVariables(context, node)) {
    const inBody = ({ node: at }: Reference): boolean => at.pos >= body.pos && at.end <= body.end;
    const wrong = variable.references.find((reference) => (inBody(reference) ? reference.write : reference.owner !== variable.owner));
    if (wrong !== undefined) reporter.report("capturedLoopVariable", wrong.node, { name: variable.name });
  }
}
