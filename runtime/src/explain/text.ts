/**
 * The report of one traced function as text, for a terminal of `columns` columns (80 unless told): what it is, what was
 * staged and why, source and emitted code, graph before and after passes, plan. Two texts stand side by side where both fit
 * whole; code, graphs and plans are never wrapped or cut, so that they can be searched and copied.
 */
export interface ExplainParts {
  readonly name: string;
  readonly file: string;
  /** "line:column". */
  readonly at: string;
  /** `(n: f32) → f32`. */
  readonly signature: string;
  readonly traces: number;
  /** Why it was traced again, the last times: "`rate` (src/model.ts:7:9) changed from 0.1 to 0.2". */
  readonly retraces?: readonly string[];
  readonly backend: string;
  /** Ops without a kernel on that backend: then the whole plan runs on the reference backend. */
  readonly missing?: readonly string[];
  /** JavaScript that runs in place of the plan. */
  readonly script?: string;
  /** Why there is no plan, so that nodes are run one by one. */
  readonly interpreted?: string;
  /** [place, construct, staging, reason]. */
  readonly decisions: readonly (readonly [string, string, string, string])[];
  readonly emitted: string;
  readonly source?: string;
  /** Number of the first line of `source` in its file; found by the function's name otherwise. */
  readonly sourceLine?: number;
  /** Graph text; places as trailing comments where known. */
  readonly traced: string;
  readonly graph: string;
  readonly plan: string;
  /** Elementwise ops that run together, and those that do not with the reason: a line each. */
  readonly fused?: readonly string[];
  /** What becomes of the plan's loops: a line each. */
  readonly loops?: readonly string[];
  /** What each loop leaves for its gradient: "8 B per round of the while at 4:77". */
  readonly kept?: readonly string[];
  readonly counts: {
    readonly tracedNodes: number;
    readonly nodes: number;
    readonly steps: number;
    readonly arenaBytes: number;
    readonly constants?: number;
  };
  readonly svg?: string;
}

export interface TextOptions {
  readonly columns?: number;
}

const GAP = " │ ";

export function explainText(parts: ExplainParts, options: TextOptions = {}): string {
  const columns = Math.max(40, options.columns ?? 80);
  const emitted = dedent(parts.emitted);
  const facts = metrics(parts).map(([label, value]) => `${label} ${value}`);
  const code: [string, string][] = parts.source === undefined ? [] : [["source", parts.source.trimEnd()]];
  return [
    [`${parts.name}${parts.signature}`, `${parts.file}:${parts.at}`, ...wrap(facts, " · ", columns), ...fallback(parts, columns)].join(
      "\n",
    ),
    ...(parts.retraces?.length
      ? [section("traced again because", parts.retraces.flatMap((why) => wrap(why.split(" "), " ", columns)).join("\n"), columns)]
      : []),
    section("decisions", decisionTable(parts.decisions, columns), columns),
    beside([...code, ["emitted code", emitted]], columns),
    beside(
      [
        ["graph as traced", alignPlaces(parts.traced)],
        ["graph after passes", alignPlaces(parts.graph)],
      ],
      columns,
    ),
    section("plan", parts.plan, columns),
    ...(parts.fused?.length ? [section("elementwise ops: fused groups, and single ones", parts.fused.join("\n"), columns)] : []),
    ...(parts.loops?.length ? [section("loops of the plan", parts.loops.join("\n"), columns)] : []),
    ...(parts.script === undefined ? [] : [section("JavaScript that runs in its place", parts.script, columns)]),
  ].join("\n\n");
}

/** Why the plan does not run where it should; undefined if it does. */
export function fallbackReason(parts: ExplainParts): string | undefined {
  const { missing = [], backend, interpreted } = parts;
  if (interpreted !== undefined) return `Interpreted: ${interpreted}.`;
  if (missing.length === 0) return undefined;
  return `Runs on the reference backend: no ${backend} kernel for ${missing.join(", ")}.`;
}

/** The figures of the head: [what, how much]. */
export function metrics(parts: ExplainParts): [string, string][] {
  const { counts } = parts;
  const nodes = counts.nodes === counts.tracedNodes ? String(counts.nodes) : `${counts.tracedNodes} → ${counts.nodes}`;
  const shown: [string, string][] = [
    ["backend", parts.backend],
    ...(parts.script === undefined ? [] : ([["runs as", "JavaScript"]] as [string, string][])),
    ["traces", String(parts.traces)],
    ["nodes", nodes],
    ["steps", String(counts.steps)],
    ["arena", showBytes(counts.arenaBytes)],
  ];
  if (counts.constants !== undefined) shown.push(["constants", String(counts.constants)]);
  for (const kept of parts.kept ?? []) shown.push(["kept", kept]);
  return shown;
}

