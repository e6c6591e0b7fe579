/**
 * The program of a project, made again when a text in it has changed.
 *
 *   programs.update("/app/src/model.ts", virtualText); programs.program()      parsed once per text, everything else reused
 *
 * Files with marked functions are served as virtual text; everything else comes from the disk, once, until invalidated.
 * Roots are annotated files, files that may override what those call, and global declarations: the rest is loaded as it is imported. `graphfn` resolves as the user's
 * project resolves it, or to the copy next to the transformer when the project has none.
 *
 * This is a compiler host and not a language service: nothing is asked that needs one, and it would look at every file of the
 * program, @types and libraries included, after each edit.
 */
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";
import type { ProjectConfig } from "./config.ts";

/** Where an oracle has its programs from: its own project, or an editor, which does not tell what has changed. */
export type ProgramSource = Pick<Programs, "graphfn" | "update" | "include" | "program" | "served" | "settle" | "closure" | "dispose"> &
  Partial<Pick<Programs, "environment">>;

export class Programs {
  /** Folder of the graphfn package next to the transformer. */
  readonly graphfn: string | undefined = ownGraphfn();
  private readonly ts: TS;
  private readonly config: ProjectConfig;
  /** Texts that stand for what is on the disk. */
  private readonly texts = new Map<string, string>();
  /** In an order that stays: with other roots TypeScript would look at every file again. */
  private readonly roots: Set<string>;
  private readonly declarations: readonly string[];
  private readonly sources = new Map<string, ts.SourceFile>();
  /** Files that exist without being part of the program. */
  private readonly outside = new Set<string>();
  /** Files of the project that a file imports, by specifier; where there is none, those that it would be if they were there. */
  private readonly imports = new Map<string, ReadonlyMap<string, readonly string[]>>();
  private readonly closures = new Map<string, ReadonlySet<string>>();
  private readonly resolutions: ts.ModuleResolutionCache;
  private readonly host: ts.CompilerHost;
  private current: ts.Program | undefined;
  private changed = true;
  private changes = 0;
  private readonly changesOf = new Map<string, number>();
  /** A file appeared or vanished: what was resolved may resolve to something else. */
  private stale = false;

  constructor(ts: TS, config: ProjectConfig) {
    this.ts = ts;
    this.config = config;
    this.declarations = config.files.filter((file) => /\.d\.[cm]?ts$/.test(file));
    this.roots = new Set(this.declarations);
    this.resolutions = ts.createModuleResolutionCache(config.root, (name) => name, config.options);
    this.host = this.compilerHost();
  }

  /** The text of a file; null goes back to the disk. */
  update(fileName: string, text: string | null): void {
    if (text === null) {
      this.compareWithDisk(fileName);
      this.texts.delete(fileName);
    } else {
      if (this.texts.get(fileName) === text) return;
      this.texts.set(fileName, text);
      this.roots.add(fileName);
    }
    this.sources.delete(fileName);
    this.changed = true;
    this.changes++;
    this.changesOf.set(fileName, (this.changesOf.get(fileName) ?? 0) + 1);
  }

  /** Another number whenever anything but the text of this file has changed. */
  environment(fileName: string): number {
    return this.changes - (this.changesOf.get(fileName) ?? 0);
  }

  include(fileName: string): void {
    if (this.roots.has(fileName)) return;
    this.roots.add(fileName);
    this.changed = true;
    this.changes++;
  }

  private compareWithDisk(fileName: string): void {
    const existed = this.sources.has(fileName) || this.outside.has(fileName);
    const exists = this.ts.sys.fileExists(fileName);
    if (exists && !this.sources.has(fileName)) this.outside.add(fileName);
    if (existed === exists) return;
    if (!exists) {
      this.outside.delete(fileName);
      this.roots.delete(fileName);
    }
    this.stale = true;
    this.changes++;
    this.resolutions.clear();
  }

  /** The program with all texts as they are now; `fileName` is part of it. */
  program(fileName: string): ts.Program {
    let { current } = this;
    if (current === undefined || this.changed) current = this.create();
    if (current.getSourceFile(fileName) === undefined && !this.roots.has(fileName)) {
      this.roots.add(fileName);
      this.changes++;
      current = this.create();
    }
    return current;
  }

  /** Files with a text of their own. */
  served(): Iterable<string> {
    return this.texts.keys();
  }

  /** Takes in all changes: `closure` then is of the texts as they are. */
  settle(): void {
    if (this.current === undefined || this.changed) this.create();
  }

  /** A file and what its types may come from: what it imports, what those import, and global declarations. */
  closure(fileName: string): ReadonlySet<string> {
    let known = this.closures.get(fileName);
    if (known === undefined) {
      const files = new Set([fileName, ...this.declarations]);
      for (const file of files) for (const imported of this.imports.get(file)?.values() ?? []) for (const one of imported) files.add(one);
      this.closures.set(fileName, files);
      known = files;
    }
    return known;
  }

  dispose(): void {
    this.texts.clear();
    this.sources.clear();
    this.current = undefined;
  }

