/**
 * Which names of a file stand for graphfn: `import { graphFunction as g } from "graphfn"`, `import * as gf from "graphfn"`,
 * `import gf from "graphfn"`, the same with `require`, and names for them at the top level: `const staged = gf.graphFunction`.
 */
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";

export interface GraphfnImports {
  /** The file imports graphfn at all. */
  readonly any: boolean;
  /** Local names of the whole module: `gf`. */
  readonly namespaces: ReadonlySet<string>;
  /** Local name → exported name. */
  readonly names: ReadonlyMap<string, string>;
}

export function collectImports(ts: TS, sourceFile: ts.SourceFile): GraphfnImports {
  const namespaces = new Set<string>();
  const names = new Map<string, string>();
  let any = false;
  for (const statement of sourceFile.statements) {
    if (isRequired(ts, statement)) {
      any = true;
      namespaces.add(statement.name.text);
    }
    for (const name of requiredNames(ts, statement)) {
      any = true;
      if (ts.isIdentifier(name)) namespaces.add(name.text);
      else addNames(ts, name, names);
    }
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    if (statement.moduleSpecifier.text !== "graphfn") continue;
    any = true;
    const clause = statement.importClause;
    if (clause?.name) namespaces.add(clause.name.text);
    const bindings = clause?.namedBindings;
    if (bindings === undefined) continue;
    if (ts.isNamespaceImport(bindings)) namespaces.add(bindings.name.text);
    else for (const element of bindings.elements) names.set(element.name.text, (element.propertyName ?? element.name).text);
  }
  const imports = { any, namespaces, names };
  if (any) collectAliases(ts, sourceFile, imports, names);
  return imports;
}

/** `import gf = require("graphfn")`. */
function isRequired(ts: TS, statement: ts.Statement): statement is ts.ImportEqualsDeclaration {
  if (!ts.isImportEqualsDeclaration(statement) || !ts.isExternalModuleReference(statement.moduleReference)) return false;
  const { expression } = statement.moduleReference;
  return ts.isStringLiteral(expression) && expression.text === "graphfn";
}

/** `const gf = require("graphfn")`, `const { graphFunction } = require("graphfn")`: what stands for the module. */
function requiredNames(ts: TS, statement: ts.Statement): ts.BindingName[] {
  if (!ts.isVariableStatement(statement)) return [];
  const isRequire = (node: ts.Expression | undefined): boolean => {
    if (node === undefined || !ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return false;
    const [specifier] = node.arguments;
    return node.expression.text === "require" && specifier !== undefined && ts.isStringLiteral(specifier) && specifier.text === "graphfn";
  };
  return statement.declarationList.declarations.filter(({ initializer }) => isRequire(initializer)).map(({ name }) => name);
}

function addNames(ts: TS, pattern: ts.BindingPattern, names: Map<string, string>): void {
  for (const element of pattern.elements) {
    if (!ts.isBindingElement(element)) continue;
    const property = element.propertyName ?? element.name;
    if (ts.isIdentifier(element.name) && ts.isIdentifier(property)) names.set(element.name.text, property.text);
  }
}

function collectAliases(ts: TS, sourceFile: ts.SourceFile, imports: GraphfnImports, names: Map<string, string>): void {
  for (const statement of sourceFile.statements) {
    if (!ts.isVariableStatement(statement) || (statement.declarationList.flags & ts.NodeFlags.Const) === 0) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (initializer === undefined) continue;
      if (ts.isIdentifier(name) && refersTo(ts, initializer, imports, "graphFunction")) names.set(name.text, "graphFunction");
      if (!ts.isObjectBindingPattern(name) || !ts.isIdentifier(initializer) || !imports.namespaces.has(initializer.text)) continue;
      addNames(ts, name, names);
    }
  }
}

/** `name`, as the expression `name` (imported) or `gf.name`. */
export function refersTo(ts: TS, expression: ts.Expression, imports: GraphfnImports, name: string): boolean {
  if (ts.isIdentifier(expression)) return imports.names.get(expression.text) === name;
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== name) return false;
  return ts.isIdentifier(expression.expression) && imports.namespaces.has(expression.expression.text);
}
