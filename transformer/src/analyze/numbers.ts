/**
 * Which `number` parameters of a marked function can be lifted: every use, also of consts computed from them, ends in a tensor.
 * Such a number is no part of the signature: one trace serves all numbers.
 *
 *   (x, rate, n) => { const step = rate / 2; return x.reshape([n]) * step; }
 *                                    rate: lifted      n: static, it stands in an array at 1:60
 *
 * Input: facts and bindings. Output: paths of the lifted parameters, the nodes that compute with them (their operators become calls),
 * those that stand where a tensor is meant, and a decision per parameter.
 */
import type ts from "typescript";
import {
  compoundName,
  equalityName,
  type FunctionNode,
  hasModifier,
  isAssignmentOperator,
  isPatternTarget,
  isStep,
  operatorName,
  skipParentheses,
} from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { ParsedFile } from "../parse/parse.ts";
import type { CalleeFact } from "../types/oracle.ts";
import type { Decision } from "../types.ts";
import { type Facts, testStaging } from "./facts.ts";
import type { Bindings, Variable } from "./scopes.ts";

/** The argument's index, then keys: `[1, "rate"]`. */
export type NumberPath = readonly (number | string)[];

export interface LiftedNumbers {
  readonly paths: readonly NumberPath[];
  /** Arithmetic of lifted numbers: `rate / 2`. */
  readonly computed: ReadonlySet<ts.Node>;
  /** Lifted numbers as arguments and choices where a tensor is meant. */
  readonly asTensors: ReadonlySet<ts.Node>;
  readonly decisions: readonly Decision[];
}

interface Parameter {
  /** As the program writes it: `rate`, `options.rate`. */
  readonly name: string;
  readonly declaration: ts.Node;
  readonly path: NumberPath;
  readonly uses: readonly Use[];
}

interface Use {
  readonly node: ts.Expression;
  readonly write: boolean;
}

/** What following one parameter has found. */
interface Uses {
  readonly computed: ts.Node[];
  readonly asTensors: ts.Node[];
  readonly seen: Set<Variable>;
}

export interface NumbersInput {
  readonly ts: TS;
  readonly file: ParsedFile;
  readonly facts: Facts;
  readonly bindings: Bindings;
  readonly graph: { callee(node: ts.Node): CalleeFact | undefined };
  /** The function of this file that a call runs, if it becomes part of the graph. */
  targetOf(call: ts.CallExpression): FunctionNode | undefined;
}

/** Of all functions of a file. */
export class NumberTable {
  readonly #byFunction = new Map<FunctionNode, LiftedNumbers>();
  readonly #computed = new Set<ts.Node>();
  readonly #asTensors = new Set<ts.Node>();

  add(fn: FunctionNode, numbers: LiftedNumbers): void {
    this.#byFunction.set(fn, numbers);
    for (const node of numbers.computed) this.#computed.add(node);
    for (const node of numbers.asTensors) this.#asTensors.add(node);
  }

