/**
 * The marked and reached functions of a group → their emitted text: each edit of the file apart, with what it adds elsewhere.
 *
 *   function f(x) { if ($.outside()) return $.run($meta_f, f, this, arguments); …       declarations and methods
 *   const g = $.graphFunction($meta_g, (x) => …);                                       marked function expressions
 *   return $.rest($meta_a, (x, w) => { … }, [x, w]);   what follows the last await of a marked async function
 *   graphFunction($.lowered($meta_h, (x) => …), options)                                the user's own wrapper
 */
import type ts from "typescript";
import { type AsyncParts, asyncParts, isAsync } from "../analyze/asynchronous.ts";
import type { Capture } from "../analyze/captures.ts";
import { parameterNames, type Unit } from "../analyze/units.ts";
import { fieldInitializers } from "../ast/fields.ts";
import type { FunctionNode } from "../ast/nodes.ts";
import { TextWriter, type Written } from "../ast/writer.ts";
import { type Lowering, startOf } from "../lower/context.ts";
import { asteriskOf } from "../lower/generators.ts";
import { functionParts } from "../lower/lower.ts";
import { aroundRecursive, missingName, selfReference } from "../lower/recursive.ts";
import type { Decision, FunctionReport } from "../types.ts";
import type { Meta } from "./meta.ts";

export interface UnitsInput {
  readonly lowering: Lowering;
  readonly units: readonly Unit[];
  /** Names of the metadata of staged functions. */
  readonly ids: ReadonlyMap<Unit, string>;
  /** Path of the file in metadata. */
  readonly displayName: string;
  readonly captures: ReadonlyMap<Unit, readonly Capture[]>;
}

