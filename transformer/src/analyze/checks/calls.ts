/** Calls that a graph cannot contain: host effects, read-backs, functions that cannot look into a tensor. */
import type ts from "typescript";
import { skipParentheses } from "../../ast/nodes.ts";
import type { CalleeFact } from "../../types/oracle.ts";
import { isAssertion } from "../assertions.ts";
import { consoleMethod, prints } from "../console.ts";
import { testStaging } from "../facts.ts";
import { decidedCall, resultsOf } from "../predicates.ts";
import { insteadOf } from "./builtins.ts";
import { type CheckContext, excerpt } from "./context.ts";

/** Calls whose result differs from call to call. */
const HOST_EFFECTS: ReadonlyMap<string, string> = new Map([
  ["Math.random", "Pass the number as an argument."],
  ["Date.now", "Pass the time as an argument."],
  ["performance.now", "Pass the time as an argument."],
  ["process.hrtime", "Pass the time as an argument."],
  ["crypto.randomUUID", "Pass the value as an argument."],
  ["crypto.getRandomValues", "Pass the values as an argument."],
]);
const READ_BACKS: ReadonlySet<string> = new Set(["dataSync", "data", "arraySync", "array", "item", "bytes", "buffer", "bufferSync"]);
/** Parts of JavaScript's library that compute with the values that they get. */
const COMPUTING: ReadonlySet<string> = new Set([
  "Math",
  "NumberConstructor",
  "StringConstructor",
  "BooleanConstructor",
  "BigIntConstructor",
  "JSON",
  "Number",
  "String",
  "Atomics",
  "DateConstructor",
]);
const COMPARING_METHODS: ReadonlySet<string> = new Set(["includes", "indexOf", "lastIndexOf"]);
/** What looks its first argument up by value, which for a tensor would be which object it is. */
const LOOKUPS: ReadonlyMap<string, RegExp> = new Map([
  ["Map", /^(?:get|set|has|delete)$/],
  ["WeakMap", /^(?:get|set|has|delete)$/],
  ["Set", /^(?:add|has|delete)$/],
  ["WeakSet", /^(?:add|has|delete)$/],
  ["ObjectConstructor", /^is$/],
]);
/** Methods that look at what their callback gives. */
const ASKING_METHODS: ReadonlySet<string> = new Set([
  ...["filter", "some", "every", "find", "findIndex", "findLast", "findLastIndex"],
  ...["sort", "toSorted"],
]);

export function checkCalls(context: CheckContext, node: ts.Node): void {
  const { ts } = context;
  if (ts.isIdentifier(node)) return checkIdentifier(context, node);
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
  const callee = context.graph.callee(node);
  if (callee === undefined) return;
  checkGlobalCall(context, node);
  checkTensorArguments(context, node, callee);
}

/** `arguments` is taken by the prologue; `eval` could do anything. */
function checkIdentifier(context: CheckContext, node: ts.Identifier): void {
  const { ts, bindings, reporter } = context;
  if ((node.text !== "arguments" && node.text !== "eval") || bindings.variable(node) !== undefined) return;
  const { parent } = node;
  const isName =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) || (ts.isPropertyAssignment(parent) && parent.name === node);
  if (isName) return;
  const way = node.text === "eval" ? "Write the code itself." : "Declare a rest parameter: `(...args)`.";
  reporter.report("forbidden", node, { construct: `\`${node.text}\``, way });
}

function checkGlobalCall(context: CheckContext, node: ts.CallExpression | ts.NewExpression): void {
  const { ts, facts, bindings, reporter, eager } = context;
  const { expression } = node;
  if (ts.isNewExpression(node)) {
    const isNow =
      ts.isIdentifier(expression) &&
      expression.text === "Date" &&
      bindings.variable(expression) === undefined &&
      (node.arguments?.length ?? 0) === 0;
    if (isNow && !eager) reporter.report("hostEffect", node, { name: "new Date()", way: "Pass the time as an argument." });
    return;
  }
  if (!ts.isPropertyAccessExpression(expression)) return;
  const method = expression.name.text;
  const object = expression.expression;
  if (ts.isIdentifier(object) && bindings.variable(object) === undefined) {
    const name = `${object.text}.${method}`;
    const way = HOST_EFFECTS.get(name);
    if (way !== undefined && !eager) reporter.report("hostEffect", node, { name: `${name}()`, way });
    if (object.text === "console" && !prints(method) && !eager) reporter.report("stagedConsole", node, { method });
  }
  if (!eager && READ_BACKS.has(method) && facts.of(object).tensor === "yes") reporter.report("readBack", node, { name: `${method}()` });
}

function checkTensorArguments(context: CheckContext, node: ts.CallExpression | ts.NewExpression, callee: CalleeFact): void {
  const { ts, facts, reporter } = context;
  const given = (node.arguments ?? []).map((argument) => (ts.isSpreadElement(argument) ? argument.expression : argument));
  const getsTensor = given.some((argument) => facts.of(argument).tensor === "yes" || facts.of(argument).tensors);
  const name = excerpt(node.expression);
  if (callee.origin === "lib") {
    const method = ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : "";
    const computes =
      COMPUTING.has(callee.owner ?? "") || (callee.owner === undefined && ts.isCallExpression(node)) || COMPARING_METHODS.has(method);
    if (consoleMethod(ts, context.bindings, node) !== undefined) return;
    if (ts.isCallExpression(node) && isAssertion(ts, context.bindings, node)) return;
    const [first] = given;
    const looksUp =
      (LOOKUPS.get(callee.owner ?? "")?.test(method) === true && first !== undefined && facts.of(first).tensor === "yes") ||
      (ts.isNewExpression(node) && callee.owner === "SetConstructor" && getsTensor);
    const isDecided = decidedCall(ts, facts, node) !== undefined;
    if (looksUp || (getsTensor && computes && !isDecided)) {
      const { way, fixed, fix } = insteadOf(context, node, looksUp);
      reporter.report("builtinOnTensor", node, { name, way, fixed }, { fix });
    }
    if (method === "join" && ts.isPropertyAccessExpression(node.expression) && facts.of(node.expression.expression).tensors)
      reporter.report("tensorInString", node);
    if (ASKING_METHODS.has(method) && !isDecided) checkCallback(context, given[0], name);
    return;
  }
  if (context.eager || !getsTensor) return;
  const { expression } = node;
  if (ts.isElementAccessExpression(expression) && facts.of(expression.argumentExpression).tensor === "yes") {
    const way = "Write a `switch` over it, with a call per case.";
    return reporter.report("tensorOperator", node, { operator: "f[…](…)", way });
  }
  const chosen = skipParentheses(ts, expression);
  if (ts.isConditionalExpression(chosen) && testStaging(ts, facts, chosen.condition) === "staged") return;
  // A method that tensors do not have is a type error.
  if (ts.isPropertyAccessExpression(expression) && callee.origin === "unknown" && facts.of(expression.expression).tensor === "yes") return;
  if (callee.origin === "package" || (callee.origin === "unknown" && consoleMethod(ts, context.bindings, node) === undefined))
    reporter.report("opaqueCallee", node, { name });
}

/** `rows.find((row) => row > 0)`: any Tensor is truthy for Array.prototype.find. */
function checkCallback(context: CheckContext, callback: ts.Expression | undefined, name: string): void {
  const { ts, facts, reporter } = context;
  if (callback === undefined) return;
  const way = "Loop over the array and decide with `if`.";
  for (const result of resultsOf(ts, callback))
    if (facts.of(result).tensor === "yes") reporter.report("builtinOnTensor", result, { name, way });
}
