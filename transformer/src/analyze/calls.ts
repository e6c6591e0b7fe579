/**
 * What a function calls: each call and `new` with the declaration that TypeScript resolves it to and what may override it, accessors that it uses, and functions
 * that it passes on as values (`rows.map(half)`), which may be called as well.
 */
import type ts from "typescript";
import type { FunctionNode } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { ParsedFile } from "../parse/parse.ts";
import type { CalleeFact, Span, TypeOracle } from "../types/oracle.ts";
import type { VirtualFile } from "../virtual/file.ts";
import { virtualSpan } from "./facts.ts";

export interface CallSite {
  /** A call, a `new`, or a function passed as an argument. */
  readonly node: ts.Expression;
  readonly isCall: boolean;
  readonly callee: CalleeFact;
}

export function collectCalls(ts: TS, file: ParsedFile, virtual: VirtualFile, oracle: TypeOracle, fn: FunctionNode): CallSite[] {
  const nodes = new Set<ts.Expression>();
  const spans: Span[] = [];
  function add(node: ts.Expression): void {
    const span = virtualSpan(virtual, file, node);
    if (span === undefined || nodes.has(node)) return;
    nodes.add(node);
    spans.push(span);
  }
  for (const node of file.tree.within(fn)) {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      add(node);
      for (const argument of node.arguments ?? []) if (ts.isIdentifier(argument) || ts.isPropertyAccessExpression(argument)) add(argument);
    }
    const isCallee = ts.isPropertyAccessExpression(node) && ts.isCallExpression(node.parent) && node.parent.expression === node;
    if (ts.isPropertyAccessExpression(node) && !isCallee) add(node);
  }
  const callees = spans.length === 0 ? [] : oracle.calleesAt(file.fileName, spans);
  return [...nodes].flatMap((node, i) => {
    const callee = callees[i] as CalleeFact;
    const isCall = ts.isCallExpression(node) || ts.isNewExpression(node) || callee.accessor === true;
    // What the call resolves to comes last: it is what a table by node keeps.
    return [...(callee.overrides ?? []), callee].map((one) => ({ node, isCall, callee: one }));
  });
}
