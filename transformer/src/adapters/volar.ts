/**
 * Virtual code as a Volar language plugin: the type checker sees marked functions with operators as typed calls, and its
 * errors are reported at the original places. Used by graphfn-tsc and in editors.
 *
 *   label(x * y)   is checked as   label( __gf$.mul(x, y))   and an error about the argument stands at `x * y`
 *
 * Volar drops a diagnostic whose ends have no place in the source, so every offset of the virtual text gets one, in this
 * order: copied text and operator tokens; whole expressions, inner before outer; gaps between those, as a last resort at the
 * nearest place before them. Files without marked functions are served untouched.
 */
import type { CodeInformation, CodeMapping, LanguagePlugin, VirtualCode } from "@volar/language-core";
import type {} from "@volar/typescript";
import type ts from "typescript";
import { isJavaScript } from "../ast/files.ts";
import { loadTypeScript, type TS } from "../ast/typescript.ts";
import type { Segment } from "../ast/writer.ts";
import { mayHaveMarks, parseFile } from "../parse/parse.ts";
import { rewriteFile, type VirtualFile } from "../virtual/file.ts";
import { isProjectSource } from "./host.ts";

/** The user's own text: every service. `format` would move generated text around. */
const TEXT: CodeInformation = { verification: true, completion: true, semantic: true, navigation: true, structure: true, format: false };
/** A token that became a call, such as an operator: errors and hover, but nothing that edits or renames it. */
const TOKEN: CodeInformation = {
  verification: true,
  semantic: true,
  navigation: false,
  completion: false,
  structure: false,
  format: false,
};
/** Generated text: errors only. */
const ERRORS: CodeInformation = { verification: true };

export interface LanguagePluginOptions {
  /** Called with each file that has marked functions. */
  readonly onMarked?: (fileName: string) => void;
  /** Called with each file of the project that is read, at the start and after each edit. */
  readonly onRead?: (fileName: string) => void;
  /** The host's TypeScript, where it is a whole one. By default the transformer's own: what a patched compiler hands over lacks the enums. */
  readonly ts?: TS;
}

export function createLanguagePlugin({ onMarked, onRead, ts = loadTypeScript() }: LanguagePluginOptions = {}): LanguagePlugin<string> {
  return {
    getLanguageId: (fileName) => (isProjectSource(fileName) ? languageOf(fileName) : undefined),
    createVirtualCode(fileName, _languageId, snapshot): VirtualCode | undefined {
      const text = snapshot.getText(0, snapshot.getLength());
      if (isProjectSource(fileName)) onRead?.(fileName);
      if (!isProjectSource(fileName) || !mayHaveMarks(text)) return undefined;
      const file = parseFile(ts, fileName, text);
      if (file.marks.length === 0) return undefined;
      onMarked?.(fileName);
      const virtual = rewriteFile(ts, file);
      return {
        id: "graphfn",
        languageId: languageOf(fileName),
        snapshot: ts.ScriptSnapshot.fromString(virtual.text),
        mappings: [...virtual.segments.map(segmentMapping), ...expressionMappings(virtual, file.sourceFile), ...gapMappings(virtual)],
      };
    },
    typescript: {
      extraFileExtensions: [],
      getServiceScript: (code) => ({ code, ...scriptOf(ts, code.languageId as Language) }),
    },
  };
}

type Language = "typescript" | "typescriptreact" | "javascript" | "javascriptreact";

function languageOf(fileName: string): Language {
  const language = isJavaScript(fileName) ? "javascript" : "typescript";
  return fileName.endsWith("x") ? `${language}react` : language;
}

function scriptOf(ts: TS, language: Language): { readonly extension: string; readonly scriptKind: ts.ScriptKind } {
  switch (language) {
    case "typescript":
      return { extension: ".ts", scriptKind: ts.ScriptKind.TS };
    case "typescriptreact":
      return { extension: ".tsx", scriptKind: ts.ScriptKind.TSX };
    case "javascript":
      return { extension: ".js", scriptKind: ts.ScriptKind.JS };
    case "javascriptreact":
      return { extension: ".jsx", scriptKind: ts.ScriptKind.JSX };
  }
}

type Range = Pick<Segment, "source" | "sourceLength" | "target" | "targetLength">;

function mapping({ source, sourceLength, target, targetLength }: Range, data: CodeInformation): CodeMapping {
  return { sourceOffsets: [source], generatedOffsets: [target], lengths: [sourceLength], generatedLengths: [targetLength], data };
}

function segmentMapping(segment: Segment): CodeMapping {
  return mapping(segment, segment.verbatim ? TEXT : TOKEN);
}

/** Expressions that read differently in the virtual text, inner before outer. */
function expressionMappings({ spans }: VirtualFile, sourceFile: ts.SourceFile): CodeMapping[] {
  const ranges: Range[] = [];
  for (const [node, { start, end }] of spans) {
    const source = node.getStart(sourceFile);
    const sourceLength = node.end - source;
    if (end - start !== sourceLength) ranges.push({ source, sourceLength, target: start, targetLength: end - start });
  }
  return ranges.sort((a, b) => a.targetLength - b.targetLength).map((range) => mapping(range, ERRORS));
}

/** Text between segments, and the declarations at the end. */
function gapMappings({ segments, text }: VirtualFile): CodeMapping[] {
  const gaps: CodeMapping[] = [];
  let source = 0;
  let target = 0;
  const gapUntil = (next: number) => {
    if (next > target) gaps.push(mapping({ source, sourceLength: 0, target, targetLength: next - target }, ERRORS));
  };
  for (const segment of segments) {
    gapUntil(segment.target);
    source = segment.source + segment.sourceLength;
    target = segment.target + segment.targetLength;
  }
  gapUntil(text.length);
  return gaps;
}
