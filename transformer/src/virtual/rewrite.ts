/**
 * A statement → its virtual code: the text whose types say what marked code means.
 *
 * Inside marked functions, and those that a caller names; from syntax alone (editors call this on every keystroke):
 *
 *   a * b        __gf$.mul(a, b)              also + - / % ** & | ^ << >> < <= > >= and === !== unless they narrow (null, strings, …)
 *   a += b       a = __gf$.add(a, b)          n++ → n = __gf$.step(n)
 *   -a  !a       __gf$.neg(a)  __gf$.not(a)   also ~a; `!` stays in conditions, where it narrows
 *   t[i]         __gf$.index(t, i)            t[i] = v → __gf$.setIndex(t, i, v); string keys stay
 *   if (done)    if ((done && __gf$.maybe))   a bare name in a condition must not narrow a tensor to never
 *   z = 0        z = __gf$.lit(0)             where a Tensor may be expected (literals.ts)
 *   case 0:      case __gf$.caseOf(x, 0):     of a `switch (x)`
 *   c ? a : b    __gf$.select(c, c ? a : b)   a choice by a tensor is a tensor
 *   a && b       __gf$.and(a, b)              as a value, if `b` does not use what `a` narrows
 *
 * Control flow stays, so TypeScript's narrowing and definite assignment work. Copied text and operators are mapped; each
 * rewritten expression is preceded by a space, or hovering its first token would hit the helper.
 */
import type ts from "typescript";
import { fieldInitializers } from "../ast/fields.ts";
import * as nodes from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import { TextWriter } from "../ast/writer.ts";
import { functionDecorators, type Mark } from "../parse/marks.ts";
import type { ParsedFile } from "../parse/parse.ts";
import type { Span } from "./file.ts";
import { type LiteralPlaces, mayBeTensorType } from "./literals.ts";

/** What an expression is used for: its value, a condition, or the left side of a `&&` that narrows. */
type Role = "value" | "test" | "narrow";

/** Rewrites the functions of one statement. */
export class Rewriter {
  readonly writer: TextWriter;
  readonly spans = new Map<ts.Node, Span>();
  private readonly ts: TS;
  private readonly file: ParsedFile;
  private readonly sourceFile: ts.SourceFile;
  private readonly places: LiteralPlaces;
  /** Offsets of the spaces before rewritten expressions: no part of any expression. */
  private readonly spaces = new Set<number>();
  /** While a target is repeated (`a.b += c`): text without places. */
  private repeating = false;

  private readonly helpers: string;
  private readonly statement: ts.Statement;

  constructor(ts: TS, file: ParsedFile, helpers: string, places: LiteralPlaces, statement: ts.Statement) {
    this.ts = ts;
    this.file = file;
    this.helpers = helpers;
    this.sourceFile = file.sourceFile;
    this.statement = statement;
    this.writer = new TextWriter(file.text);
    this.places = places;
  }

  /** Marked functions and `others` rewritten, everything else copied. */
  run(marks: readonly Mark[], others: readonly nodes.FunctionNode[]): void {
    let at = this.statement.pos;
    for (const edit of this.edits(marks, others)) {
      // Inside of another: rewritten with that.
      if (edit.start < at) continue;
      this.writer.copy(at, edit.start);
      edit.write();
      at = edit.end;
    }
    this.writer.copy(at, this.statement.end);
  }

  private edits(marks: readonly Mark[], others: readonly nodes.FunctionNode[]): { start: number; end: number; write: () => void }[] {
    const edits: { start: number; end: number; write: () => void }[] = [];
    for (const decorator of functionDecorators(marks))
      edits.push({ start: decorator.getStart(this.sourceFile), end: decorator.end, write: () => {} });
    const functions = [...marks.map(({ node }) => node), ...others];
    for (const fn of functions) {
      if (nodes.isFunctionNode(this.ts, fn)) edits.push({ start: fn.parameters.pos, end: fn.end, write: () => this.functionParts(fn) });
    }
    for (const made of fieldInitializers(this.ts, functions)) {
      const wantsTensor = mayBeTensorType(this.ts, (made.parent as ts.PropertyDeclaration).type);
      edits.push({ start: made.getStart(this.sourceFile), end: made.end, write: () => this.expression(made, "value", wantsTensor) });
    }
    return edits.sort((a, b) => a.start - b.start);
  }

