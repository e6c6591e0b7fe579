/**
 * Types of the expressions of a function, asked of the oracle in one batch and kept in a side table.
 *
 * Input: functions of a parsed file, and where their expressions stand in its virtual code. Output: a TypeFact per node.
 * Text outside marked functions stands in the virtual code as it is, so unmarked functions (reachable ones) have facts too.
 */
import type ts from "typescript";
import { type FunctionNode, skipParentheses } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import { toTargetOffset } from "../ast/writer.ts";
import type { ParsedFile } from "../parse/parse.ts";
import { type Span, type TypeFact, type TypeOracle, UNKNOWN_TYPE } from "../types/oracle.ts";
import type { VirtualFile } from "../virtual/file.ts";

export type Staging = "static" | "staged" | "dynamic";

const STATIC: TypeFact = { tensor: "no", any: false, nullable: false, tensors: false, plain: "other" };

export class Facts {
  private readonly ts: TS;
  private readonly file: ParsedFile;
  private readonly virtual: VirtualFile;
  private readonly oracle: TypeOracle;
  private readonly known = new Map<ts.Node, TypeFact>();

  constructor(ts: TS, file: ParsedFile, virtual: VirtualFile, oracle: TypeOracle) {
    this.ts = ts;
    this.file = file;
    this.virtual = virtual;
    this.oracle = oracle;
  }

  /** Asks for everything in these functions that a decision may need. */
  load(functions: readonly FunctionNode[]): void {
    const nodes: ts.Node[] = [];
    const spans: Span[] = [];
    for (const node of functions.flatMap((fn) => this.file.tree.within(fn))) {
      const span = this.isTyped(node) && !this.isCallee(node) ? this.span(node) : undefined;
      if (span === undefined) continue;
      nodes.push(node);
      spans.push(span);
    }
    const facts = this.oracle.typesAt(this.file.fileName, spans);
    nodes.forEach((node, i) => void this.known.set(node, facts[i]));
  }

  /** What is known of an expression or of a declared name. Nodes that were not asked about are plain JavaScript. */
  of(node: ts.Node): TypeFact {
    const inner = this.ts.isParenthesizedExpression(node) ? skipParentheses(this.ts, node) : node;
    const known = this.known.get(inner);
    if (known !== undefined) return known;
    // A name declared outside the functions that were loaded.
    const span = this.isTyped(inner) ? this.span(inner) : undefined;
    const fact = span === undefined ? STATIC : (this.oracle.typesAt(this.file.fileName, [span])[0] ?? STATIC);
    this.known.set(inner, fact);
    return fact;
  }

  /** The type that the place of an expression expects. */
  expected(node: ts.Node): TypeFact {
    const span = this.span(node);
    return (span === undefined ? undefined : this.oracle.expectedAt(this.file.fileName, [span])[0]) ?? UNKNOWN_TYPE;
  }

  /** What analysis has found out beyond the type: the value may be a tensor, too. */
  refine(node: ts.Node, tensor: "maybe"): void {
    this.known.set(node, { ...this.of(node), tensor });
  }

  staging(node: ts.Node): Staging {
    return stagingOf(this.of(node));
  }

  /** The type as TypeScript writes it. */
  describe(node: ts.Node): string {
    const span = this.span(node);
    return span === undefined ? "unknown" : this.oracle.describe(this.file.fileName, span);
  }

  /** Where a node stands in the virtual text. */
  span(node: ts.Node): Span | undefined {
    return virtualSpan(this.virtual, this.file, node);
  }

  /** What is called, and the object that it is a method of: seldom asked about, and then one by one. */
  private isCallee(node: ts.Node): boolean {
    const { ts } = this;
    const { parent } = node;
    if (ts.isCallExpression(parent)) return parent.expression === node;
    return ts.isPropertyAccessExpression(parent) && ts.isIdentifier(node) && this.isCallee(parent);
  }

  /** Literals are asked about only where the virtual code lets them take the type of their place. */
  private isTyped(node: ts.Node): boolean {
    const { ts } = this;
    switch (node.kind) {
      case ts.SyntaxKind.Identifier:
        return !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) && !ts.isPropertyAssignment(node.parent);
      case ts.SyntaxKind.ThisKeyword:
      case ts.SyntaxKind.PropertyAccessExpression:
      case ts.SyntaxKind.ElementAccessExpression:
      case ts.SyntaxKind.CallExpression:
      case ts.SyntaxKind.NewExpression:
      case ts.SyntaxKind.BinaryExpression:
      case ts.SyntaxKind.PrefixUnaryExpression:
      case ts.SyntaxKind.PostfixUnaryExpression:
      case ts.SyntaxKind.ConditionalExpression:
      case ts.SyntaxKind.AwaitExpression:
      case ts.SyntaxKind.AsExpression:
      case ts.SyntaxKind.SatisfiesExpression:
      case ts.SyntaxKind.NonNullExpression:
      case ts.SyntaxKind.ArrayLiteralExpression:
        return true;
      case ts.SyntaxKind.NumericLiteral:
      case ts.SyntaxKind.TrueKeyword:
      case ts.SyntaxKind.FalseKeyword: {
        const span = this.virtual.spans.get(node);
        return span !== undefined && span.end - span.start !== node.end - node.getStart(this.file.sourceFile);
      }
      default:
        return this.virtual.spans.has(node) && ts.isToken(node) && ts.isBinaryExpression(node.parent);
    }
  }
}

/** Where a node of the source stands in the virtual text. */
export function virtualSpan(virtual: VirtualFile, file: ParsedFile, node: ts.Node): Span | undefined {
  const recorded = virtual.spans.get(node);
  if (recorded !== undefined) return recorded;
  const start = toTargetOffset(virtual.segments, node.getStart(file.sourceFile));
  const end = toTargetOffset(virtual.segments, node.end);
  return start === undefined || end === undefined ? undefined : { start, end };
}

export function stagingOf(fact: TypeFact): Staging {
  return fact.tensor === "yes" ? "staged" : fact.tensor === "maybe" ? "dynamic" : "static";
}

export function joinStaging(a: Staging, b: Staging): Staging {
  if (a === "staged" || b === "staged") return "staged";
  return a === "dynamic" || b === "dynamic" ? "dynamic" : "static";
}

/** Of a condition: `!`, `&&`, `||` are what their operands are, whatever TypeScript says. */
export function testStaging(ts: TS, facts: Facts, node: ts.Expression): Staging {
  const inner = skipParentheses(ts, node);
  if (ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.ExclamationToken) return testStaging(ts, facts, inner.operand);
  if (ts.isBinaryExpression(inner)) {
    const kind = inner.operatorToken.kind;
    if (kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken) {
      return joinStaging(testStaging(ts, facts, inner.left), testStaging(ts, facts, inner.right));
    }
  }
  const fact = facts.of(inner);
  // Whether there is a value, not the value itself.
  if (fact.nullable && !fact.any && (fact.tensor !== "no" || fact.structure === true || fact.plain === "none")) return "dynamic";
  return stagingOf(fact);
}
