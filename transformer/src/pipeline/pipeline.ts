/**
 * Every step from text to emitted text, in order.
 *
 *   parse → virtual code → groups of functions → pieces (piece.ts), made or kept → emit → source map
 */
import { checkMarks } from "../analyze/checks/marks.ts";
import { checkUnmarked } from "../analyze/checks/unmarked.ts";
import { type Unit, unitsOf } from "../analyze/units.ts";
import type { FunctionNode } from "../ast/nodes.ts";
import { Reporter } from "../diagnostics/reporter.ts";
import { emitModule, type MovedEdit } from "../emit/module.ts";
import { freeNamespace, MetaNames } from "../emit/names.ts";
import { sourceMap } from "../emit/source-map.ts";
import { OuterNames } from "../lower/outer-names.ts";
import type { Diagnostic, TransformResult } from "../types.ts";
import type { SourceModel } from "./file.ts";
import { groupUnits } from "./groups.ts";
import { movedEdits, placedPiece } from "./kept-pieces.ts";
import { makePiece } from "./piece.ts";
import type { Project } from "./project.ts";

export interface PipelineInput {
  readonly project: Project;
  readonly model: SourceModel;
  /** Functions of this file that graph functions, here or elsewhere, call: unmarked ones, and eager functions. */
  readonly reached: readonly FunctionNode[];
  /** Path of the file in metadata. */
  readonly displayName: string;
}

export function runPipeline(input: PipelineInput): TransformResult {
  const { project, model } = input;
  const { ts, oracle } = project;
  const { parsed, virtual } = model;

  // The functions to transform: marked, then reached.
  const units: Unit[] = unitsOf(ts, parsed.marks, input.reached);
  const $ = freeNamespace(parsed.text);
  const ids = metaIds(units, $);

  // What is wrong with each group of them, and its text.
  const { edits, diagnostics } = piecesOf(input, units, ids, $);
  const reporter = new Reporter(parsed.fileName, parsed.lines);
  reporter.add(diagnostics);
  checkUnmarked(ts, parsed, virtual, oracle, reporter, new Set(units.map(({ fn }) => fn).filter((fn) => fn !== undefined)));
  checkMarks(ts, parsed, reporter);

  const writer = emitModule(ts, parsed, $, edits);
  const code = writer.toString();
  return {
    code,
    map: sourceMap(parsed.fileName, parsed.text, code, writer.segments, parsed.lines),
    dependencies: oracle.dependencies(parsed.fileName),
    diagnostics: reporter.diagnostics,
    functions: edits.flatMap(({ edit }) => edit.reports),
    isCommonJs: parsed.isCommonJs,
  };
}

/** Names of what the runtime is told of staged functions. */
function metaIds(units: readonly Unit[], $: string): ReadonlyMap<Unit, string> {
  const names = new MetaNames($);
  const staged = units.filter(({ form }) => form !== "eager" && form !== "reachable");
  return new Map(staged.map((unit) => [unit, names.next(unit.name)]));
}

/** Edits of all groups in text order, with their diagnostics. Arrays that other code may know grow in all groups if they do in one. */
function piecesOf(
  { project, model, displayName }: PipelineInput,
  units: readonly Unit[],
  ids: ReadonlyMap<Unit, string>,
  $: string,
): { edits: readonly MovedEdit[]; diagnostics: readonly Diagnostic[] } {
  const { groups, bodies } = groupUnits(project, model, units);
  const kept = project.piecesOf(model.parsed.fileName);
  kept.open(project, model, bodies, $);
  const outer = new OuterNames(project.ts, model.bindings, $);
  const made = groups.map((group) => {
    const make = (growElsewhere: boolean) =>
      placedPiece(makePiece({ project, model, group, ids, displayName, $, outer, growElsewhere }), group);
    return { group, make, placed: kept.find(model, group, ids) ?? make(false) };
  });
  const grow = made.some(({ placed }) => placed.piece.grow);
  const pieces = made.map(({ group, make, placed }) => {
    const { piece } = placed;
    const fits = piece.grow || piece.growElsewhere === grow;
    const found = fits ? placed : make(grow);
    kept.keep(project, model, group, ids, found, $);
    return { group, placed: found };
  });
  return {
    edits: pieces.flatMap(({ group, placed }) => movedEdits(placed, group)).sort((a, b) => a.edit.start + a.moved - b.edit.start - b.moved),
    diagnostics: pieces.flatMap(({ placed }) => placed.piece.diagnostics),
  };
}

/** What is wrong with a file in which nothing is transformed. */
export function checkPlainFile(project: Project, model: SourceModel): readonly Diagnostic[] {
  const { ts, oracle } = project;
  const { parsed, virtual } = model;
  const reporter = new Reporter(parsed.fileName, parsed.lines);
  checkUnmarked(ts, parsed, virtual, oracle, reporter, new Set());
  checkMarks(ts, parsed, reporter);
  return reporter.diagnostics;
}
