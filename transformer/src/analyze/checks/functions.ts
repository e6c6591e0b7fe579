/**
 * Results that nobody uses, variables made while tracing, and functions that leave the graph: what a call means that is
 * traced once instead of run each time.
 */
import type ts from "typescript";
import { enclosingFunction, equalityName, type FunctionNode, isFunctionNode, operatorName, skipParentheses } from "../../ast/nodes.ts";
import type { TS } from "../../ast/typescript.ts";
import type { Reporter } from "../../diagnostics/reporter.ts";
import { TENSOR_METHODS } from "../../types/classify.ts";
import type { Variable } from "../scopes.ts";
import { type CheckContext, excerpt } from "./context.ts";
import { assignTo } from "./fixes.ts";

export function checkFunctions(context: CheckContext, node: ts.Node): void {
  const { ts, eager, unit, fn, reporter } = context;
  if (ts.isExpressionStatement(node)) checkUnused(context, node.expression);
  if (eager) return;
  if (ts.isCallExpression(node) && makesVariable(context, node)) {
    reporter.report("variablePerCall", node, { name: `${excerpt(node.expression)}(…)` });
  }
  if (unit.form === "reachable") return;
  if (ts.isReturnStatement(node) && node.expression !== undefined && enclosingFunction(ts, node) === fn)
    checkReturned(context, node.expression);
  else if (node === fn && ts.isArrowFunction(fn) && !ts.isBlock(fn.body)) checkReturned(context, fn.body);
}

/** `x.add(1);`: tensors do not change. */
function checkUnused(context: CheckContext, expression: ts.Expression): void {
  const { ts, facts, reporter } = context;
  const node = skipParentheses(ts, expression);
  if (facts.of(node).tensor !== "yes" || !isPure(context, node)) return;
  const receiver = ts.isCallExpression(node) ? computedFrom(context, node) : undefined;
  const target = receiver !== undefined && ts.isIdentifier(receiver) ? context.bindings.variable(receiver) : undefined;
  const isAssignable = target?.kind === "let" || target?.kind === "parameter";
  reporter.report(
    "unusedResult",
    node,
    { name: excerpt(node), target: isAssignable ? target.name : "const result" },
    { fix: isAssignable ? [assignTo(target.name, node)] : undefined },
  );
}

/** `x` in `x.add(1)` and in `gf.add(x, 1)`. */
function computedFrom({ ts, graph }: CheckContext, node: ts.CallExpression): ts.Expression | undefined {
  if (graph.callee(node)?.ofTensors === true) return node.arguments[0];
  return ts.isPropertyAccessExpression(node.expression) ? node.expression.expression : undefined;
}

/** An operator, or a method of Tensor, also as a function. */
function isPure({ ts, graph }: CheckContext, node: ts.Expression): boolean {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    return operatorName(ts, kind) !== undefined || equalityName(ts, kind) !== undefined;
  }
  if (!ts.isCallExpression(node)) return false;
  const callee = graph.callee(node);
  return callee?.origin === "graphfn" && (callee.ofTensors === true || callee.owner === TENSOR_METHODS);
}

function makesVariable({ graph }: CheckContext, node: ts.CallExpression): boolean {
  const callee = graph.callee(node);
  return callee?.origin === "graphfn" && callee.name === "variable" && callee.owner === undefined;
}

/** `return () => x * 2`: called later, when the tensors of the trace are gone. */
function checkReturned(context: CheckContext, expression: ts.Expression): void {
  const { ts, bindings, reporter } = context;
  const node = skipParentheses(ts, expression);
  if (ts.isObjectLiteralExpression(node)) {
    for (const property of node.properties) if (ts.isPropertyAssignment(property)) checkReturned(context, property.initializer);
    return;
  }
  if (ts.isArrayLiteralExpression(node)) {
    for (const element of node.elements) checkReturned(context, element);
    return;
  }
  const fn = ts.isIdentifier(node) ? functionOf(context, bindings.variable(node)) : isFunctionNode(ts, node) ? node : undefined;
  const tensor = fn === undefined ? undefined : tensorUsedBy(context, fn);
  if (tensor !== undefined) reporter.report("escapingClosure", node, { name: tensor.text }, { related: tensor });
}

/** The function that a name stands for. */
function functionOf({ ts }: CheckContext, variable: Variable | undefined): FunctionNode | undefined {
  const holder = variable?.declaration.parent;
  if (holder === undefined) return undefined;
  if (ts.isFunctionDeclaration(holder)) return holder;
  const value = ts.isVariableDeclaration(holder) && variable?.kind === "const" ? holder.initializer : undefined;
  return value !== undefined && isFunctionNode(ts, value) ? value : undefined;
}

/** A name of the graph function that the inner function reads and that is a tensor. */
function tensorUsedBy(context: CheckContext, inner: FunctionNode): ts.Identifier | undefined {
  const { ts, bindings, facts, fn } = context;
  const visit = (node: ts.Node): ts.Identifier | undefined => {
    if (ts.isIdentifier(node)) {
      const variable = bindings.variable(node);
      return variable?.owner === fn && facts.of(variable.declaration).tensor === "yes" ? node : undefined;
    }
    return ts.isTypeNode(node) ? undefined : ts.forEachChild(node, visit);
  };
  return visit(inner);
}

/** `graphFunction(model.step)`: the method loses the object it belongs to. */
export function checkUnboundMethod(ts: TS, reporter: Reporter, node: ts.Node, target: FunctionNode): void {
  if (!ts.isPropertyAccessExpression(node) || !ts.isMethodDeclaration(target)) return;
  const visit = (inner: ts.Node): ts.Node | undefined => {
    if (inner.kind === ts.SyntaxKind.ThisKeyword || inner.kind === ts.SyntaxKind.SuperKeyword) return inner;
    return isFunctionNode(ts, inner) && !ts.isArrowFunction(inner) ? undefined : ts.forEachChild(inner, visit);
  };
  const uses = target.body === undefined ? undefined : visit(target.body);
  if (uses === undefined) return;
  const related = uses.getSourceFile() === node.getSourceFile() ? uses : undefined;
  reporter.report("unboundMethod", node, { name: node.getText(), method: target.name.getText() }, { related });
}