  /** Parameters and body: everything after the name and type parameters. */
  private functionParts(fn: nodes.FunctionNode): void {
    let at = fn.parameters.pos;
    for (const part of [...fn.parameters, fn.body]) {
      if (part === undefined) continue;
      this.copy(at, part.getStart(this.sourceFile));
      if (part === fn.body && !this.ts.isBlock(part)) this.expression(part, "value", this.places.result(fn));
      else this.visit(part);
      at = part.end;
    }
    this.copy(at, fn.end);
  }

  // --- statements and other nodes that are not expressions ---------------------------------------------------

  private readonly visit = (node: ts.Node): void => {
    const { ts } = this;
    if (ts.isTypeNode(node)) return this.copyNode(node);
    if (ts.isExpression(node)) return this.expression(node, "value", false);
    switch (node.kind) {
      case ts.SyntaxKind.IfStatement:
      case ts.SyntaxKind.WhileStatement:
      case ts.SyntaxKind.DoStatement:
        return this.around(node, (node as ts.IfStatement).expression, "test", false);
      case ts.SyntaxKind.ForStatement:
        return this.forStatement(node as ts.ForStatement);
      case ts.SyntaxKind.CaseClause:
        return this.caseClause(node as ts.CaseClause);
      case ts.SyntaxKind.VariableDeclaration:
      case ts.SyntaxKind.Parameter:
      case ts.SyntaxKind.PropertyDeclaration: {
        const declaration = node as ts.VariableDeclaration | ts.ParameterDeclaration | ts.PropertyDeclaration;
        return this.around(node, declaration.initializer, "value", mayBeTensorType(ts, declaration.type));
      }
      case ts.SyntaxKind.BindingElement:
        return this.bindingElement(node as ts.BindingElement);
      case ts.SyntaxKind.ReturnStatement: {
        const owner = nodes.enclosingFunction(ts, node);
        return this.around(node, (node as ts.ReturnStatement).expression, "value", owner !== undefined && this.places.result(owner));
      }
      case ts.SyntaxKind.ExpressionStatement:
        return this.around(node, (node as ts.ExpressionStatement).expression, "value", false);
      case ts.SyntaxKind.FunctionDeclaration:
        this.copy(node.getStart(this.sourceFile), (node as ts.FunctionDeclaration).parameters.pos);
        return this.functionParts(node as ts.FunctionDeclaration);
      default:
        nodes.copyAround(ts, this, this.sourceFile, node, this.visit);
    }
  };

  /** A node with one expression that is visited in its own way. */
  private around(node: ts.Node, special: ts.Expression | undefined, role: Role, wantsTensor: boolean): void {
    nodes.copyAround(this.ts, this, this.sourceFile, node, (child) => {
      if (child === special) this.expression(special, role, wantsTensor);
      else this.visit(child);
    });
  }

  /** A default may stand for a Tensor where the type of what is taken apart is known apart from it. */
  private bindingElement(node: ts.BindingElement): void {
    const { ts } = this;
    let root: ts.Node = node;
    while (ts.isBindingElement(root)) root = root.parent.parent;
    const { initializer } = root as ts.VariableDeclaration | ts.ParameterDeclaration;
    const given = initializer !== undefined && !ts.isArrayLiteralExpression(initializer) && !ts.isObjectLiteralExpression(initializer);
    nodes.copyAround(ts, this, this.sourceFile, node, (child) => {
      if (child !== node.initializer || !nodes.isLiteralValue(ts, node.initializer)) this.visit(child);
      else if (given || (root as ts.ParameterDeclaration).type !== undefined) this.literal(node.initializer, "byDefault");
      else this.visit(child);
    });
  }

  private forStatement(node: ts.ForStatement): void {
    this.around(node, node.condition, "test", false);
  }

