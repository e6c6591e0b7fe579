/**
 * A project through a TypeScript compiler of any version with the JavaScript interface: checked as virtual text, emitted from
 * emitted text, reported and mapped to what the user wrote. `graphfn build` and ts-patch stand on it.
 *
 *   program of virtual text  → errors at their original places, declarations
 *   program of emitted text  → JavaScript and its maps; never checked
 *
 * Invariant: nothing is written while the transformer refuses a file. Both programs share the trees of files that are the same in both.
 */
import { dirname } from "node:path";
import type ts from "typescript";
import { Lines } from "../../ast/lines.ts";
import { loadTypeScript, type TS } from "../../ast/typescript.ts";
import { toCheckerForm } from "../../diagnostics/checker-form.ts";
import type { Diagnostic, TransformerOptions, TransformResult } from "../../types.ts";
import { hasErrors } from "../host.ts";
import { composeOutput } from "./maps.ts";
import { ProjectTexts } from "./texts.ts";

export interface EmitRequest {
  readonly target?: ts.SourceFile | undefined;
  readonly declarationsOnly?: boolean | undefined;
  readonly transformers?: ts.CustomTransformers | undefined;
}

export class Compilation {
  readonly texts: ProjectTexts;
  private readonly ts: TS;
  private readonly originals = new WeakMap<ts.SourceFile, ts.SourceFile>();
  /** The last program of emitted text, and what it was made for: incremental compilers emit file by file. */
  private last: { readonly checked: ts.Program; readonly emitting: ts.Program } | undefined;

  constructor(ts: TS, options: TransformerOptions) {
    this.ts = ts;
    this.texts = new ProjectTexts(options);
  }

  /** `readFile` of a host whose program is to be checked. */
  readChecked(read: (fileName: string, encoding?: string) => string | undefined): typeof read {
    return (fileName, encoding) => {
      const text = read(fileName, encoding);
      return text === undefined ? undefined : this.texts.toCheck(fileName, text);
    };
  }

  /** What the transformer says of the files of a checked program. */
  ownDiagnostics(program: ts.Program): readonly Diagnostic[] {
    return program.getSourceFiles().flatMap((file) => this.ownOf(file));
  }

  /** The same of one file in the form of the checker's. */
  ownAsChecker(file: ts.SourceFile): ts.Diagnostic[] {
    const original = this.originalFile(file);
    const lines = new Lines(original.text);
    // A TypeScript that only compiles does not have its enums as values.
    return this.ownOf(file).map((one) => toCheckerForm(loadTypeScript(), one, original, lines));
  }

  /** The checker's diagnostics at the places that the user knows. */
  original<T extends ts.Diagnostic>(diagnostics: readonly T[]): T[] {
    return diagnostics.map((one) => {
      const { relatedInformation } = one;
      const related = relatedInformation && { relatedInformation: relatedInformation.map((info) => this.atOriginal(info)) };
      return { ...this.atOriginal(one), ...related };
    });
  }

  /** Writes the outputs of a checked program, or of one file of it. */
  emit(program: ts.Program, write: ts.WriteFileCallback, { target, declarationsOnly, transformers }: EmitRequest = {}): ts.EmitResult {
    const options = program.getCompilerOptions();
    if (options.noEmit === true || hasErrors(this.ownDiagnostics(program))) return { emitSkipped: true, diagnostics: [] };
    if (options.noEmitOnError === true && failed(program)) return { emitSkipped: true, diagnostics: [] };
    const results: ts.EmitResult[] = [];
    if (options.emitDeclarationOnly !== true && declarationsOnly !== true) {
      const emitting = this.emittingProgram(program);
      const of = target && emitting.getSourceFile(target.fileName);
      // The text of the file that was emitted is emitted text.
      const ownText = ({ fileName, text }: ts.SourceFile): string => {
        const checked = program.getSourceFile(fileName);
        return checked === undefined ? text : this.textOf(checked);
      };
      const mapOf = (file: ts.SourceFile) => this.texts.emitted(file.fileName, ownText(file))?.map;
      results.push(emitting.emit(of, composing(write, mapOf), undefined, false, transformers));
    }
    if (options.declaration === true || options.composite === true) {
      const mapOf = (file: ts.SourceFile) => this.texts.mapOfChecked(file.fileName);
      results.push(program.emit(target, composing(write, mapOf), undefined, true, transformers));
    }
    return {
      emitSkipped: results.some((result) => result.emitSkipped),
      diagnostics: this.original(results.flatMap((result) => result.diagnostics)),
      emittedFiles: results.flatMap((result) => result.emittedFiles ?? []),
    };
  }

