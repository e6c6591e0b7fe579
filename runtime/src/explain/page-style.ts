/** The page's style, as text. Colours are variables, so that the dark form changes only them; no fonts are fetched. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --panel: #ffffff; --edge: #dfe2e8; --edge-strong: #c3c9d6; --value-fill: #e8eefc; --control-fill: #f5ebfa; --ink: #1c2330; --dim: #667084; --faint: #98a1b3;
  --accent: #2457d6; --lit: #fff1c2; --lit-edge: #e0a400;
  --keyword: #8a2bb0; --string: #1a7340; --number: #a84300; --comment: #78829a; --type: #0b6e80; --operator: #2457d6; --value: #1c2330; --label: #8a2bb0;
  --staged: #2457d6; --static: #5f6b80; --dynamic: #a84300; --unrolled: #1a7340;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151c; --panel: #1a1e27; --edge: #2c3240; --edge-strong: #3b4356; --value-fill: #1f2b47; --control-fill: #33233f; --ink: #e3e7ef; --dim: #9aa4b8; --faint: #5f6a80;
    --accent: #82aaff; --lit: #3a3420; --lit-edge: #d9a521;
    --keyword: #d29bf0; --string: #8fd3a3; --number: #f0a875; --comment: #7b869c; --type: #6fc7d6; --operator: #82aaff; --value: #e3e7ef; --label: #d29bf0;
    --staged: #82aaff; --static: #9aa4b8; --dynamic: #f0a875; --unrolled: #8fd3a3;
  }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 20px 24px 32px; background: var(--page); color: var(--ink); font: 14px/1.5 var(--sans); }
header { display: flex; flex-wrap: wrap; gap: 12px 40px; align-items: end; justify-content: space-between; margin-bottom: 16px; }
h1 { margin: 0; font: 600 22px/1.3 var(--mono); overflow-wrap: anywhere; }
.signature { font-weight: 400; color: var(--dim); }
.where { margin: 2px 0 0; color: var(--dim); font: 12.5px/1.5 var(--mono); overflow-wrap: anywhere; }
.warning { margin: 6px 0 0; color: var(--number); }
dl { display: flex; flex-wrap: wrap; gap: 6px 28px; margin: 0; }
dt { color: var(--dim); font-size: 11.5px; }
dd { margin: 0; font-size: 15px; font-weight: 600; font-variant-numeric: tabular-nums; }
.columns { display: grid; gap: 12px; margin-bottom: 12px; }
.columns-3 { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) minmax(0, 1.25fr); }
.columns-2 { grid-template-columns: minmax(0, 1fr) minmax(0, 1.25fr); }
main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 12px; }
main { align-items: start; }
main > .columns { grid-column: 1 / -1; }
.panel { display: flex; flex-direction: column; min-width: 0; background: var(--panel); border: 1px solid var(--edge); border-radius: 8px; overflow: hidden; }
.columns .panel { max-height: 70vh; }
h2 { margin: 0; padding: 8px 14px; font-size: 13px; font-weight: 600; border-bottom: 1px solid var(--edge); }
.bar { display: flex; align-items: center; justify-content: space-between; border-bottom: 1px solid var(--edge); }
.bar h2 { border: 0; }
.tabs { display: flex; gap: 2px; padding: 0 8px; }
.tabs input { position: absolute; opacity: 0; pointer-events: none; }
.tabs label { padding: 3px 9px; border-radius: 5px; font-size: 12.5px; color: var(--dim); cursor: pointer; }
.tabs label:hover { color: var(--ink); }
.tabs input:checked + label { background: var(--page); color: var(--ink); font-weight: 600; }
.tabs input:focus-visible + label { outline: 2px solid var(--accent); }
.tab { display: none; min-height: 0; flex: 1; flex-direction: column; position: relative; }
#gf-graph:has(#gf-tab-graph:checked) .tab-graph, #gf-graph:has(#gf-tab-traced:checked) .tab-traced, #gf-graph:has(#gf-tab-drawing:checked) .tab-drawing { display: flex; }
.scroll { overflow: auto; min-height: 0; flex: 1; }
.scroll:focus-visible, .pick:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
.code { padding: 8px 0; font: 12.5px/1.6 var(--mono); }
.line { display: flex; padding-right: 14px; }
.line code { flex: 1; min-width: 0; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 2; --hang: calc((var(--i, 0) + 4) * 1ch); padding-left: var(--hang); text-indent: calc(-1 * var(--hang)); }
.gutter { flex: none; display: flex; padding-left: 6px; margin-right: 12px; border-left: 3px solid transparent; color: var(--faint); user-select: none; }
.no { width: 3.2ch; text-align: right; }
.no.marked { color: var(--accent); font-weight: 600; }
.place { width: 7ch; padding-left: 1.2ch; color: var(--dim); }
.pick { cursor: pointer; }
.line.lit, tr.lit { background: var(--lit); }
.line.lit .gutter { border-left-color: var(--lit-edge); color: var(--dim); }
.pick[aria-pressed="true"] .no { color: var(--ink); font-weight: 600; }
[data-value].lit { background: var(--lit); box-shadow: 0 0 0 1px var(--lit-edge); border-radius: 2px; }
.t-comment { color: var(--comment); } .t-string { color: var(--string); } .t-number { color: var(--number); } .t-keyword { color: var(--keyword); }
.t-operator { color: var(--operator); } .t-type { color: var(--type); } .t-value { color: var(--value); } .t-label { color: var(--label); font-weight: 600; }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
th { text-align: left; font-weight: 500; font-size: 11.5px; color: var(--dim); }
th, td { padding: 6px 14px; border-bottom: 1px solid var(--edge); vertical-align: baseline; }
tbody tr:last-child td { border-bottom: 0; }
.at { font: 12px var(--mono); color: var(--dim); }
td code { font: 12.5px var(--mono); }
.chip { font-size: 12px; font-weight: 600; }
.chip.staged { color: var(--staged); } .chip.static { color: var(--static); } .chip.dynamic { color: var(--dynamic); } .chip.unrolled { color: var(--unrolled); }
.none { margin: 0; padding: 12px 14px; color: var(--dim); }
.drawing { padding: 16px; }
.drawing svg { display: block; margin: 0 auto; }
.drawing text { font-family: var(--mono); fill: var(--ink); }
.drawing .constant text { fill: var(--number); }
.drawing .region text { fill: var(--dim); }
.drawing .region path, .drawing .region polygon { stroke: var(--edge-strong); fill: var(--page); fill-opacity: 0.5; }
.drawing .op path, .drawing .op polygon { stroke: var(--dim); fill: var(--panel); }
.drawing .value path, .drawing .value polygon { stroke: var(--accent); fill: var(--value-fill); }
.drawing .control path, .drawing .control polygon { stroke: var(--keyword); fill: var(--control-fill); }
.drawing .effect path, .drawing .effect polygon, .drawing .effect polyline { stroke: var(--number); fill: var(--panel); }
.drawing .edge path { stroke: var(--dim); } .drawing .edge polygon { stroke: var(--dim); fill: var(--dim); }
.drawing .edge text { fill: var(--dim); }
.drawing .choice path, .drawing .choice polygon { stroke: var(--keyword); } .drawing .choice polygon { fill: var(--keyword); }
.drawing .back path, .drawing .back polygon { stroke: var(--accent); } .drawing .back polygon { fill: var(--accent); }
.drawing [data-line] { cursor: pointer; }
.drawing .lit > path, .drawing .lit > polygon, .drawing .lit > g path, .drawing .lit > g polygon { fill: var(--lit); stroke: var(--lit-edge); stroke-width: 2; }
.zoom { position: absolute; right: 10px; bottom: 10px; display: flex; gap: 4px; z-index: 1; }
.zoom[hidden] { display: none; }
.zoom button { min-width: 30px; height: 28px; border: 1px solid var(--edge); border-radius: 6px; background: var(--panel); color: var(--ink); font: 13px var(--sans); cursor: pointer; }
@media (max-width: 1100px) {
  .columns-3 { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .columns-3 > :last-child { grid-column: 1 / -1; }
  main { grid-template-columns: minmax(0, 1fr); gap: 12px; }
  .columns { margin-bottom: 0; }
}
@media (max-width: 680px) {
  body { padding: 14px; }
  .columns-3, .columns-2 { grid-template-columns: minmax(0, 1fr); }
}
@media print { .columns .panel { max-height: none; } .zoom { display: none; } }
`;