  /** A value to compare with must be of the type that is switched on, or a Tensor on either side. */
  private caseClause(node: ts.CaseClause): void {
    const { ts } = this;
    const value = nodes.skipParentheses(ts, node.parent.parent.expression);
    const isTruth = value.kind === ts.SyntaxKind.TrueKeyword || value.kind === ts.SyntaxKind.FalseKeyword;
    nodes.copyAround(ts, this, this.sourceFile, node, (child) => {
      if (child !== node.expression || nodes.narrowsByEquality(ts, node.expression)) return this.visit(child);
      if (isTruth) {
        this.writer.put("(");
        this.expression(node.expression, "value", false);
        this.writer.put(` && ${this.helpers}.maybe)`);
      } else {
        this.writer.put(` ${this.helpers}.caseOf(`);
        this.withoutPlaces(value);
        this.writer.put(", ");
        this.expression(node.expression, "value", false);
        this.writer.put(")");
      }
    });
  }

  // --- expressions -------------------------------------------------------------------------------------------

  private expression(node: ts.Expression, role: Role, wantsTensor: boolean): void {
    const { ts } = this;
    if (wantsTensor && nodes.isLiteralValue(ts, node)) return this.literal(node);
    switch (node.kind) {
      case ts.SyntaxKind.Identifier:
        return role === "test" ? this.testedName(node) : this.record(node, () => this.copyNode(node));
      case ts.SyntaxKind.ParenthesizedExpression:
        return this.record(node, () =>
          nodes.copyAround(ts, this, this.sourceFile, node, (child) => this.expression(child as ts.Expression, role, wantsTensor)),
        );
      case ts.SyntaxKind.BinaryExpression:
        return this.binary(node as ts.BinaryExpression, role, wantsTensor);
      case ts.SyntaxKind.ConditionalExpression:
        return this.conditional(node as ts.ConditionalExpression, wantsTensor);
      case ts.SyntaxKind.PrefixUnaryExpression:
        return this.prefix(node as ts.PrefixUnaryExpression, role);
      case ts.SyntaxKind.PostfixUnaryExpression:
        return this.step(node as ts.PostfixUnaryExpression);
      case ts.SyntaxKind.ElementAccessExpression:
        return nodes.isIndexing(ts, node) ? this.index(node) : this.record(node, () => this.children(node));
      case ts.SyntaxKind.CallExpression:
      case ts.SyntaxKind.NewExpression:
        return this.record(node, () => this.call(node as ts.CallExpression | ts.NewExpression));
      case ts.SyntaxKind.ArrayLiteralExpression:
        return this.record(node, () =>
          nodes.copyAround(ts, this, this.sourceFile, node, (child) => this.expression(child as ts.Expression, "value", wantsTensor)),
        );
      case ts.SyntaxKind.ObjectLiteralExpression:
        return this.record(node, () => this.properties(node as ts.ObjectLiteralExpression, wantsTensor));
      case ts.SyntaxKind.DeleteExpression:
      case ts.SyntaxKind.TaggedTemplateExpression:
        return this.record(node, () => nodes.copyAround(ts, this, this.sourceFile, node, this.visitReference));
      case ts.SyntaxKind.ArrowFunction:
      case ts.SyntaxKind.FunctionExpression: {
        const fn = node as ts.ArrowFunction | ts.FunctionExpression;
        return this.record(node, () => {
          this.copy(node.getStart(this.sourceFile), fn.parameters.pos);
          this.functionParts(fn);
        });
      }
      default:
        this.record(node, () => this.children(node));
    }
  }

  private children(node: ts.Node): void {
    nodes.copyAround(this.ts, this, this.sourceFile, node, this.visit);
  }

  /** Writes `node` and notes where it stands. A rewritten expression gets a space before it. */
  private record(node: ts.Node, write: () => void): void {
    const start = this.writer.length;
    write();
    if (!this.repeating) this.spans.set(node, { start: this.spaces.has(start) ? start + 1 : start, end: this.writer.length });
  }

