/**
 * TypeOracle on the language service of our own TypeScript 6.
 *
 * Files with marked functions are served as virtual text; everything else comes from the disk, once, until invalidated.
 * Only annotated files and global declarations are roots: the rest is loaded as it is imported. `graphfn` resolves as the
 * user's project resolves it, or to the copy next to the transformer when the project has none.
 */
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";
import { Classifier } from "./classify.ts";
import type { ProjectConfig } from "./config.ts";
import { type CalleeFact, type Span, type TypeFact, type TypeMessage, type TypeOracle, UNKNOWN_TYPE } from "./oracle.ts";

interface Entry {
  version: number;
  text: string | null;
}

export class TypeScript6Oracle implements TypeOracle {
  private readonly ts: TS;
  private readonly config: ProjectConfig;
  private readonly entries = new Map<string, Entry>();
  private readonly roots = new Set<string>();
  private readonly imports = new Map<string, readonly string[]>();
  private readonly service: ts.LanguageService;
  private readonly packageDirectory: string | undefined;
  private current: { program: ts.Program; classifier: Classifier } | undefined;
  private revision = 0;

  constructor(ts: TS, config: ProjectConfig) {
    this.ts = ts;
    this.config = config;
    this.packageDirectory = ownGraphfn();
    for (const file of config.files) if (/\.d\.[cm]?ts$/.test(file)) this.roots.add(file);
    this.service = ts.createLanguageService(this.host(), ts.createDocumentRegistry());
  }

  update(fileName: string, text: string | null): void {
    const entry = this.entries.get(fileName);
    if (entry !== undefined && text !== null && entry.text === text) return;
    this.entries.set(fileName, { version: (entry?.version ?? 0) + 1, text });
    if (text === null) this.roots.delete(fileName);
    else this.roots.add(fileName);
    this.revision++;
    this.current = undefined;
  }

  typesAt(fileName: string, spans: readonly Span[]): readonly TypeFact[] {
    const { program, classifier } = this.open(fileName);
    const checker = program.getTypeChecker();
    return this.nodesAt(program, fileName, spans).map((node) =>
      node === undefined ? UNKNOWN_TYPE : classifier.classify(checker.getTypeAtLocation(node)),
    );
  }

  describe(fileName: string, span: Span): string {
    const { program } = this.open(fileName);
    const node = this.nodesAt(program, fileName, [span])[0];
    if (node === undefined) return "unknown";
    const checker = program.getTypeChecker();
    return checker.typeToString(checker.getTypeAtLocation(node)).replace(/\bTensor<DType>/g, "Tensor");
  }

  calleesAt(fileName: string, spans: readonly Span[]): readonly CalleeFact[] {
    const { program } = this.open(fileName);
    return this.nodesAt(program, fileName, spans).map((node) => this.callee(program, node));
  }

  diagnostics(fileName: string): readonly TypeMessage[] {
    this.open(fileName);
    return this.service.getSemanticDiagnostics(fileName).map((diagnostic) => ({
      code: diagnostic.code,
      text: this.ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"),
      start: diagnostic.start ?? 0,
      end: (diagnostic.start ?? 0) + (diagnostic.length ?? 0),
    }));
  }

  dependencies(fileName: string): readonly string[] {
    const seen = new Set<string>([fileName]);
    for (const file of seen) for (const imported of this.imports.get(file) ?? []) seen.add(imported);
    seen.delete(fileName);
    return [...seen].sort();
  }

  dispose(): void {
    this.service.dispose();
    this.entries.clear();
    this.current = undefined;
  }

  private open(fileName: string): { program: ts.Program; classifier: Classifier } {
    if (!this.roots.has(fileName)) {
      this.roots.add(fileName);
      this.revision++;
      this.current = undefined;
    }
    if (this.current === undefined) {
      const program = this.service.getProgram();
      if (program === undefined) throw new Error("TypeScript gave no program.");
      const checker = program.getTypeChecker();
      this.current = { program, classifier: new Classifier(this.ts, checker, this.tensorSymbol(program, checker)) };
    }
    return this.current;
  }

  /** The class behind `tensor` of graphfn/operators, reached through the declaration at the end of any virtual text. */
  private tensorSymbol(program: ts.Program, checker: ts.TypeChecker): ts.Symbol | undefined {
    const { ts } = this;
    for (const fileName of this.entries.keys()) {
      const statements = program.getSourceFile(fileName)?.statements;
      const last = statements?.[statements.length - 1];
      if (last === undefined || !ts.isVariableStatement(last)) continue;
      const declaration = last.declarationList.declarations[0];
      const property = checker.getTypeAtLocation(declaration.name).getProperty("tensor");
      if (property !== undefined) return checker.getTypeOfSymbol(property).getSymbol();
    }
    return importedTensor(ts, program, checker);
  }