/** What stands instead of source[start, end). */
export interface EmittedEdit extends Written {
  readonly start: number;
  readonly end: number;
  readonly metas: readonly Meta[];
  readonly reports: readonly FunctionReport[];
  /** Calls that belong to the start of the file. */
  readonly attached: readonly string[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly write: () => void;
}

/** In text order, without those that are part of others. */
export function emitUnits(input: UnitsInput): EmittedEdit[] {
  const { lowering, units, ids } = input;
  const { ts, file, $ } = lowering;
  let metas: Meta[] = [];
  let reports: FunctionReport[] = [];
  let attached: string[] = [];
  const edits: Edit[] = [];
  const dropped = new Set<ts.Decorator>();

  for (const unit of units) {
    const { mark } = unit;
    if (mark?.decorator !== undefined && !dropped.has(mark.decorator)) {
      dropped.add(mark.decorator);
      edits.push({ start: startOf(lowering, mark.decorator), end: mark.decorator.end, write: () => {} });
    }
    const star = unit.fn !== undefined && lowering.generators.pushes(unit.fn) ? asteriskOf(unit.fn) : undefined;
    if (star !== undefined) edits.push({ start: startOf(lowering, star), end: star.end, write: () => lowering.writer.put(" ") });
    const edit = unitEdit(unit);
    edits.push(edit);
    if (unit.fn !== undefined) edits.push(behind(lowering.outer.place(unit.fn)));
    if (unit.form !== "reachable") lowering.marked.set(unit.node, { write: edit.write, decorator: mark?.decorator });
  }

  for (const made of fieldInitializers(
    ts,
    units.map(({ node }) => node),
  ))
    edits.push({ start: startOf(lowering, made), end: made.end, write: () => lowering.visit(made) });

  function behind(node: ts.Node): Edit {
    return { start: node.end, end: node.end, write: () => lowering.writer.put(lowering.outer.behind(node)) };
  }

  function unitEdit(unit: Unit): Edit {
    const { fn } = unit;
    const staged = unit.form !== "eager" && unit.form !== "reachable";
    const isExpression = fn === undefined || lowering.ts.isArrowFunction(fn) || lowering.ts.isFunctionExpression(fn);
    const id = ids.get(unit) ?? "";
    const isAttached = staged && !isExpression && ts.isFunctionDeclaration(fn) && ts.isSourceFile(fn.parent) && !isAsync(ts, fn);
    const write = (): void => {
      if (isAttached) attached.push(`${$}.attach(${id}, ${selfReference(ts, $, fn)}); `);
      const around = lowering.decisions;
      const decisions: Decision[] = [...lowering.numbers.of(unit.fn).decisions];
      lowering.decisions = decisions;
      const parts = fn === undefined || !staged ? undefined : asyncParts(ts, lowering.bindings, fn);
      if (parts !== undefined) asynchronous(unit, fn as FunctionNode, parts, id, isExpression);
      else if (!staged) functionParts(lowering, fn as FunctionNode, usesOf(unit));
      else if (isExpression) wrapped(unit, id);
      else declared(unit, fn, id);
      finish(unit, id, decisions);
      lowering.decisions = around;
    };
    const start =
      isExpression && staged
        ? startOf(lowering, unit.node)
        : ((staged && fn !== undefined ? missingName(ts, fn) : undefined) ?? (fn as FunctionNode).parameters.pos);
    return { start, end: unit.node.end, write };
  }

  function parameters({ fn }: Unit): string[] {
    if (fn === undefined) return [];
    return asyncParts(ts, lowering.bindings, fn)?.variables.map(({ name }) => name) ?? parameterNames(ts, fn);
  }

  function finish(unit: Unit, id: string, decisions: readonly Decision[]): void {
    const start = startOf(lowering, unit.node);
    reports.push({
      name: unit.name,
      form: unit.form,
      start: file.lines.position(start),
      end: file.lines.position(unit.node.end),
      decisions,
    });
    if (id === "") return;
    metas.push({
      id,
      name: unit.name,
      file: input.displayName,
      at: file.lines.at(start),
      params: parameters(unit),
      captures: captureNames(capturesOf(unit)),
      lifted: unit.fn !== undefined && isAsync(ts, unit.fn) ? [] : lowering.numbers.of(unit.fn).paths,
      options: unit.mark?.options?.getText() ?? unit.mark?.optionsText,
      decisions,
    });
  }

  /** An async function stays one; its graph part is a function of what it takes from before it. */
  function asynchronous(unit: Unit, fn: FunctionNode, { first, variables }: AsyncParts, id: string, isExpression: boolean): void {
    const names = variables.map(({ name }) => name);
    // Another object, another trace.
    const given = ts.isMethodDeclaration(fn) ? [...names, "this"] : names;
    lowering.graphParts.set(first, {
      open: `return ${$}.rest(${id}, (${names.join(", ")}) => { `,
      close: ` }, [${given.join(", ")}]${capturesArgument(unit, fn)});`,
    });
    if (isExpression) lowering.writer.copy(startOf(lowering, unit.node), fn.parameters.pos);
    else named(fn);
    functionParts(lowering, fn);
  }

  /** A declaration without a name gets one, by which its prologue names it. */
  function named(fn: FunctionNode): void {
    const at = missingName(ts, fn);
    if (at === undefined) return;
    const { writer } = lowering;
    writer.put(` ${selfReference(ts, $, fn)} `);
    writer.copy(at, fn.parameters.pos);
  }

  /** A function expression as the argument of a call. */
  function wrapped(unit: Unit, id: string): void {
    const { writer } = lowering;
    const start = startOf(lowering, unit.node);
    writer.put(`${$}.${unit.form === "wrapper" ? "lowered" : "graphFunction"}(${id}, `);
    if (unit.fn === undefined) writer.copy(start, unit.node.end);
    else {
      const { fn } = unit;
      aroundRecursive(lowering, fn, () => {
        writer.copy(start, fn.parameters.pos);
        functionParts(lowering, fn);
      });
    }
    writer.put(`${capturesArgument(unit)})`);
  }

  /** A declaration or method: the prologue hands calls from outside to the runtime. */
  function declared(unit: Unit, fn: FunctionNode, id: string): void {
    const self = lowering.outer.path(fn, selfReference(ts, $, fn));
    named(fn);
    functionParts(
      lowering,
      fn,
      ` if (${$}.outside()) return ${$}.run(${id}, ${self}, this, arguments${capturesArgument(unit, fn)});${usesOf(unit, id)}`,
    );
  }

  /** `fn`: in whose body it stands. */
  function capturesArgument(unit: Unit, fn?: FunctionNode): string {
    const captures = capturesOf(unit);
    return captures.length === 0 ? "" : `, ${capturesText(captures, fn)}`;
  }

  function capturesOf(unit: Unit): readonly Capture[] {
    return input.captures.get(unit) ?? [];
  }

  function capturesText(captures: readonly Capture[], fn: FunctionNode | undefined): string {
    const texts = captures.map((capture) => {
      const path = fn === undefined ? capture.path : lowering.outer.path(fn, capture.path);
      return capture.contents ? `${$}.contents(${path})` : path;
    });
    return `() => [${texts.join(", ")}]`;
  }

  /** For messages: `rate@src/model.ts:7:9`. */
  function captureNames(captures: readonly Capture[]): string[] {
    return captures.map(({ name, at }) => `${name}@${input.displayName}:${at}`);
  }

  /** Other functions trace this one along: their traces depend on what it reads. */
  function usesOf(unit: Unit, id = ""): string {
    const captures = capturesOf(unit);
    const names = id === "" ? JSON.stringify(captureNames(captures)) : id;
    return captures.length === 0 ? "" : ` ${$}.uses(${capturesText(captures, unit.fn)}, ${names});`;
  }

  const emitted: EmittedEdit[] = [];
  let at = 0;
  for (const { start, end, write } of edits.sort((a, b) => a.start - b.start)) {
    if (start < at) continue;
    lowering.writer = new TextWriter(file.text);
    write();
    emitted.push({ start, end, ...lowering.writer.written, metas, reports, attached });
    [metas, reports, attached] = [[], [], []];
    at = end;
  }
  return emitted;
}
