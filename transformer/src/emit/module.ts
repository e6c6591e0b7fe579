/**
 * A file with the edits of its marked and reached functions → its emitted text.
 *
 *   import { $ } from "graphfn/autograph"; …          on the first line, so that lines stay where they are; `require` in CommonJS
 *   $.attach($meta_f, f);                              beside it, for declarations at module level: both are hoisted
 *   function $meta_f() { return { … }; }               at the end, hoisted
 *
 * Text outside the edits is copied byte for byte.
 */
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";
import { TextWriter } from "../ast/writer.ts";
import type { ParsedFile } from "../parse/parse.ts";
import { metaText } from "./meta.ts";
import type { EmittedEdit } from "./units.ts";

/** An edit that was made for an earlier text, and how far its source has moved since. */
export interface MovedEdit {
  readonly edit: EmittedEdit;
  readonly moved: number;
}

/** Edits in text order. */
export function emitModule(ts: TS, file: ParsedFile, $: string, edits: readonly MovedEdit[]): TextWriter {
  const writer = new TextWriter(file.text);
  let at = writeImport(ts, file, writer, $);
  for (const { edit } of edits) for (const call of edit.attached) writer.put(call);
  for (const { edit, moved } of edits) {
    if (edit.start + moved < at) continue;
    writer.copy(at, edit.start + moved);
    writer.add(edit, moved);
    at = edit.end + moved;
  }
  writer.copy(at, file.text.length);
  for (const { edit } of edits) for (const meta of edit.metas) writer.put(`\n${metaText(meta)}`);
  writer.put("\n");
  return writer;
}

/** The import goes before the first statement that is no directive, on its line; `#!` lines stay first. */
function writeImport(ts: TS, file: ParsedFile, writer: TextWriter, $: string): number {
  const statements = file.sourceFile.statements;
  const isDirective = (node: ts.Statement): boolean => ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression);
  const directives = statements.findIndex((node) => !isDirective(node));
  let start = 0;
  if (directives > 0) start = statements[directives].getStart(file.sourceFile);
  else if (file.text.startsWith("#!")) start = statements[0].getStart(file.sourceFile);
  writer.copy(0, start);
  const [from, as] = file.isCommonJs ? ["const", ": "] : ["import", " as "];
  const name = $ === "$" ? $ : `$${as}${$}`;
  writer.put(`${from} { ${name} } ${file.isCommonJs ? '= require("graphfn/autograph")' : 'from "graphfn/autograph"'}; `);
  return start;
}