  /** The outermost expression at each span. One walk for all of them. */
  private nodesAt(program: ts.Program, fileName: string, spans: readonly Span[]): (ts.Node | undefined)[] {
    const { ts } = this;
    const sourceFile = program.getSourceFile(fileName);
    const found: (ts.Node | undefined)[] = spans.map(() => undefined);
    if (sourceFile === undefined) return found;
    const byEnd = new Map<number, number[]>();
    spans.forEach((span, i) => {
      const list = byEnd.get(span.end);
      if (list === undefined) byEnd.set(span.end, [i]);
      else list.push(i);
    });
    const visit = (node: ts.Node): void => {
      const wanted = byEnd.get(node.end);
      if (wanted !== undefined && (ts.isExpression(node) || ts.isIdentifier(node))) {
        const start = node.getStart(sourceFile);
        for (const i of wanted) if (found[i] === undefined && spans[i].start === start) found[i] = node;
      }
      if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
    };
    visit(sourceFile);
    return found;
  }

  private callee(program: ts.Program, node: ts.Node | undefined): CalleeFact {
    const { ts } = this;
    const unknown: CalleeFact = { origin: "unknown", fileName: "", parameters: -1, owner: undefined, name: "" };
    if (node === undefined) return unknown;
    const checker = program.getTypeChecker();
    const isCall = ts.isCallExpression(node) || ts.isNewExpression(node);
    if (isCall && checker.getTypeAtLocation(node.expression).flags & ts.TypeFlags.Any) return unknown;
    const accessor = ts.isPropertyAccessExpression(node) ? this.accessor(checker, node) : undefined;
    if (accessor !== undefined) {
      const { parent } = accessor;
      const owner = ts.isClassLike(parent) ? parent.name?.text : undefined;
      const sourceFile = accessor.getSourceFile();
      const parameters = accessor.body === undefined ? -1 : accessor.parameters.pos;
      return {
        origin: this.origin(program, sourceFile),
        fileName: sourceFile.fileName,
        parameters,
        owner,
        name: accessor.name.getText(sourceFile),
        accessor: true,
      };
    }
    const signature = isCall ? checker.getResolvedSignature(node) : checker.getTypeAtLocation(node).getCallSignatures()[0];
    const declaration = signature?.declaration ?? (isCall ? checker.getSymbolAtLocation(node.expression)?.declarations?.[0] : undefined);
    if (declaration === undefined) return unknown;
    const sourceFile = declaration.getSourceFile();
    const body = this.withBody(checker, declaration);
    const { parent } = declaration;
    const owned = parent !== undefined && (ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent));
    const origin = this.origin(program, sourceFile);
    // `declare function f(x: Tensor): Tensor`: its source is somewhere else.
    const isAmbient = origin === "project" && body === undefined && ts.isFunctionDeclaration(declaration);
    return {
      origin: isAmbient ? "package" : origin,
      fileName: sourceFile.fileName,
      parameters: body === undefined ? -1 : body.parameters.pos,
      owner: owned ? parent.name?.text : undefined,
      name: (declaration as { name?: ts.Node }).name?.getText(sourceFile) ?? (isCall ? node.expression : node).getText(),
    };
  }

  /** The getter or setter that using the property runs. */
  private accessor(checker: ts.TypeChecker, node: ts.PropertyAccessExpression): ts.AccessorDeclaration | undefined {
    const { ts } = this;
    const symbol = checker.getSymbolAtLocation(node.name);
    if (symbol === undefined || (symbol.flags & ts.SymbolFlags.Accessor) === 0) return undefined;
    const isWritten =
      ts.isBinaryExpression(node.parent) && node.parent.left === node && node.parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    const wanted = isWritten ? ts.SyntaxKind.SetAccessor : ts.SyntaxKind.GetAccessor;
    return symbol.declarations?.find((declaration) => declaration.kind === wanted) as ts.AccessorDeclaration | undefined;
  }

  /** Overload signatures stand for their implementation. */
  private withBody(checker: ts.TypeChecker, declaration: ts.Node): ts.SignatureDeclaration | undefined {
    const hasBody = (node: ts.Node): boolean => (node as { body?: ts.Node }).body !== undefined;
    if (hasBody(declaration)) return declaration as ts.SignatureDeclaration;
    const name = (declaration as { name?: ts.Node }).name;
    const symbol = name === undefined ? undefined : checker.getSymbolAtLocation(name);
    return symbol?.declarations?.find(hasBody) as ts.SignatureDeclaration | undefined;
  }

  private origin(program: ts.Program, sourceFile: ts.SourceFile): CalleeFact["origin"] {
    const { fileName } = sourceFile;
    if (program.isSourceFileDefaultLibrary(sourceFile)) return "lib";
    if (isGraphfnFile(fileName, this.packageDirectory)) return "graphfn";
    if (/\/node_modules\/@types\/node\//.test(fileName)) return "lib";
    return sourceFile.isDeclarationFile || fileName.includes("/node_modules/") ? "package" : "project";
  }

  private host(): ts.LanguageServiceHost {
    const { ts, config } = this;
    const cache = ts.createModuleResolutionCache(config.root, (name) => name, config.options);
    return {
      getCompilationSettings: () => config.options,
      getProjectVersion: () => String(this.revision),
      getScriptFileNames: () => [...this.roots],
      getScriptVersion: (fileName) => String(this.entries.get(fileName)?.version ?? 0),
      getScriptSnapshot: (fileName) => {
        const text = this.entries.get(fileName)?.text ?? ts.sys.readFile(fileName);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => config.root,
      getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
      fileExists: (fileName) => typeof this.entries.get(fileName)?.text === "string" || ts.sys.fileExists(fileName),
      readFile: (fileName) => this.entries.get(fileName)?.text ?? ts.sys.readFile(fileName),
      directoryExists: (name) => ts.sys.directoryExists(name),
      getDirectories: (name) => ts.sys.getDirectories(name),
      realpath,
      resolveModuleNameLiterals: (literals, containingFile, redirected, options, containing) => {
        const resolved = literals.map((literal) => {
          const mode = ts.getModeForUsageLocation(containing, literal, options);
          const found = ts.resolveModuleName(literal.text, containingFile, options, this.serviceHost(), cache, redirected, mode);
          return this.ownSource(literal.text, found.resolvedModule) ?? found;
        });
        const files = resolved.flatMap(({ resolvedModule }) =>
          resolvedModule === undefined || resolvedModule.isExternalLibraryImport ? [] : [resolvedModule.resolvedFileName],
        );
        this.imports.set(containingFile, files);
        return resolved;
      },
    };
  }

  private serviceHost(): ts.ModuleResolutionHost {
    const { ts } = this;
    return {
      fileExists: (name) => ts.sys.fileExists(name),
      readFile: (name) => ts.sys.readFile(name),
      directoryExists: (name) => ts.sys.directoryExists(name),
      realpath,
    };
  }

  /** graphfn next to the transformer: where the project has none, and in a checkout, where its sources are newer than its build. */
  private ownSource(specifier: string, found: ts.ResolvedModuleFull | undefined): ts.ResolvedModuleWithFailedLookupLocations | undefined {
    const directory = this.packageDirectory;
    if (directory === undefined || (found !== undefined && !found.resolvedFileName.startsWith(`${directory}/`))) return undefined;
    const file = graphfnFile(directory, specifier);
    if (file === undefined) return undefined;
    const extension = file.endsWith(".d.ts") ? this.ts.Extension.Dts : this.ts.Extension.Ts;
    return { resolvedModule: { resolvedFileName: file, extension, isExternalLibraryImport: true } };
  }
}

/** `Tensor` of graphfn, as some file of the project imports it: for programs in which nothing is marked. */
function importedTensor(ts: TS, program: ts.Program, checker: ts.TypeChecker): ts.Symbol | undefined {
  for (const { statements, isDeclarationFile } of program.getSourceFiles()) {
    if (isDeclarationFile) continue;
    for (const statement of statements) {
      if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
      if (statement.moduleSpecifier.text !== "graphfn") continue;
      const module = checker.getSymbolAtLocation(statement.moduleSpecifier);
      const found = module && checker.getExportsOfModule(module).find((symbol) => symbol.name === "Tensor");
      if (found !== undefined) return found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
    }
  }
  return undefined;
}

/** Linked packages are known by their real place, so that one file is not two. */
function realpath(name: string): string {
  return existsSync(name) ? realpathSync(name).split(sep).join("/") : name;
}

/** Folder of the graphfn package next to the transformer. */
function ownGraphfn(): string | undefined {
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

function isGraphfnFile(fileName: string, own: string | undefined): boolean {
  if (/\/node_modules\/(?:graphfn|@graphfn\/native)\//.test(fileName)) return true;
  return own !== undefined && (fileName.startsWith(`${own}/src/`) || fileName.startsWith(`${own}/dist/`));
}
