/**
 * docs/ops.md from the op records: one row per op. `npm run gen` writes it, test/ops/page.test.ts fails while it differs.
 */
const GROUPS = [
  ["Elementwise", "Operands broadcast as in NumPy.", (op) => op.flags.has("elementwise") && op.scalar?.predicate !== true],
  ["Comparison and logic", "Elementwise, with bool results. Operands broadcast.", (op) => op.scalar?.predicate === true],
  [
    "Reductions",
    "`axes` is sorted, distinct and not negative; `keepDims` leaves reduced axes as length 1.",
    (op) => op.flags.has("reduction"),
  ],
  ["Moving elements", "No arithmetic: results are elements of the operands.", (op) => op.flags.has("movement")],
  ["Others", "", () => true],
];

/** Codes that an op can fail with on values; those of shapes, dtypes and attributes are common to all. */
function failures(op) {
  const common = new Set(["E_SHAPE", "E_DTYPE", "E_AXIS", "E_ARGUMENT"]);
  return [...new Set(op.errors.map((e) => e.code))].filter((code) => !common.has(code)).join(", ");
}

/** Whether gradients flow through an op: "zero" where its derivative is zero or it counts as constant. */
function gradient({ grad }) {
  if (grad === undefined) return "–";
  return grad === "zero" || (Array.isArray(grad) && grad.every((rule) => rule === null)) ? "zero" : "yes";
}

/** "any" for the longest list there is. */
function row(op, most) {
  const attrs = Object.entries(op.attrs).map(([name, kind]) => `\`${name}\` ${kind}`);
  const dtypes = op.dtypes.length === most ? "any" : op.dtypes.join(", ");
  const cells = [
    `\`${op.name}\``,
    op.arity < 0 ? "1 or more" : String(op.arity),
    dtypes,
    attrs.join(", "),
    failures(op),
    gradient(op),
    op.doc,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

export function opsPage(ops) {
  const left = new Set(ops);
  const most = Math.max(...ops.map((op) => op.dtypes.length));
  const sections = GROUPS.map(([title, text, belongs]) => {
    const rows = ops.filter((op) => left.has(op) && belongs(op));
    for (const op of rows) left.delete(op);
    const head = "| op | operands | dtypes | attributes | fails on values with | gradient | meaning |\n|---|---|---|---|---|---|---|";
    return `## ${title}\n${text === "" ? "" : `\n${text}\n`}\n${head}\n${rows.map((op) => row(op, most)).join("\n")}\n`;
  });
  return `# Ops

Written by \`npm run gen\` from the op records in \`runtime/src/ops\`. These are the ops that graphs consist of; the functions of the
public API (\`runtime/src/api\`) check their arguments, fill in defaults and call them, or are composed of them.

Every op can fail with E_SHAPE, E_AXIS, E_DTYPE and E_ARGUMENT (an attribute out of range) before it runs. Operands are promoted to their common dtype, and
JavaScript numbers take the dtype of what they meet: see [dtypes.md](dtypes.md). A dtype that is not listed is lifted to the next one that is: \`exp\` of
int32 is float32, of int64 float64, \`add\` of bool is int32. int64 is refused where other whole numbers are listed and it is not.

Gradient says whether gradients flow through the op: yes; zero, where its derivative is zero or it counts as a constant; – where
its results are not real numbers or it has no rules (then E_GRADIENT).

${sections.join("\n")}`;
}
