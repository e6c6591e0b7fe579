/**
 * Loops that leave plain JavaScript: their test may be a tensor, or the graph decides on an exit.
 *
 *   while (c) body             $.while(at, state, () => c, () => body)
 *   do body while (c)          $.doWhile(at, state, () => body, () => c)
 *   for (let i = 0; c; u) body { let i = 0; $.for(at, state, () => c, () => { u; }, () => body); }
 *   for (const r of t) body    $.forOf(at, state, t, (r) => body)
 *   for (const k in o) body    $.forOf(at, state, $.keys(o), (k) => body)
 *   a: while (…)               …, "a")
 *   while (c) { loop.options(o); … }   …, undefined, o)
 *
 * Variables of a `for` that functions in its body capture are one per iteration: the body is `() => ((i) => body)(i)`.
 */
import type ts from "typescript";
import { capturedVariables } from "../analyze/scopes.ts";
import type { LoopStatement } from "../ast/nodes.ts";
import { copyGap, decide, type Lowering, placeOf, startOf, withThunk, writeState } from "./context.ts";
import { asWritten, excerpt, reasonOf } from "./expressions.ts";
import { armBody, armThunk } from "./statements.ts";

/** The loop as a statement. */
export function lowerLoop(lowering: Lowering, node: LoopStatement, label: string | undefined): void {
  const { ts, structure, writer } = lowering;
  if (!structure.lowered.has(node)) {
    noteLoop(lowering, node);
    return asWritten(lowering, node);
  }
  const scoped = ts.isForStatement(node) && node.initializer !== undefined;
  if (scoped) {
    writer.put("{ ");
    initializer(lowering, node);
  }
  loopCall(lowering, node, label);
  writer.put(scoped ? "; }" : ";");
}

/** The loop as an expression: how it ended. */
export function loopCompletion(lowering: Lowering, node: LoopStatement, label: string | undefined): void {
  const { ts, writer } = lowering;
  const scoped = ts.isForStatement(node) && node.initializer !== undefined;
  if (!scoped) return loopCall(lowering, node, label);
  writer.put("(() => { ");
  initializer(lowering, node);
  writer.put("return ");
  loopCall(lowering, node, label);
  writer.put("; })()");
}

function initializer(lowering: Lowering, node: ts.ForStatement): void {
  copyGap(lowering, startOf(lowering, node), startOf(lowering, node.initializer as ts.Node));
  lowering.visit(node.initializer as ts.Node);
  lowering.writer.put("; ");
}

function loopCall(lowering: Lowering, node: LoopStatement, label: string | undefined): void {
  const { ts, structure, writer, states, $ } = lowering;
  noteLoop(lowering, node);
  writer.putAt(
    `${$}.${NAMES[kindOf(ts, node)]}(`,
    startOf(lowering, node),
    kindOf(ts, node) === "do" ? 2 : kindOf(ts, node) === "while" ? 5 : 3,
  );
  writer.put(`${placeOf(lowering, node)}, `);
  writeState(lowering, states.ofLoop(node));
  if (ts.isWhileStatement(node)) whileParts(lowering, node);
  else if (ts.isDoStatement(node)) doParts(lowering, node);
  else if (ts.isForStatement(node)) forParts(lowering, node);
  else forOfParts(lowering, node);
  if (label !== undefined) writer.put(`, "${label}"`);
  const options = structure.options.argumentOf(node);
  if (options !== undefined) {
    writer.put(label === undefined ? ", undefined, " : ", ");
    withThunk(lowering, false, () => lowering.visit(options));
  }
  writer.put(")");
}

const NAMES = { while: "while", do: "doWhile", for: "for", of: "forOf" } as const;

function kindOf(ts: Lowering["ts"], node: LoopStatement): keyof typeof NAMES {
  if (ts.isWhileStatement(node)) return "while";
  if (ts.isDoStatement(node)) return "do";
  return ts.isForStatement(node) ? "for" : "of";
}

function whileParts(lowering: Lowering, node: ts.WhileStatement): void {
  testThunk(lowering, node.expression, startOf(lowering, node));
  copyGap(lowering, node.expression.end, startOf(lowering, node.statement));
  lowering.writer.put(", ");
  armThunk(lowering, node.statement);
}

