/** All checks of a function, in one walk. */
import type ts from "typescript";
import { walkRegions } from "../regions.ts";
import { checkCalls } from "./calls.ts";
import type { CheckContext } from "./context.ts";
import { checkControl } from "./control.ts";
import { checkFunctions } from "./functions.ts";
import { checkShapes } from "./shapes.ts";
import { checkState } from "./state.ts";
import { checkValues } from "./values.ts";

export function checkFunction(context: CheckContext): void {
  const { ts, facts, structure, fn, units } = context;
  checkSignature(context);
  walkRegions(ts, facts, structure, fn, (node, region) => {
    if (node !== fn && units.has(node)) return "skip";
    checkControl(context, node, region);
    checkState(context, node, region);
    checkValues(context, node);
    checkCalls(context, node);
    checkFunctions(context, node);
    checkShapes(context, node);
    return "enter";
  });
}

/** A marked function returns its result at once. */
function checkSignature(context: CheckContext): void {
  const { ts, fn, unit, reporter } = context;
  if (unit.form === "reachable" || unit.form === "eager") return;
  const isAsync = (fn.modifiers as readonly ts.ModifierLike[] | undefined)?.find(
    (modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword,
  );
  if (isAsync !== undefined) reporter.report("asyncFunction", isAsync, { construct: "An async function" });
  const { asteriskToken } = fn as { asteriskToken?: ts.Node };
  if (asteriskToken !== undefined) reporter.report("asyncFunction", asteriskToken, { construct: "A generator" });
  if (ts.isGetAccessorDeclaration(fn) || ts.isSetAccessorDeclaration(fn))
    reporter.report("asyncFunction", fn.name, { construct: "An accessor" });
}
