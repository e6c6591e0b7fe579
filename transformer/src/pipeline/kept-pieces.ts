/**
 * Pieces that stay what they are from one text of a file to the next, so that an edit in one function does not have all of them made again.
 *
 * A piece of closed functions (groups.ts) depends on their texts and lines, on what stands around them in the file and on which lines, on the
 * names that the file leaves free, and on other files.
 */
import type ts from "typescript";
import type { Unit } from "../analyze/units.ts";
import type { MovedEdit } from "../emit/module.ts";
import type { SourceModel } from "./file.ts";
import type { Grouping, UnitGroup } from "./groups.ts";
import type { Piece } from "./piece.ts";
import type { Project } from "./project.ts";

/** A piece with the places that the statements of its group had when it was made. */
export interface PlacedPiece {
  readonly piece: Piece;
  readonly starts: readonly number[];
}

export function placedPiece(piece: Piece, { statements }: UnitGroup): PlacedPiece {
  return { piece, starts: statements?.map(({ pos }) => pos) ?? [] };
}

/** Its edits, each with how far its text has moved since. */
export function movedEdits({ piece, starts }: PlacedPiece, { statements }: UnitGroup): MovedEdit[] {
  return piece.edits.map((edit) => {
    const i = starts.findLastIndex((start) => start <= edit.start);
    return { edit, moved: statements === undefined ? 0 : (statements[i] as ts.Statement).pos - (starts[i] as number) };
  });
}

export class KeptPieces {
  private before: ReadonlyMap<string, PlacedPiece> = new Map();
  private now = new Map<string, PlacedPiece>();
  private environment: number | undefined;
  private outline = "";

  /** Before the groups of a text are asked about. */
  open({ oracle }: Project, { parsed }: SourceModel, bodies: Grouping["bodies"], $: string): void {
    const { sourceFile, lines } = parsed;
    const environment = oracle.environment(parsed.fileName);
    const places = sourceFile.statements.map((node, i) => (bodies[i] === undefined ? lines.at(node.pos) : ""));
    const outline = `${$} ${places.join(" ")}\n${textAround(parsed.text, bodies)}`;
    const isSame = environment !== undefined && environment === this.environment && outline === this.outline;
    this.before = isSame ? this.now : new Map();
    this.now = new Map();
    this.environment = environment;
    this.outline = outline;
  }

  /** What was made of a group for the text before. */
  find(model: SourceModel, group: UnitGroup, ids: ReadonlyMap<Unit, string>): PlacedPiece | undefined {
    const key = keyOf(model, group, ids);
    return key === undefined ? undefined : this.before.get(key);
  }

  /** Keeps what was found or made, unless a file has changed meanwhile, or it has names that are numbered through the file. */
  keep(project: Project, model: SourceModel, group: UnitGroup, ids: ReadonlyMap<Unit, string>, placed: PlacedPiece, $: string): void {
    const key = keyOf(model, group, ids);
    if (key === undefined || project.oracle.environment(model.parsed.fileName) !== this.environment) return;
    if (!placed.piece.edits.some(({ text }) => text.includes(`${$}outer_`))) this.now.set(key, placed);
  }
}

/** What functions assign outside of themselves counts for those that use it, too: they are of one group. */
function textAround(text: string, bodies: Grouping["bodies"]): string {
  let around = "";
  let at = 0;
  for (const body of bodies) {
    if (body === undefined) continue;
    around += text.slice(at, body.pos);
    at = body.end;
  }
  return around + text.slice(at);
}

/** The texts and lines of the group's statements, and which functions in them are transformed, and how. */
function keyOf({ parsed, untyped }: SourceModel, { statements, units }: UnitGroup, ids: ReadonlyMap<Unit, string>): string | undefined {
  if (statements === undefined) return undefined;
  const { text, lines } = parsed;
  const texts = statements.map(({ pos, end }) => `${lines.at(pos)} ${text.slice(pos, end)}`);
  const functions = units.map((unit) => {
    const { line, column } = lines.position(unit.node.pos);
    const rewritten = unit.fn !== undefined && untyped.includes(unit.fn);
    return `${line}:${column} ${unit.form} ${unit.name} ${ids.get(unit) ?? ""} ${rewritten}`;
  });
  return [...functions, ...texts].join("\n");
}
