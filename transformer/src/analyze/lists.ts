/**
 * Arrays of tensors whose length the graph may decide: those that a region of staged code, or a function that it may call, pushes to or pops
 * from. They are made by `$.array`, and what depends on their length may be a tensor, although TypeScript says number:
 *
 *   const xs: Tensor[] = [];                       const xs: Tensor[] = $.array("xs", []);
 *   while (x > 1) { xs.push(x); x = x / 2; }
 *   for (let i = 0; i < xs.length; i++) …          `xs.length`, so the test, so `i` may be tensors
 *
 * The same holds for numbers that code without types assigns: `let steps = 0; while (anything > 1) steps += 1`.
 *
 * Arrays that change only while tracing stay plain: they are decided by variable, and those that other code may know under another name
 * grow if any array of the file does.
 */
import type ts from "typescript";
import {
  equalityName,
  type FunctionNode,
  isAssignmentOperator,
  isPattern,
  isPatternTarget,
  isStep,
  operatorName,
  skipParentheses,
} from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { CalleeFact } from "../types/oracle.ts";
import { rootOf } from "./effects.ts";
import type { Structure } from "./exits.ts";
import type { Facts } from "./facts.ts";
import { decidedCall } from "./predicates.ts";
import { type Region, walkRegions } from "./regions.ts";
import type { Bindings, Variable } from "./scopes.ts";
import type { JournalledWrites } from "./writes.ts";

const RESIZING: ReadonlySet<string> = new Set(["push", "pop", "shift", "unshift", "splice"]);
/** Methods that give numbers or booleans, and need to look at elements or at the length. */
const MEASURING: ReadonlySet<string> = new Set(["push", "unshift", "includes", "some", "every"]);

export class Lists {
  private readonly ts: TS;
  private readonly facts: Facts;
  private readonly bindings: Bindings;
  private readonly functions: readonly FunctionNode[];
  private readonly calleeOf: (node: ts.Node) => CalleeFact | undefined;
  private readonly growing = new Set<Variable>();
  /** An array grows that is not known by one variable: a parameter, a field. */
  elsewhere: boolean;
  /** Numbers that may be tensors. */
  private readonly numbers = new Set<Variable>();
  private readonly marked = new Set<ts.Node>();

  constructor(
    ts: TS,
    facts: Facts,
    bindings: Bindings,
    functions: readonly FunctionNode[],
    calleeOf: (node: ts.Node) => CalleeFact | undefined,
    elsewhere: boolean,
  ) {
    this.elsewhere = elsewhere;
    this.ts = ts;
    this.facts = facts;
    this.bindings = bindings;
    this.functions = functions;
    this.calleeOf = calleeOf;
  }

  /** Looks for arrays that grow in this structure. True where that changed what expressions may be: the structure is another then. */
  extend(structure: Structure, writes: JournalledWrites): boolean {
    const before = this.marked.size;
    for (const fn of this.functions) {
      walkRegions(this.ts, this.facts, structure, fn, (node, region) => {
        const resized = this.resized(node);
        const array = resized !== undefined && writes.isTouched(resized) ? resized : this.writtenByTensor(node);
        if (array !== undefined) this.grow(array);
        if (region !== undefined && this.ts.isCallExpression(node)) this.given(node);
        if (region !== undefined) this.replaced(node, region);
        if (structure.staging.get(node) === "dynamic") this.assignedIn(node);
        const decided = decidedCall(this.ts, this.facts, node);
        if (decided?.name.text === "filter") this.filtered(node);
        else if (decided !== undefined) this.mark(node);
        return "enter";
      });
    }
    if (this.growing.size === 0 && !this.elsewhere && this.marked.size === 0) return false;
    for (let count = -1; count !== this.marked.size; ) {
      count = this.marked.size;
      for (const fn of this.functions) this.visit(fn);
    }
    return this.marked.size > before;
  }

  /** The name of an array that this expression makes, where it may grow. */
  nameOf(node: ts.Expression): string | undefined {
    const { ts, bindings } = this;
    if ((this.growing.size === 0 && !this.elsewhere) || !ts.isArrayLiteralExpression(node) || isPattern(ts, node)) return undefined;
    const { parent } = node;
    if (ts.isVariableDeclaration(parent) && parent.initializer === node && ts.isIdentifier(parent.name)) {
      const variable = bindings.variable(parent.name);
      return variable !== undefined && this.holdsTensors(parent.name) && this.grows(variable) ? variable.name : undefined;
    }
    if (ts.isBinaryExpression(parent) && parent.right === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      const { left } = parent;
      return !ts.isArrayLiteralExpression(left) && this.holdsTensors(left) && this.mayGrow(left) ? left.getText() : undefined;
    }
    if (!this.elsewhere) return undefined;
    if (ts.isPropertyDeclaration(parent)) return this.holdsTensors(parent.name) ? parent.name.getText() : undefined;
    if (ts.isCallExpression(parent) && this.calleeOf(parent)?.origin !== "project") return undefined;
    if (ts.isPropertyAssignment(parent) && node.elements.length === 0) return parent.name.getText();
    return this.holdsTensors(node) ? "the array" : undefined;
  }

