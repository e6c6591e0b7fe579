/**
 * Where a literal may stand for a Tensor: `let z: Tensor = 0`, `z = 1`, `return -1`, `f(0)`, `o.m(0)`, `xs.push(0)`, arms of `?:` in such
 * places, elements and properties of array and object literals there.
 *
 * The virtual code is made from syntax alone, so the question is only whether the type that the place declares could be
 * a Tensor: a keyword type cannot, a type reference can. Names are looked up by text, over all declarations of the file
 * that bear the name; asking the checker later decides for good.
 */
import type ts from "typescript";
import { isLiteralValue, skipParentheses } from "../ast/nodes.ts";
import { PerStatement } from "../ast/per-statement.ts";
import type { TS } from "../ast/typescript.ts";

/** Methods of arrays that keep what they are given. */
const STORING: ReadonlySet<string> = new Set(["push", "unshift"]);

export interface LiteralPlaces {
  /** A variable of this name may be declared as a Tensor. */
  variable(name: string): boolean;
  /** The parameter at `index` of the function called by this name may be a Tensor. */
  parameter(name: string, index: number): boolean;
  /** The parameter at `index` of a method of this name may be one. */
  methodParameter(name: string, index: number): boolean;
  /** The result of `node` may be declared as a Tensor. */
  result(node: ts.SignatureDeclaration): boolean;
}

/** A type other than keywords and literals: a Tensor, or an array or object with tensors in it. */
export function mayBeTensorType(ts: TS, type: ts.TypeNode | undefined): boolean {
  if (type === undefined) return false;
  if (ts.isTypeLiteralNode(type) || ts.isArrayTypeNode(type) || ts.isTupleTypeNode(type) || ts.isTypeOperatorNode(type)) return true;
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type)) return type.types.some((member) => mayBeTensorType(ts, member));
  if (ts.isParenthesizedTypeNode(type)) return mayBeTensorType(ts, type.type);
  return ts.isTypeReferenceNode(type) || ts.isImportTypeNode(type) || ts.isIndexedAccessTypeNode(type) || ts.isConditionalTypeNode(type);
}

/** What a statement says of names. */
interface Named {
  readonly variables: ReadonlySet<string>;
  /** By parameter: it may be a Tensor. */
  readonly functions: ReadonlyMap<string, readonly boolean[]>;
  readonly imported: ReadonlySet<string>;
}

const NAMED = new PerStatement<Named>();

export function literalPlaces(ts: TS, { statements }: ts.SourceFile): LiteralPlaces {
  const variables = new Set<string>();
  const functions = new Map<string, readonly boolean[]>();
  const imported = new Set<string>();
  for (const statement of statements) {
    const named = NAMED.of(statement, [], () => namesIn(ts, statement));
    for (const name of named.variables) variables.add(name);
    for (const name of named.imported) imported.add(name);
    for (const [name, parameters] of named.functions) functions.set(name, parameters);
  }
  return {
    variable: (name) => variables.has(name),
    parameter: (name, index) => functions.get(name)?.[index] ?? (imported.has(name) && !functions.has(name)),
    methodParameter: (name, index) => STORING.has(name) || functions.get(name)?.[index] === true,
    result: (node) => mayBeTensorType(ts, node.type),
  };
}

function namesIn(ts: TS, statement: ts.Statement): Named {
  const variables = new Set<string>();
  const functions = new Map<string, readonly boolean[]>();
  const imported = new Set<string>();

  function setFunction(name: string, parameters: readonly ts.ParameterDeclaration[]): void {
    functions.set(
      name,
      parameters.map(({ type }) => mayBeTensorType(ts, type)),
    );
  }

  function visit(node: ts.Node): void {
    if ((ts.isVariableDeclaration(node) || ts.isParameter(node)) && ts.isIdentifier(node.name)) {
      const initializer = node.initializer === undefined ? undefined : skipParentheses(ts, node.initializer);
      const inferred = node.type === undefined && initializer !== undefined && !isLiteralValue(ts, initializer);
      if (inferred || mayBeTensorType(ts, node.type)) variables.add(node.name.text);
      if (initializer !== undefined && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))) {
        setFunction(node.name.text, initializer.parameters);
      }
    } else if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.name !== undefined && ts.isIdentifier(node.name)) {
      setFunction(node.name.text, node.parameters);
    } else if (ts.isConstructorDeclaration(node) && node.parent.name !== undefined) {
      setFunction(node.parent.name.text, node.parameters);
    } else if (ts.isImportDeclaration(node)) {
      collectProjectImports(node);
      return;
    }
    ts.forEachChild(node, visit);
  }

  function collectProjectImports(node: ts.ImportDeclaration): void {
    const relative = ts.isStringLiteral(node.moduleSpecifier) && /^[.#~@]\/|^\.\.?\//.test(node.moduleSpecifier.text);
    if (!relative || node.importClause === undefined) return;
    if (node.importClause.name !== undefined) imported.add(node.importClause.name.text);
    const bindings = node.importClause.namedBindings;
    if (bindings !== undefined && ts.isNamedImports(bindings)) for (const element of bindings.elements) imported.add(element.name.text);
  }

  visit(statement);
  return { variables, functions, imported };
}

type Question = "variable" | "parameter" | "methodParameter";

/** Passes questions on, and knows later whether the answers would be the same. */
export class Asked implements LiteralPlaces {
  private readonly places: LiteralPlaces;
  private readonly answers = new Map<string, { question: Question; name: string; index: number; answer: boolean }>();

  constructor(places: LiteralPlaces) {
    this.places = places;
  }

  variable(name: string): boolean {
    return this.ask("variable", name, 0);
  }

  parameter(name: string, index: number): boolean {
    return this.ask("parameter", name, index);
  }

  methodParameter(name: string, index: number): boolean {
    return this.ask("methodParameter", name, index);
  }

  result(node: ts.SignatureDeclaration): boolean {
    return this.places.result(node);
  }

  sameIn(places: LiteralPlaces): boolean {
    for (const { question, name, index, answer } of this.answers.values()) if (places[question](name, index) !== answer) return false;
    return true;
  }

  private ask(question: Question, name: string, index: number): boolean {
    const answer = this.places[question](name, index);
    this.answers.set(`${question} ${index} ${name}`, { question, name, index, answer });
    return answer;
  }
}
