/** TypeOracle on the programs of our own TypeScript 6. */
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";
import { Classifier } from "./classify.ts";
import { KeptAnswers } from "./kept.ts";
import { type CalleeFact, type Span, type TypeFact, type TypeMessage, type TypeOracle, UNKNOWN_TYPE } from "./oracle.ts";
import { Overrides } from "./overrides.ts";
import type { ProgramSource } from "./programs.ts";

/** A program with what was found out with it. */
interface Current {
  readonly program: ts.Program;
  readonly classifier: Classifier;
  readonly overrides: Overrides;
  /** Functions are asked about again for each that calls them; the checker keeps no types of expressions. */
  readonly facts: Map<ts.Node, TypeFact>;
}

/** TypeScript does not declare the argument that has only some statements checked. */
interface PartlyChecked {
  getSemanticDiagnostics(
    file: ts.SourceFile | undefined,
    token: undefined,
    statements: readonly ts.Statement[] | undefined,
  ): readonly ts.Diagnostic[];
}

export class TypeScript6Oracle implements TypeOracle {
  readonly takesTexts = true;
  private readonly ts: TS;
  private readonly programs: ProgramSource;
  private current: Current | undefined;
  private readonly kept = new Map<string, KeptAnswers>();
  private readonly expressions = new WeakMap<ts.SourceFile, ReadonlyMap<number, readonly ts.Node[]>>();

  constructor(ts: TS, programs: ProgramSource) {
    this.ts = ts;
    this.programs = programs;
  }

  update(fileName: string, text: string | null): void {
    this.programs.update(fileName, text);
  }

  include(fileName: string): void {
    this.programs.include(fileName);
  }

  typesAt(fileName: string, spans: readonly Span[]): readonly TypeFact[] {
    const { program, classifier, facts } = this.open(fileName);
    const checker = program.getTypeChecker();
    const typeAt = (node: ts.Node | undefined): TypeFact => {
      if (node === undefined) return UNKNOWN_TYPE;
      let fact = facts.get(node);
      if (fact === undefined) {
        fact = classifier.classify(checker.getTypeAtLocation(node));
        facts.set(node, fact);
      }
      return fact;
    };
    const ask = (asked: readonly Span[]): TypeFact[] => this.nodesAt(program, fileName, asked).map(typeAt);
    return this.keptOf(program, fileName)?.types(spans, ask) ?? ask(spans);
  }

  expectedAt(fileName: string, spans: readonly Span[]): readonly TypeFact[] {
    const { program, classifier } = this.open(fileName);
    const checker = program.getTypeChecker();
    return this.nodesAt(program, fileName, spans).map((node) => {
      const type = node === undefined ? undefined : checker.getContextualType(node as ts.Expression);
      return type === undefined ? UNKNOWN_TYPE : classifier.classify(type);
    });
  }

  describe(fileName: string, span: Span): string {
    const { program } = this.open(fileName);
    const node = this.nodesAt(program, fileName, [span])[0];
    if (node === undefined) return "unknown";
    const checker = program.getTypeChecker();
    return checker.typeToString(checker.getTypeAtLocation(node)).replace(/\bTensor<DType>/g, "Tensor");
  }

  calleesAt(fileName: string, spans: readonly Span[]): readonly CalleeFact[] {
    const current = this.open(fileName);
    const { program } = current;
    const calleeAt = (node: ts.Node | undefined): CalleeFact => this.callee(current, node);
    const ask = (asked: readonly Span[]): CalleeFact[] => this.nodesAt(program, fileName, asked).map(calleeAt);
    return this.keptOf(program, fileName)?.callees(spans, ask) ?? ask(spans);
  }

  diagnostics(fileName: string): readonly TypeMessage[] {
    const { program } = this.open(fileName);
    const kept = this.keptOf(program, fileName);
    return kept === undefined ? this.check(program, fileName) : kept.messages((statements) => this.check(program, fileName, statements));
  }

