/**
 * What the lowering of one file shares: the facts found by analysis, the writer, and where in the program we are.
 *
 * Every visitor writes the emitted form of its node at the writer's end, in source order, so that lines stay where they
 * were and copied text maps to itself.
 */
import type ts from "typescript";
import type { Structure } from "../analyze/exits.ts";
import type { Facts } from "../analyze/facts.ts";
import type { Generators } from "../analyze/generators.ts";
import type { Hoists } from "../analyze/hoists.ts";
import type { Lists } from "../analyze/lists.ts";
import type { Nulls } from "../analyze/nulls.ts";
import type { NumberTable } from "../analyze/numbers.ts";
import type { Recursive } from "../analyze/recursion.ts";
import type { Bindings, Variable } from "../analyze/scopes.ts";
import type { RegionState, States } from "../analyze/state.ts";
import type { JournalledWrites } from "../analyze/writes.ts";
import type { TS } from "../ast/typescript.ts";
import type { TextWriter } from "../ast/writer.ts";
import type { ParsedFile } from "../parse/parse.ts";
import type { Decision } from "../types.ts";
import type { OuterNames } from "./outer-names.ts";

export interface Lowering {
  readonly ts: TS;
  readonly file: ParsedFile;
  readonly facts: Facts;
  readonly structure: Structure;
  readonly states: States;
  readonly hoists: Hoists;
  readonly bindings: Bindings;
  readonly writes: JournalledWrites;
  readonly lists: Lists;
  /** Numbers that the graph takes instead of their values. */
  readonly numbers: NumberTable;
  readonly nulls: Nulls;
  /** First statements of the graph parts of async functions, with the text around such a part. */
  readonly graphParts: Map<ts.Node, { readonly open: string; readonly close: string }>;
  /** Expressions whose value is wanted as it is, there or missing. */
  readonly raw: Set<ts.Node>;
  /** Expressions that stand as a name here: parameters of thunks. */
  readonly substitutes: Map<ts.Node, string>;
  readonly recursive: Recursive;
  readonly outer: OuterNames;
  readonly generators: Generators;
  /** Another one for each edit of the file. */
  writer: TextWriter;
  /** Writes any node in its emitted form (lower.ts). */
  readonly visit: (node: ts.Node) => void;
  /** Writes a list of statements from a source offset on. */
  readonly visitList: (statements: readonly ts.Statement[], at: number) => void;
  /** Name of the emitted namespace in this file, `$` if it is free. */
  readonly $: string;
  /** Jumps become completions here, because the code runs in a thunk. */
  inThunk: boolean;
  /** Decisions of the function being lowered. */
  decisions: Decision[];
  /** Marked functions, which may stand inside of others. */
  readonly marked: Map<ts.Node, MarkedNode>;
}

export interface MarkedNode {
  /** Writes it, from its parameters on where it is declared. */
  readonly write: () => void;
  /** To be left out. */
  readonly decorator: ts.Decorator | undefined;
}

/** Source start of a node, without comments before it. */
export function startOf(lowering: Lowering, node: ts.Node): number {
  return node.getStart(lowering.file.sourceFile);
}

/** `"line:column"` with quotes. */
export function placeOf(lowering: Lowering, node: ts.Node): string {
  return `"${lowering.file.lines.at(startOf(lowering, node))}"`;
}

const GAP_PARTS = /[ \t]*\/\/[^\n]*|[ \t]*\/\*[\s\S]*?\*\/[ \t]*|\r?\n[ \t]*/g;

/**
 * Comments and line breaks of the source between two places whose tokens (`(`, `else`, an operator) are replaced: lines
 * stay where they are. True if there were any.
 */
export function copyGap(lowering: Lowering, from: number, to: number): boolean {
  const gap = lowering.file.text.slice(from, to);
  if (!/[\n/]/.test(gap)) return false;
  let any = false;
  for (const { 0: part, index } of gap.matchAll(GAP_PARTS)) {
    lowering.writer.copy(from + index, from + index + part.length);
    any = true;
  }
  return any;
}

/** Variables that the emitted text hands over; the journal has the others. */
export function carriedByName({ writes }: Lowering, state: RegionState): Variable[] {
  return state.variables.filter((variable) => !writes.isCell(variable));
}

/** `$.vars(() => ({ n }), ($v) => { ({ n } = $v); })`, or `$.none`. */
export function writeState(lowering: Lowering, state: RegionState): void {
  const { writer, $ } = lowering;
  const names = carriedByName(lowering, state)
    .map((variable) => variable.name)
    .join(", ");
  if (names === "") writer.put(`${$}.none`);
  else {
    const optional = carriedByName(lowering, state).filter((variable) => lowering.nulls.isOptional(variable));
    const list = optional.length === 0 ? "" : `, [${optional.map(({ name }) => `"${name}"`).join(", ")}]`;
    writer.put(`${$}.vars(() => ({ ${names} }), (${$}v) => { ({ ${names} } = ${$}v); }${list})`);
  }
}

export function withThunk(lowering: Lowering, inThunk: boolean, write: () => void): void {
  const before = lowering.inThunk;
  lowering.inThunk = inThunk;
  write();
  lowering.inThunk = before;
}

export function decide(lowering: Lowering, node: ts.Node, construct: string, staging: Decision["staging"], reason: string): void {
  lowering.decisions.push({ at: lowering.file.lines.position(startOf(lowering, node)), construct, staging, reason });
}
