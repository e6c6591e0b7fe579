/** The report of one traced function as text: decisions, emitted code, graph before and after passes, plan. */
export interface ExplainParts {
  readonly name: string;
  readonly file: string;
  /** "line:column". */
  readonly at: string;
  /** `(n: f32) → f32`. */
  readonly signature: string;
  readonly traces: number;
  readonly backend: string;
  /** [place, construct, staging, reason]. */
  readonly decisions: readonly (readonly [string, string, string, string])[];
  readonly emitted: string;
  readonly source?: string;
  readonly traced: string;
  readonly graph: string;
  readonly plan: string;
  readonly counts: { readonly tracedNodes: number; readonly nodes: number; readonly steps: number; readonly arenaBytes: number };
  readonly svg?: string;
}

function section(title: string, text: string): string {
  return `── ${title} ${"─".repeat(Math.max(3, 74 - title.length))}\n${text}`;
}

/** Columns padded to the widest cell of each. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => (row[c] ?? "").length)));
  return rows.map((row) => row.map((cell, c) => (c === row.length - 1 ? cell : cell.padEnd(widths[c] ?? 0))).join("  ")).join("\n");
}

export function explainText(parts: ExplainParts): string {
  const { counts } = parts;
  const head = [
    `${parts.name}${parts.signature}`,
    `${parts.file}:${parts.at}, trace ${parts.traces}, ${parts.backend} backend`,
    `${counts.tracedNodes} nodes traced, ${counts.nodes} after passes, ${counts.steps} steps, ${counts.arenaBytes} bytes of arena`,
  ].join("\n");
  const decisions =
    parts.decisions.length === 0
      ? "no control flow"
      : columns(parts.decisions.map(([at, construct, staging, reason]) => [at, construct, staging, reason]));
  return [
    head,
    section("decisions", decisions),
    section("emitted code", parts.emitted),
    section("graph as traced", parts.traced),
    section("graph after passes", parts.graph),
    section("plan", parts.plan),
  ].join("\n\n");
}
