/**
 * `try` whose block may throw where the graph decides so:
 *
 *   try { a } catch (e) { b } finally { c }      $.try("3:5", state, () => { a }, (e) => { b }, () => { c });
 */
import type ts from "typescript";
import { copyGap, decide, type Lowering, placeOf, startOf, withThunk, writeState } from "./context.ts";
import { lowerBlock } from "./statements.ts";

export function tryCompletion(lowering: Lowering, node: ts.TryStatement): void {
  const { writer, states, $ } = lowering;
  const { tryBlock, catchClause, finallyBlock } = node;
  decide(lowering, node, "try", "dynamic", "its block may throw where the graph decides so");
  writer.putAt(`${$}.try(`, startOf(lowering, node), 3);
  writer.put(`${placeOf(lowering, node)}, `);
  writeState(lowering, states.ofTry(node));
  writer.put(", ");
  block(lowering, "() => ", tryBlock, startOf(lowering, node));
  let at = tryBlock.end;
  if (catchClause !== undefined) {
    copyGap(lowering, at, startOf(lowering, catchClause));
    writer.put(", ");
    const { variableDeclaration: error } = catchClause;
    if (error === undefined) writer.put("() => ");
    else {
      writer.put("(");
      writer.copy(startOf(lowering, error.name), error.name.end);
      writer.put(") => ");
    }
    block(lowering, "", catchClause.block, startOf(lowering, catchClause));
    at = catchClause.end;
  } else if (finallyBlock !== undefined) writer.put(", undefined");
  if (finallyBlock !== undefined) {
    writer.put(", ");
    block(lowering, "() => ", finallyBlock, at);
  }
  writer.put(")");
}

function block(lowering: Lowering, parameters: string, node: ts.Block, from: number): void {
  lowering.writer.put(parameters);
  copyGap(lowering, from, startOf(lowering, node));
  withThunk(lowering, true, () => lowerBlock(lowering, node));
}
