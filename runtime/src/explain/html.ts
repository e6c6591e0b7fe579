/**
 * The report of one traced function as one HTML page without dependencies: source, emitted code and graph side by side,
 * plan and decisions below. A source line, the emitted line of its construct, its graph lines and its nodes in the drawing
 * carry the same `data-line`; page-script.ts lights them up together.
 *
 * All texts are escaped. The page allows only its own script (by hash) and style, and no network, so that nothing in a name
 * or in the drawing runs. `svg` is put into the page as it is, from `<svg` to `</svg>`.
 */

import { WITHIN } from "../plan/show.ts";
import { highlight, type Piece } from "./highlight.ts";
import { SCRIPT, SCRIPT_HASH } from "./page-script.ts";
import { STYLE } from "./page-style.ts";
import { emittedPlaces, firstLine, graphPlaces } from "./places.ts";
import { dedent, type ExplainParts, fallbackReason, metrics } from "./text.ts";

export function explainHtml(parts: ExplainParts): string {
  const title = `${parts.name} · graphfn`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${SCRIPT_HASH}'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${header(parts)}
<main>
${columns(parts)}
${plan(parts)}
${decisions(parts)}
${retraces(parts)}</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function header(parts: ExplainParts): string {
  const facts = metrics(parts).map(([label, value]) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`);
  return `<header>
<div>
<h1>${escapeHtml(parts.name)}<span class="signature">${escapeHtml(parts.signature)}</span></h1>
<p class="where">${escapeHtml(`${parts.file}:${parts.at}`)}</p>${warning(parts)}
</div>
<dl>${facts.join("")}</dl>
</header>`;
}

function warning(parts: ExplainParts): string {
  const reason = fallbackReason(parts);
  return reason === undefined ? "" : `\n<p class="warning">${escapeHtml(reason)}</p>`;
}

function columns(parts: ExplainParts): string {
  const shown: string[] = [];
  const graph = graphLines(parts.graph, parts.file);
  const traced = graphLines(parts.traced, parts.file);
  const emitted = dedent(parts.emitted);
  const emittedLines = codeLines(emitted, emittedPlaces(emitted), 1);
  if (parts.source !== undefined) {
    const first = parts.sourceLine ?? firstLine(parts.source, parts.name, Number(parts.at.split(":")[0]));
    const linked = new Set([...graphPlaces(parts.graph, parts.file), ...graphPlaces(parts.traced, parts.file)].map((line) => line.line));
    for (const line of emittedPlaces(emitted)) linked.add(line);
    shown.push(panel("source", "Source", sourceLines(parts, first, linked)));
  }
  shown.push(panel("emitted", "Emitted code", emittedLines));
  shown.push(graphPanel(parts, graph, traced));
  return `<div class="columns columns-${shown.length}">${shown.join("\n")}</div>`;
}

function panel(id: string, title: string, body: string): string {
  return `<section class="panel" id="gf-${id}" aria-labelledby="gf-${id}-title">
<h2 id="gf-${id}-title">${title}</h2>
${scroller(title, body)}
</section>`;
}

/** A box that scrolls, by keyboard too. */
function scroller(title: string, body: string): string {
  return `<div class="scroll" role="group" tabindex="0" aria-label="${title}">${body}</div>`;
}

/** Tabs are radio buttons: they work by keyboard and without the script. */
function graphPanel(parts: ExplainParts, graph: string, traced: string): string {
  const drawing = drawingOf(parts.svg);
  const tabs: [string, string, string][] = [
    ["graph", "After passes", scroller("Graph after passes", graph)],
    ["traced", "As traced", scroller("Graph as traced", traced)],
  ];
  if (drawing !== undefined) tabs.push(["drawing", "Drawing", drawing]);
  const radios = tabs.map(
    ([id, label], i) =>
      `<input type="radio" name="gf-tab" id="gf-tab-${id}"${i === 0 ? " checked" : ""}><label for="gf-tab-${id}">${label}</label>`,
  );
  const bodies = tabs.map(([id, , body]) => `<div class="tab tab-${id}">${body}</div>`);
  return `<section class="panel" id="gf-graph" aria-labelledby="gf-graph-title">
<div class="bar"><h2 id="gf-graph-title">Graph</h2><div class="tabs" role="radiogroup" aria-labelledby="gf-graph-title">${radios.join("")}</div></div>
${bodies.join("\n")}
</section>`;
}

/** Without titles, which browsers would show as Graphviz's own names of nodes. */
function drawingOf(svg: string | undefined): string | undefined {
  const start = svg?.indexOf("<svg") ?? -1;
  const end = svg?.lastIndexOf("</svg>") ?? -1;
  if (svg === undefined || start < 0 || end < start) return undefined;
  return `<div class="zoom" hidden><button type="button" data-zoom="out" aria-label="Zoom out">−</button><button type="button" data-zoom="in" aria-label="Zoom in">+</button><button type="button" data-zoom="fit">Fit</button></div>
<div class="scroll drawing" role="group" tabindex="0" aria-label="Drawing of the graph">${svg.slice(start, end + "</svg>".length).replace(/<title>[^<]*<\/title>/g, "")}</div>`;
}

function plan(parts: ExplainParts): string {
  const { script, fused = [], loops = [] } = parts;
  const groups = fused.length === 0 ? "" : `\n${panel("fused", "Elementwise ops: fused groups, and single ones", plainLines(fused))}`;
  const own = loops.length === 0 ? "" : `\n${panel("loops", "Loops of the plan", plainLines(loops))}`;
  const shown = `${panel("plan", "Plan", planLines(parts.plan))}${groups}${own}`;
  return script === undefined ? shown : `${shown}\n${panel("script", "JavaScript that runs in its place", codeLines(script, [], 1))}`;
}

function decisions(parts: ExplainParts): string {
  const rows = parts.decisions.map(([at, construct, staging, reason]) => {
    const line = /^\d+/.exec(at)?.[0];
    const mark = line === undefined ? "" : ` data-line="${line}"`;
    return `<tr${mark}><td class="at">${escapeHtml(at)}</td><td>${escapeHtml(construct)}</td><td>${chip(staging)}</td><td>${prose(reason)}</td></tr>`;
  });
  const body =
    rows.length === 0
      ? `<p class="none">No control flow.</p>`
      : `<table><thead><tr><th scope="col">At</th><th scope="col">Construct</th><th scope="col">Staging</th><th scope="col">Why</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
  return panel("decisions", "Decisions", body);
}

function retraces({ retraces = [] }: ExplainParts): string {
  if (retraces.length === 0) return "";
  return `${panel("retraces", "Traced again because", `<ul>${retraces.map((why) => `<li>${prose(why)}</li>`).join("")}</ul>`)}\n`;
}

/** Text with code between backticks. */
function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, "<code>$1</code>");
}

