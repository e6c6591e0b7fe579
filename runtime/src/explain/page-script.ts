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
  let kept = null;
  const light = (attribute, value) => {
    for (const node of all(".lit")) node.classList.remove("lit");
    if (value === null) return;
    for (const node of all("[data-" + attribute + "]")) if (node.getAttribute("data-" + attribute) === value) node.classList.add("lit");
  };
  const lineOf = (target) => target instanceof Element ? target.closest("[data-line]")?.getAttribute("data-line") ?? null : null;
  const rest = () => light("line", kept);
  document.addEventListener("pointerover", (event) => {
    const value = event.target instanceof Element ? event.target.closest("[data-value]") : null;
    if (value) return light("value", value.getAttribute("data-value"));
    const line = lineOf(event.target);
    line === null ? rest() : light("line", line);
  });
  document.addEventListener("focusin", (event) => {
    const line = lineOf(event.target);
    line === null ? rest() : light("line", line);
  });
  const keep = (target) => {
    const line = lineOf(target);
    kept = line === kept ? null : line;
    for (const node of all(".pick")) node.setAttribute("aria-pressed", String(kept !== null && node.dataset.line === kept));
    rest();
    if (kept === null) return;
    const from = target.closest(".scroll");
    for (const box of all(".scroll")) {
      if (box === from || box.offsetParent === null) continue;
      const first = all(".lit", box)[0];
      if (!first) continue;
      const at = first.getBoundingClientRect(), frame = box.getBoundingClientRect();
      if (at.top < frame.top || at.bottom > frame.bottom) box.scrollTop += at.top - frame.top - frame.height / 3;
    }
  };
  document.addEventListener("click", (event) => {
    if (lineOf(event.target) !== null && String(getSelection()) === "") keep(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && kept !== null) {
      kept = null;
      return keep(document.body);
    }
    const line = event.target instanceof Element ? event.target.closest(".pick") : null;
    if (!line) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      return keep(line);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const lines = all(".pick");
    const next = lines[lines.indexOf(line) + step];
    if (!next) return;
    line.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  const svg = document.querySelector(".drawing svg");
  if (svg) {
    const box = svg.closest(".drawing");
    const bar = document.querySelector(".zoom");
    const natural = svg.viewBox.baseVal.width * 4 / 3;
    let scale = 0;
    const set = (next) => {
      scale = next === 0 ? 0 : Math.min(8, Math.max(0.1, next));
      svg.style.width = scale === 0 ? "" : natural * scale + "px";
      svg.style.maxWidth = scale === 0 ? "" : "none";
    };
    const now = () => scale || svg.getBoundingClientRect().width / natural;
    bar.hidden = false;
    bar.addEventListener("click", (event) => {
      const how = event.target instanceof Element ? event.target.getAttribute("data-zoom") : null;
      if (how) set(how === "fit" ? 0 : now() * (how === "in" ? 1.25 : 0.8));
    });
    box.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      set(now() * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
    }, { passive: false });
  }
})();
`;

/** SHA-256 of SCRIPT for the page's Content-Security-Policy; a test keeps it right. */
export const SCRIPT_HASH = "sha256-DoNiVTqfCNI2aUWqUVYf5fAdV33M50iNo6zQ0v7SGU0=";
