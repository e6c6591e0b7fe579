/**
 * Generators that call the body of the loop over them (analyze/generators.ts):
 *
 *   function* upTo(n) { …; yield i; rest… }     function upTo(n) { return $.generator("3:1", ($yield) => { …; return $.then(at, state, $yield(i), () => { rest… }); }); }
 *   yield* upTo(n)                              $.forOf(at, $.none, upTo(n), $yield)
 *   return                                      return $.break("*")
 *
 * A `return` in the body of the loop travels as such through the generator, whose own has the name of a label.
 */
import type ts from "typescript";
import type { FunctionNode } from "../ast/nodes.ts";
import { copyGap, type Lowering, placeOf, startOf, withThunk } from "./context.ts";
import { lowerList } from "./statements.ts";

/** What stands before the parameters, without the `*`. */
export function copyHead(lowering: Lowering, fn: FunctionNode, start: number): void {
  const { writer } = lowering;
  const star = lowering.generators.pushes(fn) ? asteriskOf(fn) : undefined;
  if (star === undefined) return writer.copy(start, fn.parameters.pos);
  writer.copy(start, startOf(lowering, star));
  writer.put(" ");
  writer.copy(star.end, fn.parameters.pos);
}

export function asteriskOf(fn: FunctionNode): ts.Node | undefined {
  return (fn as { asteriskToken?: ts.Node }).asteriskToken;
}

export function pushingBody(lowering: Lowering, body: ts.Block, prologue: string): void {
  const { writer, $ } = lowering;
  const start = startOf(lowering, body);
  writer.copy(start, start + 1);
  writer.put(`${prologue} return ${$}.generator(${placeOf(lowering, body.parent)}, (${$}yield) => {`);
  withThunk(lowering, true, () => lowerList(lowering, body.statements, start + 1));
  writer.copy(body.statements[body.statements.length - 1]?.end ?? start + 1, body.end);
  writer.put("); }");
}

/** How the body of the loop ended. */
export function yieldCompletion(lowering: Lowering, node: ts.YieldExpression): void {
  const { writer, $ } = lowering;
  const items = node.expression as ts.Expression;
  const over = node.asteriskToken !== undefined;
  writer.putAt(over ? `${$}.forOf(${placeOf(lowering, node)}, ${$}.none, ` : `${$}yield(`, startOf(lowering, node), 5);
  copyGap(lowering, startOf(lowering, node) + 5, startOf(lowering, items));
  lowering.visit(items);
  writer.put(over ? `, ${$}yield)` : ")");
}

/** The generator ends; what it returns nobody sees. */
export function generatorReturn(lowering: Lowering, node: ts.ReturnStatement): void {
  const { writer, $ } = lowering;
  const { expression } = node;
  if (expression !== undefined) {
    writer.put("(");
    lowering.visit(expression);
    writer.put(", ");
  }
  writer.putAt(`${$}.break("*")`, startOf(lowering, node), 6);
  if (expression !== undefined) writer.put(")");
}
