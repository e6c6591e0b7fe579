/**
 * What looks like a mark and is none: `// @graphFunction`, `/** @graphfunction *\/`, "use Graph". Directly before a function
 * (or what holds it), or first in its body, so a mention in prose is left alone.
 */
import type ts from "typescript";
import { isFunctionNode } from "../ast/nodes.ts";
import { PerStatement } from "../ast/per-statement.ts";
import type { StatementTree } from "../ast/tree.ts";
import type { TS } from "../ast/typescript.ts";
import type { ParsedFile } from "./parse.ts";

export interface NearMiss {
  readonly start: number;
  readonly end: number;
  /** What would mark the function. */
  readonly right: string;
}

const MAY_HAVE = /graph[_-]?function|eager[_-]?function|use[\s_-]*graph/i;
const TAG = /^[ \t]*(?:\/\*+|\*|\/\/)?[ \t]*(@(graph|eager)[_-]?functions?)\b/im;
/** A tag is one only at the start of a line: `/** Doubles. @graphFunction *\/`. */
const AT_END = /^\/\*\*.*\S[ \t]+@((?:graph|eager)Function)\s*\*\/$/s;
const DIRECTIVE = /^use[\s_-]*graph$/i;

/** False means: certainly none in it. */
export function mayHaveNearMisses(text: string): boolean {
  return MAY_HAVE.test(text);
}

const KEPT = new PerStatement<readonly NearMiss[]>();

export function collectNearMisses(ts: TS, { sourceFile, tree }: ParsedFile): NearMiss[] {
  return tree.statements.flatMap((statement) => {
    const { pos } = statement.node;
    const found = KEPT.of(statement.node, [], () => nearMissesOf(ts, sourceFile, statement));
    return found.map(({ start, end, right }) => ({ start: start + pos, end: end + pos, right }));
  });
}

/** Their places in the statement. */
function nearMissesOf(ts: TS, sourceFile: ts.SourceFile, { node: statement, nodes }: StatementTree): NearMiss[] {
  const { text } = sourceFile;
  const found = new Map<number, NearMiss>();

  function add(start: number, end: number, right: string): void {
    if (text.slice(start, end) !== right) found.set(start, { start: start - statement.pos, end: end - statement.pos, right });
  }

  function comments(node: ts.Node): void {
    const ranges = ts.getLeadingCommentRanges(text, node.pos) ?? [];
    const last = ranges[ranges.length - 1];
    if (last === undefined) return;
    const comment = text.slice(last.pos, last.end);
    const tag = TAG.exec(comment);
    const atEnd = tag === null ? AT_END.exec(comment)?.[1] : undefined;
    if (atEnd !== undefined) return add(last.pos, last.end, `/** @${atEnd} ${plainText(comment).replace(/\s*@\w+$/, "")} */`);
    if (tag === null) return;
    const [line, word = "", kind = ""] = tag;
    const right = `@${kind.toLowerCase()}Function`;
    if (!comment.startsWith("/**")) return add(last.pos, last.end, `/** ${plainText(comment).replace(word, right)} */`);
    const start = last.pos + tag.index + line.length - word.length;
    add(start, start + word.length, right);
  }

  function directive(body: ts.ConciseBody | undefined): void {
    const first = body !== undefined && ts.isBlock(body) ? body.statements[0] : undefined;
    if (first === undefined || !ts.isExpressionStatement(first) || !ts.isStringLiteral(first.expression)) return;
    const { expression } = first;
    const isMeant = DIRECTIVE.test(expression.text) && expression.text !== "use graph";
    if (isMeant) add(expression.getStart(sourceFile), expression.end, '"use graph"');
  }

  for (const node of nodes) {
    if (isFunctionNode(ts, node)) {
      comments(node);
      directive(node.body);
    } else if (ts.isVariableStatement(node) || ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node)) comments(node);
  }
  return [...found.values()];
}

/** The words of a comment on one line. */
function plainText(comment: string): string {
  return comment
    .replace(/^\/(?:\/|\*+)|\*\/$/g, "")
    .replace(/\s+\*?\s*/g, " ")
    .trim();
}