  of(fn: FunctionNode | undefined): Pick<LiftedNumbers, "paths" | "decisions"> {
    return (fn === undefined ? undefined : this.#byFunction.get(fn)) ?? { paths: [], decisions: [] };
  }

  /** An operator on lifted numbers: it becomes a call. */
  isComputed(node: ts.Node): boolean {
    return this.#computed.has(node);
  }

  /** A lifted number that stands where a tensor is meant. */
  isTensor(node: ts.Node): boolean {
    return this.#asTensors.has(node);
  }
}

export function liftNumbers(input: NumbersInput, fn: FunctionNode): LiftedNumbers {
  const { ts, file, facts, bindings } = input;
  const paths: NumberPath[] = [];
  const computed = new Set<ts.Node>();
  const asTensors = new Set<ts.Node>();
  const decisions: Decision[] = [];

  for (const parameter of numberParameters(input, fn)) {
    const { name, path } = parameter;
    const uses: Uses = { computed: [], asTensors: [], seen: new Set() };
    const reason = reasonOfAll(parameter.uses, uses);
    const at = file.lines.position(parameter.declaration.getStart(file.sourceFile));
    if (reason === undefined) {
      paths.push(path);
      for (const node of uses.computed) computed.add(node);
      for (const node of uses.asTensors) asTensors.add(node);
      decisions.push({ at, construct: "number", staging: "staged", reason: `\`${name}\` only meets tensors: one trace for all` });
    } else {
      decisions.push({ at, construct: "number", staging: "static", reason: `\`${name}\` ${reason}: one trace per value` });
    }
  }
  return { paths, computed, asTensors, decisions };

  /** Why a number must be known while tracing; undefined if it need not. */
  function reasonOfVariable(variable: Variable, uses: Uses): string | undefined {
    if (uses.seen.has(variable)) return undefined;
    uses.seen.add(variable);
    return reasonOfAll(variable.references, uses);
  }

  function reasonOfAll(all: readonly Use[], uses: Uses): string | undefined {
    for (const { node, write } of all) {
      const reason = write ? `changes at ${place(node)}` : reasonOfUse(node, uses);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /** `node` is a lifted number: what becomes of it? */
  function reasonOfUse(node: ts.Expression, uses: Uses): string | undefined {
    const { parent } = node;
    if (isTransparent(parent)) return reasonOfUse(parent, uses);
    if (ts.isBinaryExpression(parent)) return reasonOfOperand(node, parent, uses);
    if (ts.isPrefixUnaryExpression(parent) && isSign(parent)) return further(parent, uses);
    if (ts.isVariableDeclaration(parent)) return reasonOfDeclaration(parent, uses);
    if (ts.isConditionalExpression(parent)) {
      const chosen = parent.condition !== node && testStaging(ts, facts, parent.condition) === "staged";
      return chosen ? meetsTensor(node, uses) : `is part of a choice at ${place(node)}`;
    }
    if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
      const callee = input.graph.callee(parent);
      if (callee?.origin === "graphfn" && takesTensor(node)) return meetsTensor(node, uses);
      const passed = ts.isCallExpression(parent) ? passedTo(node, parent) : undefined;
      if (passed !== undefined) {
        const reason = reasonOfVariable(passed, uses);
        if (reason !== undefined) return `is passed to \`${callee?.name ?? "a function"}\` at ${place(node)}, where it ${reason}`;
        return undefined;
      }
      return `is passed to \`${callee?.name ?? "a function"}\` at ${place(node)}`;
    }
    return `${usage(node)} at ${place(node)}`;
  }

  /** The parameter of a function of this file that gets the number. Which of several methods a call runs is not known here. */
  function passedTo(node: ts.Expression, call: ts.CallExpression): Variable | undefined {
    const target = input.targetOf(call);
    const index = call.arguments.indexOf(node);
    if (target === undefined || call.arguments.slice(0, index).some((argument) => ts.isSpreadElement(argument))) return undefined;
    const { [index]: parameter } = target.parameters.filter(({ name }) => !(ts.isIdentifier(name) && name.text === "this"));
    if (parameter === undefined || parameter.dotDotDotToken !== undefined || !ts.isIdentifier(parameter.name)) return undefined;
    const { tensor, plain, nullable } = facts.of(parameter.name);
    return tensor === "no" && plain === "number" && !nullable ? bindings.variable(parameter.name) : undefined;
  }

  function reasonOfOperand(node: ts.Expression, parent: ts.BinaryExpression, uses: Uses): string | undefined {
    const kind = parent.operatorToken.kind;
    const other = parent.left === node ? parent.right : parent.left;
    const fact = facts.of(other);
    const isTensor = fact.tensor === "yes" && !fact.nullable;
    const arithmetic = arithmeticName(kind);
    if (arithmetic !== undefined || compoundName(ts, kind) !== undefined) {
      if (isTensor) return undefined;
      if (arithmetic === undefined) return `is added to \`${other.getText()}\` at ${place(node)}`;
      const isNumber =
        ts.isNumericLiteral(skipParentheses(ts, other)) || (fact.tensor === "no" && fact.plain === "number" && !fact.nullable);
      if (!isNumber) return `meets what may be no number at ${place(node)}`;
      return further(parent, uses);
    }
    const compares = operatorName(ts, kind) ?? equalityName(ts, kind);
    if (compares !== undefined) return isTensor ? undefined : `is compared at ${place(node)}`;
    const isElement = kind === ts.SyntaxKind.EqualsToken && ts.isElementAccessExpression(other) && parent.right === node;
    if (isElement && facts.of(other.expression).tensor === "yes") return undefined;
    return isAssignmentOperator(ts, kind) ? `is assigned at ${place(node)}` : `decides at ${place(node)}`;
  }

  function further(node: ts.Expression, uses: Uses): string | undefined {
    uses.computed.push(node);
    return reasonOfUse(node, uses);
  }

  function meetsTensor(node: ts.Node, uses: Uses): undefined {
    uses.asTensors.push(node);
    return undefined;
  }

  function reasonOfDeclaration(declaration: ts.VariableDeclaration, uses: Uses): string | undefined {
    const variable = ts.isIdentifier(declaration.name) ? bindings.variable(declaration.name) : undefined;
    if (variable?.kind !== "const" || facts.of(declaration.name).plain !== "number") return `is assigned at ${place(declaration)}`;
    return reasonOfVariable(variable, uses);
  }

  function takesTensor(node: ts.Expression): boolean {
    const expected = facts.expected(node);
    return expected.tensor !== "no" && !expected.any;
  }

  function arithmeticName(kind: ts.SyntaxKind): string | undefined {
    const name = operatorName(ts, kind);
    return name !== undefined && !ORDER.has(name) ? name : undefined;
  }

  function isTransparent(node: ts.Node): node is ts.Expression {
    return ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node);
  }

  function isSign(node: ts.PrefixUnaryExpression): boolean {
    return node.operator === ts.SyntaxKind.MinusToken || node.operator === ts.SyntaxKind.PlusToken;
  }

  function usage(node: ts.Expression): string {
    const { parent } = node;
    if (ts.isReturnStatement(parent) || ts.isArrowFunction(parent)) return "is returned";
    if (ts.isElementAccessExpression(parent) || ts.isComputedPropertyName(parent)) return "is an index";
    if (ts.isArrayLiteralExpression(parent)) return "stands in an array";
    if (ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent)) return "stands in an object";
    if (ts.isTemplateSpan(parent)) return "is part of a text";
    return "is used as a plain number";
  }

