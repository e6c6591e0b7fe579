/** `loop.options`: where it stands, and what of its options can be seen in the text. */
import type ts from "typescript";
import { isLoop, type LoopStatement } from "../../ast/nodes.ts";
import type { CheckContext } from "./context.ts";

const WHOLE = { fits: (n: unknown) => typeof n === "number" && Number.isInteger(n) && n >= 1, says: "a whole number from 1 on" };
/** What literals each option takes. */
const OPTIONS: Readonly<Record<string, { readonly fits: (value: unknown) => boolean; readonly says: string }>> = {
  maxIterations: WHOLE,
  onMax: { fits: (s) => s === "throw" || s === "stop", says: '"throw" or "stop"' },
  unroll: { fits: (x) => typeof x === "boolean" || WHOLE.fits(x), says: `true, false or ${WHOLE.says}` },
  checkpoint: { fits: (x) => x === "sqrt" || WHOLE.fits(x), says: `"sqrt" or ${WHOLE.says}` },
};

export function checkLoopOptions(context: CheckContext, node: ts.Node): void {
  const { ts, structure, reporter } = context;
  if (!ts.isCallExpression(node) || !structure.options.isCall(node)) return;
  const loop = loopOf(context, node);
  if (loop === undefined)
    return reporter.report("loopOptions", node, {
      fact: "does not stand first in the body of a loop",
      way: "Write it as the first statement of the loop that it is meant for.",
    });
  if (ts.isForOfStatement(loop) && loop.awaitModifier !== undefined)
    return reporter.report("loopOptions", node, { fact: "stands in a `for await`, which runs in JavaScript", way: "Use for…of." });
  checkScope(context, node, loop);
  const [given] = node.arguments;
  if (given !== undefined && ts.isObjectLiteralExpression(given)) for (const option of given.properties) checkOption(context, option, loop);
}

function loopOf({ ts, structure }: CheckContext, node: ts.CallExpression): LoopStatement | undefined {
  const block = node.parent.parent;
  if (block === undefined || !ts.isBlock(block) || !isLoop(ts, block.parent)) return undefined;
  return structure.options.of(block.parent)?.expression === node ? block.parent : undefined;
}

/** The options are evaluated before the loop. */
function checkScope({ ts, bindings, reporter }: CheckContext, call: ts.CallExpression, loop: LoopStatement): void {
  const within = ({ pos, end }: ts.Node): boolean => pos >= loop.pos && end <= loop.end;
  const visit = (node: ts.Node): void => {
    const variable = ts.isIdentifier(node) ? bindings.variable(node) : undefined;
    if (variable !== undefined) {
      const own = within(variable.declaration);
      if (own || variable.references.some((reference) => reference.write && within(reference.node)))
        reporter.report("loopOptions", node, {
          fact: `uses \`${variable.name}\`, which ${own ? "is declared in" : "changes in"} the loop`,
          way: "Options are evaluated once, before the loop.",
        });
    }
    ts.forEachChild(node, visit);
  };
  call.arguments.forEach(visit);
}

function checkOption(context: CheckContext, option: ts.ObjectLiteralElementLike, loop: LoopStatement): void {
  const { ts, reporter } = context;
  const { name } = option;
  if (name === undefined || !(ts.isIdentifier(name) || ts.isStringLiteral(name))) return;
  const rule = Object.hasOwn(OPTIONS, name.text) ? OPTIONS[name.text] : undefined;
  if (rule === undefined)
    return reporter.report("loopOptions", option, {
      fact: `has no option \`${name.text}\``,
      way: `Its options are ${Object.keys(OPTIONS).join(", ")}.`,
    });
  const value = ts.isPropertyAssignment(option) ? literalOf(context, option.initializer) : undefined;
  if (value === undefined) return;
  if (!rule.fits(value.of))
    return reporter.report("loopOptions", option, { fact: `has \`${option.getText()}\``, way: `${name.text} is ${rule.says}.` });
  if (name.text === "unroll") checkUnroll(context, option, value.of, loop);
}

/** The types decide already whether a loop is unrolled. */
function checkUnroll({ ts, structure, reporter }: CheckContext, option: ts.Node, unroll: unknown, loop: LoopStatement): void {
  const staging = structure.staging.get(loop);
  if (unroll === true && staging === "staged" && !ts.isForOfStatement(loop))
    reporter.report("loopOptions", option, {
      fact: "has `unroll: true`, but a Tensor decides how often the loop runs",
      way: "Unroll several rounds at a time by `unroll: 4`, or let a number decide.",
    });
  if (unroll === false && structure.isPlain(loop))
    reporter.report("loopOptions", option, {
      fact: "has `unroll: false`, but JavaScript values decide how often the loop runs",
      way: "Declare the counter as a Tensor, or go over the rows of one.",
    });
}

function literalOf({ ts }: CheckContext, node: ts.Expression): { readonly of: unknown } | undefined {
  if (ts.isNumericLiteral(node)) return { of: Number(node.text) };
  if (ts.isStringLiteralLike(node)) return { of: node.text };
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { of: true };
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { of: false };
  const negative = ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken && ts.isNumericLiteral(node.operand);
  return negative ? { of: -Number((node.operand as ts.NumericLiteral).text) } : undefined;
}