  private space(): void {
    this.spaces.add(this.writer.length);
    this.writer.put(" ");
  }

  /** ` __gf$.name(` with the name standing for the operator, then the operands, then `)`. */
  private helper(node: ts.Node, name: string, operator: { pos: number; length: number }, operands: readonly (() => void)[]): void {
    this.space();
    this.record(node, () => {
      this.writer.put(`${this.helpers}.`);
      if (this.repeating) this.writer.put(name);
      else this.writer.putAt(name, operator.pos, operator.length);
      this.writer.put("(");
      operands.forEach((operand, i) => {
        if (i > 0) this.writer.put(", ");
        operand();
      });
      this.writer.put(")");
    });
  }

  private literal(node: ts.Expression, name = "lit"): void {
    const start = node.getStart(this.sourceFile);
    this.helper(node, name, { pos: start, length: 0 }, [() => this.copyNode(node)]);
  }

  private testedName(node: ts.Expression): void {
    this.writer.put("(");
    this.record(node, () => this.copyNode(node));
    this.writer.put(` && ${this.helpers}.maybe)`);
  }

  private binary(node: ts.BinaryExpression, role: Role, wantsTensor: boolean): void {
    const { ts } = this;
    const { left, right } = node;
    const kind = node.operatorToken.kind;
    const token = this.tokenPlace(node.operatorToken);
    const narrowing = nodes.narrowsByEquality(ts, left) || nodes.narrowsByEquality(ts, right);
    const name = nodes.operatorName(ts, kind) ?? (narrowing ? undefined : nodes.equalityName(ts, kind));
    if (name !== undefined) {
      return this.helper(node, name, token, [() => this.expression(left, "value", false), () => this.expression(right, "value", false)]);
    }
    if (kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken) return this.logical(node, role);
    if (kind === ts.SyntaxKind.QuestionQuestionToken && !wantsTensor && nodes.isLiteralValue(ts, right)) {
      return this.helper(node, "coalesce", token, [() => this.expression(left, "value", false), () => this.copyNode(right)]);
    }
    if (!nodes.isAssignmentOperator(ts, kind)) {
      return this.record(node, () => this.operands(node, () => this.expression(left, "value", false), wantsTensor));
    }
    if (kind === ts.SyntaxKind.EqualsToken) return this.assignment(node);
    const compound = nodes.compoundName(ts, kind);
    if (compound === undefined) return this.record(node, () => this.operands(node, () => this.reference(left), this.holdsTensor(left)));
    this.update(node, left, (old) => this.helper(node.operatorToken, compound, token, [old, () => this.expression(right, "value", false)]));
  }

  private operands(node: ts.BinaryExpression, left: () => void, wantsTensor: boolean): void {
    left();
    this.copy(node.left.end, node.right.getStart(this.sourceFile));
    this.expression(node.right, "value", wantsTensor);
  }

  private logical(node: ts.BinaryExpression, role: Role): void {
    const { left, right } = node;
    const name = node.operatorToken.kind === this.ts.SyntaxKind.BarBarToken ? "or" : "and";
    if (role === "value" && !this.sharesNames(left, right)) {
      const token = this.tokenPlace(node.operatorToken);
      return this.helper(node, name, token, [() => this.expression(left, "value", false), () => this.expression(right, "value", false)]);
    }
    const inner = role === "test" ? "test" : "narrow";
    this.record(node, () => {
      this.expression(left, inner, false);
      this.copy(left.end, right.getStart(this.sourceFile));
      this.expression(right, role === "test" ? "test" : "value", false);
    });
  }

  /** Whether a name used in `a` is used in `b`: then `a` may narrow it for `b`. */
  private sharesNames(a: ts.Expression, b: ts.Expression): boolean {
    const names = new Set<string>();
    const collect = (node: ts.Node): void => {
      if (this.ts.isIdentifier(node)) names.add(node.text);
      else if (node.kind === this.ts.SyntaxKind.ThisKeyword) names.add("this");
      this.ts.forEachChild(node, collect);
    };
    const find = (node: ts.Node): boolean => {
      if (this.ts.isIdentifier(node) && names.has(node.text)) return true;
      if (node.kind === this.ts.SyntaxKind.ThisKeyword && names.has("this")) return true;
      return this.ts.forEachChild(node, find) ?? false;
    };
    collect(a);
    return find(b);
  }

