/**
 * What a prologue names lies around its function, and the function may have a variable of that name: `function sum(xs) { let sum = 0; … }`.
 * Such a name is read by a function of its own, hoisted from behind the statement.
 *
 *   function sum(xs) { if ($.outside()) return $.run($meta_sum, $outer_sum(), this, arguments); … } function $outer_sum() { return sum; }
 */
import type ts from "typescript";
import type { Bindings } from "../analyze/scopes.ts";
import type { FunctionNode } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";

export class OuterNames {
  private readonly ts: TS;
  private readonly $: string;
  private readonly own = new Map<ts.Node, Set<string>>();
  private readonly taken = new Map<string, number>();
  /** Names of those functions, by the function that asks; texts that are still to be written, by the node that they follow. */
  private readonly readers = new Map<FunctionNode, Map<string, string>>();
  private readonly waiting = new Map<ts.Node, string>();

  constructor(ts: TS, bindings: Bindings, $: string) {
    this.ts = ts;
    this.$ = $;
    for (const { name, owner, scope } of bindings.variables) {
      if (owner === undefined || scope !== owner) continue;
      const names = this.own.get(owner);
      if (names === undefined) this.own.set(owner, new Set([name]));
      else names.add(name);
    }
  }

  /** `cfg.rate` as it is written at the start of the body of `fn`, with the `cfg` that lies around `fn`. */
  path(fn: FunctionNode, path: string): string {
    const name = /^[^.?[]+/.exec(path)?.[0] ?? path;
    return this.own.get(fn)?.has(name) === true ? `${this.reader(fn, name)}()${path.slice(name.length)}` : path;
  }

  private reader(fn: FunctionNode, name: string): string {
    const readers = this.readers.get(fn) ?? new Map<string, string>();
    this.readers.set(fn, readers);
    let reader = readers.get(name);
    if (reader === undefined) {
      const count = (this.taken.get(name) ?? 0) + 1;
      this.taken.set(name, count);
      reader = `${this.$}outer_${name}${count === 1 ? "" : `_${count}`}`;
      readers.set(name, reader);
      const node = this.place(fn);
      const before = this.waiting.get(node) ?? (node === fn || node.getSourceFile().text[node.end - 1] === ";" ? "" : ";");
      this.waiting.set(node, `${before} function ${reader}() { return ${name}; }`);
    }
    return reader;
  }

  /** The declaration itself, or the statement in which the function stands. */
  place(fn: FunctionNode): ts.Node {
    const { ts } = this;
    let node: ts.Node = fn;
    while (!ts.isFunctionDeclaration(node) && !isList(ts, node.parent)) node = node.parent;
    return node;
  }

  /** What is to be written behind a node, once. */
  behind(node: ts.Node): string {
    const text = this.waiting.get(node) ?? "";
    this.waiting.delete(node);
    return text;
  }
}

function isList(ts: TS, node: ts.Node): boolean {
  return ts.isSourceFile(node) || ts.isBlock(node) || ts.isModuleBlock(node) || ts.isCaseOrDefaultClause(node);
}
