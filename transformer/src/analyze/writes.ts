/**
 * Writes that the runtime must know of, since a region that the graph decides on may contain them without seeing their variable: changes of
 * objects in place, and assignments of variables that inner functions assign ("cells"). The emitted code says before each what it writes.
 *
 *   p.x = p.x + 1             p may have been made outside the region
 *   each(() => { n += 1 })    n is a cell: `each` may run the function in a loop of its own
 *
 * Left out are objects that were made in the same region as the write, and which have no other name: two of them that the graph chooses
 * between may not be written any more.
 */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { CalleeFact } from "../types/oracle.ts";
import { isDeclaredIn, mutationOf, rootOf } from "./effects.ts";
import type { Structure } from "./exits.ts";
import type { Facts } from "./facts.ts";
import type { Generators } from "./generators.ts";
import { ownerOf, type Region, walkRegions } from "./regions.ts";
import type { Bindings, Variable } from "./scopes.ts";

export interface JournalledWrites {
  /** The object of a write: wrapped where it stands. */
  isTouched(object: ts.Node): boolean;
  isCell(variable: Variable): boolean;
}

export function findWrites(
  ts: TS,
  facts: Facts,
  structure: Structure,
  bindings: Bindings,
  generators: Generators,
  functions: readonly FunctionNode[],
  calleeOf: (node: ts.Node) => CalleeFact | undefined,
): JournalledWrites {
  const touched = new Set<ts.Node>();
  const cells = new Set<Variable>();

  for (const variable of bindings.variables) {
    const { owner } = variable;
    if (owner === undefined || !functions.some((fn) => isDeclaredIn(variable, fn))) continue;
    const isAssigned = variable.kind === "let" || variable.kind === "var" || variable.kind === "parameter";
    const byInner = variable.references.some(
      ({ write, indexed, owner: by, node }) =>
        write && (by !== owner || isInPushedBody(variable, node)) && !(indexed && facts.of(node).tensor === "no"),
    );
    if (isAssigned && byInner) cells.add(variable);
  }

  /** The generator runs the body of the loop, in loops of its own. */
  function isInPushedBody({ scope }: Variable, node: ts.Node): boolean {
    for (let at = node; at.parent !== undefined && at !== scope && !isFunctionNode(ts, at); at = at.parent) {
      const { parent } = at;
      if (ts.isForOfStatement(parent) && at === parent.statement && parent !== scope && generators.isPushed(parent.expression)) return true;
    }
    return false;
  }

  for (const fn of functions) {
    walkRegions(ts, facts, structure, fn, (node, region) => {
      const mutation = mutationOf(ts, facts, node, ts.isCallExpression(node) ? calleeOf(node) : undefined);
      if (mutation !== undefined && !isOwn(mutation.object, node, region)) touched.add(mutation.object);
      return "enter";
    });
  }

  /** Made by a literal or `new` in the same region and function, and never another object. */
  function isOwn(object: ts.Expression, write: ts.Node, region: Region | undefined): boolean {
    const root = rootOf(ts, bindings, object);
    if (root.kind === "this") {
      const owner = ownerOf(ts, write);
      return region === undefined && owner !== undefined && object.kind === ts.SyntaxKind.ThisKeyword && keepsItself(owner);
    }
    if (root.kind !== "variable" || !ts.isIdentifier(object) || bindings.variable(object) !== root.variable) return false;
    const { declaration, owner, references } = root.variable;
    const { parent } = declaration;
    if (owner === undefined || ownerOf(ts, write) !== owner || references.some((reference) => reference.write && !reference.indexed))
      return false;
    if (region !== undefined && region.start >= owner.pos && !isDeclaredIn(root.variable, { pos: region.start, end: region.end }))
      return false;
    if (!ts.isVariableDeclaration(parent) || parent.initializer === undefined) return false;
    const { initializer } = parent;
    // A constructor may give away what it makes.
    const isMade = ts.isArrayLiteralExpression(initializer) || ts.isObjectLiteralExpression(initializer);
    return isMade && !references.some(({ node }) => givesAway(node, ts.isArrayLiteralExpression(initializer)));
  }

  /** `const r = a > 0 ? p : q`, `[p]`, `p.method()`: the object may be known by another name. Nothing is written after `return p`. */
  function givesAway(name: ts.Node, isArray: boolean): boolean {
    let node = name;
    while (ts.isNonNullExpression(node.parent) || ts.isParenthesizedExpression(node.parent)) node = node.parent;
    const { parent } = node;
    if ((ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) && parent.expression === node) {
      const call = parent.parent;
      if (!ts.isCallExpression(call) || call.expression !== parent) return false;
      return !isArray || !ts.isPropertyAccessExpression(parent) || !keepsArray(ts, call, parent.name.text);
    }
    if (ts.isVariableDeclaration(parent)) return parent.initializer === node && ts.isIdentifier(parent.name);
    return !(ts.isSpreadElement(parent) || ts.isSpreadAssignment(parent) || ts.isForOfStatement(parent) || ts.isReturnStatement(parent));
  }

  /** A constructor that nobody else learns the new object from. */
  function keepsItself(owner: FunctionNode): boolean {
    if (!ts.isConstructorDeclaration(owner) || owner.parent.heritageClauses !== undefined) return false;
    const visit = (node: ts.Node): boolean => {
      if (node.kind === ts.SyntaxKind.ThisKeyword) return !givesAway(node, false);
      return ts.forEachChild(node, (child) => (visit(child) ? undefined : true)) !== true;
    };
    return owner.body === undefined || visit(owner.body);
  }

  return { isTouched: (object) => touched.has(object), isCell: (variable) => cells.has(variable) };
}

/** Methods of arrays whose result is the array itself. */
const CHAINED = new Set(["reverse", "sort", "fill", "copyWithin"]);
/** Methods that call back, by the number of parameters that do not give away the array. */
const CALLING = new Map([
  ...["map", "filter", "forEach", "some", "every", "find", "findIndex", "findLast", "findLastIndex", "flatMap"].map(
    (name) => [name, 2] as const,
  ),
  ["reduce", 3],
  ["reduceRight", 3],
]);

/** Nobody learns the array from a call of its method: neither as the result nor as an argument of what is called back. */
function keepsArray(ts: TS, call: ts.CallExpression, method: string): boolean {
  if (CHAINED.has(method) && !ts.isExpressionStatement(call.parent)) return false;
  const known = CALLING.get(method);
  if (known === undefined) return method !== "valueOf";
  const [callback] = call.arguments;
  if (callback === undefined || !(ts.isArrowFunction(callback) || ts.isFunctionExpression(callback))) return false;
  return callback.parameters.length <= known && callback.parameters.every(({ dotDotDotToken }) => dotDotDotToken === undefined);
}