  private assignment(node: ts.BinaryExpression): void {
    const { ts } = this;
    const { left, right } = node;
    if (nodes.isIndexing(ts, left)) {
      return this.setIndex(node, left, () => this.expression(right, "value", false));
    }
    this.record(node, () => this.operands(node, () => this.reference(left), this.holdsTensor(left)));
  }

  /** A number that is assigned to it may stand for a Tensor. */
  private holdsTensor(target: ts.Expression): boolean {
    const { ts } = this;
    return ts.isIdentifier(target) ? this.places.variable(target.text) : ts.isPropertyAccessExpression(target);
  }

  /** `target op= …` and `target++` as `target = …`; `value` gets a writer of the old value. */
  private update(node: ts.Expression, target: ts.Expression, value: (old: () => void) => void): void {
    const { ts } = this;
    const statement = this.isStatement(node);
    if (nodes.isIndexing(ts, target)) return this.setIndex(node, target, () => value(() => this.repeat(target)));
    this.writer.put(statement ? "" : "(");
    this.record(node, () => {
      this.reference(target);
      this.writer.put(" =");
      value(() => this.repeat(target));
    });
    this.writer.put(statement ? "" : ")");
  }

  private setIndex(node: ts.Expression, target: ts.ElementAccessExpression, value: () => void): void {
    const bracket = { pos: target.argumentExpression.getStart(this.sourceFile), length: 0 };
    this.helper(node, "setIndex", bracket, [
      () => this.expression(target.expression, "value", false),
      () => this.expression(target.argumentExpression, "value", false),
      value,
    ]);
  }

  /** The text of a target once more, without places, except that a plain name takes the errors of its operator. */
  private repeat(target: ts.Expression): void {
    if (this.ts.isIdentifier(target) && !this.repeating) {
      this.writer.putAt(target.text, target.getStart(this.sourceFile), target.text.length);
      return;
    }
    const start = this.writer.length;
    this.withoutPlaces(target);
    const end = this.writer.length;
    if (!this.repeating && !this.spans.has(target)) this.spans.set(target, { start: this.spaces.has(start) ? start + 1 : start, end });
  }

  private withoutPlaces(node: ts.Expression): void {
    const before = this.repeating;
    this.repeating = true;
    this.expression(node, "value", false);
    this.repeating = before;
  }

