/**
 * Statements: lists, blocks, `if`, labels and jumps.
 *
 * A lowered `if` is `$.if(at, state, condition, () => {…}, () => {…})`. Where a statement may end abruptly because the graph
 * decided so, the rest of its list runs only after a normal end:
 *
 *   if (x < 0) return -1; rest…     return $.finish($.if(at, $.none, $.lt(x, 0), () => $.return(-1), () => { rest… }));
 *   while (…) { … return x; … }     return $.finish($.then(at, state, $.while(…), () => { rest… }));
 *   rest…
 *
 * In a function `return` and `$.finish` give the value; in a thunk (`inThunk`) the completion itself is returned, and
 * `return v`, `break`, `continue` become `return $.return(v)`, `return $.break()`, `return $.continue()`.
 */
import type ts from "typescript";
import { alwaysLeaves, jumpTarget, unlabelled } from "../analyze/exits.ts";
import { pushedYield } from "../analyze/generators.ts";
import { enclosingFunction, isLoop, type JumpStatement } from "../ast/nodes.ts";
import { copyGap, decide, type Lowering, placeOf, startOf, withThunk, writeState } from "./context.ts";
import { asWritten, reasonOf } from "./expressions.ts";
import { generatorReturn, yieldCompletion } from "./generators.ts";
import { hoistedClass } from "./hoisted.ts";
import { loopCompletion, lowerLoop } from "./loops.ts";
import { lowerSwitch, switchCompletion } from "./switch.ts";
import { tryCompletion } from "./try.ts";
import { declareCells, declaredNames, hoistedNames } from "./writes.ts";

export function lowerStatement(lowering: Lowering, node: ts.Statement): void {
  statement(lowering, node);
  if (!lowering.ts.isFunctionDeclaration(node)) lowering.writer.put(lowering.outer.behind(node));
}

function statement(lowering: Lowering, node: ts.Statement): void {
  const { ts, structure, writer } = lowering;
  if (ts.isBlock(node)) return lowerBlock(lowering, node);
  if (ts.isReturnStatement(node)) return returnStatement(lowering, node);
  if (ts.isBreakStatement(node) || ts.isContinueStatement(node)) return jump(lowering, node);
  if (isLoop(ts, node)) return lowerLoop(lowering, node, undefined);
  if (ts.isSwitchStatement(node)) return lowerSwitch(lowering, node);
  if (ts.isClassDeclaration(node) && lowering.hoists.isAssignment(node)) return hoistedClass(lowering, node);
  const loop = ts.isLabeledStatement(node) ? unlabelled(ts, node) : undefined;
  if (loop !== undefined && isLoop(ts, loop) && structure.lowered.has(loop)) return lowerLoop(lowering, loop, labelOf(loop));
  if (!structure.lowered.has(node)) {
    if (ts.isIfStatement(node)) noteStaging(lowering, node);
    return asWritten(lowering, node);
  }
  completion(lowering, node, []);
  writer.put(";");
}

/** Innermost label of a loop: the name that jumps to it carry. */
function labelOf(loop: ts.Statement): string {
  return (loop.parent as ts.LabeledStatement).label.text;
}

export function lowerBlock(lowering: Lowering, node: ts.Block): void {
  const start = startOf(lowering, node);
  lowering.writer.copy(start, start + 1);
  lowerList(lowering, node.statements, start + 1);
  lowering.writer.copy(endOf(node.statements, start + 1), node.end);
}

function endOf(statements: readonly ts.Statement[], otherwise: number): number {
  return statements[statements.length - 1]?.end ?? otherwise;
}

