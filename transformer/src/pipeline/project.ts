/**
 * The files of one tsconfig: their models, the type oracle, and which functions the marked ones reach.
 *
 * All annotated files are roots at once, so that a function that is called from a marked function of another file is
 * transformed too, whichever file a host asks for first. Models are made on demand and again when a text changes.
 */
import { readFileSync } from "node:fs";
import type ts from "typescript";
import { type CallSite, collectCalls } from "../analyze/calls.ts";
import { virtualSpan } from "../analyze/facts.ts";
import { computesWithUnknown } from "../analyze/untyped.ts";
import { type FunctionNode, isFunctionNode } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import { toSourceOffset } from "../ast/writer.ts";
import { mayHaveMarks } from "../parse/parse.ts";
import type { ProjectConfig } from "../types/config.ts";
import type { CalleeFact, TypeOracle } from "../types/oracle.ts";
import { mayOverride } from "../types/overrides.ts";
import { modelFile, type SourceModel, withUntyped } from "./file.ts";
import { KeptPieces } from "./kept-pieces.ts";

/** A function of the project. */
export interface FunctionPlace {
  readonly model: SourceModel;
  readonly fn: FunctionNode;
}

export class Project {
  readonly ts: TS;
  readonly oracle: TypeOracle;
  private readonly models = new Map<string, SourceModel>();
  /** The last model of each file, whether it still holds or not: the next is made from it. */
  private readonly last = new Map<string, SourceModel>();
  /** By file: answers stay valid until the file, or one that it imports, changes. */
  private readonly calls = new Map<string, Map<FunctionNode, readonly CallSite[]>>();
  private readonly files: ReadonlySet<string>;
  /** By file. */
  private readonly reached = new Map<string, readonly FunctionNode[]>();
  private readonly pieces = new Map<string, KeptPieces>();
  private readonly textOf: (fileName: string) => string | undefined;

  /** `text` of a file is what the disk has, or what an editor has. */
  constructor(ts: TS, config: ProjectConfig, oracle: TypeOracle, text: (fileName: string) => string | undefined = readText) {
    this.ts = ts;
    this.textOf = text;
    this.oracle = oracle;
    this.files = new Set(config.files.filter((fileName) => !/\.d\.[cm]?ts$/.test(fileName)));
    for (const fileName of this.files) {
      const found = text(fileName);
      if (found === undefined) continue;
      if (mayHaveMarks(found)) this.update(fileName, found);
      else if (mayOverride(found)) oracle.include(fileName);
    }
  }

  /** The model of a file with this text. */
  update(fileName: string, text: string): SourceModel {
    const known = this.models.get(fileName);
    if (known !== undefined && known.parsed.text === text) return known;
    const model = this.model(fileName, text);
    this.oracle.update(fileName, model.virtual.text);
    this.forget(fileName);
    return model;
  }

  private model(fileName: string, text: string): SourceModel {
    const before = this.last.get(fileName);
    // Were it to fail, the one before would be of no use either.
    this.last.delete(fileName);
    const model = modelFile(this.ts, fileName, text, before);
    this.setModel(model);
    return model;
  }

  private setModel(model: SourceModel): void {
    const { fileName } = model.parsed;
    this.models.set(fileName, model);
    this.last.set(fileName, model);
    // Its functions may be the nodes that they were, with other callees.
    this.calls.delete(fileName);
  }

  /** Drops what was found with an earlier text of a file. */
  private forget(fileName: string): void {
    this.reached.clear();
    // Classes in it may override methods that files call which do not know of it.
    if (this.hasOverrides(fileName)) this.calls.clear();
    for (const user of [...this.calls.keys()]) if (this.oracle.uses(user, fileName)) this.calls.delete(user);
  }

  /** A marked file is modelled again at once: whichever file is asked for next, what it reaches must be known. */
  invalidate(fileName: string): void {
    const known = this.models.delete(fileName);
    this.oracle.update(fileName, null);
    this.forget(fileName);
    if (!known && !this.files.has(fileName)) return;
    const text = this.textOf(fileName);
    if (text === undefined) return void this.last.delete(fileName);
    if (known || mayHaveMarks(text)) this.update(fileName, text);
    else if (mayOverride(text)) this.oracle.include(fileName);
  }