  /** A file of a checked program with the text that the user wrote: what a message about it shows. */
  private originalFile(file: ts.SourceFile): ts.SourceFile {
    const text = this.texts.checked(file.fileName)?.parsed.text;
    if (text === undefined) return file;
    let known = this.originals.get(file);
    if (known === undefined) {
      const lineMap = { value: undefined, writable: true };
      known = Object.create(file, { text: { value: text }, lineMap }) as ts.SourceFile;
      this.originals.set(file, known);
    }
    return known;
  }

  private ownOf(file: ts.SourceFile): readonly Diagnostic[] {
    return this.texts.emitted(file.fileName, this.textOf(file))?.diagnostics ?? [];
  }

  private textOf(file: ts.SourceFile): string {
    return this.texts.checked(file.fileName)?.parsed.text ?? file.text;
  }

  private atOriginal<T extends ts.DiagnosticRelatedInformation>(one: T): T {
    const { file, start = 0, length = 0 } = one;
    if (file === undefined || this.texts.checked(file.fileName) === undefined) return one;
    const range = this.texts.original(file.fileName, start, start + length);
    return { ...one, file: this.originalFile(file), start: range.start, length: range.end - range.start };
  }

  private emittingProgram(program: ts.Program): ts.Program {
    const { ts, last } = this;
    if (last?.checked === program) return last.emitting;
    const options: ts.CompilerOptions = { ...program.getCompilerOptions(), noCheck: true, noEmitOnError: false };
    const { composite, configFilePath, rootDir } = options;
    // What `composite` implies for where outputs go.
    if (composite === true && rootDir === undefined && typeof configFilePath === "string") options.rootDir = dirname(configFilePath);
    // Declarations come from the checked program; builds are whole.
    for (const key of [
      "declaration",
      "declarationMap",
      "declarationDir",
      "isolatedDeclarations",
      "composite",
      "incremental",
      "tsBuildInfoFile",
    ])
      delete options[key];
    const host = ts.createCompilerHost(options);
    const fromDisk = host.getSourceFile;
    host.getSourceFile = (fileName, language, ...rest) => {
      const known = program.getSourceFile(fileName);
      if (known === undefined) return fromDisk(fileName, language, ...rest);
      const own = this.textOf(known);
      const text = this.texts.emitted(known.fileName, own)?.code ?? own;
      return text === known.text ? known : ts.createSourceFile(fileName, text, language, true);
    };
    const projectReferences = program.getProjectReferences();
    const emitting = ts.createProgram({
      rootNames: program.getRootFileNames(),
      options,
      host,
      ...(projectReferences && { projectReferences }),
      ...(last && { oldProgram: last.emitting }),
    });
    this.last = { checked: program, emitting };
    return emitting;
  }
}

function failed(program: ts.Program): boolean {
  const found = [
    program.getOptionsDiagnostics(),
    program.getSyntacticDiagnostics(),
    program.getGlobalDiagnostics(),
    program.getSemanticDiagnostics(),
  ];
  return found.some((diagnostics) => diagnostics.length > 0);
}

function composing(write: ts.WriteFileCallback, mapOf: (file: ts.SourceFile) => TransformResult["map"] | undefined): ts.WriteFileCallback {
  return (fileName, text, mark, onError, sources, data) => {
    const map = sources?.length === 1 ? mapOf(sources[0]) : undefined;
    write(fileName, map === undefined ? text : composeOutput(fileName, text, map), mark, onError, sources, data);
  };
}
