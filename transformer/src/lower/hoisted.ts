/**
 * Declarations whose names stand elsewhere (analyze/hoists.ts): what is left is an assignment.
 *
 *   let k: Tensor = 2, m;     k = 2
 *   const { a, b } = f();     void ({ a, b } = f())
 *   class C { … }             C = class C { … };
 */
import type ts from "typescript";
import { copyGap, type Lowering, startOf } from "./context.ts";
import { asWritten } from "./expressions.ts";
import { cellsOf, declaredNames, touchCells } from "./writes.ts";

export function hoistedDeclarations(lowering: Lowering, node: ts.VariableDeclarationList): void {
  const { ts, writer } = lowering;
  if (ts.isForOfStatement(node.parent) || ts.isForInStatement(node.parent)) {
    for (const { name } of node.declarations) lowering.visit(name);
    return;
  }
  let at = startOf(lowering, node);
  let first = true;
  for (const declaration of node.declarations) {
    const { name, initializer } = declaration;
    if (initializer === undefined) continue;
    if (!first) writer.put(", ");
    copyGap(lowering, at, startOf(lowering, name));
    const isObject = ts.isObjectBindingPattern(name);
    touchCells(lowering, cellsOf(lowering, declaredNames(ts, name)));
    if (isObject) writer.put(first ? "void (" : "(");
    lowering.visit(name);
    writer.put(" = ");
    copyGap(lowering, (declaration.type ?? name).end, startOf(lowering, initializer));
    lowering.visit(initializer);
    if (isObject) writer.put(")");
    at = declaration.end;
    first = false;
  }
}

export function hoistedClass(lowering: Lowering, node: ts.ClassDeclaration): void {
  lowering.writer.put(`${node.name?.text} = `);
  asWritten(lowering, node);
  lowering.writer.put(";");
}