  /** What the checker sees of a file. */
  virtualText(fileName: string): string | undefined {
    return this.models.get(fileName)?.virtual.text;
  }

  isKnown(fileName: string): boolean {
    return this.models.has(fileName);
  }

  /** Unmarked functions of a file that marked functions of the project reach, outermost only, in text order. */
  reachedIn(fileName: string): readonly FunctionNode[] {
    let functions = this.reached.get(fileName);
    if (functions === undefined) {
      functions = this.findReached(fileName);
      this.reached.set(fileName, functions);
    }
    return functions;
  }

  callsOf({ model, fn }: FunctionPlace): readonly CallSite[] {
    const { fileName } = model.parsed;
    let sites = this.calls.get(fileName)?.get(fn);
    if (sites !== undefined) return sites;
    while (sites === undefined) {
      sites = collectCalls(this.ts, model.parsed, model.virtual, this.oracle, fn);
      // A file seen for the first time may turn out to have marks: its virtual text moves every offset in it.
      const fresh = sites.filter((site) => site.callee.origin === "project" && !this.models.has(site.callee.fileName));
      if (fresh.some((site) => (this.load(site.callee.fileName)?.parsed.marks.length ?? 0) > 0)) sites = undefined;
    }
    let ofFile = this.calls.get(fileName);
    if (ofFile === undefined) {
      ofFile = new Map();
      this.calls.set(fileName, ofFile);
    }
    ofFile.set(fn, sites);
    return sites;
  }

  /** The function that a call runs, if its body is part of the project. */
  targetOf(callee: CalleeFact): FunctionPlace | undefined {
    if (callee.origin !== "project" || callee.parameters < 0) return undefined;
    const model = this.load(callee.fileName);
    const offset = model === undefined ? undefined : toSourceOffset(model.virtual.segments, callee.parameters);
    if (model?.parsed.isEmitted === true) return undefined;
    const fn = offset === undefined ? undefined : model?.parsed.tree.functionAt(offset);
    return model === undefined || fn === undefined ? undefined : { model, fn };
  }

  /** The function that `graphFunction(name)` names. */
  namedFunction(model: SourceModel, node: ts.Node): FunctionPlace | undefined {
    const span = virtualSpan(model.virtual, model.parsed, node);
    const callee = span === undefined ? undefined : this.oracle.calleesAt(model.parsed.fileName, [span])[0];
    return callee === undefined ? undefined : this.targetOf(callee);
  }

  /** Functions of the same file that running `place` may run, itself not among them. */
  calledInFile(place: FunctionPlace): FunctionNode[] {
    const seen = new Set<FunctionNode>([place.fn]);
    const pending = [place];
    for (const next of pending) {
      for (const site of this.callsOf(next)) {
        const target = this.targetOf(site.callee);
        if (target === undefined || seen.has(target.fn)) continue;
        seen.add(target.fn);
        pending.push(target);
      }
    }
    return pending
      .filter(({ model, fn }) => model === place.model && fn !== place.fn && !isInside(fn, new Set([place.fn])))
      .map(({ fn }) => fn);
  }

  /** What was made of the groups of a file for its last text. */
  piecesOf(fileName: string): KeptPieces {
    let pieces = this.pieces.get(fileName);
    if (pieces === undefined) {
      pieces = new KeptPieces();
      this.pieces.set(fileName, pieces);
    }
    return pieces;
  }

  private load(fileName: string): SourceModel | undefined {
    const known = this.models.get(fileName);
    if (known !== undefined) return known;
    const text = this.textOf(fileName);
    if (text === undefined) return undefined;
    const model = this.model(fileName, text);
    // A file without marks is its own virtual text: the oracle has it from the disk.
    if (model.parsed.marks.length > 0) {
      this.oracle.update(fileName, model.virtual.text);
      this.forget(fileName);
    }
    return model;
  }

