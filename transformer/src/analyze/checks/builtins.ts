/** What to write in place of a function of JavaScript that cannot look into a tensor. */
import type ts from "typescript";
import type { TextEdit } from "../../diagnostics/reporter.ts";
import type { CheckContext } from "./context.ts";

/** Functions of graphfn by those of Math. */
const OF_MATH: ReadonlyMap<string, string> = new Map([
  ["max", "maximum"],
  ["min", "minimum"],
  ...["abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "cos", "cosh", "exp", "expm1", "floor", "log"].map(same),
  ...["log1p", "pow", "sign", "sin", "sinh", "sqrt", "tan", "tanh", "trunc"].map(same),
]);
const OF_GLOBALS: ReadonlyMap<string, string> = new Map([same("isNaN"), same("isFinite")]);
const OUTSIDE = "Pass the number as an argument, or return the tensor and do this outside.";

export interface Instead {
  readonly way: string;
  readonly fixed: string;
  readonly fix?: readonly TextEdit[];
}

export function insteadOf(context: CheckContext, node: ts.CallExpression | ts.NewExpression, isLookup: boolean): Instead {
  const { ts, file } = context;
  const { expression } = node;
  const method = ts.isPropertyAccessExpression(expression) ? expression.name.text : undefined;
  const object = ts.isPropertyAccessExpression(expression) ? expression.expression.getText() : undefined;
  if (isLookup) return { way: "Which object it is, and not its value, would count: use a key that JavaScript knows.", fixed: "" };
  if (method !== undefined && /^(?:includes|(?:lastI|i)ndexOf)$/.test(method))
    return { way: "Loop over the array and compare with `===`.", fixed: "" };
  const name = object === "Math" ? OF_MATH.get(method ?? "") : OF_GLOBALS.get(object === "Number" ? (method ?? "") : expression.getText());
  if (name === undefined)
    return { way: object === "Math" ? "Write it with functions of graphfn, or methods of the tensor." : OUTSIDE, fixed: "" };
  const [namespace] = file.imports.namespaces;
  const fixed = `${namespace ?? "gf"}.${name}`;
  const wanted = name === "maximum" || name === "minimum" || name === "pow" || name === "atan2" ? 2 : 1;
  const isSame = namespace !== undefined && node.arguments?.length === wanted && !node.arguments.some(ts.isSpreadElement);
  const of = wanted === 2 ? `\`${fixed}\`, which takes two,` : `\`${fixed}\``;
  return {
    way: `Use ${of} or the method \`.${name}()\`.`,
    fixed,
    ...(isSame && { fix: [{ start: expression.getStart(), end: expression.end, text: fixed }] }),
  };
}

function same(name: string): [string, string] {
  return [name, name];
}