/** Writes statements from source offset `at` to the end of the last one. */
export function lowerList(lowering: Lowering, statements: readonly ts.Statement[], at: number): void {
  const { ts, structure, hoists, writer } = lowering;
  let from = at;
  for (let i = 0; i < statements.length; i++) {
    const node = statements[i];
    if (hoists.isLifted(node)) {
      from = node.end;
      continue;
    }
    writer.copy(from, startOf(lowering, node));
    if (isLoopOptions(lowering, node)) {
      from = node.end;
      continue;
    }
    const part = lowering.graphParts.get(node);
    if (part !== undefined) {
      lowering.graphParts.delete(node);
      writer.put(part.open);
      lowerList(lowering, statements.slice(i), startOf(lowering, node));
      return writer.put(part.close);
    }
    if (structure.hasStagedExit(node)) {
      const hoisted = hoists.beforeExit(node);
      if (hoisted.length > 0) writer.put(`${hoistedNames(lowering, "let", hoisted)} `);
      return abruptTail(lowering, node, statements.slice(i + 1));
    }
    lowering.visit(node);
    if (ts.isVariableStatement(node) && !hoists.isAssignment(node.declarationList)) {
      writer.put(
        declareCells(
          lowering,
          node.declarationList.declarations.flatMap(({ name }) => declaredNames(ts, name)).filter((name) => !isHoisted(lowering, name)),
        ),
      );
    }
    from = node.end;
  }
}

/** The options of the loop around: an argument of its call. */
function isLoopOptions({ ts, structure }: Lowering, node: ts.Statement): boolean {
  const loop = node.parent.parent;
  return ts.isExpressionStatement(node) && isLoop(ts, loop) && structure.lowered.has(loop) && structure.options.of(loop) === node;
}

/** Declared elsewhere, with its cell: a `var` that stands in a thunk, too. */
function isHoisted({ bindings, hoists }: Lowering, name: ts.Identifier): boolean {
  const variable = bindings.variable(name);
  return variable !== undefined && hoists.isHoisted(variable);
}

/** A statement that may end abruptly, and what follows it. Functions that the code before it uses stand after the `return`. */
function abruptTail(lowering: Lowering, node: ts.Statement, following: readonly ts.Statement[]): void {
  const { ts, writer, states, hoists, $ } = lowering;
  const lifted = following.filter((statement) => hoists.isLifted(statement));
  const rest = lifted.length === following.length ? [] : following;
  writer.put(lowering.inThunk ? "return " : `return ${$}.finish(`);
  if (rest.length === 0 || (ts.isIfStatement(node) && alwaysLeaves(ts, node.thenStatement))) {
    completion(lowering, node, rest);
  } else {
    writer.put(`${$}.then(${placeOf(lowering, rest[0])}, `);
    writeState(lowering, states.ofRest(rest));
    writer.put(", ");
    completion(lowering, node, []);
    writer.put(", ");
    restThunk(lowering, rest, node.end);
    writer.put(")");
  }
  writer.put(lowering.inThunk ? ";" : ");");
  for (const fn of lifted) {
    writer.copy(fn.pos, startOf(lowering, fn));
    lowering.visit(fn);
  }
}

function restThunk(lowering: Lowering, rest: readonly ts.Statement[], from: number): void {
  lowering.writer.put("() => {");
  withThunk(lowering, true, () => lowerList(lowering, rest, from));
  lowering.writer.put(" }");
}

/** An expression whose value says how the statement ended. `rest` runs in the `else` arm of an `if`. */
function completion(lowering: Lowering, node: ts.Statement, rest: readonly ts.Statement[]): void {
  const { ts, structure, writer, $ } = lowering;
  if (ts.isIfStatement(node)) return ifCompletion(lowering, node, rest);
  if (isLoop(ts, node)) return loopCompletion(lowering, node, undefined);
  if (ts.isTryStatement(node)) return tryCompletion(lowering, node);
  if (ts.isLabeledStatement(node)) {
    const inner = unlabelled(ts, node);
    if (isLoop(ts, inner)) return loopCompletion(lowering, inner, labelOf(inner));
    if (!structure.lowered.has(node)) return completion(lowering, node.statement, []);
    writer.putAt(`${$}.label("${node.label.text}", `, startOf(lowering, node));
    completion(lowering, node.statement, []);
    writer.put(")");
    return;
  }
  if (ts.isSwitchStatement(node)) return switchCompletion(lowering, node);
  if (ts.isBlock(node)) {
    writer.put("(() => ");
    withThunk(lowering, true, () => lowerBlock(lowering, node));
    writer.put(")()");
    return;
  }
  const given = pushedYield(ts, lowering.generators, node);
  return given === undefined ? asWritten(lowering, node) : yieldCompletion(lowering, given);
}

