/**
 * Functions that call themselves, directly or through others, where the graph decides whether they do: their calls are traced as calls, since
 * unrolling them would not end. Recursion that JavaScript decides on is left alone.
 */
import type ts from "typescript";
import { type FunctionNode, isFunctionNode } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import type { CallGraph } from "./checks/context.ts";
import type { Structure } from "./exits.ts";
import type { Facts } from "./facts.ts";
import { walkRegions } from "./regions.ts";

/** By function, the first call that leads back to it. */
export type Recursive = ReadonlyMap<FunctionNode, ts.Node>;

export function findRecursive(ts: TS, facts: Facts, structure: Structure, graph: CallGraph, functions: readonly FunctionNode[]): Recursive {
  const found = new Map<FunctionNode, ts.Node>();
  for (const fn of functions) {
    walkRegions(ts, facts, structure, fn, (node, region) => {
      const callee = region === undefined ? undefined : graph.callee(node);
      if (callee === undefined || !(ts.isCallExpression(node) || ts.isNewExpression(node) || callee.accessor)) return "enter";
      for (const caller of functionsAround(ts, node, fn)) if (!found.has(caller) && graph.reaches(callee, caller)) found.set(caller, node);
      return "enter";
    });
  }
  return found;
}

/** Innermost first. */
function functionsAround(ts: TS, node: ts.Node, outermost: FunctionNode): FunctionNode[] {
  const list: FunctionNode[] = [];
  for (let at = node.parent; ; at = at.parent) {
    if (isFunctionNode(ts, at)) list.push(at);
    if (at === outermost) return list;
  }
}