function doParts(lowering: Lowering, node: ts.DoStatement): void {
  lowering.writer.put(", ");
  copyGap(lowering, startOf(lowering, node), startOf(lowering, node.statement));
  armThunk(lowering, node.statement);
  testThunk(lowering, node.expression, node.statement.end);
  copyGap(lowering, node.expression.end, node.end);
}

function forParts(lowering: Lowering, node: ts.ForStatement): void {
  const { writer } = lowering;
  let at = node.initializer?.end ?? startOf(lowering, node);
  if (node.condition === undefined) writer.put(", () => true");
  else {
    testThunk(lowering, node.condition, at);
    at = node.condition.end;
  }
  writer.put(", () => {");
  if (node.incrementor !== undefined) {
    if (!copyGap(lowering, at, startOf(lowering, node.incrementor))) writer.put(" ");
    withThunk(lowering, true, () => lowering.visit(node.incrementor as ts.Node));
    writer.put("; ");
    at = node.incrementor.end;
  }
  writer.put("}, ");
  copyGap(lowering, at, startOf(lowering, node.statement));
  const captured = capturedVariables(lowering, node).map((variable) => variable.name);
  if (captured.length === 0) return armThunk(lowering, node.statement);
  const names = captured.join(", ");
  writer.put(`() => ((${names}) => `);
  armBody(lowering, node.statement);
  writer.put(`)(${names})`);
}

function testThunk(lowering: Lowering, test: ts.Expression, from: number): void {
  lowering.writer.put(", () => ");
  copyGap(lowering, from, startOf(lowering, test));
  withThunk(lowering, true, () => lowering.visit(test));
}

function forOfParts(lowering: Lowering, node: ts.ForOfStatement | ts.ForInStatement): void {
  const { ts, writer, $ } = lowering;
  writer.put(", ");
  copyGap(lowering, node.initializer.end, startOf(lowering, node.expression));
  if (ts.isForInStatement(node)) writer.put(`${$}.keys(`);
  lowering.visit(node.expression);
  if (ts.isForInStatement(node)) writer.put(")");
  const declared = ts.isVariableDeclarationList(node.initializer) ? node.initializer.declarations[0] : undefined;
  const hoisted = ts.isVariableDeclarationList(node.initializer) && lowering.hoists.isAssignment(node.initializer);
  const declares = declared !== undefined && !hoisted;
  if (declares) {
    writer.put(", (");
    writer.copy(startOf(lowering, declared.name), declared.name.end);
    writer.put(") => ");
  } else {
    writer.put(`, (${$}x) => `);
  }
  withThunk(lowering, true, () => {
    if (declares && ts.isBlock(node.statement)) return lowering.visit(node.statement);
    writer.put("{ ");
    if (!declares) {
      const target = declared?.name ?? node.initializer;
      const isObject = ts.isObjectLiteralExpression(target) || ts.isObjectBindingPattern(target);
      if (isObject) writer.put("(");
      lowering.visit(target);
      writer.put(isObject ? ` = ${$}x); ` : ` = ${$}x; `);
    }
    lowering.visitList([node.statement], startOf(lowering, node.statement));
    writer.put(" }");
  });
}

function noteLoop(lowering: Lowering, node: LoopStatement): void {
  const { ts, structure } = lowering;
  const staging = structure.staging.get(node) ?? "static";
  const test = ts.isForStatement(node) ? node.condition : node.expression;
  const options = structure.options.argumentOf(node)?.getText().replace(/\s+/g, " ");
  const isPushed = ts.isForOfStatement(node) && lowering.generators.isPushed(node.expression);
  const why =
    test === undefined
      ? "no test"
      : isPushed
        ? `the graph ${staging === "staged" ? "decides" : "may decide"} what \`${excerpt(test)}\` yields`
        : reasonOf(test, staging);
  const because = options === undefined ? why : `${why}; options ${options}`;
  const construct = ts.isForOfStatement(node) ? "for-of" : ts.isForInStatement(node) ? "for-in" : kindOf(ts, node);
  if (staging === "static" && structure.lowered.has(node) && !structure.isPlain(node))
    decide(lowering, node, construct, "staged", `${because}, but the graph decides on an exit inside`);
  else decide(lowering, node, construct, staging === "static" ? "unrolled" : staging, because);
}