  private holdsTensors(node: ts.Node): boolean {
    return this.facts.of(node).tensors;
  }

  /** The array of `xs.push(x)`, `xs.length = n`. */
  private resized(node: ts.Node): ts.Expression | undefined {
    const { ts } = this;
    const target = ts.isCallExpression(node)
      ? node.expression
      : ts.isBinaryExpression(node) && isAssignmentOperator(ts, node.operatorToken.kind)
        ? node.left
        : undefined;
    if (target === undefined || !ts.isPropertyAccessExpression(target)) return undefined;
    const name = target.name.text;
    const resizes = ts.isCallExpression(node) ? RESIZING.has(name) : name === "length";
    return resizes && this.holdsTensors(target.expression) ? target.expression : undefined;
  }

  /** The array of `xs[i] = x`, `xs[i]++`, `[xs[i]] = …` where `i` may be a tensor. */
  private writtenByTensor(node: ts.Node): ts.Expression | undefined {
    const { ts, facts } = this;
    const written = this.targetOf(node);
    const target = written === undefined ? undefined : skipParentheses(ts, written);
    if (target === undefined || !ts.isElementAccessExpression(target) || !this.holdsTensors(target.expression)) return undefined;
    return facts.staging(target.argumentExpression) === "static" ? undefined : target.expression;
  }

  private targetOf(node: ts.Node): ts.Expression | undefined {
    const { ts } = this;
    if (ts.isBinaryExpression(node) && isAssignmentOperator(ts, node.operatorToken.kind)) return node.left;
    if (isStep(ts, node)) return node.operand;
    return ts.isElementAccessExpression(node) && isPatternTarget(ts, node) ? node : undefined;
  }

