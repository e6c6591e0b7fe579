/**
 * A `switch` that leaves plain JavaScript.
 *
 *   switch (x) {             $.switch("5:3", state, x, [
 *     case 1: a(); break;      [() => 1, () => { a(); return $.break(); }],
 *     case 2:                  [() => 2],
 *     default: b();            [null, () => { b(); }],
 *   }                        ]);
 *
 * Declarations that several clauses use stand before it.
 */
import type ts from "typescript";
import { testStaging } from "../analyze/facts.ts";
import { copyGap, decide, type Lowering, placeOf, startOf, withThunk, writeState } from "./context.ts";
import { asWritten, reasonOf } from "./expressions.ts";
import { armThunk } from "./statements.ts";
import { hoistedNames } from "./writes.ts";

/** The `switch` as a statement. */
export function lowerSwitch(lowering: Lowering, node: ts.SwitchStatement): void {
  const { structure, writer } = lowering;
  if (!structure.lowered.has(node)) {
    noteSwitch(lowering, node);
    return asWritten(lowering, node);
  }
  const hoisted = lowering.hoists.ofScope(node);
  if (hoisted.length > 0) writer.put(`{ ${hoistedNames(lowering, "let", hoisted)} `);
  switchCall(lowering, node);
  writer.put(hoisted.length > 0 ? "; }" : ";");
}

/** The `switch` as an expression: how it ended. */
export function switchCompletion(lowering: Lowering, node: ts.SwitchStatement): void {
  const { writer, hoists } = lowering;
  const hoisted = hoists.ofScope(node);
  if (hoisted.length > 0) writer.put(`(() => { ${hoistedNames(lowering, "let", hoisted)} return `);
  switchCall(lowering, node);
  if (hoisted.length > 0) writer.put("; })()");
}

function switchCall(lowering: Lowering, node: ts.SwitchStatement): void {
  const { writer, states, $ } = lowering;
  const { clauses } = node.caseBlock;
  noteSwitch(lowering, node);
  writer.putAt(`${$}.switch(`, startOf(lowering, node), 6);
  writer.put(`${placeOf(lowering, node)}, `);
  writeState(lowering, states.ofSwitch(node));
  writer.put(", ");
  copyGap(lowering, startOf(lowering, node), startOf(lowering, node.expression));
  lowering.visit(node.expression);
  writer.put(", [");
  let at = node.expression.end;
  for (const clause of clauses) {
    copyGap(lowering, at, startOf(lowering, clause));
    writeClause(lowering, clause);
    at = clause.end;
  }
  copyGap(lowering, at, node.caseBlock.end);
  writer.put("])");
}

function writeClause(lowering: Lowering, clause: ts.CaseOrDefaultClause): void {
  const { ts, writer } = lowering;
  const start = startOf(lowering, clause);
  const keywordEnd = ts.isCaseClause(clause) ? clause.expression.end : start + "default".length;
  writer.putAt("[", start, ts.isCaseClause(clause) ? 4 : 7);
  if (ts.isCaseClause(clause)) {
    writer.put("() => ");
    copyGap(lowering, start, startOf(lowering, clause.expression));
    withThunk(lowering, true, () => lowering.visit(clause.expression));
  } else writer.put("null");
  const first = clause.statements[0];
  if (first !== undefined) {
    writer.put(", ");
    const colon = lowering.file.text.indexOf(":", keywordEnd) + 1;
    if (clause.statements.length === 1 && ts.isBlock(first)) {
      copyGap(lowering, colon, startOf(lowering, first));
      armThunk(lowering, first);
    } else {
      writer.put("() => {");
      withThunk(lowering, true, () => lowering.visitList(clause.statements, colon));
      writer.put(" }");
    }
  }
  writer.put("],");
}

function noteSwitch(lowering: Lowering, node: ts.SwitchStatement): void {
  const { ts, facts, structure } = lowering;
  const staging = structure.staging.get(node) ?? "static";
  const compared = [node.expression, ...node.caseBlock.clauses.flatMap((clause) => (ts.isCaseClause(clause) ? [clause.expression] : []))];
  const because = reasonOf(compared.find((part) => testStaging(ts, facts, part) === staging) ?? node.expression, staging);
  const exit = staging === "static" && structure.lowered.has(node);
  decide(lowering, node, "switch", staging, exit ? `${because}, but the graph decides on an exit inside` : because);
}
