/**
 * Names of a file and what they refer to, from syntax alone.
 *
 * Input: a source file with parent links. Output: for each identifier its variable, for each variable its references in
 * text order, each with the function it stands in and whether it reads or writes. Types are not visited.
 *
 * Each statement of the file is bound by itself (statement-names.ts); here the names of the module are put together.
 */
import type ts from "typescript";
import type { FunctionNode } from "../ast/nodes.ts";
import { ByStatement, PerStatement } from "../ast/per-statement.ts";
import type { TS } from "../ast/typescript.ts";
import { bindStatement, type ModuleName, type StatementNames } from "./statement-names.ts";

export type VariableKind = "let" | "const" | "var" | "parameter" | "function" | "class" | "import";

export interface Reference {
  readonly node: ts.Identifier;
  readonly read: boolean;
  readonly write: boolean;
  /** `x[i] = …`, `x[i][j] = …`: a write of `x` if it is a tensor, of an element otherwise. */
  readonly indexed: boolean;
  /** The innermost function around it; undefined at module level. */
  readonly owner: FunctionNode | undefined;
}

export interface Variable {
  readonly name: string;
  readonly kind: VariableKind;
  readonly declaration: ts.Identifier;
  /** The function whose call creates it; undefined for module level. */
  readonly owner: FunctionNode | undefined;
  /** The block, function, loop or file in which the name is visible. */
  readonly scope: ts.Node;
  readonly references: readonly Reference[];
}

export interface Bindings {
  variable(identifier: ts.Node): Variable | undefined;
  reference(identifier: ts.Node): Reference | undefined;
  readonly variables: readonly Variable[];
}

/** Variables declared by the head of a `for` that functions inside the loop use: JavaScript has one of each per iteration. */
export function capturedVariables({ ts, bindings }: { ts: TS; bindings: Bindings }, node: ts.ForStatement): Variable[] {
  const { initializer } = node;
  if (initializer === undefined || !ts.isVariableDeclarationList(initializer)) return [];
  if ((initializer.flags & ts.NodeFlags.BlockScoped) === 0) return [];
  return initializer.declarations.flatMap(({ name }) => {
    const variable = bindings.variable(name);
    return variable?.references.some((reference) => reference.owner !== variable.owner) ? [variable] : [];
  });
}

const KEPT = new PerStatement<StatementNames>();

export function bindNames(ts: TS, sourceFile: ts.SourceFile): Bindings {
  const names = new ByStatement(sourceFile.statements, (statement) => KEPT.of(statement, [], () => bindStatement(ts, statement)));
  const ofModule = new Map<string, ModuleVariable>();
  const variables: Variable[] = [];
  for (const { declared } of names.parts) {
    for (const one of declared) {
      if (!("declares" in one)) variables.push(one);
      else if (!ofModule.has(one.name)) {
        const variable = new ModuleVariable(one, sourceFile, names.parts);
        ofModule.set(one.name, variable);
        variables.push(variable);
      }
    }
  }
  return {
    variable(identifier) {
      const part = names.at(identifier.pos);
      const local = part?.variables.get(identifier);
      if (local !== undefined) return local;
      const name = part?.ofModule.get(identifier);
      return name === undefined ? undefined : ofModule.get(name.name);
    },
    reference(identifier) {
      const part = names.at(identifier.pos);
      const local = part?.references.get(identifier);
      if (local !== undefined) return local;
      const name = part?.ofModule.get(identifier);
      const variable = name === undefined ? undefined : ofModule.get(name.name);
      return variable?.declaration === identifier ? undefined : variable && name?.reference;
    },
    variables,
  };
}

/** A variable of the module. Many are never asked who refers to them. */
class ModuleVariable implements Variable {
  readonly name: string;
  readonly kind: VariableKind;
  readonly declaration: ts.Identifier;
  readonly owner = undefined;
  readonly scope: ts.Node;
  private readonly statements: readonly StatementNames[];
  private found: readonly Reference[] | undefined;

  constructor(
    { name, declares, node }: ModuleName & { readonly declares: VariableKind },
    scope: ts.Node,
    statements: readonly StatementNames[],
  ) {
    this.name = name;
    this.kind = declares;
    this.declaration = node;
    this.scope = scope;
    this.statements = statements;
  }

  get references(): readonly Reference[] {
    this.found ??= this.statements
      .flatMap(({ byName }) => byName.get(this.name) ?? [])
      .flatMap(({ node, reference }) => (reference === undefined || node === this.declaration ? [] : [reference]));
    return this.found;
  }
}
