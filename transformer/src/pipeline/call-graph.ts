/** Answers of the project's call graph, for checks: what a call resolves to, what it changes, whether it comes back. */
import type ts from "typescript";
import type { CallSite } from "../analyze/calls.ts";
import type { CallGraph } from "../analyze/checks/context.ts";
import { type Effects, ownEffects } from "../analyze/effects.ts";
import { analyzeExits } from "../analyze/exits.ts";
import { Facts, type Staging } from "../analyze/facts.ts";
import { type Generators, generatorsAmong, isDecided, isEndless, pushableYields } from "../analyze/generators.ts";
import { LoopOptions } from "../analyze/loop-options.ts";
import { type FunctionNode, isFunctionNode } from "../ast/nodes.ts";
import type { CalleeFact } from "../types/oracle.ts";
import type { SourceModel } from "./file.ts";
import type { FunctionPlace, Project } from "./project.ts";

export interface ProjectGraph extends CallGraph {
  /** What is known of generators where code of a file uses them. */
  generatorsFor(model: SourceModel): Generators;
}

export function callGraph(project: Project, places: readonly FunctionPlace[]): ProjectGraph {
  const callees = new Map<ts.Node, CalleeFact>();
  for (const place of places) for (const site of project.callsOf(place)) callees.set(site.node, site.callee);

  const effects = new Map<FunctionNode, Effects>();
  function effectsOf(place: FunctionPlace): Effects {
    const known = effects.get(place.fn);
    if (known !== undefined) return known;
    // Recursion: what is known so far; the call that started the question adds the rest.
    effects.set(place.fn, { given: false, outer: false, assigns: false });
    const { model, fn } = place;
    const facts = new Facts(project.ts, model.parsed, model.virtual, project.oracle);
    facts.load([fn]);
    const sites = project.callsOf(place);
    const bySite = new Map(sites.map((site) => [site.node as ts.Node, site.callee]));
    let { given, outer, assigns } = ownEffects(project.ts, facts, model.bindings, fn, model.parsed.tree.within(fn), (node) =>
      bySite.get(node),
    );
    for (const site of sites) {
      const target = site.isCall ? project.targetOf(site.callee) : undefined;
      if (target === undefined || isInside(target.fn, fn)) continue;
      const inner = effectsOf(target);
      given ||= inner.given && passesGiven(site);
      outer ||= inner.outer;
      assigns ||= inner.assigns;
    }
    const result = { given, outer, assigns };
    effects.set(fn, result);
    return result;
  }

  /** A callee that changes what it is given matters unless it is only given new objects. */
  function passesGiven(site: CallSite): boolean {
    const { ts } = project;
    const { node } = site;
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return false;
    const receiver = ts.isPropertyAccessExpression(node.expression) ? [node.expression.expression] : [];
    return [...receiver, ...(node.arguments ?? [])].some(
      (value) => !ts.isObjectLiteralExpression(value) && !ts.isArrayLiteralExpression(value) && !ts.isNewExpression(value),
    );
  }

  function reaches(start: FunctionPlace, fn: FunctionNode): boolean {
    const seen = new Set<FunctionNode>([start.fn]);
    const pending = [start];
    for (const place of pending) {
      if (place.fn === fn) return true;
      for (const site of project.callsOf(place)) {
        const target = site.isCall ? project.targetOf(site.callee) : undefined;
        if (target === undefined || seen.has(target.fn)) continue;
        seen.add(target.fn);
        pending.push(target);
      }
    }
    return false;
  }

  const yielding = new Map<FunctionNode, Staging>();
  function yieldsOf(place: FunctionPlace): Staging {
    const known = yielding.get(place.fn);
    if (known !== undefined) return known;
    // A generator that goes over itself: what is known so far.
    yielding.set(place.fn, "static");
    const result = stagingOfYields(place);
    yielding.set(place.fn, result);
    return result;
  }

  function stagingOfYields(place: FunctionPlace): Staging {
    const { ts, oracle } = project;
    const { model, fn } = place;
    const yields = pushableYields(ts, fn);
    if (yields === undefined || yields.length === 0) return "static";
    const { parsed, virtual, bindings } = model;
    const facts = new Facts(ts, parsed, virtual, oracle);
    facts.load([fn]);
    const sites = new Map(project.callsOf(place).map((site) => [site.node as ts.Node, site.callee]));
    const generators = generatorsAmong(
      ts,
      (node) => sites.get(node),
      yieldsIn,
      () => false,
    );
    const structure = analyzeExits(ts, parsed.tree, facts, new LoopOptions(ts, parsed.imports, bindings), generators, [fn]);
    if (isDecided(ts, facts, structure, generators, fn, yields)) return "staged";
    return isEndless(ts, bindings, fn, yields) ? "dynamic" : "static";
  }

  function yieldsIn(callee: CalleeFact): Staging {
    const target = project.targetOf(callee);
    return target === undefined ? "static" : yieldsOf(target);
  }

  return {
    yields: yieldsIn,
    generatorsFor: (model) =>
      generatorsAmong(
        project.ts,
        (node) => callees.get(node),
        yieldsIn,
        (fn) => isFunctionNode(project.ts, fn) && yieldsOf({ model, fn }) !== "static",
      ),
    callee: (node) => callees.get(node),
    effects(callee) {
      const target = project.targetOf(callee);
      return target === undefined ? undefined : effectsOf(target);
    },
    reaches(callee, fn) {
      const target = project.targetOf(callee);
      return target !== undefined && reaches(target, fn);
    },
  };
}

function isInside(inner: FunctionNode, outer: FunctionNode): boolean {
  return inner !== outer && inner.pos >= outer.pos && inner.end <= outer.end && inner.getSourceFile() === outer.getSourceFile();
}