  private hasOverrides(fileName: string): boolean {
    const text = this.models.get(fileName)?.parsed.text ?? this.textOf(fileName);
    return text !== undefined && mayOverride(text);
  }

  private findReached(fileName: string): readonly FunctionNode[] {
    let found = this.collectReached(fileName);
    while (this.rewriteUntyped(found)) found = this.collectReached(fileName);
    return [...found]
      .filter(([fn, model]) => model.parsed.fileName === fileName && !isInside(fn, found))
      .map(([fn]) => fn)
      .sort((a, b) => a.pos - b.pos);
  }

  /**
   * TypeScript says of `2 * x` that it is a number, whatever `x` is. In functions that compute with values of which nothing is known the
   * helpers say what it may be; what calls those functions then may have such values, too. True if there was one.
   */
  private rewriteUntyped(found: ReadonlyMap<FunctionNode, SourceModel>): boolean {
    if (!this.oracle.takesTexts) return false;
    const added = new Map<SourceModel, FunctionNode[]>();
    for (const [fn, model] of found) {
      const { parsed, untyped } = model;
      if (isInside(fn, found) || untyped.includes(fn) || !computesWithUnknown(this.ts, parsed, model.virtual, this.oracle, fn)) continue;
      added.set(model, [...(added.get(model) ?? []), fn]);
    }
    for (const [model, functions] of added) {
      const { fileName } = model.parsed;
      const rewritten = withUntyped(this.ts, model, [...model.untyped, ...functions]);
      this.setModel(rewritten);
      this.oracle.update(fileName, rewritten.virtual.text);
      this.forget(fileName);
    }
    return added.size > 0;
  }

  /** Only files that import this one, in however many steps, can reach it; those that do not can by a method that it overrides. */
  private collectReached(fileName: string): ReadonlyMap<FunctionNode, SourceModel> {
    this.oracle.settle();
    const overrides = this.hasOverrides(fileName);
    const marked = new Set<FunctionNode>();
    const found = new Map<FunctionNode, SourceModel>();
    const pending: FunctionPlace[] = [];
    const named: FunctionPlace[] = [];
    const eager = new Map<FunctionNode, FunctionPlace>();
    for (const model of [...this.models.values()]) {
      if (!overrides && !this.oracle.uses(model.parsed.fileName, fileName)) continue;
      for (const { node, form } of model.parsed.marks) {
        if (form === "eager") eager.set(node as FunctionNode, { model, fn: node as FunctionNode });
        else if (isFunctionNode(this.ts, node)) {
          marked.add(node);
          pending.push({ model, fn: node });
        } else {
          const target = this.namedFunction(model, node);
          if (target !== undefined) named.push(target);
        }
      }
    }
    const reach = (target: FunctionPlace | undefined): void => {
      if (target === undefined || marked.has(target.fn) || found.has(target.fn) || isInside(target.fn, marked)) return;
      found.set(target.fn, target.model);
      pending.push(target);
    };
    let followed = 0;
    const follow = (): void => {
      for (; followed < pending.length; followed++)
        for (const site of this.callsOf(pending[followed] as FunctionPlace)) reach(this.targetOf(site.callee));
    };
    for (const target of named) reach(target);
    follow();
    // What eager functions call that no graph function does: conditions on tensors look at values there, too.
    for (const [fn, place] of eager) {
      marked.add(fn);
      if (!found.has(fn)) pending.push(place);
    }
    follow();
    return found;
  }
}

/** A function around it is in the set: it is transformed with that one. */
function isInside(fn: FunctionNode, set: { has(fn: FunctionNode): boolean }): boolean {
  for (let at = fn.parent; at !== undefined; at = at.parent) if (set.has(at as FunctionNode)) return true;
  return false;
}

function readText(fileName: string): string | undefined {
  try {
    return readFileSync(fileName, "utf8");
  } catch {
    return undefined;
  }
}