  /** `xs = [...xs, x]` of a variable from outside the region. */
  private replaced(node: ts.Node, { start, end }: Region): void {
    const { ts, bindings } = this;
    if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken || !this.holdsTensors(node.left)) return;
    const variable = ts.isIdentifier(node.left) ? bindings.variable(node.left) : undefined;
    if (variable === undefined || (variable.declaration.pos >= start && variable.declaration.end <= end)) return;
    if (!this.keepsLength(node.right)) this.growing.add(variable);
  }

  /** `[a, b]`: its length is in the text. */
  private keepsLength(node: ts.Expression): boolean {
    const { ts } = this;
    const made = skipParentheses(ts, node);
    return ts.isArrayLiteralExpression(made) && made.elements.length > 0 && !made.elements.some((element) => ts.isSpreadElement(element));
  }

  /** Arrays that a call in a region is given: the function may be one of another file that lets them grow. */
  private given(node: ts.CallExpression): void {
    const { ts, bindings } = this;
    for (const argument of node.arguments) {
      const variable = ts.isIdentifier(argument) ? bindings.variable(argument) : undefined;
      if (variable !== undefined && this.holdsTensors(argument) && this.calleeOf(node)?.origin === "project") this.growing.add(variable);
    }
  }

  /** `const ys = xs.filter(f)`. */
  private filtered({ parent }: ts.Node): void {
    const variable = this.ts.isVariableDeclaration(parent) ? this.bindings.variable(parent.name) : undefined;
    if (variable === undefined) this.elsewhere = true;
    else this.growing.add(variable);
  }

  private grow(array: ts.Expression): void {
    const root = rootOf(this.ts, this.bindings, array);
    const isVariable = this.ts.isIdentifier(skipParentheses(this.ts, array)) && root.kind === "variable";
    if (isVariable) this.growing.add(root.variable);
    if (!isVariable || root.variable.kind === "parameter") this.elsewhere = true;
  }

  /** An array under this name may grow. */
  private grows(variable: Variable): boolean {
    const { ts } = this;
    if (this.growing.has(variable)) return true;
    const { parent } = variable.declaration;
    const made = ts.isVariableDeclaration(parent) ? parent.initializer : undefined;
    // Of known length: `gf.unstack(x)`.
    if (made !== undefined && ts.isCallExpression(made) && this.calleeOf(made)?.origin === "graphfn") return false;
    return (
      made === undefined ||
      !ts.isArrayLiteralExpression(made) ||
      (this.elsewhere && variable.references.some(({ node }) => this.escapes(node)))
    );
  }

  /** The array gets another name: it is passed on, stored or returned. */
  private escapes(node: ts.Identifier): boolean {
    const { ts } = this;
    const { parent } = node;
    if (ts.isPropertyAccessExpression(parent) || ts.isSpreadElement(parent)) return false;
    if (ts.isElementAccessExpression(parent)) return parent.expression !== node;
    if (ts.isForOfStatement(parent)) return parent.expression !== node;
    if (ts.isVariableDeclaration(parent)) return parent.name !== node;
    return !ts.isCallExpression(parent) || this.calleeOf(parent)?.origin === "project";
  }

  private mayGrow(node: ts.Expression): boolean {
    const root = rootOf(this.ts, this.bindings, node);
    return this.ts.isIdentifier(skipParentheses(this.ts, node)) && root.kind === "variable" ? this.grows(root.variable) : this.elsewhere;
  }

  // --- what depends on a length ------------------------------------------------------------------------------------

  private mark(node: ts.Node): void {
    if (this.marked.has(node)) return;
    this.marked.add(node);
    if (this.facts.of(node).tensor === "no") this.facts.refine(node, "maybe");
  }

  private is(node: ts.Node | undefined): boolean {
    return node !== undefined && this.marked.has(skipParentheses(this.ts, node as ts.Expression));
  }

  private visit(node: ts.Node): void {
    const { ts } = this;
    if (ts.isTypeNode(node)) return;
    ts.forEachChild(node, (child) => this.visit(child));
    if (this.depends(node)) this.mark(node);
    if (ts.isVariableDeclaration(node) && this.is(node.initializer)) this.addNumber(node.name);
    if (ts.isBinaryExpression(node) && isAssignmentOperator(ts, node.operatorToken.kind) && this.is(node.right)) this.addNumber(node.left);
    if (ts.isForOfStatement(node) && this.holdsTensors(node.expression) && this.mayGrow(node.expression)) this.mark(node.expression);
    const test = this.testOf(node);
    if (this.is(test)) this.assignedIn(node);
  }

  private depends(node: ts.Node): boolean {
    const { ts, bindings } = this;
    if (ts.isIdentifier(node)) {
      const variable = bindings.variable(node);
      return variable !== undefined && this.numbers.has(variable);
    }
    if (ts.isPropertyAccessExpression(node)) return node.name.text === "length" && this.isGrowing(node.expression);
    if (ts.isCallExpression(node)) {
      const { expression } = node;
      return ts.isPropertyAccessExpression(expression) && MEASURING.has(expression.name.text) && this.isGrowing(expression.expression);
    }
    if (ts.isConditionalExpression(node)) return [node.condition, node.whenTrue, node.whenFalse].some((part) => this.is(part));
    if (isStep(ts, node) || ts.isPrefixUnaryExpression(node)) return this.is(node.operand);
    if (!ts.isBinaryExpression(node)) return false;
    const { kind } = node.operatorToken;
    if (kind === ts.SyntaxKind.EqualsToken || kind === ts.SyntaxKind.CommaToken) return this.is(node.right);
    const computes =
      operatorName(ts, kind) !== undefined ||
      equalityName(ts, kind) !== undefined ||
      isAssignmentOperator(ts, kind) ||
      kind === ts.SyntaxKind.AmpersandAmpersandToken ||
      kind === ts.SyntaxKind.BarBarToken;
    return computes && (this.is(node.left) || this.is(node.right));
  }

  private isGrowing(array: ts.Expression): boolean {
    return this.holdsTensors(array) && this.mayGrow(array);
  }

  private addNumber(name: ts.Node): void {
    const { ts, bindings } = this;
    const variable = ts.isIdentifier(name) ? bindings.variable(name) : undefined;
    if (variable === undefined || this.numbers.has(variable)) return;
    this.numbers.add(variable);
    this.mark(variable.declaration);
  }

  /** Of a statement that the graph decides on because of a length. */
  private testOf(node: ts.Node): ts.Expression | undefined {
    const { ts } = this;
    if (ts.isForStatement(node)) return node.condition;
    if (ts.isIfStatement(node) || ts.isSwitchStatement(node)) return node.expression;
    return ts.isWhileStatement(node) || ts.isDoStatement(node) || ts.isForOfStatement(node) ? node.expression : undefined;
  }

  /** Numbers that such a statement assigns. */
  private assignedIn(statement: ts.Node): void {
    const { pos, end } = statement;
    for (const variable of this.bindings.variables) {
      const inside = variable.references.some(({ write, indexed, node }) => write && !indexed && node.pos >= pos && node.end <= end);
      if (!inside) continue;
      const { plain, tensor } = this.facts.of(variable.declaration);
      if (tensor === "no" && (plain === "number" || plain === "boolean")) this.addNumber(variable.declaration);
    }
  }
}
