/**
 * Names in one statement of a file: what they refer to inside of it, and which of them are the module's, whether declared here or not.
 *
 *   export function f(x) { return half(x); }       f is declared for the module, half is to be found there, x is a variable of f
 */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode, isPatternTarget } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { Reference, Variable, VariableKind } from "./scopes.ts";

/** An identifier that is the module's to resolve: a declaration for the module, or a name that nothing in the statement declares. */
export interface ModuleName {
  readonly name: string;
  readonly node: ts.Identifier;
  readonly declares?: VariableKind;
  /** Of a declaration: if the variable is declared before. */
  reference: Reference | undefined;
}

export interface StatementNames {
  /** What it declares, in text order: own variables, and names of the module. */
  readonly declared: readonly (Variable | (ModuleName & { readonly declares: VariableKind }))[];
  readonly variables: ReadonlyMap<ts.Node, Variable>;
  readonly references: ReadonlyMap<ts.Node, Reference>;
  readonly ofModule: ReadonlyMap<ts.Node, ModuleName>;
  /** The same by name, in text order. */
  readonly byName: ReadonlyMap<string, readonly ModuleName[]>;
}

type OwnVariable = Variable & { readonly references: Reference[] };
type Names = Map<string, OwnVariable>;

export function bindStatement(ts: TS, statement: ts.Statement): StatementNames {
  const module = statement.parent;
  const scopes = new Map<ts.Node, Names>();
  const declared: StatementNames["declared"][number][] = [];
  const resolved = new Map<ts.Node, OwnVariable>();
  const references = new Map<ts.Node, Reference>();
  const ofModule = new Map<ts.Node, ModuleName>();
  const byName = new Map<string, ModuleName[]>();
  /** Identifiers, each with the function around it: what they refer to may be declared further down. */
  const identifiers: { node: ts.Identifier; owner: FunctionNode | undefined }[] = [];

  // --- one walk: declarations -----------------------------------------------------------------------------------

  function declare(name: ts.Identifier, kind: VariableKind, scope: ts.Node, owner: FunctionNode | undefined): void {
    if (scope === module) {
      const one = { name: name.text, node: name, declares: kind, reference: undefined };
      ofModule.set(name, one);
      return void declared.push(one);
    }
    let names = scopes.get(scope);
    if (names === undefined) {
      names = new Map();
      scopes.set(scope, names);
    }
    let variable = names.get(name.text);
    if (variable === undefined) {
      variable = { name: name.text, kind, declaration: name, owner, scope, references: [] };
      names.set(name.text, variable);
      declared.push(variable);
    }
    resolved.set(name, variable);
  }

  function declarePattern(name: ts.BindingName, kind: VariableKind, scope: ts.Node, owner: FunctionNode | undefined): void {
    if (ts.isIdentifier(name)) return declare(name, kind, scope, owner);
    for (const element of name.elements) if (ts.isBindingElement(element)) declarePattern(element.name, kind, scope, owner);
  }

  function declareIn(node: ts.Node, scope: ts.Node, owner: FunctionNode | undefined): void {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isIdentifier(node)) return void identifiers.push({ node, owner });
    if (ts.isVariableDeclarationList(node)) {
      const kind =
        node.flags & ts.NodeFlags.Const
          ? "const"
          : node.flags & ts.NodeFlags.Let
            ? "let"
            : node.flags & ts.NodeFlags.Using
              ? "const"
              : "var";
      const target = kind === "var" ? (owner ?? module) : scope;
      for (const declaration of node.declarations) declarePattern(declaration.name, kind, target, owner);
    } else if (ts.isParameter(node)) {
      declarePattern(node.name, "parameter", scope, owner);
    } else if (ts.isFunctionDeclaration(node) && node.name !== undefined) {
      declare(node.name, "function", scope, owner);
    } else if ((ts.isClassDeclaration(node) || ts.isEnumDeclaration(node)) && node.name !== undefined) {
      declare(node.name, "class", scope, owner);
    } else if (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name)) {
      declare(node.name, "class", scope, owner);
    } else if (ts.isImportClause(node) && node.name !== undefined) {
      declare(node.name, "import", module, undefined);
    } else if (ts.isNamespaceImport(node) || ts.isImportSpecifier(node) || ts.isImportEqualsDeclaration(node)) {
      declare(node.name, "import", module, undefined);
    } else if (ts.isCatchClause(node) && node.variableDeclaration !== undefined) {
      declarePattern(node.variableDeclaration.name, "let", node, owner);
    }
    let inner = scope;
    let innerOwner = owner;
    if (isFunctionNode(ts, node)) {
      inner = node;
      innerOwner = node;
      if (ts.isFunctionExpression(node) && node.name !== undefined) declare(node.name, "function", node, node);
    } else if (ts.isClassExpression(node) && node.name !== undefined) {
      inner = node;
      declare(node.name, "class", node, owner);
    } else if (isScope(node)) {
      inner = node;
    }
    ts.forEachChild(node, (child) => declareIn(child, inner, innerOwner));
  }

  function isScope(node: ts.Node): boolean {
    switch (node.kind) {
      case ts.SyntaxKind.Block:
        return !isFunctionNode(ts, node.parent);
      case ts.SyntaxKind.ForStatement:
      case ts.SyntaxKind.ForOfStatement:
      case ts.SyntaxKind.ForInStatement:
      case ts.SyntaxKind.CaseBlock:
      case ts.SyntaxKind.CatchClause:
      case ts.SyntaxKind.ModuleBlock:
      case ts.SyntaxKind.ClassStaticBlockDeclaration:
        return true;
      default:
        return false;
    }
  }

  // --- then references ----------------------------------------------------------------------------------------

  function lookUp(name: string, from: ts.Node): OwnVariable | undefined {
    let inner: ts.Node = from;
    for (let node: ts.Node | undefined = from; node !== undefined; inner = node, node = node.parent) {
      const variable = scopes.get(node)?.get(name);
      if (variable !== undefined && !(ts.isParameter(inner) && isOfBody(variable, node))) return variable;
    }
    return undefined;
  }

  /** Defaults of parameters do not see what the body declares. */
  function isOfBody({ declaration }: Variable, fn: ts.Node): boolean {
    const body = (fn as FunctionNode).body;
    return body !== undefined && declaration.pos >= body.pos && declaration.end <= body.end;
  }

  function refer(node: ts.Identifier, owner: FunctionNode | undefined): void {
    const again = (): Reference => ({ node, owner, read: false, write: true, indexed: false });
    const name = ofModule.get(node);
    if (name !== undefined) {
      if (assigns(node.parent)) name.reference = again();
      return addOfModule(name);
    }
    const own = resolved.get(node);
    if (own !== undefined && own.declaration !== node && assigns(node.parent)) addReference(own, again());
    if (own !== undefined || !isReference(node)) return;
    const variable = lookUp(node.text, node);
    const reference = { node, owner, ...usage(node) };
    if (variable === undefined) return addOfModule({ name: node.text, node, reference });
    resolved.set(node, variable);
    addReference(variable, reference);
  }

  function addReference(variable: OwnVariable, reference: Reference): void {
    references.set(reference.node, reference);
    variable.references.push(reference);
  }

  function addOfModule(one: ModuleName): void {
    ofModule.set(one.node, one);
    const list = byName.get(one.name);
    if (list === undefined) byName.set(one.name, [one]);
    else list.push(one);
  }

  /** `var x = …` of a variable that is declared before is an assignment; `var x;` is nothing. */
  function assigns(declaration: ts.Node): boolean {
    if (!ts.isVariableDeclaration(declaration) || declaration.initializer !== undefined) return true;
    return !ts.isVariableStatement(declaration.parent.parent) && !ts.isForStatement(declaration.parent.parent);
  }

  /** An identifier in the place of an expression, not a property's, label's or member's name. */
  function isReference(node: ts.Identifier): boolean {
    const { parent } = node;
    switch (parent.kind) {
      case ts.SyntaxKind.PropertyAccessExpression:
        return (parent as ts.PropertyAccessExpression).expression === node;
      case ts.SyntaxKind.PropertyAssignment:
        return (parent as ts.PropertyAssignment).initializer === node;
      case ts.SyntaxKind.BindingElement:
        return (parent as ts.BindingElement).initializer === node;
      case ts.SyntaxKind.PropertyDeclaration:
        return (parent as ts.PropertyDeclaration).initializer === node;
      case ts.SyntaxKind.EnumMember:
        return (parent as ts.EnumMember).initializer === node;
      case ts.SyntaxKind.ExportSpecifier:
        return ((parent as ts.ExportSpecifier).propertyName ?? (parent as ts.ExportSpecifier).name) === node;
      case ts.SyntaxKind.LabeledStatement:
      case ts.SyntaxKind.BreakStatement:
      case ts.SyntaxKind.ContinueStatement:
      case ts.SyntaxKind.MethodDeclaration:
      case ts.SyntaxKind.GetAccessor:
      case ts.SyntaxKind.SetAccessor:
      case ts.SyntaxKind.MetaProperty:
      case ts.SyntaxKind.ImportSpecifier:
      case ts.SyntaxKind.JsxAttribute:
        return false;
      default:
        return true;
    }
  }

  function usage(node: ts.Identifier): { read: boolean; write: boolean; indexed: boolean } {
    let place: ts.Expression = node;
    while (ts.isElementAccessExpression(place.parent) && place.parent.expression === place) place = place.parent;
    const indexed = place !== node && plainUsage(place).write;
    return indexed ? { read: true, write: true, indexed } : { ...plainUsage(node), indexed };
  }

  function plainUsage(node: ts.Expression): { read: boolean; write: boolean } {
    const { parent } = node;
    if (ts.isBinaryExpression(parent) && parent.left === node) {
      const kind = parent.operatorToken.kind;
      if (kind === ts.SyntaxKind.EqualsToken) return { read: false, write: true };
      const assigns = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
      return { read: true, write: assigns };
    }
    if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
      const steps = parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
      return { read: true, write: steps };
    }
    return isPatternTarget(ts, node) ? { read: false, write: true } : { read: true, write: false };
  }

  declareIn(statement, module, undefined);
  for (const { node, owner } of identifiers) refer(node, owner);
  return { declared, variables: resolved, references, ofModule, byName };
}