function chip(staging: string): string {
  const known = /^(staged|static|dynamic|unrolled)$/.exec(staging)?.[0] ?? "other";
  return `<span class="chip ${known}">${escapeHtml(staging)}</span>`;
}

interface Line {
  readonly number: number | undefined;
  readonly pieces: readonly Piece[];
  /** Source line, for lighting up. */
  readonly line?: number | undefined;
  /** Place in the source, in a gutter of its own. */
  readonly place?: string | undefined;
  /** A line that may be picked. */
  readonly pick?: boolean;
  readonly mark?: string | undefined;
}

function sourceLines(parts: ExplainParts, first: number, linked: ReadonlySet<number | undefined>): string {
  const staging = new Map(parts.decisions.map(([at, construct, how]) => [Number.parseInt(at, 10), `${construct}: ${how}`]));
  return showLines(
    highlight((parts.source ?? "").trimEnd(), "code").map((pieces, i) => {
      const line = first + i;
      return { number: line, pieces, line: linked.has(line) ? line : undefined, pick: linked.has(line), mark: staging.get(line) };
    }),
  );
}

function codeLines(code: string, lines: readonly (number | undefined)[], first: number): string {
  return showLines(highlight(code, "code").map((pieces, i) => ({ number: first + i, pieces, line: lines[i] })));
}

function graphLines(text: string, file: string): string {
  const placed = graphPlaces(text, file);
  const pieces = highlight(placed.map((line) => line.text).join("\n"), "graph");
  return showLines(placed.map((line, i) => ({ number: i + 1, pieces: pieces[i] ?? [], line: line.line, place: line.place ?? "" })));
}

/** Steps have the numbers that the plan gives them; the head has none. */
function planLines(text: string): string {
  const lines = text.split("\n");
  let step = -1;
  // The head has no number, and neither have ops of fused ones.
  const numbers = lines.map((line, i) => (i === 0 || line.trimStart().startsWith(WITHIN) ? undefined : ++step));
  return showLines(highlight(text, "plan").map((pieces, i) => ({ number: numbers[i], pieces })));
}

function plainLines(lines: readonly string[]): string {
  return showLines(highlight(lines.join("\n"), "graph").map((pieces) => ({ number: undefined, pieces })));
}

function showLines(lines: readonly Line[]): string {
  let picked = false;
  const shown = lines.map((line) => {
    const attributes = [`class="line${line.pick ? " pick" : ""}"`];
    if (line.line !== undefined) attributes.push(`data-line="${line.line}"`);
    if (line.pick) {
      // One stop for the Tab key; arrow keys walk over the rest.
      attributes.push(`role="button" aria-pressed="false" tabindex="${picked ? -1 : 0}"`);
      picked = true;
    }
    const mark = line.mark === undefined ? "" : ` title="${escapeHtml(line.mark)}"`;
    const number = `<span class="no${mark === "" ? "" : " marked"}"${mark}>${line.number ?? ""}</span>`;
    const place = line.place === undefined ? "" : `<span class="place">${escapeHtml(line.place)}</span>`;
    return `<div ${attributes.join(" ")}><span class="gutter">${number}${place}</span><code${indentOf(line.pieces)}>${line.pieces.map(showPiece).join("") || " "}</code></div>`;
  });
  return `<div class="code">${shown.join("")}</div>`;
}

/** Lines that are too long wrap below their own beginning. */
function indentOf(pieces: readonly Piece[]): string {
  const indent = /^ */.exec(pieces[0]?.text ?? "")?.[0].length ?? 0;
  return indent === 0 ? "" : ` style="--i:${indent}"`;
}

function showPiece(piece: Piece): string {
  if (piece.kind === "plain") return escapeHtml(piece.text);
  const value = piece.kind === "value" ? ` data-value="${escapeHtml(piece.text)}"` : "";
  return `<span class="t-${piece.kind}"${value}>${escapeHtml(piece.text)}</span>`;
}
