/** docs/ops.md: one section per op record. */
import { allOps, type OpRecord } from "../../runtime/src/ops/index.ts";

function section(op: OpRecord): string {
  const attrs = Object.entries(op.attrs).map(([name, kind]) => `${name}: ${kind}`);
  const facts = [
    `operands ${op.arity < 0 ? "1 or more" : op.arity}`,
    op.dtypes.join(", "),
    ...(attrs.length > 0 ? [`attributes ${attrs.join(", ")}`] : []),
    ...(op.flags.size > 0 ? [[...op.flags].join(", ")] : []),
    ...(op.errors.length > 0 ? [`errors ${[...new Set(op.errors.map((e) => e.code))].join(", ")}`] : []),
  ];
  return `### ${op.name}\n\n${op.doc}\n\n${facts.join(" · ")}`;
}

export function opsPage(): string {
  const ops = [...allOps()].sort((a, b) => a.name.localeCompare(b.name));
  return `# Ops\n\nWritten by \`npm run gen\` from the records in \`runtime/src/ops\`: ${ops.length} primitives. Functions of the API that are not\nhere (\`stack\`, \`softmax\`, \`squeeze\`, …) are composed of these.\n\n${ops.map(section).join("\n\n")}\n`;
}
