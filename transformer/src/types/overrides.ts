/**
 * Which functions a method call may run besides the one that TypeScript resolves it to: those of the same name in classes of the
 * project that extend or implement where it is declared.
 *
 *   for (const layer of layers) x = layer.call(x);     Layer.call is abstract: Clip.call, Scale.call, …
 */
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";

/** A class or interface that inherits. */
const MAY_INHERIT = /\b(?:extends|implements)\b/;
const NAMES_TENSORS = /\bTensor(?:\dD)?\b/;

/** False means: certainly no method in it that takes or gives a tensor and overrides another. */
export function mayOverride(text: string): boolean {
  return MAY_INHERIT.test(text) && NAMES_TENSORS.test(text);
}

/** A class or an interface that extends or implements something. */
type Heir = ts.ClassLikeDeclaration | ts.InterfaceDeclaration;

/** By file as parsed: edits of others leave it as it is. */
const heirsOf = new WeakMap<ts.SourceFile, readonly Heir[]>();

export class Overrides {
  private readonly ts: TS;
  private readonly program: ts.Program;
  private byParent: ReadonlyMap<ts.Symbol, readonly Heir[]> | undefined;

  constructor(ts: TS, program: ts.Program) {
    this.ts = ts;
    this.program = program;
  }

  /** Members with a body that stand in for this one where the object is of a class below. */
  of(member: ts.Declaration): ts.SignatureDeclaration[] {
    const { ts } = this;
    const { name, parent } = member as ts.ClassElement | ts.TypeElement;
    if (name === undefined || ts.isPrivateIdentifier(name) || !(ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent))) return [];
    const symbol = this.program.getTypeChecker().getTypeAtLocation(parent).getSymbol();
    if (symbol === undefined) return [];
    const text = name.getText();
    const isStatic = this.isStatic(member);
    const found: ts.SignatureDeclaration[] = [];
    for (const { members } of this.below(symbol))
      for (const one of members) {
        const replaces = one.kind === member.kind || (ts.isMethodSignature(member) && ts.isMethodDeclaration(one));
        if (!replaces || one.name?.getText() !== text || this.isStatic(one)) continue;
        if (!isStatic && (one as { body?: ts.Node }).body !== undefined) found.push(one as ts.MethodDeclaration);
      }
    return found;
  }

  private isStatic(member: ts.Declaration): boolean {
    return (this.ts.getCombinedModifierFlags(member) & this.ts.ModifierFlags.Static) !== 0;
  }

  private below(symbol: ts.Symbol): ReadonlySet<Heir> {
    this.byParent ??= this.collect();
    const checker = this.program.getTypeChecker();
    const found = new Set<Heir>();
    const pending = [symbol];
    for (const above of pending) {
      for (const heir of this.byParent.get(above) ?? []) {
        if (found.has(heir)) continue;
        found.add(heir);
        const own = checker.getTypeAtLocation(heir).getSymbol();
        if (own !== undefined) pending.push(own);
      }
    }
    return found;
  }

  private collect(): Map<ts.Symbol, Heir[]> {
    const checker = this.program.getTypeChecker();
    const byParent = new Map<ts.Symbol, Heir[]>();
    for (const file of this.program.getSourceFiles()) {
      if (file.isDeclarationFile || file.fileName.includes("/node_modules/") || !MAY_INHERIT.test(file.text)) continue;
      for (const heir of this.heirsIn(file)) {
        for (const type of heir.heritageClauses?.flatMap(({ types }) => [...types]) ?? []) {
          const above = checker.getTypeAtLocation(type).getSymbol();
          if (above === undefined) continue;
          const heirs = byParent.get(above);
          if (heirs === undefined) byParent.set(above, [heir]);
          else heirs.push(heir);
        }
      }
    }
    return byParent;
  }

  private heirsIn(file: ts.SourceFile): readonly Heir[] {
    const { ts } = this;
    const known = heirsOf.get(file);
    if (known !== undefined) return known;
    const heirs: Heir[] = [];
    const visit = (node: ts.Node): void => {
      if ((ts.isClassLike(node) || ts.isInterfaceDeclaration(node)) && node.heritageClauses !== undefined) heirs.push(node);
      if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
    };
    visit(file);
    heirsOf.set(file, heirs);
    return heirs;
  }
}
