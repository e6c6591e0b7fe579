/** What a check may ask. One per function that is checked. */
import type ts from "typescript";
import type { FunctionNode } from "../../ast/nodes.ts";
import type { TS } from "../../ast/typescript.ts";
import type { Reporter } from "../../diagnostics/reporter.ts";
import type { ParsedFile } from "../../parse/parse.ts";
import type { CalleeFact } from "../../types/oracle.ts";
import type { Effects } from "../effects.ts";
import type { Structure } from "../exits.ts";
import type { Facts, Staging } from "../facts.ts";
import type { Generators } from "../generators.ts";
import type { Hoists } from "../hoists.ts";
import type { Nulls } from "../nulls.ts";
import type { Region } from "../regions.ts";
import type { Bindings } from "../scopes.ts";
import type { States } from "../state.ts";
import type { Unit } from "../units.ts";

/** Questions about functions, also of other files. */
export interface CallGraph {
  /** What the call at `node` resolves to. */
  callee(node: ts.Node): CalleeFact | undefined;
  /** What running the callee changes, with everything that it calls; undefined when its body is unknown. */
  effects(callee: CalleeFact): Effects | undefined;
  /** Whether running the callee may run `fn` again. */
  reaches(callee: CalleeFact, fn: FunctionNode): boolean;
  /** Of a loop over a generator: not static if the generator calls the loop's body. */
  yields(callee: CalleeFact): Staging;
}

export interface CheckContext {
  readonly ts: TS;
  readonly file: ParsedFile;
  readonly facts: Facts;
  readonly structure: Structure;
  readonly states: States;
  readonly hoists: Hoists;
  readonly bindings: Bindings;
  readonly nulls: Nulls;
  readonly generators: Generators;
  readonly reporter: Reporter;
  readonly graph: CallGraph;
  readonly unit: Unit;
  readonly fn: FunctionNode;
  /** Functions of the file that are checked as units of their own. */
  readonly units: ReadonlySet<ts.Node>;
  /** Marked @eagerFunction: nothing is traced, so effects are what they are. */
  readonly eager: boolean;
  /** Operators are typed as tensor operators here. */
  readonly marked: boolean;
}

export type Check = (context: CheckContext, node: ts.Node, region: Region | undefined) => void;

/** "5:3". */
export function placeOf(context: CheckContext, node: ts.Node): string {
  return context.file.lines.at(node.getStart(context.file.sourceFile));
}

/** Text of a node for a message: one line, not long. */
export function excerpt(node: ts.Node): string {
  const text = node.getText().replace(/\s+/g, " ");
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
