/**
 * Lowering: a function of the original tree → its emitted text, in place.
 *
 * Before: facts, structure and states of the file are known and no error was reported. After: every construct that the
 * graph may decide is a call of the emitted namespace; everything else is as written.
 */
import type ts from "typescript";
import { copyAround, type FunctionNode, isFunctionNode } from "../ast/nodes.ts";
import { type Lowering, startOf, withThunk } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { copyHead, pushingBody } from "./generators.ts";
import { hoistedDeclarations } from "./hoisted.ts";
import { aroundRecursive, recursivePrologue } from "./recursive.ts";
import { lowerBlock, lowerList, lowerStatement } from "./statements.ts";
import { declareCells, declaredNames, hoistedNames } from "./writes.ts";

export function createLowering(
  parts: Omit<Lowering, "visit" | "visitList" | "inThunk" | "decisions" | "graphParts" | "raw" | "substitutes" | "marked">,
): Lowering {
  const lowering: Lowering = {
    ...parts,
    graphParts: new Map(),
    raw: new Set(),
    substitutes: new Map(),
    inThunk: false,
    decisions: [],
    marked: new Map(),
    visit: (node) => visit(lowering, node),
    visitList: (statements, at) => lowerList(lowering, statements, at),
  };
  return lowering;
}

function visit(lowering: Lowering, node: ts.Node): void {
  const { ts, writer } = lowering;
  if (ts.isTypeNode(node)) return writer.copy(startOf(lowering, node), node.end);
  const marked = lowering.marked.get(node);
  if (marked !== undefined && ts.isExpression(node)) return withThunk(lowering, false, marked.write);
  if (isFunctionNode(ts, node)) return nestedFunction(lowering, node);
  if (ts.isExpression(node)) return lowerExpression(lowering, node);
  if (ts.isCaseOrDefaultClause(node)) return caseClause(lowering, node);
  if (ts.isVariableDeclarationList(node) && lowering.hoists.isAssignment(node)) return hoistedDeclarations(lowering, node);
  // `isStatement` leaves out the blocks of functions and of `try`.
  if (ts.isBlock(node) || ts.isStatement(node)) return lowerStatement(lowering, node);
  copyAround(ts, writer, lowering.file.sourceFile, node, lowering.visit);
}

function nestedFunction(lowering: Lowering, node: FunctionNode): void {
  const { ts, writer } = lowering;
  const marked = lowering.marked.get(node);
  withThunk(lowering, false, () => {
    if (ts.isFunctionDeclaration(node)) {
      // Decorators of nested functions (a form only we accept) mean nothing here.
      const first = node.modifiers?.find((modifier) => !ts.isDecorator(modifier));
      const start = node.modifiers?.some((modifier) => ts.isDecorator(modifier))
        ? (first ?? { getStart: () => keywordStart(lowering, node) }).getStart()
        : startOf(lowering, node);
      copyHead(lowering, node, start);
      return marked === undefined ? functionParts(lowering, node) : marked.write();
    }
    if (marked !== undefined) {
      const { decorator } = marked;
      if (decorator !== undefined) writer.copy(startOf(lowering, node), startOf(lowering, decorator));
      writer.copy(decorator?.end ?? startOf(lowering, node), node.parameters.pos);
      return marked.write();
    }
    aroundRecursive(lowering, node, () => {
      const start = startOf(lowering, node);
      const isAsWritten = prologueOf(lowering, node) === "" && !lowering.generators.pushes(node);
      if (isAsWritten) return copyAround(ts, writer, lowering.file.sourceFile, node, lowering.visit);
      copyHead(lowering, node, start);
      functionParts(lowering, node);
    });
  });
}

/** The `function` keyword after decorators. */
function keywordStart(lowering: Lowering, node: ts.FunctionDeclaration): number {
  const decorators = (node.modifiers ?? []).filter((modifier) => lowering.ts.isDecorator(modifier));
  const end = decorators[decorators.length - 1]?.end ?? node.pos;
  return end + (/^\s*/.exec(lowering.file.text.slice(end))?.[0].length ?? 0);
}

/** What stands first in the body of a function. */
function prologueOf(lowering: Lowering, node: FunctionNode): string {
  const variables = lowering.hoists.ofScope(node);
  const hoisted = variables.length > 0 ? ` ${hoistedNames(lowering, "var", variables)}` : "";
  const cells = declareCells(
    lowering,
    node.parameters.flatMap(({ name }) => declaredNames(lowering.ts, name)),
  );
  return `${recursivePrologue(lowering, node)}${hoisted}${cells}`;
}

/** Parameters and body of a function: everything after its name. `start` is put at the start of the body. */
export function functionParts(lowering: Lowering, node: FunctionNode, start = ""): void {
  const { ts, writer } = lowering;
  const prologue = `${start}${prologueOf(lowering, node)}`;
  let at = node.parameters.pos;
  for (const parameter of node.parameters) {
    writer.copy(at, startOf(lowering, parameter));
    lowering.visit(parameter);
    at = parameter.end;
  }
  const { body } = node;
  if (body !== undefined) {
    const start = startOf(lowering, body);
    writer.copy(at, start);
    if (ts.isBlock(body) && lowering.generators.pushes(node)) {
      pushingBody(lowering, body, prologue);
      at = body.end;
    } else if (prologue !== "" && ts.isBlock(body)) {
      writer.copy(start, start + 1);
      writer.put(prologue);
      lowerList(lowering, body.statements, start + 1);
      at = body.statements[body.statements.length - 1]?.end ?? start + 1;
    } else {
      if (ts.isBlock(body)) lowerBlock(lowering, body);
      else {
        // An expression has no place for a statement.
        if (prologue !== "") writer.put(`{${prologue} return `);
        lowering.visit(body);
        if (prologue !== "") writer.put("; }");
      }
      at = body.end;
    }
  }
  writer.copy(at, node.end);
  writer.put(lowering.outer.behind(node));
}

function caseClause(lowering: Lowering, node: ts.CaseOrDefaultClause): void {
  const { ts, writer } = lowering;
  let at = startOf(lowering, node);
  if (ts.isCaseClause(node)) {
    writer.copy(at, startOf(lowering, node.expression));
    lowering.visit(node.expression);
    at = node.expression.end;
  }
  lowerList(lowering, node.statements, at);
  if (node.statements.length === 0) writer.copy(at, node.end);
}