/** 512 B, 1.5 KiB, 12 MiB. */
export function showBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return `${Number(bytes.toFixed(bytes < 10 ? 1 : 0))} ${units[unit]}`;
}

/** Takes away the indentation that all lines after the first share: a method's text begins in the middle of a line. */
export function dedent(code: string): string {
  const [first = "", ...rest] = code.split("\n");
  const indents = rest.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
  const common = indents.length === 0 ? 0 : Math.min(...indents);
  return [first.trimStart(), ...rest.map((line) => line.slice(Math.min(common, line.length)))].join("\n");
}

function fallback(parts: ExplainParts, columns: number): string[] {
  const reason = fallbackReason(parts);
  return reason === undefined ? [] : wrap(reason.split(" "), " ", columns);
}

function section(title: string, text: string, columns: number): string {
  return `${rule(title, columns)}\n${text}`;
}

function rule(title: string, columns: number): string {
  return `── ${title} ${"─".repeat(Math.max(2, columns - title.length - 4))}`;
}

/** Titled texts next to each other if all fit, below each other otherwise. */
function beside(texts: readonly (readonly [string, string])[], columns: number): string {
  const blocks = texts.map(([, text]) => text.split("\n"));
  const needed = texts.map(([title], i) => Math.max(title.length + 6, ...(blocks[i] ?? []).map(width)));
  const free = columns - sum(needed) - GAP.length * (texts.length - 1);
  if (texts.length === 1 || free < 0) return texts.map(([title, text]) => section(title, text, columns)).join("\n\n");
  const widths = needed.map((n, i) => n + Math.floor(free / needed.length) + (i === needed.length - 1 ? free % needed.length : 0));
  const titles = texts.map(([title], i) => rule(title, widths[i] as number)).join("─┬─");
  const height = Math.max(...blocks.map((block) => block.length));
  const rows = Array.from({ length: height }, (_, row) =>
    blocks
      .map((block, i) => pad(block[row] ?? "", widths[i] as number))
      .join(GAP)
      .trimEnd(),
  );
  return [titles, ...rows].join("\n");
}

/** Columns padded to the widest cell of each; the last, prose, wraps within its column. */
function decisionTable(rows: ExplainParts["decisions"], columns: number): string {
  if (rows.length === 0) return "no control flow";
  const widths = [0, 1, 2].map((c) => Math.max(...rows.map((row) => width(row[c] as string))));
  const indent = sum(widths) + 6;
  const room = columns - indent;
  return rows
    .flatMap(([at, construct, staging, reason]) => {
      const head = [at, construct, staging].map((cell, c) => pad(cell, widths[c] as number)).join("  ");
      // A narrow terminal has the reason below.
      if (room < 24) return [head.trimEnd(), ...wrap(reason.split(" "), " ", columns - 4).map((line) => `    ${line}`)];
      return wrap(reason.split(" "), " ", room).map((line, i) => `${i === 0 ? head : " ".repeat(indent - 2)}  ${line}`);
    })
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Trailing comments with places, in one column where lines are of usual length. */
function alignPlaces(graph: string): string {
  const lines = graph.split("\n").map((line) => /^(.*?\S)\s+(\/\/ \S*\d+:\d+)$/.exec(line) ?? line);
  const usual = lines.flatMap((line) => (typeof line === "string" ? [] : [width(line[1] as string)])).filter((n) => n <= 56);
  const column = Math.max(0, ...usual) + 2;
  return lines.map((line) => (typeof line === "string" ? line : `${pad(line[1] as string, column - 2)}  ${line[2]}`)).join("\n");
}

/** Words joined into lines of at most `columns` where a word allows it. */
function wrap(words: readonly string[], separator: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines[lines.length - 1];
    if (last !== undefined && width(last) + separator.length + width(word) <= columns) lines[lines.length - 1] = last + separator + word;
    else lines.push(word);
  }
  return lines;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** Columns a text takes: code points, wide East Asian ones and emoji twice. */
function width(text: string): number {
  let columns = 0;
  for (const c of text) columns += /\p{Mark}|\u200d/u.test(c) ? 0 : WIDE.test(c) ? 2 : 1;
  return columns;
}
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}
