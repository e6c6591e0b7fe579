/** All that a model of a file knows, as lines of text: to compare one that was made from an earlier one with one that was made anew. */
import type ts from "typescript";
import type { Reference, Variable } from "../../../transformer/src/analyze/scopes.ts";
import type { TS } from "../../../transformer/src/ast/typescript.ts";
import { collectNearMisses } from "../../../transformer/src/parse/near-misses.ts";
import type { SourceModel } from "../../../transformer/src/pipeline/file.ts";

/** What the parser notes of nodes that it may hand on: that it has looked for errors in them. */
const LOOKED_AT = 1 << 21;

export function modelText(ts: TS, { parsed, virtual, untyped, broken, bindings }: SourceModel): string[] {
  const { sourceFile, tree, text } = parsed;
  const at = (node: ts.Node | undefined): string => (node === undefined ? "" : `${ts.SyntaxKind[node.kind]}@${node.pos}-${node.end}`);
  const lines: string[] = [text, String(broken), String(ts.isExternalModule(sourceFile))];

  const all: ts.Node[] = [];
  const walk = (node: ts.Node): void => {
    all.push(node);
    if (node.getSourceFile() !== sourceFile) lines.push(`${at(node)} is not of the file`);
    ts.forEachChild(node, (child) => {
      if (child.parent !== node) lines.push(`${at(child)} has another parent`);
      walk(child);
    });
  };
  walk(sourceFile);

  const referenceText = (one: Reference | undefined): string =>
    one === undefined ? "" : `${at(one.node)} ${one.read} ${one.write} ${one.indexed} in ${at(one.owner)}`;
  const variableText = ({ name, kind, declaration, owner, scope }: Variable): string =>
    `${name} ${kind} ${at(declaration)} of ${at(owner)} in ${at(scope)}`;
  for (const node of all) {
    const span = virtual.spans.get(node);
    const variable = bindings.variable(node);
    lines.push(
      `${at(node)} ${node.flags & ~LOOKED_AT} ${ts.isIdentifier(node) ? node.text : ""}` +
        ` virtual ${span?.start}-${span?.end} ${virtual.spans.has(node)}` +
        ` variable ${variable === undefined ? "" : variableText(variable)} reference ${referenceText(bindings.reference(node))}`,
    );
  }
  for (const variable of bindings.variables) lines.push(variableText(variable), ...variable.references.map(referenceText));

  for (const { node, nodes, functions } of tree.statements) {
    lines.push(`tree of ${at(node)}: ${nodes.map(at).join(" ")}`);
    for (const [offset, fn] of functions) {
      const start = offset + node.pos;
      lines.push(`${start} ${at(fn)} ${at(tree.functionAt(start))}: ${tree.within(fn).map(at).join(" ")}`);
    }
  }
  for (const { form, node, decorator, options, optionsText, call } of parsed.marks)
    lines.push(`${form} ${at(node)} ${at(decorator)} ${at(options)} ${optionsText} ${at(call)}`);
  lines.push(...untyped.map((fn) => `untyped ${at(fn)}`));
  for (const { start, end, right } of collectNearMisses(ts, parsed)) lines.push(`near ${start}-${end} ${right}`);

  lines.push(virtual.text);
  for (const { source, sourceLength, target, targetLength, verbatim } of virtual.segments)
    lines.push(`${source}+${sourceLength} ${target}+${targetLength} ${verbatim}`);
  for (const [node, { start, end }] of virtual.spans) lines.push(`${at(node)} at ${start}-${end}`);
  return lines;
}
