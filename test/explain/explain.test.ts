import { createHash } from "node:crypto";
import { instance } from "@viz-js/viz";
import * as gf from "graphfn";
import { $ } from "graphfn/autograph";
import { describe, expect, it } from "vitest";
import { explainHtml } from "../../runtime/src/explain/html.ts";
import { SCRIPT, SCRIPT_HASH } from "../../runtime/src/explain/page-script.ts";
import { firstLine } from "../../runtime/src/explain/places.ts";
import { dedent, explainText, showBytes } from "../../runtime/src/explain/text.ts";
import { twins } from "../autograph/hand-emitted.ts";
import { collatz, hostile } from "./parts.ts";

describe("explainText", () => {
  it.each([80, 160])("at %i columns", async (columns) => {
    await expect(`${explainText(collatz, { columns })}\n`).toMatchFileSnapshot(`./collatz-${columns}.golden.txt`);
  });

  it("wraps prose, and puts it below where the terminal is narrow; code stays whole", () => {
    const reason = "the test depends on a tensor whose value only the running graph knows, so both arms are traced";
    const text = explainText({ ...collatz, decisions: [["10:21", "if", "staged", reason]] }, { columns: 48 });
    const decisions = text.slice(text.indexOf("── decisions"), text.indexOf("── source"));
    expect(Math.max(...decisions.split("\n").map((line) => line.length))).toBeLessThanOrEqual(48);
    expect(decisions.replace(/\s+/g, " ")).toContain(reason);
    expect(text).toContain("  export function collatz(n: gf.Tensor): gf.Tensor {".trim());
  });

  it("counts wide characters twice", () => {
    const text = explainText({ ...collatz, source: "const 数 = 1;", emitted: "const 数 = 1;" }, { columns: 80 });
    const at = (letter: string, char: string) =>
      text
        .split("\n")
        .find((line) => line.includes(letter))
        ?.indexOf(char) as number;
    expect(at("数", "│")).toBe(at("┬", "┬") - 1);
  });

  it("names ops that keep a plan from its backend", () => {
    const parts = { ...collatz, missing: ["addExact", "<odd>"] };
    const said = "Runs on the reference backend: no native kernel for addExact, ";
    expect(explainText(parts)).toContain(`${said}<odd>.`);
    expect(explainHtml(parts)).toContain(`${said}&#60;odd&#62;.`);
    expect(explainText(collatz)).not.toContain("Runs on");
  });

  it("says so when there is no control flow", () => {
    expect(explainText({ ...collatz, decisions: [] })).toContain("no control flow");
  });
});

