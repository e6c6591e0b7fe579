/**
 * A parsed file → its virtual code: marked functions rewritten (rewrite.ts), everything else copied, declarations for the checker at
 * the end.
 *
 * Statement by statement: what one becomes depends on its text, on what is marked in it, and on what the file says of the names that it
 * gives literals to. Where all of that is as before, so is what it became.
 */
import type ts from "typescript";
import { isJavaScript } from "../ast/files.ts";
import * as nodes from "../ast/nodes.ts";
import { ByStatement, groupByStatement, PerStatement } from "../ast/per-statement.ts";
import type { TS } from "../ast/typescript.ts";
import { type Segment, TextWriter, type Written } from "../ast/writer.ts";
import { functionDecorators, type Mark } from "../parse/marks.ts";
import type { ParsedFile } from "../parse/parse.ts";
import { Asked, literalPlaces } from "./literals.ts";
import { Rewriter } from "./rewrite.ts";

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where each expression of the marked functions stands in the virtual text. */
export interface Spans extends Iterable<readonly [ts.Node, Span]> {
  get(node: ts.Node): Span | undefined;
  has(node: ts.Node): boolean;
}

export interface VirtualFile {
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly spans: Spans;
}

/** All places relative to the statement, in the source and in the virtual text. */
interface Rewritten extends Written {
  readonly spans: ReadonlyMap<ts.Node, Span>;
  readonly asked: Asked;
}

const REWRITTEN = new PerStatement<Rewritten>();

/** What marked functions have besides being functions. */
const MEMBERS = ["explain", "graph", "concrete", "save", "traces", "original"] as const;

/** `others` are rewritten as marked functions are. */
export function rewriteFile(ts: TS, file: ParsedFile, others: readonly nodes.FunctionNode[] = []): VirtualFile {
  const { statements } = file.sourceFile;
  const helpers = freeHelpers(file.text);
  const places = literalPlaces(ts, file.sourceFile);
  const marks = groupByStatement(statements, file.marks, ({ node }) => node);
  const functions = groupByStatement(statements, others, (fn) => fn);
  const writer = new TextWriter(file.text);

  const rewrite = (statement: ts.Statement, marks: readonly Mark[], others: readonly nodes.FunctionNode[]): Rewritten => {
    const asked = new Asked(places);
    const rewriter = new Rewriter(ts, file, helpers, asked, statement);
    rewriter.run(marks, others);
    const segments = rewriter.writer.segments.map((segment) => ({ ...segment, source: segment.source - statement.pos }));
    return { text: rewriter.writer.toString(), segments, spans: rewriter.spans, asked };
  };
  let at = 0;
  const parts = new ByStatement(statements, (statement, i) => {
    const key = [helpers, ...(marks[i] as Mark[]), ...(functions[i] as nodes.FunctionNode[])];
    const made = (): Rewritten => rewrite(statement, marks[i] as Mark[], functions[i] as nodes.FunctionNode[]);
    const rewritten = REWRITTEN.of(statement, key, made, ({ asked }) => asked.sameIn(places));
    writer.copy(at, statement.pos);
    const start = writer.length;
    writer.add(rewritten, statement.pos);
    at = statement.end;
    return { start, spans: rewritten.spans };
  });
  writer.copy(at, file.text.length);
  if (file.marks.length + others.length > 0) declarations(ts, file, helpers, writer);

  const moved = (span: Span, start: number): Span => ({ start: span.start + start, end: span.end + start });
  return {
    text: writer.toString(),
    segments: writer.segments,
    spans: {
      get(node) {
        const part = parts.at(node.pos);
        const span = part?.spans.get(node);
        return part === undefined || span === undefined ? undefined : moved(span, part.start);
      },
      has: (node) => parts.at(node.pos)?.spans.has(node) === true,
      *[Symbol.iterator]() {
        for (const { start, spans } of parts.parts) for (const [node, span] of spans) yield [node, moved(span, start)] as const;
      },
    },
  };
}

/** The helper namespace: declared at the end of the file, so that import tools of editors are not disturbed. The file has no such name. */
function freeHelpers(text: string): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? "__gf$" : `__gf$${i}`;
    if (!text.includes(name)) return name;
  }
}

/** What the checker is told besides, at the end. */
function declarations(ts: TS, file: ParsedFile, helpers: string, writer: TextWriter): void {
  for (const { expression } of functionDecorators(file.marks)) {
    writer.put("\n;");
    writer.copy(expression.getStart(file.sourceFile), expression.end);
    writer.put(";");
  }
  memberDeclarations(ts, file, writer);
  writer.put(
    isJavaScript(file.fileName)
      ? `\n/** @type {typeof import("graphfn/operators")} */ var ${helpers};\n`
      : `\ndeclare var ${helpers}: typeof import("graphfn/operators");\n`,
  );
}

/** `collatz.explain(…)` of marked declarations: a namespace that merges with the function. */
function memberDeclarations(ts: TS, file: ParsedFile, writer: TextWriter): void {
  // JavaScript declares no namespaces.
  if (isJavaScript(file.fileName)) return;
  for (const { node, form } of file.marks) {
    if (form === "eager" || !ts.isFunctionDeclaration(node) || node.name === undefined || !ts.isSourceFile(node.parent)) continue;
    if (nodes.hasModifier(node, ts.SyntaxKind.DefaultKeyword)) continue;
    const name = node.name.text;
    const exported = nodes.hasModifier(node, ts.SyntaxKind.ExportKeyword) ? "export " : "";
    const members = `import("graphfn").GraphMembers<Parameters<typeof ${name}>>`;
    const consts = MEMBERS.map((member) => `const ${member}: ${members}["${member}"];`);
    writer.put(`\n${exported}declare namespace ${name} { ${consts.join(" ")} }`);
  }
}
