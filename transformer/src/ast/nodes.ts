/** Small questions about syntax nodes that several steps ask. No state, no types. */
import type ts from "typescript";
import type { TS } from "./typescript.ts";

export type LoopStatement = ts.WhileStatement | ts.DoStatement | ts.ForStatement | ts.ForOfStatement | ts.ForInStatement;
export type JumpStatement = ts.ReturnStatement | ts.BreakStatement | ts.ContinueStatement;
/** A function that has (or may have) a body. */
export type FunctionNode =
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ArrowFunction
  | ts.MethodDeclaration
  | ts.ConstructorDeclaration
  | ts.GetAccessorDeclaration
  | ts.SetAccessorDeclaration;

/** Kinds of nodes, looked up once per TypeScript: these two questions are asked of every node in every walk. */
interface Kinds {
  readonly ts: TS;
  readonly functions: ReadonlySet<ts.SyntaxKind>;
  readonly loops: ReadonlySet<ts.SyntaxKind>;
}

let known: Kinds | undefined;

function kindsOf(ts: TS): Kinds {
  if (known?.ts === ts) return known;
  const { SyntaxKind } = ts;
  known = {
    ts,
    functions: new Set([
      SyntaxKind.FunctionDeclaration,
      SyntaxKind.FunctionExpression,
      SyntaxKind.ArrowFunction,
      SyntaxKind.MethodDeclaration,
      SyntaxKind.Constructor,
      SyntaxKind.GetAccessor,
      SyntaxKind.SetAccessor,
    ]),
    loops: new Set([
      SyntaxKind.WhileStatement,
      SyntaxKind.DoStatement,
      SyntaxKind.ForStatement,
      SyntaxKind.ForOfStatement,
      SyntaxKind.ForInStatement,
    ]),
  };
  return known;
}

export function isFunctionNode(ts: TS, node: ts.Node): node is FunctionNode {
  return kindsOf(ts).functions.has(node.kind);
}

export function isLoop(ts: TS, node: ts.Node): node is LoopStatement {
  return kindsOf(ts).loops.has(node.kind);
}

export function skipParentheses(ts: TS, node: ts.Expression): ts.Expression {
  let inner = node;
  while (ts.isParenthesizedExpression(inner)) inner = inner.expression;
  return inner;
}

/** `-1`, `2.5`, `-Infinity`, `NaN`, `Number.EPSILON`, `Math.PI`, `true`, `false`. */
export function isLiteralValue(ts: TS, node: ts.Expression): boolean {
  if (ts.isPrefixUnaryExpression(node)) {
    const sign = node.operator === ts.SyntaxKind.MinusToken || node.operator === ts.SyntaxKind.PlusToken;
    return sign && isNumber(ts, node.operand);
  }
  return isNumber(ts, node) || node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword;
}

function isNumber(ts: TS, node: ts.Expression): boolean {
  if (ts.isPropertyAccessExpression(node)) {
    const { expression: owner, name } = node;
    return ts.isIdentifier(owner) && (owner.text === "Math" || owner.text === "Number") && CONSTANT.test(name.text);
  }
  return ts.isNumericLiteral(node) || (ts.isIdentifier(node) && (node.text === "Infinity" || node.text === "NaN"));
}

/** What `Math` and `Number` call their constants. */
const CONSTANT = /^(NaN|[A-Z][A-Z0-9_]*)$/;

/** Binary operators that work on tensors, by their name in the emitted namespace. */
export function operatorName(ts: TS, kind: ts.SyntaxKind): string | undefined {
  switch (kind) {
    case ts.SyntaxKind.PlusToken:
      return "add";
    case ts.SyntaxKind.MinusToken:
      return "sub";
    case ts.SyntaxKind.AsteriskToken:
      return "mul";
    case ts.SyntaxKind.SlashToken:
      return "div";
    case ts.SyntaxKind.PercentToken:
      return "mod";
    case ts.SyntaxKind.AsteriskAsteriskToken:
      return "pow";
    case ts.SyntaxKind.AmpersandToken:
      return "bitAnd";
    case ts.SyntaxKind.BarToken:
      return "bitOr";
    case ts.SyntaxKind.CaretToken:
      return "bitXor";
    case ts.SyntaxKind.LessThanLessThanToken:
      return "shl";
    case ts.SyntaxKind.GreaterThanGreaterThanToken:
      return "shr";
    case ts.SyntaxKind.LessThanToken:
      return "lt";
    case ts.SyntaxKind.LessThanEqualsToken:
      return "le";
    case ts.SyntaxKind.GreaterThanToken:
      return "gt";
    case ts.SyntaxKind.GreaterThanEqualsToken:
      return "ge";
    default:
      return undefined;
  }
}

/** `+=` and its kin, by the name of the operator. */
export function compoundName(ts: TS, kind: ts.SyntaxKind): string | undefined {
  switch (kind) {
    case ts.SyntaxKind.PlusEqualsToken:
      return "add";
    case ts.SyntaxKind.MinusEqualsToken:
      return "sub";
    case ts.SyntaxKind.AsteriskEqualsToken:
      return "mul";
    case ts.SyntaxKind.SlashEqualsToken:
      return "div";
    case ts.SyntaxKind.PercentEqualsToken:
      return "mod";
    case ts.SyntaxKind.AsteriskAsteriskEqualsToken:
      return "pow";
    case ts.SyntaxKind.AmpersandEqualsToken:
      return "bitAnd";
    case ts.SyntaxKind.BarEqualsToken:
      return "bitOr";
    case ts.SyntaxKind.CaretEqualsToken:
      return "bitXor";
    case ts.SyntaxKind.LessThanLessThanEqualsToken:
      return "shl";
    case ts.SyntaxKind.GreaterThanGreaterThanEqualsToken:
      return "shr";
    default:
      return undefined;
  }
}

