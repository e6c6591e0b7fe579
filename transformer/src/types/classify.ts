/**
 * TypeScript type → TypeFact: is it a tensor? One class is recognised, by identity: the Tensor of graphfn/operators as this
 * program resolves it, and what extends it.
 */
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";
import { type TypeFact, UNKNOWN_TYPE } from "./oracle.ts";

/** The interface of graphfn that declares them. */
export const TENSOR_METHODS = "TensorMethods";

export class Classifier {
  private readonly ts: TS;
  private readonly checker: ts.TypeChecker;
  private readonly isLibraryFile: (fileName: string) => boolean;
  private readonly tensorSymbol: ts.Symbol | undefined;
  private readonly known = new Map<ts.Type, TypeFact>();

  constructor(ts: TS, checker: ts.TypeChecker, tensorSymbol: ts.Symbol | undefined, isLibraryFile: (fileName: string) => boolean) {
    this.ts = ts;
    this.isLibraryFile = isLibraryFile;
    this.checker = checker;
    this.tensorSymbol = tensorSymbol;
  }

  classify(type: ts.Type): TypeFact {
    let fact = this.known.get(type);
    if (fact === undefined) {
      // Types may refer to themselves: an array of itself holds tensors only if something else in it does.
      this.known.set(type, plain("other", false));
      fact = this.compute(type);
      this.known.set(type, fact);
    }
    return fact;
  }

  /** Tensors have a method of this name among those that compute. */
  isTensorMethod(name: string): boolean {
    if (this.tensorSymbol === undefined) return false;
    const method = this.checker.getDeclaredTypeOfSymbol(this.tensorSymbol).getProperty(name);
    const parent = method?.declarations?.[0]?.parent;
    return parent !== undefined && this.ts.isInterfaceDeclaration(parent) && parent.name.text === TENSOR_METHODS;
  }

  private compute(type: ts.Type): TypeFact {
    const { ts } = this;
    const flags = type.flags;
    // Never: what cannot be reached if a tensor that may be missing is there, for which the graph has a path all the same.
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never)) return UNKNOWN_TYPE;
    if (flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined | ts.TypeFlags.Void)) return plain("none", true);
    if (flags & ts.TypeFlags.NumberLike) return plain("number", false);
    if (flags & ts.TypeFlags.BooleanLike) return plain("boolean", false);
    if (flags & ts.TypeFlags.StringLike) return plain("string", false);
    if (type.isUnion()) return this.union(type);
    if (type.isIntersection()) {
      if (type.types.some((member) => this.classify(member).tensor === "yes")) return TENSOR;
      return plain("other", false);
    }
    if (flags & ts.TypeFlags.Instantiable) {
      const constraint = this.checker.getBaseConstraintOfType(type);
      return constraint === undefined || constraint === type ? UNKNOWN_TYPE : this.classify(constraint);
    }
    if (this.isTensor(type)) return TENSOR;
    if (type.getCallSignatures().length + type.getConstructSignatures().length > 0) return plain("function", false);
    if (this.isOfLibrary(type)) return { ...plain("library", false), dataset: this.isDataset(type) };
    return {
      ...plain("other", false),
      tensors: this.holdsTensors(type),
      structure: this.isStructure(type, 2),
      dataset: this.isDataset(type),
    };
  }

  private isOfLibrary(type: ts.Type): boolean {
    const symbol = type.getSymbol();
    if (symbol === undefined || (symbol.flags & this.ts.SymbolFlags.Class) === 0) return false;
    return (symbol.declarations ?? []).some((declaration) => this.isLibraryFile(declaration.getSourceFile().fileName));
  }

  /**
   * Has graphfn's method for rows (api/rows.ts), or the one for reading all elements at once (trace/feed.ts) and elements that are not
   * plain values.
   */
  private isDataset(type: ts.Type): boolean {
    const { ts, checker } = this;
    if (((type.getSymbol()?.flags ?? 0) & ts.SymbolFlags.Class) === 0) return false;
    const names = checker.getPropertiesOfType(type).map((p) => String(p.escapedName));
    if (names.includes("graphfn.row")) return true;
    if (!names.some((name) => name.startsWith("__@GATHER@"))) return false;
    const [element] = checker.getTypeArguments(type as ts.TypeReference);
    return element === undefined || (element.flags & (ts.TypeFlags.NumberLike | ts.TypeFlags.StringLike | ts.TypeFlags.BooleanLike)) === 0;
  }

  private union(type: ts.UnionType): TypeFact {
    const facts = type.types.map((member) => this.classify(member));
    const values = facts.filter((fact) => !(fact.plain === "none" && fact.tensor === "no"));
    const every = values.length > 0 && values.every((fact) => fact.tensor === "yes");
    const some = values.some((fact) => fact.tensor !== "no");
    const kinds = new Set(values.map((fact) => fact.plain).filter((kind) => kind !== "none"));
    return {
      tensor: every ? "yes" : some ? "maybe" : "no",
      any: facts.some((fact) => fact.any),
      nullable: facts.some((fact) => fact.nullable),
      tensors: facts.some((fact) => fact.tensors),
      structure: facts.some((fact) => fact.nullable) && type.types.some((member) => this.isStructure(member, 2)),
      plain: kinds.size === 0 ? "none" : kinds.size === 1 ? [...kinds][0] : "other",
    };
  }

  /** An object of the project's own, or an array, with tensors in it. */
  private isStructure(type: ts.Type, depth: number): boolean {
    const { ts, checker } = this;
    if ((type.flags & ts.TypeFlags.Object) === 0 || this.isTensor(type)) return false;
    if (this.holdsTensors(type)) return true;
    const literal = (type.getSymbol()?.flags ?? 0) & (ts.SymbolFlags.TypeLiteral | ts.SymbolFlags.ObjectLiteral | ts.SymbolFlags.Interface);
    if (literal === 0 || checker.getSignaturesOfType(type, ts.SignatureKind.Call).length > 0) return false;
    return checker.getPropertiesOfType(type).some((property) => {
      const inner = checker.getTypeOfSymbol(property);
      const fact = this.classify(inner);
      return (fact.tensor !== "no" && !fact.any) || fact.tensors || (depth > 1 && this.isStructure(inner, depth - 1));
    });
  }

  private isTensor(type: ts.Type): boolean {
    if (this.tensorSymbol === undefined) return false;
    const symbol = type.getSymbol();
    if (symbol === this.tensorSymbol) return true;
    if (symbol === undefined || !(symbol.flags & (this.ts.SymbolFlags.Class | this.ts.SymbolFlags.Interface))) return false;
    // A generic class (Variable<D>) has its base types at its declaration, not at its uses.
    const declared = this.checker.getDeclaredTypeOfSymbol(symbol);
    return (declared.getBaseTypes() ?? []).some((base) => this.classify(base).tensor === "yes");
  }

  private holdsTensors(type: ts.Type): boolean {
    if (!this.checker.isArrayLikeType(type)) return false;
    const elements = this.checker.getTypeArguments(type as ts.TypeReference);
    return elements.some((element) => {
      const fact = this.classify(element);
      return (fact.tensor !== "no" && !fact.any) || fact.tensors;
    });
  }
}

const TENSOR: TypeFact = { tensor: "yes", any: false, nullable: false, tensors: false, plain: "none" };

function plain(kind: TypeFact["plain"], nullable: boolean): TypeFact {
  return { tensor: "no", any: false, nullable, tensors: false, plain: kind };
}