/** For plain JavaScript too: `explain` tells what stayed static. */
function noteStaging(lowering: Lowering, node: ts.IfStatement): void {
  const staging = lowering.structure.staging.get(node) ?? "static";
  const exit = staging === "static" && lowering.structure.lowered.has(node);
  decide(
    lowering,
    node,
    "if",
    staging,
    exit ? `${reasonOf(node.expression, staging)}, but the graph decides on an exit inside` : reasonOf(node.expression, staging),
  );
}

function ifCompletion(lowering: Lowering, node: ts.IfStatement, rest: readonly ts.Statement[]): void {
  const { writer, states, $ } = lowering;
  noteStaging(lowering, node);
  writer.putAt(`${$}.if(`, startOf(lowering, node), 2);
  writer.put(`${placeOf(lowering, node)}, `);
  writeState(lowering, states.ofIf(node, rest));
  writer.put(", ");
  copyGap(lowering, startOf(lowering, node), startOf(lowering, node.expression));
  lowering.visit(node.expression);
  copyGap(lowering, node.expression.end, startOf(lowering, node.thenStatement));
  writer.put(", ");
  armThunk(lowering, node.thenStatement);
  if (node.elseStatement !== undefined) {
    copyGap(lowering, node.thenStatement.end, startOf(lowering, node.elseStatement));
    writer.put(", ");
    if (rest.length === 0) armThunk(lowering, node.elseStatement);
    else {
      writer.put("() => { ");
      withThunk(lowering, true, () =>
        lowerList(lowering, [node.elseStatement as ts.Statement, ...rest], startOf(lowering, node.elseStatement as ts.Statement)),
      );
      writer.put(" }");
    }
  } else if (rest.length > 0) {
    writer.put(", ");
    restThunk(lowering, rest, node.thenStatement.end);
  }
  writer.put(")");
}

/** An arm or a loop body as a thunk. */
export function armThunk(lowering: Lowering, node: ts.Statement): void {
  lowering.writer.put("() => ");
  armBody(lowering, node);
}

export function armBody(lowering: Lowering, node: ts.Statement): void {
  const { ts, structure, writer } = lowering;
  withThunk(lowering, true, () => {
    if (ts.isBlock(node)) return lowerBlock(lowering, node);
    if (ts.isReturnStatement(node)) return returnCompletion(lowering, node);
    if (ts.isIfStatement(node) && structure.lowered.has(node)) {
      return ifCompletion(lowering, node, []);
    }
    writer.put("{ ");
    lowerList(lowering, [node], startOf(lowering, node));
    writer.put(" }");
  });
}

function returnStatement(lowering: Lowering, node: ts.ReturnStatement): void {
  if (!lowering.inThunk) return asWritten(lowering, node);
  lowering.writer.put("return ");
  returnCompletion(lowering, node);
  lowering.writer.put(";");
}

function returnCompletion(lowering: Lowering, node: ts.ReturnStatement): void {
  const { ts, generators, writer, $ } = lowering;
  const owner = enclosingFunction(ts, node);
  if (owner !== undefined && generators.pushes(owner)) return generatorReturn(lowering, node);
  writer.putAt(`${$}.return(`, startOf(lowering, node), 6);
  if (node.expression !== undefined) {
    copyGap(lowering, startOf(lowering, node) + 6, startOf(lowering, node.expression));
    lowering.visit(node.expression);
  }
  writer.put(")");
}

/** Jumps to loops that stay plain JavaScript stay jumps. */
function jump(lowering: Lowering, node: JumpStatement): void {
  const { ts, structure, writer, $ } = lowering;
  const target = jumpTarget(ts, node);
  if (target === undefined || !structure.lowered.has(target)) return asWritten(lowering, node);
  const label = ts.isReturnStatement(node) ? undefined : node.label;
  const name = label === undefined ? "" : isLoop(ts, target) ? `"${labelOf(target)}"` : `"${label.text}"`;
  writer.put("return ");
  writer.putAt(`${$}.${ts.isBreakStatement(node) ? "break" : "continue"}(${name})`, startOf(lowering, node));
  writer.put(";");
}