  private create(): ts.Program {
    const { options } = this.config;
    this.changed = false;
    const program = this.ts.createProgram({
      rootNames: [...this.roots],
      options,
      host: this.host,
      ...(this.current !== undefined && { oldProgram: this.current }),
    });
    this.stale = false;
    this.closures.clear();
    this.current = program;
    return program;
  }

  private compilerHost(): ts.CompilerHost {
    const { ts, config } = this;
    const { sys } = ts;
    const defaultLib = ts.getDefaultLibFilePath(config.options);
    // Linked packages are known by their real place, so that one file is not two.
    const realpath = (name: string): string => sys.realpath?.(name) ?? name;
    const isExact = sys.useCaseSensitiveFileNames;
    const readFile = (name: string): string | undefined => this.texts.get(name) ?? sys.readFile(name);
    const fileExists = (name: string): boolean => this.texts.has(name) || sys.fileExists(name);
    const onDisk: ts.ModuleResolutionHost = {
      fileExists: (name) => sys.fileExists(name),
      readFile: (name) => sys.readFile(name),
      directoryExists: (name) => sys.directoryExists(name),
      realpath,
    };
    return {
      getSourceFile: (fileName, options) => {
        const known = this.sources.get(fileName);
        if (known !== undefined) return known;
        const text = readFile(fileName);
        if (text === undefined) return undefined;
        const source = ts.createSourceFile(fileName, text, options);
        this.sources.set(fileName, source);
        return source;
      },
      // Comments matter to types in JavaScript only.
      jsDocParsingMode: ts.JSDocParsingMode.ParseForTypeInfo,
      getDefaultLibFileName: () => defaultLib,
      getDefaultLibLocation: () => dirname(defaultLib),
      getCurrentDirectory: () => config.root,
      getCanonicalFileName: (name) => (isExact ? name : name.toLowerCase()),
      useCaseSensitiveFileNames: () => isExact,
      getNewLine: () => "\n",
      writeFile: () => {},
      readFile,
      fileExists,
      directoryExists: (name) => sys.directoryExists(name),
      getDirectories: (name) => sys.getDirectories(name),
      realpath,
      hasInvalidatedResolutions: () => this.stale,
      getModuleResolutionCache: () => this.resolutions,
      resolveModuleNameLiterals: (literals, containingFile, redirected, options, containing, reused) => {
        const resolved = literals.map((literal) => {
          const mode = ts.getModeForUsageLocation(containing, literal, options);
          const found = ts.resolveModuleName(literal.text, containingFile, options, onDisk, this.resolutions, redirected, mode);
          return this.ownGraphfnSource(literal.text, found.resolvedModule) ?? found;
        });
        const before = this.imports.get(containingFile);
        const files = new Map<string, readonly string[]>();
        for (const { text } of reused ?? []) files.set(text, before?.get(text) ?? []);
        resolved.forEach((resolution, i) => void files.set(literals[i].text, filesOf(literals[i].text, resolution)));
        this.imports.set(containingFile, files);
        return resolved;
      },
    };
  }

  /** graphfn next to the transformer: where the project has none, and in a checkout, where its sources are newer than its build. */
  private ownGraphfnSource(
    specifier: string,
    found: ts.ResolvedModuleFull | undefined,
  ): ts.ResolvedModuleWithFailedLookupLocations | undefined {
    const directory = this.graphfn;
    if (directory === undefined || (found !== undefined && !found.resolvedFileName.startsWith(`${directory}/`))) return undefined;
    const file = graphfnFile(directory, specifier);
    if (file === undefined) return undefined;
    const extension = file.endsWith(".d.ts") ? this.ts.Extension.Dts : this.ts.Extension.Ts;
    return { resolvedModule: { resolvedFileName: file, extension, isExternalLibraryImport: true } };
  }
}

/** Where a specifier leads in the project. TypeScript does not declare where it has looked. */
function filesOf(specifier: string, resolution: ts.ResolvedModuleWithFailedLookupLocations): readonly string[] {
  const { resolvedModule, failedLookupLocations } = resolution as typeof resolution & { failedLookupLocations?: readonly string[] };
  if (resolvedModule !== undefined) return resolvedModule.isExternalLibraryImport ? [] : [resolvedModule.resolvedFileName];
  const isSource = (file: string): boolean => /\.[cm]?[jt]sx?$/.test(file) && !/\.[cm]?[jt]sx?$/.test(dirname(file));
  return /^\.\.?\//.test(specifier) ? (failedLookupLocations ?? []).filter(isSource) : [];
}

/** Folder of the graphfn package next to the transformer. */
export function ownGraphfn(): string | undefined {
  try {
    return realpathSync(dirname(createRequire(import.meta.url).resolve("graphfn/package.json")));
  } catch {
    return undefined;
  }
}

/** Declarations, or in a checkout that is not built yet the sources. */
function graphfnFile(directory: string, specifier: string): string | undefined {
  const name = specifier === "graphfn" ? "index" : specifier === "graphfn/operators" ? "autograph/operators" : undefined;
  if (name === undefined) return undefined;
  return [join(directory, "src", `${name}.ts`), join(directory, "dist", `${name}.d.ts`)].find((file) => existsSync(file));
}
