/** Functions that call themselves where the graph decides: those that cannot, and those whose result is not declared. */
import type { TS } from "../../ast/typescript.ts";
import type { Reporter } from "../../diagnostics/reporter.ts";
import type { ParsedFile } from "../../parse/parse.ts";
import type { Recursive } from "../recursion.ts";
import { functionName } from "../units.ts";
import { declareResult } from "./fixes.ts";

export function checkRecursion(ts: TS, file: ParsedFile, reporter: Reporter, recursive: Recursive): void {
  for (const [fn, call] of recursive) {
    const name = functionName(ts, fn);
    const construct = constructOf(ts, fn);
    if (construct !== undefined) reporter.report("stagedRecursion", call, { name, construct });
    else if (fn.type === undefined && !/\.[cm]?jsx?$/.test(file.fileName))
      reporter.report("recursiveResult", call, { name }, { related: fn.name, fix: declareResult(ts, file, fn) });
  }
}

/** Functions whose calls give something else than what they return. */
function constructOf(ts: TS, fn: Recursive extends ReadonlyMap<infer F, unknown> ? F : never): string | undefined {
  if (ts.isConstructorDeclaration(fn)) return "a constructor";
  if (ts.isAccessor(fn)) return "an accessor";
  if ((fn as { asteriskToken?: unknown }).asteriskToken !== undefined) return "a generator";
  return fn.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword) ? "an async function" : undefined;
}
