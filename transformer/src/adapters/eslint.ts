/**
 * @graphfn/transformer/eslint: the diagnostics of the transformer as rules of ESLint, in every editor that has ESLint.
 *
 *   import graphfn from "@graphfn/transformer/eslint";
 *   export default [graphfn.configs.recommended];
 *
 *   graphfn/graph-functions   what the build says of marked functions and those that they call
 *   graphfn/plain-tensors     tensors as conditions, or with operators, in code that is not marked
 *   graphfn/marks             comments and directives that nearly mark a function
 *
 * Types come from the transformer's own checker and the nearest tsconfig: no type services of a parser are needed.
 */
import type { ESLint, Linter, Rule } from "eslint";
import { CATALOGUE } from "../diagnostics/catalogue.ts";
import { docsUrl } from "../diagnostics/docs.ts";
import type { Diagnostic } from "../types.ts";
import { BuildHost, isProjectSource } from "./host.ts";

const PLAIN_TENSORS: readonly string[] = [CATALOGUE.tensorCondition.code, CATALOGUE.plainOperator.code];
const MARKS: readonly string[] = [CATALOGUE.nearMiss.code];

let host: BuildHost | undefined;
/** Rules of one file are asked one after the other. */
let last: { fileName: string; text: string; diagnostics: readonly Diagnostic[] } | undefined;

function diagnosticsOf(fileName: string, text: string): readonly Diagnostic[] {
  if (!isProjectSource(fileName)) return [];
  if (last?.fileName !== fileName || last.text !== text) {
    host ??= new BuildHost();
    last = { fileName, text, diagnostics: host.lint(fileName, text) };
  }
  return last.diagnostics;
}

function rule(description: string, covers: (code: string) => boolean): Rule.RuleModule {
  return {
    meta: { type: "problem", docs: { description, url: docsUrl() }, schema: [], hasSuggestions: true },
    create: (context) => ({
      Program() {
        const { text } = context.sourceCode;
        for (const one of diagnosticsOf(context.filename, text)) if (covers(one.code)) context.report(reportOf(context, one));
      },
    }),
  };
}

function reportOf({ sourceCode }: Rule.RuleContext, { code, message, hint, start, end, related, fix }: Diagnostic): Rule.ReportDescriptor {
  const loc = (at: Diagnostic["start"]) => ({ line: at.line, column: at.column - 1 });
  const second = (related ?? []).map((one) => `Line ${one.start.line}: ${one.message}`);
  return {
    loc: { start: loc(start), end: loc(end) },
    message: [`${code}: ${message}`, hint, ...second].filter((part) => part !== undefined).join(" "),
    suggest: fix && [
      {
        desc: fix.title,
        fix: (fixer) =>
          fix.edits.map((edit) =>
            fixer.replaceTextRange([sourceCode.getIndexFromLoc(loc(edit.start)), sourceCode.getIndexFromLoc(loc(edit.end))], edit.text),
          ),
      },
    ],
  };
}

const rules = {
  "graph-functions": rule(
    "Marked functions mean what they say, or are refused.",
    (code) => !PLAIN_TENSORS.includes(code) && !MARKS.includes(code),
  ),
  "plain-tensors": rule("No tensors as conditions, and none with operators, in code that is not marked.", (code) =>
    PLAIN_TENSORS.includes(code),
  ),
  marks: rule("Comments and directives that look like a mark are one.", (code) => MARKS.includes(code)),
};

const meta = { name: "@graphfn/transformer" };
const plugin = { meta, rules } satisfies ESLint.Plugin;
const recommended: Linter.Config = {
  name: "graphfn/recommended",
  plugins: { graphfn: plugin },
  rules: { "graphfn/graph-functions": "error", "graphfn/plain-tensors": "warn", "graphfn/marks": "warn" },
};

export default { ...plugin, configs: { recommended } };
