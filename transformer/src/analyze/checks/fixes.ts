/** Mechanical changes that diagnostics offer, as edits of the source text. Undefined where the text gives no such change. */
import type ts from "typescript";
import type { FunctionNode } from "../../ast/nodes.ts";
import type { TS } from "../../ast/typescript.ts";
import type { TextEdit } from "../../diagnostics/reporter.ts";
import type { GraphfnImports } from "../../parse/imports.ts";
import type { ParsedFile } from "../../parse/parse.ts";
import type { Variable } from "../scopes.ts";

/** `x.add(1)` → `x = x.add(1)`. */
export function assignTo(name: string, node: ts.Expression): TextEdit {
  return insert(node.getStart(), `${name} = `);
}

/** The hint that goes with `declareTensor`. */
export function asTensor(name: string): string {
  return `Declare it as a Tensor: \`let ${name}: Tensor = …\`.`;
}

/** `let k = 0` → `let k: Tensor = 0`; a type that stands there is replaced. */
export function declareTensor(ts: TS, imports: GraphfnImports, variable: Variable | undefined): TextEdit[] | undefined {
  const declaration = variable?.declaration.parent;
  const type = tensorName(imports);
  if (type === undefined || variable === undefined || declaration === undefined) return undefined;
  if (!ts.isVariableDeclaration(declaration) || declaration.name !== variable.declaration) return undefined;
  if (declaration.type === undefined) return [insert(variable.declaration.end, `: ${type}`)];
  return [{ start: declaration.type.getStart(), end: declaration.type.end, text: type }];
}

/** `function f(x) {` → `function f(x): Tensor {`. */
export function declareResult(ts: TS, { imports, text }: ParsedFile, fn: FunctionNode): TextEdit[] | undefined {
  const type = tensorName(imports);
  const close = text.indexOf(")", fn.parameters.end);
  return type === undefined || close < 0 || ts.isConstructorDeclaration(fn) ? undefined : [insert(close + 1, `: ${type}`)];
}

/** `n` → `gf.scalar(n)`. */
export function wrapScalar(ts: TS, { names, namespaces }: GraphfnImports, node: ts.Expression): TextEdit[] | undefined {
  const [namespace] = namespaces;
  const own = [...names].find(([, exported]) => exported === "scalar")?.[0];
  const scalar = own ?? (namespace === undefined ? undefined : `${namespace}.scalar`);
  if (scalar === undefined) return undefined;
  const name = ts.isShorthandPropertyAssignment(node.parent) ? `${node.getText()}: ` : "";
  return [insert(node.getStart(), `${name}${scalar}(`), insert(node.end, ")")];
}

/** How a file writes the type: as it imported it. */
function tensorName({ names, namespaces }: GraphfnImports): string | undefined {
  for (const [local, exported] of names) if (exported === "Tensor") return local;
  const [namespace] = namespaces;
  return namespace === undefined ? undefined : `${namespace}.Tensor`;
}

/** `const t = …` → `let t = …`, if it declares nothing else. */
export function declareLet(ts: TS, variable: Variable | undefined): TextEdit[] | undefined {
  const list = variable?.declaration.parent.parent;
  if (list === undefined || !ts.isVariableDeclarationList(list) || list.declarations.length > 1) return undefined;
  const start = list.getStart();
  return list.getText().startsWith("const") ? [{ start, end: start + "const".length, text: "let" }] : undefined;
}

/** The comment above a function declaration, a method, or the statement that holds a function. */
export function mark(ts: TS, fn: FunctionNode): TextEdit[] | undefined {
  let holder: ts.Node = fn;
  if (ts.isArrowFunction(fn) || ts.isFunctionExpression(fn)) {
    holder = fn.parent;
    const list = holder.parent;
    if (!ts.isVariableDeclaration(holder) || !ts.isVariableDeclarationList(list) || list.declarations.length > 1) return undefined;
    holder = list.parent;
  }
  if (!ts.isFunctionDeclaration(holder) && !ts.isMethodDeclaration(holder) && !ts.isVariableStatement(holder)) return undefined;
  const start = holder.getStart();
  const text = fn.getSourceFile().text;
  const indent = /[ \t]*$/.exec(text.slice(0, start))?.[0] ?? "";
  return [insert(start, `/** @graphFunction */\n${indent}`)];
}

function insert(at: number, text: string): TextEdit {
  return { start: at, end: at, text };
}