export function isAssignmentOperator(ts: TS, kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** `===` and `!==`, by the name of the operator. */
export function equalityName(ts: TS, kind: ts.SyntaxKind): string | undefined {
  if (kind === ts.SyntaxKind.EqualsEqualsEqualsToken) return "eq";
  if (kind === ts.SyntaxKind.ExclamationEqualsEqualsToken) return "ne";
  return undefined;
}

/** Side of `===` that keeps JavaScript's meaning and TypeScript's narrowing: null, undefined, strings, booleans, typeof. */
export function narrowsByEquality(ts: TS, node: ts.Expression): boolean {
  const inner = skipParentheses(ts, node);
  switch (inner.kind) {
    case ts.SyntaxKind.NullKeyword:
    case ts.SyntaxKind.StringLiteral:
    case ts.SyntaxKind.NoSubstitutionTemplateLiteral:
    case ts.SyntaxKind.TemplateExpression:
    case ts.SyntaxKind.TypeOfExpression:
    case ts.SyntaxKind.TrueKeyword:
    case ts.SyntaxKind.FalseKeyword:
    case ts.SyntaxKind.VoidExpression:
      return true;
    default:
      return ts.isIdentifier(inner) && inner.text === "undefined";
  }
}

/** A class element or a variable has this modifier keyword. */
export function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  const modifiers = (node as { modifiers?: readonly ts.ModifierLike[] }).modifiers;
  return modifiers?.some((modifier) => modifier.kind === kind) ?? false;
}

/** Writes a node: its own text copied, each child left to `visit`. Children come in source order. */
export function copyAround(
  ts: TS,
  writer: { copy(from: number, to: number): void },
  sourceFile: ts.SourceFile,
  node: ts.Node,
  visit: (child: ts.Node) => void,
): void {
  let at = node.getStart(sourceFile);
  // Most nodes are leaves.
  if (ts.isIdentifier(node)) return writer.copy(at, node.end);
  ts.forEachChild(node, (child) => {
    writer.copy(at, child.getStart(sourceFile));
    visit(child);
    at = child.end;
  });
  writer.copy(at, node.end);
}

/** The function whose body contains `node`, or the source file's undefined. */
export function enclosingFunction(ts: TS, node: ts.Node): FunctionNode | undefined {
  let at: ts.Node | undefined = node.parent;
  while (at !== undefined && !isFunctionNode(ts, at)) at = at.parent;
  return at;
}

/** `a[i]` that is a read of a possible tensor: not a string key, not part of `?.`, not `super[…]`. */
export function isIndexing(ts: TS, node: ts.Node): node is ts.ElementAccessExpression {
  if (!ts.isElementAccessExpression(node) || (node.flags & ts.NodeFlags.OptionalChain) !== 0) return false;
  if (node.expression.kind === ts.SyntaxKind.SuperKeyword) return false;
  return !ts.isStringLiteralLike(node.argumentExpression);
}

/** `&&=`, `||=`, `??=`. */
export function isLogicalAssignment(ts: TS, kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.BarBarEqualsToken && kind <= ts.SyntaxKind.QuestionQuestionEqualsToken;
}

/** `x++`, `--x`. */
export function isStep(ts: TS, node: ts.Node): node is ts.PrefixUnaryExpression | ts.PostfixUnaryExpression {
  if (!ts.isPrefixUnaryExpression(node) && !ts.isPostfixUnaryExpression(node)) return false;
  return node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
}

/** Names, literals and paths of them. */
export function isSimplePlace(ts: TS, node: ts.Expression): boolean {
  if (ts.isIdentifier(node) || ts.isLiteralExpression(node)) return true;
  if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) return true;
  if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isPropertyAccessExpression(node))
    return isSimplePlace(ts, node.expression);
  return ts.isElementAccessExpression(node) && isSimplePlace(ts, node.expression) && isSimplePlace(ts, node.argumentExpression);
}

/** The value of the expression goes somewhere. */
export function isUsed(ts: TS, node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isExpressionStatement(parent)) return false;
  if (ts.isForStatement(parent)) return parent.condition === node;
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.CommaToken)
    return parent.left === node ? false : isUsed(ts, parent);
  return ts.isParenthesizedExpression(parent) ? isUsed(ts, parent) : true;
}

/** In a destructuring pattern on the left of `=`, or the target of `for (… of …)`. */
export function isPatternTarget(ts: TS, node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) return parent.initializer === node;
  if (ts.isParenthesizedExpression(parent) || ts.isNonNullExpression(parent) || ts.isSpreadElement(parent))
    return isPatternTarget(ts, parent);
  if (ts.isArrayLiteralExpression(parent)) return isPattern(ts, parent);
  if (ts.isShorthandPropertyAssignment(parent) || ts.isSpreadAssignment(parent)) return isPattern(ts, parent.parent);
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node && isPattern(ts, parent.parent);
  return false;
}

/** An array or object literal that is assigned to: `[a, b] = …`. */
export function isPattern(ts: TS, literal: ts.Node): boolean {
  const { parent } = literal;
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken) return parent.left === literal;
  return isPatternTarget(ts, literal);
}

/** A condition, or a part of one: only its truth matters there. */
export function isTest(ts: TS, node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return isTest(ts, parent);
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent)) return parent.expression === node;
  if (ts.isForStatement(parent) || ts.isConditionalExpression(parent)) return parent.condition === node;
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === ts.SyntaxKind.ExclamationToken && isTest(ts, parent);
  if (!ts.isBinaryExpression(parent)) return false;
  const kind = parent.operatorToken.kind;
  return (kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken) && isTest(ts, parent);
}