  /** A place that is written to, called or deleted: not itself rewritten, but what is inside is. */
  private reference(node: ts.Expression): void {
    const { ts } = this;
    if (ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node)) return this.copyNode(node);
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return this.record(node, () => this.children(node));
    if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node)) {
      return nodes.copyAround(ts, this, this.sourceFile, node, this.visitReference);
    }
    if (ts.isBinaryExpression(node)) return this.record(node, () => this.operands(node, () => this.reference(node.left), false));
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      return nodes.copyAround(ts, this, this.sourceFile, node, this.visitReference);
    }
    this.expression(node, "value", false);
  }

  private readonly visitReference = (node: ts.Node): void => {
    if (this.ts.isExpression(node)) this.reference(node);
    else this.visit(node);
  };

  /** The test stands twice, once for its type and once to narrow; only the second has places. */
  private conditional(node: ts.ConditionalExpression, wantsTensor: boolean): void {
    const value = (): void =>
      nodes.copyAround(this.ts, this, this.sourceFile, node, (child) => {
        if (child === node.condition) this.expression(node.condition, "test", false);
        else if (child === node.whenTrue || child === node.whenFalse) this.expression(child as ts.Expression, "value", wantsTensor);
        else this.copyNode(child);
      });
    this.helper(node, "select", this.tokenPlace(node.questionToken), [() => this.withoutPlaces(node.condition), value]);
  }

  private prefix(node: ts.PrefixUnaryExpression, role: Role): void {
    const { ts } = this;
    const place = { pos: node.getStart(this.sourceFile), length: 1 };
    switch (node.operator) {
      case ts.SyntaxKind.MinusToken:
      case ts.SyntaxKind.PlusToken: {
        if (ts.isNumericLiteral(node.operand) || ts.isBigIntLiteral(node.operand)) return this.record(node, () => this.copyNode(node));
        const name = node.operator === ts.SyntaxKind.MinusToken ? "neg" : "pos";
        return this.helper(node, name, place, [() => this.expression(node.operand, "value", false)]);
      }
      case ts.SyntaxKind.TildeToken:
        return this.helper(node, "bitNot", place, [() => this.expression(node.operand, "value", false)]);
      case ts.SyntaxKind.ExclamationToken: {
        if (role === "value") return this.helper(node, "not", place, [() => this.expression(node.operand, "value", false)]);
        return this.record(node, () => {
          this.copy(place.pos, node.operand.getStart(this.sourceFile));
          this.expression(node.operand, role, false);
        });
      }
      case ts.SyntaxKind.PlusPlusToken:
      case ts.SyntaxKind.MinusMinusToken:
        return this.step(node);
      default:
        this.record(node, () => this.children(node));
    }
  }

  private step(node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): void {
    const operand = node.operand;
    const pos = this.ts.isPrefixUnaryExpression(node) ? node.getStart(this.sourceFile) : node.end - 2;
    this.update(node, operand, (old) => {
      this.writer.put(` ${this.helpers}.`);
      if (this.repeating) this.writer.put("step");
      else this.writer.putAt("step", pos, 2);
      this.writer.put("(");
      old();
      this.writer.put(")");
    });
  }

  private index(node: ts.ElementAccessExpression): void {
    const bracket = { pos: node.argumentExpression.getStart(this.sourceFile), length: 0 };
    this.helper(node, "index", bracket, [
      () => this.expression(node.expression, "value", false),
      () => this.expression(node.argumentExpression, "value", false),
    ]);
  }

  private call(node: ts.CallExpression | ts.NewExpression): void {
    const { ts, places } = this;
    const callee = node.expression;
    const mayBeTensor = (position: number): boolean => {
      if (ts.isIdentifier(callee)) return places.parameter(callee.text, position);
      return ts.isPropertyAccessExpression(callee) && places.methodParameter(callee.name.text, position);
    };
    nodes.copyAround(ts, this, this.sourceFile, node, (child) => {
      if (child === callee) return this.reference(callee);
      const position = node.arguments?.indexOf(child as ts.Expression) ?? -1;
      if (position < 0) return this.visit(child);
      this.expression(child as ts.Expression, "value", mayBeTensor(position));
    });
  }

  private properties(node: ts.ObjectLiteralExpression, wantsTensor: boolean): void {
    const { ts } = this;
    nodes.copyAround(ts, this, this.sourceFile, node, (child) => {
      if (ts.isPropertyAssignment(child)) this.around(child, child.initializer, "value", wantsTensor);
      else this.visit(child);
    });
  }

  // --- small things ------------------------------------------------------------------------------------------

  /** An expression whose value nobody uses: a statement, or the update of a `for`. */
  private isStatement(node: ts.Expression): boolean {
    const { ts } = this;
    const { parent } = node;
    if (ts.isExpressionStatement(parent)) return true;
    if (ts.isForStatement(parent)) return parent.incrementor === node || parent.initializer === node;
    if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.CommaToken)
      return parent.left === node || this.isStatement(parent);
    return false;
  }

  private tokenPlace(token: ts.Node): { pos: number; length: number } {
    const pos = token.getStart(this.sourceFile);
    return { pos, length: token.end - pos };
  }

  private copyNode(node: ts.Node): void {
    this.copy(node.getStart(this.sourceFile), node.end);
  }

  copy(from: number, to: number): void {
    if (this.repeating) this.writer.put(this.file.text.slice(from, to));
    else this.writer.copy(from, to);
  }
}
