/**
 * A group of functions → what is wrong with them, and their emitted text.
 *
 *   types → structure, state → checks → lower → emit
 *
 * Facts found on the way live in side tables keyed by nodes of the original tree.
 */
import type ts from "typescript";
import { collectCaptures } from "../analyze/captures.ts";
import { checkFunction } from "../analyze/checks/check.ts";
import { checkUnboundMethod } from "../analyze/checks/functions.ts";
import { checkRecursion } from "../analyze/checks/recursion.ts";
import { checkTypes } from "../analyze/checks/types.ts";
import { analyzeExits } from "../analyze/exits.ts";
import { Facts } from "../analyze/facts.ts";
import { findHoists } from "../analyze/hoists.ts";
import { Lists } from "../analyze/lists.ts";
import { Liveness } from "../analyze/liveness.ts";
import { LoopOptions } from "../analyze/loop-options.ts";
import { findNulls } from "../analyze/nulls.ts";
import { liftNumbers, NumberTable } from "../analyze/numbers.ts";
import { findRecursive } from "../analyze/recursion.ts";
import { States } from "../analyze/state.ts";
import type { Unit } from "../analyze/units.ts";
import { findWrites } from "../analyze/writes.ts";
import type { FunctionNode } from "../ast/nodes.ts";
import { TextWriter } from "../ast/writer.ts";
import { Reporter } from "../diagnostics/reporter.ts";
import { type EmittedEdit, emitUnits } from "../emit/units.ts";
import { createLowering } from "../lower/lower.ts";
import type { OuterNames } from "../lower/outer-names.ts";
import type { CalleeFact } from "../types/oracle.ts";
import type { Diagnostic } from "../types.ts";
import { callGraph } from "./call-graph.ts";
import type { SourceModel } from "./file.ts";
import type { UnitGroup } from "./groups.ts";
import type { Project } from "./project.ts";

export interface PieceInput {
  readonly project: Project;
  readonly model: SourceModel;
  readonly group: UnitGroup;
  /** Names of the metadata of staged functions. */
  readonly ids: ReadonlyMap<Unit, string>;
  /** Path of the file in metadata. */
  readonly displayName: string;
  readonly $: string;
  readonly outer: OuterNames;
  /** Arrays that other code may know grow in another group. */
  readonly growElsewhere: boolean;
}

export interface Piece {
  readonly edits: readonly EmittedEdit[];
  readonly diagnostics: readonly Diagnostic[];
  readonly growElsewhere: boolean;
  /** Arrays that other code may know grow in this group. */
  readonly grow: boolean;
}

export function makePiece(input: PieceInput): Piece {
  const { project, model, group, $ } = input;
  const { ts, oracle } = project;
  const { parsed, virtual } = model;
  const { units, bindings } = group;
  const functions = units.map((unit) => unit.fn).filter((fn) => fn !== undefined);

  // Types of their expressions, in one batch.
  const facts = new Facts(ts, parsed, virtual, oracle);
  facts.load(functions);

  const nulls = findNulls(ts, parsed.tree, facts, bindings, functions);

  // What leaves plain JavaScript, and what state it has.
  const graph = callGraph(
    project,
    functions.map((fn) => ({ model, fn })),
  );
  const calleeOf = (node: ts.Node): CalleeFact | undefined => graph.callee(node);
  const traced = units.flatMap((unit) => (unit.fn === undefined || unit.form === "eager" ? [] : [unit.fn]));
  const lists = new Lists(ts, facts, bindings, traced, calleeOf, input.growElsewhere);
  const options = new LoopOptions(ts, parsed.imports, bindings);
  const generators = graph.generatorsFor(model);
  let structure = analyzeExits(ts, parsed.tree, facts, options, generators, functions);
  let writes = findWrites(ts, facts, structure, bindings, generators, traced, calleeOf);
  while (lists.extend(structure, writes)) {
    structure = analyzeExits(ts, parsed.tree, facts, options, generators, functions);
    writes = findWrites(ts, facts, structure, bindings, generators, traced, calleeOf);
  }
  const liveness = new Liveness(ts, bindings, structure);
  const hoists = findHoists(ts, facts, structure, bindings, functions);
  const states = new States(ts, parsed.tree, facts, bindings, structure, hoists, liveness, functions);

  // What is wrong or not supported yet.
  const reporter = new Reporter(parsed.fileName, parsed.lines);
  const unitFunctions = new Set(functions);
  const captures = new Map(
    units.map((unit) => {
      const fn = unit.fn ?? project.namedFunction(model, unit.node)?.fn;
      if (fn === undefined || fn.getSourceFile() !== parsed.sourceFile) return [unit, []];
      const called = project.calledInFile({ model, fn });
      const sites = [fn, ...called].flatMap((each) => project.callsOf({ model, fn: each }));
      const callees = new Map<ts.Node, CalleeFact>(sites.map((site) => [site.node, site.callee]));
      return [unit, collectCaptures({ ts, file: parsed, facts, bindings, calleeOf: (node) => callees.get(node) }, fn, called)];
    }),
  );
  for (const unit of units) {
    const { fn } = unit;
    if (fn === undefined) {
      const target = project.namedFunction(model, unit.node);
      if (target !== undefined) checkUnboundMethod(ts, reporter, unit.node, target.fn);
      continue;
    }
    checkFunction({
      ts,
      file: parsed,
      facts,
      structure,
      states,
      hoists,
      bindings,
      nulls,
      generators,
      reporter,
      graph,
      unit,
      fn,
      units: unitFunctions,
      eager: unit.form === "eager",
      marked: unit.mark !== undefined,
    });
  }
  checkTypes({ ts, file: parsed, virtual, oracle, structure, bindings, reporter, functions });
  const recursive = findRecursive(ts, facts, structure, graph, traced);
  checkRecursion(ts, parsed, reporter, recursive);

  // Numbers that the graph takes, whatever they are.
  const numbers = new NumberTable();
  const inGraph = new Set<ts.Node>(traced);
  const targetOf = (call: ts.CallExpression): FunctionNode | undefined => {
    const callee = graph.callee(call);
    const target = callee === undefined ? undefined : project.targetOf(callee);
    const isFunction = target !== undefined && !ts.isClassLike(target.fn.parent) && !ts.isObjectLiteralExpression(target.fn.parent);
    if (!isFunction || target.model !== model) return undefined;
    for (let at: ts.Node | undefined = target.fn; at !== undefined; at = at.parent) if (inGraph.has(at)) return target.fn;
    return undefined;
  };
  for (const unit of units) {
    const staged = unit.form !== "eager" && unit.form !== "reachable";
    if (staged && unit.fn !== undefined) numbers.add(unit.fn, liftNumbers({ ts, file: parsed, facts, bindings, graph, targetOf }, unit.fn));
  }

  // Text.
  const lowering = createLowering({
    ts,
    file: parsed,
    facts,
    structure,
    states,
    hoists,
    bindings,
    writes,
    lists,
    nulls,
    numbers,
    recursive,
    generators,
    outer: input.outer,
    writer: new TextWriter(parsed.text),
    $,
  });
  const edits = emitUnits({ lowering, units, ids: input.ids, displayName: input.displayName, captures });
  return { edits, diagnostics: reporter.diagnostics, growElsewhere: input.growElsewhere, grow: lists.elsewhere && !input.growElsewhere };
}
