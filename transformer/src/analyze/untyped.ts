/** Functions that compute with values of which TypeScript knows nothing: `(x: any) => x > 3`, or of plain JavaScript `(x) => x > 3`. */
import type ts from "typescript";
import type { FunctionNode } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { ParsedFile } from "../parse/parse.ts";
import type { Span, TypeOracle } from "../types/oracle.ts";
import type { VirtualFile } from "../virtual/file.ts";
import { virtualSpan } from "./facts.ts";

/** An operand of some operator in the function may be anything. */
export function computesWithUnknown(ts: TS, file: ParsedFile, virtual: VirtualFile, oracle: TypeOracle, fn: FunctionNode): boolean {
  const spans: Span[] = [];
  for (const operand of file.tree.within(fn).flatMap((node) => operands(ts, node))) {
    const span = virtualSpan(virtual, file, operand);
    if (span !== undefined) spans.push(span);
  }
  return spans.length > 0 && oracle.typesAt(file.fileName, spans).some(({ any }) => any);
}

function operands(ts: TS, node: ts.Node): ts.Expression[] {
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return [node.operand];
  if (!ts.isBinaryExpression(node)) return [];
  const { left, right, operatorToken } = node;
  return operatorToken.kind === ts.SyntaxKind.EqualsToken || operatorToken.kind === ts.SyntaxKind.CommaToken ? [] : [left, right];
}