  function place(node: ts.Node): string {
    return file.lines.at(node.getStart(file.sourceFile));
  }
}

const ORDER: ReadonlySet<string> = new Set(["lt", "le", "gt", "ge"]);

/** Parameters that hold numbers, also those taken out of objects and arrays: by a pattern, or by `options.rate`. */
function numberParameters({ ts, facts, bindings }: NumbersInput, fn: FunctionNode): Parameter[] {
  const found: Parameter[] = [];
  function collect(name: ts.BindingName, path: NumberPath): void {
    if (ts.isIdentifier(name)) {
      const variable = bindings.variable(name);
      if (variable === undefined) return;
      if (isNumber(name)) found.push({ name: variable.name, declaration: name, path, uses: variable.references });
      else if (facts.of(name).plain === "other" && !facts.of(name).nullable) found.push(...fieldsOf(variable, path));
      return;
    }
    name.elements.forEach((element, i) => {
      if (!ts.isBindingElement(element) || element.dotDotDotToken !== undefined) return;
      const key = ts.isArrayBindingPattern(name) ? i : keyOf(element);
      if (key !== undefined) collect(element.name, [...path, key]);
    });
  }
  function isNumber(node: ts.Node): boolean {
    const { tensor, plain, nullable } = facts.of(node);
    return tensor === "no" && plain === "number" && !nullable;
  }
  /** Numbers among the fields of an object that is read field by field and goes nowhere else. */
  function fieldsOf(variable: Variable, path: NumberPath): Parameter[] {
    const fields = new Map<string, { path: NumberPath; uses: Use[] }>();
    for (const { node, write } of variable.references) {
      let [read, keys]: [ts.Expression, string[]] = [node, []];
      for (let { parent } = read; ts.isPropertyAccessExpression(parent) && parent.expression === read; { parent } = read) {
        if (parent.questionDotToken !== undefined || !ts.isIdentifier(parent.name)) return [];
        [read, keys] = [parent, [...keys, parent.name.text]];
      }
      const { parent } = read;
      const isCalled = (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === read;
      if (write || keys.length === 0 || isCalled || isWritten(read) || !isLeaf(read)) return [];
      const text = keys.join(".");
      const field = fields.get(text) ?? { path: [...path, ...keys], uses: [] };
      field.uses.push({ node: read, write: false });
      if (isNumber(read)) fields.set(text, field);
    }
    return [...fields].map(([text, { path, uses }]) => ({
      name: `${variable.name}.${text}`,
      declaration: variable.declaration,
      path,
      uses,
    }));
  }
  /** No object that something else could take numbers from. */
  function isLeaf(node: ts.Expression): boolean {
    const { tensor, plain, any } = facts.of(node);
    return !any && (tensor === "yes" || plain === "number" || plain === "boolean" || plain === "string");
  }
  function isWritten(node: ts.Expression): boolean {
    const { parent } = node;
    if (ts.isBinaryExpression(parent)) return parent.left === node && isAssignmentOperator(ts, parent.operatorToken.kind);
    return isStep(ts, parent) || ts.isDeleteExpression(parent) || isPatternTarget(ts, node);
  }
  function keyOf({ propertyName, name }: ts.BindingElement): string | undefined {
    const key = propertyName ?? name;
    return ts.isIdentifier(key) || ts.isStringLiteral(key) ? key.text : undefined;
  }
  // A function that awaits or yields goes on after its trace has ended.
  if (hasModifier(fn, ts.SyntaxKind.AsyncKeyword) || (fn as { asteriskToken?: ts.Node }).asteriskToken !== undefined) return [];
  const parameters = fn.parameters.filter(({ name }) => !(ts.isIdentifier(name) && name.text === "this"));
  parameters.forEach((parameter, i) => {
    if (parameter.dotDotDotToken === undefined) collect(parameter.name, [i]);
  });
  return found;
}
