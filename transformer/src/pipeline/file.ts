/** One file as the pipeline knows it: parsed, rewritten to virtual code, its names bound. Made again when its text changes. */
import type ts from "typescript";
import { type Bindings, bindNames } from "../analyze/scopes.ts";
import { type FunctionNode, isFunctionNode } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import { hasSyntaxErrors, type ParsedFile, parseFile } from "../parse/parse.ts";
import { rewriteFile, type VirtualFile } from "../virtual/rewrite.ts";

export interface SourceModel {
  readonly parsed: ParsedFile;
  readonly virtual: VirtualFile;
  readonly broken: boolean;
  readonly bindings: Bindings;
  /** The function whose parameter list opens right before a source offset. */
  functionAt(parameters: number): FunctionNode | undefined;
}

export function modelFile(ts: TS, fileName: string, text: string): SourceModel {
  const parsed = parseFile(ts, fileName, text);
  let bindings: Bindings | undefined;
  let functions: Map<number, FunctionNode> | undefined;
  return {
    parsed,
    virtual: rewriteFile(ts, parsed),
    broken: hasSyntaxErrors(parsed.sourceFile),
    get bindings() {
      bindings ??= bindNames(ts, parsed.sourceFile);
      return bindings;
    },
    functionAt(parameters) {
      functions ??= collectFunctions(ts, parsed.sourceFile);
      return functions.get(parameters);
    },
  };
}

function collectFunctions(ts: TS, sourceFile: ts.SourceFile): Map<number, FunctionNode> {
  const functions = new Map<number, FunctionNode>();
  const visit = (node: ts.Node): void => {
    if (isFunctionNode(ts, node)) functions.set(node.parameters.pos, node);
    ts.forEachChild(node, visit);
  };
  visit(sourceFile);
  return functions;
}
