/**
 * What the runtime is told before a write (analyze/writes.ts).
 *
 *   p.x = v        $.touch(p, "x").x = v         list.push(v)      $.touch(list).push(v)
 *   this.#n = v    $.touch(this, "#n", () => this.#n, ($x) => { this.#n = $x; }).#n = v
 *   n = v          $.touch($n), n = v            after `let n`:    const $n = $.cell("n", () => n, ($x) => { n = $x; });
 */
import type ts from "typescript";
import type { Variable } from "../analyze/scopes.ts";
import { isAssignmentOperator, skipParentheses } from "../ast/nodes.ts";
import type { Lowering } from "./context.ts";

/** The object of a write. */
export function touchedObject(lowering: Lowering, node: ts.Expression, write: () => void): void {
  const { ts, facts, writer, $ } = lowering;
  writer.put(`${$}.touch(`);
  write();
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && !isCallee(ts, parent)) {
    const name = parent.name.text;
    writer.put(`, "${name}"`);
    if (ts.isPrivateIdentifier(parent.name)) {
      const field = `${node.getText()}.${name}`;
      writer.put(`, () => ${field}, (${$}x) => { ${field} = ${$}x; }`);
    }
  } else if (ts.isElementAccessExpression(parent) && !facts.of(node).tensors && isPlainKey(ts, parent.argumentExpression)) {
    writer.put(`, ${parent.argumentExpression.getText()}`);
  }
  writer.put(")");
}

/** Written twice it means the same. */
function isPlainKey(ts: Lowering["ts"], key: ts.Expression): boolean {
  return ts.isIdentifier(key) || ts.isLiteralExpression(key);
}

function isCallee(ts: Lowering["ts"], node: ts.Expression): boolean {
  return ts.isCallExpression(node.parent) && node.parent.expression === node;
}

/** Cells that an expression assigns. */
export function assignedCells(lowering: Lowering, node: ts.Expression): readonly Variable[] {
  const { ts } = lowering;
  if (ts.isBinaryExpression(node)) return isAssignmentOperator(ts, node.operatorToken.kind) ? cellsIn(lowering, node.left) : [];
  if (!ts.isPrefixUnaryExpression(node) && !ts.isPostfixUnaryExpression(node)) return [];
  const steps = node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
  return steps ? cellsIn(lowering, node.operand) : [];
}

function cellsIn(lowering: Lowering, target: ts.Expression): Variable[] {
  const { ts, bindings, writes, facts } = lowering;
  const found = new Set<Variable>();
  const add = (node: ts.Node): void => {
    const variable = bindings.variable(node);
    if (variable !== undefined && writes.isCell(variable)) found.add(variable);
  };
  const inner = skipParentheses(ts, target);
  if (ts.isIdentifier(inner)) add(inner);
  else if (ts.isElementAccessExpression(inner) && facts.of(inner.expression).tensor !== "no") add(inner.expression);
  else if (ts.isArrayLiteralExpression(inner) || ts.isObjectLiteralExpression(inner)) {
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && bindings.reference(node)?.write) add(node);
      ts.forEachChild(node, visit);
    };
    visit(inner);
  }
  return [...found];
}

/** Variables behind names that are cells. */
export function cellsOf({ bindings, writes }: Lowering, names: readonly ts.Node[]): Variable[] {
  return names.flatMap((name) => {
    const variable = bindings.variable(name);
    return variable !== undefined && writes.isCell(variable) ? [variable] : [];
  });
}

export function cellName({ $ }: Lowering, variable: Variable): string {
  return `${$}${variable.name}`;
}

/** `$.touch($n), ` for each. */
export function touchCells(lowering: Lowering, cells: readonly Variable[]): void {
  const { writer, $ } = lowering;
  for (const variable of cells) writer.put(`${$}.touch(${cellName(lowering, variable)}), `);
}

/** Declares the cells of variables that have just been declared. */
export function declareCells(lowering: Lowering, names: readonly ts.Node[]): string {
  const { bindings } = lowering;
  const declared = names.flatMap((name) => {
    const variable = bindings.variable(name);
    return variable !== undefined && variable.declaration === name ? [variable] : [];
  });
  return cellsFor(lowering, declared);
}

/** `let a, b;` and their cells, for variables whose declarations stand elsewhere. */
export function hoistedNames(lowering: Lowering, keyword: "let" | "var", variables: readonly Variable[]): string {
  return `${keyword} ${variables.map(({ name }) => name).join(", ")};${cellsFor(lowering, variables)}`;
}

function cellsFor(lowering: Lowering, variables: readonly Variable[]): string {
  const { $, writes } = lowering;
  return variables
    .filter((variable) => writes.isCell(variable))
    .map(
      (variable) =>
        ` const ${cellName(lowering, variable)} = ${$}.cell("${variable.name}", () => ${variable.name}, (${$}x) => { ${variable.name} = ${$}x; });`,
    )
    .join("");
}

/** Names that a binding declares. */
export function declaredNames(ts: Lowering["ts"], name: ts.BindingName): ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? declaredNames(ts, element.name) : []));
}
