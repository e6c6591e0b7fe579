/**
 * The files of a project as a compiler is to see them: virtual text where types are checked, emitted text where JavaScript is made.
 *
 * Virtual text needs the file alone; emitted text needs the types of the project, and is asked for after checking. Texts are kept
 * while the file and what it uses stay as they are.
 */
import { loadTypeScript, type TS } from "../../ast/typescript.ts";
import { sourceMap } from "../../emit/source-map.ts";
import { mayHaveMarks, type ParsedFile, parseFile } from "../../parse/parse.ts";
import type { TransformerOptions, TransformResult } from "../../types.ts";
import { rewriteFile, type Span, type VirtualFile } from "../../virtual/file.ts";
import { originalRange } from "../../virtual/original.ts";
import { BuildHost, isProjectSource, type Loaded } from "../host.ts";

export interface Checked {
  readonly parsed: ParsedFile;
  readonly virtual: VirtualFile;
}

export class ProjectTexts {
  /** The transformer's own: texts do not depend on the version that compiles them. */
  private readonly ts: TS = loadTypeScript();
  private readonly host: BuildHost;
  private readonly files = new Map<string, Checked>();

  constructor(options: TransformerOptions) {
    this.host = new BuildHost(options);
  }

  /** Start of a build: what changed since the last one is transformed again. */
  begin(): void {
    this.host.begin();
  }

  /** The text to check instead of `text`, which is the file's own. */
  toCheck(fileName: string, text: string): string {
    return this.check(fileName, text)?.virtual.text ?? text;
  }

  /** A marked file as it was last checked. */
  checked(fileName: string): Checked | undefined {
    return this.files.get(fileName);
  }

  /** Null where the file's own text is to be compiled. Its diagnostics come with it. */
  emitted(fileName: string, text: string): Loaded | null {
    return isProjectSource(fileName) ? this.host.load(fileName, text) : null;
  }

  /** The place of a checker's error in the file's own text. */
  original(fileName: string, start: number, end: number): Span {
    const file = this.files.get(fileName);
    return file === undefined ? { start, end } : originalRange(file.virtual, file.parsed.sourceFile, start, end);
  }

  /** Virtual text → the file's own text. */
  mapOfChecked(fileName: string): TransformResult["map"] | undefined {
    const file = this.files.get(fileName);
    return file && sourceMap(fileName, file.parsed.text, file.virtual.text, file.virtual.segments);
  }

  dispose(): void {
    this.host.dispose();
    this.files.clear();
  }

  private check(fileName: string, text: string): Checked | undefined {
    const known = this.files.get(fileName);
    if (known?.parsed.text === text) return known;
    this.files.delete(fileName);
    if (!isProjectSource(fileName) || !mayHaveMarks(text)) return undefined;
    const parsed = parseFile(this.ts, fileName, text);
    if (parsed.marks.length === 0) return undefined;
    const checked = { parsed, virtual: rewriteFile(this.ts, parsed) };
    this.files.set(fileName, checked);
    return checked;
  }
}