describe("explainHtml", () => {
  it("is the page it was", async () => {
    const html = explainHtml(collatz);
    const body = html.slice(html.indexOf("<body>"), html.indexOf("<script>"));
    await expect(body).toMatchFileSnapshot("./collatz.golden.html");
  });

  it("lights up source, emitted and graph lines of one source line together", () => {
    const html = explainHtml(collatz);
    const lit = (line: number) => html.split(`data-line="${line}"`).length - 1;
    // Source, decision, two lines of emitted code, `while` and `greater` in both graphs.
    expect(lit(8)).toBe(1 + 1 + 2 + 4);
    expect(lit(10)).toBe(1 + 2);
    expect(lit(7)).toBe(0);
  });

  it("takes the drawing without Graphviz's titles", async () => {
    const svg = (await instance()).renderString(`digraph { a [label="<x>", class="op line-9"] }`, { format: "svg" });
    const html = explainHtml({ ...collatz, svg });
    expect(html).toContain("&lt;x&gt;");
    expect(html).toMatch(/class="node op line(-|&#45;)9"/);
    expect(html).not.toContain("<title>a</title>");
    expect(html).not.toContain("<?xml");
  });

  it.each(["", "no drawing", "</svg><svg"])("leaves out a drawing that is none: %j", (svg) => {
    expect(explainHtml({ ...collatz, svg })).not.toContain(`class="scroll drawing"`);
  });

  it("escapes every text", () => {
    const html = explainHtml(hostile);
    // Taking away our own script and style, no tag is left that a name brought.
    const body = html.replace(SCRIPT, "").replace(/<style>[\s\S]*?<\/style>/, "");
    expect(body.match(/<script/g)).toHaveLength(1);
    expect(body).not.toMatch(/<img|<b>|<i>|<!--(?!doctype)|\son\w+=["']/i);
    const tags = new Set([...body.matchAll(/<([a-z][\w-]*)/gi)].map((m) => (m[1] as string).toLowerCase()));
    const known =
      "html head meta title style body header div h1 span p dl dt dd main section h2 input label code table thead tr th tbody td script".split(
        " ",
      );
    expect([...tags].filter((tag) => !known.includes(tag))).toEqual([]);
    expect(html).toContain("&#60;script&#62;alert(1)&#60;/script&#62;");
  });

  it("allows its own script only, and no network", () => {
    const html = explainHtml(collatz);
    expect(SCRIPT_HASH).toBe(`sha256-${createHash("sha256").update(SCRIPT).digest("base64")}`);
    expect(html).toContain(`default-src 'none'; style-src 'unsafe-inline'; script-src '${SCRIPT_HASH}'`);
    expect(html).toContain(`<script>${SCRIPT}</script>`);
    expect(html).not.toMatch(/https?:|@import|url\(/);
    expect(() => new Function(SCRIPT)).not.toThrow();
  });
});

describe("helpers", () => {
  it("dedent removes what lines after the first share", () => {
    expect(dedent("function f() {\n      a;\n\n        b;\n    }")).toBe("function f() {\n  a;\n\n    b;\n}");
    expect(dedent("f")).toBe("f");
  });

  it("showBytes", () => {
    expect([0, 64, 1023, 1024, 1536, 5 * 2 ** 20, 12.4 * 2 ** 30].map(showBytes)).toEqual([
      "0 B",
      "64 B",
      "1023 B",
      "1 KiB",
      "1.5 KiB",
      "5 MiB",
      "12 GiB",
    ]);
  });

  it("firstLine finds where a source begins", () => {
    expect(firstLine("a\nb\nfunction f() {}", "f", 3)).toBe(1);
    expect(firstLine("/** @graphFunction */\nfunction f() {}", "f", 12)).toBe(11);
    expect(firstLine("(x) => x", "f", 12)).toBe(12);
  });
});

describe("fn.explain", () => {
  it("tells what a function became, with places in its source, in every form", () => {
    gf.setBackend("reference");
    const twin = twins.find((t) => t.name.startsWith("collatz"));
    const meta = () => ({
      version: 1,
      name: "collatz",
      file: "test/autograph/hand-emitted.ts",
      at: "20:14",
      params: ["n"],
      decisions: [["3:3", "while", "staged", "`n > 1` is a Tensor"]],
    });
    const f = $.graphFunction(meta as never, twin?.emitted as never) as unknown as { explain(x: gf.Tensor): gf.Explanation };
    const explanation = f.explain(gf.scalar(27));
    expect(explanation.graph).toMatch(/= while \(.*\{ {2}\/\/ hand-emitted\.ts:3:3/);
    expect(explanation.graph).toMatch(/greater .* {2}\/\/ hand-emitted\.ts:\d+:\d+/);
    expect(explanation.dot).toContain("region line-3");
    const text = explanation.text({ columns: 100, source: "function collatz(n) {}" });
    for (const title of ["decisions", "source", "emitted code", "graph as traced", "graph after passes", "plan"])
      expect(text).toContain(`─ ${title} ─`);
    expect(text).toMatch(/constants \d/);
    expect(String(explanation)).toBe(explanation.text({ columns: 80 }));
    const html = explanation.html({ emitted: "emitted().before.bundling" });
    expect(html).toContain('<h1>collatz<span class="signature">(n: f32) → ');
    expect(html).toContain("before");
    expect(html).not.toContain("$.while");
  });
});
