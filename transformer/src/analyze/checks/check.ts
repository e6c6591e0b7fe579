/** All checks of a function, in one walk. */
import type ts from "typescript";
import { asyncParts, isAsync, sharedState } from "../asynchronous.ts";
import { walkRegions } from "../regions.ts";
import { checkCalls } from "./calls.ts";
import type { CheckContext } from "./context.ts";
import { checkControl } from "./control.ts";
import { checkFunctions } from "./functions.ts";
import { checkLoopOptions } from "./loop-options.ts";
import { checkShapes } from "./shapes.ts";
import { checkState } from "./state.ts";
import { checkValues } from "./values.ts";

export function checkFunction(context: CheckContext): void {
  const { ts, facts, structure, bindings, fn, units } = context;
  checkSignature(context);
  // Of an async function, what stands before its graph part is plain JavaScript.
  const graphStart = asyncParts(ts, bindings, fn)?.first.pos ?? 0;
  walkRegions(ts, facts, structure, fn, (node, region) => {
    if (node !== fn && units.has(node)) return "skip";
    checkControl(context, node, region);
    if (node.pos >= graphStart) checkState(context, node, region);
    checkValues(context, node);
    if (node.pos >= graphStart) checkCalls(context, node);
    checkFunctions(context, node);
    checkLoopOptions(context, node);
    checkShapes(context, node);
    return "enter";
  });
}

/** Something must be left for the graph after the last await. */
function checkAsync(context: CheckContext): void {
  const { ts, fn, unit, bindings, reporter } = context;
  const parts = asyncParts(ts, bindings, fn);
  const place = (fn.modifiers as readonly ts.ModifierLike[]).find(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) as ts.Node;
  const way = "Mark the part that computes. A marked async function may await before that part.";
  if (unit.form === "wrapper")
    reporter.report("asyncFunction", place, { construct: "An async function that is passed to graphFunction()", way });
  else if (parts === undefined) reporter.report("asyncFunction", place, { construct: "An async function that awaits to its end", way });
  else {
    const shared = sharedState(parts, fn);
    if (shared !== undefined)
      reporter.report("asyncFunction", place, {
        construct: `An async function whose variable \`${shared.name}\` an inner function assigns`,
        way,
      });
  }
}

/** A marked function returns its result at once. */
function checkSignature(context: CheckContext): void {
  const { ts, fn, unit, reporter } = context;
  if (unit.form === "reachable" || unit.form === "eager") return;
  if (isAsync(ts, fn)) checkAsync(context);
  const { asteriskToken } = fn as { asteriskToken?: ts.Node };
  if (asteriskToken !== undefined) {
    const way = "Return the values in an array, or mark the function that uses the generator.";
    reporter.report("asyncFunction", asteriskToken, { construct: "A generator", way });
  }
  if (ts.isGetAccessorDeclaration(fn) || ts.isSetAccessorDeclaration(fn))
    reporter.report("asyncFunction", fn.name, {
      construct: "An accessor",
      way: "Make it a method, or mark it with /** @eagerFunction */.",
    });
}
