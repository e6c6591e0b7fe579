/**
 * Source text → syntax tree, imports of graphfn, and the marked functions.
 *
 * A regular expression decides first whether a file can matter at all; most files of a project end there.
 */
import type ts from "typescript";
import { isJavaScript, packageOf } from "../ast/files.ts";
import { Lines } from "../ast/lines.ts";
import { type Tree, treeOf } from "../ast/tree.ts";
import type { TS } from "../ast/typescript.ts";
import { collectImports, type GraphfnImports } from "./imports.ts";
import { collectMarks, type Mark } from "./marks.ts";
import { type Parsed, parseText } from "./source-file.ts";

/** A name every form of marking contains, or the directive. */
const MARKED = /\b(?:graphFunction|eagerFunction)\b|["']use graph["']/;

/** How the emitted text of a JavaScript file begins, whatever compiled it since: nothing in it is to be transformed again. */
const EMITTED = /\b(?:from|require\()\s*["']graphfn\/autograph["']|\$(?:gf\d*)?meta_\w+\(\) ?\{/;

export interface ParsedFile extends Parsed {
  readonly fileName: string;
  readonly text: string;
  readonly tree: Tree;
  readonly imports: GraphfnImports;
  readonly marks: readonly Mark[];
  readonly lines: Lines;
  /** An output of the transformer, such as JavaScript in `dist`. */
  readonly isEmitted: boolean;
  /** Node loads it with `require`, so that it cannot import. */
  readonly isCommonJs: boolean;
}

/** False means: certainly no marked function in it. */
export function mayHaveMarks(text: string): boolean {
  return MARKED.test(text);
}

/** `before`, of an earlier text of the file, cannot be used any more. */
export function parseFile(ts: TS, fileName: string, text: string, before?: ParsedFile): ParsedFile {
  const parsed = parseText(ts, fileName, text, before);
  const { sourceFile } = parsed;
  const imports = collectImports(ts, sourceFile);
  const isEmitted = isJavaScript(fileName) && EMITTED.test(text);
  const marks = isEmitted ? [] : collectMarks(ts, sourceFile, imports);
  let tree: Tree | undefined;
  return {
    fileName,
    text,
    get sourceFile() {
      return parsed.sourceFile;
    },
    handOver: parsed.handOver,
    get tree() {
      tree ??= treeOf(ts, parsed.sourceFile);
      return tree;
    },
    imports,
    marks,
    lines: new Lines(text),
    isEmitted,
    get isCommonJs() {
      return isCommonJs(ts, parsed.sourceFile);
    },
  };
}

/** Of TypeScript the compiler decides what an import becomes. */
function isCommonJs(ts: TS, sourceFile: ts.SourceFile): boolean {
  const { fileName } = sourceFile;
  if (!isJavaScript(fileName) || ts.isExternalModule(sourceFile) || fileName.endsWith(".mjs")) return false;
  return fileName.endsWith(".cjs") || packageOf(fileName)?.type !== "module";
}
