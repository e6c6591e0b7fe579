/** The functions of a file that are transformed: marked ones, and those that marked functions reach. */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode, skipParentheses } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { Mark } from "../parse/marks.ts";
import type { FunctionReport } from "../types.ts";

export interface Unit {
  readonly form: FunctionReport["form"];
  /** For people: `step`, `Model.step`. */
  readonly name: string;
  /** Undefined for `graphFunction(name)`, whose function is transformed where it is declared. */
  readonly fn: FunctionNode | undefined;
  readonly node: ts.Node;
  /** A reachable one has that of an eager function, if any. */
  readonly mark: Mark | undefined;
}

/** The marked functions, then those that are reached. An eager function that a graph function calls, or has in it, is part of its graph. */
export function unitsOf(ts: TS, marks: readonly Mark[], reached: readonly FunctionNode[]): Unit[] {
  const found = new Set<ts.Node>(reached);
  const graphs = new Set<ts.Node>(marks.filter(({ form }) => form !== "eager").map(({ node }) => node));
  const inGraph = (node: ts.Node): boolean => node.parent !== undefined && (graphs.has(node.parent) || inGraph(node.parent));
  const unitOfMark = (mark: Mark): Unit => {
    const fn = isFunctionNode(ts, mark.node) ? mark.node : undefined;
    const form = mark.form === "eager" && (found.delete(mark.node) || inGraph(mark.node)) ? "reachable" : mark.form;
    return { form, name: fn === undefined ? expressionName(ts, mark.node) : functionName(ts, fn), fn, node: mark.node, mark };
  };
  const marked = marks.map(unitOfMark);
  const others = reached.filter((fn) => found.has(fn));
  return [...marked, ...others.map((fn): Unit => ({ form: "reachable", name: functionName(ts, fn), fn, node: fn, mark: undefined }))];
}

function expressionName(ts: TS, node: ts.Node): string {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? node.name.text : "anonymous";
}

/** Name of a function: its own, or that of the variable or property that holds it. */
export function functionName(ts: TS, fn: FunctionNode): string {
  if (ts.isConstructorDeclaration(fn)) return `${className(fn.parent)}.constructor`;
  if (fn.name !== undefined && !ts.isComputedPropertyName(fn.name)) {
    return ts.isClassLike(fn.parent) ? `${className(fn.parent)}.${fn.name.text}` : fn.name.text;
  }
  let holder: ts.Node = fn.parent;
  while (ts.isParenthesizedExpression(holder) || ts.isCallExpression(holder)) holder = holder.parent;
  if (ts.isVariableDeclaration(holder) && ts.isIdentifier(holder.name)) return holder.name.text;
  if ((ts.isPropertyAssignment(holder) || ts.isPropertyDeclaration(holder)) && !ts.isComputedPropertyName(holder.name))
    return holder.name.getText();
  if (ts.isBinaryExpression(holder) && holder.operatorToken.kind === ts.SyntaxKind.EqualsToken)
    return expressionName(ts, skipParentheses(ts, holder.left));
  return ts.isExportAssignment(holder) || ts.isFunctionDeclaration(fn) ? "default" : "anonymous";
}

function className(node: ts.Node): string {
  return (node as ts.ClassLikeDeclaration).name?.text ?? "class";
}

/** `x`, `{…}`, `…rest`: what the runtime calls the parameters in messages. */
export function parameterNames(ts: TS, fn: FunctionNode): string[] {
  return fn.parameters
    .filter((parameter) => !(ts.isIdentifier(parameter.name) && parameter.name.text === "this"))
    .map((parameter, i) => (ts.isIdentifier(parameter.name) ? parameter.name.text : `argument ${i + 1}`));
}
