/**
 * What the transformer says of files that are open in an editor: the pipeline over the editor's own program, which already
 * has the virtual code (adapters/volar.ts), so nothing is parsed or checked twice.
 *
 * Brought up to date when it is asked: files whose version changed are modelled again.
 */
import type ts from "typescript";
import type { Lines } from "../../ast/lines.ts";
import type { TS } from "../../ast/typescript.ts";
import { mayHaveMarks } from "../../parse/parse.ts";
import { checkPlainFile, runPipeline } from "../../pipeline/pipeline.ts";
import { Project } from "../../pipeline/project.ts";
import type { Diagnostic, FunctionReport } from "../../types.ts";
import { isProjectSource } from "../host.ts";
import { EditorOracle } from "./oracle.ts";

export interface EditorHost {
  /** Of the texts as they are. */
  program(): ts.Program;
  /** A file as the user sees it. */
  text(fileName: string): string | undefined;
  version(fileName: string): string;
  /** A fault of ours must not take the editor's types away. */
  failed(fault: unknown): void;
  readonly root: string;
}

export interface Analysis {
  readonly diagnostics: readonly Diagnostic[];
  readonly functions: readonly FunctionReport[];
  /** With the user's text. */
  readonly sourceFile: ts.SourceFile;
  readonly lines: Lines;
}

export class EditorAnalysis {
  private readonly host: EditorHost;
  private readonly project: Project;
  private readonly versions = new Map<string, string>();
  private readonly known = new Map<string, Analysis | undefined>();

  constructor(ts: TS, host: EditorHost) {
    this.host = host;
    const config = { path: undefined, root: host.root, options: {}, files: [] };
    const virtualLength = (fileName: string) => this.project.virtualText(fileName)?.length;
    this.project = new Project(ts, config, new EditorOracle(ts, () => host.program(), virtualLength), (fileName) => host.text(fileName));
  }

  /** Undefined for files of others, and for those that do not parse. */
  of(fileName: string): Analysis | undefined {
    if (!isProjectSource(fileName)) return undefined;
    try {
      this.bringUpToDate();
      if (!this.known.has(fileName)) this.known.set(fileName, this.analyze(fileName));
    } catch (fault) {
      this.host.failed(fault);
      this.known.set(fileName, undefined);
    }
    return this.known.get(fileName);
  }

  private analyze(fileName: string): Analysis | undefined {
    const { host, project } = this;
    const text = host.text(fileName);
    if (text === undefined) return undefined;
    project.update(fileName, text);
    const reached = project.reachedIn(fileName);
    const model = project.update(fileName, text);
    if (model.broken) return undefined;
    const isPlain = model.parsed.marks.length === 0 && reached.length === 0;
    const { diagnostics, functions } = isPlain
      ? { diagnostics: checkPlainFile(project, model), functions: [] }
      : runPipeline({ project, model, reached, displayName: fileName });
    const { sourceFile, lines } = model.parsed;
    return { diagnostics, functions, sourceFile, lines };
  }

  private bringUpToDate(): void {
    const { host, project, versions } = this;
    for (const { fileName } of host.program().getSourceFiles()) {
      if (!isProjectSource(fileName)) continue;
      const version = host.version(fileName);
      if (versions.get(fileName) === version) continue;
      versions.set(fileName, version);
      this.known.clear();
      const text = host.text(fileName);
      if (text !== undefined && (mayHaveMarks(text) || project.isKnown(fileName))) project.update(fileName, text);
      else project.invalidate(fileName);
    }
  }
}