  /** Errors of a file; with statements, at least those in them. */
  private check(program: ts.Program, fileName: string, statements?: readonly ts.Statement[]): TypeMessage[] {
    const file = program.getSourceFile(fileName);
    const partly: PartlyChecked = program;
    return partly
      .getSemanticDiagnostics(
        file,
        undefined,
        statements === undefined || statements.length === file?.statements.length ? undefined : statements,
      )
      .map((diagnostic) => ({
        code: diagnostic.code,
        text: this.ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"),
        start: diagnostic.start ?? 0,
        end: (diagnostic.start ?? 0) + (diagnostic.length ?? 0),
      }));
  }

  /** What is known from earlier texts of a file. */
  private keptOf(program: ts.Program, fileName: string): KeptAnswers | undefined {
    const sourceFile = program.getSourceFile(fileName);
    const environment = this.programs.environment?.(fileName);
    if (sourceFile === undefined || environment === undefined) return undefined;
    let kept = this.kept.get(fileName);
    if (kept?.sourceFile !== sourceFile || kept.environment !== environment) {
      kept = new KeptAnswers(this.ts, sourceFile, environment, kept);
      this.kept.set(fileName, kept);
    }
    return kept;
  }

  environment(fileName: string): number | undefined {
    return this.programs.environment?.(fileName);
  }

  settle(): void {
    this.programs.settle();
  }

  uses(fileName: string, other: string): boolean {
    return this.programs.closure(fileName).has(other);
  }

  dependencies(fileName: string): readonly string[] {
    return [...this.programs.closure(fileName)].filter((other) => other !== fileName).sort();
  }

  dispose(): void {
    this.programs.dispose();
    this.kept.clear();
    this.current = undefined;
  }

  private open(fileName: string): Current {
    const program = this.programs.program(fileName);
    if (this.current?.program !== program) {
      const checker = program.getTypeChecker();
      const isLibraryFile = (name: string): boolean => isGraphfnFile(name, this.programs.graphfn);
      const classifier = new Classifier(this.ts, checker, this.tensorSymbol(program, checker), isLibraryFile);
      this.current = { program, classifier, overrides: new Overrides(this.ts, program), facts: new Map() };
    }
    return this.current;
  }

  /** The class behind `tensor` of graphfn/operators, reached through the declaration at the end of any virtual text. */
  private tensorSymbol(program: ts.Program, checker: ts.TypeChecker): ts.Symbol | undefined {
    const { ts } = this;
    for (const fileName of this.programs.served()) {
      const statements = program.getSourceFile(fileName)?.statements;
      const last = statements?.[statements.length - 1];
      if (last === undefined || !ts.isVariableStatement(last)) continue;
      const declaration = last.declarationList.declarations[0];
      const property = checker.getTypeAtLocation(declaration.name).getProperty("tensor");
      if (property !== undefined) return checker.getTypeOfSymbol(property).getSymbol();
    }
    return importedTensor(ts, program, checker);
  }

  /** The outermost expression at each span. */
  private nodesAt(program: ts.Program, fileName: string, spans: readonly Span[]): (ts.Node | undefined)[] {
    const sourceFile = program.getSourceFile(fileName);
    if (sourceFile === undefined) return spans.map(() => undefined);
    const byEnd = this.expressionsOf(sourceFile);
    return spans.map(({ start, end }) => byEnd.get(end)?.find((node) => node.getStart(sourceFile) === start));
  }

  /** Expressions by their end, outer ones first: a file is asked about many times. */
  private expressionsOf(sourceFile: ts.SourceFile): ReadonlyMap<number, readonly ts.Node[]> {
    const known = this.expressions.get(sourceFile);
    if (known !== undefined) return known;
    const { ts } = this;
    const byEnd = new Map<number, ts.Node[]>();
    const visit = (node: ts.Node): void => {
      if (ts.isExpression(node) || ts.isIdentifier(node)) {
        const list = byEnd.get(node.end);
        if (list === undefined) byEnd.set(node.end, [node]);
        else list.push(node);
      }
      if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
    };
    ts.forEachChild(sourceFile, visit);
    this.expressions.set(sourceFile, byEnd);
    return byEnd;
  }

