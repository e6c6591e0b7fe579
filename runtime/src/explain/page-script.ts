/**
 * The page's script, as text: it stands in the page as it is here, and the page allows exactly this text by its hash.
 *
 * Pointing at anything that comes from a source line lights up everything that does; a click or Enter keeps it lit and
 * scrolls the other columns to it; Escape lets go. Arrow keys walk over source lines. Pointing at a value in the graph lights
 * up its uses. The drawing zooms with buttons and with Ctrl and the wheel.
 */
export const SCRIPT = `
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  for (const node of all(".drawing [class*='line-']")) {
    const line = /(?:^|\\s)line-(\\d+)/.exec(node.getAttribute("class"));
    if (line) node.setAttribute("data-line", line[1]);
  }
  const index = (attribute) => {
    const found = new Map();
    for (const node of all("[data-" + attribute + "]")) {
      const key = node.getAttribute("data-" + attribute);
      if (!found.has(key)) found.set(key, []);
      found.get(key).push(node);
    }
    return found;
  };
  const byLine = index("line"), byValue = index("value");

  let lit = [], kept = null;
  const light = (nodes) => {
    for (const node of lit) node.classList.remove("lit");
    lit = nodes ?? [];
    for (const node of lit) node.classList.add("lit");
  };
  const lineOf = (target) => target instanceof Element ? target.closest("[data-line]")?.getAttribute("data-line") ?? null : null;
  const lightLine = (target) => light(byLine.get(lineOf(target) ?? kept));
  const keep = (line, from) => {
    kept = line;
    for (const node of all(".pick")) node.setAttribute("aria-pressed", String(kept !== null && node.dataset.line === kept));
    light(byLine.get(kept));
    for (const box of all(".scroll")) {
      const first = lit.find((node) => box.contains(node));
      if (!first || box === from || box.offsetParent === null) continue;
      const at = first.getBoundingClientRect(), frame = box.getBoundingClientRect();
      if (at.top < frame.top || at.bottom > frame.bottom) box.scrollTop += at.top - frame.top - frame.height / 3;
    }
  };
  const toggle = (target) => keep(lineOf(target) === kept ? null : lineOf(target), target.closest(".scroll"));

  document.addEventListener("pointerover", (event) => {
    const value = event.target instanceof Element ? event.target.closest("[data-value]") : null;
    if (value) light(byValue.get(value.getAttribute("data-value")).filter((node) => value.closest(".code").contains(node)));
    else lightLine(event.target);
  });
  document.addEventListener("focusin", (event) => lightLine(event.target));
  document.addEventListener("click", (event) => {
    if (lineOf(event.target) !== null && getSelection().isCollapsed) toggle(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return keep(null);
    const line = event.target instanceof Element ? event.target.closest(".pick") : null;
    if (!line) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key !== "Enter" && event.key !== " " && !step) return;
    event.preventDefault();
    if (!step) return toggle(line);
    const lines = all(".pick");
    const next = lines[lines.indexOf(line) + step];
    if (!next) return;
    line.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  const svg = document.querySelector(".drawing svg");
  if (!svg) return;
  const box = svg.closest(".drawing"), bar = document.querySelector(".zoom");
  const width = svg.viewBox.baseVal.width * 4 / 3, height = svg.viewBox.baseVal.height * 4 / 3;
  let scale = 0;
  const show = (next) => {
    scale = Math.min(8, Math.max(0.1, next));
    svg.setAttribute("width", width * scale);
    svg.setAttribute("height", height * scale);
  };
  const fit = (least) => {
    const across = (box.clientWidth - 32) / width, down = (box.clientHeight - 32) / height;
    show(Math.max(Math.min(1, across, down), Math.min(least, across)));
  };
  new ResizeObserver(() => {
    if (scale === 0 && box.clientWidth > 0) fit(0.7);
  }).observe(box);
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const how = event.target instanceof Element ? event.target.getAttribute("data-zoom") : null;
    if (how === "fit") fit(0);
    else if (how) show(scale * (how === "in" ? 1.25 : 0.8));
  });
  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    show(scale * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
  }, { passive: false });
})();
`;

/** SHA-256 of SCRIPT for the page's Content-Security-Policy; a test keeps it right. */
export const SCRIPT_HASH = "sha256-HNoFPyTBRHdS0CD+zRwZTSDzZQOROIHylV2H2iNFvos=";