  private callee({ program, classifier, overrides }: Current, node: ts.Node | undefined): CalleeFact {
    const { ts } = this;
    const unknown: CalleeFact = { origin: "unknown", fileName: "", parameters: -1, owner: undefined, name: "" };
    if (node === undefined) return unknown;
    const checker = program.getTypeChecker();
    const isCall = ts.isCallExpression(node) || ts.isNewExpression(node);
    const accessor = ts.isPropertyAccessExpression(node) ? this.accessor(checker, node) : undefined;
    const resolved = (of: ts.Declaration, name: string, inPlace: readonly ts.SignatureDeclaration[]): CalleeFact => ({
      ...this.declared(program, checker, of, name),
      ...(inPlace.length > 0 && { overrides: inPlace.map((one) => this.declared(program, checker, one, name)) }),
    });
    if (accessor !== undefined) return { ...resolved(accessor, accessor.name.getText(), overrides.of(accessor)), accessor: true };
    const signature = isCall ? checker.getResolvedSignature(node) : checker.getTypeAtLocation(node).getCallSignatures()[0];
    let declaration: ts.Declaration | undefined = signature?.declaration;
    if (declaration === undefined && isCall && (checker.getTypeAtLocation(node.expression).flags & ts.TypeFlags.Any) === 0)
      declaration = checker.getSymbolAtLocation(node.expression)?.declarations?.[0];
    if (declaration === undefined) return unknown;
    const called = isCall ? node.expression : node;
    const name = this.nameOf(checker, called) ?? called.getText();
    const ofSuper =
      isCall && ts.isPropertyAccessExpression(node.expression) && node.expression.expression.kind === ts.SyntaxKind.SuperKeyword;
    const found = resolved(declaration, name, ofSuper ? [] : overrides.of(declaration));
    const ofTensors = found.origin === "graphfn" && found.owner === undefined && classifier.isTensorMethod(found.name);
    return ofTensors ? { ...found, ofTensors } : found;
  }

  /** As it is exported, whatever it was imported as. */
  private nameOf(checker: ts.TypeChecker, called: ts.Node): string | undefined {
    const { ts } = this;
    const symbol = checker.getSymbolAtLocation(ts.isPropertyAccessExpression(called) ? called.name : called);
    if (symbol === undefined) return undefined;
    return (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol).name;
  }

  /** A function by its declaration; `otherwise` names one that has no name. */
  private declared(program: ts.Program, checker: ts.TypeChecker, declaration: ts.Declaration, otherwise: string): CalleeFact {
    const { ts } = this;
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
      name: (declaration as { name?: ts.Node }).name?.getText(sourceFile) ?? otherwise,
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
    const hasBody = (node: ts.Node): boolean => this.ts.isFunctionLike(node) && (node as { body?: ts.Node }).body !== undefined;
    if (hasBody(declaration)) return declaration as ts.SignatureDeclaration;
    const name = (declaration as { name?: ts.Node }).name;
    const symbol = name === undefined ? undefined : checker.getSymbolAtLocation(name);
    return symbol?.declarations?.find(hasBody) as ts.SignatureDeclaration | undefined;
  }

  private origin(program: ts.Program, sourceFile: ts.SourceFile): CalleeFact["origin"] {
    const { fileName } = sourceFile;
    if (program.isSourceFileDefaultLibrary(sourceFile)) return "lib";
    if (isGraphfnFile(fileName, this.programs.graphfn)) return "graphfn";
    if (/\/node_modules\/@types\/node\//.test(fileName)) return "lib";
    return sourceFile.isDeclarationFile || fileName.includes("/node_modules/") ? "package" : "project";
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

function isGraphfnFile(fileName: string, own: string | undefined): boolean {
  if (/\/node_modules\/(?:graphfn|@graphfn\/native)\//.test(fileName)) return true;
  return own !== undefined && (fileName.startsWith(`${own}/src/`) || fileName.startsWith(`${own}/dist/`));
}
